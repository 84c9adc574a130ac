//! What is kept of a guest beside what runs is not lost with it.

use super::*;

use crate::hypervisor::store::Store;
use crate::hypervisor::{Confirm, MigrationVersion, PausedReason, Revert, RunningReason, Save};

const OFFLINE: MigrateFlags =
    MigrateFlags(MigrateFlags::OFFLINE.0 | MigrateFlags::PERSIST_DEST.0 | MigrateFlags::UNDEFINE_SOURCE.0);

async fn snapshot(mem: &Mem, guest: Uuid, name: &str) {
    let xml = format!("<domainsnapshot><name>{name}</name></domainsnapshot>");
    mem.create_snapshot(guest, xml).await.unwrap();
}

async fn names(mem: &Mem, guest: Uuid) -> Vec<String> {
    Snapshots::snapshots(mem, guest).await.unwrap().into_iter().map(|one| one.name).collect()
}

fn begin(domain: Uuid) -> Begin {
    super::moves::begin(domain, OFFLINE)
}

fn confirm(domain: Uuid) -> Confirm {
    Confirm {
        domain,
        cookie: Vec::new(),
        flags: OFFLINE,
        cancelled: false,
        holds: Vec::new(),
        params: TypedParams::new(),
    }
}

#[tokio::test]
async fn a_definition_does_not_move_away_from_its_snapshots() {
    let world = World::new();
    let guest = world.mem.define(xml("a")).await.unwrap().uuid;
    world.mem.begin(begin(guest)).await.unwrap();
    // Nobody holds it, so that there may be one since.
    snapshot(&world.mem, guest, "one").await;
    assert_error(world.mem.confirm(confirm(guest)).await, 55, 10);
    assert_error(world.mem.begin(begin(guest)).await, 55, 10);
    assert_error(world.mem.undefine(guest).await, 55, 10);
    assert_eq!(names(&world.mem, guest).await, ["one"]);
    world.mem.delete_snapshot(guest, "one").await.unwrap();
    world.mem.confirm(confirm(guest)).await.unwrap();
    assert_eq!(world.find("a").await, None);
}

/// What is to be in a file is not kept in memory instead, and called the same.
#[tokio::test]
async fn what_is_to_be_elsewhere_is_refused() {
    let world = World::new();
    let guest = world.mem.define(xml("a")).await.unwrap().uuid;
    let make = |content: &str| {
        let xml = format!("<domainsnapshot><name>one</name>{content}</domainsnapshot>");
        world.mem.create_snapshot(guest, xml)
    };
    let disks = |disk: &str| format!("<disks><disk name='vda' snapshot='no'/>{disk}</disks>");
    for external in [
        "<memory snapshot='external' file='/m'/>",
        "<memory file='/m'/>",
        &disks("<disk name='vdb' snapshot='external'/>"),
        &disks("<disk name='vdb'><source file='/d'/></disk>"),
    ] {
        assert_error(make(external).await, 67, 10);
    }
    world.mem.start(guest, StartOptions { paused: false }).await.unwrap();
    assert_error(make("<memory snapshot='no'/>").await, 67, 10);
    assert_eq!(names(&world.mem, guest).await, [""; 0]);
    make(&format!("<memory snapshot='internal'/>{}", disks("<disk name='vdb' snapshot='internal'/>")))
        .await
        .unwrap();
    assert_eq!(names(&world.mem, guest).await, ["one"]);
}

