//! `/*@ key value; key value; */`: what the RPC language has no words for.

use std::fmt;

use crate::error::{Error, Kind};
use crate::source::{Source, Span};

/// Every key, in the order in which annotations usually have them.
pub(crate) const KEYS: [&str; 10] = [
    "since",
    "priority",
    "stream",
    "descriptors",
    "read-only",
    "acl",
    "filter",
    "secret",
    "event",
    "best-effort",
];

/// What an annotation says of the procedure that it stands before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Annotations {
    /// `since 0.5.0` or `since 6.0.0..6.10.0`: the release that brought it, or those that it came between.
    pub since: Option<Since>,
    /// `priority high`: it never waits for a guest.
    pub high_priority: bool,
    /// `stream read|write|both`: which way the stream runs that it opens.
    pub stream: Option<Stream>,
    /// `descriptors`: file descriptors come with the call or its reply.
    pub descriptors: bool,
    /// `read-only allowed|refused|conditional`: whether a read-only connection may call it.
    pub read_only: Option<ReadOnly>,
    /// `acl object:permission …`, or `acl none` which is an empty list: what its caller must be allowed.
    pub acl: Option<Vec<String>>,
    /// `filter object:permission …`: what the caller must be allowed on an object to see it in the reply.
    pub filter: Vec<String>,
    /// `secret field …`: those of its arguments and its reply that nobody prints.
    pub secret: Vec<String>,
    /// `event`: a daemon sends it unasked.
    pub event: bool,
    /// `best-effort`: nobody waits for an answer, and losing it is no failure.
    pub best_effort: bool,
}

/// When a procedure came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Since {
    /// No release before this one has it.
    pub earliest: Release,
    /// This one certainly has it.
    pub latest: Release,
}

/// A release as three numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Release(pub u16, pub u16, pub u16);

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.0, self.1, self.2)
    }
}

/// Which way the data of a stream runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// To the client.
    Read,
    /// From the client.
    Write,
    /// Both ways.
    Both,
}

/// Whether a read-only connection may call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadOnly {
    /// Always.
    Allowed,
    /// Never.
    Refused,
    /// For some arguments.
    Conditional,
}

/// Reads what stands between `/*@` and `*/`; `span` is the whole comment's.
pub(crate) fn parse(body: &str, span: Span, sources: &[Source]) -> Result<Annotations, Error> {
    let mut annotations = Annotations::default();
    let mut seen = Vec::new();
    let mut offset = span.start + "/*@".len();
    for entry in body.split(';') {
        let start = offset + (entry.len() - entry.trim_start().len());
        let place = Span { start, end: offset + entry.trim_end().len(), ..span };
        offset += entry.len() + 1;
        let mut words = entry.split_whitespace().filter(|word| *word != "*");
        let Some(key) = words.next() else { continue };
        let words = words.collect::<Vec<_>>();
        if !KEYS.contains(&key) {
            return Err(Kind::UnknownAnnotation(key.to_owned()).at(place, sources));
        }
        if seen.contains(&key) {
            return Err(Kind::DuplicateName { what: "annotation", name: key.to_owned() }.at(place, sources));
        }
        seen.push(key);
        annotations.set(key, &words).map_err(|expected| {
            let found = words.join(" ");
            Kind::BadAnnotation { key: key.to_owned(), expected, found }.at(place, sources)
        })?;
    }
    Ok(annotations)
}

impl Annotations {
    /// Takes one entry, or says what its key expects.
    fn set(&mut self, key: &str, words: &[&str]) -> Result<(), &'static str> {
        match (key, words) {
            ("since", [word]) => self.since = Some(since(word).ok_or("a release, or two as `1.2.1..1.2.3`")?),
            ("since", _) => return Err("a release, or two as `1.2.1..1.2.3`"),
            ("priority", ["high"]) => self.high_priority = true,
            ("priority", ["low"]) => {}
            ("priority", _) => return Err("high or low"),
            ("stream", ["read"]) => self.stream = Some(Stream::Read),
            ("stream", ["write"]) => self.stream = Some(Stream::Write),
            ("stream", ["both"]) => self.stream = Some(Stream::Both),
            ("stream", _) => return Err("read, write or both"),
            ("read-only", ["allowed"]) => self.read_only = Some(ReadOnly::Allowed),
            ("read-only", ["refused"]) => self.read_only = Some(ReadOnly::Refused),
            ("read-only", ["conditional"]) => self.read_only = Some(ReadOnly::Conditional),
            ("read-only", _) => return Err("allowed, refused or conditional"),
            ("acl", ["none"]) => self.acl = Some(Vec::new()),
            ("acl", rights) => self.acl = Some(permissions(rights)?),
            ("filter", rights) => self.filter = permissions(rights)?,
            ("secret", []) => return Err("names of fields"),
            ("secret", fields) => self.secret = fields.iter().map(|field| (*field).to_owned()).collect(),
            ("descriptors", []) => self.descriptors = true,
            ("event", []) => self.event = true,
            ("best-effort", []) => self.best_effort = true,
            _ => return Err("nothing after it"),
        }
        Ok(())
    }
}

