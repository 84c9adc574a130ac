//! A daemon's definitions outlive it, also when it is killed while clients change them.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Stdio};
use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::Duration;

use rustix::fs::{CWD, FileType, Mode, mknodat};
use virtwire::client::{CallError, Connection};
use virtwire::protocol::remote::{
    ConnectListAllDomains, Domain, DomainCreate, DomainDefineXml, DomainDestroy, DomainGetXmlDesc,
    DomainHasManagedSaveImage, DomainIsActive, DomainLookupByName, DomainManagedSave,
    DomainManagedSaveGetXmlDesc, DomainUndefineFlags,
};
use virtwire::xdr::Text;

use crate::figures::figure;
use crate::process::{Serve, command, run, run_with, temporary};

/// Daemons that are killed, all in all.
const KILLS: u32 = 200;
/// How many directories they share, each of which has one daemon after the other.
const HOSTS: u32 = 4;
const INACTIVE: u32 = 2;
/// Also where it is saved.
const WITH_IMAGE: u32 = 1;

/// A directory that goes with the test.
pub(crate) struct Directory(pub(crate) PathBuf);

impl Directory {
    pub(crate) fn new(name: &str) -> Directory {
        Directory(temporary(name))
    }

    pub(crate) fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
        let _ = std::fs::remove_file(self.0.with_extension("sock"));
    }
}

fn xml(number: u32, edition: u32) -> String {
    format!(
        "<domain type='mem'>\n  <!-- edition {edition} -->\n  <name>guest{number}</name>\n  \
         <uuid>5f2a8c1e-0000-4000-8000-{number:012}</uuid>\n  <memory unit='KiB'>64</memory>\n  \
         <currentMemory unit='KiB'>64</currentMemory>\n  <vcpu>1</vcpu>\n</domain>\n"
    )
}

#[test]
fn definitions_and_their_marks_are_there_after_a_restart() {
    let state = Directory::new("kept");
    let options = ["--state", state.path()];
    let serve = Serve::start(&options);
    let uri = serve.uri();
    for number in [1, 2, 3] {
        run_with(&["define", &uri, "-"], &xml(number, 0)).succeeded();
    }
    run_with(&["define", &uri, "-"], &xml(1, 7)).succeeded();
    run(&["start", &uri, "guest2"]).succeeded();
    run(&["undefine", &uri, "guest3"]).succeeded();
    let second = run(&["serve", "--listen", "tcp://127.0.0.1:0", "--state", state.path()]);
    assert!(second.failed(1).contains("is in use by another daemon"));
    assert_eq!(serve.end_by("TERM"), Some(0));

    let serve = Serve::start(&options);
    let uri = serve.uri();
    assert_eq!(run(&["dumpxml", &uri, "guest1"]).succeeded().trim_end(), xml(1, 7).trim_end());
    let listed = run(&["list", &uri, "--all", "--json"]).succeeded();
    assert!(listed.contains("guest1") && listed.contains("guest2") && !listed.contains("guest3"), "{listed}");
}

