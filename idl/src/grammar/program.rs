//! RFC 5531 §12.2: programs, their versions, and the procedures of each.

use nom::Parser;
use nom::branch::alt;
use nom::combinator::cut;
use nom::sequence::preceded;

use super::declaration::specifier;
use super::terminals::{Parsed, Tokens, annotation, documentation, keyword, name, number, sign};
use super::{block, define};
use crate::ast::{Definition, DefinitionKind, Procedure, Specifier, Version};

pub(super) fn program<'a>(tokens: Tokens<'a>) -> Parsed<'a, Definition> {
    let rest = (name, block(version), sign('='), number);
    preceded(keyword("program"), cut(rest))
        .map(|(name, versions, _, (number, number_span))| {
            define(name, DefinitionKind::Program { number, number_span, versions })
        })
        .parse(tokens)
}

fn version<'a>(tokens: Tokens<'a>) -> Parsed<'a, Version> {
    let (tokens, documentation) = documentation(tokens)?;
    let rest = (name, block(procedure), sign('='), number, sign(';'));
    preceded(keyword("version"), cut(rest))
        .map(|(name, procedures, _, (number, number_span), _)| Version {
            documentation: documentation.clone(),
            name,
            number,
            number_span,
            procedures,
        })
        .parse(tokens)
}

fn procedure<'a>(tokens: Tokens<'a>) -> Parsed<'a, Procedure> {
    let (tokens, (documentation, annotation)) = (documentation, annotation).parse(tokens)?;
    let (tokens, reply) = alt((void.map(|()| None), specifier.map(Some))).parse(tokens)?;
    let (tokens, name) = cut(name).parse(tokens)?;
    let (tokens, arguments) = cut(arguments).parse(tokens)?;
    let (tokens, (_, (number, number_span), _)) = cut((sign('='), number, sign(';'))).parse(tokens)?;
    Ok((tokens, Procedure { documentation, annotation, name, number, number_span, arguments, reply }))
}

/// `(void)`, or types with commas between them.
fn arguments<'a>(tokens: Tokens<'a>) -> Parsed<'a, Vec<Specifier>> {
    let (tokens, _) = sign('(')(tokens)?;
    let nothing = (void, sign(')'));
    if let Ok((tokens, _)) = { nothing }.parse(tokens) {
        return Ok((tokens, Vec::new()));
    }
    let mut arguments = Vec::new();
    let mut tokens = tokens;
    loop {
        let (rest, argument) = specifier(tokens)?;
        arguments.push(argument);
        let (rest, more) = alt((sign(',').map(|_| true), sign(')').map(|_| false))).parse(rest)?;
        tokens = rest;
        if !more {
            return Ok((tokens, arguments));
        }
    }
}

fn void<'a>(tokens: Tokens<'a>) -> Parsed<'a, ()> {
    keyword("void").map(|_| ()).parse(tokens)
}
