//! Some of the host's CPUs.

use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

use virtwire_protocol::remote::CPUMAP_MAX;

/// Some of the host's CPUs, by number from 0 to 16,383: no map on the wire has more.
///
/// As text it is what documents have: `0-3,^2,7`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CpuSet {
    /// A bit each, the first in the lowest of the first byte; the last byte is not 0.
    map: Vec<u8>,
}

/// A text that names no CPUs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected CPUs' numbers below {}, such as 0-3,^2,7", CpuSet::CPUS_MAX)]
pub struct CpuSetError;

impl CpuSet {
    /// The numbers that there can be.
    pub const CPUS_MAX: u32 = CPUMAP_MAX * 8;
    /// The longest text that is read.
    const TEXT_BYTES_MAX: usize = 512;

    /// None of them.
    pub fn new() -> CpuSet {
        CpuSet::default()
    }

    /// Those of a map that are below a number.
    pub fn of_map(map: &[u8], below: u32) -> CpuSet {
        let mut set = CpuSet { map: map.iter().copied().take(CPUMAP_MAX as usize).collect() };
        if let Some(last) = CpuSet::CPUS_MAX.checked_sub(1).filter(|last| below <= *last) {
            set.put(below..=last, false);
        }
        set.trimmed()
    }

    /// A map of so many bytes, of those that it has room for.
    pub fn to_map(&self, bytes: usize) -> Vec<u8> {
        let mut map = self.map.clone();
        map.resize(bytes, 0);
        map
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.map.is_empty()
    }

    /// Whether this one is there.
    pub fn contains(&self, cpu: u32) -> bool {
        self.map.get(cpu as usize / 8).is_some_and(|byte| byte & (1 << (cpu % 8)) != 0)
    }

    /// Their numbers, in order.
    pub fn iter(&self) -> impl Iterator<Item = u32> {
        (0..CpuSet::CPUS_MAX).take(8 * self.map.len()).filter(|cpu| self.contains(*cpu))
    }

    /// A byte at a time, as texts name ranges as often as they like.
    fn put(&mut self, cpus: RangeInclusive<u32>, there: bool) {
        let (first, last) = (*cpus.start() as usize, *cpus.end() as usize);
        if there && self.map.len() <= last / 8 {
            self.map.resize(last / 8 + 1, 0);
        }
        for (at, byte) in self.map.iter_mut().enumerate().take(last / 8 + 1).skip(first / 8) {
            let from = if at == first / 8 { first % 8 } else { 0 };
            let to = if at == last / 8 { last % 8 } else { 7 };
            let mask = (0xff_u8 << from) & (0xff_u8 >> (7 - to));
            if there { *byte |= mask } else { *byte &= !mask }
        }
    }

    fn trimmed(mut self) -> CpuSet {
        let bytes = self.map.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
        self.map.truncate(bytes);
        self
    }
}

impl FromStr for CpuSet {
    type Err = CpuSetError;

    fn from_str(text: &str) -> Result<CpuSet, CpuSetError> {
        if text.len() > CpuSet::TEXT_BYTES_MAX {
            return Err(CpuSetError);
        }
        let number =
            |text: &str| text.trim().parse().ok().filter(|cpu| *cpu < CpuSet::CPUS_MAX).ok_or(CpuSetError);
        let mut set = CpuSet::new();
        for part in text.split(',').map(str::trim) {
            let (part, there) = part.strip_prefix('^').map_or((part, true), |part| (part, false));
            let (first, last) = match part.split_once('-') {
                Some((first, last)) => (number(first)?, number(last)?),
                None => (number(part)?, number(part)?),
            };
            if first > last {
                return Err(CpuSetError);
            }
            set.put(first..=last, there);
        }
        match set.trimmed() {
            set if set.is_empty() => Err(CpuSetError),
            set => Ok(set),
        }
    }
}

impl fmt::Display for CpuSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut cpus = self.iter().peekable();
        let mut comma = "";
        while let Some(first) = cpus.next() {
            let mut last = first;
            while let Some(next) = cpus.next_if(|next| *next == last + 1) {
                last = next;
            }
            match last == first {
                true => write!(f, "{comma}{first}")?,
                false => write!(f, "{comma}{first}-{last}")?,
            }
            comma = ",";
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_and_maps_are_the_same_cpus() {
        for (text, told, map) in [
            ("0", "0", &[1_u8][..]),
            ("0-3,^2, 7", "0-1,3,7", &[0b1000_1011]),
            ("6-9", "6-9", &[0b1100_0000, 3]),
            ("0-23,^8-15", "0-7,16-23", &[0xff, 0, 0xff]),
            ("8,9-9,1", "1,8-9", &[2, 3]),
        ] {
            let set: CpuSet = text.parse().unwrap();
            assert_eq!((set.to_string().as_str(), &set.to_map(map.len())[..]), (told, map), "{text}");
            assert_eq!(CpuSet::of_map(map, CpuSet::CPUS_MAX), set, "{text}");
            assert_eq!(told.parse(), Ok(set));
        }
        assert_eq!("16383".parse::<CpuSet>().unwrap().iter().collect::<Vec<_>>(), [16_383]);
        let long = "0,".repeat(300);
        for wrong in ["", "a", "1-", "3-1", "16384", "0,^0", "-1", "0,,1", long.as_str()] {
            assert_eq!(wrong.parse::<CpuSet>(), Err(CpuSetError), "{wrong}");
        }
        // What the host does not have is left out, and what a client has no room for.
        assert_eq!(CpuSet::of_map(&[0xff, 0xff], 3).to_string(), "0-2");
        assert!(CpuSet::of_map(&[0xf0], 4).is_empty() && CpuSet::of_map(&[], 4).is_empty());
        assert_eq!("0-15".parse::<CpuSet>().unwrap().to_map(1), [0xff]);
    }
}
