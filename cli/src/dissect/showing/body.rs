//! What is in a frame: decoded as peers would, or why it cannot be.

use std::fmt::Display;

use virtwire::protocol::contract::{Message, Visitor};
use virtwire::protocol::dissect::visit;
use virtwire::protocol::error::{ErrorCode, ErrorDomain};
use virtwire::protocol::event::{AnyEvent, Event, RawNotice, Words};
use virtwire::protocol::frame::Frame;
use virtwire::protocol::header::{Header, MessageKind, StreamPart};
use virtwire::protocol::profile::Feature;
use virtwire::protocol::program::Program;
use virtwire::xdr::{self, Options};

use super::secrets::{hide, is_secret_command, mentions_password};
use super::text::{escaped, hex, summary};
use super::tree::Tree;

/// A payload, as far as it can be understood.
#[derive(Clone, Debug)]
pub(crate) enum Body {
    /// Nothing to read: data of a stream, its end, a sign of life.
    None,
    Read {
        tree: Tree,
        /// What a strict reader objects to, and libvirt's daemons let pass.
        leniently: Option<String>,
        /// An error reply, in words.
        error: Option<String>,
        /// What numbers mean, by the field they stand in.
        words: Vec<(&'static str, String)>,
    },
    /// It holds a secret, and those were not asked for.
    Secret,
    /// Why it is not understood, and its bytes in hexadecimal digits.
    Unreadable { why: String, hex: String },
}

/// What is to be made of payloads.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Wants {
    /// Also passwords and the like.
    pub(crate) secrets: bool,
}

/// Whether somebody looks at a payload's tree. What nobody looks at is decoded all the same, and judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Grow {
    Always,
    /// Where a strict reader objects.
    IfObjected,
    Never,
}

impl Body {
    /// Decodes a frame's payload.
    pub(crate) fn of(frame: &Frame, wants: Wants, grow: Grow) -> Body {
        let is_error = matches!(
            frame.header.kind(),
            Ok(MessageKind::ReplyError | MessageKind::Stream(StreamPart::Abort))
        );
        if !wants.secrets && !is_error && is_secret(frame) {
            return Body::Secret;
        }
        match visit(frame, |bytes| Reader { bytes, is_error, wants, grow }) {
            Ok(None) => Body::None,
            Ok(Some(mut body)) => {
                if let Body::Read { tree, words, .. } = &mut body
                    && !tree.is_empty()
                {
                    *words = meanings(frame, tree);
                }
                body
            }
            Err(why) => Body::unreadable(&why, &frame.payload, wants),
        }
    }

    fn unreadable(why: &dyn Display, bytes: &[u8], wants: Wants) -> Body {
        let hex = match !wants.secrets && mentions_password(bytes) {
            true => "(not shown: a password is in there; --secrets shows it)".to_owned(),
            false => hex(bytes),
        };
        Body::Unreadable { why: why.to_string(), hex }
    }

    /// Why it is not understood, or what a strict reader objects to.
    pub(crate) fn objection(&self) -> Option<&str> {
        match self {
            Body::Unreadable { why, .. } => Some(why),
            Body::Read { leniently, .. } => leniently.as_deref(),
            _ => None,
        }
    }

    /// In a line.
    pub(crate) fn summary(&self) -> String {
        match self {
            Body::None => String::new(),
            Body::Read { error: Some(error), .. } => error.clone(),
            Body::Read { tree, .. } if tree.is_empty() => String::new(),
            Body::Read { tree, words, .. } => summary(&with_words(tree, words)),
            Body::Secret => "(not shown: it holds a secret; --secrets shows it)".to_owned(),
            Body::Unreadable { .. } => String::new(),
        }
    }
}

