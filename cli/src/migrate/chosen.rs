//! Which version moves a guest, and why, and what else is known of that before it moves.

use virtwire::protocol::migrate::{Note, Version};

/// What was decided; nothing before that.
#[derive(Clone, Debug, Default)]
pub(crate) struct Chosen {
    pub(crate) version: Option<Version>,
    pub(crate) why: Option<String>,
    /// Where an older version had to be taken after all.
    pub(crate) downgrade: Option<String>,
    /// The guest is to arrive paused: it was asked for, or is found so.
    pub(crate) paused: bool,
}

impl Chosen {
    /// Remembers what a note decides.
    pub(super) fn note(&mut self, note: &Note) {
        match note {
            Note::Chosen { version, why } => {
                (self.version, self.why) = (Some(*version), Some(why.clone()));
            }
            Note::Downgrade { to, .. } => {
                (self.version, self.downgrade) = (Some(*to), Some(note.to_string()));
            }
            Note::Paused => self.paused = true,
            _ => {}
        }
    }
}
