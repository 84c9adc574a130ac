//! What a guest runs on: memory in this process, or a process of its own. That one may be silent, so it is asked while the table is free, on a
//! thread that may wait (`turn`).

use std::sync::Arc;

use super::super::{Result, errors};
use super::memory::Memory;
use super::process::Process;

/// A guest's memory, and what would run in it. Clones are the same one.
#[derive(Clone, Debug)]
pub(super) enum Machine {
    /// Memory in this process. Nothing runs in it.
    Here(Arc<Memory>),
    /// A process that counts, and outlives this one.
    Apart(Arc<Process>),
}

impl Machine {
    /// How much memory it has, in bytes.
    pub(super) fn memory_bytes(&self) -> u64 {
        match self {
            Machine::Here(memory) => memory.as_bytes().len() as u64,
            Machine::Apart(process) => process.memory_bytes(),
        }
    }

    /// All of its memory, as it is at one moment.
    ///
    /// # Errors
    /// Code 9 where its process does not answer.
    pub(super) fn memory(&self) -> Result<Arc<Memory>> {
        match self {
            Machine::Here(memory) => Ok(memory.clone()),
            Machine::Apart(process) => {
                let bytes = process.read(0, process.memory_bytes()).map_err(|error| silent(&error))?;
                Ok(Arc::new(Memory::received(bytes)))
            }
        }
    }

    /// `len` bytes from `offset`, or `None` where it has no such memory.
    ///
    /// # Errors
    /// Code 9 where its process does not answer.
    pub(super) fn read(&self, offset: u64, len: u32) -> Result<Option<Vec<u8>>> {
        match self {
            Machine::Here(memory) => {
                let len = usize::try_from(len).ok();
                Ok(len.and_then(|len| memory.read(offset, len)).map(<[u8]>::to_vec))
            }
            Machine::Apart(process) => {
                let len = u64::from(len);
                if offset.checked_add(len).is_none_or(|end| end > process.memory_bytes()) {
                    return Ok(None);
                }
                process.read(offset, len).map(Some).map_err(|error| silent(&error))
            }
        }
    }

    /// Has other memory from now on.
    ///
    /// # Errors
    /// Code 9 where its process does not answer.
    pub(super) fn load(&mut self, memory: Memory) -> Result<()> {
        match self {
            Machine::Here(here) => *here = Arc::new(memory),
            Machine::Apart(process) => process.load(memory.as_bytes()).map_err(|error| silent(&error))?,
        }
        Ok(())
    }

    /// Has the rest of its memory, while it runs.
    ///
    /// # Errors
    /// Code 9 where its process does not answer.
    pub(super) fn fill(&mut self, memory: Memory) -> Result<()> {
        match self {
            Machine::Here(here) => *here = Arc::new(memory),
            Machine::Apart(process) => process.fill(memory.as_bytes()).map_err(|error| silent(&error))?,
        }
        Ok(())
    }

    /// Ends it: when this returns it runs no more.
    pub(super) fn end(&self) {
        if let Machine::Apart(process) = self {
            process.end();
        }
    }
}

pub(super) fn silent(error: &std::io::Error) -> virtwire_protocol::error::RemoteError {
    errors::failed(format!("the guest's process does not answer: {error}"))
}
