//! Bytes on their way between a file and a socket that this process never has: the system keeps them, by reference where it can, in a pipe.
//!
//! What is sent is put into the pipe before its packet's head is made, so that the length is known: a file that shrinks tears no frame. What comes is handed on
//! a piece at a time: sessions and queues have pieces whose bytes nobody has. That takes a daemon a fifth less for an upload. A peer may send
//! a byte at a time, each of which takes a page's place, so what the pipe has no room for is read like any other packet: a queue's bound is the one that
//! there was. A piece that its file does not take is read out of the pipe, so that the next one is whole.
//!
//! A system that has no such way, and a build without the feature `splice`, have no [`Conduit`].

#[cfg(all(feature = "splice", target_os = "linux"))]
pub(crate) use spliced::{Conduit, Pages};
#[cfg(not(all(feature = "splice", target_os = "linux")))]
pub(crate) use unspliced::{Conduit, Pages};

/// What came of moving bytes from a socket into a pipe.
#[derive(Debug)]
#[cfg_attr(
    not(all(feature = "splice", target_os = "linux")),
    expect(dead_code, reason = "without a pipe nothing comes of it")
)]
pub(crate) enum Taken {
    /// These are in the pipe.
    Pages(Pages),
    /// The pipe takes no more, or nothing from there: they are to be read.
    Full,
    /// The socket is at its end.
    End,
}

#[cfg(all(feature = "splice", target_os = "linux"))]
mod spliced {
    use std::fs::File;
    use std::io;
    use std::os::fd::{AsFd, OwnedFd};
    use std::os::unix::fs::FileExt;
    use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
    use std::task::{Context, Poll, Waker};

    use bytes::{Bytes, BytesMut};
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::io::Errno;
    use rustix::pipe::{PipeFlags, SpliceFlags, fcntl_getpipe_size, fcntl_setpipe_size, pipe_with, splice};
    use virtwire_protocol::session::stream::CHUNK_BYTES_MAX;

    use super::Taken;

    /// What one of a pipe's places holds at least: a page.
    const PLACE_BYTES: usize = 4096;
    /// A packet ends where a page of the file does, so that each page takes one place, once. It is below what the next power of 2 holds.
    const PACKET_BYTES_MAX: usize = 63 * PLACE_BYTES;
    /// What a packet takes of a pipe's size, which is a power of 2.
    const ROOM_BYTES: usize = 64 * PLACE_BYTES;
    /// The sizes that are asked for: what the system gives to anybody, or less, where a user has many pipes.
    const SIZES: [usize; 2] = [4 * ROOM_BYTES, PACKETS_MIN * ROOM_BYTES];
    /// While one leaves the pipe, another is to be put in.
    const PACKETS_MIN: usize = 2;
    /// How many are left of those that are in the pipe when more are wanted: of a stream no more than one is with its connection's writer, so that
    /// the end of the stream, with which the others go, is noticed.
    const PACKETS_LEFT: usize = 1;

    const _: () = assert!(PACKET_BYTES_MAX <= CHUNK_BYTES_MAX);

    /// A pipe, at the end where packets are put in.
    #[derive(Clone, Debug)]
    pub(crate) struct Conduit(Arc<Ends>);

    #[derive(Debug)]
    struct Ends {
        into: OwnedFd,
        out_of: OwnedFd,
        packets_max: usize,
        waiting: Mutex<Waiting>,
    }

    #[derive(Debug, Default)]
    struct Waiting {
        /// Packets that are in the pipe.
        packets: usize,
        filler: Option<Waker>,
    }

    /// A packet that is in a pipe, or what is left of it. They leave it in the order in which they were put in; once one is dropped that has not
    /// left whole, those behind it make no sense any more.
    #[derive(Debug)]
    pub(crate) struct Pages {
        ends: Arc<Ends>,
        left: usize,
    }

    impl Conduit {
        /// `None` where there is none to be had that is large enough.
        pub(crate) fn new() -> Option<Conduit> {
            let (out_of, into) = pipe_with(PipeFlags::CLOEXEC | PipeFlags::NONBLOCK).ok()?;
            SIZES.iter().find(|size| fcntl_setpipe_size(&into, **size).is_ok());
            let packets_max = fcntl_getpipe_size(&into).ok()? / ROOM_BYTES;
            let waiting = Mutex::default();
            (packets_max >= PACKETS_MIN)
                .then(|| Conduit(Arc::new(Ends { into, out_of, packets_max, waiting })))
        }

