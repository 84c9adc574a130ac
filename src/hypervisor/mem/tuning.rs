//! What this host would grant its guests: it is kept in their documents, and nothing here enforces it.

use virtwire_protocol::error::RemoteError;
use virtwire_protocol::params::{ParamError, TypedParams};
use virtwire_protocol::remote::TypedParam;

use super::super::{
    CpuSet, MEMORY_UNLIMITED, Node, Pinned, Pins, Place, Result, Tuned, Tuning, Uuid, errors,
};
use super::nested::{first_within, put, root};
use super::outline::unit;
use super::xml::Definition;
use super::{Mem, limits, pins, shares};

/// What Linux takes for a period and a quota, µs.
const PERIODS: std::ops::RangeInclusive<u64> = 1_000..=1_000_000;
const QUOTAS: std::ops::RangeInclusive<i64> = 1_000..=18_446_744_073_709_551;

impl Node for Mem {}

impl Tuning for Mem {
    async fn tuned(&self, domain: Uuid, what: Tuned, inactive: bool) -> Result<TypedParams> {
        self.read_in(domain, inactive, move |xml| values(xml, &what)).await
    }

    async fn tune(&self, domain: Uuid, what: Tuned, values: TypedParams, place: Place) -> Result<()> {
        self.inner.edited(domain, place, move |before, live| tuned(&before.xml, &what, &values, live)).await
    }

    async fn pins(&self, domain: Uuid, inactive: bool) -> Result<Pins> {
        self.read_in(domain, inactive, pins::pins).await
    }

    async fn pin(&self, domain: Uuid, what: Pinned, cpus: CpuSet, place: Place) -> Result<()> {
        self.inner.edited(domain, place, move |before, _| pins::pinned(&before.xml, what, &cpus)).await
    }
}

fn values(xml: &str, what: &Tuned) -> Result<TypedParams> {
    match what {
        Tuned::Memory | Tuned::Scheduler => plain(xml, what),
        Tuned::BlockIo => shares::of_disks(xml),
        Tuned::Numa => shares::of_nodes(xml),
        Tuned::Disk(disk) => limits::of_disk(xml, disk),
        Tuned::Interface(interface) => limits::of_interface(xml, interface),
    }
}

/// The definition with these values, of which those that set nothing are left out.
fn tuned(xml: &str, what: &Tuned, values: &TypedParams, live: bool) -> Result<Definition> {
    let xml = match what {
        Tuned::Memory | Tuned::Scheduler => with_plain(xml, what, values)?,
        Tuned::BlockIo => shares::with_disks(xml, values)?,
        Tuned::Numa => shares::with_nodes(xml, values, live)?,
        Tuned::Disk(disk) => limits::with_disk(xml, disk, values)?,
        Tuned::Interface(interface) => limits::with_interface(xml, interface, values)?,
    };
    Definition::parse(&xml, None)
}

pub(super) fn unsayable(error: ParamError) -> RemoteError {
    errors::failed(error.to_string())
}

/// The element of what is an element of its own each, and the values in it: their names, and those of their elements.
fn group(what: &Tuned) -> (&'static str, [(&'static str, &'static str); 3]) {
    match what {
        Tuned::Scheduler => {
            ("cputune", [("cpu_shares", "shares"), ("vcpu_period", "period"), ("vcpu_quota", "quota")])
        }
        _ => (
            "memtune",
            [
                ("hard_limit", "hard_limit"),
                ("soft_limit", "soft_limit"),
                ("swap_hard_limit", "swap_hard_limit"),
            ],
        ),
    }
}

fn plain(xml: &str, what: &Tuned) -> Result<TypedParams> {
    let (group, names) = group(what);
    let parent = first_within(xml, &root(xml)?, group)?;
    let mut values = TypedParams::new();
    for (name, element) in names {
        let found = parent.as_ref().map(|parent| first_within(xml, parent, element)).transpose()?.flatten();
        let text = found.as_ref().map(|found| xml.get(found.content.clone()).unwrap_or_default().trim());
        let wrong = || errors::bad_domain_xml(format!("<{element}> is {:?}", text.unwrap_or_default()));
        let pushed = match (what, text) {
            (Tuned::Scheduler, text) if name == "vcpu_quota" => {
                values.push(name, text.unwrap_or("0").parse::<i64>().map_err(|_| wrong())?)
            }
            (Tuned::Scheduler, text) => {
                values.push(name, text.unwrap_or("0").parse::<u64>().map_err(|_| wrong())?)
            }
            (_, None) => values.push(name, MEMORY_UNLIMITED),
            (_, Some(text)) => {
                let each = unit(found.as_ref().and_then(|found| found.attribute("unit")).unwrap_or("KiB"));
                let bytes =
                    text.parse::<u64>().ok().zip(each).and_then(|(count, each)| count.checked_mul(each));
                values.push(name, bytes.ok_or_else(wrong)?.div_ceil(1 << 10))
            }
        };
        pushed.map_err(unsayable)?;
    }
    Ok(values)
}

