//! Reads and writes the messages of ONC RPC (RFC 5531), which carry NFS, and which libvirt's protocol left behind.
//!
//! Prints the messages of `rpc_msg.hex`, which libtirpc's C has made (see `rpc_msg.c`); its tests hold ours against them.
//!
//!     cargo run -p virtwire-xdr --example onc_rpc

mod message;

use message::{Body, Flavor, Message, Sys};
use virtwire_xdr::{Error, Options, from_slice};

fn main() -> Result<(), Error> {
    for (name, bytes) in fixture() {
        // What a procedure takes or returns stands behind the message, and only its program knows what that is.
        let (message, rest) = Options::strict().from_prefix::<Message<'_>>(&bytes)?;
        println!("{name}: {message:?}, then {} bytes", rest.len());
        if let Body::Call(call) = message.body
            && call.credentials.flavor == Flavor::Sys
        {
            println!("    from {:?}", from_slice::<Sys<'_>>(call.credentials.body)?);
        }
    }
    Ok(())
}

/// Each message with its name.
fn fixture() -> impl Iterator<Item = (&'static str, Vec<u8>)> {
    include_str!("rpc_msg.hex").lines().filter_map(|line| {
        let (name, digits) = line.split_once(": ")?;
        let digits: Vec<u8> =
            digits.chars().filter_map(|digit| digit.to_digit(16)).map(|digit| digit as u8).collect();
        Some((name, digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()))
    })
}

#[cfg(test)]
mod tests {
    use virtwire_xdr::{Kind, Opaque, codec::With, encode, to_vec};

    use super::message::*;
    use super::*;

    const NONE: OpaqueAuth<'_> = OpaqueAuth { flavor: Flavor::None, body: &[] };

    /// C's bytes are this message and what follows it, and the message is C's bytes.
    #[track_caller]
    fn check(name: &str, xid: u32, body: Body<'_>, rest: &[u8]) {
        let (_, bytes) = fixture().find(|(known, _)| *known == name).expect("the fixture has it");
        let message = Message { xid, body };
        let (read, left) = Options::strict().from_prefix::<Message<'_>>(&bytes).expect("C's message is read");
        assert_eq!(read, message);
        assert_eq!(left, rest);
        assert_eq!([&to_vec(&message).expect("it is written again")[..], rest].concat(), bytes);
    }

    #[test]
    fn calls_are_as_c_writes_them() {
        let call = Call {
            rpc_version: 2,
            program: 100_000,
            version: 2,
            procedure: 0,
            credentials: NONE,
            verifier: NONE,
        };
        check("call of nothing", 1, Body::Call(call), &[]);

        let sys =
            Sys { stamp: 0x5eed, machine: "client.example.com", uid: 1000, gid: 100, gids: vec![100, 4, 24] };
        let body = to_vec(&sys).unwrap();
        let credentials = OpaqueAuth { flavor: Flavor::Sys, body: &body };
        let mut handle = Vec::new();
        encode(&With::<Opaque<64>, _>::new(b"file handle"), &mut handle).unwrap();
        let call = Call { program: 100_003, version: 3, procedure: 1, credentials, ..call };
        check("call of NFS GETATTR", 0xfeed_face, Body::Call(call), &handle);
        assert_eq!(from_slice::<Sys<'_>>(&body).unwrap(), sys);
    }

    #[test]
    fn replies_are_as_c_writes_them() {
        let accepted = |outcome| Body::Reply(Reply::Accepted(Accepted { verifier: NONE, outcome }));
        let denied = |denied| Body::Reply(Reply::Denied(denied));
        check("success, and 7", 1, accepted(Outcome::Success), &[0, 0, 0, 7]);
        check("no such program", 2, accepted(Outcome::Failure(1)), &[]);
        let versions = Versions { low: 2, high: 4 };
        check("program versions 2 to 4", 3, accepted(Outcome::ProgramMismatch(versions)), &[]);
        check("garbage", 4, accepted(Outcome::Failure(4)), &[]);
        check("RPC version 2 alone", 5, denied(Denied::RpcMismatch(Versions { low: 2, high: 2 })), &[]);
        check("too weak", 5, denied(Denied::Authentication(AuthError::TooWeak)), &[]);
        assert_eq!(fixture().count(), 8, "every message of the fixture is checked above");
    }

    #[test]
    fn what_is_not_a_message_is_refused_with_its_place() {
        let (_, mut bytes) = fixture().next().unwrap();
        bytes[7] = 9;
        let error = Options::strict().from_prefix::<Message<'_>>(&bytes).unwrap_err();
        assert_eq!((error.kind(), error.offset()), (Kind::Discriminant { value: 9 }, 4));
        bytes[7] = 0;
        bytes[30] = 2;
        let error = Options::strict().from_prefix::<Message<'_>>(&bytes).unwrap_err();
        assert_eq!(
            error.to_string(),
            "opaque of 512 bytes exceeds its bound of 400 at offset 28 (rpc_msg.body.credentials.body)"
        );
    }
}