        /// Waits until most of the pipe is free.
        pub(crate) fn poll_room(&self, cx: &mut Context<'_>) -> Poll<()> {
            let mut waiting = self.0.lock();
            if waiting.packets <= PACKETS_LEFT {
                return Poll::Ready(());
            }
            waiting.filler = Some(cx.waker().clone());
            Poll::Pending
        }

        /// Whether another packet fits.
        pub(crate) fn has_room(&self) -> bool {
            self.0.lock().packets < self.0.packets_max
        }

        /// Puts the next packet of a file into the pipe, of at most `most` bytes from `offset` on: `None` at the end of the file. It waits for the
        /// disk, and never for the pipe.
        ///
        /// # Errors
        /// Whatever is against it: reading the file tells whether it can be had at all.
        pub(crate) fn fill(&self, file: &File, mut offset: u64, most: u64) -> io::Result<Option<Pages>> {
            let whole = PACKET_BYTES_MAX - offset as usize % PLACE_BYTES;
            let wanted = usize::try_from(most).unwrap_or(usize::MAX).min(whole);
            let mut came = 0;
            while came < wanted {
                let flags = SpliceFlags::NONBLOCK;
                match splice(file, Some(&mut offset), &self.0.into, None, wanted - came, flags) {
                    Ok(0) => break,
                    Ok(count) => came += count,
                    Err(Errno::INTR) => {}
                    Err(_) if came > 0 => break,
                    Err(error) => return Err(error.into()),
                }
            }
            if came == 0 {
                return Ok(None);
            }
            self.0.lock().packets += 1;
            Ok(Some(Pages { ends: Arc::clone(&self.0), left: came }))
        }
    }

    impl Conduit {
        /// Moves what a socket has into the pipe, at most so many bytes. They leave the pipe in the order in which they came.
        ///
        /// # Errors
        /// Those of the socket; that it has nothing is one.
        pub(crate) fn take_from(&self, socket: impl AsFd, most: usize) -> io::Result<Taken> {
            match splice(socket, None, &self.0.into, None, most, SpliceFlags::NONBLOCK) {
                Ok(0) => Ok(Taken::End),
                Ok(count) => {
                    self.0.lock().packets += 1;
                    Ok(Taken::Pages(Pages { ends: Arc::clone(&self.0), left: count }))
                }
                Err(Errno::AGAIN) if !self.takes_more()? => Ok(Taken::Full),
                // The system has no such way from here to there.
                Err(Errno::INVAL) => Ok(Taken::Full),
                Err(error) => Err(error.into()),
            }
        }

        fn takes_more(&self) -> io::Result<bool> {
            let mut into = [PollFd::new(&self.0.into, PollFlags::OUT)];
            Ok(poll(&mut into, Some(&Timespec::default()))? > 0)
        }
    }

