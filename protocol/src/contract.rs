//! From numbers to types: which Rust type a program, a procedure and a payload are.
//!
//! The generated types are some 790; who has a type's number rather than its name (a dissector, a recorder, a fuzzer)
//! writes a [`Visitor`] and is shown the type.

mod fields;

use std::fmt::Debug;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::generated::{index, tables};
use crate::program::{
    Priority, ProcedureInfo, ProcedureKind, ProcedureNumber, Program, ReadOnlyRule, Release, Since,
};

pub use fields::field_names;

/// What every type of the contract can do.
///
/// Sealed in spirit: it is implemented for all that can.
pub trait Message: Serialize + DeserializeOwned + Debug + Clone + PartialEq + Send + 'static {}

impl<T: Serialize + DeserializeOwned + Debug + Clone + PartialEq + Send + 'static> Message for T {}

/// Someone who is shown a type and does with it what they came for.
///
/// ```
/// use virtwire_protocol::contract::{self, Message, Visitor};
/// use virtwire_protocol::program::{ProcedureNumber, Program};
///
/// /// Says what is in a payload.
/// struct Describe<'a>(&'a [u8]);
///
/// impl Visitor for Describe<'_> {
///     type Output = Result<String, virtwire_xdr::Error>;
///
///     fn visit<T: Message>(self, name: &'static str) -> Self::Output {
///         Ok(format!("{name}: {:?}", virtwire_xdr::from_slice::<T>(self.0)?))
///     }
/// }
///
/// let payload = [0, 0, 0, 10];
/// let text = contract::visit_call(Program::REMOTE, ProcedureNumber(60), Describe(&payload)).unwrap().unwrap();
/// assert_eq!(text, "connect_supports_feature: ConnectSupportsFeature { feature: 10 }");
/// ```
pub trait Visitor {
    /// What comes of the visit.
    type Output;

