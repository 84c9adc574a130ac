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

/// Tells what befalls a guest that others change, to the kinds of events that are made for it.
const BEFALLS: &str = "
libvirt.virEventRegisterDefaultImpl()
uri, xml = sys.argv[1:]
connection = libvirt.open(uri)
events = []
def note(connection, guest, *told):
    events.append(told)
for kind in ('REBOOT', 'BALLOON_CHANGE', 'DEVICE_ADDED', 'DEVICE_REMOVED', 'TUNABLE'):
    connection.domainEventRegisterAny(None, getattr(libvirt, 'VIR_DOMAIN_EVENT_ID_' + kind), note, kind)
guest = connection.createXML(xml)
disk = '<disk type=\"file\"><source file=\"/a\"/><target dev=\"vda\"/><alias name=\"ua-a\"/></disk>'
guest.reboot()
guest.attachDevice(disk)
guest.setMemory(512)
guest.setSchedulerParametersFlags({'cpu_shares': 2048, 'vcpu_quota': -1}, libvirt.VIR_DOMAIN_AFFECT_LIVE)
guest.pinVcpu(0, (True,))
guest.detachDevice(disk)
while len(events) < 6:
    libvirt.virEventRunDefaultImpl()
for event in events:
    print(event)
";

/// Up and down by streams, with handlers, in pieces and with holes.
const STREAMS: &str = "
import os, tempfile
connection = libvirt.open(sys.argv[1])
pool = connection.storagePoolCreateXML('<pool type=\"dir\"><name>p</name><target><path>/p</path></target></pool>', 0)
volume = pool.createXML('<volume><name>v</name><capacity>3000000</capacity></volume>', 0)
content = os.urandom(700000) + bytes(1000000) + os.urandom(300000)
def upload(flags):
    stream = connection.newStream()
    volume.upload(stream, 0, len(content), flags)
    return stream
def download(flags):
    stream = connection.newStream()
    volume.download(stream, 0, len(content), flags)
    return stream

# By handlers.
at = 0
def more(stream, count, opaque):
    global at
    piece = content[at:at + count]
    at += len(piece)
    return piece
stream = upload(0)
stream.sendAll(more, None)
stream.finish()
came = []
stream = download(0)
stream.recvAll(lambda stream, piece, opaque: came.append(piece), None)
stream.finish()
assert b''.join(came) == content

# With holes.
with tempfile.TemporaryFile() as up, tempfile.TemporaryFile() as down:
    up.write(content[:700000]); up.seek(1700000); up.write(content[1700000:]); up.seek(0)
    stream = upload(libvirt.VIR_STORAGE_VOL_UPLOAD_SPARSE_STREAM)
    def holds(stream, opaque):
        here = up.tell()
        try:
            data = os.lseek(up.fileno(), here, os.SEEK_DATA)
        except OSError:
            os.lseek(up.fileno(), here, os.SEEK_SET)
            return [False, len(content) - here]
        if data > here:
            os.lseek(up.fileno(), here, os.SEEK_SET)
            return [False, data - here]
        end = os.lseek(up.fileno(), here, os.SEEK_HOLE)
        os.lseek(up.fileno(), here, os.SEEK_SET)
        return [True, end - here]
    stream.sparseSendAll(lambda stream, count, opaque: os.read(up.fileno(), count), holds,
                         lambda stream, length, opaque: os.lseek(up.fileno(), length, os.SEEK_CUR), None)
    stream.finish()
    stream = download(libvirt.VIR_STORAGE_VOL_DOWNLOAD_SPARSE_STREAM)
    stream.sparseRecvAll(lambda stream, piece, opaque: os.write(down.fileno(), piece),
                         lambda stream, length, opaque: os.lseek(down.fileno(), length, os.SEEK_CUR), None)
    stream.finish()
    down.seek(0)
    assert down.read() == content

# Piece by piece, without waiting, from its event loop.
libvirt.virEventRegisterDefaultImpl()
connection = libvirt.open(sys.argv[1])
volume = connection.storageVolLookupByPath('/p/v')
stream, came, done = connection.newStream(libvirt.VIR_STREAM_NONBLOCK), [], []
volume.download(stream, 0, len(content), 0)
def ready(stream, events, opaque):
    piece = stream.recv(65536)
    if piece == -2:
        return
    came.append(piece)
    if not piece:
        stream.eventRemoveCallback()
        stream.finish()
        done.append(True)
