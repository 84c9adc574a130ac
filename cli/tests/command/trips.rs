//! How often a host is waited for: however many guests it has, and however far away it is. Nothing is timed: a daemon that answers
//! nothing before all have asked gets as many calls at once as it waits for.

use std::net::{TcpListener, TcpStream};
use std::thread::{self, JoinHandle};

use virtwire::protocol::error::{ErrorCode, ErrorDomain, RemoteError};
use virtwire::protocol::frame::Frame;
use virtwire::protocol::program::Procedure;
use virtwire::protocol::remote::{
    AuthType, ConnectClose, ConnectGetAllDomainStats, ConnectGetAllDomainStatsReply, ConnectListAllDomains,
    ConnectListAllDomainsReply, Domain, DomainGetJobStats, DomainGetState, DomainGetStateReply,
    DomainStatsRecord, TypedParam, TypedParamValue,
};

use crate::PATIENCE;
use crate::peer::Peer;
use crate::process::{json, run};

/// As many as a client asks at once, whatever it asks.
const GUESTS: usize = 2;

fn guests() -> impl Iterator<Item = Domain> {
    (1..).take(GUESTS).map(|id: i32| Domain { name: format!("web{id}").into(), uuid: [id as u8; 16], id })
}

/// A host with guests that run, of whom it tells all at once or one by one. It ends with how often it was waited for.
fn host(tells_at_once: bool) -> (String, JoinHandle<usize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let uri = format!("test+tcp://{}/default", listener.local_addr().unwrap());
    let host = thread::spawn(move || {
        let client: TcpStream = listener.accept().unwrap().0;
        client.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut peer = Peer::new(client);
        let (mut trips, mut waiting) = (0, Vec::new());
        while let Some(call) = peer.next() {
            match call.header.procedure {
                ConnectClose::NUMBER => {
                    peer.reply(&call, &());
                    break;
                }
                ConnectGetAllDomainStats::NUMBER => {
                    trips += 1;
                    all_at_once(&mut peer, &call, tells_at_once);
                }
                ConnectListAllDomains::NUMBER => {
                    trips += 1;
                    let domains: Vec<_> = guests().collect();
                    peer.reply(&call, &ConnectListAllDomainsReply { ret: domains.len() as u32, domains });
                }
                DomainGetState::NUMBER | DomainGetJobStats::NUMBER => {
                    waiting.push(call);
                    if waiting.len() == GUESTS {
                        trips += 1;
                        waiting.drain(..).for_each(|call| one(&mut peer, &call));
                    }
                }
                _ => peer.agree(&call, AuthType::None),
            }
        }
        trips
    });
    (uri, host)
}

fn all_at_once(peer: &mut Peer<TcpStream>, call: &Frame, tells: bool) {
    if !tells {
        return peer.fail(call, &RemoteError::no_support("virConnectGetAllDomainStats"));
    }
    let number = |field: &str, value| TypedParam { field: field.into(), value: TypedParamValue::Int(value) };
    let ret_stats = guests()
        .map(|dom| DomainStatsRecord {
            dom,
            params: vec![number("state.state", 1), number("state.reason", 1)],
        })
        .collect();
    peer.reply(call, &ConnectGetAllDomainStatsReply { ret_stats });
}

fn one(peer: &mut Peer<TcpStream>, call: &Frame) {
    if call.header.procedure == DomainGetState::NUMBER {
        peer.reply(call, &DomainGetStateReply { state: 1, reason: 1 });
    } else {
        peer.fail(call, &RemoteError::new(ErrorCode::OPERATION_INVALID, ErrorDomain::QEMU, "no job"));
    }
}

#[test]
fn guests_are_listed_by_one_call_or_by_two_flights_of_them() {
    for (tells_at_once, trips) in [(true, 1), (false, 3)] {
        let (uri, host) = host(tells_at_once);
        let listed = json(&run(&["list", "--json", &uri]).succeeded());
        let states: Vec<_> = listed.as_array().unwrap().iter().map(|guest| &guest["state"]).collect();
        assert_eq!(states, ["running"; GUESTS], "{listed}");
        assert_eq!(host.join().unwrap(), trips);
    }
}

#[test]
fn a_watch_asks_for_the_jobs_of_all_guests_at_once() {
    let (uri, host) = host(true);
    let seen = json(&run(&["watch", "--once", "--json", &uri]).succeeded());
    assert_eq!(seen["hosts"][0]["guests"].as_array().unwrap().len(), GUESTS, "{seen}");
    assert_eq!(host.join().unwrap(), 2);
}
