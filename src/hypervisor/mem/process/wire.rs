//! What a daemon and a guest's process say to each other: one request, one answer.
//!
//! A message is its length (u32, big-endian) and so many bytes. A request's first byte says what is asked; an answer's first
//! byte is 0, or 1 before a text that says why not.

use std::io::{self, Read, Write};

/// The longest message: more than the memory of any guest.
const BYTES_MAX: u32 = 1 << 30;

/// What a daemon asks.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Request {
    /// How it is: answered by a [`Description`].
    Describe,
    /// Run, or stand still; keep this note; outlive the daemon.
    Set { running: bool, note: String },
    /// So many bytes of memory from there.
    Read { offset: u64, len: u64 },
    /// Have this memory.
    Load(Vec<u8>),
    /// Stand still, and be gone.
    End,
    /// Have this memory but for where it counts, whether it runs or not.
    Fill(Vec<u8>),
}

/// How a guest's process is.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Description {
    /// It outlives its daemon.
    pub(super) committed: bool,
    pub(super) memory_bytes: u64,
    /// What its daemon left with it.
    pub(super) note: String,
}

impl Request {
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        match self {
            Request::Describe => vec![0],
            Request::Set { running, note } => [&[1, u8::from(*running)], note.as_bytes()].concat(),
            Request::Read { offset, len } => [&[2][..], &offset.to_be_bytes(), &len.to_be_bytes()].concat(),
            Request::Load(memory) => [&[3], memory.as_slice()].concat(),
            Request::End => vec![4],
            Request::Fill(memory) => [&[5], memory.as_slice()].concat(),
        }
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Request> {
        match bytes.split_first()? {
            (0, []) => Some(Request::Describe),
            (1, [running @ (0 | 1), note @ ..]) => {
                Some(Request::Set { running: *running == 1, note: String::from_utf8(note.to_vec()).ok()? })
            }
            (2, words) => {
                let (&[offset, len], []) = words.as_chunks::<8>() else { return None };
                Some(Request::Read { offset: u64::from_be_bytes(offset), len: u64::from_be_bytes(len) })
            }
            (3, memory) => Some(Request::Load(memory.to_vec())),
            (4, []) => Some(Request::End),
            (5, memory) => Some(Request::Fill(memory.to_vec())),
            _ => None,
        }
    }
}

impl Description {
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        [&[u8::from(self.committed)][..], &self.memory_bytes.to_be_bytes(), self.note.as_bytes()].concat()
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Description> {
        let (committed, rest) = bytes.split_first()?;
        let (memory_bytes, note) = rest.split_first_chunk::<8>()?;
        Some(Description {
            committed: *committed == 1,
            memory_bytes: u64::from_be_bytes(*memory_bytes),
            note: String::from_utf8(note.to_vec()).ok()?,
        })
    }
}

pub(super) fn send(to: &mut impl Write, message: &[u8]) -> io::Result<()> {
    let len = u32::try_from(message.len()).ok().filter(|len| *len <= BYTES_MAX);
    let len = len.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "the message is too long"))?;
    to.write_all(&[&len.to_be_bytes(), message].concat())
}

/// The next message. Memory grows as bytes arrive.
pub(super) fn receive(from: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut len = [0; 4];
    from.read_exact(&mut len)?;
    let len = u32::from_be_bytes(len);
    if len > BYTES_MAX {
        return Err(io::Error::new(io::ErrorKind::InvalidData, format!("a message of {len} bytes")));
    }
    let mut message = Vec::new();
    match from.take(u64::from(len)).read_to_end(&mut message)? == len as usize {
        true => Ok(message),
        false => Err(io::ErrorKind::UnexpectedEof.into()),
    }
}

pub(super) fn answer(done: Result<Vec<u8>, String>) -> Vec<u8> {
    match done {
        Ok(bytes) => [&[0], bytes.as_slice()].concat(),
        Err(why) => [&[1], why.as_bytes()].concat(),
    }
}

pub(super) fn answered(message: &[u8]) -> io::Result<Vec<u8>> {
    match message.split_first() {
        Some((0, bytes)) => Ok(bytes.to_vec()),
        Some((1, why)) => Err(io::Error::other(String::from_utf8_lossy(why).into_owned())),
        _ => Err(io::Error::new(io::ErrorKind::InvalidData, "neither yes nor no")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_arrives_as_it_was_sent() {
        for request in [
            Request::Describe,
            Request::Set { running: true, note: "a\nb".to_owned() },
            Request::Set { running: false, note: String::new() },
            Request::Read { offset: 1, len: u64::MAX },
            Request::Load(vec![1, 2, 3]),
            Request::Fill(vec![1, 2, 3]),
            Request::End,
        ] {
            let mut sent = Vec::new();
            send(&mut sent, &request.to_bytes()).unwrap();
            assert_eq!(Request::from_bytes(&receive(&mut &sent[..]).unwrap()), Some(request));
            assert!(receive(&mut &sent[..sent.len() - 1]).is_err());
        }
        for wrong in [&[][..], &[1], &[1, 2], &[2, 0], &[6], &[0, 0]] {
            assert_eq!(Request::from_bytes(wrong), None);
        }
        let description = Description { committed: true, memory_bytes: 7, note: "n".to_owned() };
        assert_eq!(Description::from_bytes(&description.to_bytes()), Some(description));
        assert!(receive(&mut &u32::MAX.to_be_bytes()[..]).is_err());
    }
}
