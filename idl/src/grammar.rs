//! Tokens to definitions: the grammar of RFC 4506 §6.3, with RFC 5531 §12.2's programs.
//!
//! Looser than the RFCs where `rpcgen` is: `char` and `short` are types. Stricter where it is: `void` is no field.

mod declaration;
mod program;
mod terminals;

use nom::branch::alt;
use nom::combinator::cut;
use nom::sequence::{preceded, terminated};
use nom::{Err, Finish, Parser};

use self::declaration::{declaration, enum_body, struct_body, union_body};
use self::program::program;
use self::terminals::{Expected, Parsed, Tokens, documentation, keyword, name, number, sign};
use crate::ast::{Definition, DefinitionKind};
use crate::error::{Error, Kind};
use crate::lexer::{self, TokenKind};
use crate::source::Source;

/// The definitions of one file.
pub(crate) fn parse(index: usize, sources: &[Source]) -> Result<Vec<Definition>, Error> {
    let tokens = lexer::tokens(index, sources)?;
    match specification(Tokens(&tokens)).finish() {
        Ok((_, definitions)) => Ok(definitions),
        Err(expected) => {
            // The end is always the last token, and no parser takes it.
            let token = tokens[(tokens.len() - expected.left).min(tokens.len() - 1)];
            let found = describe(token.kind);
            Err(Kind::Syntax { expected: expected.list(), found }.at(token.span, sources))
        }
    }
}

fn describe(token: TokenKind<'_>) -> String {
    match token {
        TokenKind::Word(word) => format!("`{word}`"),
        TokenKind::Number(number) => format!("`{number}`"),
        TokenKind::Sign(sign) => format!("`{sign}`"),
        TokenKind::Documentation(_) => "documentation of nothing".to_owned(),
        TokenKind::Annotation(_) => "an annotation that stands before no procedure".to_owned(),
        TokenKind::End => "the end of the file".to_owned(),
    }
}

fn specification<'a>(mut tokens: Tokens<'a>) -> Parsed<'a, Vec<Definition>> {
    let mut definitions = Vec::new();
    while !tokens.at_end() {
        let definition;
        (tokens, definition) = definition_with_documentation(tokens)?;
        definitions.push(definition);
    }
    Ok((tokens, definitions))
}

fn definition_with_documentation<'a>(tokens: Tokens<'a>) -> Parsed<'a, Definition> {
    let (tokens, documentation) = documentation(tokens)?;
    let definition = alt((constant, typedef, enumeration, structure, union, program));
    let (tokens, definition) = terminated(definition, cut(sign(';'))).parse(tokens)?;
    Ok((tokens, Definition { documentation, ..definition }))
}

fn constant<'a>(tokens: Tokens<'a>) -> Parsed<'a, Definition> {
    preceded(keyword("const"), cut((name, sign('='), number)))
        .map(|(name, _, (value, _))| define(name, DefinitionKind::Constant(value)))
        .parse(tokens)
}

fn typedef<'a>(tokens: Tokens<'a>) -> Parsed<'a, Definition> {
    preceded(keyword("typedef"), cut(declaration))
        .map(|declaration| define(declaration.name.clone(), DefinitionKind::Typedef(declaration)))
        .parse(tokens)
}

fn enumeration<'a>(tokens: Tokens<'a>) -> Parsed<'a, Definition> {
    preceded(keyword("enum"), cut((name, enum_body)))
        .map(|(name, body)| define(name, DefinitionKind::Enum(body)))
        .parse(tokens)
}

fn structure<'a>(tokens: Tokens<'a>) -> Parsed<'a, Definition> {
    preceded(keyword("struct"), cut((name, struct_body)))
        .map(|(name, body)| define(name, DefinitionKind::Struct(body)))
        .parse(tokens)
}

fn union<'a>(tokens: Tokens<'a>) -> Parsed<'a, Definition> {
    preceded(keyword("union"), cut((name, union_body)))
        .map(|(name, body)| define(name, DefinitionKind::Union(Box::new(body))))
        .parse(tokens)
}

fn define(name: crate::ast::Name, kind: DefinitionKind) -> Definition {
    Definition { documentation: String::new(), name, kind }
}

/// `{ item … }` with at least one item: what may follow an item is another one or the end, and says so.
fn block<'a, O>(
    mut item: impl Parser<Tokens<'a>, Output = O, Error = Expected>,
) -> impl FnMut(Tokens<'a>) -> Parsed<'a, Vec<O>> {
    move |tokens| {
        let (mut tokens, _) = sign('{')(tokens)?;
        let mut items = Vec::new();
        loop {
            let item = item.parse(tokens);
            let ended = if items.is_empty() { None } else { Some(sign('}')(tokens)) };
            match (item, ended) {
                (_, Some(Ok((rest, _)))) => return Ok((rest, items)),
                (Ok((rest, item)), _) => {
                    tokens = rest;
                    items.push(item);
                }
                (Err(Err::Error(item)), Some(Err(Err::Error(end)))) => {
                    return Err(Err::Failure(nom::error::ParseError::or(item, end)));
                }
                (Err(error), _) => return Err(error),
            }
        }
    }
}
