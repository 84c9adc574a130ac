//! The source's daemon moves its guest by itself: the C library asks for it, and real libvirtd does so towards us.

use crate::guest::Count;
use crate::lab::Setup;
use crate::moving::{Lab, NAME, steps};
use crate::need::need;
use crate::peers::{try_virsh, virsh};
use crate::serve::Serve;
use crate::wire::Reader;

const ANY: [&str; 2] = ["--allow-p2p", "any"];
/// The last release before version 3 had typed parameters.
const FIXED: &str = "1.0.6";
/// The last release before version 3.
const V2: &str = "0.9.1";

#[test]
fn virsh_has_our_daemon_move_its_guest_by_each_version_and_through_a_tunnel() {
    need!(Virsh, Python);
    for (ages, asked, plain, tunnelled) in [
        ([None, None], 305, [303, 306], [304, 306]),
        ([Some(FIXED), Some(FIXED)], 216, [214, 217], [215, 217]),
        ([Some(V2), Some(V2)], 62, [108, 109], [148, 109]),
        // A destination without version 3, whatever the source has.
        ([None, Some(V2)], 305, [108, 109], [148, 109]),
    ] {
        for (way, expected) in [(&["--p2p"][..], plain), (&["--p2p", "--tunnelled"], tunnelled)] {
            let [source, destination] =
                ages.map(|release| release.map_or_else(Vec::new, |release| vec!["--as", release]));
            let source = [&ANY[..], &source].concat();
            let lab = Lab::with_options([&source, &destination]);
            lab.create();
            let memory = lab.memory_at_source();

            let to = lab.destination_uri();
            virsh(&lab.source_uri(), &[&["migrate", "--live"], way, &[NAME, &to]].concat());

            let (source, destination) = lab.conversations();
            assert_eq!(
                (steps(&source), steps(&destination)),
                (vec![asked], expected.to_vec()),
                "{ages:?} {way:?}"
            );
            lab.guest_has_moved(&memory);
        }
    }
}

/// Version 2's Finish must name where the data went. A tunnel has no name of its own, and is called by the destination's.
#[test]
fn version_2_finishes_by_the_destinations_uri_where_the_data_went_through_a_tunnel() {
    need!(Virsh, Python);
    for tunnelled in [false, true] {
        let lab = Lab::with_options([&[&ANY[..], &["--as", V2]].concat(), &["--as", V2]]);
        lab.create();
        let memory = lab.memory_at_source();
        let to = lab.destination_uri();
        let way = if tunnelled { &["--p2p", "--tunnelled"][..] } else { &["--p2p"] };
        virsh(&lab.source_uri(), &[&["migrate", "--live"], way, &[NAME, &to]].concat());

        let (_, destination) = lab.conversations();
        let uri_out = (!tunnelled).then(|| {
            let mut prepared = Reader::new(&destination.exchange(108).1.payload);
            (prepared.opaque(), prepared.optional_string().expect("nobody wished for another")).1
        });
        let mut finish = Reader::new(&destination.exchange(109).0.payload);
        let (name, _cookie, uri, flags) = (finish.string(), finish.opaque(), finish.string(), finish.u64());
        assert_eq!((name, uri), (NAME, uri_out.unwrap_or(&to)));
        assert_eq!((flags, finish.u32(), finish.is_empty()), (if tunnelled { 7 } else { 3 }, 0, true));
        lab.guest_has_moved(&memory);
    }
}

#[test]
fn a_daemon_whose_user_allows_no_destination_dials_none() {
    need!(Virsh, Python);
    let lab = Lab::with_options([&[], &[]]);
    lab.create();
    let refused = try_virsh(&lab.source_uri(), &["migrate", "--live", "--p2p", NAME, &lab.destination.uri()]);
    assert!(refused.stderr.contains("its configuration does not allow it"), "{refused:?}");
    assert_eq!(virsh(&lab.source.uri(), &["domstate", NAME]).trim(), "running");
}

/// Our host runs no QEMU guests, and says so in Prepare: until then libvirtd has gone all of a peer-to-peer migration's way.
#[test]
fn libvirtds_guest_runs_on_when_our_daemon_refuses_it() {
    need!(Libvirtd, Namespaces, Qemu, Virsh, Python, Kernel);
    let libvirtd = Setup::new().start();
    let mut count = Count::start(&libvirtd);
    let ours = Serve::start(&[]);
    let uri = libvirtd.uri("qemu", "/system");
    for way in [&["--p2p"][..], &["--p2p", "--tunnelled"]] {
        let to = ours.uri();
        let migrate = [&["migrate", "--live"], way, &["guest", &to]].concat();
        let refused = try_virsh(&uri, &migrate);
        assert!(refused.stderr.contains("domains of type 'test' and 'mem'"), "{refused:?}");
        assert_eq!(virsh(&uri, &["domstate", "guest"]).trim(), "running");
        assert_eq!(virsh(&ours.uri(), &["list", "--all", "--name"]).trim(), "");
        count.goes_on(&libvirtd);
        // No job is left that would hold it.
        virsh(&uri, &["suspend", "guest"]);
        virsh(&uri, &["resume", "guest"]);
        count.goes_on(&libvirtd);
    }
}
