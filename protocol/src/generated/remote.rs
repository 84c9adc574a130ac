// Made from protocol/x/remote.x by `cargo run -p virtwire-idl`: change that, not this.

//! The program that manages domains, networks, storage and the rest of a host.

use virtwire_xdr::Text;

/// Bytes of any string: names, URIs, whole XML documents.
pub const STRING_MAX: u32 = 4_194_304;

/// Ways to authenticate that a server may offer. Reference servers offer exactly one.
pub const AUTH_TYPE_LIST_MAX: u32 = 20;

/// Bytes of one SASL token.
pub const AUTH_SASL_DATA_MAX: u32 = 65_536;

/// Facts about an identity.
pub const CONNECT_IDENTITY_PARAMS_MAX: u32 = 20;

/// Bytes of the processor's model.
pub const NODE_MODEL_LEN: usize = 32;

/// Bytes of a map of host CPUs, one bit each: CPU 0 is the lowest bit of the first byte.
pub const CPUMAP_MAX: u32 = 2_048;

/// NUMA cells, or memory page sizes, that one call can speak of.
pub const NODE_MAX_CELLS: u32 = 1_024;

/// Counters of CPU time.
pub const NODE_CPU_STATS_MAX: u32 = 16;

/// Counters of memory.
pub const NODE_MEMORY_STATS_MAX: u32 = 16;

/// Tunables of the host's memory.
pub const NODE_MEMORY_PARAMETERS_MAX: u32 = 64;

/// Facts about memory encryption.
pub const NODE_SEV_INFO_MAX: u32 = 64;

/// CPU descriptions that one baseline can be made from.
pub const CPU_BASELINE_MAX: u32 = 256;

/// CPU models of one architecture.
pub const CONNECT_CPU_MODELS_MAX: u32 = 8_192;

/// Domains in one list.
pub const DOMAIN_LIST_MAX: u32 = 16_384;

/// Parameters of saving and restoring.
pub const DOMAIN_SAVE_PARAMS_MAX: u32 = 64;

/// Messages about one domain.
pub const DOMAIN_MESSAGES_MAX: u32 = 2_048;

/// Bytes of a security label.
pub const SECURITY_LABEL_MAX: u32 = 4_097;

/// Security labels of one domain.
pub const SECURITY_LABEL_LIST_MAX: u32 = 64;

/// Bytes of a security model's name.
pub const SECURITY_MODEL_MAX: u32 = 257;

/// Bytes of a domain of interpretation.
pub const SECURITY_DOI_MAX: u32 = 257;

/// Facts about a domain's launch security.
pub const DOMAIN_LAUNCH_SECURITY_INFO_PARAMS_MAX: u32 = 64;

/// Things to set of a domain's launch security.
pub const DOMAIN_LAUNCH_SECURITY_STATE_PARAMS_MAX: u32 = 64;

/// Limits of a domain's memory.
pub const DOMAIN_MEMORY_PARAMETERS_MAX: u32 = 16;

/// Statistics of a domain's memory.
pub const DOMAIN_MEMORY_STATS_MAX: u32 = 1_024;

/// Bytes of memory that one call can read.
pub const DOMAIN_MEMORY_PEEK_BUFFER_MAX: u32 = 4_194_304;

/// Virtual CPUs that one call can speak of.
pub const VCPUINFO_MAX: u32 = 16_384;

/// Bytes of all the maps in one answer.
pub const CPUMAPS_MAX: u32 = 8_388_608;

/// I/O threads in one answer.
pub const IOTHREAD_INFO_MAX: u32 = 16_384;

/// Things to set of an I/O thread.
pub const DOMAIN_IOTHREAD_PARAMS_MAX: u32 = 64;

/// Facts about the guest's view of its CPUs.
pub const DOMAIN_GUEST_VCPU_PARAMS_MAX: u32 = 64;

/// Parameters of CPU scheduling.
pub const DOMAIN_SCHEDULER_PARAMETERS_MAX: u32 = 16;

/// Parameters of block I/O.
pub const DOMAIN_BLKIO_PARAMETERS_MAX: u32 = 16;

/// Parameters of NUMA placement.
pub const DOMAIN_NUMA_PARAMETERS_MAX: u32 = 16;

/// Kinds of performance event.
pub const DOMAIN_PERF_EVENTS_MAX: u32 = 64;

/// Limits of one disk's I/O.
pub const DOMAIN_BLOCK_IO_TUNE_PARAMETERS_MAX: u32 = 32;

/// Statistics of one disk.
pub const DOMAIN_BLOCK_STATS_PARAMETERS_MAX: u32 = 16;

/// Parameters of a copy.
pub const DOMAIN_BLOCK_COPY_PARAMETERS_MAX: u32 = 16;

/// Bytes of a disk that one call can read.
pub const DOMAIN_BLOCK_PEEK_BUFFER_MAX: u32 = 4_194_304;

/// Disks with an error.
pub const DOMAIN_DISK_ERRORS_MAX: u32 = 256;

/// Bandwidth parameters of one interface.
pub const DOMAIN_INTERFACE_PARAMETERS_MAX: u32 = 16;

/// Interfaces of one domain.
pub const DOMAIN_INTERFACE_MAX: u32 = 2_048;

/// Addresses of one interface.
pub const DOMAIN_IP_ADDR_MAX: u32 = 2_048;

/// Parameters of an announcement.
pub const DOMAIN_ANNOUNCE_INTERFACE_PARAMETERS_MAX: u32 = 16;

/// Host CPUs that one call of DOMAIN_GET_CPU_STATS can speak of.
pub const DOMAIN_GET_CPU_STATS_NCPUS_MAX: u32 = 128;

/// Values in its answer.
pub const DOMAIN_GET_CPU_STATS_MAX: u32 = 2_048;

/// Statistics of one domain.
pub const CONNECT_GET_ALL_DOMAIN_STATS_MAX: u32 = 262_144;

/// Snapshots in one list.
pub const DOMAIN_SNAPSHOT_LIST_MAX: u32 = 16_384;

/// Checkpoints in one list.
pub const DOMAIN_CHECKPOINT_LIST_MAX: u32 = 16_384;

/// Statistics of one job.
pub const DOMAIN_JOB_STATS_MAX: u32 = 64;

/// Bytes of a cookie: what one side's driver has to tell the other's, opaque to whoever orchestrates. Empty
/// is none.
pub const MIGRATE_COOKIE_MAX: u32 = 4_194_304;

/// Parameters of a migration.
pub const DOMAIN_MIGRATE_PARAM_LIST_MAX: u32 = 64;

/// File systems in one call.
pub const DOMAIN_FSFREEZE_MOUNTPOINTS_MAX: u32 = 256;

/// File systems of a guest.
pub const DOMAIN_FSINFO_MAX: u32 = 256;

/// Disks under one file system.
pub const DOMAIN_FSINFO_DISKS_MAX: u32 = 256;

/// Facts about a guest.
pub const DOMAIN_GUEST_INFO_PARAMS_MAX: u32 = 2_048;

/// SSH keys of one user.
pub const DOMAIN_AUTHORIZED_SSH_KEYS_MAX: u32 = 2_048;

/// Keys in one call.
pub const DOMAIN_SEND_KEY_MAX: u32 = 16;

/// Identities of a graphics client.
pub const DOMAIN_EVENT_GRAPHICS_IDENTITY_MAX: u32 = 20;

/// Tunables in one event.
pub const DOMAIN_EVENT_TUNABLE_MAX: u32 = 2_048;

/// Networks in one list.
pub const NETWORK_LIST_MAX: u32 = 16_384;

/// Leases of one network.
pub const NETWORK_DHCP_LEASES_MAX: u32 = 65_536;

/// Ports of one network.
pub const NETWORK_PORT_LIST_MAX: u32 = 16_384;

/// Bandwidth parameters of one port.
pub const NETWORK_PORT_PARAMETERS_MAX: u32 = 16;

/// Filters in one list.
pub const NWFILTER_LIST_MAX: u32 = 16_384;

/// Bindings in one list.
pub const NWFILTER_BINDING_LIST_MAX: u32 = 16_384;

/// Interfaces in one list.
pub const INTERFACE_LIST_MAX: u32 = 16_384;

/// Pools in one list.
pub const STORAGE_POOL_LIST_MAX: u32 = 16_384;

/// Volumes of one pool.
pub const STORAGE_VOL_LIST_MAX: u32 = 16_384;

/// Devices in one list.
pub const NODE_DEVICE_LIST_MAX: u32 = 65_536;

/// Capabilities of one device.
pub const NODE_DEVICE_CAPS_LIST_MAX: u32 = 65_536;

/// Bytes of a secret's value.
pub const SECRET_VALUE_MAX: u32 = 65_536;

/// Secrets in one list.
pub const SECRET_LIST_MAX: u32 = 16_384;

/// A domain: a virtual machine or container.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Domain {
    /// Its name, unique on its host. At most 4,194,304 bytes.
    pub name: Text,
    /// Its UUID, the same wherever it moves.
    pub uuid: [u8; 16],
    /// Its number while it runs, -1 while it does not. A client's memory of it may be out of date.
    pub id: i32,
}

/// A virtual network.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Network {
    /// Its name, unique on its host. At most 4,194,304 bytes.
    pub name: Text,
    /// Its UUID.
    pub uuid: [u8; 16],
}

/// A port of a virtual network: where one interface of one domain is plugged in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NetworkPort {
    /// The network that it belongs to.
    pub net: Network,
    /// The port's UUID, unique within its network.
    pub uuid: [u8; 16],
}

/// A set of rules for filtering network traffic.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Nwfilter {
    /// Its name, unique on its host. At most 4,194,304 bytes.
    pub name: Text,
    /// Its UUID.
    pub uuid: [u8; 16],
}

/// The use of a traffic filter for one device of the host.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NwfilterBinding {
    /// The host's network device, which names the binding. At most 4,194,304 bytes.
    pub portdev: Text,
    /// The filter that is applied to it. At most 4,194,304 bytes.
    pub filtername: Text,
}

/// A network interface of the host itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Interface {
    /// Its name, such as `eth0`. At most 4,194,304 bytes.
    pub name: Text,
    /// Its MAC address, as text. At most 4,194,304 bytes.
    pub mac: Text,
}

/// A storage pool: a place that volumes come from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoragePool {
    /// Its name, unique on its host. At most 4,194,304 bytes.
    pub name: Text,
    /// Its UUID.
    pub uuid: [u8; 16],
}

/// A storage volume.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StorageVol {
    /// The name of the pool that it lies in. At most 4,194,304 bytes.
    pub pool: Text,
    /// Its name, unique within the pool. At most 4,194,304 bytes.
    pub name: Text,
    /// What identifies it beyond the pool; often its path. At most 4,194,304 bytes.
    pub key: Text,
}

/// A device of the host.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeDevice {
    /// The name that the daemon gave it, such as `pci_0000_00_1f_2`. At most 4,194,304 bytes.
    pub name: Text,
}

/// A secret that the daemon keeps: a passphrase or key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Secret {
    /// Its UUID.
    pub uuid: [u8; 16],
    /// What it is for: 0 none, 1 volume, 2 Ceph, 3 iSCSI, 4 TLS, 5 vTPM.
    pub usage_type: i32,
    /// Which of those it is for: a path, or a name; empty for usage 0. At most 4,194,304 bytes.
    pub usage_id: Text,
}

/// A checkpoint: a moment since which changes to a domain's disks are tracked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainCheckpoint {
    /// Its name, unique within the domain. At most 4,194,304 bytes.
    pub name: Text,
    /// The domain that it belongs to.
    pub dom: Domain,
}

/// A snapshot of a domain.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainSnapshot {
    /// Its name, unique within the domain. At most 4,194,304 bytes.
    pub name: Text,
    /// The domain that it belongs to.
    pub dom: Domain,
}

/// Word for word `message_error`, under the name that this program has for it. No procedure takes or returns
/// it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Error {
    /// What went wrong.
    pub code: i32,
    /// Which part of the peer says so.
    pub domain: i32,
    /// The whole text for people. At most 4,194,304 bytes.
    pub message: Option<Text>,
    /// 1 for a warning, 2 for an error.
    pub level: i32,
    /// Ignored.
    pub dom: Option<Domain>,
    /// The template of `message`. At most 4,194,304 bytes.
    pub str1: Option<Text>,
    /// The details alone. At most 4,194,304 bytes.
    pub str2: Option<Text>,
    /// One more text. At most 4,194,304 bytes.
    pub str3: Option<Text>,
    /// A number that goes with the code, or -1.
    pub int1: i32,
    /// One more number, or -1.
    pub int2: i32,
    /// Ignored.
    pub net: Option<Network>,
}

/// Which type a typed parameter is of: the tag of its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TypedParamType {
    /// A signed 32-bit number. `TYPED_PARAM_INT`, 1.
    Int,
    /// An unsigned 32-bit number. `TYPED_PARAM_UINT`, 2.
    UInt,
    /// A signed 64-bit number. `TYPED_PARAM_LLONG`, 3.
    LLong,
    /// An unsigned 64-bit number. `TYPED_PARAM_ULLONG`, 4.
    ULLong,
    /// An IEEE 754 double. `TYPED_PARAM_DOUBLE`, 5.
    Double,
    /// A truth value. `TYPED_PARAM_BOOLEAN`, 6.
    Boolean,
    /// A string, for a peer that says it can take strings. `TYPED_PARAM_STRING`, 7.
    String,
    /// A value that the contract does not know, kept as it came.
    Unknown(i32),
}

/// The value, tagged with its type. There is no default: any other tag makes the whole payload undecodable.
#[derive(Clone, Debug, PartialEq)]
pub enum TypedParamValue {
    /// A signed 32-bit number. Discriminant 1.
    Int(i32),
    /// An unsigned 32-bit number. Discriminant 2.
    UInt(u32),
    /// A signed 64-bit number. Discriminant 3.
    LLong(i64),
    /// An unsigned 64-bit number. Discriminant 4.
    ULLong(u64),
    /// An IEEE 754 double. Discriminant 5.
    Double(f64),
    /// A truth value: 0 or 1, carried as a whole word. Discriminant 6.
    Boolean(i32),
    /// A string. Discriminant 7.
    String(Text),
}

/// A name and its value.
#[derive(Clone, Debug, PartialEq)]
pub struct TypedParam {
    /// The name. Reference peers refuse one that is longer than 79 bytes. At most 4,194,304 bytes.
    pub field: Text,
    /// What it is.
    pub value: TypedParamValue,
}

/// A way to authenticate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AuthType {
    /// Nothing to do: the client is in. `AUTH_TYPE_NONE`, 0.
    None,
    /// A SASL exchange. `AUTH_TYPE_SASL`, 1.
    Sasl,
    /// The server asks polkit about the process at the other end of the unix socket. `AUTH_TYPE_POLKIT`, 2.
    Polkit,
    /// A value that the contract does not know, kept as it came.
    Unknown(i32),
}

/// One counter of what a host CPU has spent its time on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeCpuStat {
    /// `kernel`, `user`, `idle`, `iowait`, `intr`, or `utilization`. At most 4,194,304 bytes.
    pub field: Text,
    /// Nanoseconds since boot, or for `utilization` a percentage.
    pub value: u64,
}

/// One counter of the host's memory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeMemoryStat {
    /// `total`, `free`, `buffers`, `cached`. At most 4,194,304 bytes.
    pub field: Text,
    /// KiB.
    pub value: u64,
}

/// One statistic of a domain's memory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainMemoryStat {
    /// 0 swapped in, 1 swapped out, 2 major faults, 3 minor faults, 4 unused, 5 available, 6 balloon, 7
    /// resident on the host, 8 usable, 9 when last updated, 10 disk caches, 11 huge pages allocated, 12 huge
    /// page allocations failed.
    pub tag: i32,
    /// KiB; a count for the faults and huge pages; seconds since 1970 for the last update.
    pub val: u64,
}

/// What one virtual CPU does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VcpuInfo {
    /// Its number in the domain.
    pub number: u32,
    /// 0 offline, 1 running, 2 blocked.
    pub state: i32,
    /// CPU time that it has used, in nanoseconds.
    pub cpu_time: u64,
    /// The host CPU that it runs on; -1 offline, -2 not to be told.
    pub cpu: i32,
}

/// One I/O thread.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainIothreadInfo {
    /// Its id in the domain.
    pub iothread_id: u32,
    /// The host CPUs that it may use. At most 2,048 bytes.
    pub cpumap: Vec<u8>,
}

/// A disk in trouble.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainDiskError {
    /// The disk's target. At most 4,194,304 bytes.
    pub disk: Text,
    /// 1 something, 2 no space left.
    pub error: i32,
}

/// An address of an interface.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainIpAddr {
    /// 0 IPv4, 1 IPv6.
    pub r#type: i32,
    /// The address, as text. At most 4,194,304 bytes.
    pub addr: Text,
    /// Bits of the network part.
    pub prefix: u32,
}

/// An interface and its addresses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainInterface {
    /// Its name: in the guest when the guest agent was asked, otherwise on the host. At most 4,194,304 bytes.
    pub name: Text,
    /// Its MAC address, as text. At most 4,194,304 bytes.
    pub hwaddr: Option<Text>,
    /// Its addresses. At most 2,048.
    pub addrs: Vec<DomainIpAddr>,
}

/// The statistics of one domain.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DomainStatsRecord {
    /// The domain.
    pub dom: Domain,
    /// Names such as `state.state`, `cpu.time`, `balloon.current`, `block.0.rd.bytes`. At most 262,144.
    pub params: Vec<TypedParam>,
}

/// One mounted file system of a guest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainFsinfo {
    /// Where it is mounted. At most 4,194,304 bytes.
    pub mountpoint: Text,
    /// Its device, as the guest names it. At most 4,194,304 bytes.
    pub name: Text,
    /// Its type. At most 4,194,304 bytes.
    pub fstype: Text,
    /// The targets of the disks that it lies on. At most 256, each of at most 4,194,304 bytes.
    pub dev_aliases: Vec<Text>,
}

/// One end of a graphics connection.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainEventGraphicsAddress {
    /// 0 IPv4, 1 IPv6, 2 a unix socket.
    pub family: i32,
    /// Address, or path of the socket. At most 4,194,304 bytes.
    pub node: Text,
    /// Port; empty for a unix socket. At most 4,194,304 bytes.
    pub service: Text,
}

/// One way in which a graphics client was identified.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainEventGraphicsIdentity {
    /// What the name is: `x509dname`, `saslUsername`. At most 4,194,304 bytes.
    pub r#type: Text,
    /// The name. At most 4,194,304 bytes.
    pub name: Text,
}

/// An address that a network has leased.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NetworkDhcpLease {
    /// The host's device that the lease was given on. At most 4,194,304 bytes.
    pub iface: Text,
    /// When it ends, in seconds since 1970; 0 never.
    pub expirytime: i64,
    /// 0 IPv4, 1 IPv6.
    pub r#type: i32,
    /// MAC address of the client. At most 4,194,304 bytes.
    pub mac: Option<Text>,
    /// Identity association of the client; IPv6 only. At most 4,194,304 bytes.
    pub iaid: Option<Text>,
    /// The address, as text. At most 4,194,304 bytes.
    pub ipaddr: Text,
    /// Bits of the network part.
    pub prefix: u32,
    /// What the client calls itself. At most 4,194,304 bytes.
    pub hostname: Option<Text>,
    /// Client id, or DUID for IPv6. At most 4,194,304 bytes.
    pub clientid: Option<Text>,
}

/// Opens the hypervisor connection. Every call but the AUTH ones, [`ConnectClose`] and
/// [`ConnectSupportsFeature`] (for feature 10) needs it. A second one is an error; a failed one may be
/// repeated.
///
/// Remote program, procedure 1, since libvirt 0.3.0; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectOpen {
    /// The URI without transport, host and the parameters that the client consumed, such as
    /// `qemu:///system`. Absent or empty lets the server choose a driver. At most 4,194,304 bytes.
    pub name: Option<Text>,
    /// Bit 0 asks for a read-only connection. Clients leak other bits, so a server must ignore them.
    pub flags: u32,
}

/// Ends the session. The server sends this reply and closes the socket once all that was queued is
/// written.
///
/// Remote program, procedure 2, since libvirt 0.3.0; empty reply.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ConnectClose;

/// Tells which hypervisor driver serves this connection.
///
/// Remote program, procedure 3, since libvirt 0.3.0; reply [`ConnectGetTypeReply`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ConnectGetType;

/// What [`ConnectGetType`] returns (remote program, procedure 3).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectGetTypeReply {
    /// Its name, such as `QEMU`. At most 4,194,304 bytes.
    pub r#type: Text,
}

/// Tells the version of the hypervisor that is running.
///
/// Remote program, procedure 4, since libvirt 0.3.0; reply [`ConnectGetVersionReply`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ConnectGetVersion;

/// What [`ConnectGetVersion`] returns (remote program, procedure 4).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectGetVersionReply {
    /// major × 1,000,000 + minor × 1,000 + release.
    pub hv_ver: u64,
}

/// Tells how many virtual CPUs a domain of a type may have.
///
/// Remote program, procedure 5, since libvirt 0.3.0; reply [`ConnectGetMaxVcpusReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectGetMaxVcpus {
    /// Domain type, such as `kvm`; absent takes the driver's own. At most 4,194,304 bytes.
    pub r#type: Option<Text>,
}

/// What [`ConnectGetMaxVcpus`] returns (remote program, procedure 5).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectGetMaxVcpusReply {
    /// How many.
    pub max_vcpus: i32,
}

/// Sums up the host's hardware.
///
/// Remote program, procedure 6, since libvirt 0.3.0; reply [`NodeGetInfoReply`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NodeGetInfo;

/// What [`NodeGetInfo`] returns (remote program, procedure 6).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeGetInfoReply {
    /// The processor's model, ended by a zero byte unless it fills the array. `char` means that each byte
    /// travels in a word of its own.
    pub model: [u8; 32],
    /// Installed memory, in KiB.
    pub memory: u64,
    /// Active CPUs: threads that can run something.
    pub cpus: i32,
    /// Expected clock of a CPU, in MHz; 0 when unknown.
    pub mhz: i32,
    /// NUMA cells; 1 for an unusual or flat topology.
    pub nodes: i32,
    /// Sockets of each NUMA cell, or all of them when the topology is unusual.
    pub sockets: i32,
    /// Cores of each socket.
    pub cores: i32,
    /// Threads of each core.
    pub threads: i32,
}

/// Describes host and hypervisor, as XML.
///
/// Remote program, procedure 7, since libvirt 0.3.0; reply [`ConnectGetCapabilitiesReply`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ConnectGetCapabilities;

/// What [`ConnectGetCapabilities`] returns (remote program, procedure 7).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectGetCapabilitiesReply {
    /// A `<capabilities>` document. At most 4,194,304 bytes.
    pub capabilities: Text,
}

/// Plugs a device into a running domain. [`DomainAttachDeviceFlags`] can speak of the definition too.
///
/// Remote program, procedure 8, since libvirt 0.3.0; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainAttachDevice {
    /// The domain.
    pub dom: Domain,
    /// The device's element, such as `<disk>`. At most 4,194,304 bytes.
    pub xml: Text,
}

/// Starts a defined, inactive domain, from its managed save image if there is one.
///
/// Remote program, procedure 9, since libvirt 0.3.0; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainCreate {
    /// The domain.
    pub dom: Domain,
}

/// Creates and starts a domain from XML. It is transient unless a persistent one of this name and
/// UUID is defined.
///
/// Remote program, procedure 10, since libvirt 0.3.0; reply [`DomainCreateXmlReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainCreateXml {
    /// A `<domain>` document. At most 4,194,304 bytes.
    pub xml_desc: Text,
    /// 1 start paused, 2 destroy it when this connection closes, 4 bypass the cache when restoring, 8 do not
    /// restore a managed save image, 16 validate the XML, 32 reset NVRAM.
    pub flags: u32,
}

/// What [`DomainCreateXml`] returns (remote program, procedure 10).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainCreateXmlReply {
    /// The domain.
    pub dom: Domain,
}

/// Defines a persistent domain, or changes the definition of one; does not start it.
///
/// Remote program, procedure 11, since libvirt 0.3.0; reply [`DomainDefineXmlReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainDefineXml {
    /// A `<domain>` document. At most 4,194,304 bytes.
    pub xml: Text,
}

/// What [`DomainDefineXml`] returns (remote program, procedure 11).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainDefineXmlReply {
    /// The domain.
    pub dom: Domain,
}

/// Stops a domain at once, as pulling the plug would. A transient one is gone.
///
/// Remote program, procedure 12, since libvirt 0.3.0; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainDestroy {
    /// The domain.
    pub dom: Domain,
}

/// Asks the guest to let go of a device of a running domain. The reply may come before it has: the
/// event DEVICE_REMOVED tells.
///
/// Remote program, procedure 13, since libvirt 0.3.0; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainDetachDevice {
    /// The domain.
    pub dom: Domain,
    /// The device's element, complete enough to find it. At most 4,194,304 bytes.
    pub xml: Text,
}

/// Describes a domain's configuration, as XML. A Preparev2 migration starts with it.
///
/// Remote program, procedure 14, since libvirt 0.3.0; reply [`DomainGetXmlDescReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainGetXmlDesc {
    /// The domain.
    pub dom: Domain,
    /// 1 with secrets, 2 the definition instead of the running configuration, 4 with the guest's CPU filled
    /// in from the host, 8 in a form fit for migration. 1 and 8 need a connection that is not read-only.
    pub flags: u32,
}

/// What [`DomainGetXmlDesc`] returns (remote program, procedure 14).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainGetXmlDescReply {
    /// A `<domain>` document. At most 4,194,304 bytes.
    pub xml: Text,
}

/// Tells whether a domain starts together with its host.
///
/// Remote program, procedure 15, since libvirt 0.3.0; reply [`DomainGetAutostartReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainGetAutostart {
    /// The domain.
    pub dom: Domain,
}

/// What [`DomainGetAutostart`] returns (remote program, procedure 15).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainGetAutostartReply {
    /// 1 when it does.
    pub autostart: i32,
}

/// Sums up a domain: state, memory, CPUs. [`DomainGetState`] tells the reason of the state as well.
///
/// Remote program, procedure 16, since libvirt 0.3.0; reply [`DomainGetInfoReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainGetInfo {
    /// The domain.
    pub dom: Domain,
}

/// What [`DomainGetInfo`] returns (remote program, procedure 16).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainGetInfoReply {
    /// 0 none, 1 running, 2 blocked, 3 paused, 4 shutting down, 5 shut off, 6 crashed, 7 asleep.
    pub state: u8,
    /// Memory that it may have, in KiB.
    pub max_mem: u64,
    /// Memory that it has, in KiB.
    pub memory: u64,
    /// Virtual CPUs.
    pub nr_virt_cpu: u16,
    /// CPU time that it has used, in nanoseconds.
    pub cpu_time: u64,
}

/// Tells how much memory a domain may have.
///
/// Remote program, procedure 17, since libvirt 0.3.0; reply [`DomainGetMaxMemoryReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainGetMaxMemory {
    /// The domain.
    pub dom: Domain,
}

/// What [`DomainGetMaxMemory`] returns (remote program, procedure 17).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainGetMaxMemoryReply {
    /// KiB.
    pub memory: u64,
}

/// Tells how many virtual CPUs a domain may have.
///
/// Remote program, procedure 18, since libvirt 0.3.0; reply [`DomainGetMaxVcpusReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainGetMaxVcpus {
    /// The domain.
    pub dom: Domain,
}

/// What [`DomainGetMaxVcpus`] returns (remote program, procedure 18).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainGetMaxVcpusReply {
    /// How many.
    pub num: i32,
}

/// Tells what kind of operating system a domain is made for.
///
/// Remote program, procedure 19, since libvirt 0.3.0; reply [`DomainGetOsTypeReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainGetOsType {
    /// The domain.
    pub dom: Domain,
}

/// What [`DomainGetOsType`] returns (remote program, procedure 19).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainGetOsTypeReply {
    /// `hvm`, `linux`, `exe` and so on. At most 4,194,304 bytes.
    pub r#type: Text,
}

/// Tells what a running domain's virtual CPUs do and which host CPUs they may use.
///
/// Remote program, procedure 20, since libvirt 0.3.0; reply [`DomainGetVcpusReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainGetVcpus {
    /// The domain.
    pub dom: Domain,
    /// Virtual CPUs there is room for.
    pub maxinfo: i32,
    /// Bytes of each map; 0 leaves the maps out.
    pub maplen: i32,
}

/// What [`DomainGetVcpus`] returns (remote program, procedure 20).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainGetVcpusReply {
    /// One for each virtual CPU. At most 16,384.
    pub info: Vec<VcpuInfo>,
    /// A map for each of them, `maplen` bytes each. At most 8,388,608 bytes.
    pub cpumaps: Vec<u8>,
}

/// Lists the names of the domains that are defined and inactive.
///
/// Remote program, procedure 21, since libvirt 0.3.0; reply [`ConnectListDefinedDomainsReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectListDefinedDomains {
    /// How many there is room for. 0 is legal and gives an empty list.
    pub maxnames: i32,
}

/// What [`ConnectListDefinedDomains`] returns (remote program, procedure 21).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectListDefinedDomainsReply {
    /// The names. At most 16,384, each of at most 4,194,304 bytes.
    pub names: Vec<Text>,
}

/// Finds an active domain by its id.
///
/// Remote program, procedure 22, since libvirt 0.3.0; reply [`DomainLookupByIdReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainLookupById {
    /// The id.
    pub id: i32,
}

/// What [`DomainLookupById`] returns (remote program, procedure 22).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainLookupByIdReply {
    /// The domain.
    pub dom: Domain,
}

/// Finds a domain by its name.
///
/// Remote program, procedure 23, since libvirt 0.3.0; reply [`DomainLookupByNameReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainLookupByName {
    /// The name. At most 4,194,304 bytes.
    pub name: Text,
}