fn since(word: &str) -> Option<Since> {
    let (earliest, latest) = word.split_once("..").unwrap_or((word, word));
    let (earliest, latest) = (release(earliest)?, release(latest)?);
    (earliest <= latest).then_some(Since { earliest, latest })
}

fn release(word: &str) -> Option<Release> {
    let mut numbers = word.split('.').map(|number| number.parse().ok().filter(|number| *number < 1_000));
    let release = Release(numbers.next()??, numbers.next()??, numbers.next()??);
    numbers.next().is_none().then_some(release)
}

/// `object:permission`, each perhaps with the flags that ask for it: `:A` with A, `:!A|B` without either, and
/// `::name:A` where they are in the argument `name`.
fn permissions(words: &[&str]) -> Result<Vec<String>, &'static str> {
    let is_permission = |word: &&str| {
        let plain = |c: char| c.is_ascii_alphanumeric() || "_:!|".contains(c);
        word.chars().all(plain)
            && word.split_once(':').is_some_and(|(object, rest)| !object.is_empty() && !rest.is_empty())
    };
    if words.is_empty() || !words.iter().all(is_permission) {
        return Err("permissions as `domain:write`");
    }
    Ok(words.iter().map(|word| (*word).to_owned()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn annotations(body: &str) -> Result<Annotations, Error> {
        let sources = [Source::new("a.x", format!("/*@{body}*/"))];
        parse(body, Span { source: 0, start: 0, end: sources[0].text.len() }, &sources)
    }

    #[test]
    fn every_key_is_read() {
        let found = annotations(
            " since 1.2.1..1.2.3; priority high; stream both; descriptors; read-only refused;
            * acl domain:migrate domain:save:!CONFIG|LIVE; filter domain:getattr; secret key data;
            * event; best-effort; ",
        );
        let expected = Annotations {
            since: Some(Since { earliest: Release(1, 2, 1), latest: Release(1, 2, 3) }),
            high_priority: true,
            stream: Some(Stream::Both),
            descriptors: true,
            read_only: Some(ReadOnly::Refused),
            acl: Some(vec!["domain:migrate".to_owned(), "domain:save:!CONFIG|LIVE".to_owned()]),
            filter: vec!["domain:getattr".to_owned()],
            secret: vec!["key".to_owned(), "data".to_owned()],
            event: true,
            best_effort: true,
        };
        assert_eq!(found, Ok(expected));
        assert_eq!(annotations(" acl none; ").unwrap().acl, Some(Vec::new()));
        assert_eq!(annotations(" "), Ok(Annotations::default()));
    }

    #[test]
    fn what_no_key_or_value_is_is_an_error_at_its_place() {
        #[track_caller]
        fn check(body: &str, column: usize, message: &str) {
            let error = annotations(body).unwrap_err();
            assert_eq!((error.place().column, error.kind().to_string().as_str()), (column, message));
        }
        let keys = "since, priority, stream, descriptors, read-only, acl, filter, secret, event, best-effort";
        check(" event; sinse 1.0.0; ", 12, &format!("no annotation is called `sinse`: expected {keys}"));
        check(" event; event; ", 12, "the annotation `event` is there already");
        let since = "`since` expects a release, or two as `1.2.1..1.2.3`, found";
        check(" since 1.0; ", 5, &format!("{since} `1.0`"));
        check(" since 1.2.3..1.2.1; ", 5, &format!("{since} `1.2.3..1.2.1`"));
        check(" since 1.2.1000; ", 5, &format!("{since} `1.2.1000`"));
        check(" priority medium; ", 5, "`priority` expects high or low, found `medium`");
        check(" stream up; ", 5, "`stream` expects read, write or both, found `up`");
        check(" read-only; ", 5, "`read-only` expects allowed, refused or conditional, found ``");
        check(" acl domain; ", 5, "`acl` expects permissions as `domain:write`, found `domain`");
        check(" filter; ", 5, "`filter` expects permissions as `domain:write`, found ``");
        check(" secret; ", 5, "`secret` expects names of fields, found ``");
        check(" event now; ", 5, "`event` expects nothing after it, found `now`");
    }
}
