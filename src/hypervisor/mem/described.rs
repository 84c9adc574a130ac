//! What a volume's document says of it: what of that is kept, and what is refused, as nothing here could be made of it.

use virtwire_protocol::error::{ErrorCode, ErrorDomain, RemoteError};

use super::super::well_formed::well_formed;
use super::super::{Result, errors};
use super::document::Document;
use super::edit::escaped;

/// Bits of a file's mode.
const MODE_MAX: u32 = 0o7777;

/// What can be in a volume that is a file.
const FORMATS: [&str; 16] = [
    "raw", "dir", "bochs", "cloop", "dmg", "iso", "vpc", "vdi", "fat", "vhd", "ploop", "cow", "qcow",
    "qcow2", "qed", "vmdk",
];

/// A volume as its document describes it.
pub(super) struct Described {
    pub(super) name: String,
    pub(super) capacity: Option<u64>,
    pub(super) kept: Kept,
}

/// What is told of a volume again as it was said, and only its users look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Kept {
    /// What its document calls what is in it.
    format: Box<str>,
    mode: Option<u32>,
    owner: Option<u32>,
    group: Option<u32>,
    label: Option<Box<str>>,
}

impl Described {
    /// # Errors
    /// What is wrong with it, told as storage's own; code 67 for what this host does not have: a volume that lies on another one, which would
    /// read as zeros where it has nothing of its own, and one that is encrypted, which would not be; and for a format that there is not.
    pub(super) fn read(xml: String) -> Result<Described> {
        well_formed(&xml, 0).map_err(of_storage)?;
        let document = Document::read(xml, "volume").map_err(of_storage)?;
        if let Some(path) = document.field("backingStore/path") {
            return Err(unsupported(format!("volumes of this host lie on no other one, such as '{path}'")));
        }
        if document.has("target/encryption@format") {
            return Err(unsupported("volumes of this host are not encrypted"));
        }
        if let Some(format) = document.field("target/format@type").filter(|format| !FORMATS.contains(format))
        {
            return Err(unsupported(format!("unknown volume format type {format}")));
        }
        let capacity = document.bytes("capacity").map_err(of_storage)?;
        // What it takes shows as it is written; that it says so must be sense.
        document.bytes("allocation").map_err(of_storage)?;
        let kept = Kept::read(&document).map_err(of_storage)?;
        Ok(Described { name: document.name, capacity, kept })
    }
}

impl Kept {
    fn read(document: &Document) -> Result<Kept> {
        let wrong = |what: &str, text: &str| errors::bad_domain_xml(format!("malformed {what} {text:?}"));
        let mode = document.field("target/permissions/mode").map(|text| {
            let mode = u32::from_str_radix(text, 8).ok().filter(|mode| *mode <= MODE_MAX);
            mode.ok_or_else(|| wrong("octal mode", text))
        });
        // Who is -1 is whoever makes it.
        let who = |what: &str| match document.field(&format!("target/permissions/{what}")) {
            None | Some("-1") => Ok(None),
            Some(text) => text.parse().map(Some).map_err(|_| wrong(what, text)),
        };
        Ok(Kept {
            format: document.field("target/format@type").unwrap_or("raw").into(),
            mode: mode.transpose()?,
            owner: who("owner")?,
            group: who("group")?,
            label: document.field("target/permissions/label").map(Into::into),
        })
    }

    /// As elements of `<target>`, a line each.
    pub(super) fn xml(&self) -> String {
        let format = format!("    <format type='{}'/>\n", escaped(&self.format));
        let said = [
            self.mode.map(|mode| format!("      <mode>{mode:04o}</mode>\n")),
            self.owner.map(|owner| format!("      <owner>{owner}</owner>\n")),
            self.group.map(|group| format!("      <group>{group}</group>\n")),
            self.label.as_ref().map(|label| format!("      <label>{}</label>\n", escaped(label))),
        ];
        let said: String = said.into_iter().flatten().collect();
        match said.is_empty() {
            true => format,
            false => format!("{format}    <permissions>\n{said}    </permissions>\n"),
        }
    }
}

fn unsupported(text: impl Into<String>) -> RemoteError {
    RemoteError::new(ErrorCode::CONFIG_UNSUPPORTED, ErrorDomain::STORAGE, text)
}

/// What is wrong with a volume's document is told as storage's own; that a number is too large is nobody's.
pub(super) fn of_storage(error: RemoteError) -> RemoteError {
    match error.code {
        ErrorCode::OVERFLOW => error,
        _ => RemoteError { domain: ErrorDomain::STORAGE, ..error },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(target: &str) -> Result<Described> {
        Described::read(format!("<volume><name>a</name><capacity>1</capacity>{target}</volume>"))
    }

    #[test]
    fn permissions_are_told_again_as_they_were_said() {
        let said = "    <format type='qcow2'/>\n    <permissions>\n      <mode>0640</mode>\n      <owner>107</owner>\n      \
                    <group>0</group>\n      <label>a&amp;b</label>\n    </permissions>\n";
        let target = format!("<target>{said}</target>");
        assert_eq!(read(&target).unwrap().kept.xml(), said);
        let few = "<target><permissions><mode>7</mode><owner>-1</owner></permissions></target>";
        let expected =
            "    <format type='raw'/>\n    <permissions>\n      <mode>0007</mode>\n    </permissions>\n";
        assert_eq!(read(few).unwrap().kept.xml(), expected);
        assert_eq!(read("<backingStore/>").unwrap().kept.xml(), "    <format type='raw'/>\n");
        for (what, wrong) in [("mode", "8"), ("mode", "10000"), ("owner", "root"), ("group", "-2")] {
            let target = format!("<target><permissions><{what}>{wrong}</{what}></permissions></target>");
            let error = read(&target).err().unwrap();
            assert_eq!((error.code, error.domain), (ErrorCode::XML_ERROR, ErrorDomain::STORAGE), "{target}");
        }
    }

    #[test]
    fn what_a_volume_says_of_its_size_is_a_size() {
        for (said, code, domain) in [
            ("<allocation>0</allocation>", 0, 0),
            ("<allocation unit='TiB'>9</allocation>", 0, 0),
            ("<allocation>9223372036854775808</allocation>", 82, 0),
            ("<allocation>x</allocation>", 27, 18),
            ("<allocation unit='acre'>1</allocation>", 27, 18),
        ] {
            let found = read(said).err().map_or((0, 0), |error| (error.code.0, error.domain.0));
            assert_eq!(found, (code, domain), "{said}");
        }
        let huge = "<volume><name>a</name><capacity>18446744073709551615</capacity></volume>";
        assert_eq!(Described::read(huge.to_owned()).err().unwrap().code.0, 82);
    }

    #[test]
    fn what_would_be_another_volume_is_refused() {
        for xml in [
            "<backingStore><path>/base.qcow2</path><format type='qcow2'/></backingStore>",
            "<target><encryption format='luks'><secret type='passphrase'/></encryption></target>",
            "<target><encryption format=''/></target>",
            "<target><format type='foo'/></target>",
        ] {
            let error = read(xml).err().unwrap();
            assert_eq!((error.code.0, error.domain), (67, ErrorDomain::STORAGE), "{xml}");
        }
    }
}