/// What [`DomainLookupByName`] returns (remote program, procedure 23).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainLookupByNameReply {
    /// The domain.
    pub dom: Domain,
}

/// Finds a domain by its UUID.
///
/// Remote program, procedure 24, since libvirt 0.3.0; reply [`DomainLookupByUuidReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainLookupByUuid {
    /// The UUID.
    pub uuid: [u8; 16],
}

/// What [`DomainLookupByUuid`] returns (remote program, procedure 24).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainLookupByUuidReply {
    /// The domain.
    pub dom: Domain,
}

/// Counts the domains that are defined and inactive.
///
/// Remote program, procedure 25, since libvirt 0.3.0; reply [`ConnectNumOfDefinedDomainsReply`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ConnectNumOfDefinedDomains;

/// What [`ConnectNumOfDefinedDomains`] returns (remote program, procedure 25).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectNumOfDefinedDomainsReply {
    /// How many.
    pub num: i32,
}

/// Says which host CPUs a virtual CPU of a running domain may use.
///
/// Remote program, procedure 26, since libvirt 0.3.0; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainPinVcpu {
    /// The domain.
    pub dom: Domain,
    /// The virtual CPU.
    pub vcpu: u32,
    /// A bit for each host CPU. At most 2,048 bytes.
    pub cpumap: Vec<u8>,
}

/// Asks the guest to reboot, which it may ignore.
///
/// Remote program, procedure 27, since libvirt 0.3.0; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainReboot {
    /// The domain.
    pub dom: Domain,
    /// 0 any way, 1 ACPI, 2 guest agent, 4 initctl, 8 a signal to init, 16 paravirtual.
    pub flags: u32,
}

/// Lets a paused domain run on.
///
/// Remote program, procedure 28, since libvirt 0.3.0; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainResume {
    /// The domain.
    pub dom: Domain,
}

/// Says whether a domain starts together with its host.
///
/// Remote program, procedure 29, since libvirt 0.3.0; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainSetAutostart {
    /// The domain.
    pub dom: Domain,
    /// 1 when it shall.
    pub autostart: i32,
}

/// Sets how much memory a domain may have; usually of an inactive one.
///
/// Remote program, procedure 30, since libvirt 0.3.0; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainSetMaxMemory {
    /// The domain.
    pub dom: Domain,
    /// KiB.
    pub memory: u64,
}

/// Sets how much memory a running domain has. [`DomainSetMemoryFlags`] can speak of the definition
/// too.
///
/// Remote program, procedure 31, since libvirt 0.3.0; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainSetMemory {
    /// The domain.
    pub dom: Domain,
    /// KiB.
    pub memory: u64,
}

/// Sets how many virtual CPUs a running domain has. [`DomainSetVcpusFlags`] can speak of the
/// definition too.
///
/// Remote program, procedure 32, since libvirt 0.3.0; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainSetVcpus {
    /// The domain.
    pub dom: Domain,
    /// How many.
    pub nvcpus: u32,
}

/// Asks the guest to shut down, which it may ignore.
///
/// Remote program, procedure 33, since libvirt 0.3.0; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainShutdown {
    /// The domain.
    pub dom: Domain,
}

/// Pauses a domain's CPUs. It keeps its memory.
///
/// Remote program, procedure 34, since libvirt 0.3.0; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainSuspend {
    /// The domain.
    pub dom: Domain,
}

/// Forgets a persistent domain. A running one becomes transient. Refused when a managed save image
/// or metadata of snapshots would be left behind.
///
/// Remote program, procedure 35, since libvirt 0.3.0; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainUndefine {
    /// The domain.
    pub dom: Domain,
}

/// Lists the names of the networks that are defined and inactive.
///
/// Remote program, procedure 36, since libvirt 0.3.0; reply [`ConnectListDefinedNetworksReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectListDefinedNetworks {
    /// How many there is room for.
    pub maxnames: i32,
}

/// What [`ConnectListDefinedNetworks`] returns (remote program, procedure 36).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectListDefinedNetworksReply {
    /// The names. At most 16,384, each of at most 4,194,304 bytes.
    pub names: Vec<Text>,
}

/// Lists the ids of the active domains.
///
/// Remote program, procedure 37, since libvirt 0.3.0; reply [`ConnectListDomainsReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectListDomains {
    /// How many there is room for. 0 is legal and gives an empty list.
    pub maxids: i32,
}

/// What [`ConnectListDomains`] returns (remote program, procedure 37).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectListDomainsReply {
    /// The ids, in no order that means anything. At most 16,384.
    pub ids: Vec<i32>,
}

/// Lists the names of the active networks.
///
/// Remote program, procedure 38, since libvirt 0.3.0; reply [`ConnectListNetworksReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectListNetworks {
    /// How many there is room for.
    pub maxnames: i32,
}

/// What [`ConnectListNetworks`] returns (remote program, procedure 38).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectListNetworksReply {
    /// The names. At most 16,384, each of at most 4,194,304 bytes.
    pub names: Vec<Text>,
}

/// Starts a defined, inactive network.
///
/// Remote program, procedure 39, since libvirt 0.3.0; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NetworkCreate {
    /// The network.
    pub net: Network,
}

/// Creates and starts a transient network from XML.
///
/// Remote program, procedure 40, since libvirt 0.3.0; reply [`NetworkCreateXmlReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NetworkCreateXml {
    /// A `<network>` document. At most 4,194,304 bytes.
    pub xml: Text,
}

/// What [`NetworkCreateXml`] returns (remote program, procedure 40).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NetworkCreateXmlReply {
    /// The network.
    pub net: Network,
}

/// Defines a persistent network, or changes the definition of one.
///
/// Remote program, procedure 41, since libvirt 0.3.0; reply [`NetworkDefineXmlReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NetworkDefineXml {
    /// A `<network>` document. At most 4,194,304 bytes.
    pub xml: Text,
}

/// What [`NetworkDefineXml`] returns (remote program, procedure 41).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NetworkDefineXmlReply {
    /// The network.
    pub net: Network,
}

/// Stops a network. A transient one is gone.
///
/// Remote program, procedure 42, since libvirt 0.3.0; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NetworkDestroy {
    /// The network.
    pub net: Network,
}

/// Describes a network, as XML.
///
/// Remote program, procedure 43, since libvirt 0.3.0; reply [`NetworkGetXmlDescReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NetworkGetXmlDesc {
    /// The network.
    pub net: Network,
    /// Bit 0 asks for the definition instead of the running configuration.
    pub flags: u32,
}

/// What [`NetworkGetXmlDesc`] returns (remote program, procedure 43).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NetworkGetXmlDescReply {
    /// A `<network>` document. At most 4,194,304 bytes.
    pub xml: Text,
}

/// Tells whether a network starts together with its host.
///
/// Remote program, procedure 44, since libvirt 0.3.0; reply [`NetworkGetAutostartReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NetworkGetAutostart {
    /// The network.
    pub net: Network,
}

/// What [`NetworkGetAutostart`] returns (remote program, procedure 44).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NetworkGetAutostartReply {
    /// 1 when it does.
    pub autostart: i32,
}

/// Tells the name of a network's bridge on the host.
///
/// Remote program, procedure 45, since libvirt 0.3.0; reply [`NetworkGetBridgeNameReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NetworkGetBridgeName {
    /// The network.
    pub net: Network,
}

/// What [`NetworkGetBridgeName`] returns (remote program, procedure 45).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NetworkGetBridgeNameReply {
    /// The bridge. At most 4,194,304 bytes.
    pub name: Text,
}

/// Finds a network by its name.
///
/// Remote program, procedure 46, since libvirt 0.3.0; reply [`NetworkLookupByNameReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NetworkLookupByName {
    /// The name. At most 4,194,304 bytes.
    pub name: Text,
}

/// What [`NetworkLookupByName`] returns (remote program, procedure 46).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NetworkLookupByNameReply {
    /// The network.
    pub net: Network,
}

/// Finds a network by its UUID.
///
/// Remote program, procedure 47, since libvirt 0.3.0; reply [`NetworkLookupByUuidReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NetworkLookupByUuid {
    /// The UUID.
    pub uuid: [u8; 16],
}

/// What [`NetworkLookupByUuid`] returns (remote program, procedure 47).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NetworkLookupByUuidReply {
    /// The network.
    pub net: Network,
}

/// Says whether a network starts together with its host.
///
/// Remote program, procedure 48, since libvirt 0.3.0; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NetworkSetAutostart {
    /// The network.
    pub net: Network,
    /// 1 when it shall.
    pub autostart: i32,
}

/// Forgets a persistent network.
///
/// Remote program, procedure 49, since libvirt 0.3.0; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NetworkUndefine {
    /// The network.
    pub net: Network,
}

/// Counts the networks that are defined and inactive.
///
/// Remote program, procedure 50, since libvirt 0.3.0; reply [`ConnectNumOfDefinedNetworksReply`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ConnectNumOfDefinedNetworks;

/// What [`ConnectNumOfDefinedNetworks`] returns (remote program, procedure 50).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectNumOfDefinedNetworksReply {
    /// How many.
    pub num: i32,
}

/// Counts the active domains.
///
/// Remote program, procedure 51, since libvirt 0.3.0; reply [`ConnectNumOfDomainsReply`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ConnectNumOfDomains;

/// What [`ConnectNumOfDomains`] returns (remote program, procedure 51).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectNumOfDomainsReply {
    /// How many.
    pub num: i32,
}

/// Counts the active networks.
///
/// Remote program, procedure 52, since libvirt 0.3.0; reply [`ConnectNumOfNetworksReply`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ConnectNumOfNetworks;

/// What [`ConnectNumOfNetworks`] returns (remote program, procedure 52).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectNumOfNetworksReply {
    /// How many.
    pub num: i32,
}

/// Writes a domain's memory to a file on its host.
///
/// Remote program, procedure 53, since libvirt 0.3.0; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainCoreDump {
    /// The domain.
    pub dom: Domain,
    /// Path on the host. At most 4,194,304 bytes.
    pub to: Text,
    /// 1 leave the domain crashed, 2 do not pause it meanwhile, 4 bypass the host's cache, 8 reset it
    /// afterwards, 16 memory only.
    pub flags: u32,
}

/// Starts a domain from a file that [`DomainSave`] has written.
///
/// Remote program, procedure 54, since libvirt 0.3.0; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainRestore {
    /// Path on the host. At most 4,194,304 bytes.
    pub from: Text,
}

/// Stops a domain and saves its memory and configuration to a file on its host.
///
/// Remote program, procedure 55, since libvirt 0.3.0; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainSave {
    /// The domain.
    pub dom: Domain,
    /// Path on the host. At most 4,194,304 bytes.
    pub to: Text,
}

/// Tells which CPU scheduler a domain is under.
///
/// Remote program, procedure 56, since libvirt 0.3.0; reply [`DomainGetSchedulerTypeReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainGetSchedulerType {
    /// The domain.
    pub dom: Domain,
}

/// What [`DomainGetSchedulerType`] returns (remote program, procedure 56).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainGetSchedulerTypeReply {
    /// Its name, such as `posix`. At most 4,194,304 bytes.
    pub r#type: Text,
    /// How many parameters it has.
    pub nparams: i32,
}

/// Reads a running domain's share of the CPUs.
///
/// Remote program, procedure 57, since libvirt 0.3.0; reply [`DomainGetSchedulerParametersReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainGetSchedulerParameters {
    /// The domain.
    pub dom: Domain,
    /// Parameters there is room for, from DOMAIN_GET_SCHEDULER_TYPE.
    pub nparams: i32,
}

/// What [`DomainGetSchedulerParameters`] returns (remote program, procedure 57).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DomainGetSchedulerParametersReply {
    /// The parameters. At most 16.
    pub params: Vec<TypedParam>,
}

/// Sets a running domain's share of the CPUs.
///
/// Remote program, procedure 58, since libvirt 0.3.0; empty reply.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DomainSetSchedulerParameters {
    /// The domain.
    pub dom: Domain,
    /// `cpu_shares`, `vcpu_period`, `vcpu_quota` and their like for emulator, I/O threads and the whole
    /// domain; periods and quotas in microseconds. At most 16.
    pub params: Vec<TypedParam>,
}

/// Tells the host's name, as others may reach it by.
///
/// Remote program, procedure 59, since libvirt 0.3.0; reply [`ConnectGetHostnameReply`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ConnectGetHostname;

/// What [`ConnectGetHostname`] returns (remote program, procedure 59).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectGetHostnameReply {
    /// The name. At most 4,194,304 bytes.
    pub hostname: Text,
}

/// Asks whether the peer has a feature, by number. How peers of different ages find common ground.
///
/// Remote program, procedure 60, since libvirt 0.3.0; reply [`ConnectSupportsFeatureReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectSupportsFeature {
    /// The feature's number. One that the server does not know is answered 0, not refused. Asking for 10
    /// (keepalive) works before CONNECT_OPEN and lets the server start to ping.
    pub feature: i32,
}

/// What [`ConnectSupportsFeature`] returns (remote program, procedure 60).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectSupportsFeatureReply {
    /// 1 when it has, 0 when not.
    pub supported: i32,
}

/// Version 1, destination: gets ready to receive a guest of which it is told nothing.
///
/// Remote program, procedure 61, since libvirt 0.3.2; reply [`DomainMigratePrepareReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainMigratePrepare {
    /// Where the guest is to be sent to; absent lets the destination choose. At most 4,194,304 bytes.
    pub uri_in: Option<Text>,
    /// Migration flags less 4096 and 8192, which concern the source alone.
    pub flags: u64,
    /// The guest's new name, if it shall have one. At most 4,194,304 bytes.
    pub dname: Option<Text>,
    /// Bandwidth in MiB/s; 0 takes the default. Only Perform makes use of it.
    pub resource: u64,
}

/// What [`DomainMigratePrepare`] returns (remote program, procedure 61).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainMigratePrepareReply {
    /// For Perform. At most 4,194,304 bytes.
    pub cookie: Vec<u8>,
    /// Where the source is to send the guest to; absent means `uri_in`. At most 4,194,304 bytes.
    pub uri_out: Option<Text>,
}

/// Versions 1 and 2, source: sends the guest. After success it runs there no longer. Also the one
/// call of a peer-to-peer migration by a peer without version 3.
///
/// Remote program, procedure 62, since libvirt 0.3.2; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainMigratePerform {
    /// The domain.
    pub dom: Domain,
    /// From the prepare step. At most 4,194,304 bytes.
    pub cookie: Vec<u8>,
    /// Where to send it to; or with flag 2 the destination's libvirt URI. At most 4,194,304 bytes.
    pub uri: Text,
    /// Migration flags.
    pub flags: u64,
    /// The guest's new name, if it shall have one. At most 4,194,304 bytes.
    pub dname: Option<Text>,
    /// Bandwidth in MiB/s; 0 leaves the domain's own limit.
    pub resource: u64,
}

/// Version 1, destination: takes the guest over. Called only when Perform has succeeded.
///
/// Remote program, procedure 63, since libvirt 0.3.2; reply [`DomainMigrateFinishReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainMigrateFinish {
    /// The name under which it arrives. At most 4,194,304 bytes.
    pub dname: Text,
    /// From the prepare step. At most 4,194,304 bytes.
    pub cookie: Vec<u8>,
    /// Where it was sent to. At most 4,194,304 bytes.
    pub uri: Text,
    /// Migration flags less 4096 and 8192, which concern the source alone.
    pub flags: u64,
}

/// What [`DomainMigrateFinish`] returns (remote program, procedure 63).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainMigrateFinishReply {
    /// The guest at its destination.
    pub ddom: Domain,
}

/// Counts a disk's requests and bytes. -1 means that the hypervisor does not count that.
///
/// Remote program, procedure 64, since libvirt 0.3.2; reply [`DomainBlockStatsReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainBlockStats {
    /// The domain.
    pub dom: Domain,
    /// The disk. At most 4,194,304 bytes.
    pub path: Text,
}

/// What [`DomainBlockStats`] returns (remote program, procedure 64).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainBlockStatsReply {
    /// Read requests.
    pub rd_req: i64,
    /// Bytes read.
    pub rd_bytes: i64,
    /// Write requests.
    pub wr_req: i64,
    /// Bytes written.
    pub wr_bytes: i64,
    /// Errors.
    pub errs: i64,
}

/// Counts what has passed through an interface. -1 means that the host does not count that.
///
/// Remote program, procedure 65, since libvirt 0.3.2; reply [`DomainInterfaceStatsReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainInterfaceStats {
    /// The domain.
    pub dom: Domain,
    /// The interface. At most 4,194,304 bytes.
    pub device: Text,
}

/// What [`DomainInterfaceStats`] returns (remote program, procedure 65).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainInterfaceStatsReply {
    /// Bytes that the guest has received.
    pub rx_bytes: i64,
    /// Packets received.
    pub rx_packets: i64,
    /// Errors of receiving.
    pub rx_errs: i64,
    /// Received packets dropped.
    pub rx_drop: i64,
    /// Bytes that the guest has sent.
    pub tx_bytes: i64,
    /// Packets sent.
    pub tx_packets: i64,
    /// Errors of sending.
    pub tx_errs: i64,
    /// Sent packets dropped.
    pub tx_drop: i64,
}

/// Lists the ways to authenticate that the server accepts from this client. A polkit socket answers
/// "none" to root, who is thereby authenticated.
///
/// Remote program, procedure 66, since libvirt 0.3.2 to 0.3.3; reply [`AuthListReply`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AuthList;

/// What [`AuthList`] returns (remote program, procedure 66).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuthListReply {
    /// In the order of the server's preference. Empty means none is needed. At most 20.
    pub types: Vec<AuthType>,
}

/// Starts a SASL negotiation and lists the server's mechanisms.
///
/// Remote program, procedure 67, since libvirt 0.3.2 to 0.3.3; reply [`AuthSaslInitReply`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AuthSaslInit;

/// What [`AuthSaslInit`] returns (remote program, procedure 67).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuthSaslInitReply {
    /// Mechanism names, separated by commas. At most 4,194,304 bytes.
    pub mechlist: Text,
}

/// Chooses a SASL mechanism and sends the client's first token.
///
/// Remote program, procedure 68, since libvirt 0.3.2 to 0.3.3; reply [`AuthSaslStartReply`].
#[derive(Clone, Default, PartialEq, Eq)]
pub struct AuthSaslStart {
    /// The mechanism. At most 4,194,304 bytes.
    pub mech: Text,
    /// 1 when there is no token at all, which is not the same as an empty one.
    pub nil: i32,
    /// The token. Its element type is `char`, so that each byte travels in a word of its own.
    /// At most 65,536 bytes.
    pub data: Vec<u8>,
}

impl std::fmt::Debug for AuthSaslStart {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AuthSaslStart")
            .field("mech", &self.mech)
            .field("nil", &self.nil)
            .field("data", &format_args!("(not shown)"))
            .finish()
    }
}

/// What [`AuthSaslStart`] returns (remote program, procedure 68).
#[derive(Clone, Default, PartialEq, Eq)]
pub struct AuthSaslStartReply {
    /// 1 when the server is satisfied. Everything after this reply passes through the security layer that
    /// was agreed on.
    pub complete: i32,
    /// 1 when there is no token at all.
    pub nil: i32,
    /// The server's token, a word for each byte. At most 65,536 bytes.
    pub data: Vec<u8>,
}

impl std::fmt::Debug for AuthSaslStartReply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AuthSaslStartReply")
            .field("complete", &self.complete)
            .field("nil", &self.nil)
            .field("data", &format_args!("(not shown)"))
            .finish()
    }
}

/// Sends the client's next SASL token.
///
/// Remote program, procedure 69, since libvirt 0.3.2 to 0.3.3; reply [`AuthSaslStepReply`].
#[derive(Clone, Default, PartialEq, Eq)]
pub struct AuthSaslStep {
    /// 1 when there is no token at all.
    pub nil: i32,
    /// The token, a word for each byte. At most 65,536 bytes.
    pub data: Vec<u8>,
}

impl std::fmt::Debug for AuthSaslStep {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AuthSaslStep")
            .field("nil", &self.nil)
            .field("data", &format_args!("(not shown)"))
            .finish()
    }
}

/// What [`AuthSaslStep`] returns (remote program, procedure 69).
#[derive(Clone, Default, PartialEq, Eq)]
pub struct AuthSaslStepReply {
    /// 1 when the server is satisfied. Everything after this reply passes through the security layer that
    /// was agreed on.
    pub complete: i32,
    /// 1 when there is no token at all.
    pub nil: i32,
    /// The server's token, a word for each byte. At most 65,536 bytes.
    pub data: Vec<u8>,
}

impl std::fmt::Debug for AuthSaslStepReply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AuthSaslStepReply")
            .field("complete", &self.complete)
            .field("nil", &self.nil)
            .field("data", &format_args!("(not shown)"))
            .finish()
    }
}

/// Asks the server to authenticate the client by polkit, from what the unix socket tells of its
/// process.
///
/// Remote program, procedure 70, since libvirt 0.3.2 to 0.3.3; reply [`AuthPolkitReply`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AuthPolkit;

/// What [`AuthPolkit`] returns (remote program, procedure 70).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuthPolkitReply {
    /// 1 when it has.
    pub complete: i32,
}

/// Counts the active pools.
///
/// Remote program, procedure 71, since libvirt 0.4.1; reply [`ConnectNumOfStoragePoolsReply`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ConnectNumOfStoragePools;

/// What [`ConnectNumOfStoragePools`] returns (remote program, procedure 71).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectNumOfStoragePoolsReply {
    /// How many.
    pub num: i32,
}

/// Lists the names of the active pools.
///
/// Remote program, procedure 72, since libvirt 0.4.1; reply [`ConnectListStoragePoolsReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectListStoragePools {
    /// How many there is room for.
    pub maxnames: i32,
}

/// What [`ConnectListStoragePools`] returns (remote program, procedure 72).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectListStoragePoolsReply {
    /// The names. At most 16,384, each of at most 4,194,304 bytes.
    pub names: Vec<Text>,
}

/// Counts the pools that are defined and inactive.
///
/// Remote program, procedure 73, since libvirt 0.4.1; reply [`ConnectNumOfDefinedStoragePoolsReply`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ConnectNumOfDefinedStoragePools;

/// What [`ConnectNumOfDefinedStoragePools`] returns (remote program, procedure 73).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectNumOfDefinedStoragePoolsReply {
    /// How many.
    pub num: i32,
}

/// Lists the names of the pools that are defined and inactive.
///
/// Remote program, procedure 74, since libvirt 0.4.1; reply [`ConnectListDefinedStoragePoolsReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectListDefinedStoragePools {
    /// How many there is room for.
    pub maxnames: i32,
}

/// What [`ConnectListDefinedStoragePools`] returns (remote program, procedure 74).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectListDefinedStoragePoolsReply {
    /// The names. At most 16,384, each of at most 4,194,304 bytes.
    pub names: Vec<Text>,
}

/// Looks for what pools of a type could be made from.
///
/// Remote program, procedure 75, since libvirt 0.4.5; reply [`ConnectFindStoragePoolSourcesReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectFindStoragePoolSources {
    /// The type, such as `netfs` or `logical`. At most 4,194,304 bytes.
    pub r#type: Text,
    /// A `<source>` document that says where to look. At most 4,194,304 bytes.
    pub src_spec: Option<Text>,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// What [`ConnectFindStoragePoolSources`] returns (remote program, procedure 75).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectFindStoragePoolSourcesReply {
    /// A `<sources>` document. At most 4,194,304 bytes.
    pub xml: Text,
}

/// Creates and starts a transient pool from XML.
///
/// Remote program, procedure 76, since libvirt 0.4.1; reply [`StoragePoolCreateXmlReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoragePoolCreateXml {
    /// A `<pool>` document. At most 4,194,304 bytes.
    pub xml: Text,
    /// 1 build it too, 2 overwrite what is there, 4 do not overwrite; 8 validate the XML.
    pub flags: u32,
}

/// What [`StoragePoolCreateXml`] returns (remote program, procedure 76).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoragePoolCreateXmlReply {
    /// The pool.
    pub pool: StoragePool,
}

/// Defines a persistent pool, or changes the definition of one.
///
/// Remote program, procedure 77, since libvirt 0.4.1; reply [`StoragePoolDefineXmlReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoragePoolDefineXml {
    /// A `<pool>` document. At most 4,194,304 bytes.
    pub xml: Text,
    /// Bit 0 validates the XML.
    pub flags: u32,
}

/// What [`StoragePoolDefineXml`] returns (remote program, procedure 77).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoragePoolDefineXmlReply {
    /// The pool.
    pub pool: StoragePool,
}

/// Starts a defined, inactive pool.
///
/// Remote program, procedure 78, since libvirt 0.4.1; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoragePoolCreate {
    /// The pool.
    pub pool: StoragePool,
    /// 1 build it too, 2 overwrite what is there, 4 do not overwrite.
    pub flags: u32,
}

/// Makes what a pool needs: a directory, a file system, a volume group.
///
/// Remote program, procedure 79, since libvirt 0.4.1; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoragePoolBuild {
    /// The pool.
    pub pool: StoragePool,
    /// 1 repair, 2 resize, 4 do not overwrite what is there, 8 overwrite it.
    pub flags: u32,
}

/// Stops a pool. Its volumes stay.
///
/// Remote program, procedure 80, since libvirt 0.4.1; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoragePoolDestroy {
    /// The pool.
    pub pool: StoragePool,
}

/// Deletes what [`StoragePoolBuild`] has made. Its volumes are lost.
///
/// Remote program, procedure 81, since libvirt 0.4.1; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoragePoolDelete {
    /// The pool.
    pub pool: StoragePool,
    /// Bit 0 clears the storage.
    pub flags: u32,
}

/// Forgets an inactive pool. Its volumes stay.
///
/// Remote program, procedure 82, since libvirt 0.4.1; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoragePoolUndefine {
    /// The pool.
    pub pool: StoragePool,
}

/// Has a pool look at its storage again.
///
/// Remote program, procedure 83, since libvirt 0.4.1; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoragePoolRefresh {
    /// The pool.
    pub pool: StoragePool,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// Finds a pool by its name.
///
/// Remote program, procedure 84, since libvirt 0.4.1; reply [`StoragePoolLookupByNameReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoragePoolLookupByName {
    /// The name. At most 4,194,304 bytes.
    pub name: Text,
}

/// What [`StoragePoolLookupByName`] returns (remote program, procedure 84).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoragePoolLookupByNameReply {
    /// The pool.
    pub pool: StoragePool,
}

/// Finds a pool by its UUID.
///
/// Remote program, procedure 85, since libvirt 0.4.1; reply [`StoragePoolLookupByUuidReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoragePoolLookupByUuid {
    /// The UUID.
    pub uuid: [u8; 16],
}

/// What [`StoragePoolLookupByUuid`] returns (remote program, procedure 85).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoragePoolLookupByUuidReply {
    /// The pool.
    pub pool: StoragePool,
}

/// Finds the pool that a volume lies in.
///
/// Remote program, procedure 86, since libvirt 0.4.1; reply [`StoragePoolLookupByVolumeReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoragePoolLookupByVolume {
    /// The volume.
    pub vol: StorageVol,
}

/// What [`StoragePoolLookupByVolume`] returns (remote program, procedure 86).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoragePoolLookupByVolumeReply {
    /// The pool.
    pub pool: StoragePool,
}

/// Tells a pool's state and size.
///
/// Remote program, procedure 87, since libvirt 0.4.1; reply [`StoragePoolGetInfoReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoragePoolGetInfo {
    /// The pool.
    pub pool: StoragePool,
}

/// What [`StoragePoolGetInfo`] returns (remote program, procedure 87).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoragePoolGetInfoReply {
    /// 0 inactive, 1 being built, 2 running, 3 degraded, 4 inaccessible.
    pub state: u8,
    /// Bytes in all.
    pub capacity: u64,
    /// Bytes taken.
    pub allocation: u64,
    /// Bytes free.
    pub available: u64,
}

/// Describes a pool, as XML.
///
/// Remote program, procedure 88, since libvirt 0.4.1; reply [`StoragePoolGetXmlDescReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoragePoolGetXmlDesc {
    /// The pool.
    pub pool: StoragePool,
    /// Bit 0 asks for the definition instead of the running configuration.
    pub flags: u32,
}

/// What [`StoragePoolGetXmlDesc`] returns (remote program, procedure 88).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoragePoolGetXmlDescReply {
    /// A `<pool>` document. At most 4,194,304 bytes.
    pub xml: Text,
}

/// Tells whether a pool starts together with its host.
///
/// Remote program, procedure 89, since libvirt 0.4.1; reply [`StoragePoolGetAutostartReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoragePoolGetAutostart {
    /// The pool.
    pub pool: StoragePool,
}

/// What [`StoragePoolGetAutostart`] returns (remote program, procedure 89).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoragePoolGetAutostartReply {
    /// 1 when it does.
    pub autostart: i32,
}

/// Says whether a pool starts together with its host.
///
/// Remote program, procedure 90, since libvirt 0.4.1; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoragePoolSetAutostart {
    /// The pool.
    pub pool: StoragePool,
    /// 1 when it shall.
    pub autostart: i32,
}

/// Counts the volumes of a pool.
///
/// Remote program, procedure 91, since libvirt 0.4.1; reply [`StoragePoolNumOfVolumesReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoragePoolNumOfVolumes {
    /// The pool.
    pub pool: StoragePool,
}

/// What [`StoragePoolNumOfVolumes`] returns (remote program, procedure 91).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoragePoolNumOfVolumesReply {
    /// How many.
    pub num: i32,
}

/// Lists the names of the volumes of a pool.
///
/// Remote program, procedure 92, since libvirt 0.4.1; reply [`StoragePoolListVolumesReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoragePoolListVolumes {
    /// The pool.
    pub pool: StoragePool,
    /// How many there is room for.
    pub maxnames: i32,
}

