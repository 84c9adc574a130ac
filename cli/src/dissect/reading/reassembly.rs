//! One direction of a TCP connection: segments in any order, more than once or not at all, to bytes in order and gaps.

use std::collections::BTreeMap;

/// Memory of what may wait for an earlier segment, before that is given up. A sender keeps no more in flight than a window,
/// and a recorder that has lost a segment will not find it later.
const EARLY_BYTES_MAX: usize = 4 * 1024 * 1024;
/// What a segment that waits takes besides its bytes: its place in the map, and in the allocator.
const ENTRY_BYTES: usize = 160;

/// Puts segments in order.
#[derive(Debug, Default)]
pub(super) struct Reassembly {
    /// The sequence number of the next byte, once it is known, and how many came before it.
    next: Option<(u32, u64)>,
    /// What came too early, by its distance from the first byte.
    early: BTreeMap<u64, Early>,
    early_bytes: usize,
    /// Where the sender's end stands.
    end: Option<u64>,
}

#[derive(Debug)]
struct Early {
    bytes: Vec<u8>,
    cut: u64,
}

/// What comes out.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Delivered<'a> {
    Bytes(&'a [u8]),
    /// So many bytes were not recorded.
    Gap(u64),
}

impl Reassembly {
    /// A connection begins with this number; its first byte has the next one.
    pub(super) fn begin(&mut self, initial: u32) {
        self.next.get_or_insert((initial.wrapping_add(1), 0));
    }

    /// Whether a connection that begins with this number is another one.
    pub(super) fn is_another(&self, initial: u32) -> bool {
        self.next.is_some_and(|(next, before)| {
            u64::from(next.wrapping_sub(initial).wrapping_sub(1)) != before & u64::from(u32::MAX)
        })
    }

