//! Against rpcgen's C: the same bytes for the same value, and the same value for the same bytes.
//!
//! Where C and we differ on purpose:
//!
//! | bytes | rpcgen's C | ours | why |
//! |---|---|---|---|
//! | padding that is not zero | taken | strict: refused; lenient: taken | RFC 4506 §3 has it zero; two encodings of one value hide things |
//! | bytes after the value | left | strict: refused; lenient: left | a longer value is another type, or an attack |
//! | optional marked neither 0 nor 1 | present | strict: refused; lenient: present | RFC 4506 §4.19 |
//! | bool neither 0 nor 1 | true | refused, lenient too | RFC 4506 §4.4; no type of the contract has one |
//! | 8 or 16 bits that fill more of the word | cut off | strict: refused, but for `char`; lenient: cut off | another number would be understood |
//! | string with a zero inside | decoded; encoded up to the zero | kept whole | a C string ends there, ours does not |
//! | memory for an array | all that its count claims | what has arrived | goal: never ahead of the bytes |
//! | `quadruple` | names a function no library has | [`virtwire_xdr::Quadruple`] | not compared |
//!
//! In all else lenient decoding takes what C takes, and refuses what C refuses, which is checked on hostile bytes too.

use virtwire_protocol::remote::{
    CONNECT_GET_ALL_DOMAIN_STATS_MAX, DOMAIN_LIST_MAX, MIGRATE_COOKIE_MAX, STRING_MAX,
};
use virtwire_xdr::Kind;

use crate::c::Peer;
use crate::fill::{self, Choice};
use crate::hostile;
use crate::mistakes::{self, Mistake};
use crate::need::c_compiler_or_skip;
use crate::ours::{How, Ours};
use crate::reference::{self, Fault};
use crate::schema::Schema;
use crate::tally::Tally;
use crate::value::Value;
use crate::{contract, shapes};

#[test]
fn every_type_is_what_rpcgen_makes_of_it() {
    let contract = contract();
    compare("contract", &contract, &Ours::every_type()).expect("the same bytes");
}

#[test]
fn what_the_contract_has_no_example_of_is_what_rpcgen_makes_of_it() {
    compare("shapes", &shapes::contract(), &shapes::right()).expect("the same bytes");
}

/// The bounds that matter most are reached, not scaled.
#[test]
fn the_largest_are_of_full_size() {
    let contract = contract();
    for (name, len) in [
        ("domain_migrate_prepare2_args", STRING_MAX),
        ("domain_migrate_perform_args", MIGRATE_COOKIE_MAX),
        ("connect_list_all_domains_ret", DOMAIN_LIST_MAX),
        ("domain_stats_record", CONNECT_GET_ALL_DOMAIN_STATS_MAX),
    ] {
        let sites = fill::sites(&Schema::of(&contract, name));
        assert!(sites.iter().any(|site| site.choice == Choice::Length(len as usize)), "{name}");
    }
}

#[test]
fn a_wrong_codec_is_caught() {
    if !c_compiler_or_skip() {
        return;
    }
    let contract = shapes::contract();
    let wrong = mistakes::all();
    let names = wrong.iter().map(|mistake| mistake.ours.name).collect::<Vec<_>>();
    let mut peer = Peer::start(&contract, &names, "wrong");
    for (index, Mistake { ours, what, comparing, .. }) in wrong.iter().enumerate() {
        let schema = Schema::of(&contract, ours.name);
        let outcome = compare_type(&mut peer, index, ours, &schema, &mut Tally::default());
        match comparing {
            Some(comparing) => {
                let noticed = outcome.expect_err(what);
                assert!(noticed.contains(comparing), "of {what} it was noticed that {noticed}");
            }
            // C has no names.
            None => outcome.expect("the bytes are right"),
        }
    }
}

/// Compares all types, if the machine has what it takes.
fn compare(label: &str, contract: &virtwire_idl::model::Contract, types: &[Ours]) -> Result<(), String> {
    if !c_compiler_or_skip() {
        return Ok(());
    }
    let names = types.iter().map(|ours| ours.name).collect::<Vec<_>>();
    let mut peer = Peer::start(contract, &names, label);
    let mut tally = Tally::default();
    for (index, ours) in types.iter().enumerate() {
        let schema = Schema::of(contract, ours.name);
        compare_type(&mut peer, index, ours, &schema, &mut tally)?;
    }
    tally.say(&format!("{label} against rpcgen's C"));
    Ok(())
}

fn compare_type(
    peer: &mut Peer,
    index: usize,
    ours: &Ours,
    schema: &Schema,
    tally: &mut Tally,
) -> Result<(), String> {
    tally.types += 1;
    for seed in 0..4 {
        compare_value(peer, index, ours, schema, &fill::value(schema, seed), tally)?;
    }
    for (seed, site) in fill::sites(schema).iter().enumerate() {
        let value = fill::value_at(schema, site, seed as u64);
        let compared = compare_value(peer, index, ours, schema, &value, tally);
        compared.map_err(|difference| format!("{difference}, with {:?} at {:?}", site.choice, site.route))?;
    }
    for wire in hostile::valid(schema) {
        for bytes in hostile::changed(schema, &wire) {
            compare_hostile(peer, index, ours, schema, &bytes)?;
            tally.hostile += 1;
        }
    }
    Ok(())
}

