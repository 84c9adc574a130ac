//! Keeps a migration's records in order, and what must not be done without them.
//!
//! The journal is always the beginning of what happened: a record that could not be written comes before all later ones, and until it is
//! written no call is made that recovery would have to know of.

use std::collections::VecDeque;

use virtwire_protocol::migrate::{Call, Failure, Record};

use super::Watch;

#[derive(Debug, Default)]
pub(super) struct Ledger {
    /// What is not written yet. A few at most: of what is called then only that is kept which needs no record.
    unwritten: VecDeque<Record>,
    /// Why not.
    why: Option<String>,
    /// The last call was not made, so that there is no answer to keep.
    refused: bool,
}

impl Ledger {
    pub(super) async fn keep(&mut self, record: Record, watch: &mut impl Watch) {
        self.take(record);
        self.write(watch).await;
    }

    /// It is written by the next [`write`](Self::write), after all earlier ones. Waits for nothing, so that nobody can stop waiting and lose it.
    pub(super) fn take(&mut self, record: Record) {
        if let Record::Answered { .. } = record {
            let to_a_question = !matches!(self.unwritten.back(), None | Some(Record::Doing(_)));
            if std::mem::take(&mut self.refused) || to_a_question {
                return;
            }
        }
        self.unwritten.push_back(record);
    }

    /// Why a call must not be made now, if it must not.
    pub(super) async fn refuses(&mut self, call: &Call, watch: &mut impl Watch) -> Option<Failure> {
        if !call.needs_its_record() {
            return None;
        }
        self.write(watch).await;
        // The last is the one that announces it.
        self.unwritten.pop_back()?;
        self.refused = true;
        let why = self.why.as_deref().unwrap_or("nobody waited for it");
        Some(Failure::NotSent { message: format!("the journal failed: {why}") })
    }

    /// Writes what is not written yet. Cancel-safe: what was being written is written once more.
    pub(super) async fn write(&mut self, watch: &mut impl Watch) {
        while let Some(record) = self.unwritten.front() {
            if let Err(error) = watch.journal(record).await {
                tracing::warn!(%error, "a record of the migration was not written");
                self.why = Some(error.to_string());
                return;
            }
            self.unwritten.pop_front();
        }
    }
}
