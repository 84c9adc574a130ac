//! Version 3 by somebody else's code: the C library moves a guest between two of our daemons in five steps, and each host
//! gets the other's cookie.

use crate::moving::{CONFIGURATION, Configuration, Lab, NAME, memory_of, persistent, steps};
use crate::need::need;
use crate::peers::{python, table, try_virsh, virsh};
use crate::recorder::Conversation;
use crate::wire::Reader;

/// The last release before version 3 had typed parameters.
const FIXED: &str = "1.0.6";

#[test]
fn with_parameters_when_both_report_feature_13() {
    need!(Virsh, Python);
    let lab = Lab::with_options([&[], &[]]);
    lab.create();
    let memory = lab.memory_at_source();

    let data = lab.data_address();
    virsh(&lab.source_uri(), &["migrate", "--live", NAME, &lab.destination_uri(), &format!("tcp:{data}")]);

    let (source, destination) = lab.conversations();
    assert_eq!((steps(&source), steps(&destination)), (vec![302, 305, 307], vec![303, 306]));
    cookies_cross(&source, &destination, &WITH_PARAMETERS);
    lab.guest_has_moved(&memory);
    lab.data_has(Configuration::Absent);
}

#[test]
fn with_fixed_arguments_when_one_side_has_no_parameters() {
    need!(Virsh, Python);
    for ages in [[FIXED, FIXED], ["9.0.0", FIXED], [FIXED, "9.0.0"]] {
        let lab = Lab::start(ages);
        lab.create();
        let memory = lab.memory_at_source();

        virsh(&lab.source_uri(), &["migrate", "--live", NAME, &lab.destination_uri()]);

        let (source, destination) = lab.conversations();
        assert_eq!((steps(&source), steps(&destination)), (vec![213, 216, 218], vec![214, 217]), "{ages:?}");
        cookies_cross(&source, &destination, &FIXED_ARGUMENTS);
        lab.guest_has_moved(&memory);
    }
}

#[test]
fn a_defined_guest_moves_with_its_definition_and_another_name() {
    need!(Virsh, Python);
    let lab = Lab::with_options([&[], &[]]);
    lab.define_and_start();

    let to = lab.destination_uri();
    let options = ["--live", "--persistent", "--undefinesource", "--dname", "settler"];
    virsh(&lab.source_uri(), &[&["migrate"], &options[..], &[NAME, &to]].concat());

    assert_eq!(virsh(&lab.source.uri(), &["list", "--all"]).trim(), "");
    assert_eq!(virsh(&lab.destination.uri(), &["list", "--all", "--persistent", "--name"]).trim(), "settler");
    assert_eq!(virsh(&lab.destination.uri(), &["domstate", "settler"]).trim(), "running");
}

#[test]
fn a_definition_moves_while_nothing_runs() {
    need!(Virsh);
    let lab = Lab::with_options([&[], &[]]);
    lab.define_and_start();
    virsh(&lab.source.uri(), &["destroy", NAME]);

    let to = lab.destination_uri();
    let command = ["migrate", "--offline", "--persistent", "--undefinesource", NAME, &to];
    virsh(&lab.source_uri(), &command);

    let (source, destination) = lab.conversations();
    assert_eq!((steps(&source), steps(&destination)), (vec![302, 307], vec![303, 306]));
    assert_eq!(virsh(&lab.source.uri(), &["list", "--all"]).trim(), "");
    assert_eq!(table(&virsh(&lab.destination.uri(), &["list", "--all"])), [vec!["-", NAME, "shut", "off"]]);
}

