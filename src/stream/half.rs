//! What holds a stream: a half that reads and a half that writes.

use std::fmt::Debug;
use std::fs::File;
use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::task::JoinHandle;
use tokio::task::coop::poll_proceed;
use virtwire_protocol::error::RemoteError;
use virtwire_protocol::session::stream::CHUNK_BYTES_MAX;

use super::file::{Held, Way};
use super::{Chunk, Ending, FileError, Incoming, Outgoing, Pipe, StreamError};

/// The half of a stream that reads. See the stream's own documentation.
#[derive(Debug)]
pub struct StreamReader {
    seat: Arc<Seat>,
    /// What is left of a chunk that was read in part.
    rest: Option<Chunk>,
    /// A piece that goes into a file on a disk, also if nobody waits for that any more.
    writing: Option<JoinHandle<io::Result<()>>>,
}

/// The half of a stream that writes. See the stream's own documentation.
#[derive(Debug)]
pub struct StreamWriter {
    seat: Arc<Seat>,
    sparse: bool,
    side: Side,
    /// A daemon has said that there is no more.
    data_ended: bool,
    way: Way,
}

/// Which end this is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Client {
        /// Whether it only reads.
        receives: bool,
    },
    /// With whether it sends at all.
    Server { sends: bool },
}

/// Ends the stream when the last half goes.
#[derive(Debug)]
struct Seat {
    pipe: Arc<Pipe>,
    /// What a daemon says of a stream that nobody has ended.
    abandoned: Option<Box<RemoteError>>,
    /// Dropped after the stream is.
    _connection: Box<dyn Debug + Send + Sync>,
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.pipe.end_with(Ending::Abort(self.abandoned.take()));
    }
}

/// The two halves of a stream.
pub(crate) fn halves(
    pipe: Arc<Pipe>,
    side: Side,
    sparse: bool,
    abandoned: Option<RemoteError>,
    connection: impl Debug + Send + Sync + 'static,
) -> (StreamReader, StreamWriter) {
    if side == (Side::Client { receives: true }) {
        pipe.must_end();
    }
    let abandoned = abandoned.map(Box::new);
    let seat = Arc::new(Seat { pipe, abandoned, _connection: Box::new(connection) });
    let reader = StreamReader { seat: seat.clone(), rest: None, writing: None };
    (reader, StreamWriter { seat, sparse, side, data_ended: false, way: Way::default() })
}

impl StreamReader {
    /// The next piece that came; `None` once the peer sends no more. Cancel-safe.
    ///
    /// # Errors
    /// [`StreamError`], after all that came before.
    pub async fn read_chunk(&mut self) -> Result<Option<Chunk>, StreamError> {
        poll_fn(|cx| self.poll_chunk(cx)).await
    }

    /// Writes what comes into a file, from `offset` on, until no more does, and returns how many bytes that were; holes are zeros. What the file
    /// has behind that stays.
    ///
    /// With the feature `splice`, on Linux and over a unix socket, most of it goes from the socket into the file without being read. For that the
    /// stream keeps a pipe, two descriptors, of up to 1 MiB. A file on a disk is written on the runtime's threads that may block, one in memory
    /// (tmpfs) by whoever calls.
    ///
    /// Where it is given up, what has been taken of the stream is in the file, or will be before anything else is read; how much that was is not
    /// told. Whoever shows how far it is, or goes on after a failure, takes it in [parts](Self::receive_file_part).
    ///
    /// # Errors
    /// [`FileError::File`] where it cannot be written, and too many descriptors are open: a part of a piece may be missing in the file then, and
    /// the stream goes on behind it. Else that of the stream, with all in the file that came before.
    pub async fn receive_file(&mut self, file: &File, offset: u64) -> Result<u64, FileError> {
        self.receive_file_part(file, offset, u64::MAX).await
    }

