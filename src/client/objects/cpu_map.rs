//! A set of CPUs.

use std::fmt;

/// A set of CPUs, as calls carry it: a bit for each, CPU 0 the lowest of the first byte. Daemons take up to 2,048 bytes, which are 16,384
/// CPUs.
///
/// ```
/// use virtwire::client::CpuMap;
///
/// let cpus = CpuMap::from_iter([0, 2, 9]);
/// assert_eq!(cpus.as_bytes(), [0b101, 0b10]);
/// assert_eq!(cpus.to_string(), "0,2,9");
/// assert!(cpus.contains(9) && !cpus.contains(1_000));
/// ```
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct CpuMap(Vec<u8>);

impl CpuMap {
    /// The set whose bytes these are.
    pub fn from_bytes(bytes: impl Into<Vec<u8>>) -> CpuMap {
        CpuMap(bytes.into())
    }

    /// Its bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Whether a CPU is in it.
    pub fn contains(&self, cpu: u16) -> bool {
        self.0.get(usize::from(cpu / 8)).is_some_and(|byte| byte & (1 << (cpu % 8)) != 0)
    }

    /// The CPUs in it, in order. Those from 65,536 on are not told.
    pub fn iter(&self) -> impl Iterator<Item = u16> {
        (0..=u16::MAX).take(self.0.len().saturating_mul(8)).filter(|cpu| self.contains(*cpu))
    }
}

impl FromIterator<u16> for CpuMap {
    fn from_iter<I: IntoIterator<Item = u16>>(cpus: I) -> CpuMap {
        let mut bytes = Vec::new();
        for cpu in cpus {
            let at = usize::from(cpu / 8);
            if bytes.len() <= at {
                bytes.resize(at + 1, 0);
            }
            bytes[at] |= 1 << (cpu % 8);
        }
        CpuMap(bytes)
    }
}

/// The numbers, as in `0,2,9`.
impl fmt::Display for CpuMap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        for cpu in self.iter() {
            write!(f, "{separator}{cpu}")?;
            separator = ",";
        }
        Ok(())
    }
}

impl fmt::Debug for CpuMap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_keeps_its_bytes_and_tells_its_cpus() {
        let all = CpuMap::from_bytes([0xff, 0x80]);
        assert_eq!(all.iter().collect::<Vec<_>>(), [0, 1, 2, 3, 4, 5, 6, 7, 15]);
        assert_eq!(CpuMap::from_iter(all.iter()), all);
        let last = CpuMap::from_iter([u16::MAX]);
        assert_eq!((last.as_bytes().len(), last.iter().last()), (8_192, Some(u16::MAX)));
        assert_eq!(CpuMap::default().iter().count(), 0);
        // More than a u16 counts: the rest is kept and not told.
        assert_eq!(CpuMap::from_bytes(vec![0xff; 10_000]).iter().count(), 65_536);
    }
}
