//! `%2F` and the like.

/// Resolves them. What is not of that form, or not UTF-8 after it, stays as it is.
pub(super) fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let coded = match (first, tail) {
            (b'%', [high, low, ..]) => char::from(*high).to_digit(16).zip(char::from(*low).to_digit(16)),
            _ => None,
        };
        match coded {
            Some((high, low)) => {
                bytes.push((high * 16 + low) as u8);
                rest = tail.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(first);
                rest = tail;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::decoded;

    #[test]
    fn what_is_coded_is_resolved_and_the_rest_stays() {
        for (coded, plain) in
            [("%2Ftmp%2fa%20b", "/tmp/a b"), ("100%", "100%"), ("%zz%4", "%zz%4"), ("%ff", "%ff"), ("ü", "ü")]
        {
            assert_eq!(decoded(coded), plain);
        }
    }
}
