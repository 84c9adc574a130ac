//! A host that fails the question for its features has not said that it has none: nothing is planned, and nothing is called.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicBool, AtomicUsize};

use virtwire::client::Connection;
use virtwire::hypervisor::HypervisorService;
use virtwire::hypervisor::mem::{Config, Mem};
use virtwire::migrate::{Migration, PlanError};
use virtwire::protocol::error::{ErrorCode, ErrorDomain, RemoteError};
use virtwire::protocol::migrate::{Domain, Host, Request, Wish};
use virtwire::protocol::program::ProcedureNumber;
use virtwire::protocol::session::server::Called;
use virtwire::server::{Answering, BoxFuture, CallContext, Handler, Server};

use crate::migration::serve;

const SUPPORTS_FEATURE: ProcedureNumber = ProcedureNumber(60);

#[tokio::test]
async fn a_question_for_features_that_fails_is_no_no() {
    for failing in [Host::Source, Host::Destination] {
        let hosts = [Failing::new(), Failing::new()];
        let [from, to] = [connect(&hosts[0]).await, connect(&hosts[1]).await];
        for (host, is) in hosts.iter().zip([Host::Source, Host::Destination]) {
            host.begun.store(true, Relaxed);
            host.fails.store(is == failing, Relaxed);
        }
        let guest = Domain { name: "guest".into(), uuid: [7; 16], id: 1 };
        let planned = Migration::plan(from, to, Request::live(guest), Wish::Auto).await;
        let Err(PlanError::Features { host, .. }) = planned else { panic!("{planned:?}") };
        assert_eq!(host, failing);
        assert!(hosts.iter().all(|host| host.others.load(Relaxed) == 0), "only features are asked for");
    }
}

async fn connect(host: &Arc<Failing>) -> Connection {
    Connection::open(&serve(Server::new(Shared(host.clone()))).await).await.unwrap()
}

/// A host whose answers to one question are errors.
struct Failing {
    service: Arc<HypervisorService<Mem>>,
    fails: AtomicBool,
    begun: AtomicBool,
    /// What else it was called since.
    others: AtomicUsize,
}

struct Shared(Arc<Failing>);

impl Failing {
    fn new() -> Arc<Failing> {
        let service = Arc::new(HypervisorService::new(Mem::new(Config::default())));
        let [fails, begun] = [false, false].map(AtomicBool::new);
        Arc::new(Failing { service, fails, begun, others: AtomicUsize::new(0) })
    }
}

impl Handler for Shared {
    fn call(self: Arc<Self>, cx: CallContext, called: Called) -> Answering {
        let host = &self.0;
        if called.info.number != SUPPORTS_FEATURE {
            host.others.fetch_add(usize::from(host.begun.load(Relaxed)), Relaxed);
        } else if host.fails.load(Relaxed) {
            let error =
                RemoteError::new(ErrorCode::INTERNAL_ERROR, ErrorDomain::QEMU, "its driver is not up");
            return Box::pin(async move { Err(error) });
        }
        Handler::call(host.service.clone(), cx, called)
    }

    fn closed(self: Arc<Self>, cx: CallContext) -> BoxFuture<'static, ()> {
        Handler::closed(self.0.service.clone(), cx)
    }
}
