//! A domain's consoles, channels and screens, as streams.

use virtwire_protocol::flags::{ChannelFlags, ConsoleFlags};
use virtwire_xdr::Text;

use super::Domain;
use crate::client::{CallError, Stream};

impl Domain {
    /// Opens a console, the first where none is named, such as `serial0`. Both ends send.
    pub async fn open_console(&self, device: Option<&str>, flags: ConsoleFlags) -> Result<Stream, CallError> {
        self.connection.domain_open_console(&self.wire, device, flags.bits()).await
    }

    /// Opens a channel, the first where none is named, such as `org.qemu.guest_agent.0`. Both ends send (libvirt 1.0.2).
    pub async fn open_channel(&self, name: Option<&str>, flags: ChannelFlags) -> Result<Stream, CallError> {
        self.connection.domain_open_channel(&self.wire, name, flags.bits()).await
    }

    /// A picture of a screen, counted from 0: its type, such as `image/png`, and its bytes (libvirt 0.9.2).
    pub async fn screenshot(&self, screen: u32) -> Result<(Option<Text>, Stream), CallError> {
        let (reply, stream) = self.connection.domain_screenshot(&self.wire, screen, 0).await?;
        Ok((reply.mime, stream))
    }

    /// Has its VNC server read its certificates again (libvirt 10.2).
    pub async fn reload_graphics(&self) -> Result<(), CallError> {
        // The only kind that can: any, which is VNC.
        self.connection.domain_graphics_reload(&self.wire, 0, 0).await
    }
}