fn with_plain(xml: &str, what: &Tuned, values: &TypedParams) -> Result<String> {
    let (group, names) = group(what);
    let mut xml = xml.to_owned();
    for TypedParam { field, value } in values.iter() {
        let Some((name, element)) = names.into_iter().find(|(name, _)| field == *name) else { continue };
        let unsigned = value.as_u64();
        let text = match name {
            "vcpu_quota" => match value.as_i64() {
                Some(0) | None => None,
                Some(quota) if quota < 0 || QUOTAS.contains(&quota) => Some(quota.to_string()),
                Some(quota) => return Err(out_of_range(name, quota, *QUOTAS.start(), *QUOTAS.end())),
            },
            "vcpu_period" => match unsigned {
                Some(0) | None => None,
                Some(period) if PERIODS.contains(&period) => Some(period.to_string()),
                Some(period) => return Err(out_of_range(name, period, *PERIODS.start(), *PERIODS.end())),
            },
            "cpu_shares" => unsigned.filter(|shares| *shares > 0).map(|shares| shares.to_string()),
            _ => unsigned.filter(|limit| *limit < MEMORY_UNLIMITED).map(|limit| limit.to_string()),
        };
        let unit = if *what == Tuned::Memory { " unit='KiB'" } else { "" };
        let new = text.map(|text| format!("<{element}{unit}>{text}</{element}>"));
        xml = put(&xml, group, |one| one.name == element, new.as_deref())?;
    }
    if *what == Tuned::Memory {
        check_limits(&plain(&xml, what)?)?;
    }
    Ok(xml)
}

fn out_of_range<T: std::fmt::Display>(name: &str, found: T, least: T, most: T) -> RemoteError {
    errors::invalid_argument(format!("value of '{name}' is out of range [{least}, {most}]: {found}"))
}

/// What is swapped out is part of what there is.
fn check_limits(values: &TypedParams) -> Result<()> {
    match (values.u64("hard_limit"), values.u64("swap_hard_limit")) {
        (Some(hard), Some(swap)) if hard > swap => {
            let detail = "memory hard_limit tunable value must be lower than or equal to swap_hard_limit";
            Err(errors::invalid_argument(detail))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const XML: &str = "<domain type='mem'>\n  <name>a</name>\n  <uuid>c7a5fdbd-cdaf-9455-926a-d65c16db1809</uuid>\n  \
                       <vcpu>1</vcpu>\n  <currentMemory unit='KiB'>1</currentMemory>\n  <memory unit='KiB'>1</memory>\n</domain>";

    #[test]
    fn values_come_change_and_go_and_the_rest_stays() {
        let set = |xml: &str, what: Tuned, name: &str, value: i64| {
            let values = match name {
                "vcpu_quota" => TypedParams::new().with(name, value),
                _ => TypedParams::new().with(name, value.unsigned_abs()),
            };
            tuned(xml, &what, &values.unwrap(), false).map(|definition| definition.xml)
        };
        let one = set(XML, Tuned::Memory, "soft_limit", 1_024).unwrap();
        let element = "<memtune><soft_limit unit='KiB'>1024</soft_limit></memtune>";
        assert_eq!(one, XML.replace("</memory>", &format!("</memory>\n  {element}")));
        let two = set(&one, Tuned::Memory, "hard_limit", 4_096).unwrap();
        let found = values(&two, &Tuned::Memory).unwrap();
        assert_eq!(
            ["hard_limit", "soft_limit", "swap_hard_limit"].map(|name| found.u64(name)),
            [Some(4_096), Some(1_024), Some(MEMORY_UNLIMITED)]
        );
        let none = set(&two, Tuned::Memory, "hard_limit", 0).unwrap();
        assert_eq!(values(&none, &Tuned::Memory).unwrap().u64("hard_limit"), Some(0));
        let error = set(&two, Tuned::Memory, "swap_hard_limit", 4_095).unwrap_err();
        assert_eq!(error.code.0, 8);
        let unlimited = i64::try_from(MEMORY_UNLIMITED).unwrap();
        assert_eq!(set(&two, Tuned::Memory, "hard_limit", unlimited).unwrap(), one);
        assert_eq!(set(&one, Tuned::Memory, "soft_limit", unlimited).unwrap(), XML);

        let three = set(&one, Tuned::Scheduler, "vcpu_quota", -1).unwrap();
        let three = set(&three, Tuned::Scheduler, "cpu_shares", 2_048).unwrap();
        let found = values(&three, &Tuned::Scheduler).unwrap();
        assert_eq!(
            (found.u64("cpu_shares"), found.u64("vcpu_period"), found.i64("vcpu_quota")),
            (Some(2_048), Some(0), Some(-1))
        );
        for (name, wrong) in [("vcpu_period", 999), ("vcpu_quota", 999)] {
            assert_eq!(set(&three, Tuned::Scheduler, name, wrong).unwrap_err().code.0, 8, "{name}");
        }
        let less = set(&three, Tuned::Scheduler, "vcpu_quota", 0).unwrap();
        assert_eq!(set(&less, Tuned::Scheduler, "cpu_shares", 0).unwrap(), one);
        values(&one.replace("1024", "many"), &Tuned::Memory).unwrap_err();
    }
}