#[test]
fn what_is_no_definition_is_told_and_set_aside() {
    let state = Directory::new("torn");
    let options = ["--state", state.path()];
    let serve = Serve::start(&options);
    run_with(&["define", &serve.uri(), "-"], &xml(1, 0)).succeeded();
    run_with(&["define", &serve.uri(), "-"], &xml(2, 0)).succeeded();
    drop(serve);
    let domains = state.0.join("domains");
    let torn = domains.join("5f2a8c1e-0000-4000-8000-000000000001.domain");
    let whole = std::fs::read(&torn).unwrap();
    std::fs::write(&torn, &whole[..whole.len() - 9]).unwrap();
    // Also what is named almost as a daemon names a definition that it writes, or one that it has set aside.
    let others = ["notes.txt", "notes.set-aside-todo", ".backup.domain.new"];
    for name in others {
        std::fs::write(domains.join(name), format!("my {name}")).unwrap();
    }
    let folder = ".5f2a8c1e-0000-4000-8000-000000000001.domain.new";
    for folder in [domains.join(folder), state.0.join("saved").join("folder.set-aside-todo")] {
        std::fs::create_dir(folder).unwrap();
    }

    let daemon = Daemon::start(&state.0, &[]);
    let said = daemon.killed();
    assert_eq!(said.matches("set aside as ").count(), 6, "{said}");
    assert!(said.contains("torn"), "{said}");
    for name in others {
        assert!(said.contains(&format!("{name}.set-aside: ")), "{name}: {said}");
        let aside = std::fs::read_to_string(domains.join(format!("{name}.set-aside")));
        assert_eq!(aside.unwrap(), format!("my {name}"));
    }
    assert!(domains.join(format!("{folder}.set-aside")).is_dir());
    let aside = domains.join("5f2a8c1e-0000-4000-8000-000000000001.domain.set-aside");
    assert_eq!(std::fs::read(aside).unwrap(), whole[..whole.len() - 9]);
    let daemon = Daemon::start(&state.0, &[]);
    assert_eq!(runtime().block_on(daemon.definitions()).len(), 1);
    assert_eq!(daemon.killed(), "");
}

