//! Consoles.

use virtwire_protocol::error::RemoteError;
use virtwire_protocol::flags::ConsoleFlags;
use virtwire_protocol::remote::DomainOpenConsole;

use super::super::{Consoles, Hypervisor, OpenConsole, Result, errors};
use super::HypervisorService;
use crate::server::{CallContext, Stream};

const FORCE: u32 = ConsoleFlags::FORCE.bits();
/// Only if the hypervisor keeps two clients apart, which whoever implements it here has to.
const SAFE: u32 = ConsoleFlags::SAFE.bits();

impl<H: Hypervisor> HypervisorService<H> {
    pub(super) async fn domain_open_console(
        &self,
        _: &CallContext,
        arguments: DomainOpenConsole,
        stream: Stream,
    ) -> Result<()> {
        let Some(consoles) = self.hypervisor.consoles() else {
            return Err(RemoteError::no_support("virDomainOpenConsole"));
        };
        errors::check_flags(arguments.flags, (FORCE | SAFE).into(), "domain_open_console")?;
        let domain = self.known(&arguments.dom).await?;
        if domain.id.is_none() {
            return Err(errors::not_running());
        }
        let device = arguments.dev_name.map(|name| name.to_string_lossy().into_owned());
        let request = OpenConsole { device, force: arguments.flags & FORCE != 0 };
        consoles.open_console(domain.uuid, request, stream).await
    }
}
