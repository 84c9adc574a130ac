//! libvirt's own SASL, with passwords of `virtwire passwd`.

use std::io::Write;
use std::os::unix::net::UnixStream;
use std::process::Command;

use super::daemon::{Daemon, auth_file, command, directory, set_password};
use crate::need::need;
use crate::peers::{python, try_virsh, virsh};
use crate::process::run;

const CONFIGURATION: &str = "
listen = ['unix:DIR/sock']
auth_unix_rw = 'sasl'
passwords = 'DIR/passwords'
";

#[test]
fn virsh_comes_in_by_a_password_and_not_without() {
    need!(Virsh, SaslPasswords);
    let directory = directory();
    set_password(&directory, "fred", "pass, word=1");
    set_password(&directory, "wilma", "0ther");
    let daemon = Daemon::start(directory, 1, CONFIGURATION);
    let good = auth_file(&daemon.directory, "good", "fred", "pass, word=1");
    for mechanism in ["", ".SCRAM-SHA-512", ".SCRAM-SHA-256", ".SCRAM-SHA-1"] {
        let uri = daemon.unix_uri(&format!("&authfile={good}&auth=sasl{mechanism}"));
        assert_eq!(virsh(&uri, &["list", "--all"]).trim(), "", "{mechanism}");
    }
    for (user, password) in [("fred", "0ther"), ("barney", "0ther"), ("wilma", "0THER")] {
        let bad = auth_file(&daemon.directory, "bad", user, password);
        let refused = try_virsh(&daemon.unix_uri(&format!("&authfile={bad}")), &["list"]);
        assert!(!refused.status.success(), "{user}: {refused:?}");
        assert!(refused.stderr.contains("authentication failed"), "{user}: {refused:?}");
    }
    // The operator is told more, and nobody a password.
    daemon.says("virtwire: a client is authenticated, ");
    daemon.says("virtwire: a client is not authenticated, ");
    let said = std::fs::read_to_string(daemon.directory.path().join("said")).unwrap();
    assert!(!["word=1", "0ther", "0THER"].iter().any(|secret| said.contains(secret)), "{said}");
}

/// Which file counts, whose name goes with a password, and what stands for what in it.
#[test]
fn virsh_and_virtwire_find_the_same_in_files() {
    need!(Virsh, SaslPasswords);
    let directory = directory();
    for (user, password) in [("bob", "b0b"), ("spaced", " a\\b c "), ("other", "0ther")] {
        set_password(&directory, user, password);
    }
    let daemon = Daemon::start(directory, 1, CONFIGURATION);
    let file = |name: &str, user: &str, password: &str| auth_file(&daemon.directory, name, user, password);
    let (good, bad) = (file("good", "bob", "b0b"), file("bad", "bob", "not his"));
    let spaced = file("spaced", "spaced", r"\sa\\b c ");
    let odd = file("odd", "bob", r"b0b\x");
    let with_notes = daemon.directory.path().join("with-notes").display().to_string();
    let notes = [b"# J\xf6rg's, n\xf6t UTF-8\n", std::fs::read(&good).unwrap().as_slice()].concat();
    std::fs::write(&with_notes, notes).unwrap();
    for (variable, named, user, comes_in) in [
        (None, &good, "", true),
        (None, &bad, "", false),
        (Some(&good), &bad, "", true),
        (Some(&bad), &good, "", false),
        (None, &good, "other@", true),
        (None, &spaced, "", true),
        (None, &odd, "", false),
        (None, &with_notes, "", true),
    ] {
        let socket = &daemon.places["unix"];
        let uri = format!("mem+unix://{user}/default?socket={socket}&authfile={named}");
        let mut by_virsh = Command::new("virsh");
        by_virsh.args(["--quiet", "--connect", &uri, "list"]);
        for mut command in [command(&["list", &uri]), by_virsh] {
            command.env_remove("LIBVIRT_AUTH_FILE").envs(variable.map(|file| ("LIBVIRT_AUTH_FILE", file)));
            let finished = run(&mut command);
            assert_eq!(finished.status.success(), comes_in, "{variable:?} {command:?}: {finished:?}");
        }
    }
    let told = run(&mut command(&["list", &daemon.unix_uri(&format!("&authfile={odd}"))]));
    assert!(told.stderr.contains("in the password of [credentials-one]"), "{told:?}");
}

/// Whoever comes without libvirt's library.
#[test]
fn what_failed_at_the_door_is_told_to_the_operator() {
    let directory = directory();
    set_password(&directory, "fred", "right-secret");
    let daemon = Daemon::start(directory, 1, CONFIGURATION);
    let bad = auth_file(&daemon.directory, "bad", "fred", "wrong-secret");
    let refused = run(&mut command(&["list", &daemon.unix_uri(&format!("&authfile={bad}"))]));
    assert!(!refused.status.success(), "{refused:?}");
    daemon.says("virtwire: a client is not authenticated, peer=\"unix, process ");
    // What is no message of this protocol ends a connection, with a reason.
    let mut stranger = UnixStream::connect(daemon.directory.path().join("sock")).unwrap();
    stranger.write_all(b"GET / HTTP/1.1\r\n\r\n").unwrap();
    daemon.says("virtwire: a client is dropped, peer=\"unix, process ");
    // So does a message that is longer than is taken of somebody unknown.
    let mut stranger = UnixStream::connect(daemon.directory.path().join("sock")).unwrap();
    stranger.write_all(&65_536_u32.to_be_bytes()).unwrap();
    daemon.says("65536");
    let said = std::fs::read_to_string(daemon.directory.path().join("said")).unwrap();
    assert!(!said.contains("secret"), "{said}");
}

#[test]
fn python_answers_the_librarys_questions() {
    need!(Python, SaslPasswords);
    let directory = directory();
    set_password(&directory, "fred", "right");
    let daemon = Daemon::start(directory, 1, CONFIGURATION);
    let program = "
uri, password = sys.argv[1:]
def answer(questions, data):
    for question in questions:
        question[4] = 'fred' if question[0] == libvirt.VIR_CRED_AUTHNAME else password
    return 0
try:
    connection = libvirt.openAuth(uri, [[libvirt.VIR_CRED_AUTHNAME, libvirt.VIR_CRED_PASSPHRASE], answer, None], 0)
    print('in', connection.listAllDomains())
except libvirt.libvirtError as error:
    print('out', error.get_error_code() == libvirt.VIR_ERR_AUTH_FAILED)
";
    assert_eq!(python(program, &[&daemon.unix_uri(""), "right"]).trim(), "in []");
    assert!(python(program, &[&daemon.unix_uri(""), "wrong"]).contains("out True"));
}
