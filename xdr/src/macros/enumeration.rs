//! Enumerations (RFC 4506 §4.3), with holes and negative values.

/// Implements `Serialize` and `Deserialize` for existing enums as XDR enumerations: the wire name, then each value, a
/// constant expression, with its variant and, if it should differ, its name in JSON.
///
/// The enum has a further variant `Unknown(i32)` for values that are not listed, which are kept. With `closed` before
/// the wire name there is none, and such a value is [`Kind::Discriminant`](crate::Kind::Discriminant).
///
/// In JSON an enumeration is its name, or its number if unknown.
///
/// ```
/// use virtwire_xdr::{Kind, enumeration, from_slice, to_vec};
///
/// #[derive(Debug, PartialEq)]
/// pub enum AuthType {
///     None,
///     Sasl,
///     Unknown(i32),
/// }
/// #[derive(Debug, PartialEq)]
/// pub enum Sign {
///     Minus,
///     Plus,
/// }
///
/// enumeration! {
///     "auth_type" => AuthType { 0 => None, 1 => Sasl "AUTH_SASL" }
///     closed "sign" => Sign { -1 => Minus, 1 => Plus }
/// }
///
/// assert_eq!(from_slice::<AuthType>(&[0, 0, 0, 9]).unwrap(), AuthType::Unknown(9));
/// assert_eq!(serde_json::to_string(&AuthType::Sasl).unwrap(), r#""AUTH_SASL""#);
/// assert_eq!(to_vec(&Sign::Minus).unwrap(), [0xff; 4]);
/// assert_eq!(from_slice::<Sign>(&[0, 0, 0, 9]).unwrap_err().kind(), Kind::Discriminant { value: 9 });
/// ```
#[macro_export]
macro_rules! enumeration {
    () => {};
    (closed $wire:literal => $enumeration:ty { $($values:tt)* } $($rest:tt)*) => {
        $crate::__enumeration!([$wire] [$enumeration] [] $($values)*);
        $crate::enumeration!($($rest)*);
    };
    ($wire:literal => $enumeration:ty { $($values:tt)* } $($rest:tt)*) => {
        $crate::__enumeration!([$wire] [$enumeration] [Unknown] $($values)*);
        $crate::enumeration!($($rest)*);
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __enumeration {
    ([$wire:literal] [$enumeration:ty] [$($unknown:ident)?]
        $($value:expr => $variant:ident $($name:literal)?),* $(,)?
    ) => {
        const _: () = {
            const NAMES: &$crate::__runtime::Names = &$crate::__runtime::Names {
                values: &[$($value),*],
                names: &[$($crate::__name!($variant $($name)?)),*],
            };

            impl $crate::__runtime::serde::Serialize for $enumeration {
                #[inline]
                fn serialize<S: $crate::__runtime::serde::Serializer>(
                    &self,
                    serializer: S,
                ) -> ::core::result::Result<S::Ok, S::Error> {
                    let value: i32 = match self {
                        $(Self::$variant => $value,)*
                        $(Self::$unknown(value) => *value,)?
                    };
                    $crate::__runtime::encode_enumeration(serializer, NAMES, value)
                }
            }

            impl<'de> $crate::__runtime::serde::Deserialize<'de> for $enumeration {
                #[inline]
                fn deserialize<D: $crate::__runtime::serde::Deserializer<'de>>(
                    deserializer: D,
                ) -> ::core::result::Result<Self, D::Error> {
                    deserializer_value(deserializer)
                }
            }

            #[inline]
            fn deserializer_value<'de, D: $crate::__runtime::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<$enumeration, D::Error> {
                $crate::__runtime::decode_enumeration(deserializer, $wire, NAMES, |value| {
                    $(
                        if value == $value {
                            return ::core::option::Option::Some(<$enumeration>::$variant);
                        }
                    )*
                    $(return ::core::option::Option::Some(<$enumeration>::$unknown(value));)?
                    #[allow(unreachable_code)]
                    ::core::option::Option::None
                })
            }
        };
    };
}
