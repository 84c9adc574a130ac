//! Our client has one real libvirtd move a running QEMU guest to another by itself: peer-to-peer and tunnelled, with parameters and
//! without. The guest counts on, and where it is is read by virsh.

use std::time::Duration;

use virtwire::client::Connection;
use virtwire::migrate::Migration;
use virtwire::protocol::migrate::{
    CancelAnswer, Check, DomainState, Job, MigrateFlags, Outcome, Request, Said, Way, Wish,
};

use crate::guest::Count;
use crate::lab::runtime;
use crate::need::need;
use crate::recorder::Recorder;
use crate::v3_between_libvirtds::{
    Link, Watched, arrived, arrived_with_trouble, followed, has, host, stayed, uri,
};
use crate::wire::{Reader, string};

type Flags = MigrateFlags;

#[test]
fn a_libvirtd_moves_a_running_guest_by_itself_at_our_word_and_it_counts_on() {
    need!(Libvirtd, Namespaces, Qemu, Virsh, Python, Kernel);
    let (a, b) = (host(), host());
    let mut count = Count::start(&a);

    // Peer-to-peer, with parameters, over a wire that is tapped.
    let tap = Recorder::of_frames(a.address());
    let from = format!("qemu+tcp://{}/system", tap.address());
    let (outcome, watched) = moved(&from, Some(&uri(&b)), &uri(&b), Wish::Auto, |_| ());
    arrived(&outcome, "guest");
    assert!(watched.notes[0].starts_with("peer-to-peer, asked for by v3 with parameters: "), "{watched:?}");
    // The state before it and the questions after it are ours; virsh sends 305 alone.
    assert_eq!(watched.calls, [212, 305, 24, 24, 212]);
    sent_as_virsh_sends(&tap, &uri(&b), Flags::LIVE | Flags::PEER2PEER);
    has(&a, &[]);
    has(&b, &["guest running"]);
    count.read(&a);
    count.goes_on(&b);

    // Back, and the memory goes through the daemons' connection.
    let tap = Recorder::of_frames(b.address());
    let from = format!("qemu+tcp://{}/system", tap.address());
    let tunnelled = |request: &mut Request| request.flags = request.flags | Flags::TUNNELLED;
    let (outcome, watched) = moved(&from, Some(&uri(&a)), &uri(&a), Wish::Auto, tunnelled);
    arrived(&outcome, "guest");
    assert!(watched.notes[0].starts_with("peer-to-peer, tunnelled, asked for by v3"), "{watched:?}");
    sent_as_virsh_sends(&tap, &uri(&a), Flags::LIVE | Flags::PEER2PEER | Flags::TUNNELLED);
    has(&b, &[]);
    has(&a, &["guest running"]);
    count.read(&b);
    count.goes_on(&a);

    // Without parameters, with another name, and with a destination that we do not reach: the source's word is all there is.
    let renamed = |request: &mut Request| request.dname = Some("moved".into());
    let (outcome, watched) = moved(&uri(&a), None, &uri(&b), Wish::V3, renamed);
    arrived(&outcome, "moved");
    assert!(matches!(outcome, Outcome::OnDestination { state: None, .. }), "{outcome}");
    assert_eq!(watched.calls, [212, 216, 24, 24]);
    has(&a, &[]);
    has(&b, &["moved running"]);
    count.read(&a);
    count.goes_on(&b);
}

#[test]
fn a_guest_that_a_libvirtd_could_not_move_by_itself_is_where_the_outcome_says() {
    need!(Libvirtd, Namespaces, Qemu, Virsh, Python, Kernel);
    let (a, b) = (host(), host());
    let mut count = Count::start(&a);

    // Nobody answers where the source's daemon is to go.
    let nobody = "qemu+tcp://127.0.0.9:1/system";
    let (outcome, _) = moved(&uri(&a), Some(&uri(&b)), nobody, Wish::Auto, |_| ());
    stayed(&outcome);
    has(&a, &["guest running"]);
    count.goes_on(&a);

    // Aborted half-way, at 1 MiB/s.
    let slowly = |request: &mut Request| request.bandwidth_mib_s = 1;
    let mut watched = Watched::default();
    let outcome = runtime().block_on(async {
        let mut migration = plan(&uri(&a), Some(&uri(&b)), &uri(&b), Wish::Auto, slowly).await;
        watched.canceller = Some(migration.canceller());
        migration.run(&mut watched).await
    });
    stayed(&outcome);
    assert_eq!(watched.cancelled, [CancelAnswer::Taken]);
    has(&a, &["guest running"]);
    has(&b, &[]);
    count.goes_on(&a);

    // Our connection to the source is cut half-way. It goes on by itself, and we find out.
    let mut watched = Watched::default();
    let outcome = runtime().block_on(async {
        let link = Link::to(&a).await;
        let unhurried = |request: &mut Request| request.bandwidth_mib_s = 24;
        let mut migration = plan(&link.uri, Some(&uri(&b)), &uri(&b), Wish::Auto, unhurried).await;
        watched.when_moving = Some(Box::new(move || link.cut.notify_waiters()));
        followed(&mut migration, &mut watched).await
    });
    arrived_with_trouble(&outcome);
    has(&a, &[]);
    has(&b, &["guest running"]);
    count.read(&a);
    count.goes_on(&b);
}

