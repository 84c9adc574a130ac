//! Errors that peers send each other, and what they say about a call's fate.

mod codes;

use std::fmt;

use virtwire_xdr::Text;

use crate::frame::{Draft, DraftError};
use crate::message::MessageError;

pub use codes::{ErrorCode, ErrorDomain};

/// Whether the peer ran a call that did not succeed.
///
/// Exhaustive on purpose: a fourth fate must break every caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fate {
    /// Never left this machine, or the peer said that it has no such procedure: it did not run.
    DidNotRun,
    /// The peer ran it, or refused to, and reported this failure.
    Failed,
    /// The connection died or time ran out after sending. It may have run, or may still; assume neither.
    Unknown,
}

/// An error reply: `virError` as it crosses the wire (remote program, any procedure; libvirt 0.3.0).
///
/// `dom` and `net` of the wire's struct are always null when written and ignored when read, so they are not kept.
#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(feature = "journal", derive(serde::Serialize, serde::Deserialize))]
pub struct RemoteError {
    /// What went wrong.
    pub code: ErrorCode,
    /// Which part of the peer said so.
    pub domain: ErrorDomain,
    /// 1 for a warning, 2 for an error. Nothing else is in use.
    pub level: i32,
    /// For people, in the peer's language. Cut after [`ERROR_TEXT_BYTES_MAX`] bytes as it is sent and as it comes. Never match on it: see
    /// [`is_unsupported`](Self::is_unsupported).
    pub message: Text,
    /// The template of the message, such as `internal error: %s`.
    pub str1: Option<Text>,
    /// The detail that filled the template.
    pub str2: Option<Text>,
    /// Unused by libvirt.
    pub str3: Option<Text>,
    /// The errno of a system error (code 38), else -1.
    pub int1: i32,
    /// -1 where it means nothing.
    pub int2: i32,
}

/// The longest text of an error that is sent, or kept of one that comes, bytes. The wire takes 4,194,304.
pub const ERROR_TEXT_BYTES_MAX: usize = 65_536;

/// The text, or its beginning, which ends with a character where it is UTF-8.
fn cut(text: &Text) -> Text {
    beginning(text).unwrap_or_else(|| text.clone())
}

/// The same of a text that nobody else needs.
fn kept(text: Text) -> Text {
    beginning(&text).unwrap_or(text)
}

/// Of a text that is too long.
fn beginning(text: &Text) -> Option<Text> {
    let start = text.as_bytes().get(..=ERROR_TEXT_BYTES_MAX)?;
    // The last byte is only looked at: a character goes on where it is a continuation.
    let goes_on = |at: &usize| start.get(*at).is_some_and(|byte| byte & 0xc0 == 0x80);
    let end = (ERROR_TEXT_BYTES_MAX - 3..=ERROR_TEXT_BYTES_MAX).rev().find(|at| !goes_on(at));
    Some(start.get(..end.unwrap_or(ERROR_TEXT_BYTES_MAX)).unwrap_or_default().to_vec().into())
}

impl RemoteError {
    /// An error of the usual form: libvirt's short text for the code, then the detail.
    pub fn new(code: ErrorCode, domain: ErrorDomain, detail: impl Into<String>) -> RemoteError {
        let detail = detail.into();
        let template = template(code);
        let message =
            if detail.is_empty() { without_detail(template) } else { template.replacen("%s", &detail, 1) };
        RemoteError {
            code,
            domain,
            level: 2,
            message: message.into(),
            str1: Some(template.into()),
            str2: if detail.is_empty() { None } else { Some(detail.into()) },
            str3: None,
            int1: -1,
            int2: -1,
        }
    }

    /// A failed system call: code 38, the detail and the system's own words, and its errno in `int1`.
    pub fn system(domain: ErrorDomain, detail: impl fmt::Display, error: &std::io::Error) -> RemoteError {
        let mut remote = RemoteError::new(ErrorCode::SYSTEM_ERROR, domain, format!("{detail}: {error}"));
        remote.int1 = error.raw_os_error().unwrap_or(-1);
        remote
    }

    /// The peer has no procedure of that number. Clients know this answer by its English beginning, so it is
    /// never translated.
    pub fn unknown_procedure(number: i32) -> RemoteError {
        RemoteError::rpc(format!("unknown procedure: {number}"))
    }

    /// The peer serves no such program, or not in that version.
    pub fn unknown_program(program: u32, version: u32) -> RemoteError {
        // libvirt prints both as signed decimals.
        RemoteError::rpc(format!(
            "Cannot find program {} version {}",
            program.cast_signed(),
            version.cast_signed()
        ))
    }

