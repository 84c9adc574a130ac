//! Lists of names with wildcards, as in libvirt's `tls_allowed_dn_list` and `sasl_allowed_username_list`.

/// Patterns of which one has to match: `*` stands for any text, also none, and `?` for one character; all else for itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Patterns(Vec<String>);

impl Patterns {
    /// These patterns. None at all match nothing.
    pub fn new<T: Into<String>>(patterns: impl IntoIterator<Item = T>) -> Patterns {
        Patterns(patterns.into_iter().map(Into::into).collect())
    }

    /// Whether one of them matches all of the text.
    pub fn matches(&self, text: &str) -> bool {
        let text: Vec<char> = text.chars().collect();
        self.0.iter().any(|pattern| is_match(&pattern.chars().collect::<Vec<_>>(), &text))
    }
}

/// Steps of at most the product of the lengths: of the stars only the last one is ever tried again.
fn is_match(pattern: &[char], text: &[char]) -> bool {
    let (mut at, mut seen) = (0, 0);
    // Behind the last star, and the text that it stands for ends there.
    let mut star = None;
    while seen < text.len() {
        match pattern.get(at) {
            Some('*') => {
                star = Some((at + 1, seen));
                at += 1;
            }
            Some(&one) if one == '?' || one == text[seen] => {
                at += 1;
                seen += 1;
            }
            _ => {
                let Some((behind, end)) = star else { return false };
                star = Some((behind, end + 1));
                (at, seen) = (behind, end + 1);
            }
        }
    }
    pattern[at..].iter().all(|rest| *rest == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_and_question_marks_stand_for_others() {
        for (pattern, matches, does_not) in [
            ("fred", &["fred"][..], &["Fred", "fred ", "", "fre"][..]),
            ("*", &["", "anything"], &[]),
            ("*@EXAMPLE.COM", &["fred@EXAMPLE.COM", "@EXAMPLE.COM"], &["fred@EXAMPLE.COM.evil"]),
            ("C=GB,*,CN=host-?", &["C=GB,O=x,CN=host-1"], &["C=GB,O=x,CN=host-10", "C=DE,O=x,CN=host-1"]),
            ("a*b*c", &["abc", "aXbYc", "abbcbc"], &["ab", "acb"]),
            ("?", &["é"], &["", "éé"]),
            ("", &[""], &["x"]),
        ] {
            let patterns = Patterns::new([pattern]);
            for text in matches {
                assert!(patterns.matches(text), "{pattern} {text}");
            }
            for text in does_not {
                assert!(!patterns.matches(text), "{pattern} {text}");
            }
        }
        assert!(!Patterns::default().matches("x"));
        assert!(Patterns::new(["a", "b*"]).matches("bc"));
        // Many stars against a long text that does not match: it ends.
        assert!(!Patterns::new(["*a".repeat(50)]).matches(&"a".repeat(49)));
    }
}
