//! Our engine moves a running QEMU guest between two real libvirtd, by version 3 with and without parameters.
//!
//! Where the guest is and how it is, is read by virsh; that it lived on is read from its own count.

use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use virtwire::client::Connection;
use virtwire::migrate::{Canceller, Migration, Progress, Watch};
use virtwire::protocol::migrate::{
    Call, CancelAnswer, Check, Do, DomainState, DomainXml, MigrateFlags, Note, Outcome, Request, Retcode,
    Said, Settings, Version, Wish,
};

use crate::guest::Count;
use crate::lab::{Libvirtd, runtime, until};
use crate::libvirtd_answers::QEMU_GUEST;
use crate::need::need;
use crate::peers::{python, table, virsh};

type Flags = MigrateFlags;

#[test]
fn a_running_guest_moves_by_both_forms_of_version_3_and_counts_on() {
    need!(Libvirtd, Namespaces, Qemu, Virsh, Python, Kernel);
    let (a, b) = (host(), host());
    let mut count = Count::start(&a);

    // With parameters, which both report, while it runs.
    let (outcome, watched) = migrate(&a, &b, "guest", Wish::Auto, |_| ());
    arrived(&outcome, "guest");
    assert_eq!(watched.calls, [302, 212, 303, 305, 306, 307], "six round trips, and no question at the end");
    assert!(watched.notes[0].contains("v3 with parameters: both report feature MIGRATION_PARAMS (13)"));
    has(&a, &[]);
    has(&b, &["guest running"]);
    reason(&b, "guest", (1, 2));
    count.read(&a);
    count.goes_on(&b);

    // Back without parameters.
    let (outcome, watched) = migrate(&b, &a, "guest", Wish::V3, |_| ());
    arrived(&outcome, "guest");
    assert_eq!(watched.calls, [213, 16, 214, 216, 217, 218]);
    has(&b, &[]);
    has(&a, &["guest running"]);
    count.read(&b);
    count.goes_on(&a);

    // Not live: it is paused while it moves, and runs afterwards; with a definition there, and another name.
    let renamed = |request: &mut Request| {
        request.flags = Flags::PERSIST_DEST;
        request.dname = Some("moved".into());
    };
    let (outcome, _) = migrate(&a, &b, "guest", Wish::V3Params, renamed);
    arrived(&outcome, "moved");
    has(&a, &[]);
    has(&b, &["moved running"]);
    assert_eq!(virsh(&uri(&b), &["list", "--all", "--persistent", "--name"]).trim(), "moved");
    count.read(&a);
    count.goes_on(&b);

    // Its definition leaves with it.
    let whole = |request: &mut Request| {
        request.flags = Flags::LIVE | Flags::PERSIST_DEST | Flags::UNDEFINE_SOURCE;
        request.dname = Some("guest".into());
    };
    let (outcome, _) = migrate(&b, &a, "moved", Wish::V3, whole);
    arrived(&outcome, "guest");
    has(&b, &[]);
    has(&a, &["guest running"]);
    assert_eq!(virsh(&uri(&a), &["list", "--all", "--persistent", "--name"]).trim(), "guest");
    count.read(&b);
    count.goes_on(&a);

    // The definition that stays there is another one than that of the guest that runs.
    let kept = virsh(&uri(&a), &["dumpxml", "--inactive", "guest"]).replacen(
        "<name>guest</name>",
        "<name>guest</name><title>kept</title>",
        1,
    );
    let titled = |request: &mut Request| {
        request.flags = Flags::LIVE | Flags::PERSIST_DEST | Flags::UNDEFINE_SOURCE;
        request.persistent_xml = Some(DomainXml(kept.as_str().into()));
    };
    let (outcome, _) = migrate(&a, &b, "guest", Wish::V3Params, titled);
    arrived(&outcome, "guest");
    has(&a, &[]);
    let title = |options: &[&str]| virsh(&uri(&b), options).contains("<title>kept</title>");
    assert!(title(&["dumpxml", "--inactive", "guest"]) && !title(&["dumpxml", "guest"]));
    count.read(&a);
    count.goes_on(&b);
    let (outcome, _) = migrate(&b, &a, "guest", Wish::V3Params, |request| {
        request.flags = Flags::LIVE | Flags::PERSIST_DEST | Flags::UNDEFINE_SOURCE;
    });
    arrived(&outcome, "guest");
    count.read(&b);
    count.goes_on(&a);

    // A paused guest arrives paused, and what is left of it on the source is its definition.
    virsh(&uri(&a), &["suspend", "guest"]);
    count.read(&a);
    let (outcome, watched) = migrate(&a, &b, "guest", Wish::Auto, |_| ());
    arrived(&outcome, "guest");
    assert!(watched.notes.iter().any(|note| note.contains("will arrive paused")), "{:?}", watched.notes);
    has(&a, &["guest shut off"]);
    has(&b, &["guest paused"]);
    reason(&b, "guest", (3, 1));
    virsh(&uri(&b), &["resume", "guest"]);
    count.goes_on(&b);
}