    impl Ends {
        fn lock(&self) -> MutexGuard<'_, Waiting> {
            self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
        }
    }

    impl Pages {
        /// How many bytes are left of it.
        pub(crate) fn len(&self) -> usize {
            self.left
        }

        /// Has a socket take as many of them as it takes at once.
        ///
        /// # Errors
        /// Those of the socket.
        pub(crate) fn pass_to(&mut self, socket: impl AsFd) -> io::Result<usize> {
            let flags = SpliceFlags::NONBLOCK | SpliceFlags::MORE;
            let count = splice(&self.ends.out_of, None, socket, None, self.left, flags)?;
            self.left -= count.min(self.left);
            Ok(count)
        }

        /// Writes them to a file, from `offset` on. Whatever comes of it, they have left the pipe.
        ///
        /// # Errors
        /// Those of the file.
        pub(crate) fn write_to(mut self, file: &File, mut offset: u64) -> io::Result<()> {
            while self.left > 0 {
                let out_of = &self.ends.out_of;
                match splice(out_of, None, file, Some(&mut offset), self.left, SpliceFlags::empty()) {
                    Ok(count @ 1..) => self.left -= count.min(self.left),
                    Err(Errno::INTR) => {}
                    // What the file does not take so, or not at all, which it says then.
                    Ok(0) | Err(_) => return file.write_all_at(&self.read()?, offset),
                }
            }
            Ok(())
        }

        /// The bytes themselves, for what takes no pages.
        ///
        /// # Errors
        /// The system's.
        pub(crate) fn read(mut self) -> io::Result<Bytes> {
            let mut bytes = BytesMut::zeroed(self.left);
            let length = bytes.len();
            while self.left > 0 {
                match rustix::io::read(&self.ends.out_of, &mut bytes[length - self.left..]) {
                    Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                    Ok(count) => self.left -= count.min(self.left),
                    Err(Errno::INTR) => {}
                    Err(error) => return Err(error.into()),
                }
            }
            Ok(bytes.freeze())
        }
    }

    impl Drop for Pages {
        fn drop(&mut self) {
            let mut waiting = self.ends.lock();
            waiting.packets = waiting.packets.saturating_sub(1);
            let filler = if waiting.packets <= PACKETS_LEFT { waiting.filler.take() } else { None };
            drop(waiting);
            filler.into_iter().for_each(Waker::wake);
        }
    }

    #[cfg(test)]
    mod tests {
        use std::fs::read_link;
        use std::future::poll_fn;
        use std::io::Write;
        use std::os::fd::AsRawFd;
        use std::path::PathBuf;
        use std::sync::atomic::{AtomicU32, Ordering};

        use tokio::io::AsyncReadExt;

        use super::*;
        use crate::shell::line::Line;
        use crate::shell::writer::FrameWriter;

        /// A file that has no name.
        fn file(content: &[u8]) -> File {
            static NEXT: AtomicU32 = AtomicU32::new(0);
            let number = NEXT.fetch_add(1, Ordering::Relaxed);
            let path = std::env::temp_dir().join(format!("virtwire-pages-{}-{number}", std::process::id()));
            let mut file = File::options().read(true).write(true).create_new(true).open(&path).unwrap();
            std::fs::remove_file(path).unwrap();
            file.write_all(content).unwrap();
            file
        }

        fn content(bytes: usize) -> Vec<u8> {
            (0..bytes).map(|at| (at.wrapping_mul(31) ^ (at >> 9)) as u8).collect()
        }

        #[test]
        fn a_packet_ends_where_a_page_does_and_at_the_end_of_the_file() {
            let content = content(600_000);
            let file = file(&content);
            for begin in [0, 1, 4_095, 4_096, 599_999] {
                let (conduit, mut at) = (Conduit::new().unwrap(), begin);
                while let Some(pages) = conduit.fill(&file, at as u64, u64::MAX).unwrap() {
                    let end = at + pages.len();
                    assert!(
                        pages.len() <= 63 * 4_096 && (end % 4_096 == 0 || end == content.len()),
                        "{at}, {end}"
                    );
                    assert!(pages.read().unwrap() == content[at..end]);
                    at = end;
                }
                assert_eq!(at, content.len());
            }
            let conduit = Conduit::new().unwrap();
            assert_eq!(conduit.fill(&file, 5, 7).unwrap().unwrap().read().unwrap(), content[5..12]);
            assert!(
                conduit.fill(&file, 600_000, 1).unwrap().is_none()
                    && conduit.fill(&file, 0, 0).unwrap().is_none()
            );
        }

        #[tokio::test]
        async fn who_fills_it_waits_until_one_is_left() {
            let file = file(&content(3_000_000));
            let conduit = Conduit::new().unwrap();
            let mut filled = Vec::new();
            while conduit.has_room() {
                filled.push(conduit.fill(&file, 0, u64::MAX).unwrap().unwrap());
            }
            assert!(filled.len() > 1);
            let has_room = |cx: &mut Context<'_>| Poll::Ready(conduit.poll_room(cx).is_ready());
            while !poll_fn(has_room).await {
                filled.remove(0);
            }
            assert_eq!(filled.len(), 1);
        }

        /// In order with what is no pages, and with nothing of a pipe left open.
        #[tokio::test]
        async fn a_line_takes_them_in_their_order() {
            let content = content(3_000_001);
            let file = file(&content);
            let (near, mut far) = tokio::net::UnixStream::pair().unwrap();
            let line = Line::new(near).unwrap();
            let mut writer = FrameWriter::new(line.clone(), Some(line));
            let reading = tokio::spawn(async move {
                let mut received = Vec::new();
                far.read_to_end(&mut received).await.unwrap();
                received
            });
            assert!(writer.takes_pages());
            let (conduit, mut at, mut expected) = (Conduit::new().unwrap(), 0, Vec::new());
            let ends = [&conduit.0.into, &conduit.0.out_of].map(|end| place(end.as_raw_fd()).unwrap());
            while let Some(pages) = conduit.fill(&file, at as u64, u64::MAX).unwrap() {
                let end = at + pages.len();
                writer.push(BytesMut::from(&[1; 40][..]));
                writer.push_pages(&[2; 28], pages);
                writer.push(BytesMut::from(&[3; 9_000][..]));
                for piece in [&[1; 40][..], &[2; 28], &content[at..end], &[3; 9_000]] {
                    expected.extend_from_slice(piece);
                }
                assert_eq!(writer.len(), 40 + 28 + (end - at) + 9_000);
                at = end;
                while !writer.is_empty() {
                    writer.write_some().await.unwrap();
                }
            }
            assert!(!writer.has_stream_data());
            drop((writer, conduit));
            assert!(reading.await.unwrap() == expected);
            for (fd, link) in ends {
                assert_ne!(place(fd), Some((fd, link)), "it is closed");
            }
        }

        /// What a descriptor is, which has a number of its own.
        fn place(fd: i32) -> Option<(i32, PathBuf)> {
            Some((fd, read_link(format!("/proc/self/fd/{fd}")).ok()?))
        }

        #[tokio::test]
        async fn a_peer_that_is_gone_is_an_error_and_frees_the_pipe() {
            let file = file(&content(1_000_000));
            let (near, far) = tokio::net::UnixStream::pair().unwrap();
            let line = Line::new(near).unwrap();
            let mut writer = FrameWriter::new(line.clone(), Some(line));
            let conduit = Conduit::new().unwrap();
            while conduit.has_room() {
                let pages = conduit.fill(&file, 0, u64::MAX).unwrap().unwrap();
                writer.push_pages(&[2; 28], pages);
            }
            drop(far);
            let mut written = Ok(());
            while written.is_ok() && !writer.is_empty() {
                written = writer.write_some().await;
            }
            assert!(written.is_err());
            drop(writer);
            poll_fn(|cx| conduit.poll_room(cx)).await;
        }
    }
}

