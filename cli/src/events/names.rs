//! What kinds of events are called on the command line, where names of all families meet.

use virtwire::protocol::event::{AnyEvent, Event, Family, KINDS, KindInfo, MonitorFilter, Topic};
use virtwire::protocol::remote::Domain;

use crate::fail::Fail;

/// What to ask for.
pub(super) fn topics(names: &[String], domain: Option<&Domain>) -> Result<Vec<Topic>, Fail> {
    if names.is_empty() {
        return Ok(match domain {
            Some(_) => of_family(Family::Domain, domain),
            None => AnyEvent::topics(None),
        });
    }
    let mut topics = Vec::new();
    for name in names {
        topics.extend(named(name, domain)?);
    }
    Ok(topics)
}

fn named(name: &str, domain: Option<&Domain>) -> Result<Vec<Topic>, Fail> {
    let no_guest = |topics: Vec<Topic>| match domain {
        None => Ok(topics),
        Some(_) => Err(Fail::new(format!("event {name}"), "does not happen to guests", "leave out --domain")),
    };
    match (name, FAMILIES.iter().find(|(_, word)| *word == name)) {
        ("domain", _) => return Ok(of_family(Family::Domain, domain)),
        (_, Some((family, _))) if *family != Family::Monitor => return no_guest(of_family(*family, None)),
        _ => {}
    }
    if let Ok(event_id) = name.parse() {
        return Ok(vec![Topic::Domain { event_id, object: domain.cloned() }]);
    }
    match KINDS.iter().copied().flatten().find(|kind| called(kind) == name) {
        Some(kind) if matches!(kind.family, Family::Domain | Family::Monitor) => {
            Ok(vec![topic(kind, domain)])
        }
        Some(kind) => no_guest(vec![topic(kind, None)]),
        None => Err(Fail::new(
            format!("event {name}"),
            "there is no such kind of event",
            "`virtwire events --help` tells which there are",
        )),
    }
}

/// The families' words; those of the monitor and of the daemon itself are the names of their only kind.
const FAMILIES: [(Family, &str); 7] = [
    (Family::Domain, "domain"),
    (Family::Network, "network"),
    (Family::StoragePool, "pool"),
    (Family::NodeDevice, "nodedev"),
    (Family::Secret, "secret"),
    (Family::Monitor, "monitor"),
    (Family::Close, "closed"),
];

fn of_family(family: Family, domain: Option<&Domain>) -> Vec<Topic> {
    let kinds = KINDS.iter().copied().flatten();
    kinds.filter(|kind| kind.family == family).map(|kind| topic(kind, domain)).collect()
}

fn topic(kind: &KindInfo, domain: Option<&Domain>) -> Topic {
    let event_id = kind.event_id;
    match kind.family {
        Family::Domain => Topic::Domain { event_id, object: domain.cloned() },
        Family::Network => Topic::Network { event_id, object: None },
        Family::StoragePool => Topic::StoragePool { event_id, object: None },
        Family::NodeDevice => Topic::NodeDevice { event_id, object: None },
        Family::Secret => Topic::Secret { event_id, object: None },
        Family::Monitor => {
            Topic::Monitor(MonitorFilter { domain: domain.cloned(), ..MonitorFilter::default() })
        }
        Family::Close => Topic::Close,
    }
}

pub(super) fn word(family: Family) -> &'static str {
    FAMILIES.iter().find(|(known, _)| *known == family).map_or("", |(_, word)| word)
}

/// What a kind is called where names of all families meet.
pub(super) fn called(kind: &KindInfo) -> String {
    match kind.family {
        Family::Domain => kind.name.to_owned(),
        Family::Monitor | Family::Close => word(kind.family).to_owned(),
        family => format!("{}-{}", word(family), kind.name),
    }
}

/// What a topic's kind is called, or its number.
pub(super) fn of(topic: &Topic) -> String {
    topic.kind().map_or_else(|| topic.event_id().to_string(), called)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_can_be_asked_for_by_a_name_of_its_own() {
        for kind in KINDS.iter().copied().flatten() {
            assert_eq!(named(&called(kind), None).unwrap(), [topic(kind, None)], "{}", called(kind));
        }
        assert_eq!(named("77", None).unwrap(), [Topic::Domain { event_id: 77, object: None }]);
        assert_eq!(named("pool", None).unwrap().len(), 2);
        assert_eq!(named("domain", None).unwrap().len(), 30);
        assert!(named("full-moon", None).is_err());
        let guest = Domain { name: "web1".into(), uuid: [1; 16], id: 3 };
        assert!(named("pool", Some(&guest)).is_err() && named("closed", Some(&guest)).is_err());
        assert_eq!(named("monitor", Some(&guest)).unwrap().len(), 1);
    }
}