#[test]
fn a_guest_whose_migration_fails_is_where_the_outcome_says() {
    need!(Libvirtd, Namespaces, Qemu, Virsh, Python, Kernel);
    let (a, b) = (host(), host());
    let mut count = Count::start(&a);

    // Nobody listens where the data is to go: a path means another place on each host.
    let nowhere = |request: &mut Request| request.uri = Some("unix:///var/lib/libvirt/nobody.sock".into());
    for wish in [Wish::V3Params, Wish::V3] {
        let (outcome, _) = migrate(&a, &b, "guest", wish, nowhere);
        stayed(&outcome);
        has(&a, &["guest running"]);
        has(&b, &[]);
        count.goes_on(&a);
    }

    // Aborted half-way, at 1 MiB/s.
    let slowly = |request: &mut Request| request.bandwidth_mib_s = 1;
    for wish in [Wish::V3Params, Wish::V3] {
        let mut watched = Watched { cancels: true, ..Watched::default() };
        let outcome = run(&uri(&a), &uri(&b), "guest", wish, slowly, &mut watched);
        stayed(&outcome);
        assert!(outcome.to_string().contains("error 78/10"), "{outcome}");
        assert_eq!(watched.cancelled, [CancelAnswer::Taken]);
        has(&a, &["guest running"]);
        has(&b, &[]);
        count.goes_on(&a);
    }

    // The orchestrator's connection to the destination is cut after Perform, so the destination destroys what it has.
    let (outcome, watched) = cut_before_finish(&a, &b, Cut::Destination, |_| ());
    stayed(&outcome);
    assert!(watched.calls.contains(&307), "{:?}", watched.calls);
    has(&a, &["guest running"]);
    has(&b, &[]);
    count.goes_on(&a);

    // That to the source: the daemon forgets the migration, and its paused copy is removed once the guest runs elsewhere.
    let (outcome, watched) = cut_before_finish(&a, &b, Cut::Source, |_| ());
    arrived_with_trouble(&outcome);
    assert!(
        watched.notes.iter().any(|note| note.contains("removing the source's paused copy")),
        "{watched:?}"
    );
    has(&a, &[]);
    has(&b, &["guest running"]);
    count.read(&a);
    count.goes_on(&b);

    // Both at once: the source has forgotten and the destination destroyed it. Confirm is refused, and the guest is resumed by a word.
    let (outcome, watched) = cut_before_finish(&b, &a, Cut::Both, |_| ());
    stayed(&outcome);
    assert!(watched.notes.iter().any(|note| note.contains("resuming it there")), "{watched:?}");
    has(&a, &[]);
    has(&b, &["guest running"]);
    count.goes_on(&b);

    // The host that was to have it dies between Perform and Finish, with everything on it.
    let mut dying = Some(a);
    let from_uri = uri(&b);
    let to_uri = uri(dying.as_ref().unwrap());
    let mut watched =
        Watched { before_finish: Some(Box::new(move || drop(dying.take()))), ..Watched::default() };
    let outcome = run(&from_uri, &to_uri, "guest", Wish::Auto, |_| (), &mut watched);
    stayed(&outcome);
    has(&b, &["guest running"]);
    count.goes_on(&b);
}

