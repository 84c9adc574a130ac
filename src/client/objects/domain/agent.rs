//! What a guest's agent does for its host.

use std::time::Duration;

use virtwire_protocol::flags::{AuthorizedSshKeysFlags, GuestInfoKinds, PasswordFlags, TimeFlags};
use virtwire_protocol::params::TypedParams;
use virtwire_protocol::remote::{
    DomainAuthorizedSshKeysSet, DomainFsinfo, DomainFstrim, DomainSetTime, DomainSetUserPassword,
};
use virtwire_xdr::Text;

use super::Domain;
use crate::client::CallError;

impl Domain {
    /// What the guest tells of itself: `user.`, `os.`, `fs.` and so on; all where no kind is named (libvirt 5.7).
    pub async fn guest_info(&self, kinds: GuestInfoKinds) -> Result<TypedParams, CallError> {
        Ok(self.connection.domain_get_guest_info(&self.wire, kinds.bits(), 0).await?.params.into())
    }

    /// The guest's file systems (libvirt 1.2.11).
    pub async fn filesystems(&self) -> Result<Vec<DomainFsinfo>, CallError> {
        Ok(self.connection.domain_get_fsinfo(&self.wire, 0).await?.info)
    }

    /// Brings file systems to rest, all where none is named, and tells how many (libvirt 1.2.5).
    pub async fn freeze(&self, mountpoints: &[&str]) -> Result<u32, CallError> {
        let reply = self.connection.domain_fsfreeze(&self.wire, texts(mountpoints), 0).await?;
        Ok(reply.filesystems.try_into().unwrap_or(0))
    }

    /// Lets file systems go on, all where none is named, and tells how many (libvirt 1.2.5).
    pub async fn thaw(&self, mountpoints: &[&str]) -> Result<u32, CallError> {
        let reply = self.connection.domain_fsthaw(&self.wire, texts(mountpoints), 0).await?;
        Ok(reply.filesystems.try_into().unwrap_or(0))
    }

    /// Has a file system, or all, tell the disk what it does not use, in ranges of at least so many bytes (libvirt 1.0.1).
    pub async fn trim(&self, mountpoint: Option<&str>, minimum: u64) -> Result<(), CallError> {
        let (dom, mount_point) = (self.wire.clone(), mountpoint.map(Text::from));
        self.connection.domain_fstrim(DomainFstrim { dom, mount_point, minimum, flags: 0 }).await
    }

    /// The guest's clock, as time since 1970; `None` where it is before that (libvirt 1.2.5).
    pub async fn time(&self) -> Result<Option<Duration>, CallError> {
        let reply = self.connection.domain_get_time(&self.wire, 0).await?;
        let seconds = u64::try_from(reply.seconds).ok();
        let nanoseconds = Duration::from_nanos(reply.nseconds.into());
        Ok(seconds.and_then(|seconds| Duration::from_secs(seconds).checked_add(nanoseconds)))
    }

    /// Sets the guest's clock, as time since 1970 (libvirt 1.2.5).
    pub async fn set_time(&self, time: Duration, flags: TimeFlags) -> Result<(), CallError> {
        let arguments = DomainSetTime {
            dom: self.wire.clone(),
            seconds: time.as_secs().try_into().unwrap_or(i64::MAX),
            nseconds: time.subsec_nanos(),
            flags: flags.bits(),
        };
        self.connection.domain_set_time(arguments).await
    }

    /// Gives a user a password (libvirt 1.2.16).
    pub async fn set_user_password(
        &self,
        user: &str,
        password: &str,
        flags: PasswordFlags,
    ) -> Result<(), CallError> {
        let arguments = DomainSetUserPassword {
            dom: self.wire.clone(),
            user: Some(user.into()),
            password: Some(password.into()),
            flags: flags.bits(),
        };
        self.connection.domain_set_user_password(arguments).await
    }

    /// The SSH keys that let a user in (libvirt 6.10).
    pub async fn authorized_ssh_keys(&self, user: &str) -> Result<Vec<Text>, CallError> {
        Ok(self.connection.domain_authorized_ssh_keys_get(&self.wire, user, 0).await?.keys)
    }

    /// Sets the SSH keys that let a user in, or adds or removes some (libvirt 6.10).
    pub async fn set_authorized_ssh_keys(
        &self,
        user: &str,
        keys: &[&str],
        flags: AuthorizedSshKeysFlags,
    ) -> Result<(), CallError> {
        let (dom, user, keys) = (self.wire.clone(), user.into(), texts(keys));
        let arguments = DomainAuthorizedSshKeysSet { dom, user, keys, flags: flags.bits() };
        self.connection.domain_authorized_ssh_keys_set(arguments).await
    }

    /// Says how long the agent may take to answer: `None` for ever, zero not at all; whole seconds (libvirt 5.10).
    pub async fn set_agent_timeout(&self, within: Option<Duration>) -> Result<(), CallError> {
        // -2 is for ever.
        let seconds = within.map_or(-2, |within| within.as_secs().try_into().unwrap_or(i32::MAX));
        self.connection.domain_agent_set_response_timeout(&self.wire, seconds, 0).await.map(drop)
    }
}

fn texts(words: &[&str]) -> Vec<Text> {
    words.iter().map(|word| Text::from(*word)).collect()
}
