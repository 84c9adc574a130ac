//! python-libvirt, the library under most management software, manages guests of our daemon.

use crate::need::need;
use crate::peers::python;
use crate::serve::Serve;
use crate::virsh_drives_us::GUEST;

/// From the first definition to the last trace, over a transport and an age.
const LIFE: &str = "
uri, xml = sys.argv[1:]
connection = libvirt.open(uri)
assert connection.isAlive()
assert connection.listDefinedDomains() == []
guest = connection.defineXML(xml)
assert guest.ID() == -1 and guest.name() == 'guest'
assert guest.UUIDString() == '5f2a8c1e-0000-4000-8000-000000000001'
assert connection.listDefinedDomains() == ['guest']
assert guest.XMLDesc() == xml
guest.create()
assert connection.listDefinedDomains() == []
guest = connection.lookupByName('guest')
assert connection.listDomainsID() == [guest.ID()]
assert connection.lookupByID(guest.ID()).name() == 'guest'
assert connection.lookupByUUIDString(guest.UUIDString()).ID() == guest.ID()
state, maximum, current, processors, _ = guest.info()
assert (state, maximum, current, processors) == (libvirt.VIR_DOMAIN_RUNNING, 1024, 1024, 1)
guest.suspend()
assert guest.info()[0] == libvirt.VIR_DOMAIN_PAUSED
guest.resume()
assert guest.info()[0] == libvirt.VIR_DOMAIN_RUNNING
guest.destroy()
assert guest.info()[0] == libvirt.VIR_DOMAIN_SHUTOFF
guest.undefine()
transient = connection.createXML(xml)
assert transient.ID() > 0
transient.destroy()
assert connection.numOfDomains() == 0 and connection.numOfDefinedDomains() == 0
print('lived')
";

/// Tells of each step of a guest's life, in order.
const EVENTS: &str = "
libvirt.virEventRegisterDefaultImpl()
uri, xml = sys.argv[1:]
connection = libvirt.open(uri)
events = []
def note(connection, guest, event, detail, events):
    events.append(event)
connection.domainEventRegisterAny(None, libvirt.VIR_DOMAIN_EVENT_ID_LIFECYCLE, note, events)
guest = connection.defineXML(xml)
guest.create()
guest.suspend()
guest.resume()
guest.destroy()
guest.undefine()
while len(events) < 6:
    libvirt.virEventRunDefaultImpl()
print([('DEFINED', 'UNDEFINED', 'STARTED', 'SUSPENDED', 'RESUMED', 'STOPPED')[event] for event in events])
";

#[test]
fn a_guest_lives_over_tcp() {
    need!(Python);
    let daemon = Serve::start(&[]);
    assert_eq!(python(LIFE, &[&daemon.uri(), &guest()]).trim(), "lived");
}

#[test]
fn a_guest_lives_over_a_unix_socket() {
    need!(Python);
    let daemon = Serve::start(&[]);
    assert_eq!(python(LIFE, &[&daemon.unix_uri(), &guest()]).trim(), "lived");
}

#[test]
fn a_guest_lives_on_a_daemon_of_the_age_of_0_9_1() {
    need!(Python);
    let daemon = Serve::start(&["--as", "0.9.1"]);
    assert_eq!(python(LIFE, &[&daemon.uri(), &guest()]).trim(), "lived");
}

#[test]
fn a_guest_lives_on_a_daemon_of_the_age_of_0_4_4() {
    need!(Python);
    let daemon = Serve::start(&["--as", "0.4.4"]);
    assert_eq!(python(LIFE, &[&daemon.uri(), &guest()]).trim(), "lived");
}

#[test]
fn events_arrive_in_order() {
    need!(Python);
    let daemon = Serve::start(&[]);
    let told = python(EVENTS, &[&daemon.uri(), &guest()]);
    assert_eq!(told.trim(), "['DEFINED', 'STARTED', 'SUSPENDED', 'RESUMED', 'STOPPED', 'UNDEFINED']");
}

/// The C library recognises a procedure that the peer lacks by the words of our answer, and a missing guest by its code.
#[test]
fn errors_keep_their_codes() {
    need!(Python);
    let daemon = Serve::start(&["--as", "0.9.1"]);
    let codes = "
def code(attempt):
    try:
        attempt()
    except libvirt.libvirtError as error:
        return error.get_error_code()
connection = libvirt.open(sys.argv[1])
guest = connection.defineXML(sys.argv[2])
print(code(guest.state) == libvirt.VIR_ERR_NO_SUPPORT,
      code(lambda: connection.lookupByName('absent')) == libvirt.VIR_ERR_NO_DOMAIN,
      code(guest.destroy) == libvirt.VIR_ERR_OPERATION_INVALID,
      code(lambda: connection.createXML('<domain')) == libvirt.VIR_ERR_XML_DETAIL)
";
    assert_eq!(python(codes, &[&daemon.uri(), &guest()]).trim(), "True True True True");
}

/// Of libvirt's own type for guests that run nowhere, which ours takes as well.
fn guest() -> String {
    GUEST.replace("<domain type='mem'>", "<domain type='test'>")
}
