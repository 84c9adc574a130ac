//! Where a client and a hostile daemon meet: a unix socket that one process keeps for all its scripts.

use std::cell::RefCell;

use tokio::net::{UnixListener, UnixStream};
use tokio::runtime::{Builder, Runtime};

pub struct Lab {
    pub runtime: Runtime,
    listener: UnixListener,
    /// How the client gets there.
    pub uri: String,
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
        Lab { runtime, listener, uri: format!("test+unix:///default?socket={}", path.display()) }
    }

    /// The daemon's end of the next connection.
    pub async fn met(&self) -> UnixStream {
        self.listener.accept().await.expect("the client connects").0
    }
}
