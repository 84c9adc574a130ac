//! What is shown of what passes.

use std::str::FromStr;

use virtwire::protocol::dissect::{Part, Side};
use virtwire::protocol::header::{Header, MessageKind, StreamPart};
use virtwire::protocol::program::Program;

use super::Seen;
use super::body::Grow;
use crate::spelling::within;

/// Which frames to show; without any condition, all. What is no frame is shown whatever is asked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filter {
    pub(crate) procedures: Vec<Pattern>,
    pub(crate) serials: Vec<u32>,
    pub(crate) connections: Vec<u32>,
    /// Only what failed: error replies, streams that broke, what does not decode, replies to nothing.
    pub(crate) errors: bool,
}

/// Procedures by their number, or by their name in any of the spellings that `virtwire call` takes, in which `*` stands for anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Pattern {
    Number(i32),
    Name(String),
}

/// Those whose procedures can pass.
const PROGRAMS: [Program; 5] =
    [Program::REMOTE, Program::QEMU, Program::LXC, Program::ADMIN, Program::KEEPALIVE];

impl FromStr for Pattern {
    type Err = String;

    /// A name that is nobody's would leave everything out, and look as if nothing had happened. A number may be of another release.
    fn from_str(text: &str) -> Result<Pattern, String> {
        if let Ok(number) = text.parse() {
            return Ok(Pattern::Number(number));
        }
        let name = text.to_ascii_lowercase();
        let mut all = PROGRAMS.into_iter().flat_map(|of| of.procedures().iter().map(move |info| (of, info)));
        match all.any(|(program, info)| is_named(program, info.name, &name)) {
            true => Ok(Pattern::Name(name)),
            false => {
                Err("no procedure has this name: expected one as in domain_get_xml_desc, in which * stands \
                          for anything, or a number"
                    .to_owned())
            }
        }
    }
}

impl Filter {
    pub(crate) fn shows(&self, seen: &Seen<'_>) -> bool {
        self.may_show(seen.connection, &seen.frame.header) && (!self.errors || has_failed(seen))
    }

    /// As far as that is known before anything is decoded.
    fn may_show(&self, connection: u32, header: &Header) -> bool {
        let any = |none: bool, found: bool| none || found;
        any(self.procedures.is_empty(), self.procedures.iter().any(|pattern| pattern.is_of(header)))
            && any(self.serials.is_empty(), self.serials.contains(&header.serial.0))
            && self.shows_connection(connection)
    }

    /// Whether what this frame says is shown, if it is no call: of those replies tell.
    pub(crate) fn grows(&self, connection: u32, from: Side, header: &Header, is_amiss: bool) -> Grow {
        if !self.may_show(connection, header) {
            Grow::Never
        } else if self.errors && !is_amiss && !is_failure(header, from) {
            Grow::IfObjected
        } else {
            Grow::Always
        }
    }

    pub(crate) fn shows_connection(&self, connection: u32) -> bool {
        self.connections.is_empty() || self.connections.contains(&connection)
    }
}

/// Whether a frame is one that somebody who looks for failures wants to see.
pub(crate) fn has_failed(seen: &Seen<'_>) -> bool {
    is_failure(&seen.frame.header, seen.from) || seen.body.objection().is_some() || is_amiss(&seen.heard.part)
}

fn is_failure(header: &Header, from: Side) -> bool {
    match header.kind() {
        Ok(MessageKind::ReplyError) | Err(_) => true,
        // A client aborts what it wants no more of.
        Ok(MessageKind::Stream(StreamPart::Abort)) => from == Side::Daemon,
        Ok(_) => false,
    }
}

/// Whether it answers what was not asked.
pub(crate) fn is_amiss<N>(part: &Part<N>) -> bool {
    matches!(part, Part::Stray | Part::Mismatch(_))
}

impl Pattern {
    pub(crate) fn is_of(&self, header: &Header) -> bool {
        match self {
            Pattern::Number(number) => header.procedure.0 == *number,
            Pattern::Name(name) => {
                let info = header.program.procedure(header.procedure);
                info.is_some_and(|info| is_named(header.program, info.name, name))
            }
        }
    }
}

fn is_named(program: Program, name: &str, pattern: &str) -> bool {
    matches(pattern, name) || within(program, pattern).is_some_and(|short| matches(short, name))
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
    fn a_pattern_is_of_some_procedure() {
        for name in [
            "domain_create",
            "Domain_*",
            "REMOTE_PROC_DOMAIN_CREATE",
            "qemu_domain_monitor_*",
            "ping",
            "keepalive_p*",
            "*",
        ] {
            assert_eq!(name.parse(), Ok(Pattern::Name(name.to_ascii_lowercase())), "{name}");
        }
        assert_eq!("9999".parse(), Ok(Pattern::Number(9_999)));
        for name in ["", " ", "domain_crate", "domain_create ", "qemu_domain_create", "REMOTE_DOMAIN_*_PROC"]
        {
            assert!(name.parse::<Pattern>().is_err(), "{name}");
        }
    }

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
