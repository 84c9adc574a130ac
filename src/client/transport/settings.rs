//! `libvirt.conf`: the URI for those who give none, short names for URIs, and which daemon is meant.

use std::path::PathBuf;
use std::{env, io};

use super::conf::{self, Value};
use super::host::Host;
use crate::client::at_once;
use crate::client::error::OpenError;
use crate::uri::{Mode, Proxy, Uri};

/// A file for people has lines for people.
const FILE_BYTES_MAX: u64 = 1024 * 1024;

/// What the file says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Settings {
    uri_default: Option<String>,
    uri_aliases: Vec<(String, String)>,
    pub(super) mode: Option<Mode>,
    pub(super) proxy: Option<Proxy>,
    /// Whether it has a priority string of GnuTLS, which has no effect.
    #[cfg_attr(not(feature = "tls"), allow(dead_code, reason = "only TLS has it in vain"))]
    pub(super) has_tls_priority: bool,
}

impl Settings {
    /// The file of this user. For root that is the host's, and for others their own only, as for libvirt's own clients. One
    /// that is not there says nothing.
    ///
    /// # Errors
    /// [`OpenError::Settings`] where it cannot be read or makes no sense.
    pub(super) fn load(host: &Host) -> Result<Settings, OpenError> {
        let path = if host.is_root {
            PathBuf::from("/etc/libvirt/libvirt.conf")
        } else {
            match &host.config {
                Some(folder) => folder.join("libvirt.conf"),
                None => return Ok(Settings::default()),
            }
        };
        let failed = |reason| OpenError::Settings { path: path.clone(), reason };
        match at_once::read(&path, FILE_BYTES_MAX) {
            // Somebody's name in a comment is in any encoding.
            Ok(bytes) => Settings::read(&String::from_utf8_lossy(&bytes)).map_err(failed),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Settings::default()),
            Err(error) => Err(failed(error.to_string())),
        }
    }

    fn read(text: &str) -> Result<Settings, String> {
        let entries = conf::read(text).map_err(|fault| format!("line {}: {}", fault.line, fault.reason))?;
        let mut settings = Settings::default();
        for (key, value) in entries {
            match (key.as_str(), value) {
                ("uri_default", Value::Text(uri)) => settings.uri_default = Some(uri),
                ("uri_aliases", Value::List(aliases)) => {
                    settings.uri_aliases = aliases.iter().map(alias).collect::<Result<_, _>>()?;
                }
                ("remote_mode", Value::Text(word)) => {
                    let mode = Mode::from_word(&word);
                    settings.mode = Some(mode.ok_or("remote_mode is auto, legacy or direct")?);
                }
                ("remote_proxy", Value::Text(word)) => {
                    let proxy = Proxy::from_word(&word);
                    settings.proxy = Some(proxy.ok_or("remote_proxy is auto, netcat or native")?);
                }
                ("tls_priority", _) => settings.has_tls_priority = true,
                ("uri_default" | "remote_mode" | "remote_proxy", _) => {
                    return Err(format!("{key} takes a text in quotes"));
                }
                ("uri_aliases", _) => return Err(TAKES_TEXTS.to_owned()),
                _ => {}
            }
        }
        Ok(settings)
    }

    fn uri_of(&self, alias: &str) -> Option<&str> {
        self.uri_aliases.iter().find(|(known, _)| known == alias).map(|(_, uri)| uri.as_str())
    }
}

const TAKES_TEXTS: &str = "uri_aliases takes a list of texts in quotes";

fn alias(entry: &Value) -> Result<(String, String), String> {
    let Value::Text(entry) = entry else { return Err(TAKES_TEXTS.to_owned()) };
    let (alias, uri) = entry
        .split_once('=')
        .ok_or_else(|| format!("`{entry}` of uri_aliases is not of the form alias=driver://host/path"))?;
    if !is_alias(alias) {
        return Err(format!("alias `{alias}` has other characters than a-z, A-Z, 0-9, _ and -"));
    }
    Ok((alias.to_owned(), uri.to_owned()))
}

