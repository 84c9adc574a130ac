//! What has a name and a type: fields, typedefs, a union's arms, and the bodies that may stand in a type's place.

use nom::Parser;
use nom::branch::alt;
use nom::combinator::{cut, opt};
use nom::sequence::{delimited, preceded};

use super::block;
use super::terminals::{Parsed, Tokens, called, documentation, keyword, name, number, sign};
use crate::ast::{Arm, Basic, Declaration, Enumerator, Name, Shape, Specifier, UnionBody, Value};

pub(super) fn declaration<'a>(tokens: Tokens<'a>) -> Parsed<'a, Declaration> {
    called("a type", alt((opaque, string, of_a_type))).parse(tokens)
}

fn opaque<'a>(tokens: Tokens<'a>) -> Parsed<'a, Declaration> {
    preceded(keyword("opaque"), cut((name, alt((fixed, variable)))))
        .map(|(name, shape)| declare(name, Specifier::Opaque, shape))
        .parse(tokens)
}

fn string<'a>(tokens: Tokens<'a>) -> Parsed<'a, Declaration> {
    preceded(keyword("string"), cut((name, variable)))
        .map(|(name, shape)| declare(name, Specifier::String, shape))
        .parse(tokens)
}

fn of_a_type<'a>(tokens: Tokens<'a>) -> Parsed<'a, Declaration> {
    let (tokens, specifier) = specifier(tokens)?;
    let optional = preceded(sign('*'), cut(name)).map(|name| (name, Shape::Optional));
    let (tokens, (name, shape)) = cut(alt((optional, (name, shape)))).parse(tokens)?;
    Ok((tokens, declare(name, specifier, shape)))
}

/// What may follow a name: nothing, which is one value, or brackets.
fn shape<'a>(tokens: Tokens<'a>) -> Parsed<'a, Shape> {
    opt(alt((fixed, variable))).map(|shape| shape.unwrap_or(Shape::One)).parse(tokens)
}

fn fixed<'a>(tokens: Tokens<'a>) -> Parsed<'a, Shape> {
    delimited(sign('['), cut(value), cut(sign(']'))).map(Shape::Fixed).parse(tokens)
}

fn variable<'a>(tokens: Tokens<'a>) -> Parsed<'a, Shape> {
    delimited(sign('<'), opt(value), cut(sign('>'))).map(Shape::Variable).parse(tokens)
}

fn value<'a>(tokens: Tokens<'a>) -> Parsed<'a, Value> {
    alt((number.map(|(number, span)| Value::Number(number, span)), name.map(Value::Name))).parse(tokens)
}

fn declare(name: Name, specifier: Specifier, shape: Shape) -> Declaration {
    Declaration { documentation: String::new(), name, specifier, shape }
}

pub(super) fn specifier<'a>(tokens: Tokens<'a>) -> Parsed<'a, Specifier> {
    let named = name.map(Specifier::Named);
    let bodies = (
        preceded(keyword("enum"), cut(enum_body)).map(Specifier::Enum),
        preceded(keyword("struct"), cut(struct_body)).map(Specifier::Struct),
        preceded(keyword("union"), cut(union_body)).map(|body| Specifier::Union(Box::new(body))),
    );
    called("a type", alt((basic.map(Specifier::Basic), named, alt(bodies)))).parse(tokens)
}

fn basic<'a>(tokens: Tokens<'a>) -> Parsed<'a, Basic> {
    let unsigned = opt(alt((
        keyword("int").map(|_| Basic::UnsignedInt),
        keyword("hyper").map(|_| Basic::UnsignedHyper),
        keyword("short").map(|_| Basic::UnsignedShort),
        keyword("char").map(|_| Basic::UnsignedChar),
    )));
    alt((
        preceded(keyword("unsigned"), unsigned).map(|basic| basic.unwrap_or(Basic::UnsignedInt)),
        keyword("int").map(|_| Basic::Int),
        keyword("hyper").map(|_| Basic::Hyper),
        keyword("bool").map(|_| Basic::Bool),
        keyword("char").map(|_| Basic::Char),
        keyword("short").map(|_| Basic::Short),
        keyword("float").map(|_| Basic::Float),
        keyword("double").map(|_| Basic::Double),
        keyword("quadruple").map(|_| Basic::Quadruple),
    ))
    .parse(tokens)
}

