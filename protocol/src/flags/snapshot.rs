//! Flags of snapshots and checkpoints.

super::flags! {
    /// How to take a snapshot.
    SnapshotCreateFlags = "virDomainSnapshotCreateFlags" "VIR_DOMAIN_SNAPSHOT_CREATE_" {
        /// It is there already; tell the daemon of it.
        REDEFINE = 1,
        /// And it is the current one.
        CURRENT = 2,
        /// Take it and forget it.
        NO_METADATA = 4,
        /// End the domain then.
        HALT = 8,
        /// Of the disks alone.
        DISK_ONLY = 16,
        /// Into files that are there.
        REUSE_EXT = 32,
        /// With the guest's file systems at rest, by its agent.
        QUIESCE = 64,
        /// Of all disks or of none.
        ATOMIC = 128,
        /// While the guest runs.
        LIVE = 256,
        /// Compare the XML with its schema first.
        VALIDATE = 512,
    }
    /// What goes with a snapshot.
    SnapshotDeleteFlags = "virDomainSnapshotDeleteFlags" "VIR_DOMAIN_SNAPSHOT_DELETE_" {
        /// Those that came of it.
        CHILDREN = 1,
        /// What is known of it, and no more.
        METADATA_ONLY = 2,
        /// Those that came of it, and not itself.
        CHILDREN_ONLY = 4,
    }
    /// How to go back to a snapshot.
    SnapshotRevertFlags = "virDomainSnapshotRevertFlags" "VIR_DOMAIN_SNAPSHOT_REVERT_" {
        /// Then let it run.
        RUNNING = 1,
        /// Then leave it paused.
        PAUSED = 2,
        /// Even if something is lost by it.
        FORCE = 4,
        /// Forget what the firmware has stored.
        RESET_NVRAM = 8,
    }
    /// Which snapshots. The first bit is [`ROOTS`](Self::ROOTS) of a domain, and all below instead of the next below of a snapshot.
    SnapshotListFlags = "virDomainSnapshotListFlags" "VIR_DOMAIN_SNAPSHOT_LIST_" {
        /// Of a domain: those without a parent. Of a snapshot: all that came of it, directly or not.
        ROOTS = 1,
        /// Those with metadata.
        METADATA = 2,
        /// Those of which none came.
        LEAVES = 4,
        /// The others.
        NO_LEAVES = 8,
        /// Those without metadata.
        NO_METADATA = 16,
        /// Of a domain that was off.
        INACTIVE = 32,
        /// Of a domain that was on.
        ACTIVE = 64,
        /// Of the disks alone.
        DISK_ONLY = 128,
        /// Inside the disks' own images.
        INTERNAL = 256,
        /// In images of their own.
        EXTERNAL = 512,
        /// Parents before children.
        TOPOLOGICAL = 1_024,
    }
    /// How to make a checkpoint.
    CheckpointCreateFlags = "virDomainCheckpointCreateFlags" "VIR_DOMAIN_CHECKPOINT_CREATE_" {
        /// It is there already; tell the daemon of it.
        REDEFINE = 1,
        /// With the guest's file systems at rest, by its agent.
        QUIESCE = 2,
        /// Look whether what is told is so.
        REDEFINE_VALIDATE = 4,
    }
    /// What goes with a checkpoint.
    CheckpointDeleteFlags = "virDomainCheckpointDeleteFlags" "VIR_DOMAIN_CHECKPOINT_DELETE_" {
        /// Those that came of it.
        CHILDREN = 1,
        /// What is known of it, and no more.
        METADATA_ONLY = 2,
        /// Those that came of it, and not itself.
        CHILDREN_ONLY = 4,
    }
    /// Which checkpoints.
    CheckpointListFlags = "virDomainCheckpointListFlags" "VIR_DOMAIN_CHECKPOINT_LIST_" {
        /// Of a domain: those without a parent. Of a checkpoint: all that came of it, directly or not.
        ROOTS = 1,
        /// Parents before children.
        TOPOLOGICAL = 2,
        /// Those of which none came.
        LEAVES = 4,
        /// The others.
        NO_LEAVES = 8,
    }
    /// How to describe a checkpoint.
    CheckpointXmlFlags = "virDomainCheckpointXMLFlags" "VIR_DOMAIN_CHECKPOINT_XML_" {
        /// With passwords. Refused on read-only connections.
        SECURE = 1,
        /// Without the domain.
        NO_DOMAIN = 2,
        /// With how much has changed since.
        SIZE = 4,
    }
}
