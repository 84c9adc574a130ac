//! The proof of Preparev2 by somebody else's code: the C library moves a guest between two of our daemons.
//!
//! Which version it drives follows from the features that the daemons report. Taps sit on both connections of the
//! client and on the guest's data, so that what is asserted is what passed, not what anyone says of it.

use crate::moving::{CONFIGURATION, Configuration, Lab, MEMORY, NAME, memory_of, persistent, steps};
use crate::need::need;
use crate::peers::{table, try_virsh, virsh};
use crate::recorder::From;
use crate::wire::{Reader, string};

#[test]
fn by_preparev2_when_both_report_feature_3() {
    need!(Virsh, Python);
    let lab = Lab::start(["0.9.1", "0.9.1"]);
    lab.create();
    let memory = lab.memory_at_source();

    let data = lab.data_address();
    virsh(&lab.source_uri(), &["migrate", "--live", NAME, &lab.destination_uri(), &format!("tcp:{data}")]);

    let (source, destination) = lab.conversations();
    assert_eq!(steps(&source), [62]);
    assert_eq!(steps(&destination), [108, 109]);
    let prepare = Prepare2::decode(&destination.exchange(108).0.payload);
    assert_eq!(prepare.uri_in, Some(format!("tcp:{data}").as_str()));
    assert_eq!((prepare.flags, prepare.dname, prepare.resource), (1, None, 0));
    let described = source.exchange(14).1.payload.clone();
    assert_eq!(described, string(prepare.dom_xml), "108 carries what the source said of its guest");
    lab.guest_has_moved(&memory);
    // The number that it had there is not its own here.
    assert_eq!(lab.destination_xml(), prepare.dom_xml.replacen(" id='1'", "", 1));
    lab.data_has(Configuration::Absent);
}

#[test]
fn by_prepare_when_both_report_feature_1_only() {
    need!(Virsh, Python);
    let lab = Lab::start(["0.4.4", "0.4.4"]);
    moves_by_prepare(&lab);
}

/// The destination's age decides, however young the source.
#[test]
fn by_prepare_when_only_the_source_reports_feature_3() {
    need!(Virsh, Python);
    let lab = Lab::start(["0.9.1", "0.4.4"]);
    moves_by_prepare(&lab);
}

/// The client asks how far it is while Perform runs, on the same connection; the answers overtake Perform's.
#[test]
fn progress_is_told_while_it_moves() {
    need!(Virsh);
    let lab = Lab::start(["0.9.1", "0.9.1"]);
    lab.create();

    virsh(&lab.source_uri(), &["migrate", "--live", "--verbose", NAME, &lab.destination_uri()]);

    let (source, _) = lab.conversations();
    let replies: Vec<_> = source.frames.iter().filter(|(from, _)| *from == From::Server).collect();
    let performed = replies.iter().position(|(_, reply)| reply.procedure == 62).expect("a reply to Perform");
    let jobs = replies[..performed].iter().filter(|(_, reply)| reply.procedure == 163);
    let jobs: Vec<_> = jobs.map(|(_, reply)| JobInfo::decode(&reply.payload)).collect();
    assert!(!jobs.is_empty(), "a job was asked for while Perform ran");
    for job in &jobs {
        assert_eq!((job.kind, job.memory_total), (2, MEMORY), "a job of unknown length: {jobs:?}");
        assert_eq!(job.memory_processed + job.memory_remaining, MEMORY, "{jobs:?}");
    }
    assert!(jobs.is_sorted_by_key(|job| job.memory_processed), "{jobs:?}");
}

/// The destination chooses the port and says where it waits.
#[test]
fn to_where_the_destination_says() {
    need!(Virsh, Python);
    let lab = Lab::start(["0.9.1", "0.9.1"]);
    lab.create();
    let memory = lab.memory_at_source();

    virsh(&lab.source_uri(), &["migrate", "--live", NAME, &lab.destination_uri()]);

    let (source, destination) = lab.conversations();
    let (prepare, prepared) = destination.exchange(108);
    assert_eq!(Prepare2::decode(&prepare.payload).uri_in, None);
    let mut reply = Reader::new(&prepared.payload);
    let cookie = reply.opaque();
    let uri_out = reply.optional_string().expect("a destination that chose says what");
    let mut perform = Reader::new(&source.exchange(62).0.payload);
    let (_name, _uuid, _id) = (perform.string(), perform.take(16), perform.u32());
    assert_eq!((perform.opaque(), perform.string()), (cookie, uri_out));
    lab.guest_has_moved(&memory);
}

#[test]
fn a_defined_guest_stays_defined_where_it_was() {
    need!(Virsh, Python);
    let lab = Lab::start(["0.9.1", "0.9.1"]);
    lab.define_and_start();
    let memory = lab.memory_at_source();

    virsh(&lab.source_uri(), &["migrate", "--live", NAME, &lab.destination_uri()]);

    assert_eq!(table(&virsh(&lab.source.uri(), &["list", "--all"])), [vec!["-", NAME, "shut", "off"]]);
    assert_eq!(memory, memory_of(&lab.destination));
    assert_eq!(persistent(&lab.destination), "no");
}

