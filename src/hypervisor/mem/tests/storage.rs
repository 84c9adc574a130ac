//! Pools, volumes and networks: what of them outlives what, and how much there may be.

use super::*;

use crate::hypervisor::store::Store;
use crate::hypervisor::{NetworkChange, NetworkPart, NetworkStep, Place, Standing};

fn pool(name: &str, path: &str) -> String {
    format!("<pool type='dir'><name>{name}</name><target><path>{path}</path></target></pool>")
}

fn volume(name: &str, capacity: u64) -> String {
    format!("<volume><name>{name}</name><capacity>{capacity}</capacity></volume>")
}

async fn started(mem: &Mem, xml: String) -> Uuid {
    let pool = mem.define_pool(xml).await.unwrap().uuid;
    mem.start_pool(pool).await.unwrap();
    pool
}

async fn names(mem: &Mem, pool: Uuid) -> Vec<String> {
    mem.volumes(pool).await.unwrap().into_iter().map(|one| one.name).collect()
}

/// Has a volume hold so many bytes.
fn fill(mem: &Mem, folder: &str, name: &str, bytes: u64) -> Result<()> {
    let mut pools = mem.inner.stores();
    let which = pools.which(folder, name)?;
    pools.hold(&which, bytes, mem.inner.storage_bytes_max()).map(|volume| volume.data_mut().fill(7))
}

/// Whoever makes a volume on top of another one is not given an empty one.
#[tokio::test]
async fn a_volume_is_what_was_asked_for_or_none() {
    let mem = Mem::default();
    let pool = started(&mem, pool("one", "/images")).await;
    let with = |more: &str| volume("a", 9).replace("</volume>", &format!("{more}</volume>"));
    let backed = with("<backingStore><path>/images/base</path></backingStore>");
    assert_error(mem.create_volume(pool, backed, HOW).await, 67, 18);
    assert_eq!(names(&mem, pool).await, [""; 0]);
    let permissions = "<permissions>\n      <mode>0640</mode>\n      <owner>107</owner>\n    </permissions>";
    mem.create_volume(pool, with(&format!("<target>{permissions}</target>")), HOW).await.unwrap();
    let told = mem.volume_xml(pool, "a").await.unwrap();
    assert!(told.contains(permissions), "{told}");
    assert_error(
        mem.clone_volume(pool, told.replace("/>\n", "/><encryption format='luks'/>\n"), (pool, "a"), HOW)
            .await,
        67,
        18,
    );
}

/// As a directory's files do.
#[tokio::test]
async fn volumes_stay_where_they_are_whatever_becomes_of_their_pool() {
    let mem = Mem::default();
    let first = started(&mem, pool("one", "/images")).await;
    mem.create_volume(first, volume("a", 9), HOW).await.unwrap();
    fill(&mem, "/images", "a", 9).unwrap();
    mem.destroy_pool(first).await.unwrap();
    mem.undefine_pool(first).await.unwrap();
    // Another pool, with the slash that some write.
    let second = mem.create_pool(pool("two", "/images/"), false).await.unwrap().uuid;
    assert_ne!(first, second);
    let [found] = &mem.volumes(second).await.unwrap()[..] else { panic!("one volume") };
    assert_eq!((found.path.as_str(), found.allocation), ("/images/a", 9));
    assert_eq!(mem.pools().await.unwrap()[0].allocation, 9);
    // Two cannot be in one place.
    assert_error(mem.define_pool(pool("three", "/images")).await, 9, 18);
    let other = started(&mem, pool("three", "/other")).await;
    assert_eq!(names(&mem, other).await, [""; 0]);
    let moved = pool("three", "/images").replace("<target>", &format!("<uuid>{other}</uuid><target>"));
    assert_error(mem.define_pool(moved).await, 9, 18);
    // What is not empty is not removed.
    mem.destroy_pool(other).await.unwrap();
    mem.delete_pool(other).await.unwrap();
    mem.create_volume(second, volume("b", 9), HOW).await.unwrap();
    assert_error(mem.delete_pool(second).await, 9, 18);
}

#[tokio::test]
async fn a_clone_has_all_that_the_other_has_and_a_wiped_one_has_nothing() {
    let mem = Mem::new(Config { storage_bytes_max: 25, ..config() });
    let (one, two) = (started(&mem, pool("one", "/1")).await, started(&mem, pool("two", "/2")).await);
    mem.create_volume(one, volume("a", 10), HOW).await.unwrap();
    fill(&mem, "/1", "a", 10).unwrap();
    let cloned = mem.clone_volume(two, volume("b", 3), (one, "a"), HOW).await.unwrap();
    assert_eq!((cloned.path.as_str(), cloned.capacity, cloned.allocation), ("/2/b", 10, 10));
    assert_error(mem.clone_volume(two, volume("b", 3), (one, "nosuch"), HOW).await, 50, 18);
    // There is no room for a third of them, until one of them is zeros again.
    assert_error(mem.clone_volume(two, volume("c", 20), (one, "a"), HOW).await, 9, 18);
    mem.wipe_volume(two, "b").await.unwrap();
    let info = &mem.volumes(two).await.unwrap()[0];
    assert_eq!((info.capacity, info.allocation), (10, 0));
    assert_error(mem.clone_volume(two, volume("b", 20), (one, "a"), HOW).await, 90, 18);
    let cloned = mem.clone_volume(two, volume("c", 20), (one, "a"), HOW).await.unwrap();
    assert_eq!((cloned.capacity, cloned.allocation), (20, 10));
    mem.delete_volume(one, "a").await.unwrap();
    mem.resize_volume(two, "c", 4).await.unwrap();
    fill(&mem, "/2", "b", 10).unwrap();
    assert_eq!(mem.inner.stores().taken(), 14);
}

