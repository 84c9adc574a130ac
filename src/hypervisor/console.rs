//! Consoles: what clients type, and what guests write.

use std::future::Future;

use super::{Result, Uuid};
use crate::server::Stream;

/// The consoles of a host's domains: `virsh console`. For [`Hypervisor::consoles`](super::Hypervisor::consoles).
pub trait Consoles: Send + Sync {
    /// Connects a client's stream to a console of a domain that is active. Answers when it is; the stream is left to a task, which
    /// ends it when the guest does.
    ///
    /// # Errors
    /// Of code 8 where there is no such device, 9 where somebody else has it and the request does not insist.
    fn open_console(
        &self,
        domain: Uuid,
        request: OpenConsole,
        stream: Stream,
    ) -> impl Future<Output = Result<()>> + Send;
}

/// What a client asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OpenConsole {
    /// The device's alias, such as `serial0`; without it, the first that there is.
    pub device: Option<String>,
    /// Take it from whoever has it.
    pub force: bool,
}