/// What [`StoragePoolListVolumes`] returns (remote program, procedure 92).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoragePoolListVolumesReply {
    /// The names. At most 16,384, each of at most 4,194,304 bytes.
    pub names: Vec<Text>,
}

/// Makes a volume in a pool as XML describes.
///
/// Remote program, procedure 93, since libvirt 0.4.1; reply [`StorageVolCreateXmlReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StorageVolCreateXml {
    /// The pool.
    pub pool: StoragePool,
    /// A `<volume>` document. At most 4,194,304 bytes.
    pub xml: Text,
    /// 1 preallocate metadata, 2 by reflink, 4 validate the XML.
    pub flags: u32,
}

/// What [`StorageVolCreateXml`] returns (remote program, procedure 93).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StorageVolCreateXmlReply {
    /// The volume.
    pub vol: StorageVol,
}

/// Deletes a volume.
///
/// Remote program, procedure 94, since libvirt 0.4.1; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StorageVolDelete {
    /// The volume.
    pub vol: StorageVol,
    /// 1 clear the storage, 2 with its snapshots.
    pub flags: u32,
}

/// Finds a volume by its name in a pool.
///
/// Remote program, procedure 95, since libvirt 0.4.1; reply [`StorageVolLookupByNameReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StorageVolLookupByName {
    /// The pool.
    pub pool: StoragePool,
    /// The name. At most 4,194,304 bytes.
    pub name: Text,
}

/// What [`StorageVolLookupByName`] returns (remote program, procedure 95).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StorageVolLookupByNameReply {
    /// The volume.
    pub vol: StorageVol,
}

/// Finds a volume by its key, whatever pool it lies in.
///
/// Remote program, procedure 96, since libvirt 0.4.1; reply [`StorageVolLookupByKeyReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StorageVolLookupByKey {
    /// The key. At most 4,194,304 bytes.
    pub key: Text,
}

/// What [`StorageVolLookupByKey`] returns (remote program, procedure 96).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StorageVolLookupByKeyReply {
    /// The volume.
    pub vol: StorageVol,
}

/// Finds a volume by its path on the host.
///
/// Remote program, procedure 97, since libvirt 0.4.1; reply [`StorageVolLookupByPathReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StorageVolLookupByPath {
    /// The path. At most 4,194,304 bytes.
    pub path: Text,
}

/// What [`StorageVolLookupByPath`] returns (remote program, procedure 97).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StorageVolLookupByPathReply {
    /// The volume.
    pub vol: StorageVol,
}

/// Tells a volume's type and size.
///
/// Remote program, procedure 98, since libvirt 0.4.1; reply [`StorageVolGetInfoReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StorageVolGetInfo {
    /// The volume.
    pub vol: StorageVol,
}

/// What [`StorageVolGetInfo`] returns (remote program, procedure 98).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StorageVolGetInfoReply {
    /// 0 file, 1 block device, 2 directory, 3 network, 4 network directory, 5 ploop.
    pub r#type: i8,
    /// Bytes that its user sees.
    pub capacity: u64,
    /// Bytes taken of the host's storage.
    pub allocation: u64,
}

/// Describes a volume, as XML.
///
/// Remote program, procedure 99, since libvirt 0.4.1; reply [`StorageVolGetXmlDescReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StorageVolGetXmlDesc {
    /// The volume.
    pub vol: StorageVol,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// What [`StorageVolGetXmlDesc`] returns (remote program, procedure 99).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StorageVolGetXmlDescReply {
    /// A `<volume>` document. At most 4,194,304 bytes.
    pub xml: Text,
}

/// Tells a volume's path on the host.
///
/// Remote program, procedure 100, since libvirt 0.4.1; reply [`StorageVolGetPathReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StorageVolGetPath {
    /// The volume.
    pub vol: StorageVol,
}

/// What [`StorageVolGetPath`] returns (remote program, procedure 100).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StorageVolGetPathReply {
    /// The path. At most 4,194,304 bytes.
    pub name: Text,
}

/// Tells how much memory is free in each of a range of NUMA cells.
///
/// Remote program, procedure 101, since libvirt 0.3.3; reply [`NodeGetCellsFreeMemoryReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeGetCellsFreeMemory {
    /// The first cell.
    pub start_cell: i32,
    /// How many cells to tell of.
    pub maxcells: i32,
}

/// What [`NodeGetCellsFreeMemory`] returns (remote program, procedure 101).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeGetCellsFreeMemoryReply {
    /// Free bytes in each cell. At most 1,024.
    pub cells: Vec<u64>,
}

/// Tells how much memory of the host is free.
///
/// Remote program, procedure 102, since libvirt 0.3.3; reply [`NodeGetFreeMemoryReply`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NodeGetFreeMemory;

/// What [`NodeGetFreeMemory`] returns (remote program, procedure 102).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeGetFreeMemoryReply {
    /// Bytes, unlike nearly everything else here, which counts KiB.
    pub free_mem: u64,
}

/// Reads a piece of a disk.
///
/// Remote program, procedure 103, since libvirt 0.4.2; reply [`DomainBlockPeekReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainBlockPeek {
    /// The domain.
    pub dom: Domain,
    /// The disk. At most 4,194,304 bytes.
    pub path: Text,
    /// First byte.
    pub offset: u64,
    /// Bytes to read.
    pub size: u32,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// What [`DomainBlockPeek`] returns (remote program, procedure 103).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainBlockPeekReply {
    /// The bytes. At most 4,194,304 bytes.
    pub buffer: Vec<u8>,
}

/// Reads a piece of a running domain's memory.
///
/// Remote program, procedure 104, since libvirt 0.4.2; reply [`DomainMemoryPeekReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainMemoryPeek {
    /// The domain.
    pub dom: Domain,
    /// Address of the first byte.
    pub offset: u64,
    /// Bytes to read.
    pub size: u32,
    /// 1 the address is virtual, 2 physical.
    pub flags: u32,
}

/// What [`DomainMemoryPeek`] returns (remote program, procedure 104).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainMemoryPeekReply {
    /// The bytes. At most 4,194,304 bytes.
    pub buffer: Vec<u8>,
}

/// First generation: asks for lifecycle events of all domains.
///
/// Remote program, procedure 105, since libvirt 0.5.0; reply [`ConnectDomainEventRegisterReply`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ConnectDomainEventRegister;

/// What [`ConnectDomainEventRegister`] returns (remote program, procedure 105).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectDomainEventRegisterReply {
    /// Nothing: servers leave it 0, clients ignore it.
    pub cb_registered: i32,
}

/// Takes back [`ConnectDomainEventRegister`].
///
/// Remote program, procedure 106, since libvirt 0.5.0; reply [`ConnectDomainEventDeregisterReply`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ConnectDomainEventDeregister;

/// What [`ConnectDomainEventDeregister`] returns (remote program, procedure 106).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectDomainEventDeregisterReply {
    /// Nothing: servers leave it 0, clients ignore it.
    pub cb_registered: i32,
}

/// A domain was defined, started, paused, stopped and the like.
///
/// Remote program, event 107, since libvirt 0.5.0.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainEventLifecycle {
    /// The domain.
    pub dom: Domain,
    /// 0 defined, 1 undefined, 2 started, 3 suspended, 4 resumed, 5 stopped, 6 shut down, 7 suspended by its
    /// own power management, 8 crashed.
    pub event: i32,
    /// How or why; a numbering for each event, such as 5/3: stopped because it has migrated.
    pub detail: i32,
}

/// Version 2, destination: gets ready to receive the guest that dom_xml describes.
/// [`DomainMigratePrepare`] is what older peers have.
///
/// Remote program, procedure 108, since libvirt 0.5.0; reply [`DomainMigratePrepare2Reply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainMigratePrepare2 {
    /// Where the guest is to be sent to; absent lets the destination choose. At most 4,194,304 bytes.
    pub uri_in: Option<Text>,
    /// Migration flags less 4096 and 8192, which concern the source alone.
    pub flags: u64,
    /// The guest's new name, if it shall have one. At most 4,194,304 bytes.
    pub dname: Option<Text>,
    /// Bandwidth in MiB/s; 0 takes the default. Only Perform makes use of it.
    pub resource: u64,
    /// The source's configuration of the guest, in a form fit for migration. At most 4,194,304 bytes.
    pub dom_xml: Text,
}

/// What [`DomainMigratePrepare2`] returns (remote program, procedure 108).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainMigratePrepare2Reply {
    /// For Perform. At most 4,194,304 bytes.
    pub cookie: Vec<u8>,
    /// Where the source is to send the guest to; absent means `uri_in`. At most 4,194,304 bytes.
    pub uri_out: Option<Text>,
}

/// Version 2, destination: takes the guest over, or after a failed Perform gives it up. Giving up is
/// answered with an error, usually code 93, which then means that all is cleaned up.
///
/// Remote program, procedure 109, since libvirt 0.5.0; reply [`DomainMigrateFinish2Reply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainMigrateFinish2 {
    /// The name under which it arrives. At most 4,194,304 bytes.
    pub dname: Text,
    /// From the prepare step. At most 4,194,304 bytes.
    pub cookie: Vec<u8>,
    /// Where it was sent to; empty if that was never known. At most 4,194,304 bytes.
    pub uri: Text,
    /// Migration flags less 4096 and 8192, which concern the source alone.
    pub flags: u64,
    /// 0 when Perform succeeded, 1 when not.
    pub retcode: i32,
}

/// What [`DomainMigrateFinish2`] returns (remote program, procedure 109).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainMigrateFinish2Reply {
    /// The guest at its destination.
    pub ddom: Domain,
}

/// Tells the canonical URI of the connection that the server has open.
///
/// Remote program, procedure 110, since libvirt 0.5.0; reply [`ConnectGetUriReply`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ConnectGetUri;

/// What [`ConnectGetUri`] returns (remote program, procedure 110).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectGetUriReply {
    /// The URI, as seen from the server: without transport and host. At most 4,194,304 bytes.
    pub uri: Text,
}

/// Counts the host's devices.
///
/// Remote program, procedure 111, since libvirt 0.5.0; reply [`NodeNumOfDevicesReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeNumOfDevices {
    /// With this capability only; absent means all. At most 4,194,304 bytes.
    pub cap: Option<Text>,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// What [`NodeNumOfDevices`] returns (remote program, procedure 111).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeNumOfDevicesReply {
    /// How many.
    pub num: i32,
}

/// Lists the names of the host's devices.
///
/// Remote program, procedure 112, since libvirt 0.5.0; reply [`NodeListDevicesReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeListDevices {
    /// With this capability only; absent means all. At most 4,194,304 bytes.
    pub cap: Option<Text>,
    /// How many there is room for.
    pub maxnames: i32,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// What [`NodeListDevices`] returns (remote program, procedure 112).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeListDevicesReply {
    /// The names. At most 65,536, each of at most 4,194,304 bytes.
    pub names: Vec<Text>,
}

/// Finds a device by its name.
///
/// Remote program, procedure 113, since libvirt 0.5.0; reply [`NodeDeviceLookupByNameReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeDeviceLookupByName {
    /// The name. At most 4,194,304 bytes.
    pub name: Text,
}

/// What [`NodeDeviceLookupByName`] returns (remote program, procedure 113).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeDeviceLookupByNameReply {
    /// The device.
    pub dev: NodeDevice,
}

/// Describes a device, as XML.
///
/// Remote program, procedure 114, since libvirt 0.5.0; reply [`NodeDeviceGetXmlDescReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeDeviceGetXmlDesc {
    /// The name. At most 4,194,304 bytes.
    pub name: Text,
    /// Bit 0 asks for the definition instead of the active configuration.
    pub flags: u32,
}

/// What [`NodeDeviceGetXmlDesc`] returns (remote program, procedure 114).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeDeviceGetXmlDescReply {
    /// A `<device>` document. At most 4,194,304 bytes.
    pub xml: Text,
}

/// Tells the name of a device's parent.
///
/// Remote program, procedure 115, since libvirt 0.5.0; reply [`NodeDeviceGetParentReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeDeviceGetParent {
    /// The name. At most 4,194,304 bytes.
    pub name: Text,
}

/// What [`NodeDeviceGetParent`] returns (remote program, procedure 115).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeDeviceGetParentReply {
    /// Absent for the root. At most 4,194,304 bytes.
    pub parent_name: Option<Text>,
}

/// Counts a device's capabilities.
///
/// Remote program, procedure 116, since libvirt 0.5.0; reply [`NodeDeviceNumOfCapsReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeDeviceNumOfCaps {
    /// The name. At most 4,194,304 bytes.
    pub name: Text,
}

/// What [`NodeDeviceNumOfCaps`] returns (remote program, procedure 116).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeDeviceNumOfCapsReply {
    /// How many.
    pub num: i32,
}

/// Lists a device's capabilities.
///
/// Remote program, procedure 117, since libvirt 0.5.0; reply [`NodeDeviceListCapsReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeDeviceListCaps {
    /// The name. At most 4,194,304 bytes.
    pub name: Text,
    /// How many there is room for.
    pub maxnames: i32,
}

/// What [`NodeDeviceListCaps`] returns (remote program, procedure 117).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeDeviceListCapsReply {
    /// The names. At most 65,536, each of at most 4,194,304 bytes.
    pub names: Vec<Text>,
}

/// Takes a device away from the host, so that a domain can have it.
///
/// Remote program, procedure 118, since libvirt 0.6.1; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeDeviceDettach {
    /// The name. At most 4,194,304 bytes.
    pub name: Text,
}

/// Gives a device back to the host.
///
/// Remote program, procedure 119, since libvirt 0.6.1; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeDeviceReAttach {
    /// The name. At most 4,194,304 bytes.
    pub name: Text,
}

/// Resets a device that no domain uses.
///
/// Remote program, procedure 120, since libvirt 0.6.1; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeDeviceReset {
    /// The name. At most 4,194,304 bytes.
    pub name: Text,
}

/// Tells which security label a running domain has.
///
/// Remote program, procedure 121, since libvirt 0.6.1; reply [`DomainGetSecurityLabelReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainGetSecurityLabel {
    /// The domain.
    pub dom: Domain,
}

/// What [`DomainGetSecurityLabel`] returns (remote program, procedure 121).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainGetSecurityLabelReply {
    /// The label, a word for each byte. At most 4,097 bytes.
    pub label: Vec<u8>,
    /// 1 when the host enforces its policy.
    pub enforcing: i32,
}

/// Tells which security model confines the domains of this host.
///
/// Remote program, procedure 122, since libvirt 0.6.1; reply [`NodeGetSecurityModelReply`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NodeGetSecurityModel;

/// What [`NodeGetSecurityModel`] returns (remote program, procedure 122).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeGetSecurityModelReply {
    /// Its name, such as `selinux`; a word for each byte. Empty when there is none. At most 257 bytes.
    pub model: Vec<u8>,
    /// The domain of interpretation of its labels, a word for each byte. At most 257 bytes.
    pub doi: Vec<u8>,
}

/// Makes a virtual device on the host, such as a mediated device or a virtual HBA.
///
/// Remote program, procedure 123, since libvirt 0.6.3; reply [`NodeDeviceCreateXmlReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeDeviceCreateXml {
    /// A `<device>` document. At most 4,194,304 bytes.
    pub xml_desc: Text,
    /// Bit 0 validates the XML.
    pub flags: u32,
}

/// What [`NodeDeviceCreateXml`] returns (remote program, procedure 123).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeDeviceCreateXmlReply {
    /// The device.
    pub dev: NodeDevice,
}

/// Removes a virtual device from the host.
///
/// Remote program, procedure 124, since libvirt 0.6.3; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeDeviceDestroy {
    /// The name. At most 4,194,304 bytes.
    pub name: Text,
}

/// Makes a volume as XML describes, with the contents of another.
///
/// Remote program, procedure 125, since libvirt 0.6.4; reply [`StorageVolCreateXmlFromReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StorageVolCreateXmlFrom {
    /// The pool for the new volume.
    pub pool: StoragePool,
    /// A `<volume>` document. At most 4,194,304 bytes.
    pub xml: Text,
    /// The volume to copy.
    pub clonevol: StorageVol,
    /// 1 preallocate metadata, 2 by reflink, 4 validate the XML.
    pub flags: u32,
}

/// What [`StorageVolCreateXmlFrom`] returns (remote program, procedure 125).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StorageVolCreateXmlFromReply {
    /// The volume.
    pub vol: StorageVol,
}

/// Counts the active interfaces.
///
/// Remote program, procedure 126, since libvirt 0.7.2; reply [`ConnectNumOfInterfacesReply`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ConnectNumOfInterfaces;

/// What [`ConnectNumOfInterfaces`] returns (remote program, procedure 126).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectNumOfInterfacesReply {
    /// How many.
    pub num: i32,
}

/// Lists the names of the active interfaces.
///
/// Remote program, procedure 127, since libvirt 0.7.2; reply [`ConnectListInterfacesReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectListInterfaces {
    /// How many there is room for.
    pub maxnames: i32,
}

/// What [`ConnectListInterfaces`] returns (remote program, procedure 127).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectListInterfacesReply {
    /// The names. At most 16,384, each of at most 4,194,304 bytes.
    pub names: Vec<Text>,
}

/// Finds an interface by its name.
///
/// Remote program, procedure 128, since libvirt 0.7.2; reply [`InterfaceLookupByNameReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InterfaceLookupByName {
    /// The name. At most 4,194,304 bytes.
    pub name: Text,
}

/// What [`InterfaceLookupByName`] returns (remote program, procedure 128).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InterfaceLookupByNameReply {
    /// The interface.
    pub iface: Interface,
}

/// Finds an interface by its MAC address.
///
/// Remote program, procedure 129, since libvirt 0.7.2; reply [`InterfaceLookupByMacStringReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InterfaceLookupByMacString {
    /// The address, as text. At most 4,194,304 bytes.
    pub mac: Text,
}

/// What [`InterfaceLookupByMacString`] returns (remote program, procedure 129).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InterfaceLookupByMacStringReply {
    /// The interface.
    pub iface: Interface,
}

/// Describes an interface, as XML.
///
/// Remote program, procedure 130, since libvirt 0.7.2; reply [`InterfaceGetXmlDescReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InterfaceGetXmlDesc {
    /// The interface.
    pub iface: Interface,
    /// Bit 0 asks for the definition instead of the running configuration.
    pub flags: u32,
}

/// What [`InterfaceGetXmlDesc`] returns (remote program, procedure 130).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InterfaceGetXmlDescReply {
    /// An `<interface>` document. At most 4,194,304 bytes.
    pub xml: Text,
}

/// Defines an interface, or changes the definition of one.
///
/// Remote program, procedure 131, since libvirt 0.7.2; reply [`InterfaceDefineXmlReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InterfaceDefineXml {
    /// An `<interface>` document. At most 4,194,304 bytes.
    pub xml: Text,
    /// Bit 0 validates the XML.
    pub flags: u32,
}

/// What [`InterfaceDefineXml`] returns (remote program, procedure 131).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InterfaceDefineXmlReply {
    /// The interface.
    pub iface: Interface,
}

/// Forgets an interface.
///
/// Remote program, procedure 132, since libvirt 0.7.2; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InterfaceUndefine {
    /// The interface.
    pub iface: Interface,
}

/// Takes an interface up.
///
/// Remote program, procedure 133, since libvirt 0.7.2; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InterfaceCreate {
    /// The interface.
    pub iface: Interface,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// Takes an interface down.
///
/// Remote program, procedure 134, since libvirt 0.7.2; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InterfaceDestroy {
    /// The interface.
    pub iface: Interface,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// Translates a hypervisor's own configuration into domain XML.
///
/// Remote program, procedure 135, since libvirt 0.6.4; reply [`ConnectDomainXmlFromNativeReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectDomainXmlFromNative {
    /// Which it is, such as `qemu-argv`. At most 4,194,304 bytes.
    pub native_format: Text,
    /// The configuration. At most 4,194,304 bytes.
    pub native_config: Text,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// What [`ConnectDomainXmlFromNative`] returns (remote program, procedure 135).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectDomainXmlFromNativeReply {
    /// A `<domain>` document. At most 4,194,304 bytes.
    pub domain_xml: Text,
}

/// Translates domain XML into a hypervisor's own configuration.
///
/// Remote program, procedure 136, since libvirt 0.6.4; reply [`ConnectDomainXmlToNativeReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectDomainXmlToNative {
    /// Which is wanted, such as `qemu-argv`. At most 4,194,304 bytes.
    pub native_format: Text,
    /// A `<domain>` document. At most 4,194,304 bytes.
    pub domain_xml: Text,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// What [`ConnectDomainXmlToNative`] returns (remote program, procedure 136).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectDomainXmlToNativeReply {
    /// The configuration. At most 4,194,304 bytes.
    pub native_config: Text,
}

/// Counts the interfaces that are defined and inactive.
///
/// Remote program, procedure 137, since libvirt 0.7.2; reply [`ConnectNumOfDefinedInterfacesReply`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ConnectNumOfDefinedInterfaces;

/// What [`ConnectNumOfDefinedInterfaces`] returns (remote program, procedure 137).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectNumOfDefinedInterfacesReply {
    /// How many.
    pub num: i32,
}

/// Lists the names of the interfaces that are defined and inactive.
///
/// Remote program, procedure 138, since libvirt 0.7.2; reply [`ConnectListDefinedInterfacesReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectListDefinedInterfaces {
    /// How many there is room for.
    pub maxnames: i32,
}

/// What [`ConnectListDefinedInterfaces`] returns (remote program, procedure 138).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectListDefinedInterfacesReply {
    /// The names. At most 16,384, each of at most 4,194,304 bytes.
    pub names: Vec<Text>,
}

/// Counts the secrets.
///
/// Remote program, procedure 139, since libvirt 0.7.1; reply [`ConnectNumOfSecretsReply`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ConnectNumOfSecrets;

/// What [`ConnectNumOfSecrets`] returns (remote program, procedure 139).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectNumOfSecretsReply {
    /// How many.
    pub num: i32,
}

/// Lists the UUIDs of the secrets.
///
/// Remote program, procedure 140, since libvirt 0.7.1; reply [`ConnectListSecretsReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectListSecrets {
    /// How many there is room for.
    pub maxuuids: i32,
}

/// What [`ConnectListSecrets`] returns (remote program, procedure 140).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectListSecretsReply {
    /// As text, unlike every other UUID here. At most 16,384, each of at most 4,194,304 bytes.
    pub uuids: Vec<Text>,
}

/// Finds a secret by its UUID.
///
/// Remote program, procedure 141, since libvirt 0.7.1; reply [`SecretLookupByUuidReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SecretLookupByUuid {
    /// The UUID.
    pub uuid: [u8; 16],
}

/// What [`SecretLookupByUuid`] returns (remote program, procedure 141).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SecretLookupByUuidReply {
    /// The secret.
    pub secret: Secret,
}

/// Defines a secret, or changes the definition of one. Its value is set apart.
///
/// Remote program, procedure 142, since libvirt 0.7.1; reply [`SecretDefineXmlReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SecretDefineXml {
    /// A `<secret>` document. At most 4,194,304 bytes.
    pub xml: Text,
    /// Bit 0 validates the XML.
    pub flags: u32,
}

/// What [`SecretDefineXml`] returns (remote program, procedure 142).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SecretDefineXmlReply {
    /// The secret.
    pub secret: Secret,
}

/// Describes a secret, as XML. Its value is not in it.
///
/// Remote program, procedure 143, since libvirt 0.7.1; reply [`SecretGetXmlDescReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SecretGetXmlDesc {
    /// The secret.
    pub secret: Secret,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// What [`SecretGetXmlDesc`] returns (remote program, procedure 143).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SecretGetXmlDescReply {
    /// A `<secret>` document. At most 4,194,304 bytes.
    pub xml: Text,
}

/// Sets a secret's value.
///
/// Remote program, procedure 144, since libvirt 0.7.1; empty reply.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct SecretSetValue {
    /// The secret.
    pub secret: Secret,
    /// The value. At most 65,536 bytes.
    pub value: Vec<u8>,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

impl std::fmt::Debug for SecretSetValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SecretSetValue")
            .field("secret", &self.secret)
            .field("value", &format_args!("(not shown)"))
            .field("flags", &self.flags)
            .finish()
    }
}

/// Reads a secret's value, unless it is private.
///
/// Remote program, procedure 145, since libvirt 0.7.1; reply [`SecretGetValueReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SecretGetValue {
    /// The secret.
    pub secret: Secret,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// What [`SecretGetValue`] returns (remote program, procedure 145).
#[derive(Clone, Default, PartialEq, Eq)]
pub struct SecretGetValueReply {
    /// The value. At most 65,536 bytes.
    pub value: Vec<u8>,
}

impl std::fmt::Debug for SecretGetValueReply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SecretGetValueReply").field("value", &format_args!("(not shown)")).finish()
    }
}

/// Forgets a secret and its value.
///
/// Remote program, procedure 146, since libvirt 0.7.1; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SecretUndefine {
    /// The secret.
    pub secret: Secret,
}

/// Finds a secret by what it is for.
///
/// Remote program, procedure 147, since libvirt 0.7.1; reply [`SecretLookupByUsageReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SecretLookupByUsage {
    /// 1 volume, 2 Ceph, 3 iSCSI, 4 TLS, 5 vTPM.
    pub usage_type: i32,
    /// Which of those. At most 4,194,304 bytes.
    pub usage_id: Text,
}

/// What [`SecretLookupByUsage`] returns (remote program, procedure 147).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SecretLookupByUsageReply {
    /// The secret.
    pub secret: Secret,
}

/// Version 2, destination: as [`DomainMigratePrepare2`], for a guest whose data comes as a stream on
/// this call. The source's daemon makes this call.
///
/// Remote program, procedure 148, since libvirt 0.7.2; empty reply.
/// Opens a stream that the client sends on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainMigratePrepareTunnel {
    /// Migration flags less 4096 and 8192, which concern the source alone.
    pub flags: u64,
    /// The guest's new name, if it shall have one. At most 4,194,304 bytes.
    pub dname: Option<Text>,
    /// Bandwidth in MiB/s; 0 takes the default.
    pub resource: u64,
    /// The source's configuration of the guest. At most 4,194,304 bytes.
    pub dom_xml: Text,
}

/// Tells whether the server's own connection to its hypervisor is encrypted, or local and so cannot
/// be listened to.
///
/// Remote program, procedure 149, since libvirt 0.7.3; reply [`ConnectIsSecureReply`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ConnectIsSecure;

/// What [`ConnectIsSecure`] returns (remote program, procedure 149).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectIsSecureReply {
    /// 1 when it is.
    pub secure: i32,
}

/// Tells whether a domain runs.
///
/// Remote program, procedure 150, since libvirt 0.7.3; reply [`DomainIsActiveReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainIsActive {
    /// The domain.
    pub dom: Domain,
}

/// What [`DomainIsActive`] returns (remote program, procedure 150).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainIsActiveReply {
    /// 1 when it does.
    pub active: i32,
}

/// Tells whether a domain has a definition that outlives it.
///
/// Remote program, procedure 151, since libvirt 0.7.3; reply [`DomainIsPersistentReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainIsPersistent {
    /// The domain.
    pub dom: Domain,
}

/// What [`DomainIsPersistent`] returns (remote program, procedure 151).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainIsPersistentReply {
    /// 1 when it has.
    pub persistent: i32,
}

/// Tells whether a network runs.
///
/// Remote program, procedure 152, since libvirt 0.7.3; reply [`NetworkIsActiveReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NetworkIsActive {
    /// The network.
    pub net: Network,
}

/// What [`NetworkIsActive`] returns (remote program, procedure 152).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NetworkIsActiveReply {
    /// 1 when it does.
    pub active: i32,
}

/// Tells whether a network has a definition that outlives it.
///
/// Remote program, procedure 153, since libvirt 0.7.3; reply [`NetworkIsPersistentReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NetworkIsPersistent {
    /// The network.
    pub net: Network,
}

/// What [`NetworkIsPersistent`] returns (remote program, procedure 153).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NetworkIsPersistentReply {
    /// 1 when it has.
    pub persistent: i32,
}

/// Tells whether a pool runs.
///
/// Remote program, procedure 154, since libvirt 0.7.3; reply [`StoragePoolIsActiveReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoragePoolIsActive {
    /// The pool.
    pub pool: StoragePool,
}

/// What [`StoragePoolIsActive`] returns (remote program, procedure 154).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoragePoolIsActiveReply {
    /// 1 when it does.
    pub active: i32,
}

/// Tells whether a pool has a definition that outlives it.
///
/// Remote program, procedure 155, since libvirt 0.7.3; reply [`StoragePoolIsPersistentReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoragePoolIsPersistent {
    /// The pool.
    pub pool: StoragePool,
}

/// What [`StoragePoolIsPersistent`] returns (remote program, procedure 155).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoragePoolIsPersistentReply {
    /// 1 when it has.
    pub persistent: i32,
}

/// Tells whether an interface is up.
///
/// Remote program, procedure 156, since libvirt 0.7.3; reply [`InterfaceIsActiveReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InterfaceIsActive {
    /// The interface.
    pub iface: Interface,
}

/// What [`InterfaceIsActive`] returns (remote program, procedure 156).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InterfaceIsActiveReply {
    /// 1 when it is.
    pub active: i32,
}

/// Tells the release of libvirt that the daemon is, or claims to be.
///
/// Remote program, procedure 157, since libvirt 0.7.3; reply [`ConnectGetLibVersionReply`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ConnectGetLibVersion;

/// What [`ConnectGetLibVersion`] returns (remote program, procedure 157).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectGetLibVersionReply {
    /// major × 1,000,000 + minor × 1,000 + release.
    pub lib_ver: u64,
}

/// Compares a CPU description with the host's CPU.
///
/// Remote program, procedure 158, since libvirt 0.7.5; reply [`ConnectCompareCpuReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectCompareCpu {
    /// A `<cpu>` document. At most 4,194,304 bytes.
    pub xml: Text,
    /// 1 have an incompatible CPU be an error, 2 validate the XML.
    pub flags: u32,
}

