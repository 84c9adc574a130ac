//! The two hosts: whether they are two, notice dead links, have the guest's machine, CPU and memory, and where its data goes.

use std::time::Duration;

use virtwire_protocol::error::ErrorCode;
use virtwire_protocol::migrate::{Feature, Host, Way};
use virtwire_protocol::profile;
use virtwire_protocol::program::Release;
use virtwire_protocol::remote::ConnectCompareHypervisorCpu;
use virtwire_xdr::Text;

use super::xml::Element;
use super::{Finding, Look, Subject, doubt, fails, good};
use crate::client::{CallError, Connection};
use crate::migrate::features as features_of;
use crate::uri::Uri;

/// Whether source and destination are two hosts.
pub(super) async fn identity(look: &Look<'_>) -> Finding {
    let (source, destination) = tokio::join!(host_uuid(look.source), host_uuid(look.destination));
    match (source, destination) {
        (Ok(Some(source)), Ok(Some(destination))) if source == destination => fails(
            Subject::Hosts,
            format_args!("both say that they are the host {source}; a guest does not move to where it is"),
        ),
        (Ok(Some(_)), Ok(Some(_))) => {
            good(Subject::Hosts, "both are reached, and are two hosts by their UUIDs")
        }
        (Ok(_), Ok(_)) => doubt(Subject::Hosts, "both are reached; not both tell their host's UUID"),
        (Err(error), _) => {
            doubt(Subject::Hosts, format_args!("the source does not tell its capabilities: {error}"))
        }
        (_, Err(error)) => {
            doubt(Subject::Hosts, format_args!("the destination does not tell its capabilities: {error}"))
        }
    }
}

/// The UUID of a host's hardware, if it tells.
pub(in crate::migrate) async fn host_uuid(connection: &Connection) -> Result<Option<String>, CallError> {
    let capabilities = connection.capabilities().await?.to_string();
    let host = Element::root(&capabilities).and_then(|root| root.child("host"));
    Ok(host.and_then(|host| host.child("uuid")).map(Element::text))
}

/// Whether a dead link is noticed, and how soon; and by which clock the destination counts silence.
pub(super) async fn keepalive(look: &Look<'_>) -> Vec<Finding> {
    let (pings, clock) = tokio::join!(pings(look), clock(look));
    [Some(pings), clock].into_iter().flatten().collect()
}

/// libvirt 7.0 counts silence by the wall clock, and 9.0 by one that nobody sets.
async fn clock(look: &Look<'_>) -> Option<Finding> {
    const BY_A_CLOCK_THAT_NOBODY_SETS: Release = Release::new(9, 0, 0);
    match look.destination.daemon_version().await {
        Ok(Some(release)) if release < BY_A_CLOCK_THAT_NOBODY_SETS => Some(doubt(
            Subject::Keepalive,
            format_args!(
                "the destination's libvirt {release} may count silence by its wall clock: whoever sets that clock meanwhile may cut \
                 this connection, and what was prepared over it goes with it"
            ),
        )),
        Ok(_) => None,
        Err(error) => {
            let said = format_args!("the destination does not tell its release: {error}");
            Some(doubt(Subject::Keepalive, said))
        }
    }
}

async fn pings(look: &Look<'_>) -> Finding {
    let mut silent: Option<Duration> = None;
    for (who, connection) in [("source", look.source), ("destination", look.destination)] {
        let Some(pacing) = connection.options().keepalive else {
            return doubt(
                Subject::Keepalive,
                format_args!("pings to the {who} are off: a link that dies is not noticed"),
            );
        };
        match connection.supports(profile::Feature::PROGRAM_KEEPALIVE).await {
            Ok(true) => {
                silent = silent.max(Some(pacing.interval.saturating_mul(pacing.count.saturating_add(1))))
            }
            Ok(false) => {
                return doubt(
                    Subject::Keepalive,
                    format_args!("the {who} answers no pings: a link to it that dies is not noticed"),
                );
            }
            Err(error) => return doubt(Subject::Keepalive, format_args!("the {who} does not tell: {error}")),
        }
    }
    good(
        Subject::Keepalive,
        format_args!(
            "both answer pings; a dead link is noticed here within {:?}, and by a daemon within 30 s if its settings are the usual ones",
            silent.unwrap_or_default()
        ),
    )
}

