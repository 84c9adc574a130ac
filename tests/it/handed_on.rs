//! What a client says of a migration, for a host that passes its handshakes on to another daemon: all of it has to come, or be refused.

use std::sync::{Arc, Mutex};

use virtwire::client::OpenOptions;
use virtwire::hypervisor::{
    Begin, Begun, Confirm, DomainInfo, DomainState, Finish, Finished, Handshakes, Host, Hypervisor,
    HypervisorService, IncomingId, MigrationSupport, Perform, Performed, Prepare, Prepared, Result,
    RunningReason, Uuid, WhichXml,
};
use virtwire::protocol::migrate::MigrateFlags;
use virtwire::protocol::params::TypedParams;
use virtwire::protocol::remote::*;
use virtwire::server::{Server, Stream};

use crate::raw::{Raw, code, serve};

const GUEST: Uuid = Uuid([7; 16]);
const LIVE: u32 = 1;
const PEER2PEER: u32 = 2;
const TUNNELLED: u32 = 4;

/// One verb of a host: its name, the flags, the limit on the stream where the verb has one, the configuration and the parameters beside it.
#[derive(Clone, Debug, PartialEq)]
struct Asked {
    verb: &'static str,
    flags: MigrateFlags,
    bandwidth_mib_s: Option<u64>,
    xml: Option<String>,
    params: TypedParams,
}

/// A host that does nothing, and writes down what it is asked.
#[derive(Clone, Default)]
struct Recording {
    takes: &'static [&'static str],
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Recording {
    fn of(takes: &'static [&'static str]) -> Recording {
        Recording { takes, ..Recording::default() }
    }

    fn asked(&self) -> Vec<Asked> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }

    fn note(
        &self,
        verb: &'static str,
        flags: MigrateFlags,
        bandwidth_mib_s: Option<u64>,
        xml: Option<String>,
        params: TypedParams,
    ) {
        self.asked.lock().unwrap().push(Asked { verb, flags, bandwidth_mib_s, xml, params });
    }
}

fn guest() -> DomainInfo {
    let state = DomainState::Running(RunningReason::Booted);
    DomainInfo { id: Some(1), state, ..DomainInfo::new("guest", GUEST) }
}

impl Hypervisor for Recording {
    fn host(&self) -> Host {
        let mut host = Host::new("Recording", "recording:///system", "recording");
        host.migration = MigrationSupport::ALL;
        host
    }

    async fn domains(&self) -> Result<Vec<DomainInfo>> {
        Ok(vec![guest()])
    }

    async fn xml(&self, _: Uuid, _: WhichXml) -> Result<String> {
        Ok("<domain/>".to_owned())
    }

    fn handshakes(&self) -> &impl Handshakes {
        self
    }
}

impl Handshakes for Recording {
    fn takes(&self, name: &str) -> bool {
        self.takes.contains(&name)
    }

    async fn begin(&self, Begin { flags, bandwidth_mib_s, xml, params, .. }: Begin) -> Result<Begun> {
        self.note("begin", flags, Some(bandwidth_mib_s), xml, params);
        Ok(Begun { cookie: vec![1], xml: "<begun/>".to_owned(), outgoing: None })
    }

    async fn prepare(&self, asked: Prepare) -> Result<Prepared> {
        let Prepare { flags, bandwidth_mib_s, dom_xml, params, .. } = asked;
        self.note("prepare", flags, Some(bandwidth_mib_s), dom_xml, params);
        Ok(Prepared { cookie: vec![1], uri_out: Some("tcp:there:1".to_owned()), incoming: IncomingId(1) })
    }

    async fn prepare_tunnel(&self, asked: Prepare, _: Stream) -> Result<Prepared> {
        let Prepare { flags, bandwidth_mib_s, dom_xml, params, .. } = asked;
        self.note("prepare_tunnel", flags, Some(bandwidth_mib_s), dom_xml, params);
        Ok(Prepared { cookie: vec![1], uri_out: None, incoming: IncomingId(2) })
    }

    async fn perform(&self, asked: Perform) -> Result<Performed> {
        let Perform { flags, bandwidth_mib_s, xml, params, .. } = asked;
        self.note("perform", flags, Some(bandwidth_mib_s), xml, params);
        Ok(Performed { cookie: vec![1], outgoing: None })
    }

