//! Text to tokens. Plain comments and `%` lines go; documentation and annotations stay, since the grammar
//! says what they may stand before.

use nom::branch::alt;
use nom::bytes::complete::{tag, take_until, take_while, take_while1};
use nom::character::complete::{anychar, multispace1, one_of, satisfy};
use nom::combinator::{map, opt, recognize, verify};
use nom::sequence::{delimited, pair, preceded};
use nom::{IResult, Parser};

use crate::error::{Error, Kind};
use crate::source::{Source, Span};

/// How deep braces may nest: what the grammar recurses on, so also how deep it recurses.
const NESTING_MAX: usize = 16;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Token<'a> {
    pub kind: TokenKind<'a>,
    pub span: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenKind<'a> {
    Word(&'a str),
    Number(i64),
    Sign(char),
    /// What stands between `/**` and `*/`.
    Documentation(&'a str),
    /// What stands between `/*@` and `*/`.
    Annotation(&'a str),
    End,
}

/// What the text is made of, before numbers are given their values.
enum Piece<'a> {
    Blank,
    Word(&'a str),
    Number(&'a str),
    Sign(char),
    Comment(&'a str),
}

/// The tokens of a file, the last one [`TokenKind::End`].
pub(crate) fn tokens<'a>(index: usize, sources: &'a [Source]) -> Result<Vec<Token<'a>>, Error> {
    let text = sources[index].text.as_str();
    let mut tokens = Vec::new();
    let mut depth = 0_usize;
    let mut rest = text;
    loop {
        let start = text.len() - rest.len();
        let at_line_start = start == 0 || text.as_bytes()[start - 1] == b'\n';
        if let (true, Ok((after, _))) = (at_line_start, percent_line(rest)) {
            rest = after;
            continue;
        }
        let Some(first) = rest.chars().next() else { break };
        let Ok((after, piece)) = piece(rest) else {
            let span = Span { source: index, start, end: start + first.len_utf8() };
            let kind =
                if rest.starts_with("/*") { Kind::UnfinishedComment } else { Kind::StrayCharacter(first) };
            return Err(kind.at(span, sources));
        };
        let span = Span { source: index, start, end: text.len() - after.len() };
        rest = after;
        let kind = match piece {
            Piece::Blank => continue,
            Piece::Comment(body) => match (body.strip_prefix('*'), body.strip_prefix('@')) {
                (Some(body), _) if !body.starts_with('*') && !body.is_empty() => {
                    TokenKind::Documentation(body)
                }
                (_, Some(body)) => TokenKind::Annotation(body),
                _ => continue,
            },
            Piece::Word(word) => TokenKind::Word(word),
            Piece::Number(digits) => match number(digits) {
                Some(value) => TokenKind::Number(value),
                None => return Err(Kind::BadNumber(digits.to_owned()).at(span, sources)),
            },
            Piece::Sign(sign) => {
                match sign {
                    '{' => depth += 1,
                    '}' => depth = depth.saturating_sub(1),
                    _ => {}
                }
                if depth > NESTING_MAX {
                    return Err(Kind::NestedTooDeep { max: NESTING_MAX }.at(span, sources));
                }
                TokenKind::Sign(sign)
            }
        };
        tokens.push(Token { kind, span });
    }
    let end = text.trim_end().len();
    tokens.push(Token { kind: TokenKind::End, span: Span { source: index, start: end, end } });
    Ok(tokens)
}

/// The first paragraph of the comment that a file begins with: what the file is about.
pub(crate) fn heading(text: &str) -> Option<&str> {
    let mut body = delimited(tag::<_, _, nom::error::Error<&str>>("/*"), take_until("*/"), tag("*/"));
    let (_, body) = body.parse(text.trim_start()).ok()?;
    (!body.starts_with(['*', '@'])).then_some(body)
}

fn piece(text: &str) -> IResult<&str, Piece<'_>> {
    alt((
        map(multispace1, |_| Piece::Blank),
        map(delimited(tag("/*"), take_until("*/"), tag("*/")), Piece::Comment),
        map(recognize(pair(satisfy(|c| c.is_ascii_alphabetic()), opt(word_rest))), Piece::Word),
        map(recognize(pair(opt(tag("-")), digits)), Piece::Number),
        map(one_of("{}()[]<>=;:,*"), Piece::Sign),
    ))
    .parse(text)
}

fn word_rest(text: &str) -> IResult<&str, &str> {
    take_while1(|c: char| c.is_ascii_alphanumeric() || c == '_').parse(text)
}

/// Digits and whatever letters hang on to them, so that `12ab` is one wrong number and not two right tokens.
fn digits(text: &str) -> IResult<&str, &str> {
    verify(word_rest, |digits: &str| digits.starts_with(|c: char| c.is_ascii_digit())).parse(text)
}

fn percent_line(text: &str) -> IResult<&str, &str> {
    preceded(tag("%"), recognize(pair(take_while(|c| c != '\n'), opt(anychar)))).parse(text)
}

/// RFC 4506 §6.2: decimal, which may be negative, hexadecimal or octal.
fn number(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    match digits.strip_prefix("0x").or(digits.strip_prefix("0X")) {
        Some(hexadecimal) if digits.len() == text.len() => i64::from_str_radix(hexadecimal, 16).ok(),
        Some(_) => None,
        None if digits.len() > 1 && digits.starts_with('0') => {
            if digits.len() == text.len() {
                i64::from_str_radix(digits, 8).ok()
            } else {
                None
            }
        }
        None => text.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[TokenKind<'_>]) {
        let sources = [Source::new("a.x", text)];
        let found: Vec<_> = tokens(0, &sources).unwrap().into_iter().map(|token| token.kind).collect();
        assert_eq!(found.split_last(), Some((&TokenKind::End, expected)));
    }

    #[track_caller]
    fn refused(text: &str, expected: Kind) {
        let sources = [Source::new("a.x", text)];
        assert_eq!(tokens(0, &sources).unwrap_err().kind(), &expected);
    }

    #[test]
    fn numbers_are_decimal_hexadecimal_or_octal_and_only_decimal_ones_negative() {
        for (text, value) in [
            ("0", 0),
            ("19", 19),
            ("-19", -19),
            ("0x1F", 31),
            ("0x20008086", 0x2000_8086),
            ("017", 15),
            ("9223372036854775807", i64::MAX),
            ("-9223372036854775808", i64::MIN),
        ] {
            check(text, &[TokenKind::Number(value)]);
        }
        for text in ["08", "0x", "0xg", "-0x1", "-017", "12ab", "9223372036854775808", "0x8000000000000000"] {
            refused(text, Kind::BadNumber(text.to_owned()));
        }
    }

    #[test]
    fn comments_go_unless_they_document_or_annotate() {
        check("/* a */ /**/ /***/ /*** b ***/ x_1", &[TokenKind::Word("x_1")]);
        check("/** a */", &[TokenKind::Documentation(" a ")]);
        check("/*@ event; */", &[TokenKind::Annotation(" event; ")]);
        refused("/* a", Kind::UnfinishedComment);
        refused("/** a", Kind::UnfinishedComment);
    }

    #[test]
    fn a_percent_sign_takes_its_line_but_only_at_its_start() {
        check("%#include <a.h>\nx\n%\n%y", &[TokenKind::Word("x")]);
        refused("x %y", Kind::StrayCharacter('%'));
    }

    #[test]
    fn what_is_no_token_is_named() {
        refused("_x", Kind::StrayCharacter('_'));
        refused("é", Kind::StrayCharacter('é'));
        refused("-", Kind::StrayCharacter('-'));
        refused(&"{".repeat(NESTING_MAX + 1), Kind::NestedTooDeep { max: NESTING_MAX });
    }
}
