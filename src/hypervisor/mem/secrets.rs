//! Secrets that clients have this host keep. No guest here asks for one.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::{Mutex, MutexGuard, PoisonError};

use virtwire_protocol::error::{ErrorCode, ErrorDomain, RemoteError};

use super::super::store::{Kept, Store};
use super::super::well_formed::well_formed;
use super::super::{
    Event, Result, SecretInfo, SecretLifecycle, SecretStep, SecretUsage, Secrets, Uuid, errors,
};
use super::edit::Element;
use super::lasting::{changing, forgotten, written};
use super::nested::{added, first_within, one, text};
use super::{Inner, Mem};

/// The most of one host: no list on the wire is longer.
const COUNT_MAX: usize = 16_384;
/// The bytes of all their documents and values: each may be as long as the wire allows, and not all of them.
const BYTES_MAX: usize = 64 << 20;
/// The longest value.
const VALUE_BYTES_MAX: usize = 65_536;

/// Usages, as documents call them, and the element that says which.
const USAGES: [(&str, SecretUsage, &str); 5] = [
    ("volume", SecretUsage::Volume, "volume"),
    ("ceph", SecretUsage::Ceph, "name"),
    ("iscsi", SecretUsage::Iscsi, "target"),
    ("tls", SecretUsage::Tls, "name"),
    ("vtpm", SecretUsage::Vtpm, "name"),
];

/// One lock guards them; events are told under it, so that they are heard in order.
#[derive(Default)]
pub(super) struct Table(Mutex<BTreeMap<Uuid, Secret>>);

/// Values are in nobody's log.
impl std::fmt::Debug for Table {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Table").finish_non_exhaustive()
    }
}

struct Secret {
    said: Said,
    value: Option<Vec<u8>>,
}

/// What a document says.
#[derive(Clone)]
struct Said {
    /// As it came, with a UUID put in where there was none.
    xml: String,
    info: SecretInfo,
}

impl Secret {
    fn bytes(&self) -> usize {
        self.said.xml.len() + self.value.as_ref().map_or(0, Vec::len)
    }
}

impl Said {
    /// # Errors
    /// Code 35 for what is not XML, 27 for what describes no secret, 67 for an unknown usage.
    fn read(xml: &str) -> Result<Said> {
        let (xml, root) = one(xml)?;
        if root.name != "secret" {
            let found = &root.name;
            return Err(wrong(format!("expecting root element of 'secret', not '{found}'")));
        }
        let yes = |name: &str| match root.attribute(name) {
            Some("yes") => Ok(true),
            Some("no") | None => Ok(false),
            Some(_) => Err(wrong(format!("invalid value of '{name}'"))),
        };
        let (ephemeral, private) = (yes("ephemeral")?, yes("private")?);
        let (usage, usage_id) = match first_within(xml, &root, "usage")? {
            Some(usage) => usage_of(xml, &usage)?,
            None => (SecretUsage::None, String::new()),
        };
        let (xml, uuid) = match first_within(xml, &root, "uuid")? {
            Some(uuid) => {
                let text = text(xml, &uuid)?;
                let uuid =
                    text.parse().map_err(|error| wrong(format!("malformed uuid {text:?}: {error}")))?;
                (xml.to_owned(), uuid)
            }
            None => {
                let uuid = Uuid::random();
                (added(xml, &root, &format!("<uuid>{uuid}</uuid>"), true)?, uuid)
            }
        };
        Ok(Said { xml, info: SecretInfo { uuid, usage, usage_id, ephemeral, private } })
    }
}

fn usage_of(xml: &str, usage: &Element) -> Result<(SecretUsage, String)> {
    let name = usage.attribute("type").ok_or_else(|| wrong("unknown secret usage type"))?;
    if name == "none" {
        return Ok((SecretUsage::None, String::new()));
    }
    let Some((_, usage_type, element)) = USAGES.into_iter().find(|(known, _, _)| *known == name) else {
        return Err(of_secrets(errors::unsupported_domain(format!("unknown secret usage type {name}"))));
    };
    let id = first_within(xml, usage, element)?.map(|id| text(xml, &id)).transpose()?.unwrap_or_default();
    match id.is_empty() {
        true => Err(wrong(format!("{name} usage specified, but {element} is missing"))),
        false => Ok((usage_type, id)),
    }
}

