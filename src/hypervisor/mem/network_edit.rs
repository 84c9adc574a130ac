//! Changes to one part of a network's document.

use virtwire_protocol::error::{ErrorCode, ErrorDomain, RemoteError};

use super::super::well_formed::well_formed;
use super::super::{NetworkChange, NetworkPart, NetworkStep, Result};
use super::edit::{Element, checked, spliced, without};
use super::nested::{added, first_within, one, root, within};
use super::network_check::check_host;

/// Where elements of a part are, and what tells one from another.
struct Shape {
    /// The elements around them, from the root on.
    around: &'static [&'static str],
    name: &'static str,
    /// What one is called.
    what: &'static str,
    /// What each of the two has of these is compared.
    keys: &'static [&'static str],
    /// There are no two of which one of these is the same; else all of them.
    any: bool,
    /// Whether one can take the place of another.
    modifies: bool,
}

/// The shape of a part; of one that is not changed here, its name.
fn shape(part: NetworkPart) -> std::result::Result<Shape, &'static str> {
    let shape = |around: &'static [&'static str], name, what, keys: &'static [&'static str]| Shape {
        around,
        name,
        what,
        keys,
        any: false,
        modifies: false,
    };
    Ok(match part {
        NetworkPart::DhcpHost => Shape {
            any: true,
            modifies: true,
            ..shape(&["ip", "dhcp"], "host", "dhcp host", &["mac", "id", "name", "ip"])
        },
        NetworkPart::DhcpRange => shape(&["ip", "dhcp"], "range", "dhcp range", &["start", "end"]),
        NetworkPart::ForwardInterface => shape(&["forward"], "interface", "forward interface", &["dev"]),
        NetworkPart::PortGroup => Shape { modifies: true, ..shape(&[], "portgroup", "portgroup", &["name"]) },
        NetworkPart::DnsHost => shape(&["dns"], "host", "DNS HOST", &["ip"]),
        NetworkPart::DnsTxt => shape(&["dns"], "txt", "DNS TXT", &["name"]),
        NetworkPart::DnsSrv => shape(&["dns"], "srv", "DNS SRV", &["service", "protocol", "target"]),
        // As in libvirt's own driver.
        NetworkPart::Bridge => return Err("bridge"),
        NetworkPart::Domain => return Err("domain"),
        NetworkPart::Ip => return Err("ip"),
        NetworkPart::Forward => return Err("forward"),
        NetworkPart::ForwardPf => return Err("forward-pf"),
    })
}

impl Shape {
    /// Of the keys that both have, whether each is the same.
    fn compared<'a>(&'a self, one: &'a Element, other: &'a Element) -> impl Iterator<Item = bool> + 'a {
        self.keys.iter().filter_map(move |key| Some(one.attribute(key)? == other.attribute(key)?))
    }

    /// Whether there cannot be both.
    fn collides(&self, one: &Element, other: &Element) -> bool {
        match self.any {
            true => self.compared(one, other).any(|same| same),
            false => self.is_it(one, other),
        }
    }

    /// Whether they are one and the same.
    fn is_it(&self, one: &Element, other: &Element) -> bool {
        let mut compared = self.compared(one, other).peekable();
        compared.peek().is_some() && compared.all(|same| same)
    }

    /// Whether one is to take the other's place: the first of the keys that both have decides.
    fn replaces(&self, one: &Element, other: &Element) -> bool {
        self.compared(one, other).next() == Some(true)
    }
}

