//! What the command makes of recorded bytes and of captures: no panic, nothing lost, and no memory but for what came.
//!
//! The first byte chooses: a capture file; the bytes of one direction; or those of both, of which the next two bytes say
//! where the daemon's begin.
#![no_main]

use std::io::{self, Cursor};

use libfuzzer_sys::fuzz_target;
use virtwire::protocol::dissect::{Piece, Side};

#[allow(dead_code, unreachable_pub, reason = "the command uses more of its module")]
#[path = "../../cli/src/clock.rs"]
mod clock;
#[allow(dead_code, unreachable_pub, reason = "the command uses more of its module")]
#[path = "../../cli/src/harmless.rs"]
mod harmless;
#[allow(dead_code, unreachable_pub, reason = "the command uses more of its module")]
#[path = "../../cli/src/dissect/reading/mod.rs"]
mod reading;
#[allow(dead_code, unreachable_pub, reason = "the command uses more of its module")]
#[path = "../../cli/src/dissect/showing/mod.rs"]
mod showing;
#[path = "../../cli/src/spelling.rs"]
mod spelling;

use reading::raw::Recording;
use reading::{Happening, Opened, capture};
use showing::body::Wants;
use showing::filter::Filter;
use showing::json::Json;
use showing::lines::{Lines, Paper, Tone};
use showing::{Desk, Output, Told};

/// Lines as text, as JSON, and all of it counted.
struct All {
    lines: Lines<Blank>,
    json: Json<Vec<u8>>,
    frame_bytes: u64,
    frames: u64,
}

struct Blank;

impl Paper for Blank {
    fn line(&mut self, _: Tone, text: &str) -> io::Result<()> {
        // Whatever a peer says, it does not speak to the terminal.
        assert!(text.chars().all(|c| !c.is_control() || c == '\t'), "{text:?}");
        Ok(())
    }
}

impl Output for All {
    fn tell(&mut self, told: &Told<'_>) -> io::Result<()> {
        if let Told::Frame(seen) = told {
            self.frames += 1;
            self.frame_bytes += seen.frame.wire_bytes() as u64;
        }
        self.lines.tell(told)?;
        self.json.tell(told)
    }
}

fuzz_target!(|data: &[u8]| {
    let Some((&form, data)) = data.split_first() else { return };
    let wants = Wants { secrets: form & 4 != 0 };
    let output = All {
        lines: Lines::new(Blank, form & 8 != 0),
        json: Json::new(Vec::new()),
        frame_bytes: 0,
        frames: 0,
    };
    let mut desk = Desk::new(output, Filter::default(), wants, true);
    let mut pieces = 0;
    let mut tell = |happening: Happening| {
        if let Happening::Piece { piece: Piece::Frame { .. }, .. } = &happening {
            pieces += 1;
        }
        desk.take(happening).expect("memory takes it");
    };
    let of = match form & 3 {
        0 | 1 => {
            capture::read(Cursor::new(data.to_vec()), 0, &mut tell);
            None
        }
        2 => Some((Some(data), None)),
        _ => {
            let Some((place, rest)) = data.split_first_chunk::<2>() else { return };
            let place = usize::from(u16::from_be_bytes(*place)).min(rest.len());
            let (client, daemon) = rest.split_at(place);
            Some((Some(client), Some(daemon)))
        }
    };
    if let Some((client, daemon)) = of {
        let source =
            |bytes: Option<&[u8]>| bytes.map(|bytes| Box::new(Cursor::new(bytes.to_vec())) as Box<_>);
        let mut recording = Recording::new(1, source(client), source(daemon));
        let mut places = [0_u64; 2];
        tell(Happening::Opened(Opened {
            connection: 1,
            at: None,
            client: String::new(),
            daemon: "fuzz".to_owned(),
            remark: None,
            one_sided: daemon.is_none(),
        }));
        while let Some(happening) = recording.next().expect("memory is read") {
            let Happening::Piece { from, piece, .. } = &happening else { panic!("a recording has pieces") };
            // Offsets only grow, and frames do not overlap.
            let place = &mut places[usize::from(*from == Side::Daemon)];
            if let Piece::Frame { offset, frame } = piece {
                assert!(*offset >= *place);
                *place = offset + frame.wire_bytes() as u64;
            }
            tell(happening);
        }
        let came = [client, daemon].map(|bytes| bytes.map_or(0, <[u8]>::len) as u64);
        assert!(places[0] <= came[0] && places[1] <= came[1]);
    }
    let (all, counts) = desk.finish().expect("memory takes it");
    assert_eq!((counts.frames, all.frames), (pieces, pieces));
    assert!(all.frame_bytes <= data.len() as u64);
});
