//! What is kept of each guest's migration: its journal, in the hands of this process from the first record until its end is known.

use std::future::ready;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use virtwire::migrate::journal::{Journal, Journals};
use virtwire::migrate::{Progress, Watch};
use virtwire::protocol::migrate::{CancelAnswer, Do, Note, Record, Wait};

use crate::fail::Fail;
use crate::journal;
use crate::migrate::feed::Feed;

/// The journals of those whose end is not known, which nobody else may take for a migration that was cut off.
pub(super) struct Shelf {
    journals: Option<Journals>,
    held: Mutex<Vec<Option<Held>>>,
}

/// An open journal; or why there is none, and then nothing is called that needs its record.
type Held = Arc<Mutex<Result<Journal, Fail>>>;

impl Shelf {
    pub(super) fn new(journals: Option<Journals>, guests: usize) -> Shelf {
        Shelf { journals, held: Mutex::new(vec![None; guests]) }
    }

    /// What is kept of a guest that moves between these hosts. Its journal is made when it is first asked for.
    pub(super) fn kept(&self, index: usize, guest: &str, hosts: (&str, &str), feed: &Feed) -> Kept {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let journal = self.journals.as_ref().and_then(|journals| {
            let make = || journal::create(&journals.file(guest), hosts.0, hosts.1);
            let place = held.get_mut(index)?;
            Some(place.get_or_insert_with(|| Arc::new(Mutex::new(make()))).clone())
        });
        Kept { journal, feed: feed.about(guest) }
    }

    /// The guest's end is known.
    pub(super) fn give_back(&self, index: usize) {
        if let Some(place) = self.held.lock().unwrap_or_else(PoisonError::into_inner).get_mut(index) {
            *place = None;
        }
    }
}

/// What is kept of a guest's migration, and what programs are told of it.
pub(super) struct Kept {
    journal: Option<Held>,
    feed: Feed,
}

impl Watch for Kept {
    fn note(&mut self, note: &Note) {
        self.feed.note(note);
    }

    fn calling(&mut self, call: &Do) {
        self.feed.call(call);
    }

    fn progress(&mut self, progress: &Progress) {
        self.feed.progress(progress);
    }

    fn waiting(&mut self, wait: &Wait) {
        self.feed.waiting(wait);
    }

    fn cancelled(&mut self, answer: CancelAnswer) {
        self.feed.cancelled(answer);
    }

    fn journal(&mut self, record: &Record) -> impl Future<Output = io::Result<()>> + Send {
        ready(self.journal.as_ref().map_or(Ok(()), |journal| {
            match &mut *journal.lock().unwrap_or_else(PoisonError::into_inner) {
                Ok(journal) => journal.append(record),
                Err(why) => Err(io::Error::other(why.to_string())),
            }
        }))
    }
}
