//! What is written is read, wherever it was cut off; what is no journal is left alone.

use virtwire_protocol::error::RemoteError;
use virtwire_protocol::migrate::{
    Call, Cookie, Do, Domain, DomainState, Failure, Host, MigrateFlags, Outcome, Param, Reason, Reply,
    Request, Retcode, Said, State, Terms, Version,
};

use super::*;

fn guest() -> Domain {
    Domain { name: b"g\xfcst".to_vec().into(), uuid: [0xa5; 16], id: 7 }
}

fn records() -> Vec<Record> {
    let terms = Terms::Params(vec![Param::string("migrate_uri", "tcp:d:1")]);
    let flags = MigrateFlags::LIVE | MigrateFlags(1 << 40);
    let finish = Call::Finish3 { cookie: Cookie(vec![0, 255]), terms, flags, cancelled: Retcode::Cancelled };
    let failure = Failure::Answered(RemoteError::rpc("no").into());
    let reason =
        Reason::Failed { host: Host::Source, procedure: "domain_migrate_perform3", failure: failure.clone() };
    let state = State { state: DomainState::Other(9), reason: Some(2) };
    vec![
        Record::Chosen { request: Request::live(guest()), version: Version::V3Params },
        Record::Doing(Do {
            host: Host::Destination,
            call: finish,
            deadline: Some(std::time::Duration::from_millis(1_500)),
        }),
        Record::Answered {
            host: Host::Source,
            procedure: "domain_get_state",
            answer: Ok(Reply::State(state)),
        },
        Record::Answered {
            host: Host::Destination,
            procedure: "domain_migrate_finish3_params",
            answer: Err(failure),
        },
        Record::Ended(Outcome::OnSource { source: Said::Absent, reason, left_on_destination: None }),
    ]
}

/// A place for a file that goes with the test.
struct Place(PathBuf);

impl Place {
    fn new(name: &str) -> Place {
        let place = std::env::temp_dir().join(format!("virtwire-journal-{}-{name}", std::process::id()));
        let _ = std::fs::remove_file(&place);
        Place(place)
    }

    fn written(name: &str) -> Place {
        let place = Place::new(name);
        let mut journal = Journal::create(&place.0, "a:///", "b:///").unwrap();
        records().iter().for_each(|record| journal.append(record).unwrap());
        place
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

#[test]
fn what_was_written_is_read_back_and_only_the_owner_may() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::written("whole");
    let (_, kept) = Journal::open(&place.0).unwrap();
    assert_eq!((kept.records, kept.torn), (records(), 0));
    let head = kept.head.unwrap();
    assert_eq!((head.from.as_str(), head.to.as_str()), ("a:///", "b:///"));
    assert_eq!(std::fs::metadata(&place.0).unwrap().permissions().mode() & 0o777, 0o600);
}

/// Wherever a write ends, what came before it is read, and the next record goes where the torn one was.
#[test]
fn a_file_cut_anywhere_is_read_up_to_its_last_whole_line() {
    let place = Place::written("cut");
    let bytes = std::fs::read(&place.0).unwrap();
    let mut counts = Vec::new();
    let ends = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at);
    let lengths = ends.flat_map(|at| at..=at + 2).chain((0..bytes.len()).step_by(97));
    for length in lengths.filter(|length| *length <= bytes.len()) {
        std::fs::write(&place.0, &bytes[..length]).unwrap();
        let (mut journal, kept) = Journal::open(&place.0).unwrap();
        let whole = bytes[..length].iter().filter(|byte| **byte == b'\n').count();
        assert_eq!(kept.records, records()[..whole.saturating_sub(1)]);
        assert_eq!(kept.head.is_some(), whole > 0);
        assert_eq!(kept.torn == 0, length == 0 || bytes[length - 1] == b'\n');
        counts.push(kept.records.len());
        if whole > 0 {
            journal.append(&records()[0]).unwrap();
            drop(journal);
            let (_, kept) = Journal::open(&place.0).unwrap();
            assert_eq!((kept.records.len(), kept.torn), (whole, 0));
        }
    }
    assert_eq!((counts.iter().min(), counts.iter().max()), (Some(&0), Some(&5)));
}

/// As on a disk that is full: the next migration of the guest finds nothing in its way.
#[test]
fn where_nothing_can_be_written_no_file_is_left_and_no_other_one_is_taken_away() {
    let place = Place::new("unwritten");
    std::fs::write(&place.0, "").unwrap();
    let unwritable = || File::open(&place.0).unwrap();
    let fault = Journal::begin(unwritable(), &place.0, "a:///", "b:///").unwrap_err();
    assert!(matches!(fault.fault, JournalFault::Io(_)), "{fault}");
    assert!(!place.0.exists());

    std::fs::write(&place.0, "").unwrap();
    let ours = unwritable();
    std::fs::remove_file(&place.0).unwrap();
    std::fs::write(&place.0, "another's").unwrap();
    Journal::begin(ours, &place.0, "a:///", "b:///").unwrap_err();
    Journal::create(&place.0, "a:///", "b:///").unwrap_err();
    assert_eq!(std::fs::read(&place.0).unwrap(), b"another's");
}

