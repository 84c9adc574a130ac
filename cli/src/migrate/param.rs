//! `migrate --param NAME=VALUE`: the typed parameters of a migration, by libvirt's names.

use virtwire::protocol::migrate::{Param, ParamValue};

/// What a name's value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// A signed word.
    Int,
    /// An unsigned double word.
    Number,
    Text,
}

/// Those that hosts up to libvirt 11.3 know, but for the ones that have an option.
const KNOWN: [(&str, Kind); 19] = [
    ("bandwidth.postcopy", Kind::Number),
    ("bandwidth.avail.switchover", Kind::Number),
    ("graphics_uri", Kind::Text),
    ("listen_address", Kind::Text),
    ("migrate_disks", Kind::Text),
    ("migrate_disks_detect_zeroes", Kind::Text),
    ("disks_port", Kind::Int),
    ("disks_uri", Kind::Text),
    ("compression", Kind::Text),
    ("compression.mt.level", Kind::Int),
    ("compression.mt.threads", Kind::Int),
    ("compression.mt.dthreads", Kind::Int),
    ("compression.xbzrle.cache", Kind::Number),
    ("compression.zlib.level", Kind::Int),
    ("compression.zstd.level", Kind::Int),
    ("auto_converge.initial", Kind::Int),
    ("auto_converge.increment", Kind::Int),
    ("parallel.connections", Kind::Int),
    ("tls.destination", Kind::Text),
];

/// Those that this command says by itself.
const OPTIONS: [(&str, &str); 5] = [
    ("migrate_uri", "--migrate-uri"),
    ("destination_name", "--dname"),
    ("destination_xml", "--xml"),
    ("persistent_xml", "--persistent-xml"),
    ("bandwidth", "--bandwidth"),
];

/// Reads one, for the command line.
pub(crate) fn read(text: &str) -> Result<Param, String> {
    let (name, value) = text
        .split_once('=')
        .ok_or_else(|| "expected NAME=VALUE, such as parallel.connections=4".to_owned())?;
    if let Some((_, option)) = OPTIONS.iter().find(|(own, _)| *own == name) {
        return Err(format!("{option} says that"));
    }
    let Some((_, kind)) = KNOWN.iter().find(|(known, _)| *known == name) else {
        return Err(format!("no parameter is called {name}; {}", meant(name)));
    };
    let wrong = |expected| format!("{name} takes {expected}, not `{value}`");
    let value = match kind {
        Kind::Int => ParamValue::Int(value.parse().map_err(|_| wrong("a number"))?),
        Kind::Number => {
            ParamValue::ULLong(value.parse().map_err(|_| wrong("a number that is not negative"))?)
        }
        Kind::Text if value.is_empty() => return Err(wrong("a text")),
        Kind::Text => ParamValue::String(value.into()),
    };
    Ok(Param { field: name.into(), value })
}

/// The disks that are to be copied.
pub(super) fn disks(names: &[String]) -> impl Iterator<Item = Param> {
    names.iter().map(|name| Param::string("migrate_disks", name.as_str()))
}

fn meant(name: &str) -> String {
    let near = KNOWN.map(|(known, _)| (strsim::jaro_winkler(name, known), known));
    match near.into_iter().max_by(|one, other| one.0.total_cmp(&other.0)) {
        Some((score, known)) if score > 0.7 => format!("did you mean {known}?"),
        _ => format!("there are {}", KNOWN.map(|(known, _)| known).join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_has_the_type_that_hosts_expect_of_its_name() {
        let value = |text| read(text).map(|param| param.value);
        assert_eq!(value("parallel.connections=4"), Ok(ParamValue::Int(4)));
        assert_eq!(value("compression.xbzrle.cache=67108864"), Ok(ParamValue::ULLong(67_108_864)));
        assert_eq!(value("tls.destination=b=c"), Ok(ParamValue::String("b=c".into())));
        for (text, told) in [
            ("parallel.connections", "expected NAME=VALUE"),
            ("parallel.connections=four", "parallel.connections takes a number, not `four`"),
            ("bandwidth.postcopy=-1", "bandwidth.postcopy takes a number that is not negative, not `-1`"),
            ("graphics_uri=", "graphics_uri takes a text"),
            ("parallel.conections=4", "did you mean parallel.connections?"),
            ("zzz=4", "there are bandwidth.postcopy, "),
            ("destination_name=web2", "--dname says that"),
        ] {
            let said = read(text).unwrap_err();
            assert!(said.contains(told), "{text}: {said}");
        }
    }
}
