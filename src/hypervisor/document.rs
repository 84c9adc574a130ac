//! A domain's document, edited as clients ask for it: the rest of it stays byte for byte as it was.
//!
//! For hypervisors that keep the document that they were given. With it, `virsh desc` and `metadata` take two lines:
//!
//! ```
//! # use virtwire::hypervisor::*;
//! # struct One(std::sync::Mutex<String>);
//! # impl One {
//! #     fn info(&self) -> DomainInfo { DomainInfo::new("one", Uuid([1; 16])) }
//! # }
//! impl Changes for One {
//!     async fn metadata(&self, _: Uuid, what: &Metadata, _: bool) -> Result<Option<String>> {
//!         document::metadata(&self.0.lock().unwrap(), what)
//!     }
//!
//!     async fn change(&self, _: Uuid, change: Change, _: Place) -> Result<()> {
//!         let mut xml = self.0.lock().unwrap();
//!         *xml = document::changed(&xml, &change)?;
//!         Ok(())
//!     }
//!
//!     async fn configured(&self, _: Uuid) -> Result<DomainInfo> {
//!         Ok(self.info())
//!     }
//! }
//!
//! # let one = One(String::from("<domain type='one'><name>one</name></domain>").into());
//! # let title = Change::Title(Some("web".into()));
//! # let place = Place { live: true, config: false };
//! # let mut made = std::pin::pin!(one.change(Uuid([1; 16]), title, place));
//! # let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
//! # assert!(made.as_mut().poll(&mut cx).is_ready());
//! assert_eq!(*one.0.lock().unwrap(), "<domain type='one'><name>one</name><title>web</title></domain>");
//! ```

use super::edit::{metadata as element, text, with_metadata, with_text};
use super::{Change, Metadata, Result, Uuid};

pub use super::edit::with_id;

/// What is noted with a domain; `None` where nothing is.
///
/// # Errors
/// Code 35 for what is not XML.
pub fn metadata(xml: &str, what: &Metadata) -> Result<Option<String>> {
    match what {
        Metadata::Description => text(xml, "description"),
        Metadata::Title => text(xml, "title"),
        Metadata::Element(uri) => element(xml, uri),
    }
}

/// The document with another description, title or element of metadata. Of a text, the characters that XML cannot have are left out.
///
/// # Errors
/// Code 3 for every other change; 35 for what is not XML, or an element that is not well-formed; 8 for a name space whose URI is too long
/// or that cannot have this key; and 9 for a document that would be longer than 4,194,304 bytes.
pub fn changed(xml: &str, change: &Change) -> Result<String> {
    match change {
        Change::Description(text) => {
            with_text(xml, "description", text.as_deref(), ("", None), &["title", "uuid", "name"])
        }
        Change::Title(text) => with_text(xml, "title", text.as_deref(), ("", None), &["uuid", "name"]),
        Change::Element { uri, element } => {
            let element = element.as_ref().map(|(key, xml)| (key.as_str(), xml.as_str()));
            with_metadata(xml, uri, element)
        }
        other => Err(other.not_supported()),
    }
}

/// The document with this UUID: in place of the one that it has, else behind the name.
///
/// # Errors
/// Code 35 for what is not XML, 9 for a document that has no name or would be longer than 4,194,304 bytes.
pub fn with_uuid(xml: &str, uuid: Uuid) -> Result<String> {
    with_text(xml, "uuid", Some(&uuid.to_string()), ("", None), &["name"])
}

#[cfg(test)]
mod tests {
    use super::*;

    const XML: &str = "<domain type='x'>\n  <name>a</name>\n  <!-- kept -->\n</domain>\n";

    #[test]
    fn what_is_noted_comes_changes_and_goes() {
        let title = |text: Option<&str>| Change::Title(text.map(str::to_owned));
        let one = changed(XML, &title(Some("t"))).unwrap();
        assert_eq!(one, XML.replace("</name>", "</name>\n  <title>t</title>"));
        let two = changed(&one, &Change::Description(Some("d".into()))).unwrap();
        assert_eq!(metadata(&two, &Metadata::Description).unwrap().as_deref(), Some("d"));
        let uri = || "http://a".to_owned();
        let element = |element: Option<&str>| Change::Element {
            uri: uri(),
            element: element.map(|xml| ("k".to_owned(), xml.to_owned())),
        };
        let three = changed(&two, &element(Some("<x/>"))).unwrap();
        assert_eq!(metadata(&three, &Metadata::Element(uri())).unwrap().as_deref(), Some("<x/>"));
        let two = changed(&three, &element(None)).unwrap();
        assert_eq!(metadata(&two, &Metadata::Element(uri())).unwrap(), None);
        let without = changed(&two, &title(None)).unwrap();
        assert_eq!(metadata(&without, &Metadata::Title).unwrap(), None);
        for other in [Change::Memory(1), Change::Vcpus(1), Change::Attach("<disk/>".into())] {
            assert_eq!(changed(XML, &other).unwrap_err().code.0, 3);
        }
        assert_eq!(changed("<domain", &title(Some("t"))).unwrap_err().code.0, 35);
    }

    #[test]
    fn a_document_has_its_uuid() {
        let uuid = Uuid([7; 16]);
        let with = with_uuid(XML, uuid).unwrap();
        assert_eq!(with, XML.replace("</name>", &format!("</name>\n  <uuid>{uuid}</uuid>")));
        let other = Uuid([8; 16]);
        assert_eq!(with_uuid(&with, other).unwrap(), with.replace(&uuid.to_string(), &other.to_string()));
        assert_eq!(with_uuid("<domain/>", uuid).unwrap_err().code.0, 9);
    }
}
