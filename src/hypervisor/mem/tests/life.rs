//! A guest's life on one host.

use virtwire_protocol::enums::DumpFormat;

use super::*;
use crate::hypervisor::{AfterDump, Change, Happening, Place};

const RUN: StartOptions = StartOptions { paused: false };

#[tokio::test]
async fn a_persistent_guest_lives_and_is_told_of() {
    let mut world = World::new();
    let mem = world.mem.clone();
    let uuid = mem.define(xml("a")).await.unwrap().uuid;
    assert_eq!((world.state("a").await, world.events()), (Some((5, 0)), vec![(0, 0)]));
    mem.define(xml_with("a", uuid)).await.unwrap();
    assert_eq!((world.state("a").await, world.events()), (Some((5, 0)), vec![(0, 1)]));

    assert_eq!(mem.start(uuid, RUN).await.unwrap().id, Some(1));
    assert_eq!((world.state("a").await, world.events()), (Some((1, 1)), vec![(2, 0)]));
    mem.suspend(uuid).await.unwrap();
    mem.suspend(uuid).await.unwrap();
    assert_eq!((world.state("a").await, world.events()), (Some((3, 1)), vec![(3, 0)]));
    assert_error(mem.shutdown(uuid).await, 55, 10);
    mem.resume(uuid).await.unwrap();
    assert_eq!((world.state("a").await, world.events()), (Some((1, 5)), vec![(4, 0)]));
    assert_error(mem.resume(uuid).await, 55, 10);
    assert_error(mem.start(uuid, RUN).await, 55, 10);

    let before = mem.checksum("a").unwrap();
    mem.reboot(uuid).await.unwrap();
    assert_ne!(mem.checksum("a").unwrap(), before);
    assert_eq!((world.state("a").await, world.events()), (Some((1, 5)), vec![]));

    mem.shutdown(uuid).await.unwrap();
    assert_eq!((world.state("a").await, world.events()), (Some((5, 1)), vec![(6, 1), (5, 0)]));
    assert_eq!(mem.checksum("a"), None);
    assert_eq!(mem.start(uuid, StartOptions { paused: true }).await.unwrap().id, Some(2));
    assert_eq!((world.state("a").await, world.events()), (Some((3, 1)), vec![(2, 0), (3, 0)]));
    mem.destroy(uuid).await.unwrap();
    assert_eq!((world.state("a").await, world.events()), (Some((5, 2)), vec![(5, 1)]));
    assert_error(mem.destroy(uuid).await, 55, 10);
    for verb in
        [mem.suspend(uuid).await, mem.resume(uuid).await, mem.reboot(uuid).await, mem.reset(uuid).await]
    {
        assert_error(verb, 55, 10);
    }

    mem.undefine(uuid).await.unwrap();
    assert_eq!((world.state("a").await, world.events()), (None, vec![(1, 0)]));
    assert_error(mem.undefine(uuid).await, 42, 10);
}

/// The document of what runs has its id, and no other one of it has, whatever was defined.
#[tokio::test]
async fn the_document_of_what_runs_says_as_which() {
    let mem = World::new().mem;
    let (old, plain) =
        (xml("a").replace("<domain ", "<domain id='77' "), |id: &str| id.replace(" id='1'", ""));
    let uuid = mem.define(old).await.unwrap().uuid;
    let told = async |which| mem.xml(uuid, which).await.unwrap();
    let off = told(WhichXml::Current).await;
    assert!(!off.contains("id='77'"), "{off}");
    mem.start(uuid, RUN).await.unwrap();
    let running = told(WhichXml::Current).await;
    assert!(running.contains("<domain id='1' type='test'>"), "{running}");
    assert_eq!(plain(&running), off);
    assert_eq!((told(WhichXml::Inactive).await, told(WhichXml::Migratable).await), (off.clone(), off));
}

