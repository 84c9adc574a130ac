//! `auth.conf`: credentials in a file, where libvirt's own clients look for them.
//!
//! ```ini
//! [credentials-test]
//! authname=fred
//! password=123456
//!
//! [auth-libvirt-test.example.org]
//! credentials=test
//!
//! [auth-libvirt-default]
//! credentials=test
//! ```
#![cfg_attr(not(feature = "sasl"), allow(dead_code, reason = "only SASL asks for passwords"))]

use std::collections::HashMap;
use std::env;
use std::ffi::OsString;
use std::fmt;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use super::error::AuthError;
use crate::client::at_once;

/// A file with credentials has lines for people; beyond this it is something else.
const FILE_BYTES_MAX: u64 = 1024 * 1024;

/// What a file says of a host. Either may be missing. Its `Debug` keeps the password.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) user: Option<String>,
    pub(super) password: Option<String>,
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let password = self.password.as_ref().map(|_| "…");
        f.debug_struct("Entry").field("user", &self.user).field("password", &password).finish()
    }
}

/// What was found, and where was looked.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) entry: Entry,
    pub(super) looked_at: Vec<String>,
}

/// Looks a host up in the first file that is there. One that was named has to be there; the environment names one before the URI does, as
/// for libvirt.
pub(super) fn look_up(named: Option<&Path>, host: &str) -> Result<Found, AuthError> {
    look_up_with(named, host, |name| env::var_os(name))
}