    /// The same until at least `enough` bytes have come, and what came with the last of them: the next part goes behind that. 0 where no more
    /// come. Between parts nothing is under way, so there it can be given up, or something else be read.
    ///
    /// # Errors
    /// Those of [`receive_file`](Self::receive_file). What this part had received by then is not told.
    pub async fn receive_file_part(
        &mut self,
        file: &File,
        offset: u64,
        enough: u64,
    ) -> Result<u64, FileError> {
        let target = Held::new(file).map_err(FileError::File)?;
        self.seat.pipe.is_for_file(true);
        let mut received: u64 = 0;
        let outcome = loop {
            let piece = match poll_fn(|cx| self.poll_piece(cx)).await {
                Ok(Some(piece)) => piece,
                Ok(None) => break Ok(received),
                Err(error) => break Err(error.into()),
            };
            let (at, bytes) = (offset.saturating_add(received), piece.bytes());
            let written = if target.in_memory {
                target.write(piece, at)
            } else {
                self.writing = Some(target.write_apart(piece, at));
                poll_fn(|cx| self.poll_written(cx)).await
            };
            if let Err(error) = written {
                break Err(FileError::File(error));
            }
            received = received.saturating_add(bytes);
            if received >= enough {
                break Ok(received);
            }
        };
        self.seat.pipe.is_for_file(false);
        outcome
    }

    /// What is under way into a file is there.
    fn poll_written(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let Some(writing) = &mut self.writing else { return Poll::Ready(Ok(())) };
        let written = ready!(Pin::new(writing).poll(cx));
        self.writing = None;
        Poll::Ready(written.unwrap_or_else(|gave_up| Err(io::Error::other(gave_up))))
    }

    /// The next piece, behind what goes into a file.
    fn poll_piece(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Incoming>, StreamError>> {
        // Whoever gave it up has not asked what came of it.
        let _ = ready!(self.poll_written(cx));
        // The zeros of a hole are always there, and who reads them shares a thread with others.
        let turn = ready!(poll_proceed(cx));
        let piece = match self.rest.take() {
            Some(rest) => Ok(Some(Incoming::Chunk(rest))),
            None => ready!(self.seat.pipe.poll_incoming(cx)),
        };
        turn.made_progress();
        Poll::Ready(piece)
    }

    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Chunk>, StreamError>> {
        Poll::Ready(ready!(self.poll_piece(cx))?.map(Incoming::into_chunk).transpose())
    }
}

impl AsyncRead for StreamReader {
    /// Reads bytes; holes are read as zeros.
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if buffer.remaining() == 0 {
            return Poll::Ready(Ok(()));
        }
        let Some(chunk) = ready!(self.poll_chunk(cx))? else { return Poll::Ready(Ok(())) };
        self.rest = match chunk {
            Chunk::Data(mut data) => {
                let count = data.len().min(buffer.remaining());
                buffer.put_slice(&data[..count]);
                data.advance(count);
                (!data.is_empty()).then_some(Chunk::Data(data))
            }
            Chunk::Hole(length) => {
                let count = usize::try_from(length).unwrap_or(usize::MAX).min(buffer.remaining());
                buffer.initialize_unfilled_to(count).fill(0);
                buffer.advance(count);
                let left = length.saturating_sub(count as u64);
                (left > 0).then_some(Chunk::Hole(left))
            }
        };
        Poll::Ready(Ok(()))
    }
}

impl Drop for StreamReader {
    fn drop(&mut self) {
        // Else what nobody reads would stop the connection.
        self.seat.pipe.stop_reading();
    }
}

impl StreamWriter {
    /// Sends bytes without copying them, in packets of at most 262,120. Waits while as much as may wait to be sent, 1 MiB, does.
    ///
    /// Cancel-safe between packets: what has been queued is sent.
    ///
    /// # Errors
    /// [`StreamError`], also of what was sent before.
    pub async fn write_chunk(&mut self, mut data: Bytes) -> Result<(), StreamError> {
        while !data.is_empty() {
            self.room().await?;
            let packet = data.split_to(data.len().min(CHUNK_BYTES_MAX));
            self.seat.pipe.send(Outgoing::Data(packet))?;
        }
        Ok(())
    }