/// What [`ConnectCompareCpu`] returns (remote program, procedure 158).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectCompareCpuReply {
    /// 0 incompatible, 1 identical, 2 the host's CPU has more.
    pub result: i32,
}

/// Reads statistics of a domain's memory, most of them gathered by the guest's balloon driver.
///
/// Remote program, procedure 159, since libvirt 0.7.5; reply [`DomainMemoryStatsReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainMemoryStats {
    /// The domain.
    pub dom: Domain,
    /// How many there is room for.
    pub max_stats: u32,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// What [`DomainMemoryStats`] returns (remote program, procedure 159).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainMemoryStatsReply {
    /// The statistics that there are. At most 1,024.
    pub stats: Vec<DomainMemoryStat>,
}

/// Adds a device to a domain. Supersedes [`DomainAttachDevice`].
///
/// Remote program, procedure 160, since libvirt 0.7.7; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainAttachDeviceFlags {
    /// The domain.
    pub dom: Domain,
    /// The device's element, such as `<disk>`. At most 4,194,304 bytes.
    pub xml: Text,
    /// 1 the running domain, 2 its definition, 0 whichever is current.
    pub flags: u32,
}

/// Removes a device from a domain. Supersedes [`DomainDetachDevice`].
///
/// Remote program, procedure 161, since libvirt 0.7.7; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainDetachDeviceFlags {
    /// The domain.
    pub dom: Domain,
    /// The device's element, complete enough to find it. At most 4,194,304 bytes.
    pub xml: Text,
    /// 1 the running domain, 2 its definition, 0 whichever is current.
    pub flags: u32,
}

/// Computes the richest CPU that all the described ones can run.
///
/// Remote program, procedure 162, since libvirt 0.7.7; reply [`ConnectBaselineCpuReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectBaselineCpu {
    /// `<cpu>` documents, one for each host. At most 256, each of at most 4,194,304 bytes.
    pub xml_cpus: Vec<Text>,
    /// 1 name every feature, 2 leave out those that hinder migration.
    pub flags: u32,
}

/// What [`ConnectBaselineCpu`] returns (remote program, procedure 162).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectBaselineCpuReply {
    /// A `<cpu>` document. At most 4,194,304 bytes.
    pub cpu: Text,
}

/// Tells how far a domain's job has come. [`DomainGetJobStats`] tells more.
///
/// Remote program, procedure 163, since libvirt 0.7.7; reply [`DomainGetJobInfoReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainGetJobInfo {
    /// The domain.
    pub dom: Domain,
}

/// What [`DomainGetJobInfo`] returns (remote program, procedure 163).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainGetJobInfoReply {
    /// 0 there is no job, 1 one whose end can be foretold, 2 one whose end cannot, 3 completed, 4 failed, 5
    /// cancelled.
    pub r#type: i32,
    /// Milliseconds since it began.
    pub time_elapsed: u64,
    /// Milliseconds until it ends, for type 1.
    pub time_remaining: u64,
    /// Bytes in all; the sum of memory and files. May grow, as the guest changes its memory.
    pub data_total: u64,
    /// Bytes dealt with.
    pub data_processed: u64,
    /// Bytes still to be dealt with.
    pub data_remaining: u64,
    /// Bytes of memory in all.
    pub mem_total: u64,
    /// Bytes of memory dealt with.
    pub mem_processed: u64,
    /// Bytes of memory still to be dealt with.
    pub mem_remaining: u64,
    /// Bytes of storage in all.
    pub file_total: u64,
    /// Bytes of storage dealt with.
    pub file_processed: u64,
    /// Bytes of storage still to be dealt with.
    pub file_remaining: u64,
}

/// Asks for a domain's job to end. The job's own call then fails with code 78.
///
/// Remote program, procedure 164, since libvirt 0.7.7; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainAbortJob {
    /// The domain.
    pub dom: Domain,
}

/// Overwrites a volume with zeros.
///
/// Remote program, procedure 165, since libvirt 0.8.0; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StorageVolWipe {
    /// The volume.
    pub vol: StorageVol,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// Sets how long a migrating domain may stand still at the end.
///
/// Remote program, procedure 166, since libvirt 0.8.0; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainMigrateSetMaxDowntime {
    /// The domain.
    pub dom: Domain,
    /// Milliseconds.
    pub downtime: u64,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// Second generation: asks for one kind of event of all domains.
///
/// Remote program, procedure 167, since libvirt 0.8.0; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectDomainEventRegisterAny {
    /// The kind, 0 to 15.
    pub event_id: i32,
}

/// Takes back [`ConnectDomainEventRegisterAny`].
///
/// Remote program, procedure 168, since libvirt 0.8.0; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectDomainEventDeregisterAny {
    /// The kind.
    pub event_id: i32,
}

/// A guest has rebooted.
///
/// Remote program, event 169, since libvirt 0.8.0.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainEventReboot {
    /// The domain.
    pub dom: Domain,
}

/// A guest has set its clock.
///
/// Remote program, event 170, since libvirt 0.8.0.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainEventRtcChange {
    /// The domain.
    pub dom: Domain,
    /// Seconds from UTC to its new time.
    pub offset: i64,
}

/// A domain's watchdog has fired.
///
/// Remote program, event 171, since libvirt 0.8.0.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainEventWatchdog {
    /// The domain.
    pub dom: Domain,
    /// What was done: 0 nothing, 1 paused, 2 reset, 3 powered off, 4 shut down, 5 debugged, 6 sent an NMI.
    pub action: i32,
}

/// A disk of a domain has failed.
///
/// Remote program, event 172, since libvirt 0.8.0.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainEventIoError {
    /// The domain.
    pub dom: Domain,
    /// Its source. At most 4,194,304 bytes.
    pub src_path: Text,
    /// Its alias. At most 4,194,304 bytes.
    pub dev_alias: Text,
    /// What was done: 0 nothing, 1 paused the domain, 2 told the guest.
    pub action: i32,
}

/// Somebody has connected to a domain's graphics server, or has left.
///
/// Remote program, event 173, since libvirt 0.8.0.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainEventGraphics {
    /// The domain.
    pub dom: Domain,
    /// 0 connected, 1 let in, 2 gone.
    pub phase: i32,
    /// The server's end.
    pub local: DomainEventGraphicsAddress,
    /// The client's end.
    pub remote: DomainEventGraphicsAddress,
    /// How the client was authenticated. At most 4,194,304 bytes.
    pub auth_scheme: Text,
    /// As whom. At most 20.
    pub subject: Vec<DomainEventGraphicsIdentity>,
}

/// Changes a device of a domain in place: the medium of a drive, the link of an interface.
///
/// Remote program, procedure 174, since libvirt 0.8.0; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainUpdateDeviceFlags {
    /// The domain.
    pub dom: Domain,
    /// The device's element as it shall be. At most 4,194,304 bytes.
    pub xml: Text,
    /// As everywhere in this section; 4 forces it.
    pub flags: u32,
}

/// Finds a filter by its name.
///
/// Remote program, procedure 175, since libvirt 0.8.0; reply [`NwfilterLookupByNameReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NwfilterLookupByName {
    /// The name. At most 4,194,304 bytes.
    pub name: Text,
}

/// What [`NwfilterLookupByName`] returns (remote program, procedure 175).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NwfilterLookupByNameReply {
    /// The nwfilter.
    pub nwfilter: Nwfilter,
}

/// Finds a filter by its UUID.
///
/// Remote program, procedure 176, since libvirt 0.8.0; reply [`NwfilterLookupByUuidReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NwfilterLookupByUuid {
    /// The UUID.
    pub uuid: [u8; 16],
}

/// What [`NwfilterLookupByUuid`] returns (remote program, procedure 176).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NwfilterLookupByUuidReply {
    /// The nwfilter.
    pub nwfilter: Nwfilter,
}

/// Describes a filter, as XML.
///
/// Remote program, procedure 177, since libvirt 0.8.0; reply [`NwfilterGetXmlDescReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NwfilterGetXmlDesc {
    /// The nwfilter.
    pub nwfilter: Nwfilter,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// What [`NwfilterGetXmlDesc`] returns (remote program, procedure 177).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NwfilterGetXmlDescReply {
    /// A `<filter>` document. At most 4,194,304 bytes.
    pub xml: Text,
}

/// Counts the filters.
///
/// Remote program, procedure 178, since libvirt 0.8.0; reply [`ConnectNumOfNwfiltersReply`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ConnectNumOfNwfilters;

/// What [`ConnectNumOfNwfilters`] returns (remote program, procedure 178).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectNumOfNwfiltersReply {
    /// How many.
    pub num: i32,
}

/// Lists the names of the filters.
///
/// Remote program, procedure 179, since libvirt 0.8.0; reply [`ConnectListNwfiltersReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectListNwfilters {
    /// How many there is room for.
    pub maxnames: i32,
}

/// What [`ConnectListNwfilters`] returns (remote program, procedure 179).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectListNwfiltersReply {
    /// The names. At most 16,384, each of at most 4,194,304 bytes.
    pub names: Vec<Text>,
}

/// Defines a filter, or changes the definition of one, also where it is in use.
///
/// Remote program, procedure 180, since libvirt 0.8.0; reply [`NwfilterDefineXmlReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NwfilterDefineXml {
    /// A `<filter>` document. At most 4,194,304 bytes.
    pub xml: Text,
}

/// What [`NwfilterDefineXml`] returns (remote program, procedure 180).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NwfilterDefineXmlReply {
    /// The nwfilter.
    pub nwfilter: Nwfilter,
}

/// Forgets a filter that is not in use.
///
/// Remote program, procedure 181, since libvirt 0.8.0; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NwfilterUndefine {
    /// The nwfilter.
    pub nwfilter: Nwfilter,
}

/// Stops a domain and saves it to a file of the daemon's choice, from which its next start restores
/// it.
///
/// Remote program, procedure 182, since libvirt 0.8.0; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainManagedSave {
    /// The domain.
    pub dom: Domain,
    /// As those of DOMAIN_SAVE_FLAGS.
    pub flags: u32,
}

/// Tells whether a domain has a managed save image.
///
/// Remote program, procedure 183, since libvirt 0.8.0; reply [`DomainHasManagedSaveImageReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainHasManagedSaveImage {
    /// The domain.
    pub dom: Domain,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// What [`DomainHasManagedSaveImage`] returns (remote program, procedure 183).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainHasManagedSaveImageReply {
    /// 1 when it has.
    pub result: i32,
}

/// Deletes a domain's managed save image, so that its next start boots afresh.
///
/// Remote program, procedure 184, since libvirt 0.8.0; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainManagedSaveRemove {
    /// The domain.
    pub dom: Domain,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// Takes a snapshot of a domain as XML describes.
///
/// Remote program, procedure 185, since libvirt 0.8.0; reply [`DomainSnapshotCreateXmlReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainSnapshotCreateXml {
    /// The domain.
    pub dom: Domain,
    /// A `<domainsnapshot>` document. At most 4,194,304 bytes.
    pub xml_desc: Text,
    /// 1 redefine metadata only, 2 make it the current one, 4 keep no metadata, 8 stop the domain
    /// afterwards, 16 disks only, 32 reuse files, 64 quiesce the guest's file systems, 128 all or nothing,
    /// 256 do not pause, 512 validate the XML.
    pub flags: u32,
}

/// What [`DomainSnapshotCreateXml`] returns (remote program, procedure 185).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainSnapshotCreateXmlReply {
    /// The snapshot.
    pub snap: DomainSnapshot,
}

/// Describes a snapshot, as XML.
///
/// Remote program, procedure 186, since libvirt 0.8.0; reply [`DomainSnapshotGetXmlDescReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainSnapshotGetXmlDesc {
    /// The snapshot.
    pub snap: DomainSnapshot,
    /// Bit 0 includes secrets, and needs a connection that is not read-only.
    pub flags: u32,
}

/// What [`DomainSnapshotGetXmlDesc`] returns (remote program, procedure 186).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainSnapshotGetXmlDescReply {
    /// A `<domainsnapshot>` document. At most 4,194,304 bytes.
    pub xml: Text,
}

/// Counts a domain's snapshots.
///
/// Remote program, procedure 187, since libvirt 0.8.0; reply [`DomainSnapshotNumReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainSnapshotNum {
    /// The domain.
    pub dom: Domain,
    /// As those of DOMAIN_LIST_ALL_SNAPSHOTS.
    pub flags: u32,
}

/// What [`DomainSnapshotNum`] returns (remote program, procedure 187).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainSnapshotNumReply {
    /// How many.
    pub num: i32,
}

/// Lists the names of a domain's snapshots.
///
/// Remote program, procedure 188, since libvirt 0.8.0; reply [`DomainSnapshotListNamesReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainSnapshotListNames {
    /// The domain.
    pub dom: Domain,
    /// How many there is room for.
    pub maxnames: i32,
    /// As those of DOMAIN_LIST_ALL_SNAPSHOTS.
    pub flags: u32,
}

/// What [`DomainSnapshotListNames`] returns (remote program, procedure 188).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainSnapshotListNamesReply {
    /// The names. At most 16,384, each of at most 4,194,304 bytes.
    pub names: Vec<Text>,
}

/// Finds a snapshot by its name.
///
/// Remote program, procedure 189, since libvirt 0.8.0; reply [`DomainSnapshotLookupByNameReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainSnapshotLookupByName {
    /// The domain.
    pub dom: Domain,
    /// The name. At most 4,194,304 bytes.
    pub name: Text,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// What [`DomainSnapshotLookupByName`] returns (remote program, procedure 189).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainSnapshotLookupByNameReply {
    /// The snapshot.
    pub snap: DomainSnapshot,
}

/// Tells whether a domain has a current snapshot.
///
/// Remote program, procedure 190, since libvirt 0.8.0; reply [`DomainHasCurrentSnapshotReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainHasCurrentSnapshot {
    /// The domain.
    pub dom: Domain,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// What [`DomainHasCurrentSnapshot`] returns (remote program, procedure 190).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainHasCurrentSnapshotReply {
    /// 1 when it has.
    pub result: i32,
}

/// Finds a domain's current snapshot.
///
/// Remote program, procedure 191, since libvirt 0.8.0; reply [`DomainSnapshotCurrentReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainSnapshotCurrent {
    /// The domain.
    pub dom: Domain,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// What [`DomainSnapshotCurrent`] returns (remote program, procedure 191).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainSnapshotCurrentReply {
    /// The current snapshot. Without one the answer is an error.
    pub snap: DomainSnapshot,
}

/// Takes a domain back to a snapshot. What it was since is lost.
///
/// Remote program, procedure 192, since libvirt 0.8.0; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainRevertToSnapshot {
    /// The snapshot.
    pub snap: DomainSnapshot,
    /// 1 leave it running, 2 leave it paused, 4 although that is risky, 8 reset NVRAM.
    pub flags: u32,
}

/// Deletes a snapshot.
///
/// Remote program, procedure 193, since libvirt 0.8.0; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainSnapshotDelete {
    /// The snapshot.
    pub snap: DomainSnapshot,
    /// 1 with its descendants, 2 its metadata only, 4 its descendants only.
    pub flags: u32,
}

/// Tells how large a disk is, and how much of the host's storage it takes.
///
/// Remote program, procedure 194, since libvirt 0.8.1; reply [`DomainGetBlockInfoReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainGetBlockInfo {
    /// The domain.
    pub dom: Domain,
    /// The disk. At most 4,194,304 bytes.
    pub path: Text,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// What [`DomainGetBlockInfo`] returns (remote program, procedure 194).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainGetBlockInfoReply {
    /// Bytes that are taken of the host's storage.
    pub allocation: u64,
    /// Bytes that the guest sees.
    pub capacity: u64,
    /// Bytes of the file or device that holds it.
    pub physical: u64,
}

/// A disk of a domain has failed, and why.
///
/// Remote program, event 195, since libvirt 0.8.1 to 0.8.2.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainEventIoErrorReason {
    /// The domain.
    pub dom: Domain,
    /// Its source. At most 4,194,304 bytes.
    pub src_path: Text,
    /// Its alias. At most 4,194,304 bytes.
    pub dev_alias: Text,
    /// What was done: 0 nothing, 1 paused the domain, 2 told the guest.
    pub action: i32,
    /// `enospc`, or empty. At most 4,194,304 bytes.
    pub reason: Text,
}

/// Starts a defined, inactive domain. Supersedes [`DomainCreate`].
///
/// Remote program, procedure 196, since libvirt 0.8.2; reply [`DomainCreateWithFlagsReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainCreateWithFlags {
    /// The domain.
    pub dom: Domain,
    /// 1 start paused, 2 destroy it when this connection closes, 4 bypass the cache when restoring, 8 drop a
    /// managed save image instead of restoring it, 16 validate the XML, 32 reset NVRAM.
    pub flags: u32,
}

/// What [`DomainCreateWithFlags`] returns (remote program, procedure 196).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainCreateWithFlagsReply {
    /// The domain, now with an id.
    pub dom: Domain,
}

/// Sets the limits that the host sets to a domain's memory.
///
/// Remote program, procedure 197, since libvirt 0.8.5; empty reply.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DomainSetMemoryParameters {
    /// The domain.
    pub dom: Domain,
    /// `hard_limit`, `soft_limit`, `swap_hard_limit`, `min_guarantee`; KiB. At most 16.
    pub params: Vec<TypedParam>,
    /// 1 the running domain, 2 its definition, 0 whichever is current.
    pub flags: u32,
}

/// Reads the limits that the host sets to a domain's memory.
///
/// Remote program, procedure 198, since libvirt 0.8.5; reply [`DomainGetMemoryParametersReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainGetMemoryParameters {
    /// The domain.
    pub dom: Domain,
    /// Parameters there is room for; 0 asks how many there are.
    pub nparams: i32,
    /// 1 the running domain, 2 its definition, 0 whichever is current; 4 strings can be taken.
    pub flags: u32,
}

/// What [`DomainGetMemoryParameters`] returns (remote program, procedure 198).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DomainGetMemoryParametersReply {
    /// The parameters. At most 16.
    pub params: Vec<TypedParam>,
    /// How many there are, when asked; otherwise how many are given.
    pub nparams: i32,
}

/// Sets how many virtual CPUs a domain has, or may have. Supersedes [`DomainSetVcpus`].
///
/// Remote program, procedure 199, since libvirt 0.8.5; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainSetVcpusFlags {
    /// The domain.
    pub dom: Domain,
    /// How many.
    pub nvcpus: u32,
    /// 1 the running domain, 2 its definition; 4 the maximum; 8 by the guest agent; 16 those added can be
    /// unplugged.
    pub flags: u32,
}

/// Tells how many virtual CPUs a domain has, or may have. Supersedes [`DomainGetMaxVcpus`].
///
/// Remote program, procedure 200, since libvirt 0.8.5; reply [`DomainGetVcpusFlagsReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainGetVcpusFlags {
    /// The domain.
    pub dom: Domain,
    /// 1 the running domain, 2 its definition; 4 the maximum; 8 ask the guest agent, which needs a
    /// connection that is not read-only.
    pub flags: u32,
}

/// What [`DomainGetVcpusFlags`] returns (remote program, procedure 200).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainGetVcpusFlagsReply {
    /// How many.
    pub num: i32,
}

/// Connects the call's stream to a domain's serial or paravirtual console. Both ends send.
///
/// Remote program, procedure 201, since libvirt 0.8.6; empty reply. Opens a stream that both send on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainOpenConsole {
    /// The domain.
    pub dom: Domain,
    /// Alias of the console; absent takes the first. At most 4,194,304 bytes.
    pub dev_name: Option<Text>,
    /// 1 cut off whoever is connected, 2 only if that can be done safely.
    pub flags: u32,
}

/// Tells whether a persistent domain's running configuration differs from its definition.
///
/// Remote program, procedure 202, since libvirt 0.8.6; reply [`DomainIsUpdatedReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainIsUpdated {
    /// The domain.
    pub dom: Domain,
}

/// What [`DomainIsUpdated`] returns (remote program, procedure 202).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainIsUpdatedReply {
    /// 1 when it does.
    pub updated: i32,
}

/// Describes the host's firmware, board and memory, as XML.
///
/// Remote program, procedure 203, since libvirt 0.8.8; reply [`ConnectGetSysinfoReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectGetSysinfo {
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// What [`ConnectGetSysinfo`] returns (remote program, procedure 203).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectGetSysinfoReply {
    /// A `<sysinfo>` document. At most 4,194,304 bytes.
    pub sysinfo: Text,
}

/// Sets how much memory a domain has, or may have. Supersedes [`DomainSetMemory`] and
/// [`DomainSetMaxMemory`].
///
/// Remote program, procedure 204, since libvirt 0.9.0; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainSetMemoryFlags {
    /// The domain.
    pub dom: Domain,
    /// KiB.
    pub memory: u64,
    /// 1 the running domain, 2 its definition; 4 the maximum instead of the current size.
    pub flags: u32,
}

/// Sets a domain's share of block I/O.
///
/// Remote program, procedure 205, since libvirt 0.9.0; empty reply.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DomainSetBlkioParameters {
    /// The domain.
    pub dom: Domain,
    /// `weight`, and as text for each device: `device_weight`, `device_read_iops_sec`,
    /// `device_write_bytes_sec` and so on. At most 16.
    pub params: Vec<TypedParam>,
    /// 1 the running domain, 2 its definition, 0 whichever is current.
    pub flags: u32,
}

/// Reads a domain's share of block I/O.
///
/// Remote program, procedure 206, since libvirt 0.9.0; reply [`DomainGetBlkioParametersReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainGetBlkioParameters {
    /// The domain.
    pub dom: Domain,
    /// Parameters there is room for; 0 asks how many there are.
    pub nparams: i32,
    /// 1 the running domain, 2 its definition, 0 whichever is current; 4 strings can be taken.
    pub flags: u32,
}

/// What [`DomainGetBlkioParameters`] returns (remote program, procedure 206).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DomainGetBlkioParametersReply {
    /// The parameters. At most 16.
    pub params: Vec<TypedParam>,
    /// How many there are, when asked; otherwise how many are given.
    pub nparams: i32,
}

/// Sets how fast a domain may migrate.
///
/// Remote program, procedure 207, since libvirt 0.9.0; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainMigrateSetMaxSpeed {
    /// The domain.
    pub dom: Domain,
    /// MiB/s.
    pub bandwidth: u64,
    /// Bit 0 speaks of the post-copy phase.
    pub flags: u32,
}

/// Writes the call's stream into a volume.
///
/// Remote program, procedure 208, since libvirt 0.9.0; empty reply.
/// Opens a stream that the client sends on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StorageVolUpload {
    /// The volume.
    pub vol: StorageVol,
    /// The first byte.
    pub offset: u64,
    /// Bytes at most; 0 is as many as come.
    pub length: u64,
    /// Bit 0 lets the stream have holes.
    pub flags: u32,
}

/// Sends a volume down the call's stream.
///
/// Remote program, procedure 209, since libvirt 0.9.0; empty reply.
/// Opens a stream that the daemon sends on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StorageVolDownload {
    /// The volume.
    pub vol: StorageVol,
    /// The first byte.
    pub offset: u64,
    /// Bytes at most; 0 is all that there are.
    pub length: u64,
    /// Bit 0 lets the stream have holes.
    pub flags: u32,
}

/// Sends a non-maskable interrupt to a domain.
///
/// Remote program, procedure 210, since libvirt 0.9.2; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainInjectNmi {
    /// The domain.
    pub dom: Domain,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// Sends a picture of a domain's screen down the call's stream.
///
/// Remote program, procedure 211, since libvirt 0.9.2; reply [`DomainScreenshotReply`].
/// Opens a stream that the daemon sends on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainScreenshot {
    /// The domain.
    pub dom: Domain,
    /// Which screen, from 0.
    pub screen: u32,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// What [`DomainScreenshot`] returns (remote program, procedure 211).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainScreenshotReply {
    /// The picture's type. At most 4,194,304 bytes.
    pub mime: Option<Text>,
}

/// Tells a domain's state and why it is so.
///
/// Remote program, procedure 212, since libvirt 0.9.2; reply [`DomainGetStateReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainGetState {
    /// The domain.
    pub dom: Domain,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// What [`DomainGetState`] returns (remote program, procedure 212).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainGetStateReply {
    /// 0 none, 1 running, 2 blocked, 3 paused, 4 shutting down, 5 shut off, 6 crashed, 7 asleep.
    pub state: i32,
    /// What led to it; a numbering for each state, such as 5/4: shut off because it has migrated.
    pub reason: i32,
}

/// Version 3, source: starts the migration and describes the guest.
///
/// Remote program, procedure 213, since libvirt 0.9.2; reply [`DomainMigrateBegin3Reply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainMigrateBegin3 {
    /// The domain.
    pub dom: Domain,
    /// A `<domain>` document that the destination shall use in place of the source's own.
    /// At most 4,194,304 bytes.
    pub xmlin: Option<Text>,
    /// Migration flags.
    pub flags: u64,
    /// The guest's new name, if it shall have one. At most 4,194,304 bytes.
    pub dname: Option<Text>,
    /// Bandwidth in MiB/s; 0 takes the default.
    pub resource: u64,
}

/// What [`DomainMigrateBegin3`] returns (remote program, procedure 213).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainMigrateBegin3Reply {
    /// For Prepare. At most 4,194,304 bytes.
    pub cookie_out: Vec<u8>,
    /// The configuration for the destination. At most 4,194,304 bytes.
    pub xml: Text,
}

/// Version 3, destination: gets ready to receive the guest.
///
/// Remote program, procedure 214, since libvirt 0.9.2; reply [`DomainMigratePrepare3Reply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainMigratePrepare3 {
    /// From Begin. At most 4,194,304 bytes.
    pub cookie_in: Vec<u8>,
    /// Where the guest is to be sent to; absent lets the destination choose. At most 4,194,304 bytes.
    pub uri_in: Option<Text>,
    /// Migration flags less 4096 and 8192, which concern the source alone.
    pub flags: u64,
    /// The guest's new name, if it shall have one. At most 4,194,304 bytes.
    pub dname: Option<Text>,
    /// Bandwidth in MiB/s; 0 takes the default.
    pub resource: u64,
    /// From Begin. At most 4,194,304 bytes.
    pub dom_xml: Text,
}

/// What [`DomainMigratePrepare3`] returns (remote program, procedure 214).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainMigratePrepare3Reply {
    /// For Perform. At most 4,194,304 bytes.
    pub cookie_out: Vec<u8>,
    /// Where the source is to send the guest to; absent means `uri_in`. At most 4,194,304 bytes.
    pub uri_out: Option<Text>,
}

/// Version 3, destination: as [`DomainMigratePrepare3`], for a guest whose data comes as a stream on
/// this call. The source's daemon makes this call.
///
/// Remote program, procedure 215, since libvirt 0.9.2; reply [`DomainMigratePrepareTunnel3Reply`].
/// Opens a stream that the client sends on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainMigratePrepareTunnel3 {
    /// From Begin. At most 4,194,304 bytes.
    pub cookie_in: Vec<u8>,
    /// Migration flags less 4096 and 8192, which concern the source alone.
    pub flags: u64,
    /// The guest's new name, if it shall have one. At most 4,194,304 bytes.
    pub dname: Option<Text>,
    /// Bandwidth in MiB/s; 0 takes the default.
    pub resource: u64,
    /// From Begin. At most 4,194,304 bytes.
    pub dom_xml: Text,
}

/// What [`DomainMigratePrepareTunnel3`] returns (remote program, procedure 215).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainMigratePrepareTunnel3Reply {
    /// For Perform. At most 4,194,304 bytes.
    pub cookie_out: Vec<u8>,
}

/// Version 3, source: sends the guest and leaves it paused; a failure lets it run on. Also the one
/// call of a peer-to-peer migration.
///
/// Remote program, procedure 216, since libvirt 0.9.2; reply [`DomainMigratePerform3Reply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainMigratePerform3 {
    /// The domain.
    pub dom: Domain,
    /// A `<domain>` document for the destination; only for peer-to-peer. At most 4,194,304 bytes.
    pub xmlin: Option<Text>,
    /// From Prepare; empty for peer-to-peer. At most 4,194,304 bytes.
    pub cookie_in: Vec<u8>,
    /// The destination's libvirt URI, for peer-to-peer only. At most 4,194,304 bytes.
    pub dconnuri: Option<Text>,
    /// Where to send the guest to; absent lets the destination choose, for peer-to-peer only.
    /// At most 4,194,304 bytes.
    pub uri: Option<Text>,
    /// Migration flags.
    pub flags: u64,
    /// The guest's new name, if it shall have one. At most 4,194,304 bytes.
    pub dname: Option<Text>,
    /// Bandwidth in MiB/s; 0 leaves the domain's own limit.
    pub resource: u64,
}

/// What [`DomainMigratePerform3`] returns (remote program, procedure 216).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainMigratePerform3Reply {
    /// For Finish. Must be empty for peer-to-peer: a client takes anything else for a failure.
    /// At most 4,194,304 bytes.
    pub cookie_out: Vec<u8>,
}

/// Version 3, destination: takes the guest over, or gives it up when cancelled. Giving up is
/// answered with an error, usually code 93, which then means that all is cleaned up.
///
/// Remote program, procedure 217, since libvirt 0.9.2; reply [`DomainMigrateFinish3Reply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainMigrateFinish3 {
    /// The name under which it arrives. At most 4,194,304 bytes.
    pub dname: Text,
    /// From Perform. At most 4,194,304 bytes.
    pub cookie_in: Vec<u8>,
    /// The destination's libvirt URI, when the source's daemon orchestrates. At most 4,194,304 bytes.
    pub dconnuri: Option<Text>,
    /// Where it was sent to. At most 4,194,304 bytes.
    pub uri: Option<Text>,
    /// Migration flags less 4096 and 8192, which concern the source alone.
    pub flags: u64,
    /// 1 when Perform has failed or the migration is given up.
    pub cancelled: i32,
}