fn wrong(detail: impl Into<String>) -> RemoteError {
    of_secrets(errors::bad_domain_xml(detail))
}

/// What is wrong is told as the secrets' own.
fn of_secrets(error: RemoteError) -> RemoteError {
    RemoteError { domain: ErrorDomain::SECRET, ..error }
}

fn refused(detail: String) -> RemoteError {
    RemoteError::new(ErrorCode::INTERNAL_ERROR, ErrorDomain::SECRET, detail)
}

fn absent(uuid: Uuid) -> RemoteError {
    let detail = format!("no secret with matching uuid '{uuid}'");
    RemoteError::new(ErrorCode::NO_SECRET, ErrorDomain::SECRET, detail)
}

/// Whom a document is about.
pub(super) fn described(xml: &str) -> Option<(Option<Uuid>, String)> {
    let info = Said::read(xml).ok()?.info;
    // One that the document does not have is another each time.
    let has_uuid = one(xml).ok().and_then(|(xml, root)| first_within(xml, &root, "uuid").ok()?).is_some();
    Some((has_uuid.then_some(info.uuid), info.usage_id))
}

/// The rules about a secret that comes, or that is another now.
fn check(all: &BTreeMap<Uuid, Secret>, said: &Said) -> Result<()> {
    let SecretInfo { uuid, usage, usage_id, private, .. } = &said.info;
    let is_for = |other: &SecretInfo| (other.usage, &other.usage_id) == (*usage, usage_id);
    match all.get(uuid).map(|secret| &secret.said.info) {
        Some(before) if !is_for(before) => {
            let id = &before.usage_id;
            let detail = format!("a secret with UUID {uuid} is already defined for use with {id}");
            return Err(refused(detail));
        }
        Some(before) if before.private && !private => {
            return Err(refused("cannot change private flag on existing secret".to_owned()));
        }
        Some(_) => {}
        None => {
            let mut others = all.values().map(|secret| &secret.said.info);
            if *usage != SecretUsage::None
                && let Some(other) = others.find(|other| is_for(other))
            {
                let other = other.uuid;
                let detail = format!("a secret with UUID {other} already defined for use with {usage_id}");
                return Err(refused(detail));
            }
            if all.len() >= COUNT_MAX {
                return Err(of_secrets(errors::failed(format!("this host has its {COUNT_MAX} secrets"))));
            }
        }
    }
    check_room(all, said.xml.len())
}

fn check_room(all: &BTreeMap<Uuid, Secret>, more: usize) -> Result<()> {
    let taken: usize = all.values().map(Secret::bytes).sum();
    match taken.saturating_add(more) {
        ..=BYTES_MAX => Ok(()),
        _ => {
            let detail = format!("this host keeps {BYTES_MAX} bytes of secrets, and no more");
            Err(of_secrets(errors::failed(detail)))
        }
    }
}

impl Inner {
    fn vault(&self) -> MutexGuard<'_, BTreeMap<Uuid, Secret>> {
        self.secrets.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn secret(&self, uuid: Uuid) -> Result<SecretInfo> {
        Ok(self.vault().get(&uuid).ok_or_else(|| absent(uuid))?.said.info.clone())
    }

    /// One that an earlier daemon had.
    pub(super) fn load_secret(&self, kept: Kept) -> Result<()> {
        let said = Said::read(&kept.xml)?;
        let mut all = self.vault();
        check(&all, &said)?;
        match said.info.uuid == kept.uuid {
            true => drop(all.insert(kept.uuid, Secret { said, value: None })),
            false => return Err(wrong(format!("the secret's uuid is {}", said.info.uuid))),
        }
        Ok(())
    }

