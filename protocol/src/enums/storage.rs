//! Enumerations of storage, networks and secrets.

use crate::numbers::numbers;

numbers! {
    /// What a storage pool does.
    StoragePoolState = "virStoragePoolState" "VIR_STORAGE_POOL_" {
        /// It is off.
        Inactive = 0 "inactive",
        /// It is being made.
        Building = 1 "building",
        /// Its volumes can be used.
        Running = 2 "running",
        /// The same, with less redundancy than it should have.
        Degraded = 3 "degraded",
        /// It is on, and cannot be reached.
        Inaccessible = 4 "inaccessible",
    }
    /// What a volume is.
    StorageVolKind = "virStorageVolType" "VIR_STORAGE_VOL_" {
        /// A file.
        File = 0 "file",
        /// A block device.
        Block = 1 "block",
        /// A directory.
        Dir = 2 "dir",
        /// An image on the network.
        Network = 3 "network",
        /// A directory on the network.
        NetDir = 4 "netdir",
        /// A directory of ploop's.
        Ploop = 5 "ploop",
    }
    /// What overwrites a volume.
    WipeAlgorithm = "virStorageVolWipeAlgorithm" "VIR_STORAGE_VOL_WIPE_ALG_" {
        /// Zeros, once.
        Zero = 0 "zero",
        /// Four passes, NNSA's.
        Nnsa = 1 "nnsa",
        /// Four passes, the DoD's.
        Dod = 2 "dod",
        /// Nine passes, BSI's.
        Bsi = 3 "bsi",
        /// 35 passes.
        Gutmann = 4 "gutmann",
        /// Seven passes.
        Schneier = 5 "schneier",
        /// Seven random passes.
        Pfitzner7 = 6 "pfitzner7",
        /// 33 random passes.
        Pfitzner33 = 7 "pfitzner33",
        /// One random pass.
        Random = 8 "random",
        /// The device's own trimming.
        Trim = 9 "trim",
    }
    /// What a secret is for.
    SecretUsage = "virSecretUsageType" "VIR_SECRET_USAGE_TYPE_" {
        /// Nothing in particular: only its UUID finds it.
        None = 0 "none",
        /// An encrypted volume: the key is the volume's.
        Volume = 1 "volume",
        /// A Ceph cluster: a name.
        Ceph = 2 "ceph",
        /// An iSCSI target: a name.
        Iscsi = 3 "iscsi",
        /// A TLS key: a name.
        Tls = 4 "tls",
        /// A virtual TPM: a name.
        Vtpm = 5 "vtpm",
    }
    /// How a part of a network's configuration changes.
    NetworkUpdateCommand = "virNetworkUpdateCommand" "VIR_NETWORK_UPDATE_COMMAND_" {
        /// It does not.
        None = 0 "none",
        /// In place.
        Modify = 1 "modify",
        /// It goes.
        Delete = 2 "delete",
        /// It comes last.
        AddLast = 3 "add-last",
        /// It comes first.
        AddFirst = 4 "add-first",
    }
    /// Which part of a network's configuration.
    NetworkSection = "virNetworkUpdateSection" "VIR_NETWORK_SECTION_" {
        /// None.
        None = 0 "none",
        /// `<bridge>`.
        Bridge = 1 "bridge",
        /// `<domain>`.
        Domain = 2 "domain",
        /// `<ip>`.
        Ip = 3 "ip",
        /// `<ip><dhcp><host>`.
        IpDhcpHost = 4 "ip-dhcp-host",
        /// `<ip><dhcp><range>`.
        IpDhcpRange = 5 "ip-dhcp-range",
        /// `<forward>`.
        Forward = 6 "forward",
        /// `<forward><interface>`.
        ForwardInterface = 7 "forward-interface",
        /// `<forward><pf>`.
        ForwardPf = 8 "forward-pf",
        /// `<portgroup>`.
        Portgroup = 9 "portgroup",
        /// `<dns><host>`.
        DnsHost = 10 "dns-host",
        /// `<dns><txt>`.
        DnsTxt = 11 "dns-txt",
        /// `<dns><srv>`.
        DnsSrv = 12 "dns-srv",
    }
}

#[cfg(test)]
mod tests {
    use super::ALL;

    #[test]
    fn words_and_numbers_are_libvirts() {
        super::super::check(ALL, &[]);
    }
}
