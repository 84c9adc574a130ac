//! Looks at a client's SCRAM messages before rsasl does, which takes their form for granted: it would panic at an attribute of one
//! byte, hand on a user's name as it travels, and take no notice of a user who asks to act as another.

/// Bytes of a message: three times a name or a nonce that anybody has.
const MESSAGE_BYTES_MAX: usize = 3 * 1024;
/// Bytes of a user's name.
const USER_BYTES_MAX: usize = 256;

/// The client's first message: whether it binds a channel, as whom it wants to act, its user and its nonce. The user, as people
/// write it.
pub(super) fn user_of_first(message: &[u8]) -> Result<String, &'static str> {
    if message.len() > MESSAGE_BYTES_MAX {
        return Err("a message that is too long");
    }
    let message = std::str::from_utf8(message).map_err(|_| "a message that is not UTF-8")?;
    let parts: Vec<_> = message.split(',').collect();
    let [binding, acting, user, nonce] = parts[..] else { return Err("a first message of another form") };
    if !matches!(binding, "n" | "y") {
        return Err("a channel to bind, which was not offered");
    }
    let user = user.strip_prefix("n=").and_then(unescape).ok_or("no user, or one in another form")?;
    if user.is_empty() || user.len() > USER_BYTES_MAX || user.chars().any(char::is_control) {
        return Err("a user's name that is empty, too long, or holds control characters");
    }
    let acts_as_itself =
        acting.is_empty() || acting.strip_prefix("a=").and_then(unescape).is_some_and(|name| name == user);
    if !acts_as_itself {
        return Err("a wish to act as somebody else");
    }
    match nonce.strip_prefix("r=") {
        Some(nonce) if !nonce.is_empty() && nonce.bytes().all(|byte| byte.is_ascii_graphic()) => Ok(user),
        _ => Err("no nonce, or one in another form"),
    }
}

/// The client's last message: what it binds, both nonces, and its proof.
pub(super) fn check_final(message: &[u8]) -> Result<(), &'static str> {
    if message.len() > MESSAGE_BYTES_MAX {
        return Err("a message that is too long");
    }
    let mut parts = message.split(|byte| *byte == b',');
    let in_order =
        [b"c=", b"r=", b"p="].iter().all(|letter| parts.next().is_some_and(|part| part.starts_with(*letter)));
    match in_order && parts.next().is_none() {
        true => Ok(()),
        false => Err("a last message of another form"),
    }
}

/// A name as people write it: it travels with `=2C` for a comma and `=3D` for an equals sign.
fn unescape(name: &str) -> Option<String> {
    let mut pieces = name.split('=');
    let mut plain = pieces.next()?.to_owned();
    for piece in pieces {
        let rest = match piece.strip_prefix("2C") {
            Some(rest) => {
                plain.push(',');
                rest
            }
            None => {
                let rest = piece.strip_prefix("3D")?;
                plain.push('=');
                rest
            }
        };
        plain.push_str(rest);
    }
    Some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_as_rfc_5802_has_them_pass() {
        for (message, user) in [
            ("n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL", "user"),
            ("y,,n=user,r=a", "user"),
            ("n,a=user,n=user,r=a", "user"),
            ("n,,n=a=2Cb=3D=2C,r=a", "a,b=,"),
            ("n,a=a=3D,n=a=3D,r=a", "a="),
            ("n,,n=ü@realm,r=a", "ü@realm"),
        ] {
            assert_eq!(user_of_first(message.as_bytes()).as_deref(), Ok(user), "{message}");
        }
        check_final(b"c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfc,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=").unwrap();
    }

    #[test]
    fn others_do_not() {
        let long = format!("n,,n={},r=a", "u".repeat(USER_BYTES_MAX + 1));
        for message in [
            "",
            "n",
            "n,",
            "n,,",
            "n,,n",
            "n,,n=",
            "n,,n=u",
            "n,,n=u,",
            "n,,n=u,r",
            "n,,n=u,r=",
            "n,,n=,r=a",
            ",,,",
            "p=tls-unique,,n=u,r=a",
            "x,,n=u,r=a",
            "n,a,n=u,r=a",
            "n,a=,n=u,r=a",
            "n,a=root,n=u,r=a",
            "n,x=u,n=u,r=a",
            "n,,m=x,n=u,r=a",
            "n,,n=u,r=a,x=y",
            "n,,n=u=,r=a",
            "n,,n=u=2,r=a",
            "n,,n=u=2c,r=a",
            "n,,n=u\n,r=a",
            "n,,n=u,r=a b",
            "n,,n=u,r=ü",
            &long,
        ] {
            assert!(user_of_first(message.as_bytes()).is_err(), "{message}");
        }
        assert!(user_of_first(b"n,,n=\xff,r=a").is_err());
        assert!(user_of_first(&vec![b'n'; MESSAGE_BYTES_MAX + 1]).is_err());
        for message in [
            "",
            "c",
            "c=",
            "c=b,r=",
            "c=b,r=a,",
            "c=b,r=a,p",
            "c=b,r=a,p=x,",
            "c=b,p=x,r=a",
            "c=b,r=a,x=y,p=z",
        ] {
            assert!(check_final(message.as_bytes()).is_err(), "{message}");
        }
        assert!(check_final(&[b"c=b,r=a,p=".as_slice(), &[b'x'; MESSAGE_BYTES_MAX]].concat()).is_err());
    }
}