/// What [`DomainMigrateFinish3`] returns (remote program, procedure 217).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainMigrateFinish3Reply {
    /// The guest at its destination.
    pub dom: Domain,
    /// For Confirm. At most 4,194,304 bytes.
    pub cookie_out: Vec<u8>,
}

/// Version 3, source: ends the guest there; or when cancelled lets it run on.
///
/// Remote program, procedure 218, since libvirt 0.9.2; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainMigrateConfirm3 {
    /// The domain.
    pub dom: Domain,
    /// From Finish. At most 4,194,304 bytes.
    pub cookie_in: Vec<u8>,
    /// Migration flags.
    pub flags: u64,
    /// 1 when the guest does not run at the destination.
    pub cancelled: i32,
}

/// Sets a domain's share of the CPUs. Supersedes [`DomainSetSchedulerParameters`].
///
/// Remote program, procedure 219, since libvirt 0.9.2; empty reply.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DomainSetSchedulerParametersFlags {
    /// The domain.
    pub dom: Domain,
    /// As those of DOMAIN_SET_SCHEDULER_PARAMETERS. At most 16.
    pub params: Vec<TypedParam>,
    /// 1 the running domain, 2 its definition, 0 whichever is current.
    pub flags: u32,
}

/// Starts a transaction: remembers the configuration of the host's interfaces.
///
/// Remote program, procedure 220, since libvirt 0.9.2; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InterfaceChangeBegin {
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// Ends the transaction and keeps its changes.
///
/// Remote program, procedure 221, since libvirt 0.9.2; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InterfaceChangeCommit {
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// Ends the transaction and undoes its changes.
///
/// Remote program, procedure 222, since libvirt 0.9.2; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InterfaceChangeRollback {
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// Reads a domain's share of the CPUs. Supersedes [`DomainGetSchedulerParameters`].
///
/// Remote program, procedure 223, since libvirt 0.9.2; reply [`DomainGetSchedulerParametersFlagsReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainGetSchedulerParametersFlags {
    /// The domain.
    pub dom: Domain,
    /// Parameters there is room for, from DOMAIN_GET_SCHEDULER_TYPE.
    pub nparams: i32,
    /// 1 the running domain, 2 its definition, 0 whichever is current; 4 strings can be taken.
    pub flags: u32,
}

/// What [`DomainGetSchedulerParametersFlags`] returns (remote program, procedure 223).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DomainGetSchedulerParametersFlagsReply {
    /// The parameters. At most 16.
    pub params: Vec<TypedParam>,
}

/// The daemon can no longer control a domain.
///
/// Remote program, event 224, since libvirt 0.9.2 to 0.9.3.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainEventControlError {
    /// The domain.
    pub dom: Domain,
}

/// Says which host CPUs a virtual CPU may use. Supersedes [`DomainPinVcpu`].
///
/// Remote program, procedure 225, since libvirt 0.9.3; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainPinVcpuFlags {
    /// The domain.
    pub dom: Domain,
    /// The virtual CPU.
    pub vcpu: u32,
    /// A bit for each host CPU. At most 2,048 bytes.
    pub cpumap: Vec<u8>,
    /// 1 the running domain, 2 its definition, 0 whichever is current.
    pub flags: u32,
}

/// Presses keys of a domain's keyboard, all together.
///
/// Remote program, procedure 226, since libvirt 0.9.3; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainSendKey {
    /// The domain.
    pub dom: Domain,
    /// How the keys are numbered: 0 Linux, 1 XT, 2 AT set 1, 3 set 2, 4 set 3, 5 macOS, 6 XT of kbd, 7 USB,
    /// 8 Windows, 9 RFB (the same as QEMU's own numbers).
    pub codeset: u32,
    /// Milliseconds that they are held.
    pub holdtime: u32,
    /// The keys. At most 16.
    pub keycodes: Vec<u32>,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// Tells what the host's CPUs have spent their time on.
///
/// Remote program, procedure 227, since libvirt 0.9.3; reply [`NodeGetCpuStatsReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeGetCpuStats {
    /// The CPU, or -1 for all of them together.
    pub cpu_num: i32,
    /// Counters there is room for; 0 asks how many there are.
    pub nparams: i32,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// What [`NodeGetCpuStats`] returns (remote program, procedure 227).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeGetCpuStatsReply {
    /// The counters. At most 16.
    pub params: Vec<NodeCpuStat>,
    /// How many there are, when asked; otherwise how many are given.
    pub nparams: i32,
}

/// Tells how the host's memory, or that of one NUMA cell, is used.
///
/// Remote program, procedure 228, since libvirt 0.9.3; reply [`NodeGetMemoryStatsReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeGetMemoryStats {
    /// Counters there is room for; 0 asks how many there are.
    pub nparams: i32,
    /// The NUMA cell, or -1 for the whole host.
    pub cell_num: i32,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// What [`NodeGetMemoryStats`] returns (remote program, procedure 228).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeGetMemoryStatsReply {
    /// The counters. At most 16.
    pub params: Vec<NodeMemoryStat>,
    /// How many there are, when asked; otherwise how many are given.
    pub nparams: i32,
}

/// Tells whether the daemon can reach the hypervisor process of a domain.
///
/// Remote program, procedure 229, since libvirt 0.9.3; reply [`DomainGetControlInfoReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainGetControlInfo {
    /// The domain.
    pub dom: Domain,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// What [`DomainGetControlInfo`] returns (remote program, procedure 229).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainGetControlInfoReply {
    /// 0 yes, 1 busy with a job, 2 occupied by a command, 3 unusable.
    pub state: u32,
    /// For state 3: 0 none, 1 unknown, 2 the monitor failed, 3 internal.
    pub details: u32,
    /// Milliseconds since it came into state 1 or 2; 0 otherwise.
    pub state_time: u64,
}

/// Tells which host CPUs the virtual CPUs of a domain may use, also of one that does not run.
///
/// Remote program, procedure 230, since libvirt 0.9.3; reply [`DomainGetVcpuPinInfoReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainGetVcpuPinInfo {
    /// The domain.
    pub dom: Domain,
    /// Virtual CPUs there is room for.
    pub ncpumaps: i32,
    /// Bytes of each map.
    pub maplen: i32,
    /// 1 the running domain, 2 its definition, 0 whichever is current.
    pub flags: u32,
}

/// What [`DomainGetVcpuPinInfo`] returns (remote program, procedure 230).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainGetVcpuPinInfoReply {
    /// A map for each virtual CPU. At most 8,388,608 bytes.
    pub cpumaps: Vec<u8>,
    /// How many maps there are.
    pub num: i32,
}

/// Forgets a persistent domain and, as the flags say, what belongs to it. Supersedes
/// [`DomainUndefine`].
///
/// Remote program, procedure 231, since libvirt 0.9.4; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainUndefineFlags {
    /// The domain.
    pub dom: Domain,
    /// 1 with the managed save image, 2 with snapshot metadata, 4 with NVRAM, 8 keeping NVRAM, 16 with
    /// checkpoint metadata, 32 with TPM state, 64 keeping TPM state.
    pub flags: u32,
}

/// Saves a domain to a file, with changes to its configuration. Supersedes [`DomainSave`].
///
/// Remote program, procedure 232, since libvirt 0.9.4; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainSaveFlags {
    /// The domain.
    pub dom: Domain,
    /// Path on the host. At most 4,194,304 bytes.
    pub to: Text,
    /// A `<domain>` document to save in place of the current one; absent saves that. At most 4,194,304 bytes.
    pub dxml: Option<Text>,
    /// 1 bypass the host's cache, 2 restore it as running, 4 as paused, 8 reset NVRAM.
    pub flags: u32,
}

/// Starts a domain from a saved file, with changes to its configuration. Supersedes [`DomainRestore`].
///
/// Remote program, procedure 233, since libvirt 0.9.4; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainRestoreFlags {
    /// Path on the host. At most 4,194,304 bytes.
    pub from: Text,
    /// A `<domain>` document to use in place of the saved one; absent uses that. At most 4,194,304 bytes.
    pub dxml: Option<Text>,
    /// 1 bypass the host's cache, 2 leave it running, 4 leave it paused, 8 reset NVRAM.
    pub flags: u32,
}

/// Stops a domain at once. Supersedes [`DomainDestroy`].
///
/// Remote program, procedure 234, since libvirt 0.9.4; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainDestroyFlags {
    /// The domain.
    pub dom: Domain,
    /// Bit 0 gives up rather than kill a hypervisor process that does not go when asked; bit 1 removes its
    /// logs.
    pub flags: u32,
}

/// Reads the configuration out of a saved file.
///
/// Remote program, procedure 235, since libvirt 0.9.4; reply [`DomainSaveImageGetXmlDescReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainSaveImageGetXmlDesc {
    /// Path on the host. At most 4,194,304 bytes.
    pub file: Text,
    /// Bit 0 includes secrets.
    pub flags: u32,
}

/// What [`DomainSaveImageGetXmlDesc`] returns (remote program, procedure 235).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainSaveImageGetXmlDescReply {
    /// A `<domain>` document. At most 4,194,304 bytes.
    pub xml: Text,
}

/// Replaces the configuration in a saved file.
///
/// Remote program, procedure 236, since libvirt 0.9.4; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainSaveImageDefineXml {
    /// Path on the host. At most 4,194,304 bytes.
    pub file: Text,
    /// A `<domain>` document. At most 4,194,304 bytes.
    pub dxml: Text,
    /// 2 restore it as running, 4 as paused.
    pub flags: u32,
}

/// Cancels the job of a disk, or has a mirror that is ready take over.
///
/// Remote program, procedure 237, since libvirt 0.9.4; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainBlockJobAbort {
    /// The domain.
    pub dom: Domain,
    /// The disk. At most 4,194,304 bytes.
    pub path: Text,
    /// 1 do not wait, 2 pivot to the copy.
    pub flags: u32,
}

/// Tells how far the job of a disk has come.
///
/// Remote program, procedure 238, since libvirt 0.9.4; reply [`DomainGetBlockJobInfoReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainGetBlockJobInfo {
    /// The domain.
    pub dom: Domain,
    /// The disk. At most 4,194,304 bytes.
    pub path: Text,
    /// Bit 0 asks for bandwidth in bytes/s.
    pub flags: u32,
}

/// What [`DomainGetBlockJobInfo`] returns (remote program, procedure 238).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainGetBlockJobInfoReply {
    /// 1 when there is a job; 0 leaves the rest 0.
    pub found: i32,
    /// 1 pull, 2 copy, 3 commit, 4 active commit, 5 backup.
    pub r#type: i32,
    /// MiB/s, or bytes/s when so asked.
    pub bandwidth: u64,
    /// Progress, in a unit of the hypervisor's choice.
    pub cur: u64,
    /// The value of `cur` at the end.
    pub end: u64,
}

/// Limits the speed of the job of a disk.
///
/// Remote program, procedure 239, since libvirt 0.9.4; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainBlockJobSetSpeed {
    /// The domain.
    pub dom: Domain,
    /// The disk. At most 4,194,304 bytes.
    pub path: Text,
    /// MiB/s, or bytes/s with bit 0 of flags; 0 is unlimited.
    pub bandwidth: u64,
    /// Bit 0 says that bandwidth is bytes/s.
    pub flags: u32,
}

/// Starts to copy what a disk takes from its backing files into the disk itself.
///
/// Remote program, procedure 240, since libvirt 0.9.4; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainBlockPull {
    /// The domain.
    pub dom: Domain,
    /// The disk. At most 4,194,304 bytes.
    pub path: Text,
    /// MiB/s, or bytes/s with bit 6 of flags; 0 is unlimited.
    pub bandwidth: u64,
    /// 64 bandwidth is bytes/s.
    pub flags: u32,
}

/// The job of a disk has ended, or can be ended; the disk is named by its source, which may have
/// changed.
///
/// Remote program, event 241, since libvirt 0.9.4 to 0.9.5.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainEventBlockJob {
    /// The domain.
    pub dom: Domain,
    /// The disk's source. At most 4,194,304 bytes.
    pub path: Text,
    /// 1 pull, 2 copy, 3 commit, 4 active commit, 5 backup.
    pub r#type: i32,
    /// 0 completed, 1 failed, 2 cancelled, 3 ready to take over.
    pub status: i32,
}

/// Tells how fast a domain may migrate.
///
/// Remote program, procedure 242, since libvirt 0.9.5; reply [`DomainMigrateGetMaxSpeedReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainMigrateGetMaxSpeed {
    /// The domain.
    pub dom: Domain,
    /// Bit 0 asks for the speed of the post-copy phase.
    pub flags: u32,
}

/// What [`DomainMigrateGetMaxSpeed`] returns (remote program, procedure 242).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainMigrateGetMaxSpeedReply {
    /// MiB/s.
    pub bandwidth: u64,
}

/// Counts a disk's requests, bytes and time. Supersedes [`DomainBlockStats`].
///
/// Remote program, procedure 243, since libvirt 0.9.5; reply [`DomainBlockStatsFlagsReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainBlockStatsFlags {
    /// The domain.
    pub dom: Domain,
    /// The disk; empty sums up all. At most 4,194,304 bytes.
    pub path: Text,
    /// Parameters there is room for; 0 asks how many there are.
    pub nparams: i32,
    /// 4 strings can be taken.
    pub flags: u32,
}

/// What [`DomainBlockStatsFlags`] returns (remote program, procedure 243).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DomainBlockStatsFlagsReply {
    /// `rd_operations`, `rd_bytes`, `rd_total_times` (ns), `wr_…`, `flush_…`. At most 16.
    pub params: Vec<TypedParam>,
    /// How many there are, when asked; otherwise how many are given.
    pub nparams: i32,
}

/// Finds a snapshot's parent.
///
/// Remote program, procedure 244, since libvirt 0.9.7; reply [`DomainSnapshotGetParentReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainSnapshotGetParent {
    /// The snapshot.
    pub snap: DomainSnapshot,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// What [`DomainSnapshotGetParent`] returns (remote program, procedure 244).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainSnapshotGetParentReply {
    /// The parent. Without one the answer is an error.
    pub snap: DomainSnapshot,
}

/// Resets a domain at once, as the button would, without asking the guest.
///
/// Remote program, procedure 245, since libvirt 0.9.7; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainReset {
    /// The domain.
    pub dom: Domain,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// Counts a snapshot's children.
///
/// Remote program, procedure 246, since libvirt 0.9.7; reply [`DomainSnapshotNumChildrenReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainSnapshotNumChildren {
    /// The snapshot.
    pub snap: DomainSnapshot,
    /// As those of DOMAIN_SNAPSHOT_LIST_ALL_CHILDREN.
    pub flags: u32,
}

/// What [`DomainSnapshotNumChildren`] returns (remote program, procedure 246).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainSnapshotNumChildrenReply {
    /// How many.
    pub num: i32,
}

/// Lists the names of a snapshot's children.
///
/// Remote program, procedure 247, since libvirt 0.9.7; reply [`DomainSnapshotListChildrenNamesReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainSnapshotListChildrenNames {
    /// The snapshot.
    pub snap: DomainSnapshot,
    /// How many there is room for.
    pub maxnames: i32,
    /// As those of DOMAIN_SNAPSHOT_LIST_ALL_CHILDREN.
    pub flags: u32,
}

/// What [`DomainSnapshotListChildrenNames`] returns (remote program, procedure 247).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainSnapshotListChildrenNamesReply {
    /// The names. At most 16,384, each of at most 4,194,304 bytes.
    pub names: Vec<Text>,
}

/// A domain was started without a disk whose source was missing.
///
/// Remote program, event 248, since libvirt 0.9.7.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainEventDiskChange {
    /// The domain.
    pub dom: Domain,
    /// Its source before. At most 4,194,304 bytes.
    pub old_src_path: Option<Text>,
    /// Its source now. At most 4,194,304 bytes.
    pub new_src_path: Option<Text>,
    /// Its alias. At most 4,194,304 bytes.
    pub dev_alias: Text,
    /// 0 its medium was left out, 1 it was left out.
    pub reason: i32,
}

/// Connects a socket of the client's to a domain's graphics server. The packet is of type
/// CALL_WITH_FDS and brings it.
///
/// Remote program, procedure 249, since libvirt 0.9.7; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainOpenGraphics {
    /// The domain.
    pub dom: Domain,
    /// Which graphics, from 0.
    pub idx: u32,
    /// Bit 0 skips authentication.
    pub flags: u32,
}

/// Puts the host to sleep and has it wake up by itself.
///
/// Remote program, procedure 250, since libvirt 0.9.8; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeSuspendForDuration {
    /// 0 to memory, 1 to disk, 2 to both.
    pub target: u32,
    /// Seconds until it wakes.
    pub duration: u64,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// Changes the size of a running domain's disk.
///
/// Remote program, procedure 251, since libvirt 0.9.8; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainBlockResize {
    /// The domain.
    pub dom: Domain,
    /// The disk. At most 4,194,304 bytes.
    pub disk: Text,
    /// KiB, or bytes with bit 0 of flags.
    pub size: u64,
    /// 1 size is bytes, 2 the size of the underlying device.
    pub flags: u32,
}

/// Sets the limits of a disk's I/O.
///
/// Remote program, procedure 252, since libvirt 0.9.8; empty reply.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DomainSetBlockIoTune {
    /// The domain.
    pub dom: Domain,
    /// The disk. At most 4,194,304 bytes.
    pub disk: Text,
    /// `total_bytes_sec`, `read_iops_sec`, and of each a `…_max` and `…_max_length`; `group_name` and so on;
    /// 0 removes a limit. At most 32.
    pub params: Vec<TypedParam>,
    /// 1 the running domain, 2 its definition, 0 whichever is current.
    pub flags: u32,
}

/// Reads the limits of a disk's I/O.
///
/// Remote program, procedure 253, since libvirt 0.9.8; reply [`DomainGetBlockIoTuneReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainGetBlockIoTune {
    /// The domain.
    pub dom: Domain,
    /// The disk; absent together with `nparams` 0 asks how many there are. At most 4,194,304 bytes.
    pub disk: Option<Text>,
    /// Parameters there is room for; 0 asks how many there are.
    pub nparams: i32,
    /// 1 the running domain, 2 its definition, 0 whichever is current; 4 strings can be taken.
    pub flags: u32,
}

/// What [`DomainGetBlockIoTune`] returns (remote program, procedure 253).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DomainGetBlockIoTuneReply {
    /// The parameters. At most 32.
    pub params: Vec<TypedParam>,
    /// How many there are, when asked; otherwise how many are given.
    pub nparams: i32,
}

/// Sets which NUMA cells a domain's memory comes from.
///
/// Remote program, procedure 254, since libvirt 0.9.9; empty reply.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DomainSetNumaParameters {
    /// The domain.
    pub dom: Domain,
    /// `numa_nodeset`, as text; `numa_mode`: 0 strict, 1 preferred, 2 interleaved, 3 restrictive. At most 16.
    pub params: Vec<TypedParam>,
    /// 1 the running domain, 2 its definition, 0 whichever is current.
    pub flags: u32,
}

/// Reads which NUMA cells a domain's memory comes from.
///
/// Remote program, procedure 255, since libvirt 0.9.9; reply [`DomainGetNumaParametersReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainGetNumaParameters {
    /// The domain.
    pub dom: Domain,
    /// Parameters there is room for; 0 asks how many there are.
    pub nparams: i32,
    /// 1 the running domain, 2 its definition, 0 whichever is current; 4 strings can be taken.
    pub flags: u32,
}

/// What [`DomainGetNumaParameters`] returns (remote program, procedure 255).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DomainGetNumaParametersReply {
    /// The parameters. At most 16.
    pub params: Vec<TypedParam>,
    /// How many there are, when asked; otherwise how many are given.
    pub nparams: i32,
}

/// Sets the bandwidth that an interface may use.
///
/// Remote program, procedure 256, since libvirt 0.9.9; empty reply.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DomainSetInterfaceParameters {
    /// The domain.
    pub dom: Domain,
    /// The interface. At most 4,194,304 bytes.
    pub device: Text,
    /// `inbound.average`, `inbound.peak`, `inbound.floor` (KiB/s), `inbound.burst` (KiB); and `outbound.…`.
    /// At most 16.
    pub params: Vec<TypedParam>,
    /// 1 the running domain, 2 its definition, 0 whichever is current.
    pub flags: u32,
}

/// Reads the bandwidth that an interface may use.
///
/// Remote program, procedure 257, since libvirt 0.9.9; reply [`DomainGetInterfaceParametersReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainGetInterfaceParameters {
    /// The domain.
    pub dom: Domain,
    /// The interface. At most 4,194,304 bytes.
    pub device: Text,
    /// Parameters there is room for; 0 asks how many there are.
    pub nparams: i32,
    /// 1 the running domain, 2 its definition, 0 whichever is current; 4 strings can be taken.
    pub flags: u32,
}

/// What [`DomainGetInterfaceParameters`] returns (remote program, procedure 257).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DomainGetInterfaceParametersReply {
    /// The parameters. At most 16.
    pub params: Vec<TypedParam>,
    /// How many there are, when asked; otherwise how many are given.
    pub nparams: i32,
}

/// Asks the guest to shut down, in a way of the caller's choice. Supersedes [`DomainShutdown`].
///
/// Remote program, procedure 258, since libvirt 0.9.10; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainShutdownFlags {
    /// The domain.
    pub dom: Domain,
    /// 0 any way, 1 ACPI, 2 guest agent, 4 initctl, 8 a signal to init, 16 paravirtual.
    pub flags: u32,
}

/// Overwrites a volume by an algorithm of the caller's choice. Supersedes [`StorageVolWipe`].
///
/// Remote program, procedure 259, since libvirt 0.9.10; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StorageVolWipePattern {
    /// The volume.
    pub vol: StorageVol,
    /// 0 zeros, 1 NNSA, 2 DoD, 3 BSI, 4 Gutmann, 5 Schneier, 6 Pfitzner with 7 passes, 7 with 33, 8 random,
    /// 9 trim.
    pub algorithm: u32,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// Changes the size of a volume.
///
/// Remote program, procedure 260, since libvirt 0.9.10; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StorageVolResize {
    /// The volume.
    pub vol: StorageVol,
    /// Bytes: the new size, or a difference.
    pub capacity: u64,
    /// 1 allocate the growth, 2 capacity is a difference, 4 make it smaller.
    pub flags: u32,
}

/// Asks the guest's own power management to put it to sleep.
///
/// Remote program, procedure 261, since libvirt 0.9.10; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainPmSuspendForDuration {
    /// The domain.
    pub dom: Domain,
    /// 0 to memory, 1 to disk, 2 to both.
    pub target: u32,
    /// Seconds until it wakes; 0 leaves it asleep until woken.
    pub duration: u64,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// Tells how much time a domain has used, in total or on each host CPU.
///
/// Remote program, procedure 262, since libvirt 0.9.10; reply [`DomainGetCpuStatsReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainGetCpuStats {
    /// The domain.
    pub dom: Domain,
    /// Values for each CPU that there is room for; 0 asks how many there are.
    pub nparams: u32,
    /// The first CPU; -1 asks for the total.
    pub start_cpu: i32,
    /// How many CPUs; 1 for the total; 0 asks how many there are.
    pub ncpus: u32,
    /// 4 strings can be taken.
    pub flags: u32,
}

/// What [`DomainGetCpuStats`] returns (remote program, procedure 262).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DomainGetCpuStatsReply {
    /// `nparams` values of one CPU, then those of the next; `cpu_time` and so on, nanoseconds. At most 2,048.
    pub params: Vec<TypedParam>,
    /// Values for each CPU; or the answer to the question asked.
    pub nparams: i32,
}

/// Lists a domain's disks that have had an I/O error.
///
/// Remote program, procedure 263, since libvirt 0.9.10; reply [`DomainGetDiskErrorsReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainGetDiskErrors {
    /// The domain.
    pub dom: Domain,
    /// How many there is room for; 0 asks how many there can be.
    pub maxerrors: u32,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// What [`DomainGetDiskErrors`] returns (remote program, procedure 263).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainGetDiskErrorsReply {
    /// One for each disk in trouble. At most 256.
    pub errors: Vec<DomainDiskError>,
    /// How many; or for `maxerrors` 0 how many there can be.
    pub nerrors: i32,
}

/// Sets a domain's title or description, or an element of somebody else's in its XML.
///
/// Remote program, procedure 264, since libvirt 0.9.10; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainSetMetadata {
    /// The domain.
    pub dom: Domain,
    /// 0 description, 1 title, 2 an element.
    pub r#type: i32,
    /// The text or XML; absent removes it. At most 4,194,304 bytes.
    pub metadata: Option<Text>,
    /// Prefix for the element's name space; for type 2. At most 4,194,304 bytes.
    pub key: Option<Text>,
    /// The element's name space; for type 2. At most 4,194,304 bytes.
    pub uri: Option<Text>,
    /// 1 the running domain, 2 its definition, 0 whichever is current.
    pub flags: u32,
}

/// Reads a domain's title or description, or an element of somebody else's from its XML.
///
/// Remote program, procedure 265, since libvirt 0.9.10; reply [`DomainGetMetadataReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainGetMetadata {
    /// The domain.
    pub dom: Domain,
    /// 0 description, 1 title, 2 an element.
    pub r#type: i32,
    /// The element's name space; for type 2. At most 4,194,304 bytes.
    pub uri: Option<Text>,
    /// 1 the running domain, 2 its definition, 0 whichever is current.
    pub flags: u32,
}

/// What [`DomainGetMetadata`] returns (remote program, procedure 265).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainGetMetadataReply {
    /// The text or XML. At most 4,194,304 bytes.
    pub metadata: Text,
}

/// Starts to pull a disk down to a chosen backing file, or to copy it elsewhere.
///
/// Remote program, procedure 266, since libvirt 0.9.10; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainBlockRebase {
    /// The domain.
    pub dom: Domain,
    /// The disk. At most 4,194,304 bytes.
    pub path: Text,
    /// The backing file to keep; or for a copy, its destination. At most 4,194,304 bytes.
    pub base: Option<Text>,
    /// MiB/s, or bytes/s with bit 6 of flags; 0 is unlimited.
    pub bandwidth: u64,
    /// 1 shallow, 2 reuse the destination, 4 raw, 8 copy, 16 relative, 32 to a device, 64 bandwidth is
    /// bytes/s.
    pub flags: u32,
}

/// Wakes a domain that its own power management has put to sleep.
///
/// Remote program, procedure 267, since libvirt 0.9.11; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainPmWakeup {
    /// The domain.
    pub dom: Domain,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// The tray of a removable drive was moved.
///
/// Remote program, event 268, since libvirt 0.9.11 to 0.9.13.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainEventTrayChange {
    /// The domain.
    pub dom: Domain,
    /// The drive's alias. At most 4,194,304 bytes.
    pub dev_alias: Text,
    /// 0 opened, 1 closed.
    pub reason: i32,
}

/// A guest was woken.
///
/// Remote program, event 269, since libvirt 0.9.11 to 0.9.13.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainEventPmwakeup {
    /// The domain.
    pub dom: Domain,
}

/// A guest has put itself to sleep in memory.
///
/// Remote program, event 270, since libvirt 0.9.11 to 0.9.13.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainEventPmsuspend {
    /// The domain.
    pub dom: Domain,
}

/// Tells whether a snapshot is its domain's current one.
///
/// Remote program, procedure 271, since libvirt 0.9.13; reply [`DomainSnapshotIsCurrentReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainSnapshotIsCurrent {
    /// The snapshot.
    pub snap: DomainSnapshot,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// What [`DomainSnapshotIsCurrent`] returns (remote program, procedure 271).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainSnapshotIsCurrentReply {
    /// 1 when it is.
    pub current: i32,
}

/// Tells whether the daemon keeps metadata of a snapshot, which would be lost with the domain.
///
/// Remote program, procedure 272, since libvirt 0.9.13; reply [`DomainSnapshotHasMetadataReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainSnapshotHasMetadata {
    /// The snapshot.
    pub snap: DomainSnapshot,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// What [`DomainSnapshotHasMetadata`] returns (remote program, procedure 272).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainSnapshotHasMetadataReply {
    /// 1 when it does.
    pub metadata: i32,
}

/// Lists domains, active and inactive, filtered by flags. Supersedes the four calls after it.
///
/// Remote program, procedure 273, since libvirt 0.9.13; reply [`ConnectListAllDomainsReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectListAllDomains {
    /// 1 to get the domains, 0 for their number alone.
    pub need_results: i32,
    /// Bits in groups; within a group any set bit admits a domain, a group without one admits all: 1 active,
    /// 2 inactive; 4 persistent, 8 transient; 16 running, 32 paused, 64 shut off, 128 other; 256 with a
    /// managed save image, 512 without; 1024 autostart, 2048 no autostart; 4096 with snapshots, 8192
    /// without; 16384 with checkpoints, 32768 without.
    pub flags: u32,
}

/// What [`ConnectListAllDomains`] returns (remote program, procedure 273).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectListAllDomainsReply {
    /// The domains. At most 16,384.
    pub domains: Vec<Domain>,
    /// How many there are.
    pub ret: u32,
}

/// Lists a domain's snapshots. Supersedes the two calls after it.
///
/// Remote program, procedure 274, since libvirt 0.9.13; reply [`DomainListAllSnapshotsReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainListAllSnapshots {
    /// The domain.
    pub dom: Domain,
    /// 1 to get the snapshots, 0 for their number alone.
    pub need_results: i32,
    /// 1 roots only, 2 with metadata, 4 leaves, 8 no leaves, 16 without metadata, 32 of an inactive domain,
    /// 64 of an active one, 128 disks only, 256 internal, 512 external, 1024 parents before children.
    pub flags: u32,
}