    async fn finish(&self, Finish { flags, params, .. }: Finish) -> Result<Finished> {
        self.note("finish", flags, None, None, params);
        Ok(Finished { domain: guest(), cookie: vec![1] })
    }

    async fn confirm(&self, Confirm { flags, params, .. }: Confirm) -> Result<()> {
        self.note("confirm", flags, None, None, params);
        Ok(())
    }
}

fn dom() -> Domain {
    Domain { name: "guest".into(), uuid: GUEST.0, id: 1 }
}

/// Each step with these parameters, some of which go by names that no request has a field for.
async fn by_hand(client: &mut Raw, params: Vec<TypedParam>) -> Vec<(i32, i32)> {
    let begin = DomainMigrateBegin3Params { dom: dom(), params: params.clone(), flags: LIVE };
    let prepare =
        DomainMigratePrepare3Params { params: params.clone(), cookie_in: vec![], flags: LIVE | PEER2PEER };
    let prepare_tunnel = DomainMigratePrepareTunnel3Params {
        params: params.clone(),
        cookie_in: vec![],
        flags: LIVE | PEER2PEER | TUNNELLED,
    };
    let perform = DomainMigratePerform3Params {
        dom: dom(),
        dconnuri: None,
        params: params.clone(),
        cookie_in: vec![],
        flags: LIVE,
    };
    let finish = DomainMigrateFinish3Params {
        params: params.clone(),
        cookie_in: vec![],
        flags: LIVE | PEER2PEER | TUNNELLED,
        cancelled: 0,
    };
    let confirm =
        DomainMigrateConfirm3Params { dom: dom(), params, cookie_in: vec![], flags: LIVE, cancelled: 0 };
    vec![
        code(&client.ask(&begin).await),
        code(&client.ask(&prepare).await),
        code(&client.ask(&prepare_tunnel).await),
        code(&client.ask(&perform).await),
        code(&client.ask(&finish).await),
        code(&client.ask(&confirm).await),
    ]
}

fn params(named: &[(&str, TypedParamValue)]) -> TypedParams {
    named.iter().map(|(name, value)| TypedParam { field: (*name).into(), value: value.clone() }).collect()
}

/// What the requests have a field for.
fn own() -> TypedParams {
    let text = |value: &str| TypedParamValue::String(value.into());
    params(&[
        ("destination_name", text("guest")),
        ("migrate_uri", text("tcp:there:1")),
        ("destination_xml", text("<there/>")),
        ("bandwidth", TypedParamValue::ULLong(7)),
    ])
}

/// Also one that comes twice, and one whose type nobody here knows.
fn others() -> TypedParams {
    params(&[
        ("compression", "xbzrle".into()),
        ("migrate_disks", "vda".into()),
        ("migrate_disks", "vdb".into()),
        ("disks_port", TypedParamValue::Int(5_000)),
    ])
}

#[tokio::test]
async fn parameters_and_flags_come_to_a_host_as_they_were_said() {
    let host = Recording::of(&["compression", "migrate_disks", "disks_port"]);
    let mut client = Raw::open(&serve(Server::new(HypervisorService::new(host.clone()))).await, 0).await;
    let all = own().into_iter().chain(others()).collect();
    assert_eq!(by_hand(&mut client, all).await, [(0, 0); 6]);
    let xml = || Some("<there/>".to_owned());
    let (live, driven) = (MigrateFlags::LIVE, MigrateFlags::LIVE | MigrateFlags::PEER2PEER);
    let tunnelled = driven | MigrateFlags::TUNNELLED;
    let asked =
        |verb, flags, bandwidth_mib_s, xml| Asked { verb, flags, bandwidth_mib_s, xml, params: others() };
    assert_eq!(
        host.asked(),
        [
            asked("begin", live, Some(7), xml()),
            asked("prepare", driven, Some(7), xml()),
            asked("prepare_tunnel", tunnelled, Some(7), xml()),
            asked("perform", live, Some(7), xml()),
            asked("finish", tunnelled, None, None),
            asked("confirm", live, None, None),
        ]
    );
}

