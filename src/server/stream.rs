//! A daemon's stream: what a handler is given by a call that opens one.

use std::fs::File;
use std::time::Instant;

use bytes::Bytes;
use virtwire_protocol::error::{ErrorCode, ErrorDomain, RemoteError};
use virtwire_protocol::frame::Head;
use virtwire_protocol::header::Header;
use virtwire_protocol::program::StreamDirection;
use virtwire_protocol::session::server::{Limits, ServerSession};
use virtwire_protocol::session::stream::StreamId;

use super::CallContext;
use crate::stream::{
    Chunk, Ending, FileError, Pipe, Pipes, Side, StreamError, StreamReader, StreamSession, StreamWriter,
    carry, delegate_io, halves,
};

/// The stream of a call, at the daemon's end.
///
/// It exists for the client once the call is answered well; what is written before goes out right after the answer. So a handler
/// answers, and leaves the stream to a task. It reads and writes in pieces as they travel, or as [`AsyncRead`](tokio::io::AsyncRead),
/// where holes read as zeros, and [`AsyncWrite`](tokio::io::AsyncWrite), whose shutdown tells the client that there is no more.
///
/// Reading ends, with `None`, when the client asks to finish; an abort and the end of the connection are errors. What the handler
/// leaves unread waits, up to [`Limits::stream_bytes`](virtwire_protocol::session::server::Limits) and one packet; then the
/// connection is not read, and the client's calls wait as well. Dropping a stream fails it.
#[derive(Debug)]
#[must_use = "dropping a stream fails it"]
pub struct Stream {
    reader: StreamReader,
    writer: StreamWriter,
}

impl Stream {
    pub(super) fn new(pipe: std::sync::Arc<Pipe>, direction: StreamDirection, sparse: bool) -> Stream {
        let side = Side::Server { sends: direction != StreamDirection::Write };
        let text = "the daemon has given up the stream";
        let abandoned = RemoteError::new(ErrorCode::RPC, ErrorDomain::STREAMS, text);
        let (reader, writer) = halves(pipe, side, sparse, Some(abandoned), ());
        Stream { reader, writer }
    }

    /// A stream within this process, and the halves of its client's end: for tests of who is given one, without a server.
    ///
    /// It is as one of a console that was opened as sparse: both ends may write, holes too, and each waits for the other's reader as over a
    /// connection. Within a runtime of tokio's, where a task carries what is written.
    ///
    /// ```
    /// use virtwire::server::Stream;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let (mut stream, (mut reader, writer)) = Stream::pair();
    /// let guest = tokio::spawn(async move {
    ///     stream.write_chunk("login: ".into()).await?;
    ///     stream.finish().await
    /// });
    /// let mut shown = String::new();
    /// tokio::io::AsyncReadExt::read_to_string(&mut reader, &mut shown).await?;
    /// assert_eq!(shown, "login: ");
    /// writer.finish().await?;
    /// guest.await??;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Panics
    /// Outside of a runtime.
    pub fn pair() -> (Stream, (StreamReader, StreamWriter)) {
        let (pipes, bytes) = (Pipes::default(), Limits::default().stream_bytes);
        let [daemon, client] = std::array::from_fn(|_| pipes.pipe(bytes));
        tokio::spawn(carry(daemon.clone(), client.clone()));
        let halves = halves(client, Side::Client { receives: false }, true, None, ());
        (Stream::new(daemon, StreamDirection::Both, true), halves)
    }

    /// The next piece that came; `None` once the client asks to finish. Cancel-safe.
    ///
    /// # Errors
    /// [`StreamError`], after all that came before it: the client has aborted, or is gone.
    pub async fn read_chunk(&mut self) -> Result<Option<Chunk>, StreamError> {
        self.reader.read_chunk().await
    }

    /// Sends bytes without copying them, in packets of at most 262,120. Waits while 1 MiB waits to be sent.
    ///
    /// # Errors
    /// [`StreamError`]: the client has aborted, or is gone.
    pub async fn write_chunk(&mut self, data: Bytes) -> Result<(), StreamError> {
        self.writer.write_chunk(data).await
    }