/// What a frame's numbers are called: of events, and of features that are asked for.
fn meanings(frame: &Frame, tree: &Tree) -> Vec<(&'static str, String)> {
    let Header { program, procedure, .. } = frame.header;
    match frame.header.kind() {
        Ok(MessageKind::Notice) => {
            let notice = RawNotice { program, number: procedure, payload: frame.payload.clone() };
            AnyEvent::decode(notice).map(|event| event.words()).unwrap_or_default()
        }
        Ok(MessageKind::Call) if (program, procedure.0) == (Program::REMOTE, 60) => {
            match tree.field("feature") {
                Some(Tree::Number(number)) => {
                    let name = number.parse().ok().and_then(Feature::name);
                    name.map(|name| ("feature", name.to_owned())).into_iter().collect()
                }
                _ => Vec::new(),
            }
        }
        _ => Vec::new(),
    }
}

/// Words in place of numbers; what wraps all of an event is taken off.
fn with_words(tree: &Tree, words: &[(&'static str, String)]) -> Tree {
    let Tree::Record(fields) = tree else { return tree.clone() };
    let mut all = Vec::new();
    for (name, value) in fields {
        match (value, words.iter().find(|(field, _)| field == name)) {
            (Tree::Record(inner), _) if *name == "msg" => {
                let Tree::Record(inner) = with_words(&Tree::Record(inner.clone()), words) else { continue };
                all.extend(inner);
            }
            // A number that nothing is called by.
            (Tree::Number(number), Some((_, word))) if word != number => {
                all.push((*name, Tree::Word(word.clone())));
            }
            _ => all.push((*name, value.clone())),
        }
    }
    Tree::Record(all)
}

/// Passwords, tokens and keys, going by what the procedures are for, and what commands for QEMU and guests' agents say.
fn is_secret(frame: &Frame) -> bool {
    const SECRET: [&str; 6] = [
        "auth_sasl_start",
        "auth_sasl_step",
        "domain_set_user_password",
        "secret_get_value",
        "secret_set_value",
        "domain_set_launch_security_state",
    ];
    const COMMANDS: [&str; 3] =
        ["domain_monitor_command", "domain_monitor_command_with_files", "domain_agent_command"];
    let header = &frame.header;
    let name = header.program.procedure(header.procedure).map_or("", |info| info.name);
    match header.program {
        Program::REMOTE => SECRET.contains(&name) && !frame.payload.is_empty(),
        Program::QEMU => COMMANDS.contains(&name) && is_secret_command(&frame.payload),
        _ => false,
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    is_error: bool,
    wants: Wants,
    grow: Grow,
}

impl Visitor for Reader<'_> {
    type Output = Body;

    fn visit<T: Message>(self, _: &'static str) -> Body {
        let (value, leniently) = match xdr::from_slice::<T>(self.bytes) {
            Ok(value) => (value, None),
            Err(strict) => match Options::lenient().from_slice::<T>(self.bytes) {
                Ok(value) => (value, Some(strict.to_string())),
                Err(error) => return Body::unreadable(&error, self.bytes, self.wants),
            },
        };
        if self.grow == Grow::Never || (self.grow == Grow::IfObjected && leniently.is_none()) {
            return Body::Read { tree: Tree::Nothing, leniently, error: None, words: Vec::new() };
        }
        let mut tree = Tree::of(&value);
        drop(value);
        if !self.wants.secrets {
            hide(&mut tree);
        }
        let error = self.is_error.then(|| in_words(&tree));
        Body::Read { tree, leniently, error, words: Vec::new() }
    }
}

/// Of an error's message. The longest that daemons send have an XML parser's words in them.
const MESSAGE_CHARS: usize = 2_000;

/// An error: its code and domain by name, and what it says.
fn in_words(tree: &Tree) -> String {
    let number = |field| match tree.field(field) {
        Some(Tree::Number(number)) => number.parse().unwrap_or(0),
        _ => 0,
    };
    let (code, domain) = (number("code"), number("domain"));
    let message = match tree.field("message") {
        Some(Tree::Text(message)) => {
            escaped(&message.trim_end().chars().take(MESSAGE_CHARS).collect::<String>())
        }
        _ => "(no message)".to_owned(),
    };
    format!("{code} {} of {domain} {}: {message}", ErrorCode(code), ErrorDomain(domain))
}
