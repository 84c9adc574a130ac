//! A client's stream: what some calls open beside their reply.

use std::fs::File;
use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::oneshot;
use virtwire_protocol::frame::Draft;
use virtwire_protocol::program::{Procedure, ProcedureNumber, Program, StreamDirection};
use virtwire_protocol::session::stream::is_sparse;

use super::ask::{Ask, StreamAsk};
use super::connection::{Connection, decode_reply};
use super::error::CallError;
use crate::stream::{
    Chunk, FileError, Pipe, Side, StreamError, StreamReader, StreamWriter, delegate_io, halves,
};

/// A stream of a connection: a volume's content, a console, a screenshot, a guest that moves.
///
/// It reads and writes in pieces as they travel, or as [`AsyncRead`](tokio::io::AsyncRead), where holes read as zeros, and
/// [`AsyncWrite`](tokio::io::AsyncWrite), whose shutdown finishes: both ways, as libvirt's streams have no other end. So read all that is
/// wanted before; what a shutdown finds unread stays readable only as far as it fits the queue. Dropping a stream aborts it, and
/// keeps no connection waiting; while it lives, so does the connection. A daemon of libvirt 11.3 sometimes answers nobody any more after a
/// stream that was broken off: with one of those, finish what can be finished.
///
/// **libvirt's streams have no credits.** What a reader leaves unread waits here, up to
/// [`OpenOptions::stream_bytes_max`](super::OpenOptions::stream_bytes_max) and one packet; then the connection stops reading, and
/// its calls and events wait as well. Only before the reply that opens a stream it reads on, and aborts what sends 32 MiB more. So read what comes, and wait for no call before that. What is sent passes calls by: they, and
/// pongs, go first, and streams take turns. But a libvirt daemon whose end of an upload is stuck stops reading calls, too. Who has
/// much to move and to ask opens a second connection.
///
/// ```no_run
/// # async fn download() -> Result<(), Box<dyn std::error::Error>> {
/// use tokio::io::AsyncReadExt;
/// use virtwire::client::Connection;
/// use virtwire::protocol::flags::StorageVolStreamFlags;
///
/// let connection = Connection::open("qemu:///system").await?;
/// let volume = connection.storage_pool("default").await?.volume("disk.raw").await?;
/// let mut stream = volume.download(0, 0, StorageVolStreamFlags::NONE).await?;
/// let mut content = Vec::new();
/// stream.read_to_end(&mut content).await?;
/// stream.finish().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use = "dropping a stream aborts it"]
pub struct Stream {
    reader: StreamReader,
    writer: StreamWriter,
}

impl Stream {
    fn of((reader, writer): (StreamReader, StreamWriter)) -> Stream {
        Stream { reader, writer }
    }

    /// The next piece that came; `None` once the daemon has no more. Cancel-safe.
    ///
    /// # Errors
    /// [`StreamError`], after all that came before it.
    pub async fn read_chunk(&mut self) -> Result<Option<Chunk>, StreamError> {
        self.reader.read_chunk().await
    }

    /// Sends bytes without copying them, in packets of at most 262,120. Waits while 1 MiB waits to be sent. Cancel-safe between packets:
    /// what has been queued is sent.
    ///
    /// # Errors
    /// [`StreamError`], also of what was sent before. That there is none says nothing of the daemon's: [`finish`](Self::finish) does.
    pub async fn write_chunk(&mut self, data: Bytes) -> Result<(), StreamError> {
        self.writer.write_chunk(data).await
    }

    /// Sends what a file holds from `offset` on, `length` bytes or all to its end, and returns how many there were; by a unix socket without
    /// copying them, with the feature `splice`. See [`StreamWriter::send_file`].
    ///
    /// ```no_run
    /// # async fn upload(volume: virtwire::client::StorageVol) -> Result<(), Box<dyn std::error::Error>> {
    /// use virtwire::protocol::flags::StorageVolStreamFlags;
    ///
    /// let file = std::fs::File::open("disk.raw")?;
    /// let mut stream = volume.upload(0, 0, StorageVolStreamFlags::NONE).await?;
    /// stream.send_file(&file, 0, u64::MAX).await?;
    /// stream.finish().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`FileError`]: of the file, after which the stream goes on, or of the stream.
    pub async fn send_file(&mut self, file: &File, offset: u64, length: u64) -> Result<u64, FileError> {
        self.writer.send_file(file, offset, length).await
    }

    /// The same with the file's holes as holes, but for its first `dense` bytes, where they are zeros, with the feature `splice`; `told` hears how far
    /// it is. See [`StreamWriter::send_file_sparse`].
    ///
    /// ```no_run
    /// # async fn upload(volume: virtwire::client::StorageVol) -> Result<(), Box<dyn std::error::Error>> {
    /// use virtwire::protocol::flags::StorageVolStreamFlags;
    ///
    /// let file = std::fs::File::open("disk.raw")?;
    /// let dense = volume.dense_bytes(0, file.metadata()?.len()).await?;
    /// let mut stream = volume.upload(0, 0, StorageVolStreamFlags::SPARSE_STREAM).await?;
    /// stream.send_file_sparse(&file, 0, u64::MAX, dense, |sent| println!("{sent} bytes")).await?;
    /// stream.finish().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`FileError`]: of the file, after which the stream goes on, or of the stream.
    pub async fn send_file_sparse(
        &mut self,
        file: &File,
        offset: u64,
        length: u64,
        dense: u64,
        told: impl FnMut(u64),
    ) -> Result<u64, FileError> {
        self.writer.send_file_sparse(file, offset, length, dense, told).await
    }

