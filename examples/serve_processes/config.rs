//! A domain's XML: its name, its UUID, and the command that it is.

use quick_xml::Reader;
use quick_xml::events::Event;
use virtwire::hypervisor::{Result, Uuid, errors};

#[derive(Clone, Default)]
pub(crate) struct Config {
    pub(crate) name: String,
    pub(crate) uuid: Option<Uuid>,
    /// Where in the document its name's element ends.
    name_end: usize,
    /// The program and its arguments.
    pub(crate) command: Vec<String>,
}

impl Config {
    pub(crate) fn parse(xml: &str) -> Result<Config> {
        let (mut config, mut path, mut text) = (Config::default(), Vec::new(), String::new());
        let mut reader = Reader::from_str(xml);
        loop {
            match reader.read_event().map_err(errors::not_xml)? {
                Event::Start(element) => {
                    path.push(element.name().as_ref().to_owned());
                    text.clear();
                }
                Event::Text(words) => text.push_str(&words),
                Event::GeneralRef(reference) => text.push(match &*reference {
                    "lt" => '<',
                    "gt" => '>',
                    "amp" => '&',
                    "quot" => '"',
                    _ => '\'',
                }),
                Event::End(_) => {
                    let names: Vec<&str> = path.iter().map(String::as_str).collect();
                    match names.as_slice() {
                        ["domain", "name"] => {
                            config.name.clone_from(&text);
                            config.name_end = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
                        }
                        ["domain", "uuid"] => config.uuid = text.trim().parse().ok(),
                        ["domain", "os", "init"] => config.command.insert(0, text.clone()),
                        ["domain", "os", "initarg"] => config.command.push(text.clone()),
                        _ => {}
                    }
                    path.pop();
                }
                Event::Eof => break,
                _ => {}
            }
        }
        match config.name.is_empty() || config.command.is_empty() {
            true => Err(errors::bad_domain_xml("a domain has a name, and in os an init")),
            false => Ok(config),
        }
    }

    /// The document with the UUID that the domain has, where it came without one.
    pub(crate) fn with_uuid(&self, mut xml: String, uuid: Uuid) -> String {
        if self.uuid.is_none() && xml.is_char_boundary(self.name_end) {
            xml.insert_str(self.name_end, &format!("<uuid>{uuid}</uuid>"));
        }
        xml
    }
}