#[cfg(not(all(feature = "splice", target_os = "linux")))]
mod unspliced {
    use std::fs::File;
    use std::io;
    use std::task::{Context, Poll};

    use bytes::Bytes;

    use super::Taken;

    /// There is none.
    #[derive(Clone, Debug)]
    pub(crate) enum Conduit {}

    /// There are none.
    #[derive(Debug)]
    pub(crate) enum Pages {}

    impl Conduit {
        pub(crate) fn take_from<T>(&self, _: T, _: usize) -> io::Result<Taken> {
            match *self {}
        }

        pub(crate) fn new() -> Option<Conduit> {
            None
        }

        pub(crate) fn poll_room(&self, _: &mut Context<'_>) -> Poll<()> {
            match *self {}
        }

        pub(crate) fn has_room(&self) -> bool {
            match *self {}
        }

        pub(crate) fn fill(&self, _: &File, _: u64, _: u64) -> io::Result<Option<Pages>> {
            match *self {}
        }
    }

    impl Pages {
        pub(crate) fn len(&self) -> usize {
            match *self {}
        }

        pub(crate) fn pass_to<T>(&mut self, _: T) -> io::Result<usize> {
            match *self {}
        }

        pub(crate) fn write_to(self, _: &File, _: u64) -> io::Result<()> {
            match self {}
        }

        pub(crate) fn read(self) -> io::Result<Bytes> {
            match self {}
        }
    }
}