    /// Takes a segment of which the last `cut` bytes were not recorded. Without a beginning, the first one is it.
    pub(super) fn segment(
        &mut self,
        sequence: u32,
        bytes: &[u8],
        cut: u64,
        deliver: &mut impl FnMut(Delivered<'_>),
    ) {
        let &mut (next, before) = self.next.get_or_insert((sequence, 0));
        // Within half of the numbers, ahead of the next byte or behind it.
        let ahead = i64::from(sequence.wrapping_sub(next).cast_signed());
        match u64::try_from(ahead) {
            Ok(0) => self.take(bytes, cut, deliver),
            Ok(ahead) => self.keep(before.saturating_add(ahead), bytes, cut),
            Err(_) => {
                // Sent again, with more than before perhaps.
                let old = ahead.unsigned_abs();
                let new = usize::try_from(old).ok().and_then(|old| bytes.get(old..)).unwrap_or_default();
                let cut = if new.is_empty() {
                    cut.saturating_sub(old.saturating_sub(bytes.len() as u64))
                } else {
                    cut
                };
                self.take(new, cut, deliver);
            }
        }
        self.settle(deliver);
        while self.held() > EARLY_BYTES_MAX {
            self.jump(deliver);
        }
    }

    /// The sender's last byte is before this number.
    pub(super) fn end(&mut self, sequence: u32) {
        if let Some((next, before)) = self.next {
            let ahead = u64::try_from(i64::from(sequence.wrapping_sub(next).cast_signed())).unwrap_or(0);
            self.end.get_or_insert(before.saturating_add(ahead));
        }
    }

    /// Whether everything up to the sender's end has come.
    pub(super) fn has_ended(&self) -> bool {
        self.end.zip(self.next).is_some_and(|(end, (_, before))| end <= before)
    }

    /// Nothing more comes: what waits is delivered with the gaps before it, and a last gap if the end was said.
    pub(super) fn finish(&mut self, deliver: &mut impl FnMut(Delivered<'_>)) {
        while !self.early.is_empty() {
            self.jump(deliver);
        }
        if let (Some(end), Some((_, before))) = (self.end, self.next)
            && end > before
        {
            deliver(Delivered::Gap(end - before));
            self.advance(end - before);
        }
    }

    /// Bytes of memory for what waits.
    pub(super) fn held(&self) -> usize {
        self.early_bytes + self.early.len() * ENTRY_BYTES
    }

    fn keep(&mut self, place: u64, bytes: &[u8], cut: u64) {
        if bytes.is_empty() && cut == 0 {
            return;
        }
        let longer = |early: &Early| early.bytes.len() as u64 + early.cut >= bytes.len() as u64 + cut;
        if self.early.get(&place).is_some_and(longer) {
            return;
        }
        self.early_bytes += bytes.len();
        if let Some(shorter) = self.early.insert(place, Early { bytes: bytes.to_vec(), cut }) {
            self.early_bytes = self.early_bytes.saturating_sub(shorter.bytes.len());
        }
    }

    /// Delivers what has become the next.
    fn settle(&mut self, deliver: &mut impl FnMut(Delivered<'_>)) {
        while let Some((_, before)) = self.next
            && let Some(entry) = self.early.first_entry()
            && *entry.key() <= before
        {
            let (place, early) = entry.remove_entry();
            self.early_bytes = self.early_bytes.saturating_sub(early.bytes.len());
            let old = before - place;
            let new = usize::try_from(old).ok().and_then(|old| early.bytes.get(old..)).unwrap_or_default();
            let cut = (early.bytes.len() as u64 + early.cut).saturating_sub(old).min(early.cut);
            self.take(new, cut, deliver);
        }
    }

    /// Gives up what is missing before the first that waits.
    fn jump(&mut self, deliver: &mut impl FnMut(Delivered<'_>)) {
        if let (Some((&place, _)), Some((_, before))) = (self.early.first_key_value(), self.next)
            && place > before
        {
            deliver(Delivered::Gap(place - before));
            self.advance(place - before);
        }
        self.settle(deliver);
    }

    fn take(&mut self, bytes: &[u8], cut: u64, deliver: &mut impl FnMut(Delivered<'_>)) {
        if !bytes.is_empty() {
            deliver(Delivered::Bytes(bytes));
        }
        if cut > 0 {
            deliver(Delivered::Gap(cut));
        }
        self.advance((bytes.len() as u64).saturating_add(cut));
    }

    fn advance(&mut self, by: u64) {
        if let Some((next, before)) = &mut self.next {
            // Numbers wrap; so does the cast.
            *next = next.wrapping_add(by as u32);
            *before = before.saturating_add(by);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(begin: Option<u32>, segments: &[(u32, &str, u64)], end: Option<u32>, expected: &str) {
        let mut stream = Reassembly::default();
        let mut said = String::new();
        let mut deliver = |delivered: Delivered<'_>| match delivered {
            Delivered::Bytes(bytes) => said.push_str(std::str::from_utf8(bytes).unwrap()),
            Delivered::Gap(gap) => said.push_str(&format!("[{gap}]")),
        };
        if let Some(initial) = begin {
            stream.begin(initial);
        }
        for (sequence, bytes, cut) in segments {
            stream.segment(*sequence, bytes.as_bytes(), *cut, &mut deliver);
        }
        if let Some(end) = end {
            stream.end(end);
        }
        stream.finish(&mut deliver);
        assert_eq!((said.as_str(), stream.held()), (expected, 0));
        assert_eq!(stream.has_ended(), end.is_some());
    }

    #[test]
    fn segments_come_in_any_order_and_more_than_once() {
        check(Some(9), &[(10, "ab", 0), (12, "cd", 0)], Some(14), "abcd");
        check(Some(9), &[(14, "ef", 0), (12, "cd", 0), (10, "ab", 0)], Some(16), "abcdef");
        check(Some(9), &[(10, "abc", 0), (10, "abc", 0), (11, "bcde", 0)], None, "abcde");
        // A keepalive probe repeats the last byte.
        check(Some(9), &[(10, "ab", 0), (11, "x", 0), (12, "c", 0)], None, "abc");
        // Overlaps: what came first stands.
        check(Some(9), &[(13, "DEF", 0), (10, "abcd", 0), (12, "cdefg", 0)], None, "abcdEFg");
        check(None, &[(500, "ab", 0), (502, "c", 0)], None, "abc");
    }

    #[test]
    fn numbers_wrap() {
        check(Some(u32::MAX - 1), &[(u32::MAX, "ab", 0), (2, "d", 0), (1, "c", 0)], Some(3), "abcd");
    }

    #[test]
    fn what_is_missing_is_said() {
        check(Some(9), &[(10, "ab", 0), (15, "f", 0)], None, "ab[3]f");
        check(Some(9), &[(10, "ab", 0)], Some(17), "ab[5]");
        check(Some(9), &[(10, "ab", 2), (14, "e", 0), (10, "ab", 2)], None, "ab[2]e");
        check(Some(9), &[(14, "ef", 1), (17, "h", 0), (10, "abcd", 0)], None, "abcdef[1]h");
    }

    #[test]
    fn what_waits_is_bounded() {
        let mut stream = Reassembly::default();
        stream.begin(0);
        let (mut bytes, mut gaps) = (0, 0);
        for at in 0..20_000_u32 {
            // The byte before each is never recorded.
            stream.segment(2 + at * 1_001, &[7; 1_000], 0, &mut |delivered| match delivered {
                Delivered::Bytes(some) => bytes += some.len(),
                Delivered::Gap(gap) => gaps += gap,
            });
            assert!(stream.held() <= EARLY_BYTES_MAX);
        }
        assert!(bytes >= 20_000_000 - EARLY_BYTES_MAX && gaps > 10_000, "{bytes} {gaps}");
        // A segment of one byte takes more than that.
        for at in 0..100_000_u32 {
            stream.segment(30_000_000 + at * 2, &[7], 0, &mut |_| {});
            assert!(stream.early.len() * 100 <= EARLY_BYTES_MAX, "{}", stream.early.len());
        }
    }

    #[test]
    fn another_connection_on_the_same_ports_is_told_by_its_beginning() {
        let mut stream = Reassembly::default();
        assert!(!stream.is_another(7));
        stream.begin(7);
        stream.segment(8, b"abc", 0, &mut |_| {});
        assert!(!stream.is_another(7) && stream.is_another(8) && stream.is_another(70_000));
    }
}