#[test]
fn a_defined_guest_moves_with_its_definition() {
    need!(Virsh, Python);
    let lab = Lab::start(["0.9.1", "0.9.1"]);
    lab.define_and_start();
    let memory = lab.memory_at_source();

    let command = ["migrate", "--live", "--persistent", "--undefinesource", NAME, &lab.destination_uri()];
    virsh(&lab.source_uri(), &command);

    let (_, destination) = lab.conversations();
    assert_eq!(Prepare2::decode(&destination.exchange(108).0.payload).flags, 1 | 8 | 16);
    lab.guest_has_moved(&memory);
    assert_eq!(persistent(&lab.destination), "yes");
}

#[test]
fn under_another_name() {
    need!(Virsh, Python);
    let lab = Lab::start(["0.9.1", "0.9.1"]);
    lab.create();

    virsh(&lab.source_uri(), &["migrate", "--live", NAME, &lab.destination_uri(), "--dname", "settler"]);

    let (_, destination) = lab.conversations();
    assert_eq!(Prepare2::decode(&destination.exchange(108).0.payload).dname, Some("settler"));
    assert_eq!(virsh(&lab.destination.uri(), &["list", "--all", "--name"]).trim(), "settler");
    assert_eq!(virsh(&lab.source.uri(), &["list", "--all"]).trim(), "");
}

/// A daemon may report a feature and lack its procedure. The C library gives up there, with our words; nothing has
/// happened to the guest, and no older procedure is tried.
#[test]
fn not_at_all_when_the_destination_lacks_what_it_reports() {
    need!(Virsh);
    let lab = Lab::with_options([&["--as", "0.9.1"], &["--as", "0.9.1", "--without", "108"]]);
    lab.create();

    let refused = try_virsh(&lab.source_uri(), &["migrate", "--live", NAME, &lab.destination_uri()]);

    assert!(refused.stderr.contains("unknown procedure: 108"), "{refused:?}");
    let (source, destination) = lab.conversations();
    assert_eq!((steps(&source), steps(&destination)), (vec![], vec![108]));
    assert_eq!(virsh(&lab.source.uri(), &["domstate", NAME]).trim(), "running");
    assert_eq!(virsh(&lab.destination.uri(), &["list", "--all"]).trim(), "");
}

#[test]
fn not_at_all_onto_a_guest_that_is_there_already() {
    need!(Virsh);
    let lab = Lab::start(["0.9.1", "0.9.1"]);
    lab.create();
    let file = lab.destination.directory().write("guest.xml", CONFIGURATION);
    virsh(&lab.destination.uri(), &["create", &file]);

    let refused = try_virsh(&lab.source_uri(), &["migrate", "--live", NAME, &lab.destination_uri()]);

    assert!(!refused.status.success(), "{refused:?}");
    for daemon in [&lab.source, &lab.destination] {
        assert_eq!(virsh(&daemon.uri(), &["domstate", NAME]).trim(), "running");
    }
}

#[track_caller]
fn moves_by_prepare(lab: &Lab) {
    lab.create();
    let memory = lab.memory_at_source();
    let configuration = virsh(&lab.source.uri(), &["dumpxml", "--inactive", NAME]);

    let data = lab.data_address();
    virsh(&lab.source_uri(), &["migrate", "--live", NAME, &lab.destination_uri(), &format!("tcp:{data}")]);

    let (source, destination) = lab.conversations();
    assert_eq!(steps(&source), [62]);
    assert_eq!(steps(&destination), [61, 63]);
    let mut prepare = Reader::new(&destination.exchange(61).0.payload);
    let (uri_in, flags) = (prepare.optional_string(), prepare.u64());
    let (dname, resource) = (prepare.optional_string(), prepare.u64());
    assert_eq!(uri_in, Some(format!("tcp:{data}").as_str()));
    assert_eq!((flags, dname, resource, prepare.is_empty()), (1, None, 0, true));
    lab.guest_has_moved(&memory);
    assert_eq!(lab.destination_xml(), configuration.trim_end());
    lab.data_has(Configuration::Present);
}

/// The arguments of procedure 108.
struct Prepare2<'a> {
    uri_in: Option<&'a str>,
    flags: u64,
    dname: Option<&'a str>,
    resource: u64,
    dom_xml: &'a str,
}

impl<'a> Prepare2<'a> {
    #[track_caller]
    fn decode(payload: &'a [u8]) -> Prepare2<'a> {
        let mut reader = Reader::new(payload);
        let prepare = Prepare2 {
            uri_in: reader.optional_string(),
            flags: reader.u64(),
            dname: reader.optional_string(),
            resource: reader.u64(),
            dom_xml: reader.string(),
        };
        assert!(reader.is_empty());
        prepare
    }
}

/// What a daemon tells of a migration that runs, of what this test looks at. Times and sizes come in this order: time
/// elapsed and remaining, then total, processed and remaining of data, memory and files.
#[derive(Debug)]
struct JobInfo {
    kind: u32,
    memory_total: u64,
    memory_processed: u64,
    memory_remaining: u64,
}

impl JobInfo {
    #[track_caller]
    fn decode(reply: &[u8]) -> JobInfo {
        let mut reader = Reader::new(reply);
        let kind = reader.u32();
        let [_, _, _, _, _, memory_total, memory_processed, memory_remaining, ..]: [u64; 11] =
            std::array::from_fn(|_| reader.u64());
        assert!(reader.is_empty(), "a job of another shape");
        JobInfo { kind, memory_total, memory_processed, memory_remaining }
    }
}