#[test]
fn what_is_no_journal_is_refused_and_left_as_it_was() {
    let place = Place::new("foreign");
    let later = "{\"virtwire_journal\":2,\"from\":\"a\",\"to\":\"b\"}\n";
    let head = "{\"virtwire_journal\":1,\"from\":\"a\",\"to\":\"b\"}\n";
    let unknown = format!("{head}{{\"at\":1.0,\"record\":{{\"Dreamt\":1}}}}\n");
    for (bytes, why) in [
        ("<domain/>\n", "is no journal of a migration"),
        ("half a line of anything", "is no journal of a migration"),
        (later, "is a journal of version 2, and this reads 1"),
        (unknown.as_str(), "is damaged in line 2"),
    ] {
        std::fs::write(&place.0, bytes).unwrap();
        let fail = Journal::open(&place.0).map(|_| ()).unwrap_err().to_string();
        assert!(fail.contains(why), "{fail}");
        assert_eq!(std::fs::read(&place.0).unwrap(), bytes.as_bytes());
    }
}

/// Whatever a journal is called, it may be of the guest of another one.
#[test]
fn journals_are_found_by_what_is_in_them() {
    let directory = Place::new("directory").0.clone();
    let _ = std::fs::remove_dir_all(&directory);
    std::fs::create_dir_all(directory.join("folder")).unwrap();
    let name = |name: &str| directory.join(name);
    for file in ["web1.journal", "web1.journal.2"] {
        let mut journal = Journal::create(name(file), "a:///", "b:///").unwrap();
        records().iter().for_each(|record| journal.append(record).unwrap());
    }
    std::fs::write(name("notes"), "nothing of a migration\n").unwrap();
    let found = Journals::found(&directory).unwrap();
    assert_eq!(found, [name("web1.journal"), name("web1.journal.2")]);
    std::fs::remove_dir_all(&directory).unwrap();
}

/// libvirt takes names of guests that are longer than those of files, the more so once they are escaped.
#[test]
fn a_guest_with_a_long_name_has_a_journal_of_its_own() {
    let directory = Place::new("long").0.clone();
    let _ = std::fs::remove_dir_all(&directory);
    let same = "生".repeat(38);
    let guests = [
        "w".to_owned(),
        "生".repeat(39),
        same.clone() + "产",
        same.clone() + "生产",
        "a".repeat(247),
        "a".repeat(248),
    ];
    let journals = Journals::prepare(&directory, &guests).unwrap();
    for guest in &guests {
        let file = journals.file(guest);
        assert!(file.file_name().unwrap().len() <= 255, "{guest}");
        // It is of nobody yet.
        Journal::create(&file, "a:///", "b:///").unwrap();
    }
    assert_eq!(Journals::found(&directory).unwrap().len(), guests.len());
    assert_eq!(journals.file("web 1/ä"), directory.join("web%201%2f%c3%a4.journal"));
    // They are told apart by what later releases see as well.
    let long = journals.file(&guests[1]);
    let name = format!("{}~720597aab82e7ff3.journal", "%e7%94%9f".repeat(25));
    assert_eq!(long, directory.join(name));
    std::fs::remove_dir_all(&directory).unwrap();
}

/// Whose name is put on the disk when a directory is made, however it is written.
#[test]
fn a_name_is_in_the_directory_above_it() {
    for (path, above) in
        [("a/b", "a"), ("a/b/", "a"), ("/a", "/"), ("a", "."), ("a/", "."), ("./a/", "."), ("../a", "..")]
    {
        assert_eq!(directory_of(Path::new(path)), Path::new(above), "{path}");
    }
}

#[test]
fn a_journal_is_not_written_over_nor_by_two_at_once() {
    let place = Place::written("twice");
    let fail = Journal::create(&place.0, "a", "b").unwrap_err().to_string();
    assert!(fail.contains("is there already"), "{fail}");
    let held = Journal::open(&place.0).unwrap();
    let fail = Journal::open(&place.0).map(|_| ()).unwrap_err().to_string();
    assert!(fail.contains("is in use by another process"), "{fail}");
    drop(held);
    assert!(Journal::open(&place.0).is_ok());
}

/// A line that is not known to be on the disk is not left in the file either: nothing that it announces is done.
#[test]
fn a_record_that_cannot_be_synced_does_not_stay() {
    // It takes what is written, and cannot sync.
    let file = OpenOptions::new().append(true).read(true).open("/dev/null").unwrap();
    let mut journal = Journal { file, whole: 0 };
    let [chosen, ..] = &records()[..] else { panic!("records") };
    journal.append(chosen).unwrap_err();
    assert_eq!(journal.whole, 0);
}
