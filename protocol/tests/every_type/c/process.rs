//! The compiled C, running: one process for any number of values.

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::{env, fs, process, thread};

use virtwire_idl::model::Contract;

use super::{fill, text};
use crate::value::Value;

/// rpcgen's C of a contract. Ends with the value.
pub(crate) struct Peer {
    child: Child,
    requests: Option<ChildStdin>,
    answers: ChildStdout,
}

/// An encoding that C made of what it decoded, and how many bytes it decoded.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Again {
    pub(crate) consumed: usize,
    pub(crate) wire: Vec<u8>,
}

impl Peer {
    /// Has rpcgen and gcc make C of the contract, and starts it. Types are known by their place among `names`.
    pub(crate) fn start(contract: &Contract, names: &[&str], label: &str) -> Peer {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("rpcgen-{label}-{}", process::id()));
        fs::create_dir_all(&folder).expect("the folder for tests' files takes another");
        let write =
            |name: &str, text: &str| fs::write(folder.join(name), text).expect("the folder takes a file");
        write("contract.x", &text::specification(contract));
        write("fill.c", &fill::code(contract, names));
        write("driver.c", include_str!("driver.c"));
        run(&folder, "rpcgen", &["-h", "-o", "contract.h", "contract.x"]);
        run(&folder, "rpcgen", &["-c", "-o", "contract.c", "contract.x"]);
        // `char` is signed where libvirt's daemons run most; on other machines rpcgen's C would not sign-extend.
        let flags = [
            "-O1",
            "-w",
            "-fsigned-char",
            "-Dbool=bool_t",
            "-I/usr/include/tirpc",
            "-o",
            "driver",
            "driver.c",
            "contract.c",
            "-ltirpc",
        ];
        run(&folder, "gcc", &flags);
        let mut child = Command::new(folder.join("driver"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("what gcc made runs");
        // The process has it open; nothing else needs it.
        fs::remove_dir_all(&folder).expect("the folder is ours to remove");
        let requests = child.stdin.take();
        let answers = child.stdout.take().expect("its standard output is a pipe");
        Peer { child, requests, answers }
    }

    /// C's encoding of the value, if it has one.
    pub(crate) fn encode(&mut self, of: usize, value: &Value) -> Option<Vec<u8>> {
        self.ask(b'E', of, &fill::choices(value)).map(|again| again.wire)
    }

    /// What C makes of an encoding; `None` where it refuses it.
    pub(crate) fn recode(&mut self, of: usize, wire: &[u8]) -> Option<Again> {
        self.ask(b'D', of, wire)
    }

    fn ask(&mut self, operation: u8, of: usize, body: &[u8]) -> Option<Again> {
        let requests = self.requests.as_mut().expect("open until dropped");
        let mut request = vec![operation];
        request.extend((of as u32).to_ne_bytes());
        request.extend((body.len() as u32).to_ne_bytes());
        request.extend(body);
        requests.write_all(&request).expect("the C process takes a request");
        let word = self.word();
        let mut wire = vec![0; self.word()];
        self.answers.read_exact(&mut wire).expect("the C process answers");
        word.checked_sub(1).map(|consumed| Again { consumed, wire })
    }

    fn word(&mut self) -> usize {
        let mut word = [0; 4];
        self.answers.read_exact(&mut word).expect("the C process answers");
        u32::from_ne_bytes(word) as usize
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // It ends with its requests.
        drop(self.requests.take());
        let ended = self.child.wait();
        if !thread::panicking() {
            assert!(ended.expect("it was started").success(), "the C process failed");
        }
    }
}

fn run(folder: &Path, program: &str, arguments: &[&str]) {
    let output = Command::new(program).args(arguments).current_dir(folder).output();
    let output = output.unwrap_or_else(|error| panic!("{program}: {error}"));
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
}