    /// Sends a hole: so many bytes that need not travel; none at all are nothing. To a client, and to daemons of ours, they are zeros. A libvirt
    /// daemon seeks over that part of its file and ends the file behind it: what the file had there stays, and what it had behind is lost. Zeros
    /// come of it only beyond the file's end, and where the file has a hole itself; elsewhere send zeros.
    ///
    /// # Errors
    /// [`StreamError::Hole`] unless the stream was opened as sparse; others as for data.
    pub async fn write_hole(&mut self, length: u64) -> Result<(), StreamError> {
        if length == 0 {
            return Ok(());
        }
        if !self.sparse || i64::try_from(length).is_err() {
            return Err(StreamError::Hole { length });
        }
        self.room().await?;
        self.seat.pipe.send(Outgoing::Hole(length))
    }

    /// Sends what a file holds from `offset` on, `length` bytes or all to its end, and returns how many there were; its holes are zeros. Waits as
    /// [`write_chunk`](Self::write_chunk) does, and has queued what it counts.
    ///
    /// With the feature `splice`, on Linux and over a unix socket, the file's pages go to the socket without being copied. What is changed in the
    /// file before the peer has read it, the peer may see changed; a packet is as long as it was begun, also where the file becomes shorter. For
    /// that a writer that has sent a file keeps a pipe, two descriptors, of up to 1 MiB. Whatever the system does not take so, is read.
    ///
    /// A file on a disk is read on the runtime's threads that may block, one in memory (tmpfs) by whoever calls.
    ///
    /// Cancel-safe between packets: what has been queued is sent.
    ///
    /// # Errors
    /// [`FileError::File`] where it cannot be read, by position, and too many descriptors are open: the stream goes on. Else that of the stream.
    pub async fn send_file(&mut self, file: &File, offset: u64, length: u64) -> Result<u64, FileError> {
        let source = Held::new(file).map_err(FileError::File)?;
        self.send_held(&source, offset, length, &mut |_| ()).await
    }

    /// The same with the file's holes as holes, so that they neither travel nor take room where they go to; within the first `dense` bytes they
    /// are zeros, as where a libvirt daemon would leave what is there ([`write_hole`](Self::write_hole)). `told` hears how many bytes have been
    /// queued by then, holes included, after each piece: be quick.
    ///
    /// All is sent as [`send_file`](Self::send_file) sends it where the stream was not opened as sparse, without the feature `splice`, and where the
    /// system does not tell of a file's holes. Looking for them moves the file's own position.
    ///
    /// # Errors
    /// Those of [`send_file`](Self::send_file).
    pub async fn send_file_sparse(
        &mut self,
        file: &File,
        offset: u64,
        length: u64,
        dense: u64,
        mut told: impl FnMut(u64),
    ) -> Result<u64, FileError> {
        let source = Held::new(file).map_err(FileError::File)?;
        let mut data = if self.sparse { dense } else { u64::MAX };
        let mut sent: u64 = 0;
        loop {
            let most = data.min(length.saturating_sub(sent));
            let count = self
                .send_held(&source, offset.saturating_add(sent), most, &mut |count| {
                    told(sent.saturating_add(count))
                })
                .await?;
            sent = sent.saturating_add(count);
            if count < most || sent >= length {
                return Ok(sent);
            }
            let hole;
            (hole, data) = source.section(offset.saturating_add(sent)).await;
            let hole = hole.min(length - sent);
            if hole > 0 {
                self.write_hole(hole).await?;
                sent = sent.saturating_add(hole);
                told(sent);
            }
        }
    }

    /// Sends what a file holds, holes as zeros, and tells after each piece how much that is.
    async fn send_held(
        &mut self,
        source: &Held,
        offset: u64,
        length: u64,
        told: &mut impl FnMut(u64),
    ) -> Result<u64, FileError> {
        let mut sent: u64 = 0;
        while sent < length {
            self.room().await?;
            let (offset, left) = (offset.saturating_add(sent), length - sent);
            let packets = std::mem::take(&mut self.way).packets(source, offset, left).await;
            let (way, packets) = packets.map_err(FileError::File)?;
            self.way = way;
            if packets.is_empty() {
                break;
            }
            for packet in packets {
                sent = sent.saturating_add(packet.bytes() as u64);
                self.seat.pipe.send(packet)?;
            }
            told(sent);
        }
        Ok(sent)
    }

    async fn room(&self) -> Result<(), StreamError> {
        if self.data_ended {
            return Err(StreamError::Ended);
        }
        poll_fn(|cx| self.seat.pipe.poll_room(cx)).await
    }

