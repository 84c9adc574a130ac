//! Every call of the C API that moves a guest, by every version of the protocol that two of our daemons have in common, managed by the
//! client, peer-to-peer and tunnelled: which procedures follow, and where the guest is in the end.

use crate::moving::{Lab, steps};
use crate::need::need;
use crate::peers::python;

/// Moves one guest after the other and says of each where it went.
const PROGRAM: &str = "
libvirt.registerErrorHandler(lambda *_: None, None)
source, uri = libvirt.open(sys.argv[1]), sys.argv[2]
to = libvirt.open(uri)
for call in sys.argv[4:]:
    guest = source.createXML(sys.argv[3])
    try:
        eval('guest.' + call)
        came = 'moved'
    except libvirt.libvirtError as error:
        came = f'error {error.get_error_code()}'
    print(came, source.numOfDomains(), to.numOfDomains(), call)
    for host in (source, to):
        for number in host.listDomainsID():
            host.lookupByID(number).destroy()
";

const GUEST: &str = "<domain type='mem'><name>guest</name><memory unit='KiB'>64</memory></domain>";

/// What the client calls at the source, and what is called at the destination by whoever drives.
type Steps = (&'static [u32], &'static [u32]);

const V1: Steps = (&[62], &[61, 63]);
const V2: Steps = (&[62], &[108, 109]);
const FIXED: Steps = (&[213, 216, 218], &[214, 217]);
const PARAMS: Steps = (&[302, 305, 307], &[303, 306]);

/// One age of both daemons.
struct Age {
    options: &'static [&'static str],
    /// By `migrate` and `migrate2`, and by `migrate3`.
    managed: [Steps; 2],
    /// By whatever call that hands it to the source's daemon.
    peer_to_peer: Steps,
    /// The same through a tunnel, where the version has one.
    tunnelled: Option<Steps>,
}

#[test]
fn each_call_moves_a_guest_by_each_version_and_way() {
    need!(Python);
    for age in [
        Age {
            options: &[],
            managed: [FIXED, PARAMS],
            peer_to_peer: (&[305], &[303, 306]),
            tunnelled: Some((&[305], &[304, 306])),
        },
        // The last release before version 3 had typed parameters.
        Age {
            options: &["--as", "1.0.6"],
            managed: [FIXED, FIXED],
            peer_to_peer: (&[216], &[214, 217]),
            tunnelled: Some((&[216], &[215, 217])),
        },
        // The last release before version 3.
        Age {
            options: &["--as", "0.9.1"],
            managed: [V2, V2],
            peer_to_peer: (&[62], &[108, 109]),
            tunnelled: Some((&[62], &[148, 109])),
        },
        // A daemon that drives by itself and knows of no version but the first.
        Age {
            options: &["--without-feature", "3", "--without-feature", "6", "--without-feature", "13"],
            managed: [V1, V1],
            peer_to_peer: (&[62], &[61, 63]),
            tunnelled: None,
        },
    ] {
        age.moves();
    }
}

impl Age {
    #[track_caller]
    fn moves(&self) {
        let lab = Lab::with_options([&[&["--allow-p2p", "any"], self.options].concat(), self.options]);
        let [older, newest] = self.managed;
        // LIVE alone; with PEER2PEER; and with TUNNELLED.
        let mut cases = vec![
            ("migrate(to, 1, None, None, 0)".to_owned(), Some(older)),
            ("migrate2(to, None, 1, None, None, 0)".to_owned(), Some(older)),
            ("migrate3(to, {}, 1)".to_owned(), Some(newest)),
        ];
        for (flags, steps) in [(3, Some(self.peer_to_peer)), (7, self.tunnelled)] {
            cases.extend([
                (format!("migrate(to, {flags}, None, None, 0)"), steps),
                (format!("migrate(to, {flags}, None, uri, 0)"), steps),
                (format!("migrate2(to, None, {flags}, None, None, 0)"), steps),
                (format!("migrateToURI(uri, {flags}, None, 0)"), steps),
                (format!("migrateToURI2(uri, None, None, {flags}, None, 0)"), steps),
                (format!("migrateToURI3(uri, {{}}, {flags})"), steps),
            ]);
        }
        let calls = cases.iter().map(|(call, _)| call.as_str());
        let (from, to) = (lab.source_uri(), lab.destination_uri());
        let arguments: Vec<&str> = [from.as_str(), &to, GUEST].into_iter().chain(calls).collect();
        let told = python(PROGRAM, &arguments);

        let expected = cases.iter().map(|(call, steps)| match steps {
            Some(_) => format!("moved 0 1 {call}"),
            // What was to go through a tunnel stays where it was.
            None => format!("error 74 1 0 {call}"),
        });
        assert!(told.lines().eq(expected), "{:?}: {told}", self.options);
        let (at_source, at_destination) = lab.all_conversations();
        // What is refused is asked of the source, and of nobody else.
        let refused = (self.peer_to_peer.0, &[][..]);
        let made = || cases.iter().map(|(_, steps)| steps.unwrap_or(refused));
        let at = |steps: fn(Steps) -> &'static [u32]| made().flat_map(steps).copied().collect::<Vec<_>>();
        assert_eq!(steps(&at_source), at(|steps| steps.0), "{:?}", self.options);
        assert_eq!(steps(&at_destination), at(|steps| steps.1), "{:?}", self.options);
    }
}

/// The API has no call for a migration with parameters that somebody else drives and that is not by URI.
#[test]
fn migrate3_is_not_for_peer_to_peer() {
    need!(Python);
    let lab = Lab::with_options([&["--allow-p2p", "any"], &[]]);
    let (from, to) = (lab.source_uri(), lab.destination_uri());
    let told = python(PROGRAM, &[&from, &to, GUEST, "migrate3(to, {}, 3)"]);
    assert_eq!(told.trim(), "error 8 1 0 migrate3(to, {}, 3)");
    let (at_source, at_destination) = lab.all_conversations();
    assert_eq!((steps(&at_source), steps(&at_destination)), (vec![], vec![]));
}
