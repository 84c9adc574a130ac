//! The figures of `virtwire serve` for Prometheus: its text format, over plain HTTP.

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::io;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::AbortHandle;
use tokio::time::timeout;
use virtwire::server::{
    BindError, CallFigures, Exposure, LATENCY_BOUNDS, ListenAddress, Metrics, MetricsSnapshot,
};

use super::cannot_listen;
use crate::fail::{Fail, plain};
use crate::screen::remark;

/// A request that is longer is none of Prometheus's.
const REQUEST_BYTES_MAX: usize = 8 * 1024;
/// Whoever takes longer for one is let go.
const REQUEST_WITHIN: Duration = Duration::from_secs(10);
/// After a connection that could not be accepted.
const TRY_AGAIN_AFTER: Duration = Duration::from_secs(1);
/// Those who ask at a time. For one more whoever has been there longest goes: it has had time for a question, and most likely has none.
const REQUESTS: usize = 16;

/// Listens there. It asks nobody who they are.
pub(super) async fn bind(address: &ListenAddress, exposure: Exposure) -> Result<TcpListener, Fail> {
    let ListenAddress::Tcp(host) = address else {
        let what = "is no place where Prometheus could ask";
        return Err(Fail::new(format!("address {address}"), what, "give tcp://HOST:PORT"));
    };
    let failed = |error| cannot_listen(address, BindError::Io { address: address.clone(), error });
    let listener = TcpListener::bind(host).await.map_err(failed)?;
    match listener.local_addr().map_err(failed)? {
        found if exposure == Exposure::LocalOnly && !found.ip().is_loopback() => Err(Fail::new(
            format!("address {address}"),
            "is not a loopback address, and whoever reaches it would see what clients ask",
            "listen on 127.0.0.1, or say --allow-unauthenticated",
        )),
        _ => Ok(listener),
    }
}

/// Where it listens, with the port that was chosen.
pub(super) fn address(listener: &TcpListener) -> ListenAddress {
    ListenAddress::Tcp(listener.local_addr().map(|address| address.to_string()).unwrap_or_default())
}

/// Answers whoever asks, until dropped.
pub(super) async fn serve(listener: TcpListener, metrics: Metrics) {
    let mut asking: VecDeque<AbortHandle> = VecDeque::new();
    loop {
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            // Most often there are too few descriptors, which guests need more than figures do.
            Err(error) => {
                remark(&format!("virtwire: the figures cannot be asked for: {}", plain(&error)));
                tokio::time::sleep(TRY_AGAIN_AFTER).await;
                continue;
            }
        };
        asking.retain(|one| !one.is_finished());
        if asking.len() >= REQUESTS
            && let Some(longest) = asking.pop_front()
        {
            longest.abort();
        }
        let metrics = metrics.clone();
        let answering = tokio::spawn(async move {
            // Who does not take its answer has none.
            let _ = timeout(REQUEST_WITHIN, answer(stream, &metrics)).await;
        });
        asking.push_back(answering.abort_handle());
    }
}

async fn answer(mut stream: TcpStream, metrics: &Metrics) -> io::Result<()> {
    let mut request = Vec::new();
    while !request.windows(4).any(|end| end == b"\r\n\r\n") {
        if request.len() > REQUEST_BYTES_MAX || stream.read_buf(&mut request).await? == 0 {
            return Ok(());
        }
    }
    let line = request.split(|byte| *byte == b'\r').next().unwrap_or_default();
    let mut words = line.split(|byte| *byte == b' ');
    let (status, text) = match (words.next(), words.next()) {
        (Some(b"GET"), Some(b"/metrics" | b"/")) => ("200 OK", text(&metrics.snapshot())),
        (Some(b"GET"), _) => ("404 Not Found", "the figures are at /metrics\n".to_owned()),
        _ => ("405 Method Not Allowed", "GET /metrics\n".to_owned()),
    };
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\nContent-Length: {}\r\n\
         Allow: GET\r\nConnection: close\r\n\r\n",
        text.len()
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(text.as_bytes()).await?;
    stream.shutdown().await
}

/// All figures. Names are ours and end in their unit; `_total` only grows.
fn text(snapshot: &MetricsSnapshot) -> String {
    let mut text = String::new();
    let plain = [
        ("virtwire_connections", "gauge", "Connections that are open.", snapshot.connections_open),
        (
            "virtwire_connections_accepted_total",
            "counter",
            "Connections that have been accepted.",
            snapshot.connections_accepted,
        ),
        (
            "virtwire_connections_slow_total",
            "counter",
            "Connections that ended because the client did not read its events.",
            snapshot.connections_slow,
        ),
        (
            "virtwire_connections_faulty_total",
            "counter",
            "Connections that ended because the client broke the protocol, or the socket failed.",
            snapshot.connections_faulty,
        ),
        (
            "virtwire_connections_refused_total",
            "counter",
            "Connections that were not let in, by TLS or by a list, or as too many of one user.",
            snapshot.connections_refused,
        ),
        (
            "virtwire_connections_unknown_total",
            "counter",
            "Connections that ended before their clients had proved who they are.",
            snapshot.connections_unknown,
        ),
        (
            "virtwire_logins_failed_total",
            "counter",
            "Attempts of clients to prove who they are that were in vain.",
            snapshot.logins_failed,
        ),
    ];
    for (name, kind, help, value) in plain {
        head(&mut text, name, kind, help);
        line(&mut text, name, "", value);
    }
    type Figure = fn(&CallFigures) -> u64;
    let of_calls: [(&str, &str, &str, Figure); 2] = [
        ("virtwire_calls_at_work", "gauge", "Calls that a handler is working on.", |calls| calls.at_work),
        (
            "virtwire_call_errors_total",
            "counter",
            "Calls that were answered with an error, also with a refusal.",
            |calls| calls.errors,
        ),
    ];
    for (name, kind, help, figure) in of_calls {
        head(&mut text, name, kind, help);
        for calls in &snapshot.calls {
            line(&mut text, name, &labels(calls), figure(calls));
        }
    }
    let name = "virtwire_call_duration_seconds";
    head(&mut text, name, "histogram", "From a call's start to its answer, of all that were answered.");
    for calls in &snapshot.calls {
        let (labels, mut within) = (labels(calls), 0);
        let bounds = LATENCY_BOUNDS.iter().map(|bound| bound.as_secs_f64().to_string());
        for (bound, count) in bounds.chain(["+Inf".to_owned()]).zip(calls.within) {
            within += count;
            line(&mut text, &format!("{name}_bucket"), &format!("{labels},le=\"{bound}\""), within);
        }
        line(&mut text, &format!("{name}_sum"), &labels, calls.total.as_secs_f64());
        line(&mut text, &format!("{name}_count"), &labels, within);
    }
    text
}

fn labels(calls: &CallFigures) -> String {
    // Names of the contract: nothing in them has to be escaped.
    let program = calls.program.name().unwrap_or_default();
    format!("program=\"{program}\",procedure=\"{}\"", calls.info.name)
}

fn head(text: &mut String, name: &str, kind: &str, help: &str) {
    let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}");
}

fn line(text: &mut String, name: &str, labels: &str, value: impl std::fmt::Display) {
    let _ = match labels {
        "" => writeln!(text, "{name} {value}"),
        labels => writeln!(text, "{name}{{{labels}}} {value}"),
    };
}
