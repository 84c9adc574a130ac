//! A domain's life: starting, stopping, sleeping, and what is forgotten then.

use std::time::Duration;

use virtwire_protocol::enums::{KeyCodes, LifecycleAction, LifecycleKind, SuspendTarget};
use virtwire_protocol::flags::{
    AffectFlags, DomainDestroyFlags, DomainShutdownFlags, DomainStartFlags, DomainUndefineFlags,
};
use virtwire_protocol::remote::{
    DomainPmSuspendForDuration, DomainSendKey, DomainSendProcessSignal, DomainSetLifecycleAction,
};

use super::Domain;
use crate::client::CallError;

impl Domain {
    /// Starts it, from its managed save image if there is one.
    pub async fn start(&self) -> Result<(), CallError> {
        self.connection.domain_create(&self.wire).await
    }

    /// The same with flags; tells the domain with its new number (libvirt 0.8.2).
    pub async fn start_with(&self, flags: DomainStartFlags) -> Result<Domain, CallError> {
        let started = self.connection.domain_create_with_flags(&self.wire, flags.bits()).await?;
        Ok(Domain::new(&self.connection, started.dom))
    }

    /// Asks the guest to shut down. The reply does not wait until it has: the lifecycle event tells.
    pub async fn shutdown(&self) -> Result<(), CallError> {
        self.connection.domain_shutdown(&self.wire).await
    }

    /// The same in a way of the caller's choice (libvirt 0.9.10).
    pub async fn shutdown_with(&self, how: DomainShutdownFlags) -> Result<(), CallError> {
        self.connection.domain_shutdown_flags(&self.wire, how.bits()).await
    }

    /// Asks the guest to reboot.
    pub async fn reboot(&self, how: DomainShutdownFlags) -> Result<(), CallError> {
        self.connection.domain_reboot(&self.wire, how.bits()).await
    }

    /// Resets the machine, without asking the guest (libvirt 0.9.7).
    pub async fn reset(&self) -> Result<(), CallError> {
        self.connection.domain_reset(&self.wire, 0).await
    }

    /// Ends it at once, as pulling the plug would. A transient one is gone.
    pub async fn destroy(&self) -> Result<(), CallError> {
        self.connection.domain_destroy(&self.wire).await
    }

    /// The same with flags (libvirt 0.9.4).
    pub async fn destroy_with(&self, flags: DomainDestroyFlags) -> Result<(), CallError> {
        self.connection.domain_destroy_flags(&self.wire, flags.bits()).await
    }

    /// Pauses it; it keeps its memory.
    pub async fn suspend(&self) -> Result<(), CallError> {
        self.connection.domain_suspend(&self.wire).await
    }

    /// Lets it run on.
    pub async fn resume(&self) -> Result<(), CallError> {
        self.connection.domain_resume(&self.wire).await
    }

    /// Forgets its configuration. What runs goes on, transient. Fails where something is left that goes with it: see
    /// [`DomainUndefineFlags`].
    pub async fn undefine(&self) -> Result<(), CallError> {
        self.connection.domain_undefine(&self.wire).await
    }

    /// The same with what the flags name (libvirt 0.9.4).
    pub async fn undefine_with(&self, flags: DomainUndefineFlags) -> Result<(), CallError> {
        self.connection.domain_undefine_flags(&self.wire, flags.bits()).await
    }

    /// Whether it starts with its host.
    pub async fn autostart(&self) -> Result<bool, CallError> {
        Ok(self.connection.domain_get_autostart(&self.wire).await?.autostart != 0)
    }

    /// Says whether it starts with its host.
    pub async fn set_autostart(&self, autostart: bool) -> Result<(), CallError> {
        self.connection.domain_set_autostart(&self.wire, autostart.into()).await
    }

    /// Whether it starts with its host the next time, and only then (libvirt 11.2).
    pub async fn autostart_once(&self) -> Result<bool, CallError> {
        Ok(self.connection.domain_get_autostart_once(&self.wire).await?.autostart != 0)
    }

    /// Says whether it starts with its host the next time, and only then (libvirt 11.2).
    pub async fn set_autostart_once(&self, autostart: bool) -> Result<(), CallError> {
        self.connection.domain_set_autostart_once(&self.wire, autostart.into()).await
    }

    /// Gives it another name, while it is off; tells it under that (libvirt 1.2.19).
    pub async fn rename(&self, name: &str) -> Result<Domain, CallError> {
        self.connection.domain_rename(&self.wire, Some(name), 0).await?;
        self.refresh().await
    }

    /// Has the guest put itself to sleep, by its agent. Whole seconds; 0, the only length that QEMU takes, is until it is woken (libvirt 0.9.10).
    pub async fn pm_suspend(&self, target: SuspendTarget, length: Duration) -> Result<(), CallError> {
        let arguments = DomainPmSuspendForDuration {
            dom: self.wire.clone(),
            target: i32::from(target).cast_unsigned(),
            duration: length.as_secs(),
            flags: 0,
        };
        self.connection.domain_pm_suspend_for_duration(arguments).await
    }

    /// Wakes a guest that put itself to sleep (libvirt 0.9.11).
    pub async fn pm_wakeup(&self) -> Result<(), CallError> {
        self.connection.domain_pm_wakeup(&self.wire, 0).await
    }

    /// Interrupts the guest in a way that it cannot mask (libvirt 0.9.2).
    pub async fn inject_nmi(&self) -> Result<(), CallError> {
        self.connection.domain_inject_nmi(&self.wire, 0).await
    }

    /// Presses keys together, at most 16, for so long; whole milliseconds (libvirt 0.9.3).
    pub async fn send_keys(&self, codes: KeyCodes, keys: &[u32], held: Duration) -> Result<(), CallError> {
        let arguments = DomainSendKey {
            dom: self.wire.clone(),
            codeset: i32::from(codes).cast_unsigned(),
            holdtime: held.as_millis().try_into().unwrap_or(u32::MAX),
            keycodes: keys.to_vec(),
            flags: 0,
        };
        self.connection.domain_send_key(arguments).await
    }

    /// Sends a signal, by libvirt's number, to a process of a container; a negative number is a group of them (libvirt 1.0.1).
    pub async fn send_signal(&self, process: i64, signal: u32) -> Result<(), CallError> {
        let arguments =
            DomainSendProcessSignal { dom: self.wire.clone(), pid_value: process, signum: signal, flags: 0 };
        self.connection.domain_send_process_signal(arguments).await
    }

    /// Says what the daemon does when something happens to the guest (libvirt 3.9).
    pub async fn set_lifecycle_action(
        &self,
        kind: LifecycleKind,
        action: LifecycleAction,
        affect: AffectFlags,
    ) -> Result<(), CallError> {
        let arguments = DomainSetLifecycleAction {
            dom: self.wire.clone(),
            r#type: i32::from(kind).cast_unsigned(),
            action: i32::from(action).cast_unsigned(),
            flags: affect.bits(),
        };
        self.connection.domain_set_lifecycle_action(arguments).await
    }
}
