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
use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};

use super::error::AuthError;

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

/// Looks a host up in the first file that is there. One that was named has to be there.
pub(super) fn look_up(named: Option<&Path>, host: &str) -> Result<Found, AuthError> {
    look_up_with(named, host, |name| env::var_os(name))
}

/// The same with somebody's variables.
fn look_up_with(
    named: Option<&Path>,
    host: &str,
    variable: impl Fn(&str) -> Option<OsString>,
) -> Result<Found, AuthError> {
    let named = named.map(Path::to_owned).or_else(|| variable("LIBVIRT_AUTH_FILE").map(PathBuf::from));
    if let Some(path) = named.filter(|path| !path.as_os_str().is_empty()) {
        let text = read(&path).map_err(|error| AuthError::File { path: path.clone(), error })?;
        return Ok(in_text(&path, &text, host));
    }
    let mut looked_at = Vec::new();
    for path in usual_places(variable) {
        match read(&path) {
            Ok(text) => {
                let mut found = in_text(&path, &text, host);
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

fn read(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    File::open(path)?.take(FILE_BYTES_MAX.saturating_add(1)).read_to_string(&mut text)?;
    if u64::try_from(text.len()).is_ok_and(|bytes| bytes <= FILE_BYTES_MAX) {
        return Ok(text);
    }
    Err(io::Error::new(ErrorKind::InvalidData, format!("more than {FILE_BYTES_MAX} bytes, so no auth.conf")))
}

fn in_text(path: &Path, text: &str, host: &str) -> Found {
    let sections = sections(text);
    let named = |host: &str| sections.get(format!("auth-libvirt-{host}").as_str());
    let Some(section) = named(host).or_else(|| named("default")) else {
        let looked_at =
            format!("{} has neither [auth-libvirt-{host}] nor [auth-libvirt-default]", path.display());
        return Found { entry: Entry::default(), looked_at: vec![looked_at] };
    };
    let group = section.get("credentials").copied().unwrap_or_default();
    let Some(credentials) = sections.get(format!("credentials-{group}").as_str()) else {
        let looked_at = format!("{} has no [credentials-{group}]", path.display());
        return Found { entry: Entry::default(), looked_at: vec![looked_at] };
    };
    let value = |key| credentials.get(key).map(|value| (*value).to_owned());
    let entry = Entry { user: value("authname").or_else(|| value("username")), password: value("password") };
    let mut looked_at = Vec::new();
    for (key, missing) in [("authname", entry.user.is_none()), ("password", entry.password.is_none())] {
        if missing {
            looked_at.push(format!("{} has no {key} in [credentials-{group}]", path.display()));
        }
    }
    Found { entry, looked_at }
}

/// The last of several values counts, and sections of one name are one.
fn sections(text: &str) -> HashMap<&str, HashMap<&str, &str>> {
    let mut sections: HashMap<&str, HashMap<&str, &str>> = HashMap::new();
    let mut name = "";
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with(['#', ';'])) {
        if let Some(section) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            name = section.trim();
        } else if let Some((key, value)) = line.split_once('=') {
            sections.entry(name).or_default().insert(key.trim(), value.trim());
        }
    }
    sections
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
        let shown = format!("{:?}", in_text(Path::new("auth.conf"), FILE, "one.example.org"));
        assert!(shown.contains("fred") && !shown.contains("a=b #c"), "{shown}");
        let default = format!("{FILE}[auth-libvirt-default]\ncredentials=test\n");
        check(&default, "two.example.org", &fred, "");
    }

    #[track_caller]
    fn check(text: &str, host: &str, entry: &Entry, looked: &str) {
        let found = in_text(Path::new("auth.conf"), text, host);
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
        assert_eq!(found(Some(&by_uri), &all), "by-uri");
        assert_eq!(found(None, &all), "by-variable");
        assert_eq!(found(None, &own), "by-config");
        assert_eq!(found(None, &own[1..]), "by-home");
        // One that the variable names has to be there, and an empty variable names none.
        let absent = folder.join("absent");
        let variable = |_: &str| Some(absent.clone().into_os_string());
        assert!(matches!(look_up_with(None, "host", variable), Err(AuthError::File { .. })));
        assert_eq!(found(None, &[("LIBVIRT_AUTH_FILE", Path::new("")), own[1]]), "by-home");
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn a_named_file_has_to_be_there() {
        let error = look_up(Some(Path::new("/nonexistent/auth.conf")), "host").unwrap_err();
        assert!(matches!(&error, AuthError::File { .. }), "{error:?}");
        assert!(error.to_string().starts_with("/nonexistent/auth.conf: "), "{error}");
    }
}
