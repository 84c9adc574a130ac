//! Why guests did not arrive, until their client has heard of it.

use std::collections::VecDeque;

/// Guests of which the reason is remembered.
const FAILURES_MAX: usize = 64;

/// The guests of version 3 that did not arrive, by name. The last few.
#[derive(Debug, Default)]
pub(in crate::hypervisor) struct Failures(VecDeque<(String, String)>);

impl Failures {
    /// Remembers why a guest did not arrive.
    pub(in crate::hypervisor) fn remember(&mut self, name: String, why: String) {
        if self.0.len() == FAILURES_MAX {
            self.0.pop_front();
        }
        self.0.push_back((name, why));
    }

    /// Why a guest did not arrive. Told once.
    pub(in crate::hypervisor) fn take(&mut self, name: &str) -> Option<String> {
        let at = self.0.iter().rposition(|(failed, _)| failed == name)?;
        self.0.remove(at).map(|(_, why)| why)
    }
}
