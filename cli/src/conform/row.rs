//! One row of the table: what is done to a server, what it has to do, and what it did.

use std::time::Duration;

use super::wire::{KEEPALIVE, Line, MESSAGE, OK, Packet, Place, REPLY, Trouble, describe, string};

/// The server under test, and how patient the runner is with it.
#[derive(Clone, Debug)]
pub(super) struct Target {
    pub(super) place: Place,
    /// The name to open there (procedure 1).
    pub(super) name: String,
    /// How long one answer may take.
    pub(super) patience: Duration,
    /// Whether nobody who comes there may do more than look.
    pub(super) is_read_only: bool,
}

impl Target {
    pub(super) fn connect(&self) -> Result<Line, Trouble> {
        Ok(self.place.connect(self.patience)?)
    }

    /// A connection whose hypervisor is opened.
    pub(super) fn open(&self) -> Result<Line, Trouble> {
        self.open_with(0)
    }

    /// The same with flags: 1 is read-only.
    pub(super) fn open_with(&self, flags: u32) -> Result<Line, Trouble> {
        let mut line = self.connect()?;
        line.served(&Packet::call(1, 0, open_arguments(&self.name, flags)))?;
        Ok(line)
    }
}

/// The arguments of connect_open.
pub(super) fn open_arguments(name: &str, flags: u32) -> Vec<u8> {
    [&1_u32.to_be_bytes()[..], &string(name), &flags.to_be_bytes()].concat()
}

/// What makes a row worth running only when it is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Price {
    None,
    /// It takes half a minute or more.
    Slow,
    /// Releases of libvirt have crashed or been exhausted by it.
    Hostile,
}

/// The steps of a row. Where they come to trouble, that is what was seen.
pub(super) type Run = dyn Fn(&Target) -> Result<Seen, Trouble> + Send;

/// One row.
pub(super) struct Row {
    pub(super) group: &'static str,
    pub(super) name: &'static str,
    /// What the server has to do, in words.
    pub(super) expected: String,
    pub(super) price: Price,
    /// Whether it can be tried only where a client may do more than look.
    pub(super) writes: bool,
    pub(super) run: Box<Run>,
}

/// What a server did.
#[derive(Debug)]
pub(super) enum Seen {
    /// What it has to do.
    Conforms,
    /// Something else.
    Differs(String),
    /// The row could not be tried, and why.
    NotTried(String),
}

impl Seen {
    /// Conforms where a condition holds.
    pub(super) fn so(holds: bool, otherwise: impl FnOnce() -> String) -> Seen {
        if holds { Seen::Conforms } else { Seen::Differs(otherwise()) }
    }
}

/// Makes a row of steps.
pub(super) fn steps(
    group: &'static str,
    name: &'static str,
    expected: impl Into<String>,
    run: impl Fn(&Target) -> Result<Seen, Trouble> + Send + 'static,
) -> Row {
    Row { group, name, expected: expected.into(), price: Price::None, writes: false, run: Box::new(run) }
}

impl Row {
    pub(super) fn price(mut self, price: Price) -> Row {
        self.price = price;
        self
    }

    pub(super) fn writes(mut self) -> Row {
        self.writes = true;
        self
    }

    pub(super) fn tried(&self, target: &Target) -> Seen {
        if self.writes && target.is_read_only {
            return Seen::NotTried("this socket is read-only".to_owned());
        }
        (self.run)(target).unwrap_or_else(|Trouble(what)| Seen::Differs(what))
    }
}

/// What becomes of a packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// A reply with a result.
    Served,
    /// A reply with an error of a code, a domain and a message.
    Refused(i32, i32, String),
    /// A reply with an error of this code, whoever says it and in whatever words.
    Error(i32),
    /// A message that answers a ping.
    Pong,
    /// Nothing, and the next call is served.
    Silence,
    /// The end of the connection.
    Closed,
}

impl Answer {
    fn words(&self) -> String {
        match self {
            Answer::Served => "served".to_owned(),
            Answer::Refused(code, domain, text) => format!("error {code}/{domain} {text}"),
            Answer::Error(code) => format!("error {code}"),
            Answer::Pong => "pong".to_owned(),
            Answer::Silence => "nothing, and the connection goes on".to_owned(),
            Answer::Closed => "the connection is closed".to_owned(),
        }
    }
}

/// The serial of a call that is only there to be answered.
const FENCE: u32 = 77;

/// Makes a row of one packet, before or after the hypervisor is opened, and what becomes of it. A connection that is not to
/// be closed must go on.
pub(super) fn packet(
    group: &'static str,
    name: &'static str,
    opened: bool,
    bytes: Vec<u8>,
    answer: Answer,
) -> Row {
    steps(group, name, answer.words(), move |target| {
        let mut line = if opened { target.open()? } else { target.connect()? };
        line.send(&bytes)?;
        if answer == Answer::Silence {
            // Silence ends where a call is served that was sent after it.
            line.send(&Packet::fence(FENCE).to_bytes())?;
        }
        let got = line.receive()?;
        let wrong = judge(&bytes, got.as_ref(), &answer);
        if wrong.is_none() && answer != Answer::Closed {
            let fence = line.ask(&Packet::fence(FENCE + 1))?;
            return Ok(Seen::so(fence.serial == FENCE + 1, || {
                format!("so it is, but then a call is answered by {}", describe(&fence))
            }));
        }
        Ok(wrong.map_or(Seen::Conforms, Seen::Differs))
    })
}

/// What is wrong with an answer.
fn judge(sent: &[u8], got: Option<&Packet>, wanted: &Answer) -> Option<String> {
    let Some(got) = got else {
        return (*wanted != Answer::Closed).then(|| "the connection is closed".to_owned());
    };
    let right = match wanted {
        Answer::Closed => false,
        Answer::Silence => got.serial == FENCE && got.kind == REPLY && got.status == OK,
        Answer::Pong => {
            *got == Packet { program: KEEPALIVE, procedure: 2, kind: MESSAGE, ..Packet::fence(0) }
        }
        Answer::Served => echoes(sent, got) && got.status == OK,
        Answer::Refused(code, domain, text) => {
            echoes(sent, got) && got.error().is_some_and(|error| error == (*code, *domain, text.clone()))
        }
        Answer::Error(code) => echoes(sent, got) && got.error().is_some_and(|error| error.0 == *code),
    };
    (!right).then(|| describe(got))
}

/// Whether an answer is a reply with the call's own program, version, procedure and serial.
fn echoes(sent: &[u8], got: &Packet) -> bool {
    let header = |index| super::wire::word(sent, index);
    let of_call = [header(1), header(2), header(3), header(5)];
    got.kind == REPLY && of_call == [got.program, got.version, got.procedure, got.serial].map(Some)
}
