//! Where things stand in the text, so that every complaint can point at its line.

/// A specification file: its name, as complaints show it, and its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Such as `remote.x`. The part before the first dot names the module that is generated from it.
    pub name: String,
    /// The whole text.
    pub text: String,
}

impl Source {
    /// A file of this name and text.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Source {
        Source { name: name.into(), text: text.into() }
    }

    /// The module that is generated from it.
    pub(crate) fn module(&self) -> &str {
        self.name.split('.').next().unwrap_or(&self.name)
    }

    /// The place at a byte offset. An offset beyond the end is the end.
    pub(crate) fn place(&self, offset: usize) -> Place {
        let before = self.text.get(..offset).unwrap_or(&self.text);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let line_text = self.text[line_start..].lines().next().unwrap_or("");
        Place {
            file: self.name.clone(),
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            text: line_text.replace('\t', " "),
        }
    }
}

/// A stretch of one source: bytes `start..end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    /// Which of the sources.
    pub source: usize,
    pub start: usize,
    pub end: usize,
}

/// A line and column for people, with the line itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file's name.
    pub file: String,
    /// Counted from 1.
    pub line: usize,
    /// In characters, counted from 1.
    pub column: usize,
    /// The line's text, its tabs shown as single spaces so that a caret can be put beneath it.
    pub text: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_a_line_and_a_column_in_characters() {
        let source = Source::new("a.x", "one\n\té two\r\nthree");
        let at = |word: &str| source.place(source.text.find(word).unwrap_or(usize::MAX));
        assert_eq!((at("one").line, at("one").column), (1, 1));
        assert_eq!((at("two").line, at("two").column, at("two").text.as_str()), (2, 4, " é two"));
        assert_eq!((at("absent").line, at("absent").column, at("absent").text.as_str()), (3, 6, "three"));
    }
}
