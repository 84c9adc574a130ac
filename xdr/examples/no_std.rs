//! Without the standard library: a library for a device that sends readings and takes settings.
//!
//!     cargo build -p virtwire-xdr --no-default-features --example no_std
#![no_std]

extern crate alloc;

use alloc::vec::Vec;

use virtwire_xdr::{Array, Error, FixedOpaque, Plain, Str, encode, from_slice, record};

/// `struct reading { opaque device[6]; unsigned hyper at_ms; int celsius<16>; };`
#[derive(Debug, PartialEq)]
pub struct Reading {
    /// Its MAC address.
    pub device: [u8; 6],
    /// When the first was taken, since the device started.
    pub at_ms: u64,
    /// One a second, at most 16.
    pub celsius: Vec<i32>,
}

/// `struct settings { string name<32>; unsigned int interval_ms; };`, borrowed from the packet.
#[derive(Debug, PartialEq)]
pub struct Settings<'a> {
    /// At most 32 bytes.
    pub name: &'a str,
    /// From one report to the next.
    pub interval_ms: u32,
}

record! {
    "reading" => Reading { device: FixedOpaque<6>, at_ms: Plain, celsius: Array<16> }
    "settings" => Settings<'de> { name: Str<32>, interval_ms: Plain }
}

/// Writes a reading behind what the packet already holds.
///
/// # Errors
/// More than 16 temperatures; the packet is then as it was.
pub fn report(reading: &Reading, packet: &mut Vec<u8>) -> Result<(), Error> {
    encode(reading, packet)
}

/// Reads the settings in a packet, without allocating.
///
/// # Errors
/// Whatever the packet's sender got wrong.
pub fn settings(packet: &[u8]) -> Result<Settings<'_>, Error> {
    from_slice(packet)
}
