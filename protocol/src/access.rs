//! Who may call what: the rights that a procedure asks for, and of which object.
//!
//! Each row of a procedure's table says it, as libvirt's daemons check it. Rights on the connection are known from the number
//! alone; rights on an object only once the arguments are decoded, by [`asked`], which says which object they name and with
//! which flags.
//!
//! ```text
//! number ─▶ Right { Connect, "read" }                 nothing has been decoded
//! number + arguments ─▶ Asked { object, flags } ─▶ Right { Domain, "read" }, Right { Domain, "read_secure" } if flags & 1
//! ```

use std::borrow::Cow;
use std::fmt;

use virtwire_xdr::Text;

use crate::error::{ErrorCode, ErrorDomain, RemoteError};
use crate::program::{Procedure, ProcedureInfo, ProcedureNumber, Program, ReadOnlyRule};
use crate::remote;

/// What a right is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ObjectKind {
    /// The connection, which stands for the host.
    Connect,
    /// A domain; also what belongs to one, such as its snapshots.
    Domain,
    /// A host's network interface.
    Interface,
    /// A virtual network.
    Network,
    /// A port of one.
    NetworkPort,
    /// A device of the host.
    NodeDevice,
    /// A network filter.
    Nwfilter,
    /// A filter's place at a guest's interface.
    NwfilterBinding,
    /// A secret.
    Secret,
    /// A storage pool.
    StoragePool,
    /// A volume of one.
    StorageVol,
}

impl ObjectKind {
    /// As libvirt's access control calls it, such as `storage_pool`.
    pub const fn name(self) -> &'static str {
        match self {
            ObjectKind::Connect => "connect",
            ObjectKind::Domain => "domain",
            ObjectKind::Interface => "interface",
            ObjectKind::Network => "network",
            ObjectKind::NetworkPort => "network_port",
            ObjectKind::NodeDevice => "node_device",
            ObjectKind::Nwfilter => "nwfilter",
            ObjectKind::NwfilterBinding => "nwfilter_binding",
            ObjectKind::Secret => "secret",
            ObjectKind::StoragePool => "storage_pool",
            ObjectKind::StorageVol => "storage_vol",
        }
    }
}

impl fmt::Display for ObjectKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A right that a caller needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Right {
    /// On what.
    pub object: ObjectKind,
    /// To do what, as libvirt's access control calls it, such as `read_secure`.
    pub permission: &'static str,
    /// Whether every call needs it.
    pub when: When,
}

/// Which calls of a procedure need a right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum When {
    /// All of them.
    Always,
    /// Those with any of these flags.
    With(u64),
    /// Those with none of these flags.
    Without(u64),
}

/// A right of every call; [`Right::with`] and [`Right::without`] make less of it.
pub(crate) const fn right(object: ObjectKind, permission: &'static str) -> Right {
    Right::of(object, permission)
}

impl Right {
    /// The right to do this with such an object, whatever the flags.
    pub const fn of(object: ObjectKind, permission: &'static str) -> Right {
        Right { object, permission, when: When::Always }
    }

    pub(crate) const fn with(mut self, flags: u64) -> Right {
        self.when = When::With(flags);
        self
    }

    pub(crate) const fn without(mut self, flags: u64) -> Right {
        self.when = When::Without(flags);
        self
    }

    /// Whether a call with these flags needs it.
    pub const fn applies(&self, flags: u64) -> bool {
        match self.when {
            When::Always => true,
            When::With(any) => flags & any != 0,
            When::Without(any) => flags & any == 0,
        }
    }
}

/// `object:permission`, as libvirt's documentation writes it.
impl fmt::Display for Right {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.object, self.permission)
    }
}