/// Of what runs alone: whoever waits for a device to be gone hears of it, by its alias.
#[tokio::test]
async fn what_befalls_a_guest_is_told() {
    let mem = World::new().mem;
    let (tell, mut heard) = unbounded_channel();
    let _subscription = mem.inner.events.listen(move |event| {
        if let Event::Happening(domain, what) = event {
            let _ = tell.send((domain.id, what.clone()));
        }
    });
    let uuid = mem.define(xml("a")).await.unwrap().uuid;
    let (live, config) = (Place { live: true, config: false }, Place { live: false, config: true });
    let disk = |target: &str| format!("<disk type='file'><source file='/a'/><target dev='{target}'/></disk>");
    let named = "<channel type='pty'><target type='virtio' name='x'/><alias name='ua-x'/></channel>";
    mem.change(uuid, Change::Attach(disk("vda")), config).await.unwrap();
    mem.start(uuid, RUN).await.unwrap();
    mem.reboot(uuid).await.unwrap();
    mem.reset(uuid).await.unwrap();
    for change in [
        Change::Attach(named.to_owned()),
        Change::Detach(disk("vda")),
        Change::DetachAlias("ua-x".to_owned()),
        Change::Memory(512),
        Change::Title(Some("web".to_owned())), // told by the service
    ] {
        mem.change(uuid, change, live).await.unwrap();
    }
    let refused = mem.change(uuid, Change::Detach(disk("vdz")), live).await.unwrap_err();
    assert_eq!(refused.code.0, 99);
    let (vda, channel) = ("disk-vda".to_owned(), || "ua-x".to_owned());
    for expected in [
        Happening::Reboot,
        Happening::Reboot,
        Happening::DeviceAdded { alias: channel() },
        Happening::DeviceRemoved { alias: vda },
        Happening::DeviceRemoved { alias: channel() },
        Happening::BalloonChange { memory_kib: 512 },
    ] {
        assert_eq!(heard.try_recv().unwrap(), (Some(1), expected));
    }
    heard.try_recv().unwrap_err();
}

#[tokio::test]
async fn a_transient_guest_is_forgotten_when_it_stops() {
    let mut world = World::new();
    let mem = world.mem.clone();
    let first = mem.create(xml("a"), RUN).await.unwrap();
    assert!(!first.persistent);
    assert_error(mem.undefine(first.uuid).await, 55, 10);
    assert_error(mem.set_autostart(first.uuid, true).await, 55, 10);
    mem.destroy(first.uuid).await.unwrap();
    assert_eq!((world.find("a").await, world.events()), (None, vec![(2, 0), (5, 1)]));

    // Its name is free again; and what is defined while it runs outlives it.
    let second = mem.create(xml("a"), RUN).await.unwrap();
    mem.define(xml_with("a", second.uuid)).await.unwrap();
    mem.destroy(second.uuid).await.unwrap();
    assert_eq!(world.state("a").await, Some((5, 2)));

    // And the reverse: what is undefined while it runs does not.
    mem.start(second.uuid, RUN).await.unwrap();
    mem.undefine(second.uuid).await.unwrap();
    assert!(!world.find("a").await.unwrap().persistent);
    mem.destroy(second.uuid).await.unwrap();
    assert_eq!(world.find("a").await, None);
}

#[tokio::test]
async fn what_runs_and_what_is_defined_are_two_things() {
    let world = World::new();
    let mem = &world.mem;
    let old = xml("a");
    let uuid = mem.define(old.clone()).await.unwrap().uuid;
    mem.start(uuid, RUN).await.unwrap();
    assert!(!world.find("a").await.unwrap().updated);
    let new = old.replace("'KiB'>1024", "'KiB'>2048");
    mem.define(new.clone()).await.unwrap();
    assert!(world.find("a").await.unwrap().updated);
    assert_eq!(
        mem.xml(uuid, WhichXml::Current).await.unwrap(),
        old.replacen("type='test'", "type='test' id='1'", 1)
    );
    assert_eq!(mem.xml(uuid, WhichXml::Migratable).await.unwrap(), old);
    assert_eq!(mem.xml(uuid, WhichXml::Inactive).await.unwrap(), new);
    assert_eq!(world.find("a").await.unwrap().memory_max_kib, 1024);

    // A definition that fails changes nothing.
    assert_error(mem.define(new.replace("<memory", "<mem")).await, 35, 20);
    assert_error(mem.define(new.replace("'test'", "'kvm'")).await, 67, 20);
    assert_eq!(mem.xml(uuid, WhichXml::Inactive).await.unwrap(), new);
    mem.destroy(uuid).await.unwrap();
    assert_eq!(mem.xml(uuid, WhichXml::Current).await.unwrap(), new);
}

#[tokio::test]
async fn names_and_uuids_are_unique() {
    let world = World::new();
    let mem = &world.mem;
    let a = mem.define(xml("a")).await.unwrap().uuid;
    assert_error(mem.define(xml("a")).await, 9, 20);
    assert_error(mem.define(xml_with("b", a)).await, 9, 20);
    assert_error(mem.create(xml("a"), RUN).await, 9, 20);
    assert_eq!(mem.domains().await.unwrap().len(), 1);
    mem.create(xml_with("a", a), RUN).await.unwrap();
    assert_error(mem.create(xml_with("a", a), RUN).await, 55, 20);
    let other = Uuid::random();
    for result in [mem.destroy(other).await, mem.start(other, RUN).await.map(drop), mem.undefine(other).await]
    {
        assert_error(result, 42, 10);
    }
}