#[tokio::test]
async fn all_volumes_of_a_host_are_bounded() {
    let mem = Mem::default();
    let (one, two) = (started(&mem, pool("one", "/1")).await, started(&mem, pool("two", "/2")).await);
    for number in 0..16_384_u32 {
        let pool = if number % 2 == 0 { one } else { two };
        mem.create_volume(pool, volume(&number.to_string(), 1), HOW).await.unwrap();
    }
    assert_error(mem.create_volume(one, volume("more", 1), HOW).await, 9, 18);
    mem.delete_volume(two, "1").await.unwrap();
    mem.create_volume(one, volume("more", 1), HOW).await.unwrap();
}

#[tokio::test]
async fn networks_and_pools_are_there_after_a_restart() {
    let directory = std::env::temp_dir().join(format!("virtwire-kept-{}", Uuid::random()));
    let open = || Mem::kept(config(), Store::open(&directory).unwrap()).unwrap();
    let network = |name: &str| format!("<network><name>{name}</name><!-- kept --></network>");
    let (mem, _) = open();
    let lan = mem.define_network(network("lan")).await.unwrap().uuid;
    let wan = mem.define_network(network("wan")).await.unwrap().uuid;
    let gone = mem.define_network(network("gone")).await.unwrap().uuid;
    mem.create_network(network("transient")).await.unwrap();
    mem.set_network_autostart(lan, true).await.unwrap();
    mem.start_network(wan).await.unwrap();
    mem.undefine_network(gone).await.unwrap();
    // Of a change to both, the one that lasts.
    mem.start_network(lan).await.unwrap();
    let change = NetworkChange {
        step: NetworkStep::AddLast,
        part: NetworkPart::PortGroup,
        parent: None,
        xml: "<portgroup name='g'/>".to_owned(),
    };
    mem.update_network(lan, change.clone(), Place { live: true, config: true }).await.unwrap();
    assert_error(mem.update_network(lan, change, Place { live: false, config: true }).await, 55, 19);
    let images = mem.define_pool(pool("images", "/images")).await.unwrap().uuid;
    mem.set_pool_autostart(images, true).await.unwrap();
    // What is refused is not written.
    assert_error(
        mem.define_network(network("lan").replace("<!--", &format!("<uuid>{wan}</uuid><!--"))).await,
        9,
        19,
    );
    let xmls = [mem.network_xml(lan, true).await.unwrap(), mem.network_xml(wan, true).await.unwrap()];
    assert!(xmls[0].contains("<portgroup name='g'/>"), "{}", xmls[0]);
    drop(mem);

    let (mem, set_aside) = open();
    assert_eq!(set_aside, []);
    assert_eq!([mem.network_xml(lan, true).await.unwrap(), mem.network_xml(wan, true).await.unwrap()], xmls);
    let standings: Vec<_> =
        Networks::networks(&mem).await.unwrap().into_iter().map(|one| (one.name, one.standing)).collect();
    let active = Standing { active: true, persistent: true, autostart: true };
    assert_eq!(standings.len(), 2, "{standings:?}");
    assert!(standings.contains(&("lan".to_owned(), active)), "{standings:?}");
    assert!(standings.contains(&("wan".to_owned(), Standing::default())), "{standings:?}");
    let [found] = &mem.pools().await.unwrap()[..] else { panic!("one pool") };
    assert_eq!((found.name.as_str(), found.kind.as_str(), found.standing), ("images", "dir", active));
    drop(mem);

    // What this host cannot have is told, and out of the way.
    let file = directory.join("networks").join(format!("{lan}.network"));
    std::fs::write(&file, "virtwire network 1 0000000000000000\n").unwrap();
    let (mem, set_aside) = open();
    assert_eq!((set_aside.len(), Networks::networks(&mem).await.unwrap().len()), (1, 1));
    drop(mem);
    std::fs::remove_dir_all(directory).unwrap();
}

/// What is in it is its users' affair, as long as there is such a format; that they have said so is kept.
#[tokio::test]
async fn a_volume_has_the_format_that_its_document_says() {
    let mem = Mem::default();
    let pool = started(&mem, pool("one", "/images")).await;
    let of = |name: &str, format: &str| {
        volume(name, 9).replace("</volume>", &format!("<target><format type='{format}'/></target></volume>"))
    };
    let format = async |name: &str| {
        let xml = mem.volume_xml(pool, name).await.unwrap();
        xml.split_once("<format type='").unwrap().1.split_once("'/>").unwrap().0.to_owned()
    };
    mem.create_volume(pool, of("a", "qcow2"), HOW).await.unwrap();
    mem.create_volume(pool, volume("b", 9), HOW).await.unwrap();
    assert_eq!([format("a").await, format("b").await], ["qcow2", "raw"].map(str::to_owned));
    assert_error(mem.create_volume(pool, of("c", "x&amp;&apos;y"), HOW).await, 67, 18);
    mem.clone_volume(pool, of("d", "vmdk"), (pool, "a"), HOW).await.unwrap();
    assert_eq!(format("d").await, "vmdk", "a clone is what its own document says");
    assert_error(mem.create_volume(pool, of("e", &"x".repeat(257)), HOW).await, 27, 18);
}