/// What [`DomainListAllSnapshots`] returns (remote program, procedure 274).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainListAllSnapshotsReply {
    /// The snapshots. At most 16,384.
    pub snapshots: Vec<DomainSnapshot>,
    /// How many there are.
    pub ret: i32,
}

/// Lists a snapshot's children. Supersedes the two calls after it.
///
/// Remote program, procedure 275, since libvirt 0.9.13; reply [`DomainSnapshotListAllChildrenReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainSnapshotListAllChildren {
    /// The snapshot.
    pub snapshot: DomainSnapshot,
    /// 1 to get the snapshots, 0 for their number alone.
    pub need_results: i32,
    /// 1 all descendants, not children alone; the rest as in DOMAIN_LIST_ALL_SNAPSHOTS.
    pub flags: u32,
}

/// What [`DomainSnapshotListAllChildren`] returns (remote program, procedure 275).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainSnapshotListAllChildrenReply {
    /// The snapshots. At most 16,384.
    pub snapshots: Vec<DomainSnapshot>,
    /// How many there are.
    pub ret: i32,
}

/// A domain's memory has grown or shrunk.
///
/// Remote program, event 276, since libvirt 0.9.13 to 0.10.0.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainEventBalloonChange {
    /// The domain.
    pub dom: Domain,
    /// What it has now, in KiB.
    pub actual: u64,
}

/// Asks for the host name that the guest has given itself.
///
/// Remote program, procedure 277, since libvirt 0.10.0; reply [`DomainGetHostnameReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainGetHostname {
    /// The domain.
    pub dom: Domain,
    /// 1 from the DHCP leases, 2 from the guest agent.
    pub flags: u32,
}

/// What [`DomainGetHostname`] returns (remote program, procedure 277).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainGetHostnameReply {
    /// The name, written by the guest or from a lease. At most 4,194,304 bytes.
    pub hostname: Text,
}

/// Tells which security labels a running domain has, one for each security model.
///
/// Remote program, procedure 278, since libvirt 0.10.0; reply [`DomainGetSecurityLabelListReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainGetSecurityLabelList {
    /// The domain.
    pub dom: Domain,
}

/// What [`DomainGetSecurityLabelList`] returns (remote program, procedure 278).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainGetSecurityLabelListReply {
    /// The labels. At most 64.
    pub labels: Vec<DomainGetSecurityLabelReply>,
    /// How many there are.
    pub ret: i32,
}

/// Says which host CPUs the emulator's own threads may use.
///
/// Remote program, procedure 279, since libvirt 0.10.0; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainPinEmulator {
    /// The domain.
    pub dom: Domain,
    /// A bit for each host CPU. At most 2,048 bytes.
    pub cpumap: Vec<u8>,
    /// 1 the running domain, 2 its definition, 0 whichever is current.
    pub flags: u32,
}

/// Tells which host CPUs the emulator's own threads may use.
///
/// Remote program, procedure 280, since libvirt 0.10.0; reply [`DomainGetEmulatorPinInfoReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainGetEmulatorPinInfo {
    /// The domain.
    pub dom: Domain,
    /// Bytes of the map.
    pub maplen: i32,
    /// 1 the running domain, 2 its definition, 0 whichever is current.
    pub flags: u32,
}

/// What [`DomainGetEmulatorPinInfo`] returns (remote program, procedure 280).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainGetEmulatorPinInfoReply {
    /// The map; one. At most 8,388,608 bytes.
    pub cpumaps: Vec<u8>,
    /// 1 when they are pinned, 0 when they may use all.
    pub ret: i32,
}

/// Lists pools, active and inactive, filtered by flags. Supersedes the four calls after it.
///
/// Remote program, procedure 281, since libvirt 0.10.2; reply [`ConnectListAllStoragePoolsReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectListAllStoragePools {
    /// 1 to get the pools, 0 for their number alone.
    pub need_results: i32,
    /// 1 inactive, 2 active, 4 persistent, 8 transient, 16 autostart, 32 no autostart; from 64 on a bit for
    /// each type of pool.
    pub flags: u32,
}

/// What [`ConnectListAllStoragePools`] returns (remote program, procedure 281).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectListAllStoragePoolsReply {
    /// The pools. At most 16,384.
    pub pools: Vec<StoragePool>,
    /// How many there are.
    pub ret: u32,
}

/// Lists the volumes of a pool. Supersedes the two calls after it.
///
/// Remote program, procedure 282, since libvirt 0.10.0; reply [`StoragePoolListAllVolumesReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoragePoolListAllVolumes {
    /// The pool.
    pub pool: StoragePool,
    /// 1 to get the volumes, 0 for their number alone.
    pub need_results: i32,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// What [`StoragePoolListAllVolumes`] returns (remote program, procedure 282).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoragePoolListAllVolumesReply {
    /// The volumes. At most 16,384.
    pub vols: Vec<StorageVol>,
    /// How many there are.
    pub ret: u32,
}

/// Lists networks, active and inactive, filtered by flags. Supersedes the four calls after it.
///
/// Remote program, procedure 283, since libvirt 0.10.2; reply [`ConnectListAllNetworksReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectListAllNetworks {
    /// 1 to get the networks, 0 for their number alone.
    pub need_results: i32,
    /// 1 inactive, 2 active, 4 persistent, 8 transient, 16 autostart, 32 no autostart.
    pub flags: u32,
}

/// What [`ConnectListAllNetworks`] returns (remote program, procedure 283).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectListAllNetworksReply {
    /// The networks. At most 16,384.
    pub nets: Vec<Network>,
    /// How many there are.
    pub ret: u32,
}

/// Lists interfaces, active and inactive, filtered by flags. Supersedes the four calls after it.
///
/// Remote program, procedure 284, since libvirt 0.10.2; reply [`ConnectListAllInterfacesReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectListAllInterfaces {
    /// 1 to get the interfaces, 0 for their number alone.
    pub need_results: i32,
    /// 1 inactive, 2 active.
    pub flags: u32,
}

/// What [`ConnectListAllInterfaces`] returns (remote program, procedure 284).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectListAllInterfacesReply {
    /// The interfaces. At most 16,384.
    pub ifaces: Vec<Interface>,
    /// How many there are.
    pub ret: u32,
}

/// Lists the host's devices, filtered by flags. Supersedes the two calls after it.
///
/// Remote program, procedure 285, since libvirt 0.10.2; reply [`ConnectListAllNodeDevicesReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectListAllNodeDevices {
    /// 1 to get the devices, 0 for their number alone.
    pub need_results: i32,
    /// A bit for each capability, 1 system, 2 PCI, 4 USB device and so on; bit 30 inactive, bit 31 active.
    pub flags: u32,
}

/// What [`ConnectListAllNodeDevices`] returns (remote program, procedure 285).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectListAllNodeDevicesReply {
    /// The devices. At most 65,536.
    pub devices: Vec<NodeDevice>,
    /// How many there are.
    pub ret: u32,
}

/// Lists the filters. Supersedes the two calls after it.
///
/// Remote program, procedure 286, since libvirt 0.10.2; reply [`ConnectListAllNwfiltersReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectListAllNwfilters {
    /// 1 to get the filters, 0 for their number alone.
    pub need_results: i32,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// What [`ConnectListAllNwfilters`] returns (remote program, procedure 286).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectListAllNwfiltersReply {
    /// The filters. At most 16,384.
    pub filters: Vec<Nwfilter>,
    /// How many there are.
    pub ret: u32,
}

/// Lists secrets, filtered by flags. Supersedes the two calls after it.
///
/// Remote program, procedure 287, since libvirt 0.10.2; reply [`ConnectListAllSecretsReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectListAllSecrets {
    /// 1 to get the secrets, 0 for their number alone.
    pub need_results: i32,
    /// 1 ephemeral, 2 kept; 4 private, 8 not private.
    pub flags: u32,
}

/// What [`ConnectListAllSecrets`] returns (remote program, procedure 287).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectListAllSecretsReply {
    /// The secrets. At most 16,384.
    pub secrets: Vec<Secret>,
    /// How many there are.
    pub ret: u32,
}

/// Changes tunables of the host's memory.
///
/// Remote program, procedure 288, since libvirt 0.10.2; empty reply.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NodeSetMemoryParameters {
    /// The parameters. At most 64.
    pub params: Vec<TypedParam>,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// Reads tunables of the host's memory, such as those of same-page merging.
///
/// Remote program, procedure 289, since libvirt 0.10.2; reply [`NodeGetMemoryParametersReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeGetMemoryParameters {
    /// Parameters there is room for; 0 asks how many there are.
    pub nparams: i32,
    /// 4 strings can be taken.
    pub flags: u32,
}

/// What [`NodeGetMemoryParameters`] returns (remote program, procedure 289).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NodeGetMemoryParametersReply {
    /// The parameters. At most 64.
    pub params: Vec<TypedParam>,
    /// How many there are, when asked; otherwise how many are given.
    pub nparams: i32,
}

/// Starts to write a disk's changes back into a backing file.
///
/// Remote program, procedure 290, since libvirt 0.10.2; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainBlockCommit {
    /// The domain.
    pub dom: Domain,
    /// The disk. At most 4,194,304 bytes.
    pub disk: Text,
    /// The backing file to write to; absent takes the deepest. At most 4,194,304 bytes.
    pub base: Option<Text>,
    /// The topmost file whose changes are written; absent takes the active one. At most 4,194,304 bytes.
    pub top: Option<Text>,
    /// MiB/s, or bytes/s with bit 4 of flags; 0 is unlimited.
    pub bandwidth: u64,
    /// 1 shallow, 2 delete what was committed, 4 active, 8 relative, 16 bandwidth is bytes/s.
    pub flags: u32,
}

/// Changes one part of a network.
///
/// Remote program, procedure 291, since libvirt 0.10.2; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NetworkUpdate {
    /// The network.
    pub net: Network,
    /// 1 modify, 2 delete, 3 add as the last, 4 add as the first. A peer without feature 16 has this field
    /// and the next one the wrong way round, and is to be sent them so.
    pub command: u32,
    /// Which part: 1 bridge, 2 domain, 3 IP, 4 DHCP host, 5 DHCP range, 6 forwarding, 7 forwarding
    /// interface, 8 forwarding PF, 9 port group, 10 DNS host, 11 DNS TXT, 12 DNS SRV.
    pub section: u32,
    /// In which element of several, from 0; -1 leaves the choice to the daemon.
    pub parent_index: i32,
    /// The part's element. At most 4,194,304 bytes.
    pub xml: Text,
    /// 1 the active network, 2 its definition, 0 whichever is current.
    pub flags: u32,
}

/// A guest has put itself to sleep on disk.
///
/// Remote program, event 292, since libvirt 0.10.2 to 1.0.0.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainEventPmsuspendDisk {
    /// The domain.
    pub dom: Domain,
}

/// Tells which CPUs the host has and which of them are online.
///
/// Remote program, procedure 293, since libvirt 1.0.0; reply [`NodeGetCpuMapReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeGetCpuMap {
    /// 1 to get the map as well as the counts.
    pub need_map: i32,
    /// 1 to get the number of CPUs that are online.
    pub need_online: i32,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// What [`NodeGetCpuMap`] returns (remote program, procedure 293).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeGetCpuMapReply {
    /// A bit for each CPU, set when it is online. Empty unless asked for. At most 2,048 bytes.
    pub cpumap: Vec<u8>,
    /// CPUs that are online.
    pub online: u32,
    /// CPUs that the host has, present and online or not.
    pub ret: i32,
}

/// Has the guest tell its disks which blocks are unused.
///
/// Remote program, procedure 294, since libvirt 1.0.1; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainFstrim {
    /// The domain.
    pub dom: Domain,
    /// Where the file system is mounted; absent means all. At most 4,194,304 bytes.
    pub mount_point: Option<Text>,
    /// Bytes; shorter free ranges are passed over. 0 means none are.
    pub minimum: u64,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// Sends a signal to a process of a container.
///
/// Remote program, procedure 295, since libvirt 1.0.1; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainSendProcessSignal {
    /// The domain.
    pub dom: Domain,
    /// The process, as numbered inside.
    pub pid_value: i64,
    /// The signal, numbered as on Linux.
    pub signum: u32,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// Connects the call's stream to one of a domain's channels. Both ends send.
///
/// Remote program, procedure 296, since libvirt 1.0.2; empty reply. Opens a stream that both send on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainOpenChannel {
    /// The domain.
    pub dom: Domain,
    /// Name of the channel; absent takes the first. At most 4,194,304 bytes.
    pub name: Option<Text>,
    /// Bit 0 cuts off whoever is connected.
    pub flags: u32,
}

/// Finds a SCSI host by its world-wide names.
///
/// Remote program, procedure 297, since libvirt 1.0.2; reply [`NodeDeviceLookupScsiHostByWwnReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeDeviceLookupScsiHostByWwn {
    /// World-wide node name. At most 4,194,304 bytes.
    pub wwnn: Text,
    /// World-wide port name. At most 4,194,304 bytes.
    pub wwpn: Text,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// What [`NodeDeviceLookupScsiHostByWwn`] returns (remote program, procedure 297).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeDeviceLookupScsiHostByWwnReply {
    /// The device.
    pub dev: NodeDevice,
}

/// Reads everything known about a domain's job, or about its last one. Supersedes
/// [`DomainGetJobInfo`].
///
/// Remote program, procedure 298, since libvirt 1.0.3; reply [`DomainGetJobStatsReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainGetJobStats {
    /// The domain.
    pub dom: Domain,
    /// 1 the last job that has ended, on either side of a migration; reading it forgets it, unless with 2.
    pub flags: u32,
}

/// What [`DomainGetJobStats`] returns (remote program, procedure 298).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DomainGetJobStatsReply {
    /// As in DOMAIN_GET_JOB_INFO.
    pub r#type: i32,
    /// `operation`, `time_elapsed` (ms), `data_total` (bytes), `memory_bps`, `downtime` (ms) and so on.
    /// At most 64.
    pub params: Vec<TypedParam>,
}

/// Tells how much memory the compression of a migration may use.
///
/// Remote program, procedure 299, since libvirt 1.0.3; reply [`DomainMigrateGetCompressionCacheReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainMigrateGetCompressionCache {
    /// The domain.
    pub dom: Domain,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// What [`DomainMigrateGetCompressionCache`] returns (remote program, procedure 299).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainMigrateGetCompressionCacheReply {
    /// Bytes.
    pub cache_size: u64,
}

/// Sets how much memory the compression of a migration may use.
///
/// Remote program, procedure 300, since libvirt 1.0.3; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainMigrateSetCompressionCache {
    /// The domain.
    pub dom: Domain,
    /// Bytes.
    pub cache_size: u64,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// Takes a device away from the host, for a driver of the caller's choice. Supersedes
/// [`NodeDeviceDettach`].
///
/// Remote program, procedure 301, since libvirt 1.0.5; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeDeviceDetachFlags {
    /// The name. At most 4,194,304 bytes.
    pub name: Text,
    /// Which driver takes it; absent takes the default. At most 4,194,304 bytes.
    pub driver_name: Option<Text>,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// Version 3 with parameters, source: starts the migration and describes the guest.
///
/// Remote program, procedure 302, since libvirt 1.1.0; reply [`DomainMigrateBegin3ParamsReply`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DomainMigrateBegin3Params {
    /// The domain.
    pub dom: Domain,
    /// Those of the migration. At most 64.
    pub params: Vec<TypedParam>,
    /// Migration flags.
    pub flags: u32,
}

/// What [`DomainMigrateBegin3Params`] returns (remote program, procedure 302).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainMigrateBegin3ParamsReply {
    /// For Prepare. At most 4,194,304 bytes.
    pub cookie_out: Vec<u8>,
    /// The configuration for the destination. At most 4,194,304 bytes.
    pub xml: Text,
}

/// Version 3 with parameters, destination: gets ready to receive the guest.
///
/// Remote program, procedure 303, since libvirt 1.1.0; reply [`DomainMigratePrepare3ParamsReply`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DomainMigratePrepare3Params {
    /// Those of the migration. At most 64.
    pub params: Vec<TypedParam>,
    /// From Begin. At most 4,194,304 bytes.
    pub cookie_in: Vec<u8>,
    /// Migration flags less 4096 and 8192, which concern the source alone.
    pub flags: u32,
}

/// What [`DomainMigratePrepare3Params`] returns (remote program, procedure 303).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainMigratePrepare3ParamsReply {
    /// For Perform. At most 4,194,304 bytes.
    pub cookie_out: Vec<u8>,
    /// Where the source is to send the guest to; absent means the parameter migrate_uri.
    /// At most 4,194,304 bytes.
    pub uri_out: Option<Text>,
}

/// Version 3 with parameters, destination: gets ready to receive a guest whose data comes as a
/// stream on this call. The source's daemon makes this call.
///
/// Remote program, procedure 304, since libvirt 1.1.0; reply [`DomainMigratePrepareTunnel3ParamsReply`].
/// Opens a stream that the client sends on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DomainMigratePrepareTunnel3Params {
    /// Those of the migration. At most 64.
    pub params: Vec<TypedParam>,
    /// From Begin. At most 4,194,304 bytes.
    pub cookie_in: Vec<u8>,
    /// Migration flags less 4096 and 8192, which concern the source alone.
    pub flags: u32,
}

/// What [`DomainMigratePrepareTunnel3Params`] returns (remote program, procedure 304).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainMigratePrepareTunnel3ParamsReply {
    /// For Perform. At most 4,194,304 bytes.
    pub cookie_out: Vec<u8>,
}

/// Version 3 with parameters, source: sends the guest and leaves it paused; a failure lets it run
/// on. Also the one call of a peer-to-peer migration.
///
/// Remote program, procedure 305, since libvirt 1.1.0; reply [`DomainMigratePerform3ParamsReply`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DomainMigratePerform3Params {
    /// The domain.
    pub dom: Domain,
    /// The destination's libvirt URI, for peer-to-peer only. At most 4,194,304 bytes.
    pub dconnuri: Option<Text>,
    /// Those of the migration. At most 64.
    pub params: Vec<TypedParam>,
    /// From Prepare; empty for peer-to-peer. At most 4,194,304 bytes.
    pub cookie_in: Vec<u8>,
    /// Migration flags.
    pub flags: u32,
}

/// What [`DomainMigratePerform3Params`] returns (remote program, procedure 305).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainMigratePerform3ParamsReply {
    /// For Finish. Must be empty for peer-to-peer. At most 4,194,304 bytes.
    pub cookie_out: Vec<u8>,
}

/// Version 3 with parameters, destination: takes the guest over, or gives it up when cancelled,
/// which is answered with an error, usually code 93.
///
/// Remote program, procedure 306, since libvirt 1.1.0; reply [`DomainMigrateFinish3ParamsReply`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DomainMigrateFinish3Params {
    /// Those of the migration. At most 64.
    pub params: Vec<TypedParam>,
    /// From Perform. At most 4,194,304 bytes.
    pub cookie_in: Vec<u8>,
    /// Migration flags less 4096 and 8192, which concern the source alone.
    pub flags: u32,
    /// 1 when Perform has failed or the migration is given up.
    pub cancelled: i32,
}

/// What [`DomainMigrateFinish3Params`] returns (remote program, procedure 306).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainMigrateFinish3ParamsReply {
    /// The guest at its destination.
    pub dom: Domain,
    /// For Confirm. At most 4,194,304 bytes.
    pub cookie_out: Vec<u8>,
}

/// Version 3 with parameters, source: ends the guest there; or when cancelled lets it run on.
///
/// Remote program, procedure 307, since libvirt 1.1.0; empty reply.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DomainMigrateConfirm3Params {
    /// The domain.
    pub dom: Domain,
    /// Those of the migration. At most 64.
    pub params: Vec<TypedParam>,
    /// From Finish. At most 4,194,304 bytes.
    pub cookie_in: Vec<u8>,
    /// Migration flags.
    pub flags: u32,
    /// 1 when the guest does not run at the destination.
    pub cancelled: i32,
}

/// Sets how often the balloon driver gathers memory statistics.
///
/// Remote program, procedure 308, since libvirt 1.1.1; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainSetMemoryStatsPeriod {
    /// The domain.
    pub dom: Domain,
    /// Seconds; 0 stops it.
    pub period: i32,
    /// 1 the running domain, 2 its definition, 0 whichever is current.
    pub flags: u32,
}

/// As [`DomainCreateXml`], with file descriptors that the first process of a container inherits. The
/// packet is of type CALL_WITH_FDS.
///
/// Remote program, procedure 309, since libvirt 1.1.1; reply [`DomainCreateXmlWithFilesReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainCreateXmlWithFiles {
    /// A `<domain>` document. At most 4,194,304 bytes.
    pub xml_desc: Text,
    /// As those of DOMAIN_CREATE_XML.
    pub flags: u32,
}

/// What [`DomainCreateXmlWithFiles`] returns (remote program, procedure 309).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainCreateXmlWithFilesReply {
    /// The domain.
    pub dom: Domain,
}

/// As [`DomainCreateWithFlags`], with file descriptors that the first process of a container
/// inherits. The packet is of type CALL_WITH_FDS.
///
/// Remote program, procedure 310, since libvirt 1.1.1; reply [`DomainCreateWithFilesReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainCreateWithFiles {
    /// The domain.
    pub dom: Domain,
    /// As those of DOMAIN_CREATE_WITH_FLAGS.
    pub flags: u32,
}

/// What [`DomainCreateWithFiles`] returns (remote program, procedure 310).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainCreateWithFilesReply {
    /// The domain, now with an id.
    pub dom: Domain,
}

/// A guest has let go of a device.
///
/// Remote program, event 311, since libvirt 1.1.1 to 1.1.3.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainEventDeviceRemoved {
    /// The domain.
    pub dom: Domain,
    /// The device's alias. At most 4,194,304 bytes.
    pub dev_alias: Text,
}

/// Lists the CPU models that the driver knows of an architecture.
///
/// Remote program, procedure 312, since libvirt 1.1.3; reply [`ConnectGetCpuModelNamesReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectGetCpuModelNames {
    /// The architecture, such as `x86_64`. At most 4,194,304 bytes.
    pub arch: Text,
    /// 1 to get the names, 0 for their number alone.
    pub need_results: i32,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// What [`ConnectGetCpuModelNames`] returns (remote program, procedure 312).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectGetCpuModelNamesReply {
    /// The names. At most 8,192, each of at most 4,194,304 bytes.
    pub models: Vec<Text>,
    /// How many there are.
    pub ret: i32,
}

/// Asks for one kind of event, of one network or of all.
///
/// Remote program, procedure 313, since libvirt 1.2.1; reply [`ConnectNetworkEventRegisterAnyReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectNetworkEventRegisterAny {
    /// 0 lifecycle, 1 metadata.
    pub event_id: i32,
    /// The network; absent means all.
    pub net: Option<Network>,
}

/// What [`ConnectNetworkEventRegisterAny`] returns (remote program, procedure 313).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectNetworkEventRegisterAnyReply {
    /// What its events will carry.
    pub callback_id: i32,
}

/// Takes back [`ConnectNetworkEventRegisterAny`].
///
/// Remote program, procedure 314, since libvirt 1.2.1; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectNetworkEventDeregisterAny {
    /// What it was given.
    pub callback_id: i32,
}

/// A network was defined, started, stopped or the like.
///
/// Remote program, event 315, since libvirt 1.2.1 to 1.2.3.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NetworkEventLifecycle {
    /// What the registration was given.
    pub callback_id: i32,
    /// The network.
    pub net: Network,
    /// 0 defined, 1 undefined, 2 started, 3 stopped.
    pub event: i32,
    /// 0.
    pub detail: i32,
}

/// Third generation: asks for one kind of event, of one domain or of all.
///
/// Remote program, procedure 316, since libvirt 1.2.1 to 1.2.3; reply [`ConnectDomainEventCallbackRegisterAnyReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectDomainEventCallbackRegisterAny {
    /// The kind.
    pub event_id: i32,
    /// The domain; absent means all.
    pub dom: Option<Domain>,
}

/// What [`ConnectDomainEventCallbackRegisterAny`] returns (remote program, procedure 316).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectDomainEventCallbackRegisterAnyReply {
    /// What its events will carry.
    pub callback_id: i32,
}

/// Takes back [`ConnectDomainEventCallbackRegisterAny`].
///
/// Remote program, procedure 317, since libvirt 1.2.1 to 1.2.3; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectDomainEventCallbackDeregisterAny {
    /// What it was given.
    pub callback_id: i32,
}

/// A domain was defined, started, paused, stopped and the like.
///
/// Remote program, event 318, since libvirt 1.2.1 to 1.2.3.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainEventCallbackLifecycle {
    /// What the registration was given.
    pub callback_id: i32,
    /// What happened.
    pub msg: DomainEventLifecycle,
}

/// A guest has rebooted.
///
/// Remote program, event 319, since libvirt 1.2.1 to 1.2.3.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainEventCallbackReboot {
    /// What the registration was given.
    pub callback_id: i32,
    /// What happened.
    pub msg: DomainEventReboot,
}

/// A guest has set its clock.
///
/// Remote program, event 320, since libvirt 1.2.1 to 1.2.3.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainEventCallbackRtcChange {
    /// What the registration was given.
    pub callback_id: i32,
    /// What happened.
    pub msg: DomainEventRtcChange,
}

/// A domain's watchdog has fired.
///
/// Remote program, event 321, since libvirt 1.2.1 to 1.2.3.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainEventCallbackWatchdog {
    /// What the registration was given.
    pub callback_id: i32,
    /// What happened.
    pub msg: DomainEventWatchdog,
}

/// A disk of a domain has failed.
///
/// Remote program, event 322, since libvirt 1.2.1 to 1.2.3.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainEventCallbackIoError {
    /// What the registration was given.
    pub callback_id: i32,
    /// What happened.
    pub msg: DomainEventIoError,
}

/// Somebody has connected to a domain's graphics server, or has left.
///
/// Remote program, event 323, since libvirt 1.2.1 to 1.2.3.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainEventCallbackGraphics {
    /// What the registration was given.
    pub callback_id: i32,
    /// What happened.
    pub msg: DomainEventGraphics,
}

/// A disk of a domain has failed, and why.
///
/// Remote program, event 324, since libvirt 1.2.1 to 1.2.3.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainEventCallbackIoErrorReason {
    /// What the registration was given.
    pub callback_id: i32,
    /// What happened.
    pub msg: DomainEventIoErrorReason,
}

/// The daemon can no longer control a domain.
///
/// Remote program, event 325, since libvirt 1.2.1 to 1.2.3.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainEventCallbackControlError {
    /// What the registration was given.
    pub callback_id: i32,
    /// What happened.
    pub msg: DomainEventControlError,
}

/// The job of a disk has ended, or can be ended; the disk is named by its source.
///
/// Remote program, event 326, since libvirt 1.2.1 to 1.2.3.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainEventCallbackBlockJob {
    /// What the registration was given.
    pub callback_id: i32,
    /// What happened.
    pub msg: DomainEventBlockJob,
}

/// A domain was started without a disk whose source was missing.
///
/// Remote program, event 327, since libvirt 1.2.1 to 1.2.3.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainEventCallbackDiskChange {
    /// What the registration was given.
    pub callback_id: i32,
    /// What happened.
    pub msg: DomainEventDiskChange,
}

/// The tray of a removable drive was moved.
///
/// Remote program, event 328, since libvirt 1.2.1 to 1.2.3.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainEventCallbackTrayChange {
    /// What the registration was given.
    pub callback_id: i32,
    /// What happened.
    pub msg: DomainEventTrayChange,
}

/// A guest was woken.
///
/// Remote program, event 329, since libvirt 1.2.1 to 1.2.3.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainEventCallbackPmwakeup {
    /// What the registration was given.
    pub callback_id: i32,
    /// 0.
    pub reason: i32,
    /// What happened.
    pub msg: DomainEventPmwakeup,
}

/// A guest has put itself to sleep in memory.
///
/// Remote program, event 330, since libvirt 1.2.1 to 1.2.3.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainEventCallbackPmsuspend {
    /// What the registration was given.
    pub callback_id: i32,
    /// 0.
    pub reason: i32,
    /// What happened.
    pub msg: DomainEventPmsuspend,
}

/// A domain's memory has grown or shrunk.
///
/// Remote program, event 331, since libvirt 1.2.1 to 1.2.3.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainEventCallbackBalloonChange {
    /// What the registration was given.
    pub callback_id: i32,
    /// What happened.
    pub msg: DomainEventBalloonChange,
}

/// A guest has put itself to sleep on disk.
///
/// Remote program, event 332, since libvirt 1.2.1 to 1.2.3.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainEventCallbackPmsuspendDisk {
    /// What the registration was given.
    pub callback_id: i32,
    /// 0.
    pub reason: i32,
    /// What happened.
    pub msg: DomainEventPmsuspendDisk,
}

/// A guest has let go of a device.
///
/// Remote program, event 333, since libvirt 1.2.1 to 1.2.3.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainEventCallbackDeviceRemoved {
    /// What the registration was given.
    pub callback_id: i32,
    /// What happened.
    pub msg: DomainEventDeviceRemoved,
}

/// Writes a domain's memory to a file, in a format of the caller's choice. Supersedes
/// [`DomainCoreDump`].
///
/// Remote program, procedure 334, since libvirt 1.2.3; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainCoreDumpWithFormat {
    /// The domain.
    pub dom: Domain,
    /// Path on the host. At most 4,194,304 bytes.
    pub to: Text,
    /// 0 raw, 1 kdump with zlib, 2 with lzo, 3 with snappy, 4 Windows crash dump.
    pub dumpformat: u32,
    /// As those of DOMAIN_CORE_DUMP.
    pub flags: u32,
}