/// Whoever drops a run while Perform runs, as by a deadline, and runs on has given nothing up.
#[test]
fn a_run_that_is_dropped_while_the_guest_moves_and_run_again_moves_it() {
    need!(Libvirtd, Namespaces, Qemu, Virsh, Python, Kernel);
    let (a, b) = (host(), host());
    let mut count = Count::start(&a);
    let (from, to) = (uri(&a), uri(&b));
    let mut watched = Watched::default();
    let outcome = runtime().block_on(async {
        let unhurried = |request: &mut Request| request.bandwidth_mib_s = 24;
        let mut migration = plan(&from, &to, "guest", Wish::Auto, unhurried).await;
        let is_moving = watched.is_moving();
        tokio::select! {
            biased;
            () = is_moving.notified() => {}
            outcome = migration.run(&mut watched) => panic!("it was to be dropped: {outcome}"),
        }
        assert!(matches!(migration.now(), Outcome::Unknown(_)), "Perform is out");
        migration.run(&mut watched).await
    });
    arrived(&outcome, "guest");
    assert_eq!(watched.calls, [302, 212, 303, 305, 306, 307], "each is made once, and nobody is asked");
    has(&a, &[]);
    has(&b, &["guest running"]);
    count.read(&a);
    count.goes_on(&b);
}

/// A destination whose QEMU hangs keeps its paused copy, also when the connection closes. It is not waited for without end, and what it keeps is
/// told: it is in the way of the next migration.
#[test]
fn a_copy_that_a_hung_destination_keeps_is_in_the_outcome() {
    need!(Libvirtd, Namespaces, Qemu, Virsh, Python, Kernel);
    let (a, b) = (host(), host());
    let mut count = Count::start(&a);
    let (from, to) = (uri(&a), uri(&b));
    let mut watched = Watched::default();
    let hung = &b;
    let (outcome, seen) = runtime().block_on(async {
        let slowly = |request: &mut Request| request.bandwidth_mib_s = 2;
        let mut migration = plan(&from, &to, "guest", Wish::Auto, slowly)
            .await
            .settings(Settings { finish_deadline: Duration::from_secs(1), ..Settings::default() });
        let (is_moving, canceller) = (watched.is_moving(), migration.canceller());
        let hangs = async {
            is_moving.notified().await;
            tokio::task::block_in_place(|| hung.shell("kill -STOP $(cat /run/libvirt/qemu/guest.pid)"));
            canceller.cancel();
        };
        let (outcome, ()) = tokio::join!(migration.run(&mut watched), hangs);
        drop(migration);
        (outcome, tokio::task::block_in_place(|| virsh(&to, &["list", "--all"])))
    });
    let Outcome::OnSource { left_on_destination: Some(Said::Has { state, .. }), .. } = &outcome else {
        panic!("{outcome}")
    };
    assert_eq!(state.state, DomainState::Paused, "{outcome}");
    assert!(seen.contains("guest"), "{seen}");
    has(&a, &["guest running"]);
    count.goes_on(&a);
    // It goes as soon as it can.
    b.shell("kill -CONT $(cat /run/libvirt/qemu/guest.pid)");
    until("the copy goes with its connection", || !virsh(&to, &["list", "--all"]).contains("guest"));
}

/// libvirt shows a guest that is off from Prepare on, and keeps its definition at Finish: what it shows is not what it keeps.
#[test]
fn a_definition_goes_when_the_other_host_has_kept_it() {
    need!(Libvirtd, Namespaces, Qemu, Virsh);
    let (a, b) = (host(), host());
    virsh(&uri(&a), &["define", &a.directory().write("guest.xml", QEMU_GUEST)]);
    let offline = |request: &mut Request| {
        request.flags = Flags::OFFLINE | Flags::PERSIST_DEST | Flags::UNDEFINE_SOURCE;
    };
    let kept = |daemon: &Libvirtd| {
        virsh(&uri(daemon), &["list", "--all", "--persistent", "--name"]).trim().to_owned()
    };
    let (outcome, watched) = migrate(&a, &b, "guest", Wish::Auto, offline);
    arrived(&outcome, "guest");
    assert_eq!(watched.calls, [302, 212, 24, 303, 306, 307]);
    assert_eq!([kept(&a), kept(&b)], ["", "guest"]);

    // Finish does not get there, or nobody hears that it has.
    let (outcome, watched) = cut_before_finish(&b, &a, Cut::Destination, offline);
    println!("{outcome}; {watched:?}");
    let is_there = matches!(outcome, Outcome::OnDestination { left_on_source: None, .. });
    assert!(is_there || matches!(outcome, Outcome::OnSource { left_on_destination: None, .. }), "{outcome}");
    let expected = if is_there { ["guest", ""] } else { ["", "guest"] };
    assert_eq!([kept(&a), kept(&b)], expected, "{outcome}");
}