#[tokio::test]
async fn memory_is_real_and_bounded() {
    let world = World::new();
    let mem = &world.mem;
    let big = xml("a").replace("'KiB'>1024", "'TiB'>1");
    let domain = mem.create(big, RUN).await.unwrap();
    assert_eq!(domain.memory_max_kib, 1 << 30);
    let mut memory = Vec::new();
    for offset in (0..4 << 20).step_by(65_536) {
        memory.extend(mem.memory_peek(domain.uuid, offset, 65_536).await.unwrap());
    }
    assert_eq!(Some(checksum(&memory)), mem.checksum("a"));
    assert_error(mem.memory_peek(domain.uuid, 4 << 20, 1).await, 8, 10);
    assert_error(mem.memory_peek(domain.uuid, u64::MAX, u32::MAX).await, 8, 10);
}

#[tokio::test]
async fn a_guest_without_a_job_says_so() {
    let world = World::new();
    let mem = &world.mem;
    let uuid = mem.create(xml("a"), RUN).await.unwrap().uuid;
    assert_eq!(mem.job(uuid).await.unwrap(), None);
    assert_eq!(mem.completed_job(uuid, false).await.unwrap(), None);
    assert_error(mem.abort_job(uuid).await, 55, 10);
    mem.set_max_speed_mib_s(uuid, 7).await.unwrap();
    mem.set_max_downtime_ms(uuid, 8).await.unwrap();
    assert_eq!(mem.max_speed_mib_s(uuid).await.unwrap(), 7);
    assert_eq!(mem.max_downtime_ms(uuid).await.unwrap(), 8);
    mem.set_max_speed_mib_s(uuid, 0).await.unwrap();
    assert_eq!(mem.max_speed_mib_s(uuid).await.unwrap(), u64::MAX, "the host's own again");
}

#[tokio::test]
async fn a_guests_memory_is_written_and_then_it_goes_on_starts_anew_or_ends() {
    let mut world = World::new();
    let mem = world.mem.clone();
    let directory = std::env::temp_dir().join(format!("virtwire-dump-{}", Uuid::random()));
    std::fs::create_dir(&directory).unwrap();
    let file = directory.join("core");
    let how = |then| CoreDump {
        format: DumpFormat::Raw,
        memory_only: true,
        live: false,
        bypass_cache: false,
        then,
    };
    let uuid = mem.define(xml("a")).await.unwrap().uuid;
    assert_error(mem.core_dump(uuid, &file, how(AfterDump::GoesOn)).await, 55, 10);
    assert!(!file.exists());
    mem.start(uuid, RUN).await.unwrap();
    let booted = mem.checksum("a").unwrap();
    world.events();

    mem.core_dump(uuid, &file, how(AfterDump::GoesOn)).await.unwrap();
    assert_eq!(checksum(&std::fs::read(&file).unwrap()), booted);
    mem.core_dump(uuid, &file, how(AfterDump::IsReset)).await.unwrap();
    assert_eq!(checksum(&std::fs::read(&file).unwrap()), booted);
    let reset = mem.checksum("a").unwrap();
    assert_ne!(reset, booted);
    assert_eq!((world.state("a").await, world.events()), (Some((1, 1)), vec![]));

    // What cannot be written changes nothing.
    let zipped = CoreDump { format: DumpFormat::KdumpZlib, ..how(AfterDump::Crashes) };
    assert_error(mem.core_dump(uuid, &file, zipped).await, 74, 10);
    let nowhere = directory.join("none").join("core");
    assert_error(mem.core_dump(uuid, &nowhere, how(AfterDump::Crashes)).await, 38, 10);
    assert_eq!((world.state("a").await, world.events()), (Some((1, 1)), vec![]));

    mem.core_dump(uuid, &file, how(AfterDump::Crashes)).await.unwrap();
    assert_eq!(checksum(&std::fs::read(&file).unwrap()), reset);
    assert_eq!((world.state("a").await, world.events()), (Some((5, 3)), vec![(5, 2)]));
    for refused in [mem.inject_nmi(uuid).await, mem.core_dump(uuid, &file, how(AfterDump::GoesOn)).await] {
        assert_error(refused, 55, 10);
    }
    std::fs::remove_dir_all(directory).unwrap();
}