#[test]
fn a_paused_guest_arrives_paused_and_a_defined_one_stays_defined() {
    need!(Virsh, Python);
    let lab = Lab::with_options([&[], &[]]);
    lab.define_and_start();
    virsh(&lab.source.uri(), &["suspend", NAME]);

    virsh(&lab.source_uri(), &["migrate", "--live", NAME, &lab.destination_uri()]);

    assert_eq!(table(&virsh(&lab.source.uri(), &["list", "--all"])), [vec!["-", NAME, "shut", "off"]]);
    assert_eq!(virsh(&lab.destination.uri(), &["domstate", NAME]).trim(), "paused");
    assert_eq!(persistent(&lab.destination), "no");
}

/// Perform fails on the source, which cleans up after itself: the destination is told, and nothing is confirmed.
#[test]
fn a_perform_that_fails_leaves_the_guest_running_at_its_source_alone() {
    need!(Virsh, Python);
    let lab = Lab::with_options([&["--fault", "break-perform=65536"], &[]]);
    lab.create();
    let memory = lab.memory_at_source();

    let refused = try_virsh(&lab.source_uri(), &["migrate", "--live", NAME, &lab.destination_uri()]);

    assert!(refused.stderr.contains("was told to fail"), "{refused:?}");
    let (source, destination) = lab.conversations();
    assert_eq!((steps(&source), steps(&destination)), (vec![302, 305], vec![303, 306]));
    stays(&lab, &memory);
}

/// What could not be defined is not what a guest is to be elsewhere either: Begin refuses it.
#[test]
fn a_document_that_is_refused_moves_nothing() {
    need!(Virsh, Python);
    let lab = Lab::with_options([&[], &[]]);
    lab.create();
    let memory = lab.memory_at_source();
    let bare = CONFIGURATION.replace("</domain>", "<devices><disk><target/></disk></devices></domain>");
    let bare = lab.source.directory().write("bare.xml", &bare);

    let refused =
        try_virsh(&lab.source_uri(), &["migrate", "--live", NAME, &lab.destination_uri(), "--xml", &bare]);

    assert!(refused.stderr.contains("missing target information"), "{refused:?}");
    let (source, destination) = lab.conversations();
    assert_eq!((steps(&source), steps(&destination)), (vec![302], vec![]));
    stays(&lab, &memory);
}

/// Prepare fails on the destination: the source, which holds the guest, is told that it may let go.
#[test]
fn a_prepare_that_is_refused_lets_the_guest_go_again() {
    need!(Virsh, Python);
    let lab = Lab::with_options([&[], &["--fault", "refuse-prepare"]]);
    lab.create();
    let memory = lab.memory_at_source();

    let refused = try_virsh(&lab.source_uri(), &["migrate", "--live", NAME, &lab.destination_uri()]);

    assert!(refused.stderr.contains("was told to refuse guests"), "{refused:?}");
    let (source, destination) = lab.conversations();
    assert_eq!((steps(&source), steps(&destination)), (vec![302, 307], vec![303]));
    stays(&lab, &memory);
    virsh(&lab.source.uri(), &["reset", NAME]);
}

#[test]
fn a_job_that_is_aborted_leaves_the_guest_where_it_was() {
    need!(Virsh, Python);
    let lab = Lab::with_options([&["--fault", "stall-perform=65536"], &[]]);
    lab.create();
    let memory = lab.memory_at_source();

    // Two threads share a connection: without a loop for its events the C library's own client may forget to send.
    let program = "
import threading, time
libvirt.virEventRegisterDefaultImpl()
def events():
    while True:
        libvirt.virEventRunDefaultImpl()
threading.Thread(target=events, daemon=True).start()
source, to = libvirt.open(sys.argv[1]), libvirt.open(sys.argv[2])
guest, ended = source.lookupByName(sys.argv[3]), []
def move():
    try:
        guest.migrate3(to, {}, libvirt.VIR_MIGRATE_LIVE)
        ended.append('moved')
    except libvirt.libvirtError as error:
        ended.append(error.get_error_code())
mover = threading.Thread(target=move, daemon=True)
mover.start()
deadline = time.monotonic() + 60
while True:
    stats = guest.jobStats()
    if stats['type'] == libvirt.VIR_DOMAIN_JOB_UNBOUNDED and stats['memory_processed'] >= 65536:
        break
    if time.monotonic() > deadline:
        sys.exit(f'it is not under way: {stats}')
guest.abortJob()
mover.join(60)
print(*ended, stats, flush=True)
";
    let ended = python(program, &[&lab.source_uri(), &lab.destination_uri(), NAME]);

    assert!(ended.starts_with("78 "), "aborted: {ended}");
    stays(&lab, &memory);
}