/// Whether the destination runs guests of this type, architecture and machine type.
pub(super) async fn machine(look: &Look<'_>) -> Finding {
    let domain = match look.domain(Subject::Machine) {
        Ok(domain) => domain,
        Err(finding) => return finding,
    };
    let capabilities = match look.destination.capabilities().await {
        Ok(capabilities) => capabilities.to_string(),
        Err(error) => {
            return doubt(
                Subject::Machine,
                format_args!("the destination does not tell its capabilities: {error}"),
            );
        }
    };
    let wanted = Wanted::of(domain);
    let Some(root) = Element::root(&capabilities) else {
        return doubt(Subject::Machine, "the destination's capabilities are not XML");
    };
    let said = wanted.to_string();
    let arches = || root.children("guest").filter_map(|guest| guest.child("arch"));
    let of_arch = |arch: Element<'_>| wanted.arch.is_none() || arch.attribute("name") == wanted.arch;
    let kinds = |arch: Element<'_>| {
        arch.children("domain").filter_map(|kind| kind.attribute("type")).collect::<Vec<_>>()
    };
    let mut fitting = arches()
        .filter(|arch| of_arch(*arch) && wanted.kind.as_ref().is_none_or(|kind| kinds(*arch).contains(kind)));
    let Some(arch) = fitting.next() else {
        let there: Vec<_> = arches().filter(|arch| of_arch(*arch)).flat_map(kinds).collect();
        let there = if there.is_empty() { "none of that architecture".to_owned() } else { there.join(", ") };
        return fails(
            Subject::Machine,
            format_args!("the destination does not run {said}; it runs: {there}"),
        );
    };
    // A machine type may be listed beside the architecture, or beside the type of guest.
    let lists = [Some(arch)].into_iter().chain(arch.children("domain").map(Some)).flatten();
    let machines: Vec<_> =
        lists.flat_map(|list| list.children("machine").map(Element::text).collect::<Vec<_>>()).collect();
    match &wanted.machine {
        Some(machine) if !machines.is_empty() && !machines.contains(machine) => {
            fails(Subject::Machine, format_args!("the destination has no machine type {machine} for {said}"))
        }
        _ => good(Subject::Machine, format_args!("the destination runs {said}")),
    }
}

/// What a guest's configuration asks of a host.
struct Wanted {
    kind: Option<String>,
    arch: Option<String>,
    machine: Option<String>,
    emulator: Option<String>,
}

impl Wanted {
    fn of(domain: Element<'_>) -> Wanted {
        let r#type = domain.child("os").and_then(|os| os.child("type"));
        let attribute = |name| r#type.and_then(|r#type| r#type.attribute(name));
        let devices = domain.child("devices");
        Wanted {
            kind: domain.attribute("type"),
            arch: attribute("arch"),
            machine: attribute("machine"),
            emulator: devices.and_then(|devices| devices.child("emulator")).map(Element::text),
        }
    }
}

impl std::fmt::Display for Wanted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let words = [&self.kind, &self.arch, &self.machine];
        let words: Vec<_> = words.into_iter().flatten().map(String::as_str).collect();
        write!(f, "guests of {}", words.join(" "))
    }
}

/// Whether the destination can give the guest's CPU, by the destination's own comparison.
pub(super) async fn cpu(look: &Look<'_>) -> Finding {
    let domain = match look.domain(Subject::Cpu) {
        Ok(domain) => domain,
        Err(finding) => return finding,
    };
    let Some(cpu) = domain.child("cpu") else {
        return good(Subject::Cpu, "the guest asks for no particular CPU");
    };
    let mode = cpu.attribute("mode");
    if mode.as_deref().is_some_and(|mode| matches!(mode, "host-passthrough" | "maximum")) {
        return whole_host(look).await;
    }
    if cpu.child("model").is_none() {
        return good(Subject::Cpu, "the guest asks for no particular CPU");
    }
    let wanted = Wanted::of(domain);
    let text = |part: &Option<String>| part.as_deref().map(Text::from);
    let by_hypervisor = ConnectCompareHypervisorCpu {
        emulator: text(&wanted.emulator),
        arch: text(&wanted.arch),
        machine: text(&wanted.machine),
        virttype: text(&wanted.kind),
        xml_cpu: cpu.whole.into(),
        flags: FAIL_INCOMPATIBLE,
    };
    let answer =
        look.destination.connect_compare_hypervisor_cpu(by_hypervisor).await.map(|reply| reply.result);
    match answer {
        Err(error) if cannot(&error) => {
            let by_host = look.destination.connect_compare_cpu(cpu.whole, FAIL_INCOMPATIBLE).await;
            compared("guest's CPU", by_host.map(|reply| reply.result))
        }
        answer => compared("guest's CPU", answer),
    }
}

