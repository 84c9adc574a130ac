//! In which way a procedure is called: by what goes beside its arguments and its reply.

use virtwire_protocol::program::{ProcedureInfo, ProcedureNumber, Program};

use super::error::CallError;

/// What a call has room for beside its arguments and its reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Nothing,
    Stream,
    Descriptors,
}

impl Way {
    fn of(info: &ProcedureInfo) -> Way {
        match (info.passes_fds, info.stream) {
            (true, _) => Way::Descriptors,
            (false, Some(_)) => Way::Stream,
            (false, None) => Way::Nothing,
        }
    }

    /// Whether this is the way of a procedure. One that the contract does not have may have any.
    ///
    /// # Errors
    /// [`CallError::Arguments`], with the name of what calls it.
    pub(super) fn leads_to(
        self,
        program: Program,
        number: ProcedureNumber,
        name: &'static str,
    ) -> Result<(), CallError> {
        let Some(its) = program.procedure(number).map(Way::of).filter(|its| *its != self) else {
            return Ok(());
        };
        let error = match its {
            // A reply that brings descriptors would end a connection that carries none, with everybody's calls.
            Way::Descriptors => {
                "it passes file descriptors: Connection::call_with_fds makes it (feature fds)"
            }
            // Nobody would have the stream, to finish it or to give it up: the daemon would keep it as long as the connection.
            Way::Stream => {
                "it opens a stream: call the method of its name, or Connection::open_stream_encoded"
            }
            Way::Nothing => "it opens no stream and passes no file descriptors: Connection::call makes it",
        };
        Err(CallError::Arguments { procedure: name, error: error.to_owned() })
    }
}
