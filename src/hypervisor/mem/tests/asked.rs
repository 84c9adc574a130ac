//! What a client may not ask for, and what is here all the same: kept by an earlier daemon, or come from another host.

use super::moves::prepare;
use super::*;
use crate::hypervisor::store::Store;
use crate::hypervisor::{Change, NetworkChange, NetworkPart, NetworkStep, Place, Save};

const RUN: StartOptions = StartOptions { paused: false };
const CONFIG: Place = Place { live: false, config: true };

fn with(name: &str, more: &str) -> String {
    xml(name).replace("</domain>", &format!("<devices>{more}</devices></domain>"))
}

fn disk(target: &str) -> String {
    format!("<disk type='file' device='disk'><source file='/{target}'/><target dev='{target}'/></disk>")
}

fn updated(device: String) -> Change {
    Change::Update { device, force: false }
}

#[tokio::test]
async fn what_libvirt_refuses_is_neither_defined_nor_started() {
    let mem = Mem::default();
    let twice = with("a", &(disk("vda") + &disk("vda")));
    assert_error(mem.define(twice.clone()).await, 27, 20);
    assert_error(mem.create(twice, RUN).await, 27, 20);
    assert_error(mem.define(with("a", "<interface type='network'/>")).await, 27, 20);
    assert!(mem.domains().await.unwrap().is_empty());
    let network = |parts: &str| format!("<network><name>lan</name>{parts}</network>");
    for wrong in ["<forward mode='foo'/>", "<ip address='999.0.0.1'/>"] {
        assert!(mem.define_network(network(wrong)).await.is_err(), "{wrong}");
        assert!(mem.create_network(network(wrong)).await.is_err(), "{wrong}");
    }
    let pool =
        |kind: &str| format!("<pool type='{kind}'><name>p</name><target><path>/p</path></target></pool>");
    assert_error(mem.define_pool(pool("foo")).await, 27, 5);
    assert_error(mem.create_pool(pool("logical"), false).await, 67, 18);
    mem.define_pool(pool("dir")).await.unwrap();
    // Nor is it plugged in.
    let guest = mem.define(with("a", &disk("vda"))).await.unwrap().uuid;
    let wrong = Change::Attach("<interface type='user'><mac address='zz'/></interface>".to_owned());
    assert_error(mem.change(guest, wrong, CONFIG).await, 27, 20);
    let wrong = updated(disk("vda").replace("type='file'", "type='foo'"));
    assert_error(mem.change(guest, wrong, CONFIG).await, 27, 5);
}

