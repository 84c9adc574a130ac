//! On which of the host's CPUs guests would run: kept in their documents.

use super::super::{CpuSet, Pinned, Pins, Result, errors};
use super::edit::Element;
use super::nested::{first_within, put, root, text, within};
use super::xml::{Definition, VCPUS_MAX};

const GROUP: &str = "cputune";

/// What an element pins, if it is about that.
fn what(element: &Element) -> Option<Pinned> {
    match element.name.as_str() {
        "vcpupin" => {
            let number = element.attribute("vcpu")?.trim().parse().ok();
            number.filter(|number| *number < VCPUS_MAX).map(Pinned::Vcpu)
        }
        "emulatorpin" => Some(Pinned::Emulator),
        _ => None,
    }
}

pub(super) fn pins(xml: &str) -> Result<Pins> {
    let root = root(xml)?;
    let mut pins = Pins::default();
    let parent = first_within(xml, &root, GROUP)?;
    let inside = parent.map(|parent| within(xml, &parent)).transpose()?;
    for element in inside.unwrap_or_default() {
        let Some(what) = what(&element) else { continue };
        let is_new = match what {
            Pinned::Vcpu(number) => !pins.vcpus.contains_key(&number),
            Pinned::Emulator => pins.emulator.is_none(),
        };
        // The first counts, as elsewhere; and however many a document has, no more are read.
        if !is_new {
            continue;
        }
        let cpus = cpus(&element)?;
        match what {
            Pinned::Vcpu(number) => drop(pins.vcpus.insert(number, cpus)),
            Pinned::Emulator => pins.emulator = Some(cpus),
        }
    }
    if let Some(vcpu) = first_within(xml, &root, "vcpu")?
        && vcpu.attribute("cpuset").is_some()
        // Then it is the host that chooses, whatever stands there.
        && vcpu.attribute("placement") != Some("auto")
    {
        let cpus = cpus(&vcpu)?;
        let most = text(xml, &vcpu)?.parse().unwrap_or(VCPUS_MAX).min(VCPUS_MAX);
        for number in 0..most {
            pins.vcpus.entry(number).or_insert_with(|| cpus.clone());
        }
        pins.emulator.get_or_insert(cpus);
    }
    Ok(pins)
}

fn cpus(element: &Element) -> Result<CpuSet> {
    let text = element.attribute("cpuset").unwrap_or_default();
    text.parse().map_err(|error| errors::bad_domain_xml(format!("<{}> has {text:?}: {error}", element.name)))
}

/// The definition with this pinned so.
pub(super) fn pinned(xml: &str, pinned: Pinned, cpus: &CpuSet) -> Result<Definition> {
    let element = match pinned {
        Pinned::Vcpu(number) => format!("<vcpupin vcpu='{number}' cpuset='{cpus}'/>"),
        Pinned::Emulator => format!("<emulatorpin cpuset='{cpus}'/>"),
    };
    let xml = put(xml, GROUP, |one| what(one) == Some(pinned), Some(&element))?;
    Definition::parse(&xml, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_pinned_for_itself() {
        let xml = "<domain type='mem'>\n  <name>a</name>\n  <uuid>c7a5fdbd-cdaf-9455-926a-d65c16db1809</uuid>\n  \
                   <memory>1</memory>\n  <cputune>\n    <shares>7</shares>\n  </cputune>\n</domain>";
        let set = |xml: &str, what, cpus: &str| pinned(xml, what, &cpus.parse().unwrap()).unwrap().xml;
        assert_eq!(pins(xml).unwrap(), Pins::default());
        let one = set(xml, Pinned::Vcpu(1), "0-1");
        assert!(one.contains("</shares>\n    <vcpupin vcpu='1' cpuset='0-1'/>\n  </cputune>"), "{one}");
        let two = set(&set(&one, Pinned::Emulator, "3"), Pinned::Vcpu(0), "2");
        let two = set(&two, Pinned::Vcpu(1), "1");
        let found = pins(&two).unwrap();
        let told = [found.vcpus.get(&0), found.vcpus.get(&1), found.vcpus.get(&2), found.emulator.as_ref()];
        assert_eq!(
            told.map(|cpus| cpus.map(ToString::to_string).unwrap_or_default()),
            ["2", "1", "", "3"],
            "{two}"
        );
        assert_eq!(pins(&two.replace("cpuset='3'", "cpuset='x'")).unwrap_err().code.0, 27);
        assert_eq!(pins(&two.replace("cpuset='3'", "")).unwrap_err().code.0, 27);
    }

    #[test]
    fn what_is_not_pinned_has_what_is_said_of_all() {
        let told = |vcpu: &str, cputune: &str| {
            let xml = format!("<domain><name>a</name>{vcpu}<cputune>{cputune}</cputune></domain>");
            let pins = pins(&xml)?;
            let all = pins.vcpus.iter().map(|(number, cpus)| format!("{number}:{cpus}"));
            let emulator = pins.emulator.iter().map(ToString::to_string);
            Ok::<_, virtwire_protocol::error::RemoteError>(all.chain(emulator).collect::<Vec<_>>().join(" "))
        };
        let of_three = "<vcpu cpuset='2,^3,4' current='1'> 3 </vcpu>";
        assert_eq!(told(of_three, "").unwrap(), "0:2,4 1:2,4 2:2,4 2,4");
        let some = "<vcpupin vcpu='1' cpuset='0'/><vcpupin vcpu='7' cpuset='1'/><emulatorpin cpuset='5'/>";
        assert_eq!(told(of_three, some).unwrap(), "0:2,4 1:0 2:2,4 7:1 5");
        assert_eq!(told("<vcpu placement='static' cpuset='1'>1</vcpu>", "").unwrap(), "0:1 1");
        assert_eq!(told("<vcpu placement='auto' cpuset='1'>3</vcpu>", "").unwrap(), "");
        assert_eq!(told("<vcpu>3</vcpu>", "").unwrap(), "");
        assert_eq!(told("<vcpu cpuset='x'>3</vcpu>", "").unwrap_err().code.0, 27);
        assert_eq!(told("<vcpu cpuset='0'>4294967295</vcpu>", "").unwrap().matches(':').count(), 255);
    }
}