/// Nobody opens what is there, or it would not start as long as that is there.
#[test]
fn a_fifo_is_set_aside_and_not_waited_for() {
    let state = Directory::new("fifo");
    std::fs::create_dir_all(state.0.join("domains")).unwrap();
    let fifo = state.0.join("domains").join("ff");
    mknodat(CWD, &fifo, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
    let said = Daemon::start(&state.0, &[]).killed();
    assert!(said.contains("ff.set-aside: it cannot be read: it is no regular file"), "{said}");
    // Who it is nobody makes up.
    let host = state.0.join("host-uuid");
    std::fs::remove_file(&host).unwrap();
    mknodat(CWD, &host, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
    let told = run(&["serve", "--listen", "tcp://127.0.0.1:0", "--state", state.path()]).failed(1);
    assert!(told.contains("host-uuid: it is no regular file"), "{told}");
}

/// What the disk does not do is not done, and nothing is left of it.
#[test]
fn what_the_disk_refuses_is_refused() {
    let state = Directory::new("refused");
    let daemon = Daemon::start(&state.0, &[]);
    let domains = state.0.join("domains");
    run_with(&["define", &daemon.uri, "-"], &xml(1, 0)).succeeded();
    // Nothing takes the place of a directory, nor removes it as a file.
    let place = domains.join("5f2a8c1e-0000-4000-8000-000000000001.domain");
    std::fs::remove_file(&place).unwrap();
    std::fs::create_dir(&place).unwrap();
    let told = run(&["undefine", &daemon.uri, "guest1"]).failed(1);
    assert!(told.contains("the definition cannot be removed: "), "{told}");
    let told = run_with(&["define", &daemon.uri, "-"], &xml(1, 7)).failed(1);
    assert!(told.contains("the definition cannot be kept: "), "{told}");
    let found = runtime().block_on(daemon.definitions());
    assert_eq!(found.into_iter().collect::<Vec<_>>(), [(1, xml(1, 0))]);
    assert_eq!(std::fs::read_dir(&domains).unwrap().count(), 1);
    std::fs::remove_dir(&place).unwrap();
    run(&["undefine", &daemon.uri, "guest1"]).succeeded();
    assert!(runtime().block_on(daemon.definitions()).is_empty());
    assert_eq!(daemon.killed(), "");
}

/// Whoever put it there: the other domain would run, and be gone from its file.
#[test]
fn a_domain_starts_from_no_image_of_another_one() {
    let state = Directory::new("other");
    let daemon = Daemon::start(&state.0, &[]);
    let images = [1, 2].map(|number| {
        run_with(&["define", &daemon.uri, "-"], &xml(number, 0)).succeeded();
        state.0.join("saved").join(format!("5f2a8c1e-0000-4000-8000-{number:012}.save"))
    });
    runtime().block_on(async {
        let connection = Connection::open(&daemon.uri).await.unwrap();
        for number in [1, 2] {
            start(&connection, number).await.unwrap();
            save(&connection, number).await.unwrap();
        }
        std::fs::copy(&images[1], &images[0]).unwrap();
        let CallError::Remote(error) = start(&connection, 1).await.unwrap_err() else { panic!("an answer") };
        assert_eq!((error.code.0, error.domain.0), (9, 10));
        assert!(error.message.to_string_lossy().contains("which belongs to domain 'guest2' uuid"), "{error}");
        assert_eq!(std::fs::read(&images[0]).unwrap(), std::fs::read(&images[1]).unwrap());
    });
    assert_eq!(daemon.killed(), "");
    let daemon = Daemon::start(&state.0, &[]);
    let found = runtime().block_on(daemon.editions());
    let saved = found.values().map(|editions| editions.saved).collect::<Vec<_>>();
    assert_eq!(saved, [None, Some(0)]);
    let said = daemon.killed();
    assert!(said.contains("it is another domain's, 5f2a8c1e-0000-4000-8000-000000000002"), "{said}");
}

#[test]
fn no_definition_and_no_image_that_was_acknowledged_is_lost_by_kill_9() {
    let hosts: Vec<_> =
        (1..=HOSTS).map(|seed| thread::spawn(move || Told::new(seed).killed_often())).collect();
    let acknowledged: u32 = hosts.into_iter().map(|host| host.join().unwrap()).sum();
    figure(format_args!("{KILLS} kills, {acknowledged} acknowledged changes, none lost"));
    assert!(acknowledged >= KILLS, "{acknowledged}");
}

/// The editions of a guest that are kept, as a daemon holds them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Editions {
    defined: Option<u32>,
    /// That of its managed save image, from which it starts next.
    saved: Option<u32>,
}

/// One directory, and what its clients have been told of it.
struct Told {
    state: Directory,
    seed: u32,
    /// By the guest's number.
    told: BTreeMap<u32, Editions>,
    /// What was asked for and not answered when the daemon was killed: what there may be after each of its steps.
    open: Option<(u32, Vec<Editions>)>,
    acknowledged: u32,
}

impl Told {
    fn new(seed: u32) -> Told {
        let state = Directory::new("killed");
        Told { state, seed, told: BTreeMap::new(), open: None, acknowledged: 0 }
    }

    fn killed_often(mut self) -> u32 {
        for kill in 0..KILLS / HOSTS {
            let mut daemon = Daemon::start(&self.state.0, &[]);
            let runtime = runtime();
            self.compare(kill, &runtime.block_on(daemon.editions()));
            // After so many changes, and then at any moment of the next ones.
            let (changes, after) =
                (self.random() % 5, Duration::from_micros(u64::from(self.random() % 9_000)));
            let mut child = daemon.child.take().unwrap();
            let (begin, begun) = channel();
            let killer = thread::spawn(move || {
                // Also where whoever begins has failed.
                let _ = begun.recv();
                thread::sleep(after);
                child.kill().unwrap();
                child.wait().unwrap();
            });
            runtime.block_on(self.change(&daemon.uri, kill, changes, &begin));
            killer.join().unwrap();
            let mut said = String::new();
            daemon.stderr.read_to_string(&mut said).unwrap();
            assert_eq!(said, "", "host {}, kill {kill}", self.seed);
        }
        self.acknowledged
    }

    /// Defines, defines anew, starts, saves and undefines until the daemon is gone.
    async fn change(&mut self, uri: &str, kill: u32, changes: u32, begin: &Sender<()>) {
        let connection = Connection::open(uri).await.unwrap();
        // By which edition each runs.
        let mut running = BTreeMap::new();
        for step in 0.. {
            if step == changes {
                begin.send(()).unwrap();
            }
            let number = self.random() % 12;
            let before = self.told.get(&number).copied().unwrap_or_default();
            let done = match (before.defined, self.random() % 3) {
                (Some(_), 0) => {
                    let gone = Editions::default();
                    self.open = Some((number, vec![Editions { saved: None, ..before }, gone]));
                    undefine(&connection, number).await.map(|()| {
                        running.remove(&number);
                        gone
                    })
                }
                (Some(_), 1) if running.contains_key(&number) => {
                    let saved = Editions { saved: running.get(&number).copied(), ..before };
                    self.open = Some((number, vec![saved]));
                    save(&connection, number).await.map(|()| {
                        running.remove(&number);
                        saved
                    })
                }
                (Some(defined), 1) => {
                    let started = Editions { saved: None, ..before };
                    self.open = Some((number, vec![started]));
                    start(&connection, number).await.map(|()| {
                        running.insert(number, before.saved.unwrap_or(defined));
                        started
                    })
                }
                _ => {
                    let edition = kill * 100_000 + step;
                    let defined = Editions { defined: Some(edition), ..before };
                    self.open = Some((number, vec![defined]));
                    let xml = xml(number, edition).as_str().into();
                    connection.call(DomainDefineXml { xml }).await.map(|_| defined)
                }
            };
            match done {
                Ok(now) => drop(self.told.insert(number, now)),
                Err(CallError::Remote(error)) => panic!("host {}, kill {kill}: {error}", self.seed),
                Err(_) => return,
            }
            self.open = None;
            self.acknowledged += 1;
        }
    }

    #[track_caller]
    fn compare(&mut self, kill: u32, found: &BTreeMap<u32, Editions>) {
        if let Some((number, steps)) = self.open.take() {
            let now = found.get(&number).copied().unwrap_or_default();
            let before = self.told.insert(number, now).unwrap_or_default();
            let may_be = now == before || steps.contains(&now);
            assert!(may_be, "host {}, kill {kill}: {now:?} of {number}, {before:?}, {steps:?}", self.seed);
        }
        self.told.retain(|_, editions| *editions != Editions::default());
        assert_eq!(found, &self.told, "host {}, before kill {kill}", self.seed);
    }

    /// xorshift32.
    fn random(&mut self) -> u32 {
        self.seed ^= self.seed << 13;
        self.seed ^= self.seed >> 17;
        self.seed ^= self.seed << 5;
        self.seed
    }
}

async fn domain(connection: &Connection, number: u32) -> Result<Domain, CallError> {
    let name = format!("guest{number}").as_str().into();
    connection.call(DomainLookupByName { name }).await.map(|reply| reply.dom)
}

async fn start(connection: &Connection, number: u32) -> Result<(), CallError> {
    let dom = domain(connection, number).await?;
    connection.call(DomainCreate { dom }).await
}

async fn save(connection: &Connection, number: u32) -> Result<(), CallError> {
    let dom = domain(connection, number).await?;
    connection.call(DomainManagedSave { dom, flags: 0 }).await
}

/// Ends it as well, where it runs.
async fn undefine(connection: &Connection, number: u32) -> Result<(), CallError> {
    let dom = domain(connection, number).await?;
    if connection.call(DomainIsActive { dom: dom.clone() }).await?.active != 0 {
        connection.call(DomainDestroy { dom: dom.clone() }).await?;
    }
    connection.call(DomainUndefineFlags { dom, flags: WITH_IMAGE }).await
}

/// The edition that a document is of.
fn edition(document: &Text) -> u32 {
    let document = document.to_str().unwrap();
    let (_, rest) = document.split_once("<!-- edition ").unwrap();
    rest.split_once(" -->").unwrap().0.parse().unwrap()
}

/// A `virtwire serve --state`, of which all is heard.
pub(crate) struct Daemon {
    child: Option<Child>,
    pub(crate) uri: String,
    stderr: BufReader<ChildStderr>,
}

impl Daemon {
    #[track_caller]
    fn start(state: &Path, options: &[String]) -> Daemon {
        // Beside the directory, and the same for each daemon of it.
        let socket = state.with_extension("sock");
        let listen = format!("unix:{}", socket.display());
        let arguments = ["serve", "--listen", &listen, "--migration-ports", "0-0", "--state"];
        let mut child = command(&arguments).arg(state).args(options).stderr(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert!(line.starts_with("listening on "), "{line}");
        let uri = format!("mem+unix:///default?socket={}", socket.display());
        let stderr = BufReader::new(child.stderr.take().unwrap());
        Daemon { child: Some(child), uri, stderr }
    }

    async fn definitions(&self) -> BTreeMap<u32, String> {
        let connection = Connection::open(&self.uri).await.unwrap();
        let all = ConnectListAllDomains { need_results: 1, flags: 0 };
        let mut found = BTreeMap::new();
        for dom in connection.call(all).await.unwrap().domains {
            let number = dom.name.to_str().unwrap().strip_prefix("guest").unwrap().parse().unwrap();
            let reply = connection.call(DomainGetXmlDesc { dom, flags: INACTIVE }).await.unwrap();
            found.insert(number, reply.xml.to_str().unwrap().to_owned());
        }
        found
    }

    async fn editions(&self) -> BTreeMap<u32, Editions> {
        let connection = Connection::open(&self.uri).await.unwrap();
        let mut found = BTreeMap::new();
        for (number, document) in self.definitions().await {
            let defined = edition(&document.as_str().into());
            assert_eq!(document, xml(number, defined));
            let dom = domain(&connection, number).await.unwrap();
            let has =
                connection.call(DomainHasManagedSaveImage { dom: dom.clone(), flags: 0 }).await.unwrap();
            let saved = match has.result {
                0 => None,
                _ => {
                    let asked = DomainManagedSaveGetXmlDesc { dom, flags: 0 };
                    Some(edition(&connection.call(asked).await.unwrap().xml))
                }
            };
            found.insert(number, Editions { defined: Some(defined), saved });
        }
        found
    }

    /// Kills it, and returns what it said on standard error.
    fn killed(mut self) -> String {
        let mut child = self.child.take().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        let mut said = String::new();
        self.stderr.read_to_string(&mut said).unwrap();
        said
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            // Both fail only for a child that has been waited for.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// A host that has one daemon after the other, all with the same options.
pub(crate) struct Host {
    state: PathBuf,
    options: Vec<String>,
    daemon: Option<Daemon>,
}

impl Host {
    #[track_caller]
    pub(crate) fn start(state: PathBuf, options: Vec<String>) -> Host {
        let daemon = Some(Daemon::start(&state, &options));
        Host { state, options, daemon }
    }

    pub(crate) fn state(&self) -> &Path {
        &self.state
    }

    pub(crate) fn uri(&self) -> String {
        self.daemon.as_ref().expect("a daemon").uri.clone()
    }

    pub(crate) async fn open(&self) -> Connection {
        Connection::open(&self.uri()).await.unwrap()
    }

    /// Kills its daemon, and returns what that said on standard error.
    pub(crate) fn kill(&mut self) -> String {
        self.daemon.take().map(Daemon::killed).unwrap_or_default()
    }

    /// Has its daemon end by itself.
    pub(crate) fn terminate(&mut self) -> String {
        let Some(daemon) = &self.daemon else { return String::new() };
        let pid = daemon.child.as_ref().unwrap().id().to_string();
        assert!(std::process::Command::new("kill").args(["-s", "TERM", &pid]).status().unwrap().success());
        let mut daemon = self.daemon.take().unwrap();
        assert_eq!(daemon.child.take().unwrap().wait().unwrap().code(), Some(0));
        String::new()
    }

    #[track_caller]
    pub(crate) fn restart(&mut self) {
        self.restart_with(&[]);
    }

    /// With more options, for once.
    #[track_caller]
    pub(crate) fn restart_with(&mut self, more: &[&str]) {
        self.kill();
        let options: Vec<_> =
            self.options.iter().cloned().chain(more.iter().map(|&word| word.to_owned())).collect();
        self.daemon = Some(Daemon::start(&self.state, &options));
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}