/// Freezes file systems of the guest, so that their disks can be copied.
///
/// Remote program, procedure 335, since libvirt 1.2.5; reply [`DomainFsfreezeReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainFsfreeze {
    /// The domain.
    pub dom: Domain,
    /// Where they are mounted; none means all. At most 256, each of at most 4,194,304 bytes.
    pub mountpoints: Vec<Text>,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// What [`DomainFsfreeze`] returns (remote program, procedure 335).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainFsfreezeReply {
    /// How many are frozen.
    pub filesystems: i32,
}

/// Thaws what [`DomainFsfreeze`] has frozen.
///
/// Remote program, procedure 336, since libvirt 1.2.5; reply [`DomainFsthawReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainFsthaw {
    /// The domain.
    pub dom: Domain,
    /// Where they are mounted; none means all. At most 256, each of at most 4,194,304 bytes.
    pub mountpoints: Vec<Text>,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// What [`DomainFsthaw`] returns (remote program, procedure 336).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainFsthawReply {
    /// How many are thawed.
    pub filesystems: i32,
}

/// Asks what time the guest believes it is.
///
/// Remote program, procedure 337, since libvirt 1.2.5; reply [`DomainGetTimeReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainGetTime {
    /// The domain.
    pub dom: Domain,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// What [`DomainGetTime`] returns (remote program, procedure 337).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainGetTimeReply {
    /// Seconds since 1970, UTC.
    pub seconds: i64,
    /// And nanoseconds.
    pub nseconds: u32,
}

/// Sets the guest's clock.
///
/// Remote program, procedure 338, since libvirt 1.2.5; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainSetTime {
    /// The domain.
    pub dom: Domain,
    /// Seconds since 1970, UTC.
    pub seconds: i64,
    /// And nanoseconds.
    pub nseconds: u32,
    /// Bit 0 has the guest read its hardware clock instead.
    pub flags: u32,
}

/// The job of a disk has ended, or can be ended; the disk is named by its target, which does not
/// change. Third generation only, in spite of its name.
///
/// Remote program, event 339, since libvirt 1.2.5 to 1.2.6.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainEventBlockJob2 {
    /// What the registration was given.
    pub callback_id: i32,
    /// The domain.
    pub dom: Domain,
    /// The disk's target. At most 4,194,304 bytes.
    pub dst: Text,
    /// 1 pull, 2 copy, 3 commit, 4 active commit, 5 backup.
    pub r#type: i32,
    /// 0 completed, 1 failed, 2 cancelled, 3 ready to take over.
    pub status: i32,
}

/// Counts the free memory pages of given sizes in a range of NUMA cells.
///
/// Remote program, procedure 340, since libvirt 1.2.6; reply [`NodeGetFreePagesReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeGetFreePages {
    /// Page sizes, in KiB. At most 1,024.
    pub pages: Vec<u32>,
    /// The first cell; -1 asks for the whole host.
    pub start_cell: i32,
    /// How many cells.
    pub cell_count: u32,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// What [`NodeGetFreePages`] returns (remote program, procedure 340).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeGetFreePagesReply {
    /// Free pages: all sizes of the first cell, then all sizes of the next. At most 1,024.
    pub counts: Vec<u64>,
}

/// Lists the addresses that a network has leased.
///
/// Remote program, procedure 341, since libvirt 1.2.6; reply [`NetworkGetDhcpLeasesReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NetworkGetDhcpLeases {
    /// The network.
    pub net: Network,
    /// Of this client only; absent means of all. At most 4,194,304 bytes.
    pub mac: Option<Text>,
    /// 1 to get the leases, 0 for their number alone.
    pub need_results: i32,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// What [`NetworkGetDhcpLeases`] returns (remote program, procedure 341).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NetworkGetDhcpLeasesReply {
    /// The leases. At most 65,536.
    pub leases: Vec<NetworkDhcpLease>,
    /// How many there are.
    pub ret: u32,
}

/// Describes what domains of one emulator, architecture, machine type and virtualisation type can
/// have, as XML.
///
/// Remote program, procedure 342, since libvirt 1.2.7; reply [`ConnectGetDomainCapabilitiesReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectGetDomainCapabilities {
    /// Path of the emulator on the host; absent takes the default. At most 4,194,304 bytes.
    pub emulatorbin: Option<Text>,
    /// Architecture of the guest; absent takes the emulator's or the host's. At most 4,194,304 bytes.
    pub arch: Option<Text>,
    /// Machine type; absent takes the default. At most 4,194,304 bytes.
    pub machine: Option<Text>,
    /// `kvm`, `qemu` and so on; absent takes the best. At most 4,194,304 bytes.
    pub virttype: Option<Text>,
    /// 1 without CPU features that are deprecated, 2 with all CPU features in full.
    pub flags: u32,
}

/// What [`ConnectGetDomainCapabilities`] returns (remote program, procedure 342).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectGetDomainCapabilitiesReply {
    /// A `<domainCapabilities>` document. At most 4,194,304 bytes.
    pub capabilities: Text,
}

/// Connects a socket of the daemon's making to a domain's graphics server. The reply is of type
/// REPLY_WITH_FDS and brings the other end.
///
/// Remote program, procedure 343, since libvirt 1.2.8; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainOpenGraphicsFd {
    /// The domain.
    pub dom: Domain,
    /// Which graphics, from 0.
    pub idx: u32,
    /// Bit 0 skips authentication.
    pub flags: u32,
}

/// Reads statistics of many domains at once: what a monitoring system should call.
///
/// Remote program, procedure 344, since libvirt 1.2.8; reply [`ConnectGetAllDomainStatsReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectGetAllDomainStats {
    /// The domains; none means all that the flags admit. At most 16,384.
    pub doms: Vec<Domain>,
    /// Groups: 1 state, 2 CPU, 4 balloon, 8 virtual CPUs, 16 interfaces, 32 disks, 64 performance events,
    /// 128 I/O threads, 256 memory bandwidth, 512 dirty rate, 1024 hypervisor's own. 0 all that there are.
    pub stats: u32,
    /// The low bits filter as those of CONNECT_LIST_ALL_DOMAINS; bit 29 does not wait for busy domains, bit
    /// 30 adds backing chains, bit 31 insists on every group asked for.
    pub flags: u32,
}

/// What [`ConnectGetAllDomainStats`] returns (remote program, procedure 344).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ConnectGetAllDomainStatsReply {
    /// One for each domain. At most 16,384.
    pub ret_stats: Vec<DomainStatsRecord>,
}

/// Starts to mirror a disk to a destination described by XML. Supersedes the copying of
/// [`DomainBlockRebase`].
///
/// Remote program, procedure 345, since libvirt 1.2.9; empty reply.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DomainBlockCopy {
    /// The domain.
    pub dom: Domain,
    /// The disk. At most 4,194,304 bytes.
    pub path: Text,
    /// A `<disk>` document. At most 4,194,304 bytes.
    pub destxml: Text,
    /// `bandwidth` (bytes/s), `granularity` and `buf-size` (bytes). At most 16.
    pub params: Vec<TypedParam>,
    /// 1 shallow, 2 reuse the destination, 4 the job is transient, 8 synchronous writes.
    pub flags: u32,
}

/// Limits or shares of a domain were changed.
///
/// Remote program, event 346, since libvirt 1.2.9.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DomainEventCallbackTunable {
    /// What the registration was given.
    pub callback_id: i32,
    /// The domain.
    pub dom: Domain,
    /// What they are now. At most 2,048.
    pub params: Vec<TypedParam>,
}

/// Adds memory pages to the host's pools of huge pages, or sets their number.
///
/// Remote program, procedure 347, since libvirt 1.2.9; reply [`NodeAllocPagesReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeAllocPages {
    /// Page sizes, in KiB. At most 1,024.
    pub page_sizes: Vec<u32>,
    /// How many pages of each size. At most 1,024.
    pub page_counts: Vec<u64>,
    /// The first cell; -1 speaks of the whole host.
    pub start_cell: i32,
    /// How many cells.
    pub cell_count: u32,
    /// Bit 0 sets the pools to these counts; without it the counts are added.
    pub flags: u32,
}

/// What [`NodeAllocPages`] returns (remote program, procedure 347).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeAllocPagesReply {
    /// How many nodes were successfully adjusted.
    pub ret: i32,
}

/// A guest's agent has come or gone.
///
/// Remote program, event 348, since libvirt 1.2.9 to 1.2.11.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainEventCallbackAgentLifecycle {
    /// What the registration was given.
    pub callback_id: i32,
    /// The domain.
    pub dom: Domain,
    /// 1 connected, 2 disconnected.
    pub state: i32,
    /// 0 unknown, 1 the domain was started, 2 the channel was opened or closed.
    pub reason: i32,
}

/// Lists the mounted file systems of a guest.
///
/// Remote program, procedure 349, since libvirt 1.2.11; reply [`DomainGetFsinfoReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainGetFsinfo {
    /// The domain.
    pub dom: Domain,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// What [`DomainGetFsinfo`] returns (remote program, procedure 349).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainGetFsinfoReply {
    /// One for each file system, written by the guest. At most 256.
    pub info: Vec<DomainFsinfo>,
    /// How many there are.
    pub ret: u32,
}

/// Defines a persistent domain. Supersedes [`DomainDefineXml`].
///
/// Remote program, procedure 350, since libvirt 1.2.12; reply [`DomainDefineXmlFlagsReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainDefineXmlFlags {
    /// A `<domain>` document. At most 4,194,304 bytes.
    pub xml: Text,
    /// Bit 0 validates the XML against its schema.
    pub flags: u32,
}

/// What [`DomainDefineXmlFlags`] returns (remote program, procedure 350).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainDefineXmlFlagsReply {
    /// The domain.
    pub dom: Domain,
}

/// Lists the I/O threads of a domain.
///
/// Remote program, procedure 351, since libvirt 1.2.14; reply [`DomainGetIothreadInfoReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainGetIothreadInfo {
    /// The domain.
    pub dom: Domain,
    /// 1 the running domain, 2 its definition, 0 whichever is current.
    pub flags: u32,
}

/// What [`DomainGetIothreadInfo`] returns (remote program, procedure 351).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainGetIothreadInfoReply {
    /// One for each I/O thread. At most 16,384.
    pub info: Vec<DomainIothreadInfo>,
    /// How many there are.
    pub ret: u32,
}

/// Says which host CPUs an I/O thread may use.
///
/// Remote program, procedure 352, since libvirt 1.2.14; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainPinIothread {
    /// The domain.
    pub dom: Domain,
    /// Its id.
    pub iothreads_id: u32,
    /// A bit for each host CPU. At most 2,048 bytes.
    pub cpumap: Vec<u8>,
    /// 1 the running domain, 2 its definition, 0 whichever is current.
    pub flags: u32,
}

/// Lists the IP addresses of a domain's interfaces.
///
/// Remote program, procedure 353, since libvirt 1.2.14; reply [`DomainInterfaceAddressesReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainInterfaceAddresses {
    /// The domain.
    pub dom: Domain,
    /// Whom to ask: 0 the leases of the host's DHCP, 1 the guest agent (not on a read-only connection), 2
    /// the host's ARP table.
    pub source: u32,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// What [`DomainInterfaceAddresses`] returns (remote program, procedure 353).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainInterfaceAddressesReply {
    /// One for each interface that has an address. Written by the guest when its agent was asked.
    /// At most 2,048.
    pub ifaces: Vec<DomainInterface>,
}

/// A device was plugged into a domain.
///
/// Remote program, event 354, since libvirt 1.2.14 to 1.2.15.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainEventCallbackDeviceAdded {
    /// What the registration was given.
    pub callback_id: i32,
    /// The domain.
    pub dom: Domain,
    /// The device's alias. At most 4,194,304 bytes.
    pub dev_alias: Text,
}

/// Adds an I/O thread to a domain.
///
/// Remote program, procedure 355, since libvirt 1.2.15; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainAddIothread {
    /// The domain.
    pub dom: Domain,
    /// Its id, free until now.
    pub iothread_id: u32,
    /// 1 the running domain, 2 its definition, 0 whichever is current.
    pub flags: u32,
}

/// Removes an I/O thread that no disk uses.
///
/// Remote program, procedure 356, since libvirt 1.2.15; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainDelIothread {
    /// The domain.
    pub dom: Domain,
    /// Its id.
    pub iothread_id: u32,
    /// 1 the running domain, 2 its definition, 0 whichever is current.
    pub flags: u32,
}

/// Sets the password of one of the guest's users.
///
/// Remote program, procedure 357, since libvirt 1.2.16; empty reply.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct DomainSetUserPassword {
    /// The domain.
    pub dom: Domain,
    /// The user's name. At most 4,194,304 bytes.
    pub user: Option<Text>,
    /// The password. At most 4,194,304 bytes.
    pub password: Option<Text>,
    /// Bit 0 says that it is encrypted already.
    pub flags: u32,
}

impl std::fmt::Debug for DomainSetUserPassword {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DomainSetUserPassword")
            .field("dom", &self.dom)
            .field("user", &self.user)
            .field("password", &format_args!("(not shown)"))
            .field("flags", &self.flags)
            .finish()
    }
}

/// Gives an inactive domain another name.
///
/// Remote program, procedure 358, since libvirt 1.2.19; reply [`DomainRenameReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainRename {
    /// The domain.
    pub dom: Domain,
    /// The new name. At most 4,194,304 bytes.
    pub new_name: Option<Text>,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// What [`DomainRename`] returns (remote program, procedure 358).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainRenameReply {
    /// 0.
    pub retcode: i32,
}

/// A migration begins another pass over memory. Sent by the source, if it can.
///
/// Remote program, event 359, since libvirt 1.2.19 to 1.3.2.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainEventCallbackMigrationIteration {
    /// What the registration was given.
    pub callback_id: i32,
    /// The domain.
    pub dom: Domain,
    /// Which, from 1.
    pub iteration: i32,
}

/// Asks to be told when the daemon loses the connection that it has upstream, as a proxy does.
/// Feature 15 must be there.
///
/// Remote program, procedure 360, since libvirt 1.3.2; empty reply.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ConnectRegisterCloseCallback;

/// Takes back [`ConnectRegisterCloseCallback`].
///
/// Remote program, procedure 361, since libvirt 1.3.2; empty reply.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ConnectUnregisterCloseCallback;

/// The daemon has lost its upstream connection.
///
/// Remote program, event 362, since libvirt 1.3.2 to 1.3.3.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectEventConnectionClosed {
    /// 0 error, 1 end of file, 2 keepalive, 3 closed by the client.
    pub reason: i32,
}

/// A domain's job has completed.
///
/// Remote program, event 363, since libvirt 1.3.2 to 1.3.3.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DomainEventCallbackJobCompleted {
    /// What the registration was given.
    pub callback_id: i32,
    /// The domain.
    pub dom: Domain,
    /// As those of DOMAIN_GET_JOB_STATS. At most 64.
    pub params: Vec<TypedParam>,
}

/// Switches a running migration to post-copy: the domain goes on at the destination and fetches what
/// it misses. Only if the migration was started with flag 32768; there is no way back.
///
/// Remote program, procedure 364, since libvirt 1.3.3; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainMigrateStartPostCopy {
    /// The domain.
    pub dom: Domain,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// Tells which performance events of a domain are counted.
///
/// Remote program, procedure 365, since libvirt 1.3.3; reply [`DomainGetPerfEventsReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainGetPerfEvents {
    /// The domain.
    pub dom: Domain,
    /// 1 the running domain, 2 its definition, 0 whichever is current.
    pub flags: u32,
}

/// What [`DomainGetPerfEvents`] returns (remote program, procedure 365).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DomainGetPerfEventsReply {
    /// A truth value for each event. At most 64.
    pub params: Vec<TypedParam>,
}

/// Says which performance events of a domain are counted.
///
/// Remote program, procedure 366, since libvirt 1.3.3; empty reply.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DomainSetPerfEvents {
    /// The domain.
    pub dom: Domain,
    /// A truth value for each event. At most 64.
    pub params: Vec<TypedParam>,
    /// 1 the running domain, 2 its definition, 0 whichever is current.
    pub flags: u32,
}

/// A guest has refused to let go of a device.
///
/// Remote program, event 367, since libvirt 1.3.3 to 2.0.0.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainEventCallbackDeviceRemovalFailed {
    /// What the registration was given.
    pub callback_id: i32,
    /// The domain.
    pub dom: Domain,
    /// The device's alias. At most 4,194,304 bytes.
    pub dev_alias: Text,
}

/// Asks for one kind of event, of one pool or of all.
///
/// Remote program, procedure 368, since libvirt 2.0.0; reply [`ConnectStoragePoolEventRegisterAnyReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectStoragePoolEventRegisterAny {
    /// 0 lifecycle, 1 refresh.
    pub event_id: i32,
    /// The pool; absent means all.
    pub pool: Option<StoragePool>,
}

/// What [`ConnectStoragePoolEventRegisterAny`] returns (remote program, procedure 368).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectStoragePoolEventRegisterAnyReply {
    /// What its events will carry.
    pub callback_id: i32,
}

/// Takes back [`ConnectStoragePoolEventRegisterAny`].
///
/// Remote program, procedure 369, since libvirt 2.0.0; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectStoragePoolEventDeregisterAny {
    /// What it was given.
    pub callback_id: i32,
}

/// A pool was defined, started, stopped or the like.
///
/// Remote program, event 370, since libvirt 2.0.0.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoragePoolEventLifecycle {
    /// What the registration was given.
    pub callback_id: i32,
    /// The pool.
    pub pool: StoragePool,
    /// 0 defined, 1 undefined, 2 started, 3 stopped, 4 built, 5 deleted.
    pub event: i32,
    /// 0.
    pub detail: i32,
}

/// Asks the guest agent which CPUs the guest sees and uses.
///
/// Remote program, procedure 371, since libvirt 2.0.0; reply [`DomainGetGuestVcpusReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainGetGuestVcpus {
    /// The domain.
    pub dom: Domain,
    /// 4 strings can be taken.
    pub flags: u32,
}

/// What [`DomainGetGuestVcpus`] returns (remote program, procedure 371).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DomainGetGuestVcpusReply {
    /// `vcpus`, `online`, `offlinable`: lists, as text. At most 64.
    pub params: Vec<TypedParam>,
}

/// Has the guest agent take CPUs into or out of use.
///
/// Remote program, procedure 372, since libvirt 2.0.0; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainSetGuestVcpus {
    /// The domain.
    pub dom: Domain,
    /// Which, as text such as `2-3,7`. At most 4,194,304 bytes.
    pub cpumap: Text,
    /// 1 takes them into use, 0 out of it.
    pub state: i32,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// A pool has looked at its storage again.
///
/// Remote program, event 373, since libvirt 2.0.0 to 2.2.0.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoragePoolEventRefresh {
    /// What the registration was given.
    pub callback_id: i32,
    /// The pool.
    pub pool: StoragePool,
}

/// Asks for one kind of event, of one device or of all.
///
/// Remote program, procedure 374, since libvirt 2.2.0; reply [`ConnectNodeDeviceEventRegisterAnyReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectNodeDeviceEventRegisterAny {
    /// 0 lifecycle, 1 update.
    pub event_id: i32,
    /// The device; absent means all.
    pub dev: Option<NodeDevice>,
}

/// What [`ConnectNodeDeviceEventRegisterAny`] returns (remote program, procedure 374).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectNodeDeviceEventRegisterAnyReply {
    /// What its events will carry.
    pub callback_id: i32,
}

/// Takes back [`ConnectNodeDeviceEventRegisterAny`].
///
/// Remote program, procedure 375, since libvirt 2.2.0; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectNodeDeviceEventDeregisterAny {
    /// What it was given.
    pub callback_id: i32,
}

/// A device has come, gone, been defined or the like.
///
/// Remote program, event 376, since libvirt 2.2.0 to 3.0.0.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeDeviceEventLifecycle {
    /// What the registration was given.
    pub callback_id: i32,
    /// The device.
    pub dev: NodeDevice,
    /// 0 created, 1 deleted, 2 defined, 3 undefined.
    pub event: i32,
    /// 0.
    pub detail: i32,
}

/// A device's description has changed.
///
/// Remote program, event 377, since libvirt 2.2.0 to 3.0.0.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeDeviceEventUpdate {
    /// What the registration was given.
    pub callback_id: i32,
    /// The device.
    pub dev: NodeDevice,
}

/// Tells a volume's type and size. Supersedes [`StorageVolGetInfo`].
///
/// Remote program, procedure 378, since libvirt 3.0.0; reply [`StorageVolGetInfoFlagsReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StorageVolGetInfoFlags {
    /// The volume.
    pub vol: StorageVol,
    /// Bit 0 asks for the physical size in place of the allocation.
    pub flags: u32,
}

/// What [`StorageVolGetInfoFlags`] returns (remote program, procedure 378).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StorageVolGetInfoFlagsReply {
    /// 0 file, 1 block device, 2 directory, 3 network, 4 network directory, 5 ploop.
    pub r#type: i8,
    /// Bytes that its user sees.
    pub capacity: u64,
    /// Bytes taken of the host's storage, or the physical size when so asked.
    pub allocation: u64,
}

/// A domain's title, description or metadata was changed.
///
/// Remote program, event 379, since libvirt 3.0.0.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainEventCallbackMetadataChange {
    /// What the registration was given.
    pub callback_id: i32,
    /// The domain.
    pub dom: Domain,
    /// 0 description, 1 title, 2 an element.
    pub r#type: i32,
    /// The element's name space; for type 2. At most 4,194,304 bytes.
    pub nsuri: Option<Text>,
}

/// Asks for one kind of event, of one secret or of all.
///
/// Remote program, procedure 380, since libvirt 3.0.0; reply [`ConnectSecretEventRegisterAnyReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectSecretEventRegisterAny {
    /// 0 lifecycle, 1 value changed.
    pub event_id: i32,
    /// The secret; absent means all.
    pub secret: Option<Secret>,
}

/// What [`ConnectSecretEventRegisterAny`] returns (remote program, procedure 380).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectSecretEventRegisterAnyReply {
    /// What its events will carry.
    pub callback_id: i32,
}

/// Takes back [`ConnectSecretEventRegisterAny`].
///
/// Remote program, procedure 381, since libvirt 3.0.0; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectSecretEventDeregisterAny {
    /// What it was given.
    pub callback_id: i32,
}

/// A secret was defined or undefined.
///
/// Remote program, event 382, since libvirt 3.0.0 to 3.1.0.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SecretEventLifecycle {
    /// What the registration was given.
    pub callback_id: i32,
    /// The secret.
    pub secret: Secret,
    /// 0 defined, 1 undefined.
    pub event: i32,
    /// 0.
    pub detail: i32,
}

/// A secret has a new value.
///
/// Remote program, event 383, since libvirt 3.0.0 to 3.1.0.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SecretEventValueChanged {
    /// What the registration was given.
    pub callback_id: i32,
    /// The secret.
    pub secret: Secret,
}

/// Plugs or unplugs particular virtual CPUs.
///
/// Remote program, procedure 384, since libvirt 3.1.0; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainSetVcpu {
    /// The domain.
    pub dom: Domain,
    /// Which, as text such as `2-3,7`. At most 4,194,304 bytes.
    pub cpumap: Text,
    /// 1 plugs them in, 0 unplugs them.
    pub state: i32,
    /// 1 the running domain, 2 its definition, 0 whichever is current.
    pub flags: u32,
}

/// Writing to a disk has passed the offset that [`DomainSetBlockThreshold`] has set. Third generation
/// only.
///
/// Remote program, event 385, since libvirt 3.1.0 to 3.2.0.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainEventBlockThreshold {
    /// What the registration was given.
    pub callback_id: i32,
    /// The domain.
    pub dom: Domain,
    /// The disk, as it was named there. At most 4,194,304 bytes.
    pub dev: Text,
    /// Its source, if that has a path. At most 4,194,304 bytes.
    pub path: Option<Text>,
    /// The offset, in bytes; it is no longer set.
    pub threshold: u64,
    /// By how many bytes it was passed.
    pub excess: u64,
}

/// Asks for the event BLOCK_THRESHOLD once a disk's writing passes an offset.
///
/// Remote program, procedure 386, since libvirt 3.2.0; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainSetBlockThreshold {
    /// The domain.
    pub dom: Domain,
    /// The disk, or a member of its backing chain: `vda[2]`. At most 4,194,304 bytes.
    pub dev: Text,
    /// Bytes; 0 takes the request back.
    pub threshold: u64,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// Tells how long a migrating domain may stand still at the end.
///
/// Remote program, procedure 387, since libvirt 3.7.0; reply [`DomainMigrateGetMaxDowntimeReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainMigrateGetMaxDowntime {
    /// The domain.
    pub dom: Domain,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// What [`DomainMigrateGetMaxDowntime`] returns (remote program, procedure 387).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainMigrateGetMaxDowntimeReply {
    /// Milliseconds.
    pub downtime: u64,
}

/// Reads the configuration out of a managed save image.
///
/// Remote program, procedure 388, since libvirt 3.7.0; reply [`DomainManagedSaveGetXmlDescReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainManagedSaveGetXmlDesc {
    /// The domain.
    pub dom: Domain,
    /// Bit 0 includes secrets, and needs a connection that is not read-only.
    pub flags: u32,
}

/// What [`DomainManagedSaveGetXmlDesc`] returns (remote program, procedure 388).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainManagedSaveGetXmlDescReply {
    /// A `<domain>` document. At most 4,194,304 bytes.
    pub xml: Text,
}

/// Replaces the configuration in a managed save image.
///
/// Remote program, procedure 389, since libvirt 3.7.0; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainManagedSaveDefineXml {
    /// The domain.
    pub dom: Domain,
    /// A `<domain>` document. At most 4,194,304 bytes.
    pub dxml: Option<Text>,
    /// 2 restore it as running, 4 as paused.
    pub flags: u32,
}

/// Says what becomes of a domain that ends.
///
/// Remote program, procedure 390, since libvirt 3.9.0; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainSetLifecycleAction {
    /// The domain.
    pub dom: Domain,
    /// What happens: 0 power-off, 1 reboot, 2 crash.
    pub r#type: u32,
    /// What to do then: 0 destroy, 1 restart, 2 rename and restart, 3 preserve, 4 dump and destroy, 5 dump
    /// and restart.
    pub action: u32,
    /// 1 the running domain, 2 its definition, 0 whichever is current.
    pub flags: u32,
}

/// Finds the pool whose target is a path.
///
/// Remote program, procedure 391, since libvirt 4.1.0; reply [`StoragePoolLookupByTargetPathReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoragePoolLookupByTargetPath {
    /// The path. At most 4,194,304 bytes.
    pub path: Text,
}

/// What [`StoragePoolLookupByTargetPath`] returns (remote program, procedure 391).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoragePoolLookupByTargetPathReply {
    /// The pool.
    pub pool: StoragePool,
}

/// Starts the removal of the device with an alias. Its end is told by the events DEVICE_REMOVED or
/// DEVICE_REMOVAL_FAILED.
///
/// Remote program, procedure 392, since libvirt 4.4.0; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainDetachDeviceAlias {
    /// The domain.
    pub dom: Domain,
    /// The device's alias, as in the domain's XML. At most 4,194,304 bytes.
    pub alias: Text,
    /// 1 the running domain, 2 its definition, 0 whichever is current.
    pub flags: u32,
}

/// Compares a CPU description with the CPU that a hypervisor can offer on this host, which is what a
/// domain would get.
///
/// Remote program, procedure 393, since libvirt 4.4.0; reply [`ConnectCompareHypervisorCpuReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectCompareHypervisorCpu {
    /// Path of the emulator on the host; absent takes the default. At most 4,194,304 bytes.
    pub emulator: Option<Text>,
    /// Architecture; absent takes the host's. At most 4,194,304 bytes.
    pub arch: Option<Text>,
    /// Machine type; absent takes the default. At most 4,194,304 bytes.
    pub machine: Option<Text>,
    /// `kvm`, `qemu` and so on; absent takes the best. At most 4,194,304 bytes.
    pub virttype: Option<Text>,
    /// A `<cpu>` document. At most 4,194,304 bytes.
    pub xml_cpu: Text,
    /// 1 have an incompatible CPU be an error, 2 validate the XML.
    pub flags: u32,
}

/// What [`ConnectCompareHypervisorCpu`] returns (remote program, procedure 393).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectCompareHypervisorCpuReply {
    /// 0 incompatible, 1 identical, 2 the hypervisor's CPU has more.
    pub result: i32,
}

/// Computes the richest CPU that a hypervisor can offer on all of the described hosts.
///
/// Remote program, procedure 394, since libvirt 4.4.0; reply [`ConnectBaselineHypervisorCpuReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectBaselineHypervisorCpu {
    /// Path of the emulator on the host; absent takes the default. At most 4,194,304 bytes.
    pub emulator: Option<Text>,
    /// Architecture; absent takes the host's. At most 4,194,304 bytes.
    pub arch: Option<Text>,
    /// Machine type; absent takes the default. At most 4,194,304 bytes.
    pub machine: Option<Text>,
    /// `kvm`, `qemu` and so on; absent takes the best. At most 4,194,304 bytes.
    pub virttype: Option<Text>,
    /// `<cpu>` documents, or whole `<domainCapabilities>` documents.
    /// At most 256, each of at most 4,194,304 bytes.
    pub xml_cpus: Vec<Text>,
    /// 1 name every feature, 2 leave out those that hinder migration, 4 leave this host out of it.
    pub flags: u32,
}

/// What [`ConnectBaselineHypervisorCpu`] returns (remote program, procedure 394).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectBaselineHypervisorCpuReply {
    /// A `<cpu>` document. At most 4,194,304 bytes.
    pub cpu: Text,
}

/// Tells what the host's memory encryption (AMD SEV) has to offer: certificates, and limits.
///
/// Remote program, procedure 395, since libvirt 4.5.0; reply [`NodeGetSevInfoReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeGetSevInfo {
    /// Parameters there is room for; 0 asks how many there are.
    pub nparams: i32,
    /// 4 strings can be taken.
    pub flags: u32,
}

