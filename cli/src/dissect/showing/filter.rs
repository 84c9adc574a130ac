//! What is shown of what passes.

use virtwire::protocol::dissect::Side;
use virtwire::protocol::header::{Header, MessageKind, StreamPart};

use super::Seen;

/// Which frames to show; without any condition, all. What is no frame is shown whatever is asked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filter {
    pub(crate) procedures: Vec<Pattern>,
    pub(crate) serials: Vec<u32>,
    pub(crate) connections: Vec<u32>,
    /// Only what failed: error replies, streams that broke, what does not decode, replies to nothing.
    pub(crate) errors: bool,
}

/// A procedure by its number, or by its name, in which `*` stands for anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pattern(pub(crate) String);

impl Filter {
    pub(crate) fn shows(&self, seen: &Seen<'_>) -> bool {
        let header = &seen.frame.header;
        let any = |none: bool, found: bool| none || found;
        any(self.procedures.is_empty(), self.procedures.iter().any(|pattern| pattern.is_of(header)))
            && any(self.serials.is_empty(), self.serials.contains(&header.serial.0))
            && self.shows_connection(seen.connection)
            && any(!self.errors, has_failed(seen))
    }

    pub(crate) fn shows_connection(&self, connection: u32) -> bool {
        self.connections.is_empty() || self.connections.contains(&connection)
    }
}

/// Whether a frame is one that somebody who looks for failures wants to see.
pub(crate) fn has_failed(seen: &Seen<'_>) -> bool {
    let failed = match seen.frame.header.kind() {
        Ok(MessageKind::ReplyError) | Err(_) => true,
        // A client aborts what it wants no more of.
        Ok(MessageKind::Stream(StreamPart::Abort)) => seen.from == Side::Daemon,
        Ok(_) => false,
    };
    failed || seen.body.objection().is_some() || seen.is_amiss()
}

impl Pattern {
    pub(crate) fn is_of(&self, header: &Header) -> bool {
        if let Ok(number) = self.0.parse::<i32>() {
            return header.procedure.0 == number;
        }
        header.program.procedure(header.procedure).is_some_and(|info| matches(&self.0, info.name))
    }
}

/// Whether a name is of a pattern in which `*` stands for anything.
pub(crate) fn matches(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| name.strip_prefix(first)) else { return false };
    let Some(last) = parts.next_back() else { return rest.is_empty() };
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_anything() {
        for (pattern, name, expected) in [
            ("domain_create", "domain_create", true),
            ("domain_create", "domain_create_xml", false),
            ("domain_create*", "domain_create_xml", true),
            ("*migrate*3*", "domain_migrate_begin3_params", true),
            ("*a*a", "a", false),
            ("*", "anything", true),
            ("", "anything", false),
            ("*perform", "domain_migrate_perform", true),
        ] {
            assert_eq!(matches(pattern, name), expected, "{pattern} {name}");
        }
    }
}
