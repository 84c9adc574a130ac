//! The shape of libvirt's enumerations: a word for each number that has one, and the number where it has none.

/// Writes enumerations: libvirt's name of each and what its constants begin with, then each word with its number.
macro_rules! numbers {
    ($(
        $(#[$attribute:meta])*
        $name:ident = $c:literal $prefix:literal {
            $($(#[$variant_attribute:meta])* $variant:ident = $number:literal $word:literal,)*
        }
    )*) => {
        $(
            $(#[$attribute])*
            ///
            #[doc = concat!("libvirt calls it `", $c, "`.")]
            #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
            #[allow(missing_docs, reason = "the variants are libvirt's own words")]
            pub enum $name {
                $($(#[$variant_attribute])* $variant,)*
                /// A number without a word here.
                Other(i32),
            }

            impl From<i32> for $name {
                fn from(number: i32) -> $name {
                    match number {
                        $($number => $name::$variant,)*
                        other => $name::Other(other),
                    }
                }
            }

            impl From<$name> for i32 {
                fn from(word: $name) -> i32 {
                    match word {
                        $($name::$variant => $number,)*
                        $name::Other(other) => other,
                    }
                }
            }

            /// The word as `virsh` might have it, such as `from-snapshot`, or the number.
            impl std::fmt::Display for $name {
                fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    match self {
                        $($name::$variant => f.pad($word),)*
                        $name::Other(number) => std::fmt::Display::fmt(number, f),
                    }
                }
            }
        )*

        /// Each enumeration's name and prefix in libvirt, and its words.
        #[cfg(test)]
        pub(crate) const ALL: &[(&str, &str, &[(&str, i32)])] = &[$(($c, $prefix, &[$(($word, $number)),*]),)*];
    };
}
pub(crate) use numbers;