#[track_caller]
pub(crate) fn host() -> Libvirtd {
    Libvirtd::start()
}

pub(crate) fn uri(daemon: &Libvirtd) -> String {
    daemon.uri("qemu", "/system")
}

/// Runs a migration, again and again where one host is yet to hear what the other says, until it is known where the guest is.
pub(crate) async fn followed(migration: &mut Migration, watched: &mut impl Watch) -> Outcome {
    let mut outcome = migration.run(watched).await;
    for _ in 0..300 {
        let Outcome::Unknown(unknown) = &outcome else { break };
        println!("{unknown}");
        tokio::time::sleep(Duration::from_millis(200)).await;
        outcome = migration.run(watched).await;
    }
    outcome
}

/// The guests that virsh sees, defined or not.
#[track_caller]
pub(crate) fn has(daemon: &Libvirtd, guests: &[&str]) {
    let listed = virsh(&uri(daemon), &["list", "--all"]);
    let seen: Vec<String> = table(&listed).iter().map(|row| row[1..].join(" ")).collect();
    assert_eq!(seen, guests, "on {}", daemon.host_name());
}

/// The state and its reason, by numbers, as python sees them.
#[track_caller]
pub(crate) fn reason(daemon: &Libvirtd, guest: &str, expected: (i32, i32)) {
    let program = "print(*libvirt.open(sys.argv[1]).lookupByName(sys.argv[2]).state())";
    let told = python(program, &[&uri(daemon), guest]);
    assert_eq!(told.trim(), format!("{} {}", expected.0, expected.1));
}

#[track_caller]
pub(crate) fn arrived(outcome: &Outcome, name: &str) {
    match outcome {
        Outcome::OnDestination { domain, warning: None, left_on_source: None, .. }
            if domain.name == *name => {}
        other => panic!("{other}"),
    }
}

#[track_caller]
pub(crate) fn arrived_with_trouble(outcome: &Outcome) {
    let arrived = matches!(outcome, Outcome::OnDestination { warning: Some(_), left_on_source: None, .. });
    assert!(arrived, "{outcome}");
}

#[track_caller]
pub(crate) fn stayed(outcome: &Outcome) {
    assert!(matches!(outcome, Outcome::OnSource { .. }), "{outcome}");
    assert!(!outcome.to_string().contains("left paused"), "{outcome}");
}

pub(crate) fn migrate(
    from: &Libvirtd,
    to: &Libvirtd,
    guest: &str,
    wish: Wish,
    asked: impl Fn(&mut Request),
) -> (Outcome, Watched) {
    let mut watched = Watched::default();
    let outcome = run(&uri(from), &uri(to), guest, wish, asked, &mut watched);
    (outcome, watched)
}

fn run(
    from: &str,
    to: &str,
    guest: &str,
    wish: Wish,
    asked: impl Fn(&mut Request),
    watched: &mut Watched,
) -> Outcome {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    runtime.block_on(moved(from, to, guest, wish, asked, watched))
}

async fn plan(from: &str, to: &str, guest: &str, wish: Wish, asked: impl Fn(&mut Request)) -> Migration {
    let (source, destination) = (Connection::open(from).await.unwrap(), Connection::open(to).await.unwrap());
    let mut request = Request::live(Migration::find(&source, guest).await.unwrap());
    asked(&mut request);
    let migration = Migration::plan(source, destination, request, wish).await.unwrap();
    if let Wish::Auto = wish {
        assert_eq!(migration.chosen().version(), Version::V3Params);
    }
    migration
}