    /// The arguments did not decode; the connection goes on.
    pub fn undecodable() -> RemoteError {
        RemoteError::rpc("Unable to decode message payload")
    }

    /// The result did not fit a message.
    pub fn unencodable() -> RemoteError {
        RemoteError::rpc("Unable to encode message payload")
    }

    /// A fault of the RPC layer: code 39, domain 7, the text alone.
    pub fn rpc(text: impl Into<String>) -> RemoteError {
        RemoteError::new(ErrorCode::RPC, ErrorDomain::RPC, text)
    }

    /// The client is not who it says, or may not come in. libvirt's daemons say no more than this, so that nobody learns which
    /// part of the proof was wrong.
    pub fn auth_failed() -> RemoteError {
        RemoteError::new(ErrorCode::AUTH_FAILED, ErrorDomain::RPC, "authentication failed")
    }

    /// The driver behind the peer does not implement the call named by its C function, such as
    /// `virDomainMigratePrepare`: code 3, from the library layer of the object's kind.
    pub fn no_support(api: &str) -> RemoteError {
        RemoteError::new(ErrorCode::NO_SUPPORT, ErrorDomain::of_api(api), api)
    }

    /// The call changes something and the connection is read-only: code 29.
    pub fn read_only(api: &str) -> RemoteError {
        let detail = format!("read only access prevents {api}");
        RemoteError::new(ErrorCode::OPERATION_DENIED, ErrorDomain::of_api(api), detail)
    }

    /// The call would reveal a secret and the connection is read-only: code 29.
    pub fn secure_flag(api: &str) -> RemoteError {
        let detail = format!("{api} with secure flag");
        RemoteError::new(ErrorCode::OPERATION_DENIED, ErrorDomain::of_api(api), detail)
    }

    /// The payload of an error reply. Texts are cut after [`ERROR_TEXT_BYTES_MAX`] bytes: what a caller sent is often quoted in them,
    /// and an error must reach it whatever that was.
    ///
    /// # Errors
    /// None that is known; the type is that of every message.
    pub fn encode(&self) -> Result<Draft, DraftError> {
        let RemoteError { code, domain, level, message, str1, str2, str3, int1, int2 } = self;
        let (code, domain, level, int1, int2) = (*code, *domain, *level, *int1, *int2);
        Draft::encode(&MessageError {
            code: code.0,
            domain: domain.0,
            message: Some(cut(message)),
            level,
            dom: None,
            str1: str1.as_ref().map(cut),
            str2: str2.as_ref().map(cut),
            str3: str3.as_ref().map(cut),
            int1,
            int2,
            net: None,
        })
    }

    /// Reads the payload of an error reply. An error without a message gets libvirt's own words for that. Of each text what is beyond
    /// [`ERROR_TEXT_BYTES_MAX`] bytes is not kept: errors are, by whoever waits for something better, and nobody reads on so far.
    ///
    /// # Errors
    /// Where the payload is not one; trailing bytes are ignored, as real peers do.
    pub fn decode(payload: &[u8]) -> Result<RemoteError, virtwire_xdr::Error> {
        let error: MessageError = virtwire_xdr::Options::lenient().from_slice(payload)?;
        let MessageError { code, domain, message, level, str1, str2, str3, int1, int2, .. } = error;
        Ok(RemoteError {
            code: ErrorCode(code),
            domain: ErrorDomain(domain),
            level,
            message: message.map_or_else(|| "Unknown error".into(), kept),
            str1: str1.map(kept),
            str2: str2.map(kept),
            str3: str3.map(kept),
            int1,
            int2,
        })
    }

    /// Whether the peer proved, in words of its own, that it has no such call and did nothing: code 3, or an
    /// "unknown procedure" in English. This, and nothing else, allows an older call to be tried instead.
    ///
    /// A daemon in another language translates the second; see [`same_refusal`](Self::same_refusal).
    pub fn is_unsupported(&self) -> bool {
        self.code == ErrorCode::NO_SUPPORT
            || (self.may_be_unknown_procedure() && self.message.as_bytes().starts_with(b"unknown procedure"))
    }

    /// Whether this could be an "unknown procedure" in some language: code 39 of the RPC layer (domain 7, or 13
    /// where a proxy passed it on), level 2.
    pub fn may_be_unknown_procedure(&self) -> bool {
        self.code == ErrorCode::RPC
            && matches!(self.domain, ErrorDomain::RPC | ErrorDomain::REMOTE)
            && self.level == 2
    }