pub(super) fn is_alias(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
}

/// The URI that is meant: a text that stands for one; without a text, the user's or the host's own choice, which may be
/// [`Uri::any`].
///
/// # Errors
/// [`OpenError::Uri`], and [`OpenError::Settings`].
pub(super) fn resolve(given: &str, host: &Host) -> Result<Uri, OpenError> {
    let settings = Settings::load(host)?;
    let default = env::var("LIBVIRT_DEFAULT_URI").ok().filter(|uri| !uri.is_empty());
    settings.choose(given, default)
}

impl Settings {
    fn choose(&self, given: &str, default: Option<String>) -> Result<Uri, OpenError> {
        let chosen =
            if given.is_empty() { default.or_else(|| self.uri_default.clone()) } else { Some(given.into()) };
        match chosen.filter(|uri| !uri.is_empty()) {
            Some(uri) => Ok(self.uri_of(&uri).unwrap_or(&uri).parse()?),
            None => Ok(Uri::any()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn a_file_says_what_is_meant() {
        let settings = Settings::read(
            "uri_default = 'hail'\nuri_aliases = [ \"hail=qemu+ssh://root@hail/system?no_tty=1\", \"a_-B9=test:///default\" ]\n\
             remote_mode = \"direct\"\nremote_proxy = \"netcat\"\ntls_priority = \"NORMAL\"\nlog_level = 1\n\
             uri_default = 'test:///default'\nremote_mode = 'none'\nmine = [1, [\"a\", []]]",
        )
        .unwrap();
        assert_eq!((settings.mode, settings.proxy), (Some(Mode::Direct), Some(Proxy::Netcat)));
        assert!(settings.has_tls_priority);
        let chosen = |given: &str, default: Option<&str>| {
            settings.choose(given, default.map(str::to_owned)).map(|uri| uri.to_string())
        };
        let hail = "qemu+ssh://root@hail/system?no_tty=1";
        assert_eq!(chosen("hail", None).unwrap(), hail);
        assert_eq!(chosen("", None).unwrap(), hail);
        assert_eq!(chosen("", Some("a_-B9")).unwrap(), "test:///default");
        assert_eq!(chosen("", Some("ch:///system")).unwrap(), "ch:///system");
        assert_eq!(chosen("qemu:///system", Some("hail")).unwrap(), "qemu:///system");
        assert!(matches!(chosen("hai", None), Err(OpenError::Uri(_))));
        assert_eq!(Settings::default().choose("", None).unwrap(), Uri::any());
    }

    #[test]
    fn a_file_is_read_in_any_encoding() {
        let folder = env::temp_dir().join(format!("virtwire-settings-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("libvirt.conf"), b"# J\xf6rg's\nuri_default = 'test:///default'\n").unwrap();
        let host = Host { is_root: false, config: Some(folder.clone()), ..Host::default() };
        let settings = Settings::load(&host);
        fs::remove_dir_all(&folder).unwrap();
        assert_eq!(settings.unwrap().uri_default.as_deref(), Some("test:///default"));
    }

    #[test]
    fn a_file_that_makes_no_sense_says_why() {
        for (text, reason) in [
            ("uri_default = 5", "uri_default takes a text"),
            ("uri_aliases = 'a=b'", "takes a list"),
            ("uri_aliases = ['a']", "alias=driver"),
            ("uri_aliases = [1]", "takes a list of texts"),
            ("uri_aliases = [['a=b']]", "takes a list of texts"),
            ("uri_aliases = ['a b=c']", "`a b`"),
            ("uri_aliases = ['=c']", "``"),
            ("remote_mode = 'both'", "auto, legacy or direct"),
            ("remote_proxy = 'none'", "auto, netcat or native"),
            ("\nuri_default", "line 2"),
        ] {
            let told = Settings::read(text).unwrap_err();
            assert!(told.contains(reason), "{text}: {told}");
        }
    }
}
