//! A guest of ours between two daemons of ours, with a tap on every wire: what the tests of migration by the C library share.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};

use crate::lab::{next_number, own_ports};
use crate::peers::{python, virsh};
use crate::recorder::{Conversation, Recorder};
use crate::serve::{Serve, uri_at};

/// A name that no page of memory holds by chance.
pub(crate) const NAME: &str = "wanderer-of-5f2a8c1e";

pub(crate) const MEMORY: u64 = 4 << 20;

pub(crate) const CONFIGURATION: &str = "<domain type='mem'>
  <name>wanderer-of-5f2a8c1e</name>
  <uuid>5f2a8c1e-0000-4000-8000-000000000002</uuid>
  <memory unit='KiB'>4096</memory>
  <currentMemory unit='KiB'>4096</currentMemory>
  <vcpu>1</vcpu>
  <os><type>hvm</type></os>
</domain>";

/// Every procedure of a step of a migration, of any version.
const STEPS: [u32; 20] =
    [61, 62, 63, 108, 109, 148, 213, 214, 215, 216, 217, 218, 302, 303, 304, 305, 306, 307, 364, 387];

/// Two daemons with a tap before each, and one between them.
pub(crate) struct Lab {
    pub(crate) source: Serve,
    pub(crate) destination: Serve,
    source_tap: Recorder,
    destination_tap: Recorder,
    data_tap: Recorder,
}

/// Whether the data stream names the guest.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Configuration {
    Absent,
    Present,
}

impl Lab {
    #[track_caller]
    pub(crate) fn start([source, destination]: [&str; 2]) -> Lab {
        Lab::with_options([&["--as", source], &["--as", destination]])
    }

    #[track_caller]
    pub(crate) fn with_options([source, destination]: [&[&str]; 2]) -> Lab {
        let (source, destination) = (Serve::start(source), Serve::start(destination));
        Lab {
            source_tap: Recorder::of_frames(source.address()),
            destination_tap: Recorder::of_frames(destination.address()),
            data_tap: tap_on_data(),
            source,
            destination,
        }
    }

    pub(crate) fn source_uri(&self) -> String {
        uri_at(self.source_tap.address())
    }

    pub(crate) fn destination_uri(&self) -> String {
        uri_at(self.destination_tap.address())
    }

    /// Where the source is to send the guest, so that it passes the tap.
    pub(crate) fn data_address(&self) -> SocketAddr {
        self.data_tap.address()
    }

    #[track_caller]
    pub(crate) fn create(&self) {
        let file = self.source.directory().write("guest.xml", CONFIGURATION);
        virsh(&self.source.uri(), &["create", &file]);
    }

    #[track_caller]
    pub(crate) fn define_and_start(&self) {
        let file = self.source.directory().write("guest.xml", CONFIGURATION);
        virsh(&self.source.uri(), &["define", &file]);
        virsh(&self.source.uri(), &["start", NAME]);
    }

    #[track_caller]
    pub(crate) fn memory_at_source(&self) -> String {
        memory_of(&self.source)
    }

    #[track_caller]
    pub(crate) fn destination_xml(&self) -> String {
        virsh(&self.destination.uri(), &["dumpxml", "--inactive", NAME]).trim_end().to_owned()
    }

    /// The client's connections to the source and to the destination, of which it makes one each.
    #[track_caller]
    pub(crate) fn conversations(&self) -> (Conversation, Conversation) {
        let only = |tap: &Recorder| {
            let mut conversations = tap.conversations();
            assert_eq!(conversations.len(), 1, "connections of the client");
            conversations.remove(0)
        };
        (only(&self.source_tap), only(&self.destination_tap))
    }

    /// Everything that was said to the source and to the destination, by one connection after the other.
    pub(crate) fn all_conversations(&self) -> (Conversation, Conversation) {
        let all = |tap: &Recorder| {
            let conversations = tap.conversations();
            let frames = conversations.into_iter().flat_map(|conversation| conversation.frames).collect();
            Conversation { client_bytes: Vec::new(), frames }
        };
        (all(&self.source_tap), all(&self.destination_tap))
    }

    /// It runs at the destination with the memory it had, and the source knows nothing of it.
    #[track_caller]
    pub(crate) fn guest_has_moved(&self, memory: &str) {
        assert_eq!(virsh(&self.source.uri(), &["list", "--all"]).trim(), "");
        assert_eq!(virsh(&self.destination.uri(), &["domstate", NAME]).trim(), "running");
        assert_eq!(memory_of(&self.destination), memory);
    }

    #[track_caller]
    pub(crate) fn data_has(&self, configuration: Configuration) {
        let [data] = &self.data_tap.conversations()[..] else {
            panic!("the guest moves over one connection")
        };
        let stream = &data.client_bytes;
        assert!(stream.len() as u64 >= MEMORY, "the guest's memory passed, {} bytes", stream.len());
        let named = stream.windows(NAME.len()).any(|window| window == NAME.as_bytes());
        assert_eq!(named, configuration == Configuration::Present, "the stream names the guest");
    }
}

/// A port of one loopback address in front of the same port of another: the source is told the one, and the
/// destination, which takes only the port from the address it is told, listens at the other. So the port is to be free at both, also
/// later, when the destination comes to it.
fn tap_on_data() -> Recorder {
    let listener = TcpListener::bind((Ipv4Addr::new(127, 0, 0, 2), own_ports(30_000, 1, next_number())));
    let listener = listener.expect("a port that nobody else has");
    let port = listener.local_addr().expect("a listener has an address").port();
    Recorder::of_bytes(listener, (Ipv4Addr::LOCALHOST, port).into())
}

/// What a client called of a migration.
pub(crate) fn steps(conversation: &Conversation) -> Vec<u32> {
    conversation.calls().into_iter().filter(|procedure| STEPS.contains(procedure)).collect()
}

/// A checksum of all that the guest has in memory, read through the C library.
#[track_caller]
pub(crate) fn memory_of(daemon: &Serve) -> String {
    let program = "
import hashlib
guest = libvirt.open(sys.argv[1]).lookupByName(sys.argv[2])
size, page = guest.info()[1] * 1024, 65536
memory = b''.join(guest.memoryPeek(at, page, libvirt.VIR_MEMORY_PHYSICAL) for at in range(0, size, page))
assert len(memory) == int(sys.argv[3]) and len(set(memory)) > 16, 'a pattern worth comparing'
print(hashlib.sha256(memory).hexdigest())
";
    python(program, &[&daemon.uri(), NAME, &MEMORY.to_string()])
}

#[track_caller]
pub(crate) fn persistent(daemon: &Serve) -> String {
    python(
        "print('yes' if libvirt.open(sys.argv[1]).lookupByName(sys.argv[2]).isPersistent() else 'no')",
        &[&daemon.uri(), NAME],
    )
    .trim()
    .to_owned()
}
