//! Structures (RFC 4506 §4.14).

/// Implements `Serialize` and `Deserialize` for existing structs: the wire name, then each field in the wire's order
/// with its codec (see [`codec`](crate::codec)). A field that the wire calls something else than Rust has that name behind
/// its own: `callback_id "callbackID": Plain`.
///
/// In XDR a record is its fields one after another, and errors name them as the wire does. In JSON it is an object with
/// these names, of which Rust's own are read too; a field that is unknown, missing or there twice is an error. A type with
/// borrowed fields names its lifetime `'de`.
///
/// ```
/// use virtwire_xdr::{FixedOpaque, Optional, Plain, Str, Text, record, to_vec};
///
/// pub struct Domain {
///     pub name: Text,
///     pub uuid: [u8; 16],
///     pub id: i32,
/// }
/// pub struct Lookup<'a> {
///     pub name: Option<&'a str>,
///     pub r#type: u32,
/// }
/// pub struct Ping;
/// pub struct Close {
///     pub callback_id: i32,
/// }
///
/// record! {
///     "nonnull_domain" => Domain { name: Str<4_194_304>, uuid: FixedOpaque<16>, id: Plain }
///     "lookup" => Lookup<'de> { name: Optional<Str<64>>, r#type: Plain }
///     "ping" => Ping {}
///     "close" => Close { callback_id "callbackID": Plain }
/// }
///
/// assert_eq!(to_vec(&Lookup { name: Some("a"), r#type: 5 }).unwrap(), *b"\0\0\0\x01\0\0\0\x01a\0\0\0\0\0\0\x05");
/// assert_eq!(serde_json::to_string(&Lookup { name: None, r#type: 5 }).unwrap(), r#"{"name":null,"type":5}"#);
/// assert_eq!(serde_json::to_string(&Close { callback_id: 7 }).unwrap(), r#"{"callbackID":7}"#);
/// ```
#[macro_export]
macro_rules! record {
    ($(
        $wire:literal => $($record:ident)::+ $(<$lifetime:lifetime>)? {
            $($field:ident $($name:literal)? : $codec:ty),* $(,)?
        }
    )*) => { $(
        const _: () = {
            const FIELDS: &[&str] = &[$($crate::__runtime::field_name($crate::__name!($field $($name)?))),*];
            // Of the fields that Rust calls something else: what it calls them, and what the wire does.
            const OTHERS: &[(&str, &str)] =
                &[$($(($crate::__runtime::field_name(::core::stringify!($field)), $name),)?)*];

            #[allow(clippy::extra_unused_lifetimes)]
            impl<'de> $crate::__runtime::serde::Serialize for $($record)::+ $(<$lifetime>)? {
                #[inline]
                fn serialize<S: $crate::__runtime::serde::Serializer>(
                    &self,
                    serializer: S,
                ) -> ::core::result::Result<S::Ok, S::Error> {
                    use $crate::__runtime::serde::ser::SerializeStruct as _;
                    #[allow(unused_mut)]
                    let mut record = serializer.serialize_struct($wire, FIELDS.len())?;
                    $(
                        record.serialize_field(
                            const { $crate::__runtime::field_name($crate::__name!($field $($name)?)) },
                            &$crate::codec::With::<$codec, _>::new(&self.$field),
                        )?;
                    )*
                    record.end()
                }
            }

            impl<'de> $crate::__runtime::serde::Deserialize<'de> for $($record)::+ $(<$lifetime>)? {
                #[inline(always)]
                fn deserialize<D: $crate::__runtime::serde::Deserializer<'de>>(
                    deserializer: D,
                ) -> ::core::result::Result<Self, D::Error> {
                    struct Fields;

                    impl<'de> $crate::__runtime::serde::de::Visitor<'de> for Fields {
                        type Value = $($record)::+ $(<$lifetime>)?;

                        fn expecting(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                            f.write_str($wire)
                        }

                        #[inline(always)]
                        #[allow(unused_mut, unused_variables)]
                        fn visit_seq<A: $crate::__runtime::serde::de::SeqAccess<'de>>(
                            self,
                            mut fields: A,
                        ) -> ::core::result::Result<Self::Value, A::Error> {
                            ::core::result::Result::Ok($($record)::+ {
                                $(
                                    $field: $crate::__runtime::next_field::<$codec, _, A>(&mut fields, $wire)?
                                        .into_inner(),
                                )*
                            })
                        }

                        // Straight on, without a branch for each field: thousands of fields are checked at every build.
                        #[allow(unreachable_patterns)]
                        fn visit_map<A: $crate::__runtime::serde::de::MapAccess<'de>>(
                            self,
                            fields: A,
                        ) -> ::core::result::Result<Self::Value, A::Error> {
                            $(let mut $field = ::core::option::Option::None;)*
                            $crate::__runtime::read_fields(
                                fields,
                                $crate::__runtime::FieldName { names: FIELDS, others: OTHERS },
                                &mut [$(&mut $crate::__runtime::Place::<$codec, _>::new(&mut $field)),*],
                            )?;
                            match ($($field,)*) {
                                ($(::core::option::Option::Some($field),)*) => {
                                    ::core::result::Result::Ok($($record)::+ { $($field),* })
                                }
                                _ => $crate::__runtime::incomplete($wire),
                            }
                        }
                    }

                    deserializer.deserialize_struct($wire, FIELDS, Fields)
                }
            }
        };
    )* };
}
