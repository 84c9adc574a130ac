//! The terms of a migration of version 3: as fixed arguments, or as typed parameters.

use std::fmt;

use virtwire_xdr::Text;

use super::domain::DomainXml;
use super::request::Request;

/// A typed parameter of a migration. The names and their types are the hosts': `migrate_disks`, `disks_port`,
/// `compression` and so on. A host refuses what it does not know (code 74).
///
/// `Debug` and `Display` tell of XML the length only, since it may hold secrets, and `Debug` of a value alone the length of any text.
#[derive(Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "journal", derive(serde::Serialize, serde::Deserialize))]
pub struct Param {
    /// The name; reference peers refuse one that is longer than 79 bytes.
    pub field: Text,
    /// The value.
    pub value: ParamValue,
}

/// The value of a [`Param`], in the types that migrations use. At most 4,194,304 bytes of string.
#[derive(Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "journal", derive(serde::Serialize, serde::Deserialize))]
pub enum ParamValue {
    /// A signed word.
    Int(i32),
    /// An unsigned word.
    UInt(u32),
    /// A signed double word.
    LLong(i64),
    /// An unsigned double word.
    ULLong(u64),
    /// Yes or no.
    Boolean(bool),
    /// Text.
    String(Text),
}

impl Param {
    /// A parameter of text.
    pub fn string(field: impl Into<Text>, value: impl Into<Text>) -> Param {
        Param { field: field.into(), value: ParamValue::String(value.into()) }
    }
}

impl fmt::Display for Param {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.value {
            ParamValue::String(value) if !self.field.as_bytes().ends_with(b"_xml") => {
                write!(f, "{}={value}", self.field)
            }
            value => write!(f, "{}={value:?}", self.field),
        }
    }
}

impl fmt::Debug for Param {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Debug for ParamValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ParamValue::Int(value) => write!(f, "{value}"),
            ParamValue::UInt(value) => write!(f, "{value}"),
            ParamValue::LLong(value) => write!(f, "{value}"),
            ParamValue::ULLong(value) => write!(f, "{value}"),
            ParamValue::Boolean(value) => write!(f, "{value}"),
            ParamValue::String(value) => write!(f, "{} bytes", value.as_bytes().len()),
        }
    }
}

/// What both hosts are told of a migration of version 3, as far as it is known at a step. The engine adds to it: the source's
/// XML after Begin, the destination's URI after Prepare, the guest's name before Finish.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "journal", derive(serde::Serialize, serde::Deserialize))]
pub enum Terms {
    /// The arguments of 213 to 218. Each call takes those that it has.
    Fixed {
        /// What the destination shall rebuild the guest from: before Begin the caller's wish, then what Begin said.
        xml: Option<DomainXml>,
        /// Where the data goes: before Prepare the caller's wish.
        uri: Option<Text>,
        /// The guest's name on the destination.
        dname: Option<Text>,
        /// Bandwidth in MiB/s, 0 for what the source has set.
        resource: u64,
    },
    /// The same as the parameters `destination_xml`, `migrate_uri`, `destination_name` and `bandwidth` of 302 to 307, and any
    /// others that the caller gave. At most 64.
    Params(Vec<Param>),
}

const XML: &str = "destination_xml";
const PERSISTENT_XML: &str = "persistent_xml";
const URI: &str = "migrate_uri";
const NAME: &str = "destination_name";
const BANDWIDTH: &str = "bandwidth";

/// The parameters that the engine makes from a request's own fields.
pub(super) const OWN: [&str; 5] = [XML, PERSISTENT_XML, URI, NAME, BANDWIDTH];

/// More are refused by whoever receives them.
pub(super) const MOST: usize = 64;

impl Terms {
    /// What the caller wants.
    pub(super) fn fixed(request: &Request) -> Terms {
        Terms::Fixed {
            xml: request.xml.clone(),
            uri: request.uri.clone(),
            dname: request.dname.clone(),
            resource: request.bandwidth_mib_s,
        }
    }

    /// The same as parameters: only what the caller has said, as libvirt's client does.
    pub(super) fn params(request: &Request) -> Terms {
        let text = |field, value: &Option<Text>| value.clone().map(|value| Param::string(field, value));
        let xml = |field, value: &Option<DomainXml>| value.clone().map(|xml| Param::string(field, xml.0));
        let bandwidth = (request.bandwidth_mib_s != 0)
            .then(|| Param { field: BANDWIDTH.into(), value: ParamValue::ULLong(request.bandwidth_mib_s) });
        let own = [
            text(URI, &request.uri),
            text(NAME, &request.dname),
            xml(XML, &request.xml),
            xml(PERSISTENT_XML, &request.persistent_xml),
            bandwidth,
        ];
        Terms::Params(own.into_iter().flatten().chain(request.params.iter().cloned()).collect())
    }

    /// What Begin said takes the place of what the caller wished.
    pub(super) fn set_xml(&mut self, new: DomainXml) {
        match self {
            Terms::Fixed { xml, .. } => *xml = Some(new),
            Terms::Params(params) => set(params, XML, new.0),
        }
    }

    /// What Prepare said.
    pub(super) fn set_uri(&mut self, new: Text) {
        match self {
            Terms::Fixed { uri, .. } => *uri = Some(new),
            Terms::Params(params) => set(params, URI, new),
        }
    }

    /// Finish wants a name in any case.
    pub(super) fn name(&mut self, old: &Text) {
        match self {
            Terms::Fixed { dname, .. } => {
                dname.get_or_insert_with(|| old.clone());
            }
            Terms::Params(params) if find(params, NAME).is_none() => {
                params.push(Param::string(NAME, old.clone()))
            }
            Terms::Params(_) => {}
        }
    }

    /// Where the data goes, if anybody has said.
    pub(super) fn uri(&self) -> Option<&Text> {
        match self {
            Terms::Fixed { uri, .. } => uri.as_ref(),
            Terms::Params(params) => find(params, URI).and_then(|at| match &params.get(at)?.value {
                ParamValue::String(uri) => Some(uri),
                _ => None,
            }),
        }
    }

    /// How many parameters there will be at most.
    pub(super) fn count_at_finish(&self) -> usize {
        match self {
            Terms::Fixed { .. } => 0,
            Terms::Params(params) => {
                params.len()
                    + [XML, URI, NAME].into_iter().filter(|field| find(params, field).is_none()).count()
            }
        }
    }
}

fn find(params: &[Param], field: &str) -> Option<usize> {
    params.iter().position(|param| param.field.as_bytes() == field.as_bytes())
}

fn set(params: &mut Vec<Param>, field: &str, value: Text) {
    let new = Param::string(field, value);
    match find(params, field).and_then(|at| params.get_mut(at)) {
        Some(param) => *param = new,
        None => params.push(new),
    }
}