/// The same with somebody's variables.
fn look_up_with(
    named: Option<&Path>,
    host: &str,
    variable: impl Fn(&str) -> Option<OsString>,
) -> Result<Found, AuthError> {
    let set = variable("LIBVIRT_AUTH_FILE").filter(|path| !path.is_empty()).map(PathBuf::from);
    let named = set.or_else(|| named.map(Path::to_owned));
    if let Some(path) = named.filter(|path| !path.as_os_str().is_empty()) {
        let content = read(&path).map_err(|error| AuthError::File { path: path.clone(), error })?;
        return Ok(in_content(&path, &content, host));
    }
    let mut looked_at = Vec::new();
    for path in usual_places(variable) {
        match read(&path) {
            Ok(content) => {
                let mut found = in_content(&path, &content, host);
                looked_at.append(&mut found.looked_at);
                return Ok(Found { looked_at, ..found });
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            // The host's file is often root's alone, and then not meant for this user.
            Err(error) => looked_at.push(format!("{} ({error})", path.display())),
        }
    }
    Ok(Found { entry: Entry::default(), looked_at })
}

fn usual_places(variable: impl Fn(&str) -> Option<OsString>) -> impl Iterator<Item = PathBuf> {
    let set = |name| variable(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let config = set("XDG_CONFIG_HOME").or_else(|| set("HOME").map(|home| home.join(".config")));
    config
        .map(|config| config.join("libvirt/auth.conf"))
        .into_iter()
        .chain([PathBuf::from("/etc/libvirt/auth.conf")])
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    at_once::read(path, FILE_BYTES_MAX)
}

fn in_content(path: &Path, content: &[u8], host: &str) -> Found {
    let sections = sections(content);
    let named = |host: &str| sections.get(format!("auth-libvirt-{host}").as_bytes());
    let nothing =
        |why: String| Found { entry: Entry::default(), looked_at: vec![format!("{} {why}", path.display())] };
    let Some(section) = named(host).or_else(|| named("default")) else {
        return nothing(format!("has neither [auth-libvirt-{host}] nor [auth-libvirt-default]"));
    };
    let group = match section.get(&b"credentials"[..]).map(|raw| text(raw)) {
        Some(Ok(group)) => group,
        Some(Err(why)) => return nothing(format!("has {why} in the credentials of {host}")),
        None => String::new(),
    };
    let Some(credentials) = sections.get(format!("credentials-{group}").as_bytes()) else {
        return nothing(format!("has no [credentials-{group}]"));
    };
    let value = |keys: &[&str]| {
        let raw = keys.iter().find_map(|key| credentials.get(key.as_bytes()));
        raw.map(|raw| text(raw)).transpose()
    };
    let (user, password) = (value(&["authname", "username"]), value(&["password"]));
    let mut looked_at = Vec::new();
    for (key, found) in [("authname", &user), ("password", &password)] {
        let why = match found {
            Ok(Some(_)) => continue,
            Ok(None) => format!("no {key} in"),
            Err(why) => format!("{why} in the {key} of"),
        };
        looked_at.push(format!("{} has {why} [credentials-{group}]", path.display()));
    }
    let entry = match user {
        Ok(user) => Entry { user, password: password.unwrap_or_default() },
        // The password is this user's, whoever that is.
        Err(_) => Entry::default(),
    };
    Found { entry, looked_at }
}

/// What there is, by section and key. The last of several values counts, and sections of one name are one. A value begins with what is
/// no space, and ends with its line, also where that is a space.
fn sections(content: &[u8]) -> HashMap<&[u8], HashMap<&[u8], &[u8]>> {
    let mut sections: HashMap<&[u8], HashMap<&[u8], &[u8]>> = HashMap::new();
    let mut name: &[u8] = b"";
    for line in content.split(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line).trim_ascii_start();
        if line.starts_with(b"#") || line.starts_with(b";") {
            continue;
        }
        let section = line.strip_prefix(b"[").and_then(|rest| rest.trim_ascii_end().strip_suffix(b"]"));
        let equals = line.iter().position(|byte| *byte == b'=');
        if let Some(section) = section {
            name = section.trim_ascii();
        } else if let Some((key, value)) = equals.and_then(|at| line.split_at_checked(at)) {
            let value = value.strip_prefix(b"=").unwrap_or(value);
            sections.entry(name).or_default().insert(key.trim_ascii(), value.trim_ascii_start());
        }
    }
    sections
}

/// A value as it is meant: for libvirt's reader of these files (GLib's) `\s`, `\n`, `\t`, `\r` and `\\` stand for something else.
///
/// # Errors
/// Why that reader takes none of it. Nothing of the value is in it.
fn text(raw: &[u8]) -> Result<String, &'static str> {
    let raw = std::str::from_utf8(raw).map_err(|_| "what is not UTF-8")?;
    let mut text = String::with_capacity(raw.len());
    let mut characters = raw.chars();
    while let Some(character) = characters.next() {
        text.push(match character {
            '\\' => match characters.next() {
                Some('s') => ' ',
                Some('n') => '\n',
                Some('t') => '\t',
                Some('r') => '\r',
                Some('\\') => '\\',
                _ => return Err("a backslash that is none of \\s \\n \\t \\r \\\\"),
            },
            character => character,
        });
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "\
        # For people.\n\
        [credentials-test]\n\
        authname = fred\n\
        password=a=b #c\n\
        \n\
        [credentials-half]\n\
        username=wilma\n\
        [auth-libvirt-one.example.org]\n\
        credentials=test\n\
        [auth-esx-two.example.org]\n\
        credentials=test\n\
        [auth-libvirt-half]\n\
        credentials=half\n\
        [auth-libvirt-lost]\n\
        credentials=nobody\n";

    #[test]
    fn a_host_is_found_by_service_and_name_else_by_default() {
        let fred = Entry { user: Some("fred".into()), password: Some("a=b #c".into()) };
        check(FILE, "one.example.org", &fred, "");
        check(FILE, "two.example.org", &Entry::default(), "neither [auth-libvirt-two.example.org] nor");
        check(FILE, "lost", &Entry::default(), "no [credentials-nobody]");
        let wilma = Entry { user: Some("wilma".into()), password: None };
        check(FILE, "half", &wilma, "no password in [credentials-half]");
        let shown = format!("{:?}", in_content(Path::new("auth.conf"), FILE.as_bytes(), "one.example.org"));
        assert!(shown.contains("fred") && !shown.contains("a=b #c"), "{shown}");
        let default = format!("{FILE}[auth-libvirt-default]\ncredentials=test\n");
        check(&default, "two.example.org", &fred, "");
    }

    /// As GLib reads such a file, and so libvirt's clients.
    #[test]
    fn a_value_is_what_its_line_says_by_escapes_to_its_end() {
        for (line, expected) in [
            (&b"pass\\sword\\n\\t\\r\\\\"[..], Ok("pass word\n\t\r\\")),
            (b"  \tpass word \t", Ok("pass word \t")),
            (b"pass\r", Ok("pass")),
            (b"pass\r\r", Ok("pass\r")),
            (b"\\\\s", Ok("\\s")),
            (b"p\xc3\xa4ss", Ok("p\u{e4}ss")),
            (b"pa\\ss", Ok("pa s")),
            (b"zz\\word", Err("a backslash that is none of")),
            (b"zz\\", Err("a backslash that is none of")),
            (b"zz\xe4", Err("what is not UTF-8")),
        ] {
            let before = b"# J\xf6rg\r\n[auth-libvirt-default]  \r\ncredentials=c\\sd\r\n  [credentials-c d]\nauthname=fred\n x\xf6 = y\n password  =";
            let content = [before, line, b"\n"].concat();
            let found = in_content(Path::new("auth.conf"), &content, "host");
            let said = found.looked_at.join("; ");
            assert_eq!(found.entry.user.as_deref(), Some("fred"), "{said}");
            match expected {
                Ok(password) => assert_eq!(found.entry.password.as_deref(), Some(password), "{said}"),
                Err(why) => {
                    assert_eq!(found.entry.password, None);
                    let place = "in the password of [credentials-c d]";
                    assert!(said.contains(why) && said.contains(place) && !said.contains("zz"), "{said}");
                }
            }
        }
    }

    #[test]
    fn the_password_of_a_user_who_cannot_be_read_is_nobody_elses() {
        let text = "[auth-libvirt-default]\ncredentials=c\n[credentials-c]\nauthname=a\\x\npassword=p\n";
        check(text, "host", &Entry::default(), "in the authname of [credentials-c]");
    }

    #[track_caller]
    fn check(text: &str, host: &str, entry: &Entry, looked: &str) {
        let found = in_content(Path::new("auth.conf"), text.as_bytes(), host);
        assert_eq!(&found.entry, entry);
        let said = found.looked_at.join("; ");
        assert!(said.contains(looked) && said.is_empty() == looked.is_empty(), "{said}");
    }

    #[test]
    fn a_file_is_looked_for_where_libvirts_clients_look() {
        let folder = env::temp_dir().join(format!("virtwire-auth-places-{}", std::process::id()));
        let entry = |user: &str| {
            format!("[credentials-c]\nauthname={user}\npassword=p\n[auth-libvirt-default]\ncredentials=c\n")
        };
        let file = |place: &str, user: &str| {
            let path = folder.join(place);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, entry(user)).unwrap();
            path
        };
        let by_uri = file("uri.conf", "by-uri");
        let by_variable = file("variable.conf", "by-variable");
        file("config/libvirt/auth.conf", "by-config");
        file("home/.config/libvirt/auth.conf", "by-home");
        let found = |named: Option<&Path>, variables: &[(&str, &Path)]| {
            let variable = |name: &str| {
                variables
                    .iter()
                    .find(|(known, _)| *known == name)
                    .map(|(_, value)| value.as_os_str().to_owned())
            };
            look_up_with(named, "host", variable).unwrap().entry.user.unwrap()
        };
        let (config, home) = (folder.join("config"), folder.join("home"));
        let own: [(&str, &Path); 2] = [("XDG_CONFIG_HOME", &config), ("HOME", &home)];
        let all = [("LIBVIRT_AUTH_FILE", by_variable.as_path()), own[0], own[1]];
        assert_eq!(found(Some(&by_uri), &all), "by-variable");
        assert_eq!(found(None, &all), "by-variable");
        assert_eq!(found(Some(&by_uri), &own), "by-uri");
        assert_eq!(found(None, &own), "by-config");
        assert_eq!(found(None, &own[1..]), "by-home");
        // One that the variable names has to be there, and an empty variable names none.
        let absent = folder.join("absent");
        let variable = |_: &str| Some(absent.clone().into_os_string());
        assert!(matches!(look_up_with(None, "host", variable), Err(AuthError::File { .. })));
        assert_eq!(found(None, &[("LIBVIRT_AUTH_FILE", Path::new("")), own[1]]), "by-home");
        assert_eq!(found(Some(&by_uri), &[("LIBVIRT_AUTH_FILE", Path::new(""))]), "by-uri");
        assert!(matches!(look_up_with(Some(&by_uri), "host", variable), Err(AuthError::File { .. })));
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn a_named_file_has_to_be_there() {
        let error = look_up(Some(Path::new("/nonexistent/auth.conf")), "host").unwrap_err();
        assert!(matches!(&error, AuthError::File { .. }), "{error:?}");
        assert!(error.to_string().starts_with("/nonexistent/auth.conf: "), "{error}");
    }

    #[test]
    fn a_pipe_that_nobody_writes_to_is_no_file_with_passwords() {
        let pipe = env::temp_dir().join(format!("virtwire-auth-pipe-{}", std::process::id()));
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let found = look_up_with(Some(&pipe), "host", |_| None);
        std::fs::remove_file(&pipe).unwrap();
        assert!(
            matches!(&found, Err(AuthError::File { error, .. }) if error.to_string().contains("a pipe")),
            "{found:?}"
        );
    }
}
