//! Discriminated unions (RFC 4506 §4.15).

/// Implements `Serialize` and `Deserialize` for existing enums as XDR unions: the wire name, the type of the
/// discriminant (`i32` or `u32`; a `bool` union has values 0 and 1), and the arms.
///
/// | arm | variant | meaning |
/// |---|---|---|
/// | `1 => Int(Plain) "i"` | `Int(i32)` | discriminant 1, then the value by its codec; `"i"` is its name in JSON |
/// | `5 => Nothing "nothing"` | `Nothing` | discriminant 5 and nothing else (`void`) |
/// | `default => Other` | `Other(i32)` | any other discriminant, which is kept, and nothing else |
/// | `default => Other(Plain)` | `Other(i32, T)` | any other discriminant, which is kept, and a value by its codec |
///
/// Values are constant expressions. Without a default an unknown discriminant is
/// [`Kind::Discriminant`](crate::Kind::Discriminant); a default that holds the discriminant of another arm is refused
/// when encoding. In JSON an arm is an object of its one name, a void arm its name as a string, and a default is
/// `{"default": 9}` or `{"default": [9, value]}`. The name may be left out, and is then the variant's.
///
/// ```
/// use virtwire_xdr::{Kind, Plain, Str, Text, from_slice, to_vec, union};
///
/// #[derive(Debug, PartialEq)]
/// pub enum Value {
///     Int(i32),
///     String(Text),
///     Nothing,
/// }
///
/// union! {
///     "value" => Value: i32 { 1 => Int(Plain) "i", 7 => String(Str<64>) "s", -1 => Nothing "nothing" }
/// }
///
/// assert_eq!(to_vec(&Value::Int(3)).unwrap(), [0, 0, 0, 1, 0, 0, 0, 3]);
/// assert_eq!(from_slice::<Value>(&[0xff; 4]).unwrap(), Value::Nothing);
/// assert_eq!(from_slice::<Value>(&[0; 4]).unwrap_err().kind(), Kind::Discriminant { value: 0 });
/// assert_eq!(serde_json::to_string(&Value::String("a".into())).unwrap(), r#"{"s":"a"}"#);
/// ```
#[macro_export]
macro_rules! union {
    ($($wire:literal => $union:ty : $discriminant:ty { $($arms:tt)* })*) => { $(
        $crate::__union!(@sort { [$wire] [$union] [$discriminant] } [] [] $($arms)*);
    )* };
}