    /// Whether `self`, the answer to procedure `asked`, says of that number what `other` says of `absent`, a
    /// number that no release has: the same words but for the number. Then `asked` is unknown to the peer,
    /// whatever its language.
    pub fn same_refusal(&self, asked: i32, other: &RemoteError, absent: i32) -> bool {
        let mine = self.message.to_string_lossy();
        self.may_be_unknown_procedure()
            && other.may_be_unknown_procedure()
            && mine.contains(&asked.to_string())
            && mine.replacen(&asked.to_string(), &absent.to_string(), 1) == other.message.to_string_lossy()
    }
}

impl ErrorDomain {
    /// The library layer that refuses a call on behalf of its driver, by the call's C name: that of the object which it is about. As libvirtd 9.0
    /// tells it of drivers that lack the call.
    fn of_api(api: &str) -> ErrorDomain {
        const OBJECTS: [(&str, ErrorDomain); 8] = [
            ("DomainSnapshot", ErrorDomain::DOMAIN_SNAPSHOT),
            ("DomainCheckpoint", ErrorDomain::DOMAIN_CHECKPOINT),
            ("Network", ErrorDomain::NETWORK),
            ("Storage", ErrorDomain::STORAGE),
            ("Interface", ErrorDomain::INTERFACE),
            ("NodeDevice", ErrorDomain::NODEDEV),
            ("Secret", ErrorDomain::SECRET),
            ("NWFilter", ErrorDomain::NWFILTER),
        ];
        let is = |prefix: &str| api.starts_with(prefix);
        // The library of QEMU's and LXC's own calls tells none.
        if ["virDomainQemu", "virConnectDomainQemu", "virDomainLxc"].into_iter().any(is) {
            return ErrorDomain::NONE;
        }
        // Calls of the connection have the word within their name: virConnectListAllSecrets.
        let of_connection = api.strip_prefix("virConnect");
        let is_about = |object: &str| match of_connection {
            Some(rest) => rest.contains(object),
            None => api.strip_prefix("vir").is_some_and(|rest| rest.starts_with(object)),
        };
        if let Some((_, domain)) = OBJECTS.into_iter().find(|(object, _)| is_about(object)) {
            domain
        } else if is("virNodeNumOfDevices") || is("virNodeListDevices") {
            ErrorDomain::NODEDEV
        } else if is("virDomain") || is("virNode") || is("virConnect") {
            ErrorDomain::DOMAIN
        } else {
            ErrorDomain::NONE
        }
    }
}

impl fmt::Display for RemoteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.message.as_bytes().is_empty() {
            return write!(f, "error {} without a message", self.code);
        }
        write!(f, "{}", self.message)
    }
}

impl fmt::Debug for RemoteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RemoteError({:?}, domain {:?}: {})", self.code, self.domain, self.message)
    }
}

impl std::error::Error for RemoteError {}

/// What a template says of itself: `this domain exists already` where there is no name for `domain %s exists already`.
fn without_detail(template: &str) -> String {
    let ends = [": %s", " for device %s", " for %s", " in %s", " %s"];
    match ends.iter().find_map(|end| template.strip_suffix(end)) {
        Some(rest) => rest.to_owned(),
        None if template == "%s" => "an error without a message".to_owned(),
        None if template.contains(" %s") => format!("this {}", template.replacen(" %s", "", 1)),
        None => template.to_owned(),
    }
}