/// What [`NodeGetSevInfo`] returns (remote program, procedure 395).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NodeGetSevInfoReply {
    /// The parameters. At most 64.
    pub params: Vec<TypedParam>,
    /// How many there are, when asked; otherwise how many are given.
    pub nparams: i32,
}

/// Reads what a guest owner needs to attest a domain with encrypted memory.
///
/// Remote program, procedure 396, since libvirt 4.5.0; reply [`DomainGetLaunchSecurityInfoReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainGetLaunchSecurityInfo {
    /// The domain.
    pub dom: Domain,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// What [`DomainGetLaunchSecurityInfo`] returns (remote program, procedure 396).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DomainGetLaunchSecurityInfoReply {
    /// The measurement of the launch and the like. At most 64.
    pub params: Vec<TypedParam>,
}

/// Finds the binding of a device.
///
/// Remote program, procedure 397, since libvirt 4.5.0; reply [`NwfilterBindingLookupByPortDevReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NwfilterBindingLookupByPortDev {
    /// The device. At most 4,194,304 bytes.
    pub name: Text,
}

/// What [`NwfilterBindingLookupByPortDev`] returns (remote program, procedure 397).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NwfilterBindingLookupByPortDevReply {
    /// The nwfilter.
    pub nwfilter: NwfilterBinding,
}

/// Describes a binding, as XML.
///
/// Remote program, procedure 398, since libvirt 4.5.0; reply [`NwfilterBindingGetXmlDescReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NwfilterBindingGetXmlDesc {
    /// The nwfilter.
    pub nwfilter: NwfilterBinding,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// What [`NwfilterBindingGetXmlDesc`] returns (remote program, procedure 398).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NwfilterBindingGetXmlDescReply {
    /// A `<filterbinding>` document. At most 4,194,304 bytes.
    pub xml: Text,
}

/// Applies a filter to a device as XML describes.
///
/// Remote program, procedure 399, since libvirt 4.5.0; reply [`NwfilterBindingCreateXmlReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NwfilterBindingCreateXml {
    /// A `<filterbinding>` document. At most 4,194,304 bytes.
    pub xml: Text,
    /// Bit 0 validates the XML.
    pub flags: u32,
}

/// What [`NwfilterBindingCreateXml`] returns (remote program, procedure 399).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NwfilterBindingCreateXmlReply {
    /// The nwfilter.
    pub nwfilter: NwfilterBinding,
}

/// Removes a binding, and with it the rules from its device.
///
/// Remote program, procedure 400, since libvirt 4.5.0; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NwfilterBindingDelete {
    /// The nwfilter.
    pub nwfilter: NwfilterBinding,
}

/// Lists the bindings.
///
/// Remote program, procedure 401, since libvirt 4.5.0; reply [`ConnectListAllNwfilterBindingsReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectListAllNwfilterBindings {
    /// 1 to get the bindings, 0 for their number alone.
    pub need_results: i32,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// What [`ConnectListAllNwfilterBindings`] returns (remote program, procedure 401).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectListAllNwfilterBindingsReply {
    /// The bindings. At most 16,384.
    pub bindings: Vec<NwfilterBinding>,
    /// How many there are.
    pub ret: u32,
}

/// Tunes an I/O thread's polling and pool of workers.
///
/// Remote program, procedure 402, since libvirt 4.10.0; empty reply.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DomainSetIothreadParams {
    /// The domain.
    pub dom: Domain,
    /// Its id.
    pub iothread_id: u32,
    /// `poll_max_ns`, `poll_grow`, `poll_shrink`, `thread_pool_min`, `thread_pool_max`. At most 64.
    pub params: Vec<TypedParam>,
    /// 1 the running domain, 2 its definition, 0 whichever is current.
    pub flags: u32,
}

/// Describes which types of pool the daemon can have, as XML.
///
/// Remote program, procedure 403, since libvirt 5.2.0; reply [`ConnectGetStoragePoolCapabilitiesReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectGetStoragePoolCapabilities {
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// What [`ConnectGetStoragePoolCapabilities`] returns (remote program, procedure 403).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectGetStoragePoolCapabilitiesReply {
    /// A `<storagepoolCapabilities>` document. At most 4,194,304 bytes.
    pub capabilities: Text,
}

/// Lists the ports of a network.
///
/// Remote program, procedure 404, since libvirt 5.5.0; reply [`NetworkListAllPortsReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NetworkListAllPorts {
    /// The network.
    pub network: Network,
    /// 1 to get the ports, 0 for their number alone.
    pub need_results: i32,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// What [`NetworkListAllPorts`] returns (remote program, procedure 404).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NetworkListAllPortsReply {
    /// The ports. At most 16,384.
    pub ports: Vec<NetworkPort>,
    /// How many there are.
    pub ret: u32,
}

/// Finds a port by its UUID.
///
/// Remote program, procedure 405, since libvirt 5.5.0; reply [`NetworkPortLookupByUuidReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NetworkPortLookupByUuid {
    /// The network.
    pub network: Network,
    /// The UUID.
    pub uuid: [u8; 16],
}

/// What [`NetworkPortLookupByUuid`] returns (remote program, procedure 405).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NetworkPortLookupByUuidReply {
    /// The port.
    pub port: NetworkPort,
}

/// Makes a port on a network as XML describes.
///
/// Remote program, procedure 406, since libvirt 5.5.0; reply [`NetworkPortCreateXmlReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NetworkPortCreateXml {
    /// The network.
    pub network: Network,
    /// A `<networkport>` document. At most 4,194,304 bytes.
    pub xml: Text,
    /// 1 claim an existing device, 2 validate the XML.
    pub flags: u32,
}

/// What [`NetworkPortCreateXml`] returns (remote program, procedure 406).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NetworkPortCreateXmlReply {
    /// The port.
    pub port: NetworkPort,
}

/// Reads the bandwidth that a port may use.
///
/// Remote program, procedure 407, since libvirt 5.5.0; reply [`NetworkPortGetParametersReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NetworkPortGetParameters {
    /// The port.
    pub port: NetworkPort,
    /// Parameters there is room for; 0 asks how many there are.
    pub nparams: i32,
    /// 4 strings can be taken.
    pub flags: u32,
}

/// What [`NetworkPortGetParameters`] returns (remote program, procedure 407).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NetworkPortGetParametersReply {
    /// The parameters. At most 16.
    pub params: Vec<TypedParam>,
    /// How many there are, when asked; otherwise how many are given.
    pub nparams: i32,
}

/// Sets the bandwidth that a port may use.
///
/// Remote program, procedure 408, since libvirt 5.5.0; empty reply.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NetworkPortSetParameters {
    /// The port.
    pub port: NetworkPort,
    /// `inbound.average`, `inbound.peak`, `inbound.floor` (KiB/s), `inbound.burst` (KiB); and `outbound.…`.
    /// At most 16.
    pub params: Vec<TypedParam>,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// Describes a port, as XML.
///
/// Remote program, procedure 409, since libvirt 5.5.0; reply [`NetworkPortGetXmlDescReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NetworkPortGetXmlDesc {
    /// The port.
    pub port: NetworkPort,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// What [`NetworkPortGetXmlDesc`] returns (remote program, procedure 409).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NetworkPortGetXmlDescReply {
    /// A `<networkport>` document. At most 4,194,304 bytes.
    pub xml: Text,
}

/// Removes a port.
///
/// Remote program, procedure 410, since libvirt 5.5.0; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NetworkPortDelete {
    /// The port.
    pub port: NetworkPort,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// Makes a checkpoint of a domain as XML describes.
///
/// Remote program, procedure 411, since libvirt 5.6.0; reply [`DomainCheckpointCreateXmlReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainCheckpointCreateXml {
    /// The domain.
    pub dom: Domain,
    /// A `<domaincheckpoint>` document. At most 4,194,304 bytes.
    pub xml_desc: Text,
    /// 1 redefine metadata only, 2 quiesce the guest's file systems, 4 validate what is redefined.
    pub flags: u32,
}

/// What [`DomainCheckpointCreateXml`] returns (remote program, procedure 411).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainCheckpointCreateXmlReply {
    /// The checkpoint.
    pub checkpoint: DomainCheckpoint,
}

/// Describes a checkpoint, as XML.
///
/// Remote program, procedure 412, since libvirt 5.6.0; reply [`DomainCheckpointGetXmlDescReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainCheckpointGetXmlDesc {
    /// The checkpoint.
    pub checkpoint: DomainCheckpoint,
    /// 1 with secrets, which needs a connection that is not read-only; 2 without the domain; 4 with the size
    /// of the changes.
    pub flags: u32,
}

/// What [`DomainCheckpointGetXmlDesc`] returns (remote program, procedure 412).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainCheckpointGetXmlDescReply {
    /// A `<domaincheckpoint>` document. At most 4,194,304 bytes.
    pub xml: Text,
}

/// Lists a domain's checkpoints.
///
/// Remote program, procedure 413, since libvirt 5.6.0; reply [`DomainListAllCheckpointsReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainListAllCheckpoints {
    /// The domain.
    pub dom: Domain,
    /// 1 to get the checkpoints, 0 for their number alone.
    pub need_results: i32,
    /// 1 roots only, 2 parents before children, 4 leaves, 8 no leaves.
    pub flags: u32,
}

/// What [`DomainListAllCheckpoints`] returns (remote program, procedure 413).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainListAllCheckpointsReply {
    /// The checkpoints. At most 16,384.
    pub checkpoints: Vec<DomainCheckpoint>,
    /// How many there are.
    pub ret: i32,
}

/// Lists a checkpoint's children.
///
/// Remote program, procedure 414, since libvirt 5.6.0; reply [`DomainCheckpointListAllChildrenReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainCheckpointListAllChildren {
    /// The checkpoint.
    pub checkpoint: DomainCheckpoint,
    /// 1 to get the checkpoints, 0 for their number alone.
    pub need_results: i32,
    /// 1 all descendants, not children alone; the rest as in DOMAIN_LIST_ALL_CHECKPOINTS.
    pub flags: u32,
}

/// What [`DomainCheckpointListAllChildren`] returns (remote program, procedure 414).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainCheckpointListAllChildrenReply {
    /// The checkpoints. At most 16,384.
    pub checkpoints: Vec<DomainCheckpoint>,
    /// How many there are.
    pub ret: i32,
}

/// Finds a checkpoint by its name.
///
/// Remote program, procedure 415, since libvirt 5.6.0; reply [`DomainCheckpointLookupByNameReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainCheckpointLookupByName {
    /// The domain.
    pub dom: Domain,
    /// The name. At most 4,194,304 bytes.
    pub name: Text,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// What [`DomainCheckpointLookupByName`] returns (remote program, procedure 415).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainCheckpointLookupByNameReply {
    /// The checkpoint.
    pub checkpoint: DomainCheckpoint,
}

/// Finds a checkpoint's parent.
///
/// Remote program, procedure 416, since libvirt 5.6.0; reply [`DomainCheckpointGetParentReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainCheckpointGetParent {
    /// The checkpoint.
    pub checkpoint: DomainCheckpoint,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// What [`DomainCheckpointGetParent`] returns (remote program, procedure 416).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainCheckpointGetParentReply {
    /// The parent. Without one the answer is an error.
    pub parent: DomainCheckpoint,
}

/// Deletes a checkpoint; what it tracked goes to its parent.
///
/// Remote program, procedure 417, since libvirt 5.6.0; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainCheckpointDelete {
    /// The checkpoint.
    pub checkpoint: DomainCheckpoint,
    /// 1 with its descendants, 2 its metadata only, 4 its descendants only.
    pub flags: u32,
}

/// Asks the guest agent for everything it can tell.
///
/// Remote program, procedure 418, since libvirt 5.7.0; reply [`DomainGetGuestInfoReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainGetGuestInfo {
    /// The domain.
    pub dom: Domain,
    /// Groups: 1 users, 2 operating system, 4 time zone, 8 host name, 16 file systems, 32 disks, 64
    /// interfaces, 128 load. 0 all that there are.
    pub types: u32,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// What [`DomainGetGuestInfo`] returns (remote program, procedure 418).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DomainGetGuestInfoReply {
    /// Names such as `user.0.name`, `os.id`, `fs.count`. At most 2,048.
    pub params: Vec<TypedParam>,
}

/// Tells a daemon on whose behalf another daemon speaks, so that access is checked for that user and
/// not for the one between them. To be called right after [`ConnectOpen`].
///
/// Remote program, procedure 419, since libvirt 5.8.0; empty reply.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ConnectSetIdentity {
    /// `user-name`, `unix-user-id`, `group-name`, `unix-group-id`, `process-id`, `process-time`,
    /// `sasl-user-name`, `x509-distinguished-name`, `selinux-context`. At most 20.
    pub params: Vec<TypedParam>,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// Sets how long to wait for the guest agent to answer.
///
/// Remote program, procedure 420, since libvirt 5.10.0; reply [`DomainAgentSetResponseTimeoutReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainAgentSetResponseTimeout {
    /// The domain.
    pub dom: Domain,
    /// Seconds; -2 for ever, -1 the default, 0 not at all.
    pub timeout: i32,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// What [`DomainAgentSetResponseTimeout`] returns (remote program, procedure 420).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainAgentSetResponseTimeoutReply {
    /// 0.
    pub result: i32,
}

/// Starts a backup of a domain's disks: pushed to files, or offered for others to pull.
///
/// Remote program, procedure 421, since libvirt 6.0.0; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainBackupBegin {
    /// The domain.
    pub dom: Domain,
    /// A `<domainbackup>` document. At most 4,194,304 bytes.
    pub backup_xml: Text,
    /// A `<domaincheckpoint>` document, for one to be made at the same moment. At most 4,194,304 bytes.
    pub checkpoint_xml: Option<Text>,
    /// Bit 0 reuses files that are there.
    pub flags: u32,
}

/// Describes the backup that is running, as XML.
///
/// Remote program, procedure 422, since libvirt 6.0.0; reply [`DomainBackupGetXmlDescReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainBackupGetXmlDesc {
    /// The domain.
    pub dom: Domain,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// What [`DomainBackupGetXmlDesc`] returns (remote program, procedure 422).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainBackupGetXmlDescReply {
    /// A `<domainbackup>` document. At most 4,194,304 bytes.
    pub xml: Text,
}

/// A memory failure of the host has hit a domain. Third generation only.
///
/// Remote program, event 423, since libvirt 6.0.0 to 6.10.0.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainEventMemoryFailure {
    /// What the registration was given.
    pub callback_id: i32,
    /// The domain.
    pub dom: Domain,
    /// Whose memory: 0 the hypervisor's, 1 the guest's.
    pub recipient: i32,
    /// What was done: 0 ignored, 1 injected into the guest, 2 fatal, 3 reset.
    pub action: i32,
    /// 1 the guest must act, 2 it struck again while being dealt with.
    pub flags: u32,
}

/// Lists the SSH keys that let somebody in as one of the guest's users.
///
/// Remote program, procedure 424, since libvirt 6.10.0; reply [`DomainAuthorizedSshKeysGetReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainAuthorizedSshKeysGet {
    /// The domain.
    pub dom: Domain,
    /// The user's name. At most 4,194,304 bytes.
    pub user: Text,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// What [`DomainAuthorizedSshKeysGet`] returns (remote program, procedure 424).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainAuthorizedSshKeysGetReply {
    /// Lines of the user's authorized_keys. At most 2,048, each of at most 4,194,304 bytes.
    pub keys: Vec<Text>,
}

/// Changes the SSH keys that let somebody in as one of the guest's users.
///
/// Remote program, procedure 425, since libvirt 6.10.0; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainAuthorizedSshKeysSet {
    /// The domain.
    pub dom: Domain,
    /// The user's name. At most 4,194,304 bytes.
    pub user: Text,
    /// Lines of the user's authorized_keys. At most 2,048, each of at most 4,194,304 bytes.
    pub keys: Vec<Text>,
    /// 1 add these, 2 remove these; 0 replace all by these.
    pub flags: u32,
}

/// Lists what the daemon has to say against a domain: that it is tainted, or uses what is
/// deprecated.
///
/// Remote program, procedure 426, since libvirt 7.1.0; reply [`DomainGetMessagesReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainGetMessages {
    /// The domain.
    pub dom: Domain,
    /// 1 deprecations, 2 taints, 4 I/O errors; 0 all.
    pub flags: u32,
}

/// What [`DomainGetMessages`] returns (remote program, procedure 426).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainGetMessagesReply {
    /// Texts for people. At most 2,048, each of at most 4,194,304 bytes.
    pub msgs: Vec<Text>,
}

/// Starts to measure how fast a domain changes its memory. The result comes with
/// [`ConnectGetAllDomainStats`].
///
/// Remote program, procedure 427, since libvirt 7.2.0; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainStartDirtyRateCalc {
    /// The domain.
    pub dom: Domain,
    /// How long to measure, 1 to 60.
    pub seconds: i32,
    /// How to measure: 0 sample pages, 1 dirty bitmap, 2 dirty ring.
    pub flags: u32,
}

/// Defines a persistent virtual device.
///
/// Remote program, procedure 428, since libvirt 7.3.0; reply [`NodeDeviceDefineXmlReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeDeviceDefineXml {
    /// A `<device>` document. At most 4,194,304 bytes.
    pub xml_desc: Text,
    /// Bit 0 validates the XML.
    pub flags: u32,
}

/// What [`NodeDeviceDefineXml`] returns (remote program, procedure 428).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeDeviceDefineXmlReply {
    /// The device.
    pub dev: NodeDevice,
}

/// Forgets a persistent virtual device.
///
/// Remote program, procedure 429, since libvirt 7.3.0; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeDeviceUndefine {
    /// The name. At most 4,194,304 bytes.
    pub name: Text,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// Starts a defined, inactive device.
///
/// Remote program, procedure 430, since libvirt 7.3.0; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeDeviceCreate {
    /// The name. At most 4,194,304 bytes.
    pub name: Text,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// Defines a filter. Supersedes [`NwfilterDefineXml`].
///
/// Remote program, procedure 431, since libvirt 7.3.0 to 7.7.0; reply [`NwfilterDefineXmlFlagsReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NwfilterDefineXmlFlags {
    /// A `<filter>` document. At most 4,194,304 bytes.
    pub xml: Text,
    /// Bit 0 validates the XML.
    pub flags: u32,
}

/// What [`NwfilterDefineXmlFlags`] returns (remote program, procedure 431).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NwfilterDefineXmlFlagsReply {
    /// The nwfilter.
    pub nwfilter: Nwfilter,
}

/// Defines a persistent network. Supersedes [`NetworkDefineXml`].
///
/// Remote program, procedure 432, since libvirt 7.7.0; reply [`NetworkDefineXmlFlagsReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NetworkDefineXmlFlags {
    /// A `<network>` document. At most 4,194,304 bytes.
    pub xml: Text,
    /// Bit 0 validates the XML.
    pub flags: u32,
}

/// What [`NetworkDefineXmlFlags`] returns (remote program, procedure 432).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NetworkDefineXmlFlagsReply {
    /// The network.
    pub net: Network,
}

/// Tells whether a device starts together with its host.
///
/// Remote program, procedure 433, since libvirt 7.8.0; reply [`NodeDeviceGetAutostartReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeDeviceGetAutostart {
    /// The name. At most 4,194,304 bytes.
    pub name: Text,
}

/// What [`NodeDeviceGetAutostart`] returns (remote program, procedure 433).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeDeviceGetAutostartReply {
    /// 1 when it does.
    pub autostart: i32,
}

/// Says whether a device starts together with its host.
///
/// Remote program, procedure 434, since libvirt 7.8.0; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeDeviceSetAutostart {
    /// The name. At most 4,194,304 bytes.
    pub name: Text,
    /// 1 when it shall.
    pub autostart: i32,
}

/// Tells whether a device has a definition that outlives it.
///
/// Remote program, procedure 435, since libvirt 7.8.0; reply [`NodeDeviceIsPersistentReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeDeviceIsPersistent {
    /// The name. At most 4,194,304 bytes.
    pub name: Text,
}

/// What [`NodeDeviceIsPersistent`] returns (remote program, procedure 435).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeDeviceIsPersistentReply {
    /// 1 when it has.
    pub persistent: i32,
}

/// Tells whether a device is there.
///
/// Remote program, procedure 436, since libvirt 7.8.0; reply [`NodeDeviceIsActiveReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeDeviceIsActive {
    /// The name. At most 4,194,304 bytes.
    pub name: Text,
}

/// What [`NodeDeviceIsActive`] returns (remote program, procedure 436).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeDeviceIsActiveReply {
    /// 1 when it is.
    pub active: i32,
}

/// Creates and starts a transient network. Supersedes [`NetworkCreateXml`].
///
/// Remote program, procedure 437, since libvirt 7.8.0; reply [`NetworkCreateXmlFlagsReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NetworkCreateXmlFlags {
    /// A `<network>` document. At most 4,194,304 bytes.
    pub xml: Text,
    /// Bit 0 validates the XML.
    pub flags: u32,
}

/// What [`NetworkCreateXmlFlags`] returns (remote program, procedure 437).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NetworkCreateXmlFlagsReply {
    /// The network.
    pub net: Network,
}

/// A guest has changed the size of a memory device. Third generation only.
///
/// Remote program, event 438, since libvirt 7.8.0 to 8.0.0.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainEventMemoryDeviceSizeChange {
    /// What the registration was given.
    pub callback_id: i32,
    /// The domain.
    pub dom: Domain,
    /// The device's alias. At most 4,194,304 bytes.
    pub alias: Text,
    /// Its size now, in KiB.
    pub size: u64,
}

/// Injects a secret into the encrypted memory of a domain that is paused at its start.
///
/// Remote program, procedure 439, since libvirt 8.0.0; empty reply.
#[derive(Clone, Default, PartialEq)]
pub struct DomainSetLaunchSecurityState {
    /// The domain.
    pub dom: Domain,
    /// `sev-secret-header`, `sev-secret` and where to put it. At most 64.
    pub params: Vec<TypedParam>,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

impl std::fmt::Debug for DomainSetLaunchSecurityState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DomainSetLaunchSecurityState")
            .field("dom", &self.dom)
            .field("params", &format_args!("(not shown)"))
            .field("flags", &self.flags)
            .finish()
    }
}

/// Saves a domain as typed parameters say. Supersedes [`DomainSaveFlags`].
///
/// Remote program, procedure 440, since libvirt 8.4.0; empty reply.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DomainSaveParams {
    /// The domain.
    pub dom: Domain,
    /// `file`, `dxml`, `image_format`, `parallel.channels`. At most 64.
    pub params: Vec<TypedParam>,
    /// As those of DOMAIN_SAVE_FLAGS.
    pub flags: u32,
}

/// Starts a domain from a saved file as typed parameters say. Supersedes [`DomainRestoreFlags`].
///
/// Remote program, procedure 441, since libvirt 8.4.0; empty reply.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DomainRestoreParams {
    /// `file`, `dxml`, `parallel.channels`. At most 64.
    pub params: Vec<TypedParam>,
    /// As those of DOMAIN_RESTORE_FLAGS.
    pub flags: u32,
}

/// Asks for a domain's job to end. Supersedes [`DomainAbortJob`].
///
/// Remote program, procedure 442, since libvirt 8.5.0; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainAbortJobFlags {
    /// The domain.
    pub dom: Domain,
    /// Bit 0 also lets a migration in its post-copy phase be interrupted, which leaves it paused on both
    /// sides.
    pub flags: u32,
}

/// Gives the daemon file descriptors under a name, for disks of that domain to be opened through.
/// The packet is of type CALL_WITH_FDS.
///
/// Remote program, procedure 443, since libvirt 9.0.0; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainFdAssociate {
    /// The domain.
    pub dom: Domain,
    /// The name by which the domain's XML refers to them. At most 4,194,304 bytes.
    pub name: Text,
    /// Bit 0 lets the daemon restore the security labels of the files, bit 1 lets it label them for writing.
    pub flags: u32,
}

/// Sets a network's title or description, or an element of somebody else's in its XML.
///
/// Remote program, procedure 444, since libvirt 9.7.0; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NetworkSetMetadata {
    /// The network.
    pub network: Network,
    /// 0 description, 1 title, 2 an element.
    pub r#type: i32,
    /// The text or XML; absent removes it. At most 4,194,304 bytes.
    pub metadata: Option<Text>,
    /// Prefix for the element's name space; for type 2. At most 4,194,304 bytes.
    pub key: Option<Text>,
    /// The element's name space; for type 2. At most 4,194,304 bytes.
    pub uri: Option<Text>,
    /// 1 the active network, 2 its definition, 0 whichever is current.
    pub flags: u32,
}

/// Reads a network's title or description, or an element of somebody else's from its XML.
///
/// Remote program, procedure 445, since libvirt 9.7.0; reply [`NetworkGetMetadataReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NetworkGetMetadata {
    /// The network.
    pub network: Network,
    /// 0 description, 1 title, 2 an element.
    pub r#type: i32,
    /// The element's name space; for type 2. At most 4,194,304 bytes.
    pub uri: Option<Text>,
    /// 1 the active network, 2 its definition, 0 whichever is current.
    pub flags: u32,
}

/// What [`NetworkGetMetadata`] returns (remote program, procedure 445).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NetworkGetMetadataReply {
    /// The text or XML. At most 4,194,304 bytes.
    pub metadata: Text,
}

/// A network's title, description or metadata was changed.
///
/// Remote program, event 446, since libvirt 9.7.0 to 10.1.0.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NetworkEventCallbackMetadataChange {
    /// What the registration was given.
    pub callback_id: i32,
    /// The network.
    pub net: Network,
    /// 0 description, 1 title, 2 an element.
    pub r#type: i32,
    /// The element's name space; for type 2. At most 4,194,304 bytes.
    pub nsuri: Option<Text>,
}

/// Changes a device's configuration.
///
/// Remote program, procedure 447, since libvirt 10.1.0; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeDeviceUpdate {
    /// The name. At most 4,194,304 bytes.
    pub name: Text,
    /// A `<device>` document. At most 4,194,304 bytes.
    pub xml_desc: Text,
    /// 1 the active device, 2 its definition, 0 whichever is current.
    pub flags: u32,
}

/// Has a domain's graphics server read its TLS certificates again.
///
/// Remote program, procedure 448, since libvirt 10.2.0; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainGraphicsReload {
    /// The domain.
    pub dom: Domain,
    /// 0 any, 1 VNC.
    pub r#type: u32,
    /// No bit of it matters here: 0.
    pub flags: u32,
}

/// Tells whether a domain starts at the next start of its host, and only then.
///
/// Remote program, procedure 449, since libvirt 11.2.0; reply [`DomainGetAutostartOnceReply`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainGetAutostartOnce {
    /// The domain.
    pub dom: Domain,
}

/// What [`DomainGetAutostartOnce`] returns (remote program, procedure 449).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainGetAutostartOnceReply {
    /// 1 when it does.
    pub autostart: i32,
}

/// Says whether a domain starts at the next start of its host, and only then.
///
/// Remote program, procedure 450, since libvirt 11.2.0; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainSetAutostartOnce {
    /// The domain.
    pub dom: Domain,
    /// 1 when it shall.
    pub autostart: i32,
}

/// Defines or changes a throttle group: limits that several disks share.
///
/// Remote program, procedure 451, since libvirt 11.2.0; empty reply.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DomainSetThrottleGroup {
    /// The domain.
    pub dom: Domain,
    /// Its name. At most 4,194,304 bytes.
    pub group: Text,
    /// As those of DOMAIN_SET_BLOCK_IO_TUNE. At most 32.
    pub params: Vec<TypedParam>,
    /// 1 the running domain, 2 its definition, 0 whichever is current.
    pub flags: u32,
}

/// Removes a throttle group that no disk uses.
///
/// Remote program, procedure 452, since libvirt 11.2.0; empty reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainDelThrottleGroup {
    /// The domain.
    pub dom: Domain,
    /// Its name. At most 4,194,304 bytes.
    pub group: Option<Text>,
    /// 1 the running domain, 2 its definition, 0 whichever is current.
    pub flags: u32,
}

/// A guest has changed the MAC address of an interface. Third generation only.
///
/// Remote program, event 453, since libvirt 11.2.0 to 11.3.0.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainEventNicMacChange {
    /// What the registration was given.
    pub callback_id: i32,
    /// The domain.
    pub dom: Domain,
    /// The interface's alias. At most 4,194,304 bytes.
    pub alias: Text,
    /// The address before. At most 4,194,304 bytes.
    pub old_mac: Text,
    /// The address now. At most 4,194,304 bytes.
    pub new_mac: Text,
}

/// A guest has let go of a virtual CPU. Third generation only.
///
/// Remote program, event 454, since libvirt 12.4.0.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainEventVcpuRemoved {
    /// What the registration was given.
    pub callback_id: i32,
    /// The domain.
    pub dom: Domain,
    /// Which.
    pub vcpu: u32,
}

/// A guest has opened or closed its end of a channel.
///
/// Remote program, event 455, since libvirt 12.4.0.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainEventCallbackChannelLifecycle {
    /// What the registration was given.
    pub callback_id: i32,
    /// The domain.
    pub dom: Domain,
    /// Name of the channel. At most 4,194,304 bytes.
    pub channel_name: Text,
    /// What became of it.
    pub state: i32,
    /// Why.
    pub reason: i32,
}

/// Has a running domain announce its interfaces to the network again, so that switches learn where
/// they are.
///
/// Remote program, procedure 456, since libvirt 12.5.0; empty reply.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DomainAnnounceInterface {
    /// The domain.
    pub dom: Domain,
    /// The interface; absent means all. At most 4,194,304 bytes.
    pub device: Option<Text>,
    /// `initial`, `max`, `step`: milliseconds before the first announcement, at most between two, and by
    /// which that pause grows; `rounds`: how many. At most 16.
    pub params: Vec<TypedParam>,
    /// No bit of it matters here: 0.
    pub flags: u32,
}
