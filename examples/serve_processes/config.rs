//! A domain's XML: its name, its UUID, and the command that it is.

use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};
use virtwire::hypervisor::{Result, Uuid, UuidError, errors};
use virtwire::protocol::error::RemoteError;

/// The kind of domain that this host runs (`<domain type='…'>`).
pub(crate) const DOMAIN_TYPE: &str = "process";

/// One definition: what is read of it, and all of it, as clients are shown it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Config {
    pub(crate) name: String,
    pub(crate) uuid: Uuid,
    pub(crate) program: String,
    pub(crate) arguments: Vec<String>,
    /// The document as it came, with a UUID where it had none.
    pub(crate) xml: String,
}

impl Config {
    pub(crate) fn parse(xml: &str) -> Result<Config> {
        let mut xml = xml.trim_start_matches('\u{feff}').to_owned();
        let (mut name, mut uuid, mut program, mut arguments) = (None, None, None, Vec::new());
        let (mut path, mut text) = (Vec::new(), String::new());
        let mut reader = Reader::from_str(&xml);
        loop {
            match reader.read_event().map_err(errors::not_xml)? {
                Event::Start(element) => {
                    if path.is_empty() {
                        check_type(&element)?;
                    }
                    path.push(element.name().as_ref().to_owned());
                    text.clear();
                }
                Event::Text(words) => text.push_str(&words),
                Event::CData(words) => text.push_str(&words),
                Event::GeneralRef(reference) => text.push_str(&resolved(&reference)?),
                Event::End(_) => {
                    let names: Vec<&str> = path.iter().map(String::as_str).collect();
                    match names.as_slice() {
                        ["domain", "name"] => name = Some((text.clone(), reader.buffer_position())),
                        ["domain", "uuid"] => uuid = Some(text.trim().parse().map_err(bad_uuid)?),
                        ["domain", "os", "init"] => program = Some(text.clone()),
                        ["domain", "os", "initarg"] => arguments.push(text.clone()),
                        _ => {}
                    }
                    path.pop();
                }
                Event::Eof if path.is_empty() => break,
                Event::Eof => return Err(errors::not_xml("the document ends within an element")),
                _ => {}
            }
        }
        let (Some((name, name_end)), Some(program)) = (name, program) else {
            return Err(errors::bad_domain_xml("a domain has a name, and in os an init"));
        };
        if name.is_empty() || program.is_empty() {
            return Err(errors::bad_domain_xml("neither a domain's name nor its init is empty"));
        }
        let uuid = uuid.unwrap_or_else(|| {
            let uuid = Uuid::random();
            xml.insert_str(usize::try_from(name_end).unwrap_or(xml.len()), &format!("<uuid>{uuid}</uuid>"));
            uuid
        });
        Ok(Config { name, uuid, program, arguments, xml })
    }
}

fn check_type(domain: &BytesStart<'_>) -> Result<()> {
    match domain.try_get_attribute("type").map_err(errors::not_xml)? {
        Some(kind) if kind.value == DOMAIN_TYPE => Ok(()),
        _ => Err(errors::unsupported_domain(format!("this host runs domains of type '{DOMAIN_TYPE}' alone"))),
    }
}

/// What `&lt;`, `&#60;` and their like stand for.
fn resolved(reference: &BytesRef<'_>) -> Result<String> {
    match reference.resolve_char_ref().map_err(errors::not_xml)? {
        Some(character) => Ok(character.into()),
        None => resolve_predefined_entity(reference)
            .map(str::to_owned)
            .ok_or_else(|| errors::not_xml(format!("nobody knows what &{}; is", &**reference))),
    }
}

fn bad_uuid(error: UuidError) -> RemoteError {
    errors::bad_domain_xml(format!("malformed uuid: {error}"))
}
