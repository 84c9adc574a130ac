//! A running guest moves between real daemons of three releases: libvirt 7.0 with QEMU 5.2, 9.0 with 7.2, and 11.3 with 10.0.
//!
//! `.ci/peers` runs it, as it has the files of the other two: `VIRTWIRE_PEER_ROOTS` names the directory that has them.

use std::path::PathBuf;

use virtwire::protocol::migrate::Wish;

use crate::guest::{Count, lay_out};
use crate::lab::{Libvirtd, Setup};
use crate::need::need;
use crate::peers::virsh;
use crate::v3_between_libvirtds::{arrived, has, migrate, uri};

#[test]
fn a_running_guest_goes_from_release_to_release_and_back() {
    let Some(roots) = std::env::var_os("VIRTWIRE_PEER_ROOTS").map(PathBuf::from) else {
        eprintln!(
            "SKIPPED here: .ci/peers runs it, with VIRTWIRE_PEER_ROOTS naming the files of libvirt 7.0 and 11.3"
        );
        return;
    };
    need!(Libvirtd, Namespaces, Qemu, Virsh, Kernel);
    let of_2021 = Setup::new().of(&roots.join("bullseye")).start();
    let of_2023 = Libvirtd::start();
    let of_2025 = Setup::new().of(&roots.join("trixie")).start();
    for (daemon, release) in [(&of_2021, "7.0.0"), (&of_2023, "9.0.0"), (&of_2025, "11.3.0")] {
        let told = virsh(&uri(daemon), &["version", "--daemon"]);
        assert!(told.contains(&format!("Running against daemon: {release}")), "{told}");
        lay_out(daemon);
    }

    let mut count = Count::start_laid_out(&of_2021);
    let mut moves = |from: &Libvirtd, to: &Libvirtd, wish: Wish| {
        let (outcome, watched) = migrate(from, to, "guest", wish, |_| ());
        let way = format!("from {} to {}: {watched:?}", from.host_name(), to.host_name());
        eprintln!("{outcome} {way}");
        arrived(&outcome, "guest");
        has(from, &[]);
        has(to, &["guest running"]);
        count.read(from);
        count.goes_on(to);
        let steps = match wish {
            Wish::V3 => [213, 214, 216, 217, 218],
            _ => [302, 303, 305, 306, 307],
        };
        let made: Vec<i32> = watched.calls.into_iter().filter(|call| *call > 212).collect();
        assert_eq!(made, steps, "{way}");
    };

    // Forward a release at a time, back in the same way, and across both at once.
    moves(&of_2021, &of_2023, Wish::Auto);
    moves(&of_2023, &of_2025, Wish::V3);
    moves(&of_2025, &of_2023, Wish::Auto);
    moves(&of_2023, &of_2021, Wish::V3);
    moves(&of_2021, &of_2025, Wish::Auto);
    moves(&of_2025, &of_2021, Wish::V3);
}
