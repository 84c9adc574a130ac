//! Looks at a daemon's SCRAM messages before rsasl does, which takes their form for granted and their iteration count as it comes.

/// A message in which each attribute is a letter, an equals sign and a value.
const MESSAGE_BYTES_MAX: usize = 16 * 1024;

/// Iterations that a daemon must ask for (RFC 5802, 7677): with fewer, whoever plays the daemon guesses the password at leisure.
const ITERATIONS_MIN: u32 = 4_096;
/// Iterations that it may ask for: about a second of a processor's time, and far beyond the 4,096 that are usual.
const ITERATIONS_MAX: u32 = 1_000_000;

/// The daemon's answer to the client's first message: nonce, salt, iterations, and whatever else it likes.
pub(super) fn check_first(message: &[u8]) -> Result<(), String> {
    let attributes = attributes(message)?;
    let [nonce, _salt, iterations, ..] = &attributes[..] else {
        // What is wrong with it may be that it is the refusal of what came before.
        return Err(format!("its first message has {} attributes of at least 3", attributes.len()));
    };
    if !nonce.starts_with(b"r=") {
        return Err("its first message does not begin with a nonce".to_owned());
    }
    let count = iterations.strip_prefix(b"i=").and_then(|count| std::str::from_utf8(count).ok());
    match count.and_then(|count| count.parse().ok()) {
        Some(ITERATIONS_MIN..=ITERATIONS_MAX) => Ok(()),
        Some(count) => Err(format!(
            "it asks for {count} iterations of at least {ITERATIONS_MIN} and at most {ITERATIONS_MAX}"
        )),
        None => Err("its first message has no count of iterations".to_owned()),
    }
}

/// The daemon's last message: its proof, or why there is none.
pub(super) fn check_final(message: &[u8]) -> Result<(), String> {
    attributes(message).map(drop)
}

fn attributes(message: &[u8]) -> Result<Vec<&[u8]>, String> {
    if message.len() > MESSAGE_BYTES_MAX {
        return Err(format!("a message of {} bytes, more than {MESSAGE_BYTES_MAX}", message.len()));
    }
    let attributes: Vec<_> = message.split(|byte| *byte == b',').collect();
    match attributes.iter().all(|attribute| matches!(attribute, [_, b'=', ..])) {
        true => Ok(attributes),
        false => Err("a message that is not made of attributes".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_as_rfc_5802_has_them_pass() {
        check_first(b"r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096").unwrap();
        check_first(b"r=a,s=b,i=1000000,x=more").unwrap();
        check_final(b"v=rmF9pqV8S7suAoZWja4dJRkFsKQ=").unwrap();
        check_final(b"e=invalid-proof").unwrap();
    }

    #[test]
    fn others_do_not() {
        for (message, reason) in [
            (&b""[..], "not made of attributes"),
            (b"r", "not made of attributes"),
            (b"r=a,s=b", "2 attributes"),
            (b"r=a,,i=1", "not made of attributes"),
            (b"r=a,s,i=1", "not made of attributes"),
            (b"m=a,s=b,i=1", "nonce"),
            (b"r=a,s=b,i=", "no count"),
            (b"r=a,s=b,i=0", "0 iterations"),
            (b"r=a,s=b,i=4095", "at least 4096"),
            (b"r=a,s=b,i=1000001", "1000001 iterations"),
            (b"r=a,s=b,i=99999999999", "no count"),
            (b"r=a,s=b,i=-1", "no count"),
            (b"r=a,s=b,i=\xff", "no count"),
        ] {
            let told = check_first(message).unwrap_err();
            assert!(told.contains(reason), "{message:?}: {told}");
        }
        assert!(check_final(b"v").is_err());
        assert!(check_final(&vec![b'='; MESSAGE_BYTES_MAX + 1]).unwrap_err().contains("more than"));
    }
}
