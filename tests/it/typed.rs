//! The generated traits, served: of the remote program by itself, and of others beside a hypervisor.

use virtwire::generated::RemoteService;
use virtwire::protocol::error::RemoteError;
use virtwire::protocol::program::Program;
use virtwire::protocol::remote::{ConnectGetHostname, ConnectGetHostnameReply, ConnectGetUri};
use virtwire::server::{CallContext, Server, Typed};
use virtwire::xdr::from_slice;

use crate::raw::{Raw, code, serve};

struct Named(&'static str);

impl RemoteService for Named {
    async fn connect_get_hostname(&self, _: &CallContext) -> Result<ConnectGetHostnameReply, RemoteError> {
        Ok(ConnectGetHostnameReply { hostname: self.0.into() })
    }
}

#[tokio::test]
async fn a_typed_service_is_served_as_the_remote_program() {
    let mut raw = Raw::connect(&serve(Server::new(Typed::new(Named("one")))).await).await;
    let told: ConnectGetHostnameReply = from_slice(&raw.ask(&ConnectGetHostname {}).await.unwrap()).unwrap();
    assert_eq!(told.hostname.to_string_lossy(), "one");
    assert_eq!(code(&raw.ask(&ConnectGetUri {}).await), (3, 20), "it has no such method");
    // Its numbers are none of another program's.
    for program in [Program::QEMU, Program::LXC] {
        assert_eq!(code(&raw.call(program, 1, &[0; 64]).await), (39, 7), "{program:?}");
    }
}

#[cfg(feature = "mem")]
mod beside_a_hypervisor {
    use std::sync::Arc;

    use virtwire::generated::{LxcService, QemuService};
    use virtwire::hypervisor::HypervisorService;
    use virtwire::hypervisor::mem::{Config, Mem};
    use virtwire::protocol::lxc::DomainOpenNamespace;
    use virtwire::protocol::qemu::{DomainAgentCommand, DomainMonitorCommand, DomainMonitorCommandReply};
    use virtwire::protocol::remote::{Domain, DomainDefineXml};
    use virtwire::server::{AccessRequest, Authorizer};

    use super::*;

    const GUEST: [u8; 16] = [7; 16];
    const READ_ONLY: (i32, i32) = (29, 0);

    struct Echo;

    impl QemuService for Echo {
        async fn domain_monitor_command(
            &self,
            _: &CallContext,
            arguments: DomainMonitorCommand,
        ) -> Result<DomainMonitorCommandReply, RemoteError> {
            Ok(DomainMonitorCommandReply { result: arguments.cmd })
        }
    }

    impl LxcService for Echo {
        async fn domain_open_namespace(
            &self,
            _: &CallContext,
            _: DomainOpenNamespace,
        ) -> Result<(), RemoteError> {
            Ok(())
        }
    }

    /// Lets nobody do anything to guests of this name but look.
    struct Spares(&'static str);

    impl Authorizer for Spares {
        fn allows(&self, request: &AccessRequest<'_>) -> bool {
            let name = request.object.and_then(|object| object.name.as_deref());
            name != Some(self.0) || request.right.permission == "getattr"
        }
    }

    fn service() -> HypervisorService<Mem> {
        HypervisorService::new(Mem::new(Config::default())).with_qemu(Echo).with_lxc(Echo)
    }

    fn command() -> DomainMonitorCommand {
        // The name is a lie: it is the UUID that counts.
        let dom = Domain { name: "open".into(), uuid: GUEST, id: -1 };
        DomainMonitorCommand { dom, cmd: r#"{"execute":"query-name"}"#.into(), flags: 0 }
    }

    #[tokio::test]
    async fn calls_of_qemu_and_lxc_are_answered() {
        let address = serve(Server::new(service())).await;
        let mut raw = Raw::open(&address, 0).await;
        let told: DomainMonitorCommandReply = from_slice(&raw.ask(&command()).await.unwrap()).unwrap();
        assert_eq!(told.result, command().cmd);
        assert_eq!(code(&raw.ask(&DomainOpenNamespace::default()).await), (0, 0));
        assert_eq!(code(&raw.ask(&DomainAgentCommand::default()).await), (3, 0), "it has no such method");
    }

    /// As of all calls.
    #[tokio::test]
    async fn who_may_call_them_is_decided_before() {
        for (name, answer) in [("free", (0, 0)), ("spared", (88, 55))] {
            let service = Arc::new(service());
            let mut free = Raw::open(&serve(Server::shared(service.clone())).await, 0).await;
            let uuid = virtwire::hypervisor::Uuid(GUEST);
            let xml = format!(
                "<domain type='mem'><name>{name}</name><uuid>{uuid}</uuid><memory>1024</memory></domain>"
            );
            free.ask(&DomainDefineXml { xml: xml.into() }).await.unwrap();
            let address = serve(Server::shared(service).authorizer(Spares("spared"))).await;
            let mut raw = Raw::connect(&address).await;
            // Who may is decided by the guest, whose name the call does not say.
            let before = if name == "free" { (1, 7) } else { answer };
            assert_eq!(code(&raw.ask(&command()).await), before, "the hypervisor is not open");
            let mut raw = Raw::open(&address, 0).await;
            assert_eq!(code(&raw.ask(&command()).await), answer, "{name}");
            let mut raw = Raw::open(&address, 1).await;
            assert_eq!(code(&raw.ask(&command()).await), READ_ONLY, "{name}");
        }
    }
}