/// Which object a call is about, by what its arguments say. Nothing has been looked up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Named<'a> {
    /// Its UUID, where the call has one. Then it is what counts: the name that comes with it is the client's claim, and left out.
    /// Of a volume that is to be made or found in a pool, the pool's; of a port that is to be made, its network's.
    pub uuid: Option<[u8; 16]>,
    /// Its name, where the call has no UUID; of a volume, its key.
    pub name: Option<Cow<'a, str>>,
    /// The name that the call gives it on this host: of a rename, and of a domain that is to arrive under another name than its
    /// configuration says.
    pub new_name: Option<Cow<'a, str>>,
    /// The pool of a volume.
    pub pool: Option<Cow<'a, str>>,
    /// The configuration that describes it, where the call brings one: a definition, a domain that is to be started or to arrive.
    /// What it says is the client's word. Whoever looks for a name in its text must read it as the hypervisor does, references and all.
    pub xml: Option<Cow<'a, str>>,
}

/// A call's object and its flags.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Asked<'a> {
    /// The object; all `None` where the call names none in a place of its own.
    pub object: Named<'a>,
    /// The flags that decide which rights it needs; 0 where there are none.
    pub flags: u64,
}

/// Decodes a call's arguments for what access depends on. `None` where it depends on the number alone.
///
/// Bytes after the arguments are ignored, as libvirt's daemons do.
///
/// # Errors
/// Where the payload is no value of the arguments' type.
pub fn asked(
    program: Program,
    number: ProcedureNumber,
    payload: &[u8],
) -> Option<Result<Asked<'static>, virtwire_xdr::Error>> {
    crate::generated::access::asked(program, number, payload)
}

impl ProcedureInfo {
    /// The rights that are known to be needed from the procedure's number alone: those on the connection.
    pub fn rights_by_number(&self) -> impl Iterator<Item = &'static Right> + use<> {
        self.acl.iter().filter(|right| right.object == ObjectKind::Connect && right.when == When::Always)
    }

    /// The other rights that a call with these flags needs.
    pub fn rights_by_object(&self, flags: u64) -> impl Iterator<Item = &'static Right> + use<> {
        let by_number = |right: &Right| right.object == ObjectKind::Connect && right.when == When::Always;
        self.acl.iter().filter(move |right| !by_number(right) && right.applies(flags))
    }

    /// What a read-only connection is answered that calls this, whatever the arguments; `None` where that depends on them, or it may.
    pub fn refuses_read_only(&self) -> Option<RemoteError> {
        (self.read_only == ReadOnlyRule::Refused).then(|| RemoteError::read_only(self.function))
    }

    /// What a read-only connection is answered that calls this with such flags; `None` where it may.
    pub fn refuses_read_only_with(&self, flags: u64) -> Option<RemoteError> {
        if self.read_only != ReadOnlyRule::Conditional {
            return self.refuses_read_only();
        }
        let asks = |right: &&Right| right.when != When::Always && right.applies(flags);
        let right = self.acl.iter().find(asks)?;
        Some(match right.permission {
            "read_secure" => RemoteError::secure_flag(self.function),
            _ => RemoteError::read_only(self.function),
        })
    }
}

impl RemoteError {
    /// What somebody is answered who may not do this: code 88. The driver is whose daemon it is, such as `QEMU`.
    pub fn access_denied(driver: &str) -> RemoteError {
        RemoteError::new(ErrorCode::ACCESS_DENIED, ErrorDomain::ACCESS, format!("'{driver}' denied access"))
    }
}

/// What names an object among a call's arguments. For the generated tables.
pub(crate) trait Names {
    /// The names.
    fn named(self) -> Named<'static>;
}

fn text(text: Text) -> Option<Cow<'static, str>> {
    Some(Cow::Owned(String::from_utf8(text.into_bytes()).unwrap_or_else(lossy)))
}

fn lossy(error: std::string::FromUtf8Error) -> String {
    String::from_utf8_lossy(error.as_bytes()).into_owned()
}

/// By a UUID, and of the types with one.
macro_rules! by_uuid {
    ($($of:ident),*) => {
        $(impl Names for remote::$of {
            fn named(self) -> Named<'static> {
                self.uuid.named()
            }
        })*
    };
}

by_uuid!(Domain, Network, NetworkPort, Nwfilter, Secret, StoragePool);