/// Sorts the arms into listed ones and the default, then writes the implementations.
#[doc(hidden)]
#[macro_export]
macro_rules! __union {
    (@sort $head:tt $listed:tt [] default => $variant:ident ($codec:ty) $(, $($rest:tt)*)?) => {
        $crate::__union!(@sort $head $listed [$variant ($codec) value] $($($rest)*)?);
    };
    (@sort $head:tt $listed:tt [] default => $variant:ident $(, $($rest:tt)*)?) => {
        $crate::__union!(@sort $head $listed [$variant] $($($rest)*)?);
    };
    (@sort $head:tt [$($listed:tt)*] $default:tt
        $value:expr => $variant:ident ($codec:ty) $($name:literal)? $(, $($rest:tt)*)?
    ) => {
        $crate::__union!(@sort $head
            [$($listed)* { ($value) $variant [$crate::__name!($variant $($name)?)] ($codec) value }]
            $default $($($rest)*)?);
    };
    (@sort $head:tt [$($listed:tt)*] $default:tt
        $value:expr => $variant:ident $($name:literal)? $(, $($rest:tt)*)?
    ) => {
        $crate::__union!(@sort $head
            [$($listed)* { ($value) $variant [$crate::__name!($variant $($name)?)] }]
            $default $($($rest)*)?);
    };
    (@sort { [$wire:literal] [$union:ty] [$discriminant:ty] }
        [$({ ($value:expr) $variant:ident [$name:expr] $(($codec:ty) $content:ident)? })*]
        [$($default:ident $(($default_codec:ty) $default_content:ident)?)?]
    ) => {
        #[allow(clippy::extra_unused_lifetimes, clippy::unnecessary_cast)]
        const _: () = {
            const ARMS: &$crate::__runtime::Names = &$crate::__runtime::Names {
                // A word, whatever the type of the discriminant: bool and u32 cast too.
                values: &[$((($value) as $discriminant) as i32),*],
                names: &[$($name),*],
            };

            impl<'de> $crate::__runtime::serde::Serialize for $union {
                #[inline]
                fn serialize<S: $crate::__runtime::serde::Serializer>(
                    &self,
                    serializer: S,
                ) -> ::core::result::Result<S::Ok, S::Error> {
                    match self {
                        $(
                            Self::$variant $(($content))? => $crate::__union!(
                                @encode serializer, $wire, (($value) as $discriminant) as u32, $name
                                $(, $codec, $content)?
                            ),
                        )*
                        $(
                            Self::$default(kept $(, $default_content)?) => $crate::__runtime::encode_default(
                                serializer,
                                $wire,
                                ARMS,
                                (*kept as i32, kept),
                                $crate::__union!(@default_content $($default_codec, $default_content)?),
                            ),
                        )?
                    }
                }
            }

            impl<'de> $crate::__runtime::serde::Deserialize<'de> for $union {
                #[inline(always)]
                fn deserialize<D: $crate::__runtime::serde::Deserializer<'de>>(
                    deserializer: D,
                ) -> ::core::result::Result<Self, D::Error> {
                    struct Arms;

                    impl<'de> $crate::__runtime::serde::de::Visitor<'de> for Arms {
                        type Value = $union;

                        fn expecting(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                            f.write_str($wire)
                        }

                        #[inline(always)]
                        fn visit_enum<A: $crate::__runtime::serde::de::EnumAccess<'de>>(
                            self,
                            union: A,
                        ) -> ::core::result::Result<$union, A::Error> {
                            let (tag, arm) = union.variant_seed($crate::__runtime::Tag::of(ARMS))?;
                            $(
                                if tag.is((($value) as $discriminant) as i32) {
                                    return $crate::__union!(@decode $union, $variant, arm $(, $codec)?);
                                }
                            )*
                            $crate::__union!(@decode_default
                                $union, $discriminant, tag, arm, $($default $(, $default_codec)?)?)
                        }
                    }

                    // No names here: our decoder would take the discriminant for an index into them.
                    deserializer.deserialize_enum($wire, &[], Arms)
                }
            }
        };
    };
    (@encode $serializer:ident, $wire:literal, $value:expr, $name:expr) => {
        $serializer.serialize_unit_variant($wire, $value, $name)
    };
    (@encode $serializer:ident, $wire:literal, $value:expr, $name:expr, $codec:ty, $content:ident) => {
        $serializer.serialize_newtype_variant($wire, $value, $name, &$crate::codec::With::<$codec, _>::new($content))
    };
    (@default_content) => {
        ::core::option::Option::None::<&()>
    };
    (@default_content $codec:ty, $content:ident) => {
        ::core::option::Option::Some(&$crate::codec::With::<$codec, _>::new($content))
    };
    (@decode $union:ty, $variant:ident, $arm:ident) => {
        $crate::__runtime::serde::de::VariantAccess::unit_variant($arm).map(|()| <$union>::$variant)
    };
    (@decode $union:ty, $variant:ident, $arm:ident, $codec:ty) => {
        $crate::__runtime::serde::de::VariantAccess::newtype_variant_seed(
            $arm,
            $crate::codec::Seed::<$codec, _>::new(),
        )
        .map(<$union>::$variant)
    };
    (@decode_default $union:ty, $discriminant:ty, $tag:ident, $arm:ident,) => {{
        let _ = $arm;
        ::core::result::Result::Err($tag.unknown())
    }};
    (@decode_default $union:ty, $discriminant:ty, $tag:ident, $arm:ident, $default:ident) => {
        $crate::__runtime::decode_default_void($tag, $arm, |value| value as $discriminant).map(<$union>::$default)
    };
    (@decode_default $union:ty, $discriminant:ty, $tag:ident, $arm:ident, $default:ident, $codec:ty) => {
        $crate::__runtime::decode_default::<$codec, _, _, _>($tag, $arm, |value| value as $discriminant)
            .map(|(kept, value)| <$union>::$default(kept, value))
    };
}

/// The name of a variant in JSON: as given, or the variant's own.
#[doc(hidden)]
#[macro_export]
macro_rules! __name {
    ($variant:ident) => {
        ::core::stringify!($variant)
    };
    ($variant:ident $name:literal) => {
        $name
    };
}
