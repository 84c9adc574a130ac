//! Bytes that somebody else sent, made sense of: for dissectors, recorders, proxies, and tests.
//!
//! A session owns its connection, and ends it at the first byte that is no frame. An onlooker has no such choice: what it
//! sees may begin in the middle, have holes, be encrypted, or break every rule, and it has to say so and go on. It is
//! handed bytes and times, and never waits:
//!
//! * a [`Cutter`] for each direction makes [`Piece`]s of bytes: frames, and what is none;
//! * a [`Conversation`] for each connection knows which call a reply belongs to, how long it took, what is still
//!   unanswered, and what a stream has carried;
//! * [`visit`] shows a [`Visitor`](crate::contract::Visitor) the type of a frame's payload.
//!
//! ```
//! use std::time::Duration;
//! use virtwire_protocol::dissect::{Conversation, Cutter, Part, Piece, Side};
//!
//! # let call = [0, 0, 0, 28, 0x20, 0, 0x80, 0x86, 0, 0, 0, 1, 0, 0, 0, 66, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
//! # let mut reply = call;
//! # reply[19] = 1;
//! let mut conversation = Conversation::default();
//! let mut cutters = [Cutter::default(), Cutter::default()];
//! let mut told = Vec::new();
//! for (ms, from, bytes) in [(0, Side::Client, &call), (3, Side::Daemon, &reply)] {
//!     let cutter = &mut cutters[from as usize];
//!     cutter.push(bytes);
//!     while let Some(piece) = cutter.next_piece() {
//!         let Piece::Frame { frame, .. } = piece else { continue };
//!         let heard = conversation.heard(Duration::from_millis(ms), from, &frame, ());
//!         if let Part::Answer { call, after } = heard.part {
//!             told.push(format!("{} took {after:?}", call.header.procedure));
//!         }
//!     }
//! }
//! assert_eq!(told, ["66 took 3ms"]);
//! ```

mod conversation;
mod cut;
mod payload;
mod recent;

pub use conversation::{Call, Conversation, Heard, Part, Side, StreamTotal};
pub use cut::{Cutter, Foreign, Piece};
pub use payload::{Unreadable, descriptors, visit};