/// Every client would fail on it.
#[tokio::test]
async fn what_is_not_well_formed_is_taken_from_nobody() {
    let mem = Mem::default();
    let bell = "<description>bell \u{7}</description>";
    let domain = xml("a").replace("</domain>", &format!("{bell}</domain>"));
    assert_error(mem.define(domain.clone()).await, 35, 20);
    assert_error(mem.create(domain, RUN).await, 35, 20);
    let network = "<network><name>w\u{7}</name></network>".to_owned();
    assert_error(mem.define_network(network.clone()).await, 35, 19);
    assert_error(mem.create_network(network).await, 35, 19);
    let pool =
        |more: &str| format!("<pool type='dir'><name>p</name><target><path>/p</path></target>{more}</pool>");
    assert_error(mem.define_pool(pool(bell)).await, 35, 18);
    assert_error(mem.create_pool(pool(bell), false).await, 35, 18);
    let pool = mem.create_pool(pool(""), false).await.unwrap().uuid;
    let volume = "<volume><name>w&#7;</name><capacity>1</capacity></volume>".to_owned();
    assert_error(mem.create_volume(pool, volume, HOW).await, 35, 18);
    assert_error(mem.define_secret(format!("<secret>{bell}</secret>")).await, 35, 30);
    // Nor of what there is already.
    let guest = mem.define(xml("a")).await.unwrap().uuid;
    assert_error(
        mem.create_snapshot(guest, format!("<domainsnapshot>{bell}</domainsnapshot>")).await,
        35,
        20,
    );
    let broken = |of: &str| of.replace("/vda", "/&#7;");
    assert_error(mem.change(guest, Change::Attach(broken(&disk("vda"))), CONFIG).await, 35, 20);
    mem.change(guest, Change::Attach(disk("vda")), CONFIG).await.unwrap();
    assert_error(mem.change(guest, updated(broken(&disk("vda"))), CONFIG).await, 35, 20);
    assert_error(mem.rename(guest, "w\u{7}".to_owned()).await, 27, 20);
    let lan = mem.define_network("<network><name>lan</name></network>".to_owned()).await.unwrap().uuid;
    let change = NetworkChange {
        step: NetworkStep::AddLast,
        part: NetworkPart::PortGroup,
        parent: None,
        xml: "<portgroup name='g\u{7}'/>".to_owned(),
    };
    assert_error(mem.update_network(lan, change, CONFIG).await, 35, 19);
    let elsewhere = xml_with("a", guest).replace("</domain>", &format!("{bell}</domain>"));
    let flags = MigrateFlags(MigrateFlags::OFFLINE.0 | MigrateFlags::PERSIST_DEST.0);
    let begin = Begin { xml: Some(elsewhere), ..super::moves::begin(guest, flags) };
    assert_error(mem.begin(begin).await, 35, 20);
}

#[tokio::test]
async fn a_title_is_one_line() {
    let mem = Mem::default();
    let titled = |title: &str| xml("a").replace("</domain>", &format!("<title>{title}</title></domain>"));
    for wrong in ["a\nb", "a&#10;b", "a\rb", "a<x>\n</x>b"] {
        assert_error(mem.define(titled(wrong)).await, 27, 20);
    }
    for right in ["", "a&#13;b", "a</title><title>\n"] {
        let guest = mem.define(titled(right)).await.unwrap().uuid;
        mem.undefine(guest).await.unwrap();
    }
}

/// Nothing that an earlier daemon took is lost, and it can be changed.
#[tokio::test]
async fn what_is_kept_already_is_no_matter_of_the_rules() {
    let directory = std::env::temp_dir().join(format!("virtwire-asked-{}", Uuid::random()));
    let open = || Mem::kept(config(), Store::open(&directory).unwrap()).unwrap();
    let (lan, guest) = (Uuid([7; 16]), Uuid([8; 16]));
    let network =
        format!("<network><name>lan</name><uuid>{lan}</uuid><!-- \x07 --><forward mode='foo'/></network>");
    let domain = xml_with("a", guest).replace(
        "</domain>",
        &format!(
            "<title>a\x07\nb</title><devices>{}{}<interface/></devices></domain>",
            disk("vda"),
            disk("vda")
        ),
    );
    let opened = Store::open(&directory).unwrap();
    let kept = |uuid, xml| crate::hypervisor::store::Kept { uuid, autostart: false, xml };
    opened.store.networks().keep(&kept(lan, network)).unwrap();
    opened.store.domains().keep(&kept(guest, domain)).unwrap();
    drop(opened);
    let (mem, set_aside) = open();
    assert_eq!(set_aside.len(), 0);
    let change = NetworkChange {
        step: NetworkStep::AddLast,
        part: NetworkPart::PortGroup,
        parent: None,
        xml: "<portgroup name='g'/>".to_owned(),
    };
    mem.update_network(lan, change, CONFIG).await.unwrap();
    mem.change(guest, Change::Title(Some("a".to_owned())), CONFIG).await.unwrap();
    // What it did not say has been filled in, the same each time.
    let before = mem.xml(guest, WhichXml::Inactive).await.unwrap();
    assert!(before.contains("<mac address='52:54:00:"), "{before}");
    drop(mem);
    assert_eq!(open().0.xml(guest, WhichXml::Inactive).await.unwrap(), before);
    std::fs::remove_dir_all(directory).unwrap();
}