/// libvirt's short text for a code, with `%s` where the detail goes.
fn template(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::INTERNAL_ERROR => "internal error: %s",
        ErrorCode::NO_MEMORY => "out of memory: %s",
        ErrorCode::NO_SUPPORT => "this function is not supported by the connection driver: %s",
        ErrorCode::NO_CONNECT => "no connection driver available for %s",
        ErrorCode::INVALID_CONN => "invalid connection pointer in %s",
        ErrorCode::INVALID_DOMAIN => "invalid domain pointer in %s",
        ErrorCode::INVALID_ARG => "invalid argument: %s",
        ErrorCode::OPERATION_FAILED => "operation failed: %s",
        ErrorCode::XML_ERROR => "XML error: %s",
        ErrorCode::OS_TYPE => "unknown OS type %s",
        ErrorCode::NO_SOURCE => "missing source information for device %s",
        ErrorCode::NO_TARGET => "missing target information for device %s",
        ErrorCode::NO_NAME => "missing name information in %s",
        ErrorCode::NO_OS => "missing operating system information for %s",
        ErrorCode::NO_DEVICE => "missing devices information for %s",
        ErrorCode::DOM_EXIST => "domain %s exists already",
        ErrorCode::NETWORK_EXIST => "network %s exists already",
        ErrorCode::STORAGE_VOL_EXIST => "storage volume %s exists already",
        ErrorCode::OPERATION_DENIED => "operation forbidden: %s",
        // The whole text is the detail.
        ErrorCode::SYSTEM_ERROR | ErrorCode::RPC | ErrorCode::XML_DETAIL => "%s",
        ErrorCode::NO_DOMAIN => "Domain not found: %s",
        ErrorCode::NO_NETWORK => "Network not found: %s",
        ErrorCode::NO_STORAGE_POOL => "Storage pool not found: %s",
        ErrorCode::NO_STORAGE_VOL => "Storage volume not found: %s",
        ErrorCode::NO_NODE_DEVICE => "Node device not found: %s",
        ErrorCode::NO_INTERFACE => "Interface not found: %s",
        ErrorCode::MULTIPLE_INTERFACES => "multiple matching interfaces found: %s",
        ErrorCode::NO_NWFILTER => "Network filter not found: %s",
        ErrorCode::NO_SECRET => "Secret not found: %s",
        ErrorCode::INVALID_SECRET => "Invalid secret: %s",
        ErrorCode::NO_DOMAIN_SNAPSHOT => "Domain snapshot not found: %s",
        ErrorCode::NO_DOMAIN_METADATA => "metadata not found: %s",
        ErrorCode::NO_DOMAIN_CHECKPOINT => "Domain checkpoint not found: %s",
        ErrorCode::DEVICE_MISSING => "device not found: %s",
        ErrorCode::AUTH_FAILED => "authentication failed: %s",
        ErrorCode::OPERATION_INVALID => "Requested operation is not valid: %s",
        ErrorCode::CONFIG_UNSUPPORTED => "unsupported configuration: %s",
        ErrorCode::OPERATION_TIMEOUT => "Timed out during operation: %s",
        ErrorCode::ARGUMENT_UNSUPPORTED => "argument unsupported: %s",
        ErrorCode::OPERATION_ABORTED => "operation aborted: %s",
        ErrorCode::OPERATION_UNSUPPORTED => "Operation not supported: %s",
        ErrorCode::RESOURCE_BUSY => "resource busy: %s",
        ErrorCode::OVERFLOW => "numerical overflow: %s",
        ErrorCode::SNAPSHOT_REVERT_RISKY => "revert requires force: %s",
        ErrorCode::ACCESS_DENIED => "access denied: %s",
        ErrorCode::MIGRATE_FINISH_OK => "migration successfully aborted",
        _ => "error: %s",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A name of 4 MiB, which is legal, was answered by an error without a body: what quotes it did not fit.
    #[test]
    fn a_text_that_is_too_long_is_cut_between_characters() {
        let name = "\u{e9}".repeat(2 << 20);
        let error = RemoteError::new(ErrorCode::NO_DOMAIN, ErrorDomain::QEMU, format!("no domain {name}"));
        let sent = RemoteError::decode(error.encode().unwrap().payload()).unwrap();
        assert_eq!((sent.code, sent.domain), (error.code, error.domain));
        let detail = sent.str2.unwrap();
        let text = detail.to_str().unwrap();
        assert!((ERROR_TEXT_BYTES_MAX - 3..=ERROR_TEXT_BYTES_MAX).contains(&text.len()), "{}", text.len());
        assert!(text.starts_with("no domain \u{e9}"));
    }

    #[test]
    fn nor_is_more_kept_of_one_that_comes() {
        let long = || Some(Text::from("a\u{e9}".repeat(1 << 20)));
        let sent = MessageError {
            code: 1,
            domain: 0,
            message: long(),
            level: 2,
            dom: None,
            str1: long(),
            str2: long(),
            str3: long(),
            int1: -1,
            int2: -1,
            net: None,
        };
        let RemoteError { message, str1, str2, str3, .. } =
            RemoteError::decode(Draft::encode(&sent).unwrap().payload()).unwrap();
        for text in [Some(message), str1, str2, str3] {
            let text = text.unwrap();
            let whole = text.to_str().unwrap();
            assert!(
                (ERROR_TEXT_BYTES_MAX - 3..=ERROR_TEXT_BYTES_MAX).contains(&whole.len()),
                "{}",
                whole.len()
            );
        }
    }

    #[test]
    fn an_unknown_procedure_is_known_in_english_and_by_comparison_in_any_language() {
        assert!(RemoteError::unknown_procedure(108).is_unsupported());
        assert!(RemoteError::no_support("virDomainMigratePrepare2").is_unsupported());
        let german = RemoteError::rpc("unbekannte Prozedur: 108");
        let probe = RemoteError::rpc("unbekannte Prozedur: 9999");
        assert!(!german.is_unsupported());
        assert!(german.same_refusal(108, &probe, 9999));
        // Another failure of the RPC layer that names the number is not a refusal of it.
        let other = RemoteError::rpc("108 Bytes fehlen");
        assert!(!other.same_refusal(108, &probe, 9999));
        // Nor is a failure without the number, even if both calls fail alike.
        let alike = RemoteError::rpc("authentication required");
        assert!(!alike.same_refusal(108, &alike, 9999));
    }

    #[test]
    fn the_text_is_libvirts_template_with_the_detail_in_it() {
        check(
            RemoteError::no_support("virDomainMigratePrepare"),
            3,
            20,
            "this function is not supported by the connection driver: virDomainMigratePrepare",
        );
        check(
            RemoteError::unknown_program(1_801_807_216, 1),
            39,
            7,
            "Cannot find program 1801807216 version 1",
        );
        check(
            RemoteError::new(ErrorCode::MIGRATE_FINISH_OK, ErrorDomain::QEMU, ""),
            93,
            10,
            "migration successfully aborted",
        );
        check(RemoteError::new(ErrorCode::NO_DOMAIN, ErrorDomain::TEST, ""), 42, 12, "Domain not found");
        let nameless = RemoteError::new(ErrorCode::NO_NAME, ErrorDomain::DOMAIN, "domain");
        check(nameless, 21, 20, "missing name information in domain");
        let exists = RemoteError::new(ErrorCode::DOM_EXIST, ErrorDomain::QEMU, "");
        check(exists, 28, 10, "this domain exists already");
        for code in 0..200 {
            let bare = RemoteError::new(ErrorCode(code), ErrorDomain::NONE, "").to_string();
            assert!(!bare.contains('%') && !bare.ends_with([' ', ':']), "{code}: {bare}");
        }
    }

    /// As libvirtd 9.0 tells it of drivers that lack the call: that of tests, and QEMU's without those of networks and the like.
    #[test]
    fn what_is_not_supported_is_told_by_the_library_of_its_object() {
        let measured: [(&[&str], i32); 9] = [
            (
                &[
                    "virDomainQemuMonitorCommand",
                    "virDomainQemuMonitorCommandWithFiles",
                    "virDomainQemuAgentCommand",
                    "virDomainQemuAttach",
                    "virConnectDomainQemuMonitorEventRegister",
                    "virDomainLxcOpenNamespace",
                ],
                0,
            ),
            (
                &[
                    "virStorageVolWipe",
                    "virStoragePoolCreate",
                    "virConnectNumOfStoragePools",
                    "virConnectListDefinedStoragePools",
                    "virConnectFindStoragePoolSources",
                    "virConnectGetStoragePoolCapabilities",
                ],
                18,
            ),
            (
                &[
                    "virNetworkGetDHCPLeases",
                    "virNetworkPortDelete",
                    "virConnectNumOfNetworks",
                    "virConnectListDefinedNetworks",
                ],
                19,
            ),
            (
                &[
                    "virConnectCompareCPU",
                    "virConnectCompareHypervisorCPU",
                    "virConnectDomainXMLToNative",
                    "virConnectGetDomainCapabilities",
                    "virDomainMigratePerform3",
                    "virDomainAttachDevice",
                    "virNodeGetMemoryStats",
                    "virNodeGetSEVInfo",
                ],
                20,
            ),
            (&["virNodeNumOfDevices", "virNodeListDevices", "virNodeDeviceLookupByName"], 22),
            (&["virConnectNumOfInterfaces", "virConnectListDefinedInterfaces", "virInterfaceCreate"], 26),
            (
                &[
                    "virConnectNumOfSecrets",
                    "virConnectListAllSecrets",
                    "virConnectSecretEventRegisterAny",
                    "virSecretGetValue",
                ],
                30,
            ),
            (
                &[
                    "virConnectListNWFilters",
                    "virConnectListAllNWFilterBindings",
                    "virNWFilterBindingDelete",
                    "virNWFilterUndefine",
                ],
                33,
            ),
            (&["virAdmConnectDaemonShutdown", "virNothing"], 0),
        ];
        for (apis, domain) in measured {
            for api in apis {
                assert_eq!(RemoteError::no_support(api).domain.0, domain, "{api}");
            }
        }
    }

    #[track_caller]
    fn check(error: RemoteError, code: i32, domain: i32, message: &str) {
        assert_eq!((error.code.0, error.domain.0, error.to_string().as_str()), (code, domain, message));
    }
}