    /// Ends the stream well, after all that was written: a client asks for that and waits for the daemon's word; a daemon says that
    /// there is no more data, waits until the client asks, and grants it.
    ///
    /// A client's connection does not wait for its reader from then on, as the daemon's word comes behind all that it has sent: what is
    /// not read and does not fit the queue is dropped, and the reader told so, by [`StreamError::Unread`]. So it is where a daemon grants
    /// the end of what it sends before it has sent all.
    ///
    /// # Errors
    /// What went wrong on the stream.
    pub async fn finish(mut self) -> Result<(), StreamError> {
        self.end_data()?;
        self.ask_to_finish();
        poll_fn(|cx| self.seat.pipe.poll_outcome(cx)).await
    }

    /// Ends the stream at once.
    pub(crate) fn abort_with(&self, error: Option<RemoteError>) {
        self.seat.pipe.end_with(Ending::Abort(error.map(Box::new)));
    }

    /// Waits for what becomes of the stream.
    #[cfg(feature = "client")]
    pub(crate) async fn outcome(&self) -> Result<(), StreamError> {
        poll_fn(|cx| self.seat.pipe.poll_outcome(cx)).await
    }

    fn ask_to_finish(&self) {
        if matches!(self.side, Side::Client { .. }) {
            // Whoever waits for the daemon's word may be the one who would have to read what it comes behind.
            self.seat.pipe.hurry();
        }
        self.seat.pipe.end_with(Ending::Finish);
    }

    /// A daemon says that there is no more data.
    fn end_data(&mut self) -> Result<(), StreamError> {
        if self.side == (Side::Server { sends: true }) && !self.data_ended {
            self.data_ended = true;
            self.seat.pipe.send(Outgoing::EndOfData)?;
        }
        Ok(())
    }
}

impl AsyncWrite for StreamWriter {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        if bytes.is_empty() {
            return Poll::Ready(Ok(0));
        }
        if self.data_ended {
            return Poll::Ready(Err(StreamError::Ended.into()));
        }
        ready!(self.seat.pipe.poll_room(cx))?;
        Poll::Ready(Ok(self.seat.pipe.send_copy(bytes)?))
    }

    /// Waits until all has been handed to the socket.
    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(ready!(self.seat.pipe.poll_sent(cx))?))
    }

    /// A client finishes the stream, both ways, and waits for the daemon's word; see [`finish`](StreamWriter::finish). A daemon says
    /// that there is no more data.
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if matches!(self.side, Side::Client { .. }) {
            self.ask_to_finish();
            return Poll::Ready(Ok(ready!(self.seat.pipe.poll_outcome(cx))?));
        }
        self.end_data()?;
        self.poll_flush(cx)
    }
}

/// Has a stream of two halves, `reader` and `writer`, read and write as they do.
macro_rules! delegate_io {
    ($stream:ident) => {
        impl tokio::io::AsyncRead for $stream {
            fn poll_read(
                mut self: std::pin::Pin<&mut Self>,
                cx: &mut std::task::Context<'_>,
                buffer: &mut tokio::io::ReadBuf<'_>,
            ) -> std::task::Poll<std::io::Result<()>> {
                std::pin::Pin::new(&mut self.reader).poll_read(cx, buffer)
            }
        }

        impl tokio::io::AsyncWrite for $stream {
            fn poll_write(
                mut self: std::pin::Pin<&mut Self>,
                cx: &mut std::task::Context<'_>,
                bytes: &[u8],
            ) -> std::task::Poll<std::io::Result<usize>> {
                std::pin::Pin::new(&mut self.writer).poll_write(cx, bytes)
            }

            fn poll_flush(
                mut self: std::pin::Pin<&mut Self>,
                cx: &mut std::task::Context<'_>,
            ) -> std::task::Poll<std::io::Result<()>> {
                std::pin::Pin::new(&mut self.writer).poll_flush(cx)
            }

            fn poll_shutdown(
                mut self: std::pin::Pin<&mut Self>,
                cx: &mut std::task::Context<'_>,
            ) -> std::task::Poll<std::io::Result<()>> {
                std::pin::Pin::new(&mut self.writer).poll_shutdown(cx)
            }
        }
    };
}
pub(crate) use delegate_io;