    /// Sends what a file holds from `offset` on, `length` bytes or all to its end, and returns how many there were; by a unix socket without
    /// copying them, with the feature `splice`. See [`StreamWriter::send_file`].
    ///
    /// # Errors
    /// [`FileError`]: of the file, after which the stream goes on, or of the stream.
    pub async fn send_file(&mut self, file: &File, offset: u64, length: u64) -> Result<u64, FileError> {
        self.writer.send_file(file, offset, length).await
    }

    /// The same with the file's holes as holes, where the client has opened the stream as sparse, with the feature `splice`; `told` hears how far
    /// it is. See [`StreamWriter::send_file_sparse`], whose `dense` is 0 here, as clients take holes for zeros.
    ///
    /// # Errors
    /// [`FileError`]: of the file, after which the stream goes on, or of the stream.
    pub async fn send_file_sparse(
        &mut self,
        file: &File,
        offset: u64,
        length: u64,
        told: impl FnMut(u64),
    ) -> Result<u64, FileError> {
        self.writer.send_file_sparse(file, offset, length, 0, told).await
    }

    /// Writes what comes into a file, from `offset` on, until the client asks to finish, and returns how many bytes that were; holes are
    /// zeros. By a unix socket most of it is not even read, with the feature `splice`. See [`StreamReader::receive_file`].
    ///
    /// # Errors
    /// [`FileError`]: of the file, after which the stream goes on, or of the stream.
    pub async fn receive_file(&mut self, file: &File, offset: u64) -> Result<u64, FileError> {
        self.reader.receive_file(file, offset).await
    }

    /// Sends a hole: so many zeros that need not travel.
    ///
    /// # Errors
    /// [`StreamError::Hole`] unless the client has opened the stream as sparse; others as for data.
    pub async fn write_hole(&mut self, length: u64) -> Result<(), StreamError> {
        self.writer.write_hole(length).await
    }

    /// Ends the stream well: tells the client, after all that was written, that there is no more, waits until it asks to finish, and
    /// grants it. What it has sent and is not read yet is dropped, so read an upload to its end before.
    ///
    /// # Errors
    /// [`StreamError`]: the client has aborted, or is gone.
    pub async fn finish(self) -> Result<(), StreamError> {
        let Stream { reader, writer } = self;
        drop(reader);
        writer.finish().await
    }

    /// Ends the stream, and tells the client why: also in answer to its wish to finish.
    pub fn fail(self, error: RemoteError) {
        self.writer.abort_with(Some(error));
    }

    /// Two halves, for two tasks. The stream has failed when both are gone.
    pub fn split(self) -> (StreamReader, StreamWriter) {
        (self.reader, self.writer)
    }
}

delegate_io!(Stream);

impl StreamSession for ServerSession {
    type Id = StreamId;
    const CONFIRMS: bool = true;
    const READS_REPLIES: bool = false;

    fn came_apart(&mut self, now: Instant, header: &Header) -> Option<StreamId> {
        self.handle_data_apart(now, header).then(|| StreamId::of(header))
    }

    fn data(&mut self, id: StreamId, bytes: usize) -> Option<Head> {
        self.stream_data(id, bytes)
    }

    fn hole(&mut self, id: StreamId, length: u64) -> bool {
        self.stream_hole(id, length)
    }

    fn end_of_data(&mut self, id: StreamId) {
        ServerSession::end_of_data(self, id);
    }

    fn end(&mut self, id: StreamId, ending: &Ending) -> bool {
        match ending {
            Ending::Finish => self.confirm_finish(id),
            Ending::Abort(Some(error)) => self.fail_stream(id, error),
            Ending::Abort(None) => self
                .fail_stream(id, &RemoteError::new(ErrorCode::RPC, ErrorDomain::STREAMS, "it was given up")),
        }
    }
}

impl CallContext {
    /// The stream that this call opens. `None` if it opens none, and when it has been taken.
    pub fn take_stream(&self) -> Option<Stream> {
        self.call_slots()?.stream.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take()
    }
}
