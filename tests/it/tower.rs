//! Middleware of tower's around a handler: it sees every call, and the handler is told of connections that end.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use tower_service::Service;
use virtwire::protocol::admin::ConnectGetLibVersion;
use virtwire::protocol::error::RemoteError;
use virtwire::protocol::frame::Draft;
use virtwire::protocol::program::Program;
use virtwire::protocol::session::server::Called;
use virtwire::server::tower::{CallRequest, HandlerService, ServiceHandler};
use virtwire::server::{Administration, Answering, BoxFuture, CallContext, Handler, Server};

use crate::raw::{Raw, code, serve};

#[derive(Default)]
struct Beneath {
    called: AtomicUsize,
    closed: tokio::sync::Notify,
    is_busy: AtomicBool,
    asked: tokio::sync::Notify,
}

impl Handler for Beneath {
    fn call(self: Arc<Self>, _: CallContext, _: Called) -> Answering {
        self.called.fetch_add(1, Ordering::Relaxed);
        Box::pin(std::future::ready(Ok(Draft::empty())))
    }

    fn is_busy(&self, _: &CallContext) -> bool {
        self.asked.notify_one();
        self.is_busy.load(Ordering::Relaxed)
    }

    fn closed(self: Arc<Self>, _: CallContext) -> BoxFuture<'static, ()> {
        self.closed.notify_one();
        Box::pin(std::future::ready(()))
    }
}

/// Lets every other call through.
#[derive(Clone)]
struct EveryOther<S> {
    inner: S,
    seen: Arc<AtomicUsize>,
}

impl<S> Service<CallRequest> for EveryOther<S>
where
    S: Service<CallRequest, Response = Draft, Error = RemoteError>,
    S::Future: Send + 'static,
{
    type Response = Draft;
    type Error = RemoteError;
    type Future = Answering;

    fn poll_ready(&mut self, task: &mut Context<'_>) -> Poll<Result<(), RemoteError>> {
        self.inner.poll_ready(task)
    }

    fn call(&mut self, request: CallRequest) -> Self::Future {
        match self.seen.fetch_add(1, Ordering::Relaxed) % 2 {
            0 => Box::pin(self.inner.call(request)),
            _ => Box::pin(std::future::ready(Err(RemoteError::no_support(request.call.info.function)))),
        }
    }
}

#[tokio::test]
async fn a_layer_around_a_handler_sees_every_call() {
    let beneath = Arc::new(Beneath::default());
    let inner = HandlerService::shared(beneath.clone());
    let layered = EveryOther { inner, seen: Arc::default() };
    let server = Server::new(ServiceHandler::over(layered, beneath.clone()));
    let mut raw = Raw::connect(&serve(server).await).await;
    let mut codes = Vec::new();
    for _ in 0..4 {
        codes.push(code(&raw.call(Program::REMOTE, 59, &[]).await));
    }
    assert_eq!(codes, [(0, 0), (3, 20), (0, 0), (3, 20)]);
    assert_eq!(beneath.called.load(Ordering::Relaxed), 2);
    drop(raw);
    beneath.closed.notified().await;
}

/// It answers programs of its own.
/// Else a migration beneath a layer would be cut off between two of its calls.
#[tokio::test]
async fn what_is_beneath_a_layer_says_who_may_go_on_while_the_daemon_ends() {
    let beneath = Arc::new(Beneath { is_busy: true.into(), ..Beneath::default() });
    let server = Server::new(ServiceHandler::over(HandlerService::shared(beneath.clone()), beneath.clone()));
    let mut raw = Raw::connect(&serve(server.clone()).await).await;
    raw.call(Program::REMOTE, 59, b"").await.unwrap();
    let ending = tokio::spawn(async move { server.shut_down(Duration::from_secs(60)).await });
    beneath.asked.notified().await;
    raw.call(Program::REMOTE, 59, b"").await.unwrap();
    beneath.is_busy.store(false, Ordering::Relaxed);
    // It is asked again.
    assert_eq!(ending.await.unwrap(), 0);
}

#[tokio::test]
async fn a_layer_around_the_administration_answers_its_program() {
    let administration = Arc::new(Administration::new(()));
    let inner = HandlerService::shared(administration.clone());
    let server = Server::new(ServiceHandler::over(inner, administration));
    let mut raw = Raw::connect(&serve(server).await).await;
    assert_eq!(code(&raw.ask(&ConnectGetLibVersion {}).await), (0, 0));
    assert_eq!(code(&raw.call(Program::REMOTE, 59, &[]).await), (39, 7), "no program of a host's");
}