/// Also of a document that its source has not filled in, both hosts make the same.
#[tokio::test]
async fn a_guests_addresses_move_with_it() {
    let source = Mem::default();
    let bare = with("a", "<interface type='user'/>");
    let guest = source.create(bare.clone(), RUN).await.unwrap().uuid;
    let here = source.xml(guest, WhichXml::Migratable).await.unwrap();
    assert!(here.contains("<mac address='52:54:00:"), "{here}");
    for sent in [&here, &bare] {
        let destination = Mem::new(config());
        destination.prepare(prepare(Some(sent))).await.unwrap();
        assert_eq!(destination.xml(guest, WhichXml::Migratable).await.unwrap(), here);
    }
}

/// Nor does a guest that is here get it in place of its own, in a file or at another host; and nothing is begun.
#[tokio::test]
async fn what_libvirt_refuses_is_not_taken_in_place_of_what_is_here() {
    let directory = std::env::temp_dir().join(format!("virtwire-wished-{}", Uuid::random()));
    std::fs::create_dir(&directory).unwrap();
    let (image, nothing) = (directory.join("image"), directory.join("nothing"));
    let mut world = World::new();
    let guest = world.mem.create(xml("a"), RUN).await.unwrap().uuid;
    let twice = |name: &str, uuid| {
        let devices = format!("<devices>{}{}</devices></domain>", disk("vda"), disk("vda"));
        xml_with(name, uuid).replace("</domain>", &devices)
    };
    let wished = twice("a", guest);
    let save = Save { xml: Some(wished.clone()), ..Save::default() };
    world.events();
    assert_error(world.mem.save(guest, &nothing, save.clone()).await, 27, 20);
    let begin =
        |domain, xml: &str, flags| Begin { xml: Some(xml.to_owned()), ..super::moves::begin(domain, flags) };
    assert_error(world.mem.begin(begin(guest, &wished, MigrateFlags::LIVE)).await, 27, 20);
    assert_eq!((world.state("a").await, world.events(), nothing.exists()), (Some((1, 1)), vec![], false));
    let off = world.mem.define(xml("off")).await.unwrap().uuid;
    let offline = MigrateFlags::OFFLINE | MigrateFlags::PERSIST_DEST;
    assert_error(world.mem.begin(begin(off, &twice("off", off), offline)).await, 27, 20);

    world.mem.save(guest, &image, Save::default()).await.unwrap();
    let before = std::fs::read(&image).unwrap();
    assert_error(world.mem.set_saved(&image, save.clone()).await, 27, 20);
    assert_error(world.mem.restore(&image, save).await, 27, 20);
    assert_eq!((std::fs::read(&image).unwrap(), world.state("a").await), (before, None));
    std::fs::remove_dir_all(directory).unwrap();
}

/// An earlier daemon has written it, or another host.
#[tokio::test]
async fn what_was_written_before_a_rule_was_goes_on() {
    let image = std::env::temp_dir().join(format!("virtwire-written-{}", Uuid::random()));
    let twice = with("a", &(disk("vda") + &disk("vda")));
    let memory = vec![7; 1 << 20];
    image::Image { runs: false, xml: twice.clone(), memory }.write(&image).unwrap();
    let source = Mem::new(config());
    source.set_saved(&image, Save { runs: Some(true), ..Save::default() }).await.unwrap();
    source.restore(&image, Save::default()).await.unwrap();
    let guest = source.domains().await.unwrap()[0].uuid;
    source.save(guest, &image, Save::default()).await.unwrap();
    source.restore(&image, Save::default()).await.unwrap();
    let flags = MigrateFlags::LIVE;
    let begun = source.begin(super::moves::begin(guest, flags)).await.unwrap();
    assert_eq!(begun.xml, twice);
    Mem::new(config()).prepare(prepare(Some(&twice))).await.unwrap();
    std::fs::remove_file(image).unwrap();
}