/// A description is another one, what is kept stays, and what a document cannot be about is refused in libvirt's words.
#[tokio::test]
async fn a_snapshot_is_described_anew() {
    let world = World::new();
    let (mem, document) = (&world.mem, xml("a"));
    let guest = mem.define(document.clone()).await.unwrap().uuid;
    snapshot(mem, guest, "off").await;
    mem.start(guest, StartOptions { paused: false }).await.unwrap();
    snapshot(mem, guest, "on").await;
    let before = mem.checksum("a");
    let (off, on) =
        (mem.snapshot_xml(guest, "off").await.unwrap(), mem.snapshot_xml(guest, "on").await.unwrap());
    let again = |xml: &str, current| mem.redefine_snapshot(guest, xml.to_owned(), current);
    let current = async || {
        let all = Snapshots::snapshots(mem, guest).await.unwrap();
        all.into_iter().find(|one| one.current).map(|one| one.name)
    };

    let described =
        on.replace("</name>\n  <state>", "</name>\n  <description>a &lt; b</description>\n  <state>");
    let info = again(&described, false).await.unwrap();
    assert_eq!((info.parent.as_deref(), info.current, info.active), (Some("off"), true, true));
    assert_eq!(mem.snapshot_xml(guest, "on").await.unwrap(), described);
    again(&off, false).await.unwrap();
    assert_eq!(current().await.as_deref(), Some("on"));
    assert!(again(&off, true).await.unwrap().current);
    assert_eq!(current().await.as_deref(), Some("off"));

    // Nor is one added to a guest that is in somebody's hands, which would leave it behind.
    let pause = mem.inner.turn(guest).pause_to_save(guest, PausedReason::Save).unwrap();
    assert_eq!(again(&off, false).await.unwrap_err().code.0, 55);
    mem.inner.turn(guest).run_on(&pause, RunningReason::SaveCanceled).unwrap();

    let parent = |name: &str| format!("<state>shutoff</state><parent><name>{name}</name></parent>");
    let under = |name: &str| off.replace("<state>shutoff</state>", &parent(name));
    for (wrong, code) in [
        ("<domainsnapshot><name>off</name></domainsnapshot>".to_owned(), (1, 35)),
        (off.replace("<state>shutoff</state>", ""), (27, 35)),
        (off.replace("<state>shutoff", "<state>gone"), (27, 35)),
        (off.replace("<name>off</name>", ""), (27, 35)),
        (off.replace(&guest.to_string(), &Uuid([9; 16]).to_string()), (8, 10)),
        (off.replace("<memory unit='KiB'>1024", "<memory unit='KiB'>2048"), (67, 20)),
        (under("off"), (8, 10)),
        (under("on"), (8, 10)),
        (under("nosuch"), (8, 10)),
        // Its memory is nowhere.
        (on.replace("<name>on</name>", "<name>other</name>"), (8, 10)),
        (off.replace("<state>shutoff", "<state>running"), (8, 10)),
        (on.replace("<state>running", "<state>shutoff"), (8, 10)),
        (on.replace("snapshot='internal'", "snapshot='external' file='/m'"), (67, 10)),
    ] {
        let found = again(&wrong, true).await.map_err(|error| (error.code.0, error.domain.0));
        assert_eq!(found.err(), Some(code), "{wrong}");
    }
    assert_eq!(names(mem, guest).await, ["off", "on"]);

    // What was forgotten is known again, and what there was of it is gone back to.
    mem.forget_snapshot(guest, "off").await.unwrap();
    assert_eq!(names(mem, guest).await, ["on"]);
    again(&off, false).await.unwrap();
    mem.reset(guest).await.unwrap();
    assert_ne!(mem.checksum("a"), before);
    mem.revert(guest, "on", Revert::default()).await.unwrap();
    assert_eq!(mem.checksum("a"), before);
    mem.revert(guest, "off", Revert::default()).await.unwrap();
    assert_eq!(
        (world.state("a").await, mem.xml(guest, WhichXml::Inactive).await.unwrap().contains("1024")),
        (Some((5, 7)), true)
    );
}

/// Of all guests together: each may have little, and all of them much.
#[tokio::test]
async fn all_snapshots_of_a_host_are_bounded() {
    // A guest has a mebibyte.
    let world = World::with(Config { snapshot_bytes_max: (2 << 20) + 10_000, ..config() });
    let mut guests = Vec::new();
    for name in ["a", "b", "c"] {
        let guest = world.mem.define(xml(name)).await.unwrap().uuid;
        world.mem.start(guest, StartOptions { paused: false }).await.unwrap();
        guests.push(guest);
    }
    snapshot(&world.mem, guests[0], "one").await;
    snapshot(&world.mem, guests[1], "one").await;
    let third =
        || world.mem.create_snapshot(guests[2], "<domainsnapshot><name>one</name></domainsnapshot>".into());
    assert_error(third().await, 9, 10);
    // It runs on.
    assert_eq!(world.state("c").await, Some((1, 5)));
    world.mem.delete_snapshot(guests[0], "one").await.unwrap();
    third().await.unwrap();
}

#[tokio::test]
async fn a_definition_does_not_move_away_from_its_saved_memory() {
    let directory = std::env::temp_dir().join(format!("virtwire-offline-{}", Uuid::random()));
    let (mem, _) = Mem::kept(config(), Store::open(&directory).unwrap()).unwrap();
    let guest = mem.define(xml("a")).await.unwrap().uuid;
    mem.start(guest, StartOptions { paused: false }).await.unwrap();
    let image = mem.managed(guest).unwrap();
    mem.save(guest, &image, Save::default()).await.unwrap();
    assert_error(mem.begin(begin(guest)).await, 55, 10);
    assert_error(mem.confirm(confirm(guest)).await, 55, 10);
    std::fs::remove_file(&image).unwrap();
    mem.begin(begin(guest)).await.unwrap();
    drop(mem);
    std::fs::remove_dir_all(directory).unwrap();
}