/// `{ NAME = value, … }`, without rpcgen's leave to omit the value.
pub(super) fn enum_body<'a>(tokens: Tokens<'a>) -> Parsed<'a, Vec<Enumerator>> {
    let (mut tokens, _) = sign('{')(tokens)?;
    let mut enumerators = Vec::new();
    loop {
        let (rest, enumerator) = enumerator(tokens)?;
        enumerators.push(enumerator);
        let (rest, more) = alt((sign(',').map(|_| true), sign('}').map(|_| false))).parse(rest)?;
        tokens = rest;
        if !more {
            return Ok((tokens, enumerators));
        }
    }
}

fn enumerator<'a>(tokens: Tokens<'a>) -> Parsed<'a, Enumerator> {
    let (tokens, (documentation, name, _, value)) = (documentation, name, sign('='), value).parse(tokens)?;
    Ok((tokens, Enumerator { documentation, name, value }))
}

pub(super) fn struct_body<'a>(tokens: Tokens<'a>) -> Parsed<'a, Vec<Declaration>> {
    block(field).parse(tokens)
}

fn field<'a>(tokens: Tokens<'a>) -> Parsed<'a, Declaration> {
    let (tokens, (documentation, field, _)) = (documentation, declaration, cut(sign(';'))).parse(tokens)?;
    Ok((tokens, Declaration { documentation, ..field }))
}

/// `switch (declaration) { case value: … default: … }`, the default last if it is there at all.
pub(super) fn union_body<'a>(tokens: Tokens<'a>) -> Parsed<'a, UnionBody> {
    let (tokens, discriminant) =
        preceded(keyword("switch"), delimited(sign('('), declaration, sign(')'))).parse(tokens)?;
    let (mut tokens, _) = sign('{')(tokens)?;
    let mut arms = Vec::new();
    loop {
        let rest;
        if arms.is_empty() {
            let arm;
            (rest, arm) = case(tokens)?;
            arms.push(arm);
        } else {
            let next = alt((case.map(Next::Case), default.map(Next::Default), sign('}').map(|_| Next::End)));
            let next_arm;
            (rest, next_arm) = { next }.parse(tokens)?;
            match next_arm {
                Next::Case(arm) => arms.push(arm),
                Next::Default(arm) => {
                    let (rest, _) = sign('}')(rest)?;
                    return Ok((rest, UnionBody { discriminant, arms, default: Some(arm) }));
                }
                Next::End => return Ok((rest, UnionBody { discriminant, arms, default: None })),
            }
        }
        tokens = rest;
    }
}

enum Next {
    Case(Arm),
    Default(Arm),
    End,
}

fn case<'a>(tokens: Tokens<'a>) -> Parsed<'a, Arm> {
    let (mut tokens, documentation) = documentation(tokens)?;
    let mut cases = Vec::new();
    loop {
        let case = delimited(keyword("case"), cut(value), cut(sign(':'))).parse(tokens);
        match case {
            Ok((rest, value)) => {
                tokens = rest;
                cases.push(value);
            }
            Err(nom::Err::Error(_)) if !cases.is_empty() => break,
            Err(error) => return Err(error),
        }
    }
    let (tokens, field) = cut(arm_body).parse(tokens)?;
    Ok((tokens, Arm { documentation, cases, field }))
}

fn default<'a>(tokens: Tokens<'a>) -> Parsed<'a, Arm> {
    let (tokens, (documentation, _, _)) =
        (documentation, keyword("default"), cut(sign(':'))).parse(tokens)?;
    let (tokens, field) = cut(arm_body).parse(tokens)?;
    Ok((tokens, Arm { documentation, cases: Vec::new(), field }))
}

fn arm_body<'a>(tokens: Tokens<'a>) -> Parsed<'a, Option<Declaration>> {
    let void = (keyword("void"), sign(';')).map(|_| None);
    alt((void, field.map(Some))).parse(tokens)
}