/// The document of a network of this name with a change.
///
/// # Errors
/// Code 55 where there is nothing to change, or something already that it would collide with; 84 for parts that are not changed so; 27 for a
/// host that cannot be.
pub(super) fn changed(network: &str, xml: &str, change: &NetworkChange) -> Result<String> {
    let shape = shape(change.part)
        .map_err(|name| unsupported(format!("can't update '{name}' section of network '{network}'")))?;
    let what = shape.what;
    let (new_xml, new) = one(&change.xml)?;
    well_formed(new_xml, shape.around.len() + 1)?;
    if new.name != shape.name {
        let text = format!("unexpected element <{}>, expecting <{}>", new.name, shape.name);
        return Err(of_network(ErrorCode::XML_ERROR, text));
    }
    let holder = holder(xml, &shape, change.parent)?;
    if matches!(change.part, NetworkPart::DhcpHost) {
        let is_ipv6 = new.attribute("mac").is_none() && new.attribute("id").is_some();
        check_host(network, &new, is_ipv6, change.step == NetworkStep::Delete)?;
    }
    let there = match &holder {
        Ok(holder) => within(xml, holder)?.into_iter().filter(|one| one.name == shape.name).collect(),
        Err(_) => Vec::new(),
    };
    let find = |is_it: &dyn Fn(&Element) -> bool| {
        let found = there.iter().find(|one| is_it(one));
        found
            .ok_or_else(|| invalid(format!("couldn't locate a matching {what} entry in network '{network}'")))
    };
    match change.step {
        NetworkStep::Modify if !shape.modifies => {
            Err(unsupported(format!("{what}s cannot be modified, only added or deleted")))
        }
        NetworkStep::Modify => {
            let old = find(&|one| shape.replaces(one, &new))?;
            checked(spliced(xml, old.whole.clone(), new_xml))
        }
        NetworkStep::Delete => checked(without(xml, find(&|one| shape.is_it(one, &new))?)),
        NetworkStep::AddFirst | NetworkStep::AddLast => {
            if there.iter().any(|one| shape.collides(one, &new)) {
                let text = format!(
                    "there is an existing {what} entry in network '{network}' that matches \"{new_xml}\""
                );
                return Err(invalid(text));
            }
            let first = change.step == NetworkStep::AddFirst;
            match holder {
                Ok(holder) => put(xml, &holder, &there, new_xml, first),
                Err((outer, missing)) => {
                    added(xml, &outer, &format!("<{missing}>{new_xml}</{missing}>"), false)
                }
            }
        }
    }
}

/// Before the first of its kind, behind the last one, or where there is none, behind all else.
fn put(xml: &str, holder: &Element, there: &[Element], new: &str, first: bool) -> Result<String> {
    let Some(neighbour) = (if first { there.first() } else { there.last() }) else {
        return added(xml, holder, new, false);
    };
    let before = xml.get(holder.content.start..neighbour.whole.start).unwrap_or_default();
    let indent = before.get(before.trim_end().len()..).unwrap_or_default();
    match first {
        true => {
            checked(spliced(xml, neighbour.whole.start..neighbour.whole.start, &format!("{new}{indent}")))
        }
        false => checked(spliced(xml, neighbour.whole.end..neighbour.whole.end, &format!("{indent}{new}"))),
    }
}

/// The innermost element around a part; or the one around that, and what is missing in it.
fn holder(
    xml: &str,
    shape: &Shape,
    parent: Option<u32>,
) -> Result<std::result::Result<Element, (Element, &'static str)>> {
    let mut at = root(xml)?;
    let Some((last, outer)) = shape.around.split_last() else { return Ok(Ok(at)) };
    for name in outer {
        let mut all: Vec<_> = within(xml, &at)?.into_iter().filter(|one| one.name == *name).collect();
        let index = match parent {
            Some(index) => index as usize,
            // Else the first that has what is looked for.
            None => {
                let mut has = None;
                for (index, one) in all.iter().enumerate() {
                    if first_within(xml, one, last)?.is_some() {
                        has = Some(index);
                        break;
                    }
                }
                has.unwrap_or(0)
            }
        };
        if index >= all.len() {
            return Err(invalid(format!("couldn't find <{name}> element number {index} in the network")));
        }
        at = all.swap_remove(index);
    }
    Ok(first_within(xml, &at, last)?.ok_or((at, *last)))
}

fn unsupported(text: String) -> RemoteError {
    of_network(ErrorCode::OPERATION_UNSUPPORTED, text)
}

fn invalid(text: String) -> RemoteError {
    of_network(ErrorCode::OPERATION_INVALID, text)
}