async fn moved(
    from: &str,
    to: &str,
    guest: &str,
    wish: Wish,
    asked: impl Fn(&mut Request),
    watched: &mut Watched,
) -> Outcome {
    let mut migration = plan(from, to, guest, wish, asked).await;
    if watched.cancels {
        watched.canceller = Some(migration.canceller());
    }
    let mut outcome = migration.run(watched).await;
    // Whether a Finish without an answer has run it, only a person can find out: here it has not. Nor has anybody else moved it, since the
    // source's connection was lost.
    for check in [Check::WhetherItRanThere, Check::WhetherItWasMovedSince] {
        match &outcome {
            Outcome::Unknown(unknown) if unknown.check == check => {
                assert_eq!(migration.cancel(), CancelAnswer::Taken, "{unknown}");
                outcome = migration.run(watched).await;
            }
            _ => {}
        }
    }
    outcome
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cut {
    Source,
    Destination,
    Both,
}

/// Moves the guest over connections of which some are cut when Perform has succeeded, before Finish is sent.
fn cut_before_finish(
    from: &Libvirtd,
    to: &Libvirtd,
    which: Cut,
    asked: impl Fn(&mut Request),
) -> (Outcome, Watched) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    runtime.block_on(async {
        let (source, destination) = (Link::to(from).await, Link::to(to).await);
        let cuts: Vec<_> = [(&source, Cut::Source), (&destination, Cut::Destination)]
            .into_iter()
            .filter(|(_, one)| which == *one || which == Cut::Both)
            .map(|(link, _)| link.cut.clone())
            .collect();
        let before_finish = move || {
            for cut in &cuts {
                cut.notify_waiters();
            }
        };
        let mut watched = Watched { before_finish: Some(Box::new(before_finish)), ..Watched::default() };
        let outcome = moved(&source.uri, &destination.uri, "guest", Wish::Auto, asked, &mut watched).await;
        (outcome, watched)
    })
}

/// A way to a daemon that can be cut, and taken again.
pub(crate) struct Link {
    pub(crate) uri: String,
    pub(crate) cut: Arc<Notify>,
}

impl Link {
    pub(crate) async fn to(daemon: &Libvirtd) -> Link {
        let (server, cut) = (daemon.address(), Arc::new(Notify::new()));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let uri = format!("qemu+tcp://{}/system", listener.local_addr().unwrap());
        let cutting = cut.clone();
        tokio::spawn(async move {
            while let Ok((mut client, _)) = listener.accept().await {
                let cutting = cutting.clone();
                let mut server = TcpStream::connect(server).await.unwrap();
                tokio::spawn(async move {
                    tokio::select! {
                        _ = tokio::io::copy_bidirectional(&mut client, &mut server) => {}
                        () = cutting.notified() => {}
                    }
                });
            }
        });
        Link { uri, cut }
    }
}

/// Keeps what it is told, and does what the test wants at the right moment.
#[derive(Default)]
pub(crate) struct Watched {
    pub(crate) notes: Vec<String>,
    pub(crate) calls: Vec<i32>,
    /// Cancel when Perform has moved something.
    cancels: bool,
    pub(crate) canceller: Option<Canceller>,
    pub(crate) cancelled: Vec<CancelAnswer>,
    before_finish: Option<Box<dyn FnMut() + Send>>,
    /// When Perform has moved something.
    pub(crate) when_moving: Option<Box<dyn FnMut() + Send>>,
}

impl Watched {
    /// Told once Perform has moved something.
    pub(crate) fn is_moving(&mut self) -> Arc<Notify> {
        let is_moving = Arc::new(Notify::new());
        let told = is_moving.clone();
        self.when_moving = Some(Box::new(move || told.notify_one()));
        is_moving
    }
}

impl std::fmt::Debug for Watched {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "calls {:?}, notes {:#?}", self.calls, self.notes)
    }
}

impl Watch for Watched {
    fn note(&mut self, note: &Note) {
        self.notes.push(note.to_string());
    }

    fn calling(&mut self, order: &Do) {
        self.calls.push(order.call.number());
        if let Call::Finish3 { cancelled: Retcode::Success, .. } = order.call
            && let Some(mut before) = self.before_finish.take()
        {
            before();
        }
    }

    fn progress(&mut self, progress: &Progress) {
        if progress.data.processed > 0
            && let Some(canceller) = self.canceller.take()
        {
            canceller.cancel();
        }
        if progress.data.processed > 0
            && let Some(mut moving) = self.when_moving.take()
        {
            moving();
        }
    }

    fn cancelled(&mut self, answer: CancelAnswer) {
        self.cancelled.push(answer);
    }
}