    /// Takes the type. The name is the procedure's, or for [`visit_type`] the type's on the wire.
    fn visit<T: Message>(self, name: &'static str) -> Self::Output;
}

/// Shows a visitor the arguments of a call; a unit struct where it takes none. `None` if no call has the number.
pub fn visit_call<V: Visitor>(program: Program, number: ProcedureNumber, visitor: V) -> Option<V::Output> {
    tables::visit_call(program, number, visitor)
}

/// Whether a payload is what a call takes, as [`Procedure::from_payload`] reads it. `None` if no call has the number.
///
/// [`Procedure::from_payload`]: crate::program::Procedure::from_payload
pub fn check_call(
    program: Program,
    number: ProcedureNumber,
    payload: &[u8],
) -> Option<Result<(), virtwire_xdr::Error>> {
    tables::check_call(program, number, payload)
}

/// Shows a visitor the reply to a call; `()` where it returns nothing. `None` if no call has the number.
pub fn visit_reply<V: Visitor>(program: Program, number: ProcedureNumber, visitor: V) -> Option<V::Output> {
    tables::visit_reply(program, number, visitor)
}

/// Shows a visitor what an event carries. `None` if no event has the number.
pub fn visit_notice<V: Visitor>(program: Program, number: ProcedureNumber, visitor: V) -> Option<V::Output> {
    tables::visit_notice(program, number, visitor)
}

/// How many types there are, for [`visit_type`].
pub const TYPES: usize = index::TYPES;

/// Shows a visitor a type by its index below [`TYPES`]. Indices change with the contract: they are for tests that want
/// every type, not to be kept.
pub fn visit_type<V: Visitor>(index: usize, visitor: V) -> Option<V::Output> {
    index::visit_type(index, visitor)
}

/// A procedure of which nothing is known: what a table's row starts from.
pub(crate) const PLAIN: ProcedureInfo = ProcedureInfo {
    number: ProcedureNumber(0),
    name: "",
    function: "",
    since: None,
    priority: Priority::Low,
    kind: ProcedureKind::Call,
    stream: None,
    passes_fds: false,
    acl: &[],
    acl_filter: &[],
    read_only: ReadOnlyRule::Refused,
};

/// The release that brought a procedure.
pub(crate) const fn since(major: u16, minor: u16, micro: u16) -> Option<Since> {
    let release = Release::new(major, minor, micro);
    Some(Since { earliest: release, latest: release })
}

/// The releases between which a procedure came.
pub(crate) const fn between(earliest: (u16, u16, u16), latest: (u16, u16, u16)) -> Option<Since> {
    Some(Since {
        earliest: Release::new(earliest.0, earliest.1, earliest.2),
        latest: Release::new(latest.0, latest.1, latest.2),
    })
}

/// Writes a program's table of procedures, and what follows from each row: the traits of its types, and the visits.
///
/// A row is `Call 3 "connect_get_type" ConnectGetType -> ConnectGetTypeReply { facts }`, or the same with `Event`. Facts
/// are fields of [`ProcedureInfo`]; those that a row leaves out are [`PLAIN`]'s. A call without its first three facts, `read_only`,
/// `acl` and `function`, does not compile.
macro_rules! procedures {
    (
        $program:ident = $program_number:literal, $version:literal;
        $($kind:ident $number:literal $name:literal $arguments:ident -> $reply:tt {
            $($fact:ident: $value:expr),* $(,)?
        })*
    ) => {
        const _: () = assert!(
            crate::program::Program::$program.number == $program_number
                && crate::program::Program::$program.version == $version
        );

        pub(super) static PROCEDURES: &[crate::program::ProcedureInfo] = &[$(
            crate::program::ProcedureInfo {
                number: crate::program::ProcedureNumber($number),
                name: $name,
                kind: crate::program::ProcedureKind::$kind,
                $($fact: $value,)*
                ..crate::contract::PLAIN
            },
        )*];

        $(crate::contract::procedures!(@access $kind $($fact)*);)*

        $(crate::contract::procedures!(@implement $kind $program $number $name $arguments $reply);)*

        #[allow(unused_variables, reason = "a program may have no call or no event")]
        pub(super) fn visit_call<V: crate::contract::Visitor>(
            number: crate::program::ProcedureNumber,
            visitor: V,
        ) -> Option<V::Output> {
            match number.0 {
                $($number => crate::contract::procedures!(@visit Call $kind visitor $name $arguments),)*
                _ => None,
            }
        }

        #[allow(unused_variables, reason = "a program may have no call")]
        pub(super) fn check_call(
            number: crate::program::ProcedureNumber,
            payload: &[u8],
        ) -> Option<Result<(), virtwire_xdr::Error>> {
            match number.0 {
                $($number => crate::contract::procedures!(@check $kind payload $arguments),)*
                _ => None,
            }
        }

        #[allow(unused_variables, reason = "a program may have no call or no event")]
        pub(super) fn visit_reply<V: crate::contract::Visitor>(
            number: crate::program::ProcedureNumber,
            visitor: V,
        ) -> Option<V::Output> {
            match number.0 {
                $($number => crate::contract::procedures!(@visit Call $kind visitor $name $reply),)*
                _ => None,
            }
        }

        #[allow(unused_variables, reason = "a program may have no call or no event")]
        pub(super) fn visit_notice<V: crate::contract::Visitor>(
            number: crate::program::ProcedureNumber,
            visitor: V,
        ) -> Option<V::Output> {
            match number.0 {
                $($number => crate::contract::procedures!(@visit Event $kind visitor $name $arguments),)*
                _ => None,
            }
        }
    };
    (@access Call read_only acl function $($fact:ident)*) => {};
    (@access Event $($fact:ident)*) => {};
    (@implement Call $program:ident $number:literal $name:literal $arguments:ident $reply:tt) => {
        impl crate::program::Procedure for $arguments {
            type Reply = $reply;
            const PROGRAM: crate::program::Program = crate::program::Program::$program;
            const NUMBER: crate::program::ProcedureNumber = crate::program::ProcedureNumber($number);
            const NAME: &'static str = $name;

            // Said for each, though all say the same: so they are compiled once, here, and not with every daemon.
            fn from_payload(payload: &[u8]) -> Result<Self, virtwire_xdr::Error> {
                virtwire_xdr::Options::lenient().from_slice(payload)
            }
        }
    };
    (@implement Event $program:ident $number:literal $name:literal $arguments:ident $reply:tt) => {
        impl crate::program::Notice for $arguments {
            const PROGRAM: crate::program::Program = crate::program::Program::$program;
            const NUMBER: crate::program::ProcedureNumber = crate::program::ProcedureNumber($number);
            const NAME: &'static str = $name;
        }
    };
    (@check Call $payload:ident $arguments:ident) => {
        Some(<$arguments as crate::program::Procedure>::from_payload($payload).map(drop))
    };
    (@check Event $payload:ident $arguments:ident) => {
        None
    };
    (@visit Call Call $visitor:ident $name:literal $of:tt) => {
        Some($visitor.visit::<$of>($name))
    };
    (@visit Event Event $visitor:ident $name:literal $of:tt) => {
        Some($visitor.visit::<$of>($name))
    };
    (@visit $wanted:ident $kind:ident $visitor:ident $name:literal $of:tt) => {
        None
    };
}
pub(crate) use procedures;

/// Writes the visit of every type: a row is its index, its name on the wire and its path.
macro_rules! types {
    ($($index:literal $name:literal $of:path;)*) => {
        /// How many types there are.
        pub(crate) const TYPES: usize = [$($index),*].len();

        /// Shows a visitor the type of this index; `None` from [`TYPES`] on.
        pub(crate) fn visit_type<V: crate::contract::Visitor>(index: usize, visitor: V) -> Option<V::Output> {
            match index {
                $($index => Some(visitor.visit::<$of>($name)),)*
                _ => None,
            }
        }
    };
}
pub(crate) use types;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::ObjectKind::Domain;
    use crate::access::{Right, right};
    use crate::program::StreamDirection;

    const PROGRAMS: [Program; 5] =
        [Program::REMOTE, Program::QEMU, Program::LXC, Program::ADMIN, Program::KEEPALIVE];

