//! Flags that choose what is in a list. Of each group of opposites, none or all means no choice.

super::flags! {
    /// Which domains.
    ListDomainsFlags = "virConnectListAllDomainsFlags" "VIR_CONNECT_LIST_DOMAINS_" {
        /// Those that are on.
        ACTIVE = 1,
        /// Those that are off.
        INACTIVE = 2,
        /// Those with a definition.
        PERSISTENT = 4,
        /// Those without.
        TRANSIENT = 8,
        /// Those that run.
        RUNNING = 16,
        /// Those that are paused.
        PAUSED = 32,
        /// Those that are off, by their state.
        SHUTOFF = 64,
        /// Those in any other state.
        OTHER = 128,
        /// Those with a managed save image.
        MANAGEDSAVE = 256,
        /// Those without.
        NO_MANAGEDSAVE = 512,
        /// Those that start with the host.
        AUTOSTART = 1_024,
        /// Those that do not.
        NO_AUTOSTART = 2_048,
        /// Those with snapshots.
        HAS_SNAPSHOT = 4_096,
        /// Those without.
        NO_SNAPSHOT = 8_192,
        /// Those with checkpoints.
        HAS_CHECKPOINT = 16_384,
        /// Those without.
        NO_CHECKPOINT = 32_768,
    }
    /// Which networks.
    ListNetworksFlags = "virConnectListAllNetworksFlags" "VIR_CONNECT_LIST_NETWORKS_" {
        /// Those that are off.
        INACTIVE = 1,
        /// Those that are on.
        ACTIVE = 2,
        /// Those with a definition.
        PERSISTENT = 4,
        /// Those without.
        TRANSIENT = 8,
        /// Those that start with the host.
        AUTOSTART = 16,
        /// Those that do not.
        NO_AUTOSTART = 32,
    }
    /// Which interfaces of the host.
    ListInterfacesFlags = "virConnectListAllInterfacesFlags" "VIR_CONNECT_LIST_INTERFACES_" {
        /// Those that are off.
        INACTIVE = 1,
        /// Those that are on.
        ACTIVE = 2,
    }
    /// Which storage pools.
    ListStoragePoolsFlags = "virConnectListAllStoragePoolsFlags" "VIR_CONNECT_LIST_STORAGE_POOLS_" {
        /// Those that are off.
        INACTIVE = 1,
        /// Those that are on.
        ACTIVE = 2,
        /// Those with a definition.
        PERSISTENT = 4,
        /// Those without.
        TRANSIENT = 8,
        /// Those that start with the host.
        AUTOSTART = 16,
        /// Those that do not.
        NO_AUTOSTART = 32,
        /// Directories.
        DIR = 64,
        /// File systems.
        FS = 128,
        /// File systems on the network.
        NETFS = 256,
        /// Groups of LVM's volumes.
        LOGICAL = 512,
        /// Disks.
        DISK = 1_024,
        /// iSCSI targets.
        ISCSI = 2_048,
        /// SCSI hosts.
        SCSI = 4_096,
        /// Devices with several paths.
        MPATH = 8_192,
        /// Ceph's.
        RBD = 16_384,
        /// Sheepdog's.
        SHEEPDOG = 32_768,
        /// Gluster's.
        GLUSTER = 65_536,
        /// ZFS's.
        ZFS = 131_072,
        /// Virtuozzo's.
        VSTORAGE = 262_144,
        /// iSCSI targets that QEMU talks to by itself.
        ISCSI_DIRECT = 524_288,
    }
    /// Which secrets.
    ListSecretsFlags = "virConnectListAllSecretsFlags" "VIR_CONNECT_LIST_SECRETS_" {
        /// Those that the daemon forgets when it ends.
        EPHEMERAL = 1,
        /// Those that it keeps.
        NO_EPHEMERAL = 2,
        /// Those whose value is never told.
        PRIVATE = 4,
        /// Those whose value is.
        NO_PRIVATE = 8,
    }
    /// Which devices of the host, by what they can do.
    ListNodeDevicesFlags = "virConnectListAllNodeDeviceFlags" "VIR_CONNECT_LIST_NODE_DEVICES_" {
        /// The machine itself.
        CAP_SYSTEM = 1,
        /// On PCI.
        CAP_PCI_DEV = 2,
        /// On USB.
        CAP_USB_DEV = 4,
        /// Interfaces of devices on USB.
        CAP_USB_INTERFACE = 8,
        /// Of networks.
        CAP_NET = 16,
        /// SCSI hosts.
        CAP_SCSI_HOST = 32,
        /// SCSI targets.
        CAP_SCSI_TARGET = 64,
        /// On SCSI.
        CAP_SCSI = 128,
        /// That store.
        CAP_STORAGE = 256,
        /// Fibre channel hosts.
        CAP_FC_HOST = 512,
        /// With virtual ports.
        CAP_VPORTS = 1_024,
        /// On SCSI, as they are.
        CAP_SCSI_GENERIC = 2_048,
        /// That draw.
        CAP_DRM = 4_096,
        /// That can have mediated devices.
        CAP_MDEV_TYPES = 8_192,
        /// Mediated devices.
        CAP_MDEV = 16_384,
        /// Behind channels of a mainframe.
        CAP_CCW_DEV = 32_768,
        /// Subchannels of a mainframe.
        CAP_CSS_DEV = 65_536,
        /// On vDPA.
        CAP_VDPA = 131_072,
        /// Cards for cryptography of a mainframe.
        CAP_AP_CARD = 262_144,
        /// Their queues.
        CAP_AP_QUEUE = 524_288,
        /// Their matrices.
        CAP_AP_MATRIX = 1_048_576,
        /// With vital product data.
        CAP_VPD = 2_097_152,
        /// Those that are defined and off.
        INACTIVE = 1_073_741_824,
        /// Those that are there.
        ACTIVE = 2_147_483_648,
    }
}