#[track_caller]
fn stays(lab: &Lab, memory: &str) {
    assert_eq!(virsh(&lab.source.uri(), &["domstate", NAME]).trim(), "running");
    assert_eq!(virsh(&lab.destination.uri(), &["list", "--all"]).trim(), "");
    assert_eq!(memory_of(&lab.source), memory);
}

/// Takes the cookie out of a call's arguments.
type CookieIn = fn(&[u8]) -> Vec<u8>;

/// Where the cookies are in the messages of one form of version 3.
struct Form {
    /// Begin, Prepare, Perform, Finish, Confirm.
    procedures: [u32; 5],
    cookies_in: [CookieIn; 5],
}

const FIXED_ARGUMENTS: Form = Form {
    procedures: [213, 214, 216, 217, 218],
    cookies_in: [
        |_| Vec::new(),
        |prepare| Reader::new(prepare).opaque().to_vec(),
        |perform| {
            let mut reader = after_domain(perform);
            reader.optional_string();
            reader.opaque().to_vec()
        },
        |finish| {
            let mut reader = Reader::new(finish);
            reader.string();
            reader.opaque().to_vec()
        },
        |confirm| after_domain(confirm).opaque().to_vec(),
    ],
};

const WITH_PARAMETERS: Form = Form {
    procedures: [302, 303, 305, 306, 307],
    cookies_in: [
        |_| Vec::new(),
        |prepare| after_parameters(Reader::new(prepare)).opaque().to_vec(),
        |perform| {
            let mut reader = after_domain(perform);
            reader.optional_string();
            after_parameters(reader).opaque().to_vec()
        },
        |finish| after_parameters(Reader::new(finish)).opaque().to_vec(),
        |confirm| after_parameters(after_domain(confirm)).opaque().to_vec(),
    ],
};

/// Each step gives the cookie that the step before it got, from the other host, and none is empty.
#[track_caller]
fn cookies_cross(source: &Conversation, destination: &Conversation, form: &Form) {
    let [begin, prepare, perform, finish, _] = form.procedures;
    // Finish answers the domain first; the others begin with the cookie.
    let given = [
        Reader::new(&source.exchange(begin).1.payload).opaque().to_vec(),
        Reader::new(&destination.exchange(prepare).1.payload).opaque().to_vec(),
        Reader::new(&source.exchange(perform).1.payload).opaque().to_vec(),
        after_domain(&destination.exchange(finish).1.payload).opaque().to_vec(),
    ];
    for (at, (cookie, taken)) in given.iter().zip(&form.cookies_in[1..]).enumerate() {
        let procedure = form.procedures[at + 1];
        let side = if at % 2 == 0 { destination } else { source };
        assert!(!cookie.is_empty(), "the cookie for {procedure}");
        assert_eq!(&taken(&side.exchange(procedure).0.payload), cookie, "the cookie in {procedure}");
    }
}

fn after_domain(payload: &[u8]) -> Reader<'_> {
    let mut reader = Reader::new(payload);
    let (_name, _uuid, _id) = (reader.string(), reader.take(16), reader.u32());
    reader
}

fn after_parameters(mut reader: Reader<'_>) -> Reader<'_> {
    for _ in 0..reader.u32() {
        let field = reader.string();
        match reader.u32() {
            4 => drop(reader.u64()),
            7 => drop(reader.string()),
            other => panic!("{field} of type {other}"),
        }
    }
    reader
}