    /// Decodes strictly and encodes again; `None` where the bytes are no value of the type.
    struct Reencode<'a>(&'a [u8]);

    impl Visitor for Reencode<'_> {
        type Output = Option<Vec<u8>>;

        fn visit<T: Message>(self, name: &'static str) -> Option<Vec<u8>> {
            let value = virtwire_xdr::from_slice::<T>(self.0).ok()?;
            Some(virtwire_xdr::to_vec(&value).unwrap_or_else(|error| panic!("{name}: {error}")))
        }
    }

    /// Whoever prints what is called or answered does not print these.
    #[test]
    fn secrets_are_not_printed() {
        use crate::remote::*;
        let (hush, bytes) = ("hush", b"hush".to_vec());
        let param = TypedParam { field: "sev-secret".into(), value: TypedParamValue::String(hush.into()) };
        let dom = crate::remote::Domain::default;
        for printed in [
            format!("{:?}", AuthSaslStart { mech: "PLAIN".into(), nil: 0, data: bytes.clone() }),
            format!("{:?}", AuthSaslStartReply { complete: 0, nil: 0, data: bytes.clone() }),
            format!("{:?}", AuthSaslStep { nil: 0, data: bytes.clone() }),
            format!("{:?}", AuthSaslStepReply { complete: 0, nil: 0, data: bytes.clone() }),
            format!("{:?}", SecretSetValue { value: bytes.clone(), ..SecretSetValue::default() }),
            format!("{:?}", SecretGetValueReply { value: bytes.clone() }),
            format!(
                "{:?}",
                DomainSetUserPassword { dom: dom(), user: None, password: Some(hush.into()), flags: 0 }
            ),
            format!("{:?}", DomainSetLaunchSecurityState { dom: dom(), params: vec![param], flags: 0 }),
        ] {
            assert!(printed.contains("(not shown)"), "{printed}");
            assert!(!printed.contains("hush") && !printed.contains("104, 117"), "{printed}");
        }
    }

    struct Name;

    impl Visitor for Name {
        type Output = &'static str;

        fn visit<T: Message>(self, name: &'static str) -> &'static str {
            name
        }
    }

    #[test]
    fn tables_are_in_order_and_every_row_has_its_types() {
        for program in PROGRAMS {
            let procedures = program.procedures();
            assert!(procedures.is_sorted_by(|one, next| one.number < next.number), "{program}");
            for info in procedures {
                assert_eq!(program.procedure(info.number), Some(info));
                let call = (info.kind == ProcedureKind::Call).then_some(info.name);
                let event = (info.kind == ProcedureKind::Event).then_some(info.name);
                assert_eq!(visit_call(program, info.number, Name), call);
                assert_eq!(visit_reply(program, info.number, Name), call);
                assert_eq!(visit_notice(program, info.number, Name), event);
            }
            assert_eq!(visit_call(program, ProcedureNumber(-1), Name), None);
        }
        assert_eq!(visit_call(Program { number: 1, version: 1 }, ProcedureNumber(1), Name), None);
    }

    #[test]
    fn a_row_says_what_the_contract_says() {
        let row = |number| Program::REMOTE.procedure(ProcedureNumber(number)).copied();
        const PREPARE2_ACL: &[Right] =
            &[right(Domain, "migrate"), right(Domain, "start"), right(Domain, "write")];
        let prepare2 = ProcedureInfo {
            number: ProcedureNumber(108),
            name: "domain_migrate_prepare2",
            function: "virDomainMigratePrepare2",
            since: since(0, 5, 0),
            acl: PREPARE2_ACL,
            ..PLAIN
        };
        assert_eq!(row(108), Some(prepare2));
        assert_eq!(row(209).and_then(|info| info.stream), Some(StreamDirection::Read));
        assert_eq!(
            row(318).map(|info| (info.kind, info.since)),
            Some((ProcedureKind::Event, between((1, 2, 1), (1, 2, 3))))
        );
    }

    /// Bytes that many types take: words that are small, so that lengths, discriminants and bools are often right.
    fn plausible_bytes(seed: u64) -> Vec<u8> {
        let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state
        };
        let words = next() % 24;
        let word = |_| match next() % 8 {
            0..4 => [0, 0, 0, (next() % 2) as u8],
            4 | 5 => [0, 0, 0, (next() % 8) as u8],
            6 => [b'a', 0, 0, 0],
            _ => (next() as u32).to_be_bytes(),
        };
        (0..words).flat_map(word).collect()
    }

    #[test]
    fn what_a_type_takes_it_gives_back() {
        let mut taken = vec![0_u32; TYPES];
        for seed in 0..500 {
            let bytes = plausible_bytes(seed);
            for (index, taken) in taken.iter_mut().enumerate() {
                if let Some(again) = visit_type(index, Reencode(&bytes)).flatten() {
                    // Not the same bytes: of a char's word only the last byte is kept.
                    assert_eq!(again.len(), bytes.len(), "{:?}", visit_type(index, Name));
                    assert_eq!(visit_type(index, Reencode(&again)).flatten(), Some(again));
                    *taken += 1;
                }
            }
        }
        assert_eq!(visit_type(TYPES, Name), None);
        let never = taken.iter().filter(|taken| **taken == 0).count();
        assert!(never < TYPES / 4, "{never} of {TYPES} types never took anything");
    }
}