/// The guest has its host's CPU as it is, so the destination's must have all of that.
async fn whole_host(look: &Look<'_>) -> Finding {
    let capabilities = match look.source.capabilities().await {
        Ok(capabilities) => capabilities.to_string(),
        Err(error) => return doubt(Subject::Cpu, format_args!("the source does not tell its CPU: {error}")),
    };
    let cpu = Element::root(&capabilities).and_then(|root| root.child("host")?.child("cpu"));
    let Some(cpu) = cpu.filter(|cpu| cpu.child("model").is_some()) else {
        return doubt(Subject::Cpu, "the guest has the source's own CPU, which the source does not describe");
    };
    let answer = look.destination.connect_compare_cpu(cpu.whole, FAIL_INCOMPATIBLE).await;
    compared("source's own CPU, which the guest has,", answer.map(|reply| reply.result))
}

/// Have an incompatible CPU be an error, whose text tells what is missing.
const FAIL_INCOMPATIBLE: u32 = 1;

fn compared(what: &str, answer: Result<i32, CallError>) -> Finding {
    match answer {
        Ok(1 | 2) => {
            good(Subject::Cpu, format_args!("the {what} can be had on the destination, by its own word"))
        }
        Ok(_) => {
            fails(Subject::Cpu, format_args!("the {what} cannot be had on the destination, by its own word"))
        }
        Err(error) if error.remote().is_some_and(|remote| remote.code == ErrorCode::CPU_INCOMPATIBLE) => {
            fails(Subject::Cpu, format_args!("the {what} cannot be had on the destination: {error}"))
        }
        Err(error) if cannot(&error) => {
            doubt(Subject::Cpu, format_args!("the destination does not compare CPUs: {error}"))
        }
        Err(error) => {
            doubt(Subject::Cpu, format_args!("the destination did not compare the {what}: {error}"))
        }
    }
}

/// Whether the host has no such comparison, or not for this kind of guest.
fn cannot(error: &CallError) -> bool {
    error
        .remote()
        .is_some_and(|remote| remote.is_unsupported() || remote.code == ErrorCode::OPERATION_UNSUPPORTED)
}

/// Whether the destination has memory for the guest.
pub(super) async fn memory(look: &Look<'_>) -> Finding {
    let (guest, free) = tokio::join!(look.guest.info(), look.destination.free_memory());
    match (guest, free) {
        (Ok(guest), Ok(free)) => {
            let wanted = guest.memory_kib.saturating_mul(1_024);
            let said = format!("the guest has {} MiB, the destination {} MiB free", wanted >> 20, free >> 20);
            if free < wanted { doubt(Subject::Memory, said) } else { good(Subject::Memory, said) }
        }
        (Err(error), _) => {
            doubt(Subject::Memory, format_args!("the source did not tell the guest's memory: {error}"))
        }
        (_, Err(error)) => {
            doubt(Subject::Memory, format_args!("the destination did not tell its free memory: {error}"))
        }
    }
}

/// What each host reports, and whether nobody changes the guest's configuration while it moves.
pub(super) async fn features(look: &Look<'_>) -> Finding {
    let reported = |host, connection| features_of(host, connection, &Feature::ALL);
    let (source, destination) =
        tokio::join!(reported(Host::Source, look.source), reported(Host::Destination, look.destination));
    let (source, destination) = match (source, destination) {
        (Ok(source), Ok(destination)) => (source, destination),
        (Err(error), _) | (_, Err(error)) => return doubt(Subject::Features, error),
    };
    let said = format!("the source reports {source}; the destination {destination}");
    let by_v3 = [Feature::MigrationV3, Feature::MigrationParams].iter().any(|v3| source.has(*v3));
    match by_v3 && !source.has(Feature::MigrateChangeProtection) {
        true => doubt(
            Subject::Features,
            format_args!(
                "{said}; without change protection somebody may change the guest between Begin and Perform"
            ),
        ),
        false => good(Subject::Features, said),
    }
}

