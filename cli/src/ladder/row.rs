//! A line of a diagram.

/// A line that is written into at columns; what is written last stands.
#[derive(Default)]
pub(crate) struct Row(Vec<char>);

impl Row {
    pub(crate) fn write(&mut self, at: usize, text: &str) {
        for (at, character) in (at..).zip(text.chars()) {
            if self.0.len() <= at {
                self.0.resize(at + 1, ' ');
            }
            self.0[at] = character;
        }
    }

    pub(crate) fn text(self) -> String {
        let text: String = self.0.into_iter().collect();
        text.trim_end().to_owned()
    }
}