stream.eventAddCallback(libvirt.VIR_STREAM_EVENT_READABLE, ready, None)
while not done:
    libvirt.virEventRunDefaultImpl()
assert b''.join(came) == content

# Given up.
stream = download(0)
stream.recv(1000)
stream.abort()
assert volume.info()[1] == 3000000
print('streamed')
";

/// Every question that can be asked of a guest without changing it: each is answered, or refused as what this host does not have.
const GETTERS: &str = "
uri, xml = sys.argv[1:]
connection = libvirt.open(uri)
pool = connection.storagePoolCreateXML('<pool type=\"dir\"><name>p</name><target><path>/p</path></target></pool>', 0)
pool.createXML('<volume><name>v</name><capacity>3000000</capacity></volume>', 0)
devices = '''<devices><disk type=\"file\"><source file=\"/p/v\"/><target dev=\"vda\"/></disk>
    <interface type=\"user\"><mac address=\"52:54:00:00:00:01\"/><target dev=\"vnet0\"/></interface></devices></domain>'''
guest = connection.defineXML(xml.replace('</domain>', devices))
guest.create()
guest.snapshotCreateXML('<domainsnapshot><name>one</name></domainsnapshot>')
zero = (0,)
questions = {
    'ID': (), 'OSType': (), 'UUID': (), 'UUIDString': (), 'XMLDesc': zero, 'autostart': (), 'blkioParameters': zero,
    'blockInfo': ('vda',), 'blockIoTune': ('vda',), 'blockJobInfo': ('vda', 0), 'blockPeek': ('/a', 0, 1), 'blockStats': ('vda',),
    'blockStatsFlags': ('vda',), 'checkpointLookupByName': ('one',), 'controlInfo': zero, 'diskErrors': zero, 'emulatorPinInfo': zero,
    'fsInfo': zero, 'getCPUStats': (True, 0), 'connect': (), 'guestVcpus': zero, 'launchSecurityInfo': zero, 'getTime': zero,
    'guestInfo': (0, 0), 'hasCurrentSnapshot': zero, 'hasManagedSaveImage': zero, 'hostname': zero, 'info': (),
    'interfaceAddresses': zero, 'interfaceParameters': ('vnet0', 0), 'interfaceStats': ('vnet0',), 'ioThreadInfo': zero, 'isActive': (),
    'isPersistent': (), 'isUpdated': (), 'jobInfo': (), 'jobStats': zero, 'listAllCheckpoints': zero, 'listAllSnapshots': zero,
    'managedSaveGetXMLDesc': zero, 'maxMemory': (), 'maxVcpus': (), 'memoryParameters': zero, 'memoryPeek': (0, 64, 2), 'memoryStats': (),
    'messages': zero, 'metadata': (libvirt.VIR_DOMAIN_METADATA_TITLE, None, 0), 'migrateGetCompressionCache': zero,
    'migrateGetMaxDowntime': zero, 'migrateGetMaxSpeed': zero, 'name': (), 'numaParameters': zero, 'perfEvents': zero,
    'schedulerParameters': (), 'schedulerParametersFlags': zero, 'schedulerType': (), 'securityLabel': (), 'securityLabelList': (),
    'snapshotCurrent': zero, 'snapshotListNames': zero, 'snapshotLookupByName': ('one',), 'snapshotNum': zero, 'state': zero,
    'vcpuPinInfo': zero, 'vcpus': (), 'vcpusFlags': zero, 'backupGetXMLDesc': zero, 'authorizedSSHKeysGet': ('root', 0),
}
# Whatever else a guest has changes it, or needs a stream; a module may be newer, and have more.
absent = [question for question in questions if not hasattr(guest, question)]
assert not absent, absent
answered, refused = [], []
for question, arguments in sorted(questions.items()):
    libvirt.virResetLastError()
    try:
        answer = getattr(guest, question)(*arguments)
    except libvirt.libvirtError as error:
        refused.append((question, error.get_error_code()))
    else:
        # Some wrappers raise nothing where they fail.
        if answer is None:
            refused.append((question, libvirt.virGetLastError()[0]))
        else:
            answered.append(question)
# The connection has come through all of it.
assert connection.isAlive() and guest.isActive()
odd = [one for one in refused if one[1] not in (libvirt.VIR_ERR_NO_SUPPORT, libvirt.VIR_ERR_NO_DOMAIN_METADATA,
                                                 libvirt.VIR_ERR_OPERATION_INVALID, libvirt.VIR_ERR_NO_DOMAIN_CHECKPOINT)]