    /// Writes what comes into a file, from `offset` on, until the daemon has no more, and returns how many bytes that were; holes are
    /// zeros. By a unix socket most of it is not even read, with the feature `splice`. See [`StreamReader::receive_file`].
    ///
    /// # Errors
    /// [`FileError`]: of the file, after which the stream goes on, or of the stream.
    pub async fn receive_file(&mut self, file: &File, offset: u64) -> Result<u64, FileError> {
        self.reader.receive_file(file, offset).await
    }

    /// The same until at least `enough` bytes have come; 0 where no more do. See [`StreamReader::receive_file_part`].
    ///
    /// # Errors
    /// [`FileError`].
    pub async fn receive_file_part(
        &mut self,
        file: &File,
        offset: u64,
        enough: u64,
    ) -> Result<u64, FileError> {
        self.reader.receive_file_part(file, offset, enough).await
    }

    /// Sends a hole: so many bytes that need not travel. **A libvirt daemon writes no zeros there**: it seeks over that part of its file and ends
    /// the file behind it. So what the file had there stays, and what it had behind is lost. Zeros come of it only beyond the file's end, and
    /// where the file has a hole itself; elsewhere send zeros. To daemons of ours a hole is zeros.
    ///
    /// # Errors
    /// [`StreamError::Hole`] unless the stream was opened as sparse; others as for data.
    pub async fn write_hole(&mut self, length: u64) -> Result<(), StreamError> {
        self.writer.write_hole(length).await
    }

    /// Ends the stream well: all that was written is sent, the daemon is asked to finish, and its word awaited. What it has sent and
    /// is not read yet is dropped. If the future is dropped, the stream is aborted.
    ///
    /// # Errors
    /// What went wrong on the stream: only after this is an upload known to be whole.
    pub async fn finish(self) -> Result<(), StreamError> {
        let Stream { reader, writer } = self;
        drop(reader);
        writer.finish().await
    }

    /// Ends the stream as it is, drops what waits to be sent or read, and waits until the daemon has confirmed it. Dropping it does
    /// the same without waiting.
    ///
    /// # Errors
    /// What the daemon says went wrong, now or before.
    pub async fn abort(self) -> Result<(), StreamError> {
        let Stream { reader, writer } = self;
        writer.abort_with(None);
        // What waits unread would keep the answer from being read.
        drop(reader);
        match writer.outcome().await {
            Err(StreamError::Aborted) => Ok(()),
            outcome => outcome,
        }
    }

    /// Two halves, for two tasks. The stream is aborted when both are gone.
    pub fn split(self) -> (StreamReader, StreamWriter) {
        (self.reader, self.writer)
    }
}

delegate_io!(Stream);

impl Connection {
    /// The stream of a call that is about to be made: if the call's future is dropped, so is the stream.
    pub(super) fn stream(
        &self,
        program: Program,
        number: ProcedureNumber,
        arguments: &[u8],
    ) -> (Arc<Pipe>, Stream) {
        let direction = program.procedure(number).and_then(|info| info.stream);
        let side = Side::Client { receives: direction == Some(StreamDirection::Read) };
        let (pipe, sparse) = (self.pipe(), is_sparse(program, number, arguments));
        (pipe.clone(), Stream::of(halves(pipe, side, sparse, None, self.clone())))
    }

    /// Calls a procedure that opens a stream.
    pub(crate) async fn open_stream_and_reply<P: Procedure>(
        &self,
        arguments: P,
    ) -> Result<(P::Reply, Stream), CallError> {
        let body = Draft::encode_call(&arguments).map_err(|error| CallError::arguments(P::NAME, &error))?;
        drop(arguments);
        let (pipe, stream) = self.stream(P::PROGRAM, P::NUMBER, body.payload());
        let (reply, answer) = oneshot::channel();
        let call = self.call_ask(P::PROGRAM, P::NUMBER, P::NAME, body, reply);
        let ask = Ask::Stream(StreamAsk { call, pipe });
        let within = self.usual_deadline(P::PROGRAM, P::NUMBER);
        let payload = self.exchange(P::NAME, ask, answer, within).await?;
        Ok((decode_reply::<P>(&payload)?, stream))
    }

    /// The same for one whose reply is empty.
    pub(crate) async fn open_stream<P: Procedure<Reply = ()>>(
        &self,
        arguments: P,
    ) -> Result<Stream, CallError> {
        let ((), stream) = self.open_stream_and_reply(arguments).await?;
        Ok(stream)
    }
}
