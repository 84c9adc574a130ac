//! virtwire's client beside libvirt's own, go-libvirt, and the least that can be done, on the same servers in the same run.
//!
//! `cargo run --release` prints the tables of benches/README.md, `-- readme` writes them there. Each client and server is a process of its own:
//! this program again with another word, or client.c and client.go, which it builds.

mod daemon;
mod handover;
mod lap;
mod minimal;
mod ours;
mod process;
mod raw_stream;
mod servers;
mod table;

use std::path::Path;

use tokio::runtime::{Builder, Runtime};
use tokio::task::LocalSet;

use ours::Kind;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        [] => print!("{}", table::run()),
        ["volumes"] => print!("{}", table::volumes()),
        ["streams"] => print!("{}", table::streams_alone()),
        ["readme"] => table::write(&table::run()),
        ["gate"] => {
            let tables = table::run();
            print!("{tables}");
            assert!(!tables.contains(table::FAR_OFF), "a goal is far off");
        }
        ["minimal-server", socket, delay_ms] => {
            local(minimal::serve(Path::new(socket), number(delay_ms)));
        }
        ["minimal", socket, uri, callers, seconds] => {
            println!("{}", local(minimal::client(Path::new(socket), uri, number(callers), number(seconds))));
        }
        ["raw", socket, uri, in_flight, seconds] => {
            println!("{}", minimal::raw(Path::new(socket), uri, number(in_flight), number(seconds)));
        }
        ["ours", workers, uri, kind, callers, window, seconds] => {
            let kind = match kind {
                "list" => Kind::List,
                "list-borrowed" => Kind::ListBorrowed,
                _ => Kind::Version,
            };
            let client = ours::client(uri.to_owned(), kind, number(callers), number(window), number(seconds));
            println!(
                "{}",
                runtime(number(workers)).block_on(async { tokio::spawn(client).await.expect("no panic") })
            );
        }
        ["handover", workers, migrations] => {
            println!("{}", runtime(number(workers)).block_on(handover::handover(number(migrations))))
        }
        ["idle", uri, connections] => {
            println!("{:.2}", runtime(0).block_on(ours::idle(uri, number(connections))))
        }
        ["open", uri] => println!("{:.1}", runtime(0).block_on(ours::open(uri)).as_secs_f64() * 1e3),
        ["server", address] => runtime(0).block_on(daemon::serve(address)),
        ["slow-server", address, file] => {
            runtime(0).block_on(daemon::serve_slow_and_files(address, file.into()));
        }
        ["hold", socket, connections] => {
            daemon::hold(Path::new(socket), "test:///default", number(connections))
        }
        ["churn", socket, uri, seconds] => {
            println!("{}", daemon::churn(Path::new(socket), uri, number(seconds)));
        }
        ["beside-slow", socket] => {
            let (mb_s, cpu_us) = daemon::beside_slow_calls(Path::new(socket));
            println!("{}", daemon::Moved { mb_s, cpu_us });
        }
        ["move", uri, direction, bytes] => {
            let moved = ours::move_volume(uri.to_owned(), direction == "upload", number(bytes));
            println!("{}", runtime(0).block_on(async { tokio::spawn(moved).await.expect("no panic") }));
        }
        ["file-alone", file, direction, bytes] => {
            println!("{}", daemon::file_alone(Path::new(file), direction == "upload", number(bytes)));
        }
        ["stream-server", address] => runtime(0).block_on(ours::serve_stream(address)),
        ["download", uri, bytes] => {
            let download = ours::download(uri.to_owned(), number(bytes));
            println!("{}", runtime(0).block_on(async { tokio::spawn(download).await.expect("no panic") }));
        }
        ["raw-stream-server", socket] => raw_stream::serve(Path::new(socket)),
        ["raw-download", socket, bytes] => {
            println!("{}", raw_stream::download(Path::new(socket), number(bytes)))
        }
        _ => panic!("unknown words: {words:?}"),
    }
}

fn number<T: std::str::FromStr>(word: &str) -> T {
    word.parse().unwrap_or_else(|_| panic!("not a number: {word}"))
}

fn local<T>(future: impl Future<Output = T>) -> T {
    runtime(0).block_on(LocalSet::new().run_until(future))
}

/// With so many workers; none is the caller's own thread.
fn runtime(workers: usize) -> Runtime {
    let mut builder = match workers {
        0 => Builder::new_current_thread(),
        _ => Builder::new_multi_thread(),
    };
    builder.worker_threads(workers.max(1)).enable_all().build().expect("a runtime")
}