/// A value both ways; a value beyond a bound is refused by all.
fn compare_value(
    peer: &mut Peer,
    index: usize,
    ours: &Ours,
    schema: &Schema,
    value: &Value,
    tally: &mut Tally,
) -> Result<(), String> {
    let name = ours.name;
    let wire = reference::encode(schema, value);
    let decoded = reference::decode(schema, &wire);
    let theirs = peer.encode(index, value);
    let encoded = (ours.encode)(value);
    let again = peer.recode(index, &wire);
    let recoded = (ours.recode)(&wire, How::Strict);
    recoded.check_memory(wire.len()).map_err(|excess| format!("{name}: {excess}"))?;
    if wire.len() > 4096 {
        tally.memory = tally.memory.max(recoded.asked as f64 / wire.len() as f64);
    }
    let recoded = recoded.outcome;
    tally.values += 1;
    if let Err(fault) = decoded.value {
        assert!(matches!(fault.kind, Kind::TooLong { .. }), "{name}: {fault:?}");
        tally.beyond += 1;
        let refused = theirs.is_none() && encoded.is_err() && again.is_none();
        return match recoded {
            Err(error) if refused && error.kind() == fault.kind => Ok(()),
            _ => Err(format!("{name}: a value beyond its bound is taken: {fault:?}")),
        };
    }
    tally.bytes += wire.len();
    let theirs = theirs.ok_or_else(|| format!("{name}: C does not encode a value"))?;
    let encoded = encoded.map_err(|error| format!("{name}: {error}"))?;
    same(&encoded, &theirs, || format!("{name}: our encoding and C's"))?;
    same(&wire, &theirs, || format!("{name}: the reference's encoding and C's"))?;
    let again = again.ok_or_else(|| format!("{name}: C refuses our encoding"))?;
    same(&again.wire, &wire, || format!("{name}: our encoding and C's of what it decoded"))?;
    let recoded = recoded.map_err(|error| format!("{name}: C's encoding: {error}"))?;
    same(&recoded.wire, &wire, || format!("{name}: C's encoding and ours of what we decoded"))?;
    if (again.consumed, recoded.consumed) != (wire.len(), wire.len()) {
        return Err(format!(
            "{name}: {} and {} of {} bytes read",
            again.consumed,
            recoded.consumed,
            wire.len()
        ));
    }
    Ok(())
}

/// Lenient decoding and C, on bytes that may be anything.
fn compare_hostile(
    peer: &mut Peer,
    index: usize,
    ours: &Ours,
    schema: &Schema,
    wire: &[u8],
) -> Result<(), String> {
    let name = ours.name;
    let reference = reference::decode_prefix(schema, wire, true);
    // C takes any word as a bool, `answer`'s discriminant too.
    let bool = |fault: &Fault| {
        matches!(fault.kind, Kind::Bool { .. })
            || matches!(fault.kind, Kind::Discriminant { .. }) && fault.path.ends_with("answer")
    };
    if reference.value.as_ref().is_err_and(bool) {
        return Ok(());
    }
    let recoded = (ours.recode)(wire, How::LenientPrefix).outcome;
    match (peer.recode(index, wire), recoded) {
        (None, Err(_)) => Ok(()),
        (Some(again), Ok(recoded)) => {
            // Encoded again, a string of C's ends at the first zero.
            if !reference.value.is_ok_and(|value| has_zero(schema, &value)) {
                same(&again.wire, &recoded.wire, || format!("{name}: hostile bytes encoded again"))?;
            }
            same(&[again.consumed], &[recoded.consumed], || format!("{name}: hostile bytes read"))
        }
        (theirs, recoded) => Err(format!(
            "{name}: C {} and we {} {wire:02x?}",
            if theirs.is_some() { "takes" } else { "refuses" },
            recoded.map_or_else(|error| format!("say {error} of"), |_| "take".to_owned()),
        )),
    }
}

/// Whether a string has a zero in it.
fn has_zero(schema: &Schema, value: &Value) -> bool {
    match (schema, value) {
        (Schema::String(_), Value::Bytes(bytes)) => bytes.contains(&0),
        (Schema::Optional(of), Value::Optional(Some(value))) => has_zero(of, value),
        (Schema::Array(of, _) | Schema::FixedArray(of, _), Value::List(elements)) => {
            elements.iter().any(|element| has_zero(of, element))
        }
        (Schema::Record(_, schemas), Value::Record(fields)) => {
            schemas.iter().zip(fields).any(|((_, of), (_, value))| has_zero(of, value))
        }
        (Schema::Union(_, arms, default), Value::Union(discriminant, Some(content))) => {
            reference::arm(arms, default, *discriminant).flatten().is_some_and(|of| has_zero(of, content))
        }
        _ => false,
    }
}

fn same<T: PartialEq + std::fmt::Debug>(
    one: &[T],
    other: &[T],
    what: impl Fn() -> String,
) -> Result<(), String> {
    if one == other {
        return Ok(());
    }
    let at = one.iter().zip(other).take_while(|(one, other)| one == other).count();
    let part = |of: &[T]| format!("{:02x?}", of.iter().skip(at).take(8).collect::<Vec<_>>());
    Err(format!("{} differ at {at}: {} and {}", what(), part(one), part(other)))
}
