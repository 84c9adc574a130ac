//! Any payload as any type of the contract: no panic, and what is accepted re-encodes to the same bytes, but for the
//! three high bytes of a `char`'s word, which every reader of libvirt's ignores.
//!
//! The first four bytes choose the type: by its index, or as the arguments, result or event of a procedure (so that
//! payloads recorded from real daemons are seeds).
#![no_main]

use libfuzzer_sys::fuzz_target;
use virtwire_protocol::contract::{self, Message, Visitor};
use virtwire_protocol::program::{ProcedureNumber, Program};

fuzz_target!(|data: &[u8]| {
    let Some(([kind, program, high, low], payload)) = data.split_first_chunk::<4>() else { return };
    let number = u16::from_be_bytes([*high, *low]);
    let programs = [Program::REMOTE, Program::QEMU, Program::LXC, Program::ADMIN];
    let program = programs[usize::from(*program) % programs.len()];
    let procedure = ProcedureNumber(number.into());
    match kind % 4 {
        0 => contract::visit_type(usize::from(number) % contract::TYPES, Check(payload)),
        1 => contract::visit_call(program, procedure, Check(payload)),
        2 => contract::visit_reply(program, procedure, Check(payload)),
        _ => contract::visit_notice(program, procedure, Check(payload)),
    };
});

struct Check<'a>(&'a [u8]);

impl Visitor for Check<'_> {
    type Output = ();

    fn visit<T: Message>(self, name: &'static str) {
        if let Ok(value) = virtwire_xdr::from_slice::<T>(self.0) {
            let again = virtwire_xdr::to_vec(&value).expect("what decodes encodes");
            assert_eq!(again.len(), self.0.len(), "{name}");
            for (ours, theirs) in again.chunks(4).zip(self.0.chunks(4)) {
                let is_char =
                    matches!(ours, [0, 0, 0, low] | [0xff, 0xff, 0xff, low] if theirs.last() == Some(low));
                assert!(ours == theirs || is_char, "{name}: {ours:?} for {theirs:?}");
            }
            assert_eq!(virtwire_xdr::encoded_len(&value).expect("so does its length"), again.len(), "{name}");
        }
        // A lenient reader accepts more, and what it accepts is in order once it is written again.
        if let Ok(value) = virtwire_xdr::Options::lenient().from_slice::<T>(self.0) {
            let again = virtwire_xdr::to_vec(&value).expect("what decodes encodes");
            let _: T = virtwire_xdr::from_slice(&again).expect("what encodes decodes");
        }
    }
}
