//! The figures of guests: what they have, and the time for which they ran. Nothing runs in them that would read or send.

use virtwire_protocol::flags::DomainStatsKinds;
use virtwire_protocol::params::{ParamError, TypedParams};

use super::super::{DomainInfo, Result, Stats, Uuid, VolumeInfo, WhichXml};
use super::edit::Element;
use super::long_documents::reading;
use super::nested::first_within;
use super::tuning::unsayable;
use super::{Inner, Mem, devices};

/// Disks, and interfaces, that are told of one guest: a document may have as many as it likes.
const TOLD_MAX: usize = 256;
/// What would be counted of a disk, and of an interface.
const DISK_COUNTERS: [&str; 8] =
    ["rd.reqs", "rd.bytes", "rd.times", "wr.reqs", "wr.bytes", "wr.times", "fl.reqs", "fl.times"];
const INTERFACE_COUNTERS: [&str; 8] =
    ["rx.bytes", "rx.pkts", "rx.errs", "rx.drop", "tx.bytes", "tx.pkts", "tx.errs", "tx.drop"];

impl Stats for Mem {
    fn kinds(&self) -> DomainStatsKinds {
        DomainStatsKinds::CPU_TOTAL
            | DomainStatsKinds::BALLOON
            | DomainStatsKinds::VCPU
            | DomainStatsKinds::INTERFACE
            | DomainStatsKinds::BLOCK
    }

    async fn stats(&self, domain: Uuid, kinds: DomainStatsKinds) -> Result<TypedParams> {
        let (info, definition) = {
            let table = self.inner.table();
            (table.guest(domain)?.info(), table.definition(domain, WhichXml::Current)?)
        };
        let mut figures = TypedParams::new();
        plain(&mut figures, &info, kinds).map_err(unsayable)?;
        let active = info.id.is_some();
        let has_interfaces = kinds.contains(DomainStatsKinds::INTERFACE) && active;
        if !has_interfaces && !kinds.contains(DomainStatsKinds::BLOCK) {
            return Ok(figures);
        }
        let inner = self.inner.clone();
        reading(definition.xml.len(), move || {
            if has_interfaces {
                told_interfaces(&mut figures, &interfaces(&definition.xml)?).map_err(unsayable)?;
            }
            if kinds.contains(DomainStatsKinds::BLOCK) {
                told_disks(&mut figures, &inner.disks(&definition.xml)?, active).map_err(unsayable)?;
            }
            Ok(figures)
        })
        .await
    }

    async fn interface(&self, domain: Uuid, mac: &str) -> Result<Option<String>> {
        let mac = mac.to_owned();
        self.read_in(domain, false, move |xml| match devices::interface(xml, &mac)? {
            Some(interface) => devices::interface_name(xml, &interface),
            None => Ok(None),
        })
        .await
    }
}

/// What is told of a domain without a look at its document.
fn plain(
    figures: &mut TypedParams,
    info: &DomainInfo,
    kinds: DomainStatsKinds,
) -> std::result::Result<(), ParamError> {
    if kinds.contains(DomainStatsKinds::CPU_TOTAL) && info.id.is_some() {
        figures.push("cpu.time", info.cpu_time_ns)?;
    }
    if kinds.contains(DomainStatsKinds::BALLOON) {
        figures.push("balloon.current", info.memory_kib)?;
        figures.push("balloon.maximum", info.memory_max_kib)?;
    }
    if kinds.contains(DomainStatsKinds::VCPU) {
        figures.push("vcpu.current", info.vcpus)?;
        figures.push("vcpu.maximum", info.vcpus_max)?;
    }
    Ok(())
}

/// The names of a guest's interfaces. One that has none cannot be asked for.
fn interfaces(xml: &str) -> Result<Vec<String>> {
    let all = devices::all(xml, "interface")?;
    let names = all.iter().map(|interface| devices::interface_name(xml, interface));
    names.filter_map(Result::transpose).take(TOLD_MAX).collect()
}

fn told_interfaces(figures: &mut TypedParams, names: &[String]) -> std::result::Result<(), ParamError> {
    figures.push("net.count", count(names.len()))?;
    for (number, name) in names.iter().enumerate() {
        figures.push(&format!("net.{number}.name"), name.as_str())?;
        for counter in INTERFACE_COUNTERS {
            figures.push(&format!("net.{number}.{counter}"), 0_u64)?;
        }
    }
    Ok(())
}

/// A disk of a guest.
struct Disk {
    target: String,
    /// Where it lies.
    path: Option<String>,
    /// The volume that it is, where it is one of this host's.
    volume: Option<VolumeInfo>,
}

impl Inner {
    fn disks(&self, xml: &str) -> Result<Vec<Disk>> {
        let mut disks = Vec::new();
        for disk in devices::all(xml, "disk")?.iter().take(TOLD_MAX) {
            let Some(target) = devices::key(xml, disk)? else { continue };
            let source = first_within(xml, disk, "source")?;
            let volume = source.as_ref().and_then(|source| self.volume_of(source));
            let path = match &volume {
                Some(volume) => Some(volume.path.clone()),
                None => source.as_ref().and_then(|source| place(source).map(str::to_owned)),
            };
            disks.push(Disk { target, path, volume });
        }
        Ok(disks)
    }

    fn volume_of(&self, source: &Element) -> Option<VolumeInfo> {
        let pools = self.stores();
        match (source.attribute("pool"), source.attribute("volume")) {
            (Some(pool), Some(volume)) => pools.volume_in(pool, volume),
            _ => pools.volume_at(place(source)?),
        }
    }
}

fn place(source: &Element) -> Option<&str> {
    source.attribute("file").or_else(|| source.attribute("dev"))
}

fn told_disks(
    figures: &mut TypedParams,
    disks: &[Disk],
    active: bool,
) -> std::result::Result<(), ParamError> {
    figures.push("block.count", count(disks.len()))?;
    for (number, Disk { target, path, volume }) in disks.iter().enumerate() {
        figures.push(&format!("block.{number}.name"), target.as_str())?;
        if let Some(path) = path {
            figures.push(&format!("block.{number}.path"), path.as_str())?;
        }
        for counter in DISK_COUNTERS.into_iter().filter(|_| active) {
            figures.push(&format!("block.{number}.{counter}"), 0_u64)?;
        }
        if let Some(VolumeInfo { capacity, allocation, .. }) = volume {
            figures.push(&format!("block.{number}.allocation"), *allocation)?;
            figures.push(&format!("block.{number}.capacity"), *capacity)?;
            figures.push(&format!("block.{number}.physical"), *allocation)?;
        }
    }
    Ok(())
}

fn count(list: usize) -> u32 {
    u32::try_from(list).unwrap_or(u32::MAX)
}
