//! Calls by number with encoded arguments, for who has the types from elsewhere: a program that takes procedures by name.

use bytes::Bytes;
use tokio::sync::oneshot;
use virtwire_protocol::frame::Draft;
use virtwire_protocol::program::{ProcedureNumber, Program};

use super::ask::{Ask, StreamAsk};
use super::connection::Connection;
use super::error::CallError;
use super::stream::Stream;
use super::way::Way;

/// What errors call a number that the contract does not have.
const UNKNOWN: &str = "a procedure that the contract does not have";

impl Connection {
    /// Calls a procedure by number. `arguments` and the result are XDR, as
    /// [`visit_call`](virtwire_protocol::contract::visit_call) and [`visit_reply`](virtwire_protocol::contract::visit_reply) have
    /// their types; nothing of either is checked here. Waits as [`call`](Self::call) does, and is as safe to drop.
    ///
    /// # Errors
    /// [`CallError`], whose `fate` says whether the call may have run.
    pub async fn call_encoded(
        &self,
        program: Program,
        number: ProcedureNumber,
        arguments: &[u8],
    ) -> Result<Bytes, CallError> {
        let (name, body) = encoded(program, number, arguments)?;
        self.raw_call(program, number, name, body, self.usual_deadline(program, number)).await
    }

    /// The same for a procedure that opens a stream.
    ///
    /// # Errors
    /// [`CallError`]; then there is no stream. Nothing is sent where the contract says that the procedure opens none.
    pub async fn open_stream_encoded(
        &self,
        program: Program,
        number: ProcedureNumber,
        arguments: &[u8],
    ) -> Result<(Bytes, Stream), CallError> {
        let (name, body) = encoded(program, number, arguments)?;
        Way::Stream.leads_to(program, number, name)?;
        let (pipe, stream) = self.stream(program, number, arguments);
        let (reply, answer) = oneshot::channel();
        let call = self.call_ask(program, number, name, body, reply);
        let ask = Ask::Stream(StreamAsk { call, pipe });
        let payload = self.exchange(name, ask, answer, self.usual_deadline(program, number)).await?;
        Ok((payload, stream))
    }
}

/// The procedure's name for errors, and its arguments ready to be sent.
pub(super) fn encoded(
    program: Program,
    number: ProcedureNumber,
    arguments: &[u8],
) -> Result<(&'static str, Draft), CallError> {
    let name = program.procedure(number).map_or(UNKNOWN, |info| info.name);
    let body = Draft::raw(arguments)
        .map_err(|error| CallError::Arguments { procedure: name, error: error.to_string() })?;
    Ok((name, body))
}