fn of_network(code: ErrorCode, text: String) -> RemoteError {
    RemoteError::new(code, ErrorDomain::NETWORK, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const XML: &str = "<network>\n  <name>lan</name>\n  <ip address='10.0.0.1'>\n    <dhcp>\n      <range start='10.0.0.2' end='10.0.0.9'/>\n      \
                       <host mac='2:0:0:0:0:a' name='one' ip='10.0.0.2'/>\n    </dhcp>\n  </ip>\n  <ip address='10.1.0.1'/>\n</network>";

    fn change(step: NetworkStep, part: NetworkPart, parent: Option<u32>, xml: &str) -> NetworkChange {
        NetworkChange { step, part, parent, xml: xml.to_owned() }
    }

    #[test]
    fn parts_come_change_and_go() {
        use NetworkPart::{DhcpHost, DhcpRange, DnsHost, PortGroup};
        use NetworkStep::{AddFirst, AddLast, Delete, Modify};
        let with = |xml: &str, step, part, parent, element: &str| {
            changed("lan", xml, &change(step, part, parent, element)).unwrap()
        };
        let host = "<host mac='2:0:0:0:0:b' name='two' ip='10.0.0.3'/>";
        let two = with(XML, AddLast, DhcpHost, None, host);
        assert_eq!(two, XML.replace("10.0.0.2'/>\n    <", &format!("10.0.0.2'/>\n      {host}\n    <")));
        let first = with(XML, AddFirst, DhcpHost, None, host);
        assert_eq!(first, XML.replace("<host", &format!("{host}\n      <host")));
        assert_eq!(with(&two, Delete, DhcpHost, None, "<host mac='2:0:0:0:0:b'/>"), XML);
        let other = with(XML, Modify, DhcpHost, None, "<host mac='2:0:0:0:0:a' name='one' ip='10.0.0.7'/>");
        assert_eq!(other, XML.replace("ip='10.0.0.2'", "ip='10.0.0.7'"));
        // Where there is nothing around it yet.
        let named = with(XML, AddLast, DnsHost, None, "<host ip='10.0.0.5'><hostname>x</hostname></host>");
        assert!(
            named.contains("<dns><host ip='10.0.0.5'><hostname>x</hostname></host></dns>\n</network>"),
            "{named}"
        );
        let second = with(XML, AddLast, DhcpRange, Some(1), "<range start='10.1.0.2' end='10.1.0.3'/>");
        assert!(
            second.contains(
                "<ip address='10.1.0.1'><dhcp><range start='10.1.0.2' end='10.1.0.3'/></dhcp></ip>"
            ),
            "{second}"
        );
        let group = with(XML, AddLast, PortGroup, None, "<portgroup name='g'/>");
        assert_eq!(with(&group, Delete, PortGroup, None, "<portgroup name='g'/>"), XML);
    }

    #[test]
    fn what_cannot_be_is_refused() {
        use NetworkPart::{Bridge, DhcpHost, DhcpRange, DnsHost};
        use NetworkStep::{AddLast, Delete, Modify};
        for (step, part, parent, element, code) in [
            (AddLast, DhcpHost, None, "<host mac='2:0:0:0:0:a' name='three' ip='10.0.0.4'/>", 55),
            (AddLast, DhcpHost, None, "<host mac='2:0:0:0:0:c' name='three' ip='10.0.0.2'/>", 55),
            (Delete, DhcpHost, None, "<host mac='2:0:0:0:0:c'/>", 55),
            (Delete, DhcpHost, None, "<host mac='2:0:0:0:0:a' ip='10.0.0.4'/>", 55),
            (Delete, DnsHost, None, "<host ip='10.0.0.4'/>", 55),
            (Modify, DhcpHost, None, "<host mac='2:0:0:0:0:c' ip='10.0.0.4'/>", 55),
            (Modify, DhcpRange, None, "<range start='10.0.0.2' end='10.0.0.8'/>", 84),
            (AddLast, DhcpHost, None, "<host mac='zz' ip='1'/>", 27),
            (AddLast, DhcpHost, None, "<host mac='2:0:0:0:0:c'/>", 27),
            (AddLast, DhcpHost, None, "<host ip='10.0.0.4'/>", 27),
            (Modify, DhcpHost, None, "<host mac='2:0:0:0:0:a' ip='x'/>", 27),
            (Delete, DhcpHost, None, "<host mac='zz'/>", 27),
            (AddLast, DhcpRange, Some(2), "<range start='10.0.0.2' end='10.0.0.8'/>", 55),
            (AddLast, DhcpRange, None, "<host/>", 27),
            (AddLast, DhcpRange, None, "<range", 35),
            (Modify, Bridge, None, "<bridge name='x'/>", 84),
        ] {
            let error = changed("lan", XML, &change(step, part, parent, element)).unwrap_err();
            assert_eq!(error.code.0, code, "{element}: {error}");
        }
    }
}