/// The source's daemon is killed while it moves the guest, and comes back: both hosts show the guest where it was, and nothing shows that no
/// call of before begins any more. That is the caller's word.
#[test]
fn a_libvirtd_that_was_started_again_moves_nothing_any_more_by_the_callers_word() {
    need!(Libvirtd, Namespaces, Qemu, Virsh, Python, Kernel);
    let (a, b) = (host(), host());
    let mut count = Count::start(&a);
    let mut watched = Watched::default();
    let (from, to) = (uri(&a), uri(&b));
    let outcome = runtime().block_on(async {
        // At 2 MiB/s it takes longer than all of this.
        let slowly = |request: &mut Request| request.bandwidth_mib_s = 2;
        let mut migration = plan(&from, Some(&to), &to, Wish::Auto, slowly).await;
        let is_moving = watched.is_moving();
        let killed = async {
            is_moving.notified().await;
            tokio::task::block_in_place(|| a.kill_and_restart());
        };
        let (outcome, ()) = tokio::join!(migration.run(&mut watched), killed);
        println!("{outcome}");
        in_doubt_whether_it_is_still_moved(&mut migration, outcome, &mut watched).await;
        assert_eq!(migration.source_daemon_ended(), CancelAnswer::Taken);
        followed(&mut migration, &mut watched).await
    });
    stayed(&outcome);
    assert!(watched.calls.iter().filter(|number| **number == 305).count() == 1, "{watched:?}");
    has(&a, &["guest running"]);
    has(&b, &[]);
    count.goes_on(&a);
}

/// Runs it until that is all that is not known, and sees that it stays so when the hosts are asked again.
async fn in_doubt_whether_it_is_still_moved(
    migration: &mut Migration,
    mut outcome: Outcome,
    watched: &mut Watched,
) {
    let mut seen = 0;
    for _ in 0..300 {
        let Outcome::Unknown(unknown) = &outcome else { panic!("nobody knows that: {outcome}") };
        // The destination's daemon gives up what it has prepared as soon as it notices.
        let is_settled = unknown.check == Check::WhetherTheSourceStillMovesIt
            && matches!(unknown.source, Said::Has { state, job: Job::None, .. } if state.state == DomainState::Running)
            && matches!(unknown.destination, Said::Absent);
        seen += usize::from(is_settled);
        if seen == 2 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
        outcome = migration.run(watched).await;
    }
    panic!("{outcome}");
}

async fn plan(
    from: &str,
    reached: Option<&str>,
    to: &str,
    wish: Wish,
    asked: impl Fn(&mut Request),
) -> Migration {
    let source = Connection::open(from).await.unwrap();
    let mut request = Request::live(Migration::find(&source, "guest").await.unwrap());
    request.way = Way::PeerToPeer { to: to.into() };
    asked(&mut request);
    match reached {
        Some(to) => {
            let destination = Connection::open(to).await.unwrap();
            Migration::plan(source, destination, request, wish).await.unwrap()
        }
        None => Migration::plan_from(source, request, wish).await.unwrap(),
    }
}

pub(crate) fn moved(
    from: &str,
    reached: Option<&str>,
    to: &str,
    wish: Wish,
    asked: impl Fn(&mut Request),
) -> (Outcome, Watched) {
    let mut watched = Watched::default();
    let outcome = runtime().block_on(async {
        let mut migration = plan(from, reached, to, wish, asked).await;
        migration.run(&mut watched).await
    });
    (outcome, watched)
}

/// Field by field what virsh sent (captures migrate-virsh-p2p and migrate-virsh-tunnelled): the guest, the destination's URI, no
/// parameter, no cookie, the flags. And the reply is an empty cookie.
#[track_caller]
fn sent_as_virsh_sends(tap: &Recorder, to: &str, flags: Flags) {
    let conversations = tap.conversations();
    let (call, reply) = conversations[0].exchange(305);
    let mut sent = Reader::new(&call.payload);
    assert_eq!(sent.string(), "guest");
    sent.take(16 + 4);
    let mut expected = 1_u32.to_be_bytes().to_vec();
    expected.extend(string(to));
    expected.extend([0; 8]);
    expected.extend(u32::try_from(flags.0).unwrap().to_be_bytes());
    assert_eq!(sent.take(expected.len()), expected);
    assert!(sent.is_empty());
    assert_eq!(reply.payload, [0; 4]);
}