    /// The value of one that an earlier daemon had.
    pub(super) fn load_secret_value(&self, kept: Kept) -> Result<()> {
        let value = from_hex(&kept.xml).ok_or_else(|| wrong("it is no value of a secret"))?;
        let mut all = self.vault();
        all.get_mut(&kept.uuid).ok_or_else(|| absent(kept.uuid))?.value = Some(value);
        Ok(())
    }

    fn tell_secret(&self, info: &SecretInfo, what: SecretStep) {
        self.events.tell(&Event::Secret(info.clone(), what));
    }
}

/// What is to be kept of a secret, and of its value, as text: nothing of one that is ephemeral.
fn kept(inner: &Inner, uuid: Uuid) -> Option<Kept> {
    kept_of(inner, uuid, |secret| Some(secret.said.xml.clone()))
}

fn kept_value(inner: &Inner, uuid: Uuid) -> Option<Kept> {
    kept_of(inner, uuid, |secret| secret.value.as_deref().map(to_hex))
}

fn kept_of(inner: &Inner, uuid: Uuid, text: impl Fn(&Secret) -> Option<String>) -> Option<Kept> {
    let all = inner.vault();
    let secret = all.get(&uuid).filter(|secret| !secret.said.info.ephemeral)?;
    Some(Kept { uuid, autostart: false, xml: text(secret)? })
}

/// Forgets a secret that may go, and before it its value, which is never left without it; then makes the change that this is for.
fn forgotten_all<T>(
    inner: &Inner,
    store: Option<&Store>,
    uuid: Uuid,
    change: impl FnOnce(&Inner) -> Result<T>,
) -> Result<T> {
    forgotten(inner, store.map(Store::secret_values), kept_value, uuid, |inner| {
        forgotten(inner, store.map(Store::secrets), kept, uuid, change)
    })
}

fn not_kept(error: std::io::Error) -> RemoteError {
    of_secrets(errors::failed(format!("the secret's value cannot be kept: {error}")))
}

fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut hex, byte| {
        // Writing to a string does not fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

fn from_hex(hex: &str) -> Option<Vec<u8>> {
    let pairs = hex.as_bytes().chunks_exact(2);
    let is_whole = pairs.remainder().is_empty() && hex.len() <= 2 * VALUE_BYTES_MAX;
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    pairs.map(byte).collect::<Option<Vec<u8>>>().filter(|_| is_whole)
}

impl Secrets for Mem {
    async fn secrets(&self) -> Result<Vec<SecretInfo>> {
        Ok(self.inner.vault().values().map(|secret| secret.said.info.clone()).collect())
    }

    async fn secret_xml(&self, secret: Uuid) -> Result<String> {
        Ok(self.inner.vault().get(&secret).ok_or_else(|| absent(secret))?.said.xml.clone())
    }

    async fn define_secret(&self, xml: String) -> Result<SecretInfo> {
        well_formed(&xml, 0).map_err(of_secrets)?;
        let said = Said::read(&xml)?;
        changing(&self.inner, move |inner, store| {
            check(&inner.vault(), &said)?;
            let (info, xml) = (said.info.clone(), said.xml.clone());
            let (uuid, is_ephemeral) = (info.uuid, info.ephemeral);
            let define = |inner: &Inner| {
                let mut all = inner.vault();
                check(&all, &said)?;
                let value = all.remove(&info.uuid).and_then(|before| before.value);
                all.insert(info.uuid, Secret { said, value });
                inner.tell_secret(&info, SecretStep::Life(SecretLifecycle::Defined));
                Ok(info.clone())
            };
            // It may have been kept before, or not; and so is its value.
            if is_ephemeral {
                return forgotten_all(inner, store, uuid, define);
            }
            let folder = store.map(Store::secrets);
            let defined = written(inner, folder, kept, uuid, |before| Kept { xml, ..before }, define)?;
            if let (Some(store), Some(value)) = (store, kept_value(inner, uuid)) {
                store.secret_values().keep(&value).map_err(not_kept)?;
            }
            Ok(defined)
        })
        .await
    }

    async fn undefine_secret(&self, secret: Uuid) -> Result<()> {
        changing(&self.inner, move |inner, store| {
            inner.secret(secret)?;
            forgotten_all(inner, store, secret, |inner| {
                let mut all = inner.vault();
                let gone = all.remove(&secret).ok_or_else(|| absent(secret))?;
                inner.tell_secret(&gone.said.info, SecretStep::Life(SecretLifecycle::Undefined));
                Ok(())
            })
        })
        .await
    }

    async fn set_secret_value(&self, secret: Uuid, value: Vec<u8>) -> Result<()> {
        changing(&self.inner, move |inner, store| {
            let info = inner.secret(secret)?;
            let folder = store.filter(|_| !info.ephemeral).map(Store::secret_values);
            let xml = to_hex(&value);
            let set = |inner: &Inner| {
                let mut all = inner.vault();
                check_room(&all, value.len())?;
                all.get_mut(&secret).ok_or_else(|| absent(secret))?.value = Some(value);
                inner.tell_secret(&info, SecretStep::ValueChanged);
                Ok(())
            };
            written(inner, folder, kept_value, secret, |before| Kept { xml, ..before }, set)
        })
        .await
    }

    async fn secret_value(&self, secret: Uuid) -> Result<Option<Vec<u8>>> {
        Ok(self.inner.vault().get(&secret).ok_or_else(|| absent(secret))?.value.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(xml: &str) -> Result<SecretInfo> {
        Said::read(xml).map(|said| said.info)
    }

    #[test]
    fn a_document_says_what_a_secret_is_for() {
        for (usage, expected) in [
            ("<usage type='volume'><volume>/a&amp;b</volume></usage>", (SecretUsage::Volume, "/a&b")),
            ("<usage type='ceph'><name>one</name></usage>", (SecretUsage::Ceph, "one")),
            ("<usage type='iscsi'><target>two</target></usage>", (SecretUsage::Iscsi, "two")),
            ("<usage type='tls'><name>three</name></usage>", (SecretUsage::Tls, "three")),
            ("<usage type='vtpm'><name>four</name></usage>", (SecretUsage::Vtpm, "four")),
            ("<usage type='none'/>", (SecretUsage::None, "")),
            ("", (SecretUsage::None, "")),
        ] {
            let info = said(&format!("<secret ephemeral='yes'>{usage}</secret>")).unwrap();
            assert_eq!((info.usage, info.usage_id.as_str()), expected);
            assert!(info.ephemeral && !info.private);
        }
        for (wrong, code) in [
            ("", 35),
            ("<secret>", 35),
            ("<secret/><secret/>", 35),
            ("<sec/>", 27),
            ("<secret private='maybe'/>", 27),
            ("<secret><uuid>x</uuid></secret>", 27),
            ("<secret><usage/></secret>", 27),
            ("<secret><usage type='volume'/></secret>", 27),
            ("<secret><usage type='other'/></secret>", 67),
        ] {
            assert_eq!(said(wrong).unwrap_err().code.0, code, "{wrong}");
        }
        let xml = "<secret>\n  <description>d</description>\n</secret>";
        let read = Said::read(xml).unwrap();
        let uuid = read.info.uuid;
        assert_eq!(read.xml, xml.replace("<secret>", &format!("<secret>\n  <uuid>{uuid}</uuid>")));
        assert_eq!(said(&read.xml).unwrap().uuid, uuid);
    }

    #[test]
    fn values_are_kept_as_text() {
        for value in [&b""[..], b"\0\xff a", &[7; VALUE_BYTES_MAX]] {
            assert_eq!(from_hex(&to_hex(value)).as_deref(), Some(value));
        }
        for wrong in ["a", "0g", "é", &"00".repeat(VALUE_BYTES_MAX + 1)] {
            assert_eq!(from_hex(wrong), None);
        }
    }
}
