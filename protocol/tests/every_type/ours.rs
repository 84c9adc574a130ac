//! What virtwire does with a type, behind function pointers: the generic code is compiled once for each type.

use serde::Serialize;
use serde::de::DeserializeOwned;
use virtwire_protocol::contract::{self, Message, Visitor};
use virtwire_xdr::{Error, MEMORY_BASE, MEMORY_FACTOR, Options, to_vec};

use crate::value::{Value, to_type};

/// A type of ours, and what can be done with it.
pub(crate) struct Ours {
    /// As in the contract.
    pub(crate) name: &'static str,
    /// From a value to XDR.
    pub(crate) encode: fn(&Value) -> Result<Vec<u8>, String>,
    pub(crate) recode: fn(&[u8], How) -> Recoded,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum How {
    Strict,
    /// Whatever follows is left over.
    LenientPrefix,
}

/// What decoding made of bytes, encoded again, and what the decoding cost.
pub(crate) struct Recoded {
    pub(crate) outcome: Result<Again, Error>,
    /// The most bytes of memory held at once.
    pub(crate) peak: u64,
    /// All bytes of memory asked for.
    pub(crate) asked: u64,
}

pub(crate) struct Again {
    pub(crate) wire: Vec<u8>,
    pub(crate) consumed: usize,
}

impl Recoded {
    /// What is wrong with the memory that decoding so many bytes took, if anything.
    pub(crate) fn check_memory(&self, len: usize) -> Result<(), String> {
        let limit =
            MEMORY_FACTOR * len + MEMORY_BASE + if self.outcome.is_err() { ERROR_BYTES_MAX } else { 0 };
        if self.peak > limit as u64 || self.asked > limit as u64 {
            return Err(format!(
                "memory: {} bytes held, {} asked for, {limit} allowed",
                self.peak, self.asked
            ));
        }
        Ok(())
    }
}

/// Memory of an error: its kind, its path, the list of what was expected.
const ERROR_BYTES_MAX: usize = 768;

impl Ours {
    pub(crate) fn of<T: Serialize + DeserializeOwned>(name: &'static str) -> Ours {
        Ours { name, encode: encode::<T>, recode: recode::<T> }
    }

    /// Every type of the contract.
    pub(crate) fn every_type() -> Vec<Ours> {
        let ours = |index| contract::visit_type(index, Collect).expect("the index is below their number");
        (0..contract::TYPES).map(ours).collect()
    }
}

struct Collect;

impl Visitor for Collect {
    type Output = Ours;

    fn visit<T: Message>(self, name: &'static str) -> Ours {
        Ours::of::<T>(name)
    }
}

fn encode<T: Serialize + DeserializeOwned>(value: &Value) -> Result<Vec<u8>, String> {
    let value = to_type::<T>(value).map_err(|error| error.to_string())?;
    to_vec(&value).map_err(|error| error.to_string())
}

fn recode<T: Serialize + DeserializeOwned>(wire: &[u8], how: How) -> Recoded {
    let mut decoded = None;
    let memory = allocation_counter::measure(|| {
        decoded = Some(match how {
            How::Strict => Options::strict().from_slice::<T>(wire).map(|value| (value, wire.len())),
            How::LenientPrefix => Options::lenient()
                .from_prefix::<T>(wire)
                .map(|(value, rest)| (value, wire.len() - rest.len())),
        });
    });
    let outcome = decoded.expect("the closure has run").map(|(value, consumed)| Again {
        wire: to_vec(&value).expect("what was decoded is within its bounds"),
        consumed,
    });
    Recoded { outcome, peak: memory.bytes_max, asked: memory.bytes_total }
}
