//! Where a client and a hostile daemon meet: a unix socket that one process keeps for all its scripts.

use std::cell::RefCell;

use tokio::net::{UnixListener, UnixStream};
use tokio::runtime::{Builder, Runtime};
use tokio::signal::unix::{Signal, SignalKind, signal};

pub struct Lab {
    pub runtime: Runtime,
    listener: UnixListener,
    /// How the client gets there.
    pub uri: String,
    /// Whoever writes to an end that has gone is told so by its error. By the signal this would die, as it begins in libFuzzer's `main`:
    /// Rust's own has that ignored.
    _gone: Signal,
}

thread_local! {
    static LAB: RefCell<Option<Lab>> = const { RefCell::new(None) };
}

impl Lab {
    /// Uses this process's, which is made at the first time.
    pub fn of<T>(target: &str, run: impl FnOnce(&Lab) -> T) -> T {
        LAB.with_borrow_mut(|lab| run(lab.get_or_insert_with(|| Lab::new(target))))
    }

    fn new(target: &str) -> Lab {
        let path = std::env::temp_dir().join(format!("virtwire-fuzz-{target}-{}", std::process::id()));
        let _ = std::fs::remove_file(&path);
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
        let listener = runtime.block_on(async { UnixListener::bind(&path) }).expect("a socket");
        let _gone = runtime.block_on(async { signal(SignalKind::pipe()) }).expect("a handler");
        Lab { runtime, listener, uri: format!("test+unix:///default?socket={}", path.display()), _gone }
    }

    /// What a client comes to that a daemon plays with. It plays once: who comes again, as a client does whose first opening came to
    /// nothing, is sent away.
    pub async fn play<T>(&self, client: impl Future<Output = T>, play: impl AsyncFnOnce(UnixStream)) -> T {
        let daemon = async {
            play(self.met().await).await;
            loop {
                drop(self.met().await);
            }
        };
        tokio::select! { told = client => told, never = daemon => never }
    }

    /// The daemon's end of the next connection.
    async fn met(&self) -> UnixStream {
        self.listener.accept().await.expect("the client connects").0
    }
}
