//! What a guest's process keeps for the next daemon: all that is known of an active guest and not of its definition.
//!
//! ```text
//! virtwire guest 1
//! id 7
//! state 3 2                                          state and reason, as on the wire
//! activity idle                                      or `leaving`: a Perform has paused it and is not over
//!                                                    or `arriving VERSION TICKET ARRIVAL URI`, ARRIVAL confirmed, unconfirmed or torn,
//!                                                    URI `tunnel:` where there was none
//!                                                    an empty line; then the XML of what runs
//! ```

use virtwire_protocol::enums::DomainState;

use super::super::MigrationVersion;
use super::cookie::Ticket;
use super::guest::LiveState;
use super::incoming::Arrival;
use super::uri::MigrationUri;

/// A note, read or to be written.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Note {
    pub(super) id: u32,
    pub(super) state: LiveState,
    pub(super) activity: Noted,
    pub(super) xml: String,
}

/// What a migration did with it, as far as that outlives its daemon. A hold of version 3 goes with its connection.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Noted {
    Idle,
    /// It runs again: nobody was told that it had left.
    Leaving,
    /// All of it is here, and nobody has finished it.
    Arriving {
        version: MigrationVersion,
        ticket: Ticket,
        arrival: Arrival,
        uri: Option<MigrationUri>,
    },
}

const FIRST_LINE: &str = "virtwire guest 1";
const THE_TUNNEL: &str = "tunnel:";

impl Note {
    pub(super) fn to_text(&self) -> String {
        let state = match self.state {
            LiveState::Running(reason) => DomainState::Running(reason),
            LiveState::Paused(reason) => DomainState::Paused(reason),
        };
        let (state, reason) = state.to_wire();
        let activity = match &self.activity {
            Noted::Idle => "idle".to_owned(),
            Noted::Leaving => "leaving".to_owned(),
            Noted::Arriving { version, ticket, arrival, uri } => {
                let version = match version {
                    MigrationVersion::V1 => 1,
                    MigrationVersion::V2 => 2,
                    MigrationVersion::V3 => 3,
                };
                let arrival = match arrival {
                    Arrival::Confirmed => "confirmed",
                    // What it waits for goes with the daemon that receives it.
                    Arrival::Torn | Arrival::Switched => "torn",
                    // Whether its source has dropped it is not known to whoever reads this.
                    Arrival::Coming | Arrival::Received | Arrival::Unconfirmed => "unconfirmed",
                };
                let ticket: String = ticket.iter().map(|byte| format!("{byte:02x}")).collect();
                let uri = uri.as_ref().map_or_else(|| THE_TUNNEL.to_owned(), ToString::to_string);
                format!("arriving {version} {ticket} {arrival} {uri}")
            }
        };
        format!("{FIRST_LINE}\nid {}\nstate {state} {reason}\nactivity {activity}\n\n{}", self.id, self.xml)
    }

    pub(super) fn from_text(text: &str) -> Option<Note> {
        let (head, xml) = text.split_once("\n\n")?;
        let mut lines = head.lines();
        if lines.next()? != FIRST_LINE {
            return None;
        }
        let id = lines.next()?.strip_prefix("id ")?.parse().ok()?;
        let (state, reason) = lines.next()?.strip_prefix("state ")?.split_once(' ')?;
        let state = match DomainState::from_wire(state.parse().ok()?, reason.parse().ok()?) {
            DomainState::Running(reason) => LiveState::Running(reason),
            DomainState::Paused(reason) => LiveState::Paused(reason),
            _ => return None,
        };
        let activity = match lines.next()?.strip_prefix("activity ")?.split(' ').collect::<Vec<_>>()[..] {
            ["idle"] => Noted::Idle,
            ["leaving"] => Noted::Leaving,
            ["arriving", version, ticket, arrival, uri] => Noted::Arriving {
                version: match version {
                    "1" => MigrationVersion::V1,
                    "2" => MigrationVersion::V2,
                    "3" => MigrationVersion::V3,
                    _ => return None,
                },
                ticket: u128::from_str_radix(ticket, 16).ok()?.to_be_bytes(),
                arrival: match arrival {
                    "confirmed" => Arrival::Confirmed,
                    "unconfirmed" => Arrival::Unconfirmed,
                    "torn" => Arrival::Torn,
                    _ => return None,
                },
                uri: match uri {
                    THE_TUNNEL => None,
                    uri => Some(MigrationUri::parse(uri).ok()?),
                },
            },
            _ => return None,
        };
        Some(Note { id, state, activity, xml: xml.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::{PausedReason, RunningReason};
    use super::*;

    #[test]
    fn a_note_says_what_it_was_told() {
        let arriving = |arrival| Noted::Arriving {
            version: MigrationVersion::V2,
            ticket: [7; 16],
            arrival,
            uri: Some(MigrationUri::new("::1", 49_152)),
        };
        for (state, activity) in [
            (LiveState::Running(RunningReason::Booted), Noted::Idle),
            (LiveState::Paused(PausedReason::Migration), Noted::Leaving),
            (LiveState::Paused(PausedReason::Migration), arriving(Arrival::Confirmed)),
            (LiveState::Paused(PausedReason::Migration), arriving(Arrival::Unconfirmed)),
            (LiveState::Running(RunningReason::PostcopyFailed), arriving(Arrival::Torn)),
        ] {
            let note = Note { id: 7, state, activity, xml: "<domain>\n\n</domain>".to_owned() };
            assert_eq!(Note::from_text(&note.to_text()), Some(note));
        }
        // Who was told of a receipt and not of more knows no more.
        let note = Note { activity: arriving(Arrival::Received), ..Note::from_text(&sample()).unwrap() };
        assert_eq!(Note::from_text(&note.to_text()).unwrap().activity, arriving(Arrival::Unconfirmed));
        for cut in 0..sample().find("\n\n").unwrap() + 2 {
            assert_eq!(Note::from_text(&sample()[..cut]), None);
        }
    }

    fn sample() -> String {
        let state = LiveState::Running(RunningReason::Booted);
        Note { id: 1, state, activity: Noted::Idle, xml: "<domain/>".to_owned() }.to_text()
    }
}