impl Names for [u8; 16] {
    fn named(self) -> Named<'static> {
        Named { uuid: Some(self), ..Named::default() }
    }
}

impl Names for Text {
    fn named(self) -> Named<'static> {
        Named { name: text(self), ..Named::default() }
    }
}

impl Names for Option<Text> {
    fn named(self) -> Named<'static> {
        Named { name: self.and_then(text), ..Named::default() }
    }
}

impl Names for remote::DomainSnapshot {
    fn named(self) -> Named<'static> {
        self.dom.named()
    }
}

impl Names for remote::DomainCheckpoint {
    fn named(self) -> Named<'static> {
        self.dom.named()
    }
}

impl Names for remote::NodeDevice {
    fn named(self) -> Named<'static> {
        self.name.named()
    }
}

impl Names for remote::Interface {
    fn named(self) -> Named<'static> {
        self.name.named()
    }
}

impl Names for remote::NwfilterBinding {
    fn named(self) -> Named<'static> {
        self.portdev.named()
    }
}

impl Names for remote::StorageVol {
    fn named(self) -> Named<'static> {
        Named { name: text(self.key), pool: text(self.pool), ..Named::default() }
    }
}

/// By the configuration that describes it.
pub(crate) struct Described(pub(crate) Text);

impl Names for Described {
    fn named(self) -> Named<'static> {
        Named { xml: text(self.0), ..Named::default() }
    }
}

/// By something, and with the name that it is to have.
pub(crate) struct Renamed<N>(pub(crate) N, pub(crate) Option<Text>);

impl<N: Names> Names for Renamed<N> {
    fn named(self) -> Named<'static> {
        Named { new_name: self.1.and_then(text), ..self.0.named() }
    }
}

/// The parameters of a domain that is to arrive.
pub(crate) struct Arriving(pub(crate) Vec<remote::TypedParam>);

impl Names for Arriving {
    fn named(self) -> Named<'static> {
        let (xml, name) = (parameter(&self.0, "destination_xml"), parameter(&self.0, "destination_name"));
        Named { xml, new_name: name, ..Named::default() }
    }
}

/// The parameters of a domain that has arrived: its name counts, whatever else they repeat.
pub(crate) struct Arrived(pub(crate) Vec<remote::TypedParam>);

impl Names for Arrived {
    fn named(self) -> Named<'static> {
        Named { name: parameter(&self.0, "destination_name"), ..Named::default() }
    }
}

/// The text of this parameter, where it comes first.
fn parameter(params: &[remote::TypedParam], field: &str) -> Option<Cow<'static, str>> {
    match &params.iter().find(|param| param.field == field)?.value {
        remote::TypedParamValue::String(value) => text(value.clone()),
        _ => None,
    }
}

/// By nothing of its own.
pub(crate) struct Nameless;

impl Names for Nameless {
    fn named(self) -> Named<'static> {
        Named::default()
    }
}

/// What one row of a generated table makes of a payload.
pub(crate) fn read<P: Procedure, N: Names>(
    payload: &[u8],
    split: impl FnOnce(P) -> (N, u64),
) -> Option<Result<Asked<'static>, virtwire_xdr::Error>> {
    Some(P::from_payload(payload).map(|arguments| {
        let (object, flags) = split(arguments);
        Asked { object: object.named(), flags }
    }))
}

/// Writes what each call of a program asks for: a row is `14 DomainGetXmlDesc(a) => a.dom, a.flags;`, the object and the flags.
macro_rules! asks {
    ($($number:literal $arguments:ident($a:ident) => $object:expr, $flags:expr;)*) => {
        #[allow(unused_variables, reason = "a program may have no call that asks for anything")]
        pub(super) fn asked(
            number: crate::program::ProcedureNumber,
            payload: &[u8],
        ) -> Option<Result<crate::access::Asked<'static>, virtwire_xdr::Error>> {
            match number.0 {
                $($number => crate::access::read(payload, |$a: $arguments| ($object, u64::from($flags))),)*
                _ => None,
            }
        }
    };
}
pub(crate) use asks;

#[cfg(test)]
mod tests;
