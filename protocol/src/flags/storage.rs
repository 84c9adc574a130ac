//! Flags of storage and networks.

super::flags! {
    /// How to build a storage pool.
    StoragePoolBuildFlags = "virStoragePoolBuildFlags" "VIR_STORAGE_POOL_BUILD_" {
        /// Mend what is there.
        REPAIR = 1,
        /// Make it larger.
        RESIZE = 2,
        /// Fail if there is something.
        NO_OVERWRITE = 4,
        /// Overwrite what is there.
        OVERWRITE = 8,
    }
    /// How to start a storage pool.
    StoragePoolCreateFlags = "virStoragePoolCreateFlags" "VIR_STORAGE_POOL_CREATE_" {
        /// Build it first.
        WITH_BUILD = 1,
        /// Build it, whatever is there.
        WITH_BUILD_OVERWRITE = 2,
        /// Build it, and fail if there is something.
        WITH_BUILD_NO_OVERWRITE = 4,
    }
    /// How to delete a storage pool.
    StoragePoolDeleteFlags = "virStoragePoolDeleteFlags" "VIR_STORAGE_POOL_DELETE_" {
        /// Write zeros over it.
        ZEROED = 1,
    }
    /// How to make a volume.
    StorageVolCreateFlags = "virStorageVolCreateFlags" "VIR_STORAGE_VOL_CREATE_" {
        /// With room for what describes the image.
        PREALLOC_METADATA = 1,
        /// As a copy that shares its blocks.
        REFLINK = 2,
        /// Compare the XML with its schema first.
        VALIDATE = 4,
    }
    /// How to delete a volume.
    StorageVolDeleteFlags = "virStorageVolDeleteFlags" "VIR_STORAGE_VOL_DELETE_" {
        /// Write zeros over it.
        ZEROED = 1,
        /// With its snapshots.
        WITH_SNAPSHOTS = 2,
    }
    /// How to resize a volume.
    StorageVolResizeFlags = "virStorageVolResizeFlags" "VIR_STORAGE_VOL_RESIZE_" {
        /// Take the room at once.
        ALLOCATE = 1,
        /// The size is a difference.
        DELTA = 2,
        /// It may become smaller, which loses what was there.
        SHRINK = 4,
    }
    /// How large a volume is.
    StorageVolInfoFlags = "virStorageVolInfoFlags" "VIR_STORAGE_VOL_" {
        /// The allocation is what the file takes, not what it says.
        GET_PHYSICAL = 1,
    }
    /// How a volume's content goes over a stream.
    StorageVolStreamFlags = "virStorageVolUploadFlags, virStorageVolDownloadFlags" "VIR_STORAGE_VOL_UPLOAD_" {
        /// With its holes as holes (libvirt 3.4). Of an upload into a file libvirt's daemons seek over a hole and end the file behind it: what was
        /// there stays, and what came after it is lost.
        SPARSE_STREAM = 1,
    }
    /// How to make a port of a network.
    NetworkPortCreateFlags = "virNetworkPortCreateFlags" "VIR_NETWORK_PORT_CREATE_" {
        /// The device is there already.
        RECLAIM = 1,
        /// Compare the XML with its schema first.
        VALIDATE = 2,
    }
}
