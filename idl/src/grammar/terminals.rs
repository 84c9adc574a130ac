//! The grammar's leaves, and how they say what they would have liked to see.

use std::fmt;

use nom::error::{ErrorKind, ParseError};
use nom::{Err, IResult, Parser};

use crate::ast::Name;
use crate::lexer::{Token, TokenKind};
use crate::source::Span;

/// Words that name nothing else: RFC 4506 §6.2, RFC 5531 §12.2, and rpcgen's `char` and `short`.
const KEYWORDS: &str = "bool case char const default double enum float hyper int opaque program quadruple short \
    string struct switch typedef union unsigned version void";

/// What is left to read. Never empty: its last token is the end, and no parser takes that.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tokens<'a>(pub &'a [Token<'a>]);

impl<'a> Tokens<'a> {
    pub(super) fn at_end(self) -> bool {
        matches!(self.0, [] | [Token { kind: TokenKind::End, .. }])
    }
}

pub(super) type Parsed<'a, O> = IResult<Tokens<'a>, O, Expected>;

/// What would have been right at the furthest place that was reached.
#[derive(Clone, Debug)]
pub(super) struct Expected {
    /// How many tokens were left there.
    pub left: usize,
    what: Vec<What>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Word(&'static str),
    Sign(char),
    /// Something with a name of its own, such as "a type".
    Thing(&'static str),
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            What::Word(word) => write!(f, "`{word}`"),
            What::Sign(sign) => write!(f, "`{sign}`"),
            What::Thing(thing) => f.write_str(thing),
        }
    }
}

impl Expected {
    fn new(tokens: Tokens<'_>, what: What) -> Expected {
        Expected { left: tokens.0.len(), what: vec![what] }
    }

    /// "`a`, `b` or `c`".
    pub(super) fn list(&self) -> String {
        match self.what.split_last() {
            Some((last, [])) => last.to_string(),
            Some((last, others)) => {
                let others = others.iter().map(What::to_string).collect::<Vec<_>>();
                format!("{} or {last}", others.join(", "))
            }
            None => "something else".to_owned(),
        }
    }
}

impl<'a> ParseError<Tokens<'a>> for Expected {
    fn from_error_kind(tokens: Tokens<'a>, _: ErrorKind) -> Expected {
        Expected { left: tokens.0.len(), what: Vec::new() }
    }

    fn append(_: Tokens<'a>, _: ErrorKind, other: Expected) -> Expected {
        other
    }

    /// The alternative that came further speaks; those that came as far speak together.
    fn or(mut self, other: Expected) -> Expected {
        if self.left == other.left {
            let new = other.what.into_iter().filter(|what| !self.what.contains(what)).collect::<Vec<_>>();
            self.what.extend(new);
            self
        } else if self.left < other.left {
            self
        } else {
            other
        }
    }
}

/// Says `what` instead of the alternatives of `parser`, where not even its first token fits.
pub(super) fn called<'a, O>(
    what: &'static str,
    mut parser: impl Parser<Tokens<'a>, Output = O, Error = Expected>,
) -> impl FnMut(Tokens<'a>) -> Parsed<'a, O> {
    move |tokens| match parser.parse(tokens) {
        Err(Err::Error(error)) if error.left == tokens.0.len() => {
            Err(Err::Error(Expected::new(tokens, What::Thing(what))))
        }
        result => result,
    }
}

/// The first token, if `pick` takes it.
fn terminal<'a, O>(
    what: What,
    pick: impl Fn(&Token<'a>) -> Option<O>,
) -> impl Fn(Tokens<'a>) -> Parsed<'a, O> {
    move |tokens| match tokens.0.split_first() {
        Some((first, rest)) => match pick(first) {
            Some(output) => Ok((Tokens(rest), output)),
            None => Err(Err::Error(Expected::new(tokens, what))),
        },
        None => Err(Err::Error(Expected::new(tokens, what))),
    }
}

pub(super) fn keyword<'a>(word: &'static str) -> impl Fn(Tokens<'a>) -> Parsed<'a, Span> {
    terminal(What::Word(word), move |token| (token.kind == TokenKind::Word(word)).then_some(token.span))
}

pub(super) fn sign<'a>(sign: char) -> impl Fn(Tokens<'a>) -> Parsed<'a, Span> {
    terminal(What::Sign(sign), move |token| (token.kind == TokenKind::Sign(sign)).then_some(token.span))
}

pub(super) fn name<'a>(tokens: Tokens<'a>) -> Parsed<'a, Name> {
    let pick = |token: &Token<'a>| match token.kind {
        TokenKind::Word(word) if !KEYWORDS.split(' ').any(|keyword| keyword == word) => {
            Some(Name { text: word.to_owned(), span: token.span })
        }
        _ => None,
    };
    terminal(What::Thing("a name"), pick)(tokens)
}

pub(super) fn number<'a>(tokens: Tokens<'a>) -> Parsed<'a, (i64, Span)> {
    let pick = |token: &Token<'a>| match token.kind {
        TokenKind::Number(number) => Some((number, token.span)),
        _ => None,
    };
    terminal(What::Thing("a number"), pick)(tokens)
}

/// The documentation that may stand before a thing; empty where there is none.
pub(super) fn documentation<'a>(tokens: Tokens<'a>) -> Parsed<'a, String> {
    match tokens.0.split_first() {
        Some((Token { kind: TokenKind::Documentation(text), .. }, rest)) => {
            Ok((Tokens(rest), crate::documentation::clean(text)))
        }
        _ => Ok((tokens, String::new())),
    }
}

pub(super) fn annotation<'a>(tokens: Tokens<'a>) -> Parsed<'a, Option<(String, Span)>> {
    match tokens.0.split_first() {
        Some((Token { kind: TokenKind::Annotation(text), span }, rest)) => {
            Ok((Tokens(rest), Some(((*text).to_owned(), *span))))
        }
        _ => Ok((tokens, None)),
    }
}
