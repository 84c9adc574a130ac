//! The programs beside the remote one, of QEMU and of LXC: libvirt's daemons serve them on every connection, whatever their hypervisor.

use std::fmt;

use virtwire_protocol::frame::Draft;
use virtwire_protocol::program::ProcedureNumber;

use super::super::Result;
use crate::generated::{LxcService, QemuService, dispatch_lxc, dispatch_qemu};
use crate::server::{BoxFuture, CallContext};

/// Who answers them.
pub(super) struct Beside {
    pub(super) qemu: Box<dyn Answers>,
    pub(super) lxc: Box<dyn Answers>,
}

/// A service of one program, whatever its type.
pub(super) trait Answers: Send + Sync {
    fn answer<'a>(
        &'a self,
        cx: &'a CallContext,
        number: ProcedureNumber,
        payload: &[u8],
    ) -> BoxFuture<'a, Result<Draft>>;
}

/// A program's service, by how the program is dispatched.
macro_rules! program {
    ($program:ident: $service:ident by $dispatch:ident) => {
        pub(super) struct $program<S>(pub(super) S);

        impl<S: $service> Answers for $program<S> {
            fn answer<'a>(
                &'a self,
                cx: &'a CallContext,
                number: ProcedureNumber,
                payload: &[u8],
            ) -> BoxFuture<'a, Result<Draft>> {
                $dispatch(&self.0, cx, number, payload)
            }
        }
    };
}

program!(Qemu: QemuService by dispatch_qemu);
program!(Lxc: LxcService by dispatch_lxc);

/// What a hypervisor is that is neither.
struct Nothing;

impl QemuService for Nothing {}
impl LxcService for Nothing {}

impl Default for Beside {
    fn default() -> Beside {
        Beside { qemu: Box::new(Qemu(Nothing)), lxc: Box::new(Lxc(Nothing)) }
    }
}

impl fmt::Debug for Beside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Beside").finish_non_exhaustive()
    }
}