/// While the memory of a guest is copied others go on. What was before is not put over what they have done.
#[tokio::test]
async fn a_guest_runs_on_after_its_snapshot_only_if_it_is_the_same_and_nobody_else_paused_it() {
    for why in [PausedReason::Snapshot, PausedReason::Save] {
        let mut world = World::new();
        let xml = xml("a");
        let guest = world.mem.define(xml.clone()).await.unwrap().uuid;
        let (run, paused) = (StartOptions { paused: false }, StartOptions { paused: true });
        world.mem.start(guest, run).await.unwrap();
        let pause = |mem: &Mem| mem.inner.turn(guest).pause_to_save(guest, why).unwrap();
        let run_on = |mem: &Mem, pause| mem.inner.turn(guest).run_on(&pause, RunningReason::Unpaused);

        let before = pause(&world.mem);
        run_on(&world.mem, before).unwrap();
        assert_eq!(world.state("a").await, Some((1, 5)));
        // Another client pauses it.
        let before = pause(&world.mem);
        world.mem.suspend(guest).await.unwrap();
        run_on(&world.mem, before).unwrap();
        assert_eq!(world.state("a").await, Some((3, 1)));
        world.mem.resume(guest).await.unwrap();
        // Another ends it, and starts it anew.
        let before = pause(&world.mem);
        world.mem.destroy(guest).await.unwrap();
        world.mem.start(guest, paused).await.unwrap();
        assert_error(run_on(&world.mem, before), 55, 10);
        assert_eq!(world.state("a").await, Some((3, 1)));
        world.mem.resume(guest).await.unwrap();
        // It comes from another host, where it still runs.
        let before = pause(&world.mem);
        world.mem.destroy(guest).await.unwrap();
        let prepare = Prepare { version: MigrationVersion::V3, ..super::moves::prepare(Some(&xml)) };
        world.mem.prepare(prepare).await.unwrap();
        world.events();
        assert_error(run_on(&world.mem, before), 55, 10);
        assert_eq!((world.state("a").await, world.events()), (Some((3, 2)), vec![]));
        assert_error(world.mem.resume(guest).await, 55, 10);
    }
}

#[tokio::test]
async fn a_guest_is_not_paused_for_a_snapshot_that_cannot_be_kept() {
    let mut world = World::new();
    let guest = world.mem.define(xml("a")).await.unwrap().uuid;
    world.mem.start(guest, StartOptions { paused: false }).await.unwrap();
    snapshot(&world.mem, guest, "one").await;
    world.events();
    for (name, code, domain) in [("one", 9, 10), ("a/b", 27, 20)] {
        let xml = format!("<domainsnapshot><name>{name}</name></domainsnapshot>");
        assert_error(world.mem.create_snapshot(guest, xml).await, code, domain);
    }
    assert_eq!(world.events(), []);
}

#[tokio::test]
async fn a_guest_that_is_not_defined_any_more_is_not_lost_by_going_back() {
    let mut world = World::new();
    let guest = world.mem.define(xml("a")).await.unwrap().uuid;
    snapshot(&world.mem, guest, "off").await;
    world.mem.start(guest, StartOptions { paused: false }).await.unwrap();
    snapshot(&world.mem, guest, "on").await;
    world.mem.undefine(guest).await.unwrap();
    world.events();
    for name in ["on", "off"] {
        assert_error(world.mem.revert(guest, name, Revert::default()).await, 55, 10);
    }
    assert_eq!((world.state("a").await, world.events()), (Some((1, 5)), vec![]));
    assert_eq!(names(&world.mem, guest).await, ["off", "on"]);
}

#[tokio::test]
async fn a_guest_goes_on_where_it_cannot_go_back() {
    let directory = std::env::temp_dir().join(format!("virtwire-revert-{}", Uuid::random()));
    let (mem, _) = Mem::kept(config(), Store::open(&directory).unwrap()).unwrap();
    let guest = mem.define(xml("a")).await.unwrap().uuid;
    snapshot(&mem, guest, "off").await;
    mem.start(guest, StartOptions { paused: false }).await.unwrap();
    // Its definition can be written nowhere.
    std::fs::remove_dir_all(&directory).unwrap();
    mem.revert(guest, "off", Revert::default()).await.unwrap_err();
    let state = mem.domain(Lookup::Uuid(guest)).await.unwrap().unwrap().state;
    assert_eq!(state.to_wire(), (1, 1));
}