/// One that is not taken is refused at each step, beside others that are, and no verb is asked.
#[tokio::test]
async fn a_parameter_that_a_host_does_not_take_is_refused() {
    for takes in [&[][..], &["compression", "disks_port"]] {
        let host = Recording::of(takes);
        let mut client = Raw::open(&serve(Server::new(HypervisorService::new(host.clone()))).await, 0).await;
        let all = own().into_iter().chain(others()).collect();
        assert_eq!(by_hand(&mut client, all).await, [(74, 10); 6]);
        assert_eq!(host.asked(), []);
    }
}

/// Fixed arguments have them in places of their own.
#[tokio::test]
async fn fixed_arguments_come_to_a_host_as_they_were_said() {
    let host = Recording::default();
    let mut client = Raw::open(&serve(Server::new(HypervisorService::new(host.clone()))).await, 0).await;
    let begin = DomainMigrateBegin3 {
        dom: dom(),
        flags: 1,
        resource: 7,
        xmlin: Some("<there/>".into()),
        ..DomainMigrateBegin3::default()
    };
    let prepare = DomainMigratePrepare3 {
        flags: 1,
        resource: 7,
        dom_xml: "<there/>".into(),
        ..DomainMigratePrepare3::default()
    };
    let perform = DomainMigratePerform3 {
        dom: dom(),
        uri: Some("tcp:there:1".into()),
        flags: 1,
        resource: 7,
        xmlin: Some("<there/>".into()),
        ..DomainMigratePerform3::default()
    };
    assert_eq!(code(&client.ask(&begin).await), (0, 0));
    assert_eq!(code(&client.ask(&prepare).await), (0, 0));
    assert_eq!(code(&client.ask(&perform).await), (0, 0));
    let asked = host.asked();
    let verbs = asked.iter().map(|asked| asked.verb);
    assert!(verbs.eq(["begin", "prepare", "perform"]), "{asked:?}");
    for asked in asked {
        let said = (asked.bandwidth_mib_s, asked.xml.as_deref(), asked.params.len());
        assert_eq!(said, (Some(7), Some("<there/>"), 0), "{}", asked.verb);
    }
}

/// Whoever drives it hands them to both hosts, at each step.
#[tokio::test]
async fn a_source_that_drives_hands_parameters_on() {
    const TAKES: &[&str] = &["compression", "migrate_disks", "disks_port", "persistent_xml"];
    let (source, destination) = (Recording::of(TAKES), Recording::of(TAKES));
    let there = serve(Server::new(HypervisorService::new(destination.clone()))).await;
    let service = HypervisorService::new(source.clone()).dialling(|_, _| Ok(OpenOptions::default()));
    let mut client = Raw::open(&serve(Server::new(service)).await, 0).await;
    let mut given = others();
    given.push("persistent_xml", "<kept/>").unwrap();
    let mut perform = DomainMigratePerform3Params {
        dom: dom(),
        dconnuri: Some(format!("recording+tcp://{there}/system").into()),
        params: given.clone().into(),
        cookie_in: vec![],
        flags: LIVE | PEER2PEER,
    };
    let answer = client.ask(&perform).await;
    assert_eq!(code(&answer), (0, 0), "{answer:?}");
    let sorted = |params: &TypedParams| {
        let mut lines: Vec<_> = params.iter().map(|param| format!("{param:?}")).collect();
        lines.sort();
        lines
    };
    for (host, verbs) in
        [(&source, &["begin", "perform", "confirm"][..]), (&destination, &["prepare", "finish"])]
    {
        let asked = host.asked();
        assert!(asked.iter().map(|asked| asked.verb).eq(verbs.iter().copied()), "{asked:?}");
        for Asked { verb, params, .. } in asked {
            assert_eq!(sorted(&params), sorted(&given), "{verb}");
        }
    }

    // What the source does not take goes nowhere.
    perform.params.push(TypedParam { field: "bandwidth.postcopy".into(), value: TypedParamValue::ULLong(1) });
    assert_eq!(code(&client.ask(&perform).await), (74, 10));
    assert_eq!((source.asked(), destination.asked()), (vec![], vec![]));
}
