//! Whatever the bytes: the error that the specification calls for, at its offset, in its field; never a panic, and no
//! memory beyond what has arrived.

use virtwire_xdr::Kind;

use crate::hostile;
use crate::mistakes::{self, Mistake};
use crate::ours::{How, Ours, Recoded};
use crate::reference::{self, Fault};
use crate::schema::Schema;
use crate::tally::Tally;
use crate::{contract, shapes};

#[test]
fn every_type_refuses_what_it_should_and_says_where() {
    let contract = contract();
    let mut tally = Tally::default();
    for ours in Ours::every_type() {
        check(&ours, &Schema::of(&contract, ours.name), &mut tally).expect("what the specification says");
    }
    assert!(tally.hostile > tally.types * 50, "{tally:?}");
    tally.say("contract against hostile bytes");
}

#[test]
fn what_the_contract_has_no_example_of_refuses_what_it_should() {
    let contract = shapes::contract();
    let mut tally = Tally::default();
    for ours in shapes::right() {
        check(&ours, &Schema::of(&contract, ours.name), &mut tally).expect("what the specification says");
    }
    tally.say("shapes against hostile bytes");
}

#[test]
fn a_wrong_decoder_is_caught() {
    let contract = shapes::contract();
    for Mistake { ours, what, decoding, .. } in mistakes::all() {
        let outcome = check(&ours, &Schema::of(&contract, ours.name), &mut Tally::default());
        let noticed = outcome.expect_err(what);
        assert!(noticed.contains(decoding), "of {what} it was noticed that {noticed}");
    }
}

fn check(ours: &Ours, schema: &Schema, tally: &mut Tally) -> Result<(), String> {
    tally.types += 1;
    for wire in hostile::valid(schema) {
        tally.values += 1;
        tally.bytes += wire.len();
        check_bytes(ours, schema, &wire)?;
        for prefix in hostile::prefixes(schema, &wire) {
            check_bytes(ours, schema, prefix)?;
            tally.prefixes += 1;
        }
        for bytes in hostile::changed(schema, &wire) {
            check_bytes(ours, schema, &bytes)?;
            tally.hostile += 1;
        }
    }
    Ok(())
}

fn check_bytes(ours: &Ours, schema: &Schema, wire: &[u8]) -> Result<(), String> {
    let strict = reference::decode(schema, wire).value.map(|value| reference::encode(schema, &value));
    check_outcome(strict, (ours.recode)(wire, How::Strict), wire)
        .map_err(|difference| format!("{}: {difference}, of {wire:02x?}", ours.name))?;
    let lenient = reference::decode_prefix(schema, wire, true);
    let lenient = lenient.value.map(|value| reference::encode(schema, &value));
    check_outcome(lenient, (ours.recode)(wire, How::LenientPrefix), wire)
        .map_err(|difference| format!("{}, lenient: {difference}, of {wire:02x?}", ours.name))
}

fn check_outcome(expected: Result<Vec<u8>, Fault>, recoded: Recoded, wire: &[u8]) -> Result<(), String> {
    recoded.check_memory(wire.len())?;
    let found = recoded.outcome.map(|again| again.wire);
    let found =
        found.map_err(|error| Fault { kind: error.kind(), offset: error.offset(), path: error.path() });
    match (&expected, &found) {
        _ if expected == found => Ok(()),
        (_, Err(Fault { kind: Kind::Budget { .. }, .. })) => {
            Err("the message is refused for its memory".to_owned())
        }
        _ => Err(format!("{expected:?} expected, {found:?} found")),
    }
}