/// Where the source's daemon is to find the destination's, in a migration that it carries out.
pub(super) fn peer(look: &Look<'_>) -> Option<Finding> {
    let Way::PeerToPeer { to } = &look.request.way else { return None };
    let to = to.to_string();
    let uri = match to.parse::<Uri>() {
        Ok(uri) => uri,
        Err(error) => return Some(fails(Subject::Address, format_args!("{to}: {error}"))),
    };
    Some(match &uri.host {
        None if uri.socket().is_none() => fails(
            Subject::Address,
            format_args!("{to} names no host: for the source's daemon that is itself"),
        ),
        Some(host) if is_local(host) => fails(
            Subject::Address,
            format_args!(
                "{to}: for the source's daemon {host} is itself; name the destination as it is reached from there"
            ),
        ),
        _ => doubt(
            Subject::Address,
            format_args!(
                "the source's daemon opens {to} by itself; whether it gets there is not seen from here"
            ),
        ),
    })
}

/// Where the source is to send the guest.
pub(super) async fn address(look: &Look<'_>) -> Finding {
    let Some(uri) = &look.request.uri else { return by_host_name(look).await };
    let uri = uri.to_string();
    let Some((scheme, rest)) = uri.split_once(':') else {
        return fails(
            Subject::Address,
            format_args!("{uri} has no scheme: expected tcp:HOST or tcp:HOST:PORT"),
        );
    };
    let place = rest.trim_start_matches('/');
    match scheme {
        "unix" => {
            doubt(Subject::Address, format_args!("{uri} is a path, which means another place on each host"))
        }
        "tcp" | "rdma" if place.is_empty() => fails(Subject::Address, format_args!("{uri} names no host")),
        "tcp" | "rdma" => match host_and_port(place) {
            (host, _) if is_local(host) => {
                fails(Subject::Address, format_args!("{uri}: on the source, {host} is the source itself"))
            }
            (_, Some(Err(port))) => {
                fails(Subject::Address, format_args!("{uri}: {port} is no port, 1 to 65535"))
            }
            (host, None) => good(
                Subject::Address,
                format_args!("{scheme} to {host}, at a port that the destination chooses{USUAL_PORTS}"),
            ),
            (host, Some(Ok(port))) => good(
                Subject::Address,
                format_args!("{scheme} to {host}, port {port}; whether the source gets there shows then"),
            ),
        },
        other => fails(
            Subject::Address,
            format_args!("{uri}: {other} is no way to send a guest: tcp, rdma or unix"),
        ),
    }
}

const USUAL_PORTS: &str = " (49152 to 49215 where nobody has set others)";

/// The destination tells its own name, or one that its configuration has.
async fn by_host_name(look: &Look<'_>) -> Finding {
    match look.destination.hostname().await {
        Ok(name) if is_local(&name.to_string()) => doubt(
            Subject::Address,
            format_args!(
                "the destination calls itself {name}, where no source finds it: name a migration URI"
            ),
        ),
        Ok(name) => good(
            Subject::Address,
            format_args!(
                "the destination chooses{USUAL_PORTS}; it calls itself {name}, which the source must find"
            ),
        ),
        Err(error) => {
            doubt(Subject::Address, format_args!("the destination does not tell its name: {error}"))
        }
    }
}

fn is_local(host: &str) -> bool {
    host.starts_with("localhost") || host == "::1" || host.starts_with("127.0.0.")
}

/// `HOST`, `HOST:PORT`, `[IPV6]:PORT`, with whatever follows a slash or a question mark left out.
fn host_and_port(place: &str) -> (&str, Option<Result<u16, &str>>) {
    let place = place.split(['/', '?']).next().unwrap_or_default();
    let (host, port) = match place.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, rest)) => (host, rest.strip_prefix(':')),
        None => place.rsplit_once(':').map_or((place, None), |(host, port)| (host, Some(port))),
    };
    (host, port.map(|port| port.parse().ok().filter(|number| *number > 0).ok_or(port)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_read_as_hosts_read_them() {
        assert_eq!(host_and_port("host"), ("host", None));
        assert_eq!(host_and_port("10.0.0.7:49152"), ("10.0.0.7", Some(Ok(49_152))));
        assert_eq!(host_and_port("[fe80::1]:7/x"), ("fe80::1", Some(Ok(7))));
        assert_eq!(host_and_port("[fe80::1]"), ("fe80::1", None));
        assert_eq!(host_and_port("host:0"), ("host", Some(Err("0"))));
        assert_eq!(host_and_port("host:70000?x"), ("host", Some(Err("70000"))));
    }
}