assert not odd, odd
# What is told of a disk and an interface is told of these.
assert guest.blockInfo('vda') == [3000000, 0, 0] == guest.blockInfo('/p/v')
assert guest.blockStats('vda') == (0, 0, 0, 0, -1) and guest.blockStatsFlags('vda')['rd_bytes'] == 0
assert guest.interfaceStats('vnet0') == (0,) * 8 == guest.interfaceStats('52:54:00:00:00:01')
assert guest.memoryStats()['actual'] == 1024 and guest.getCPUStats(True, 0)[0]['cpu_time'] > 0
def code(attempt):
    try:
        attempt()
    except libvirt.libvirtError as error:
        return error.get_error_code()
for attempt in (lambda: guest.blockStats('vdz'), lambda: guest.blockInfo('vdz'), lambda: guest.interfaceStats('vnet9'),
                lambda: guest.blockIoTune('vdz'), lambda: guest.interfaceParameters('vnet9', 0)):
    assert code(attempt) == libvirt.VIR_ERR_INVALID_ARG
# What is set is what is told.
guest.setBlkioParameters({'weight': 500, 'device_weight': '/dev/sda,300'})
guest.setBlockIoTune('vda', {'total_bytes_sec': 5000, 'group_name': 'slow'})
guest.setInterfaceParameters('vnet0', {'inbound.average': 10, 'inbound.peak': 20})
guest.setNumaParameters({'numa_nodeset': '0'})
told = guest.blkioParameters()
assert (told['weight'], told['device_weight']) == (500, '/dev/sda,300')
told = guest.blockIoTune('/p/v')
assert (told['total_bytes_sec'], told['read_bytes_sec'], told['group_name']) == (5000, 0, 'slow')
told = guest.interfaceParameters('52:54:00:00:00:01', 0)
assert (told['inbound.average'], told['inbound.peak'], told['outbound.average']) == (10, 20, 0)
assert guest.numaParameters() == {'numa_mode': 0, 'numa_nodeset': '0'}
assert code(lambda: guest.setBlockIoTune('vda', {'total_bytes_sec': 1, 'read_bytes_sec': 1})) == libvirt.VIR_ERR_INVALID_ARG
# What reaches into it reaches it.
guest.sendKey(libvirt.VIR_KEYCODE_SET_LINUX, 10, [30, 31], 2, 0)
guest.injectNMI()
assert code(lambda: guest.coreDump('core', 1 << 9)) == libvirt.VIR_ERR_INVALID_ARG
print(len(answered), ' '.join(question for question, code in refused))
";

#[test]
fn bytes_go_up_and_down_by_its_streams() {
    need!(Python);
    let daemon = Serve::start(&[]);
    assert_eq!(python(STREAMS, &[&daemon.uri()]).trim(), "streamed");
}

/// What nothing of ours has; every other question is answered.
const REFUSED: &str = "\
    authorizedSSHKeysGet backupGetXMLDesc blockJobInfo blockPeek checkpointLookupByName diskErrors fsInfo getTime guestInfo guestVcpus \
    hostname ioThreadInfo launchSecurityInfo managedSaveGetXMLDesc metadata migrateGetCompressionCache perfEvents";

#[test]
fn every_question_about_a_guest_has_an_answer() {
    need!(Python);
    let daemon = Serve::start(&[]);
    let told = python(GETTERS, &[&daemon.uri(), &guest()]);
    let (answered, refused) = told.trim().split_once(' ').unwrap_or((told.trim(), ""));
    assert_eq!(refused, REFUSED, "{answered} are answered");
}

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

/// In the words that libvirtd has for the same of QEMU's guests.
#[test]
fn what_befalls_a_guest_is_heard() {
    need!(Python);
    let daemon = Serve::start(&[]);
    let told = python(BEFALLS, &[&daemon.uri(), &guest()]);
    let expected = [
        "('REBOOT',)",
        "('ua-a', 'DEVICE_ADDED')",
        "(512, 'BALLOON_CHANGE')",
        "({'cputune.cpu_shares': 2048, 'cputune.vcpu_quota': -1}, 'TUNABLE')",
        "({'cputune.vcpupin0': '0'}, 'TUNABLE')",
        "('ua-a', 'DEVICE_REMOVED')",
    ];
    assert_eq!(told.lines().collect::<Vec<_>>(), expected);
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
