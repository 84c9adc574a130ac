//! Calls that pass file descriptors, or get some.

use std::os::fd::OwnedFd;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use tokio::sync::oneshot;
use virtwire_protocol::frame::{DESCRIPTORS_MAX, Draft};
use virtwire_protocol::lxc::DomainOpenNamespace;
use virtwire_protocol::profile::Feature;
use virtwire_protocol::program::{Procedure, ProcedureNumber, Program};
use virtwire_protocol::qemu::{DomainMonitorCommandWithFiles, DomainMonitorCommandWithFilesReply};
use virtwire_protocol::remote::{
    Domain, DomainCreateWithFiles, DomainCreateWithFilesReply, DomainCreateXmlWithFiles,
    DomainCreateXmlWithFilesReply, DomainFdAssociate, DomainOpenGraphics, DomainOpenGraphicsFd,
};

use super::ask::{Ask, Passing, PassingAsk};
use super::connection::{Connection, decode_reply};
use super::encoded::encoded;
use super::error::CallError;
use super::way::Way;

impl Connection {
    /// Calls a procedure and passes file descriptors to the daemon, at most 32; returns those that come with the reply, closed on
    /// exec. Only unix sockets carry them, and none where SASL has authenticated the client. The calls of libvirt that do so have methods of their own.
    ///
    /// # Errors
    /// [`CallError`]; nothing is sent, and the descriptors are closed, where the connection [carries none](Self::carries_fds), the daemon does not
    /// report feature 8, and where there are too many.
    pub async fn call_with_fds<P: Procedure>(
        &self,
        arguments: P,
        fds: Vec<OwnedFd>,
    ) -> Result<(P::Reply, Vec<OwnedFd>), CallError> {
        let body = Draft::encode_call(&arguments).map_err(|error| CallError::arguments(P::NAME, &error))?;
        drop(arguments);
        let (payload, fds) = self.pass(P::PROGRAM, P::NUMBER, P::NAME, body, fds).await?;
        Ok((decode_reply::<P>(&payload)?, fds))
    }

    /// The same by number and with encoded arguments, as [`call_encoded`](Self::call_encoded) takes them.
    ///
    /// # Errors
    /// As [`call_with_fds`](Self::call_with_fds).
    pub async fn call_with_fds_encoded(
        &self,
        program: Program,
        number: ProcedureNumber,
        arguments: &[u8],
        fds: Vec<OwnedFd>,
    ) -> Result<(Bytes, Vec<OwnedFd>), CallError> {
        let (name, body) = encoded(program, number, arguments)?;
        self.pass(program, number, name, body, fds).await
    }

    async fn pass(
        &self,
        program: Program,
        number: ProcedureNumber,
        name: &'static str,
        body: Draft,
        fds: Vec<OwnedFd>,
    ) -> Result<(Bytes, Vec<OwnedFd>), CallError> {
        Way::Descriptors.leads_to(program, number, name)?;
        let impossible = |error: String| CallError::Arguments { procedure: name, error };
        let Some(count) = u32::try_from(fds.len()).ok().filter(|count| *count <= DESCRIPTORS_MAX) else {
            let (all, most) = (fds.len(), DESCRIPTORS_MAX);
            return Err(impossible(format!("{all} file descriptors, of which a message takes {most}")));
        };
        if !self.carries_fds() {
            return Err(impossible(
                "this connection carries no file descriptors: only a unix socket does, and not by SASL"
                    .into(),
            ));
        }
        if !self.supports(Feature::FD_PASSING).await? {
            return Err(impossible("the daemon takes no file descriptors (feature 8)".into()));
        }
        let body = body.announcing(count).map_err(|error| impossible(error.to_string()))?;
        let returned = Arc::new(Mutex::default());
        let (reply, answer) = oneshot::channel();
        let call = self.call_ask(program, number, name, body, reply);
        let passing = Box::new(Passing { fds, returned: Arc::clone(&returned) });
        let ask = Ask::Passing(PassingAsk { call, passing });
        let payload = self.exchange(name, ask, answer, self.usual_deadline(program, number)).await?;
        let fds = std::mem::take(&mut *returned.lock().unwrap_or_else(PoisonError::into_inner));
        Ok((payload, fds))
    }

    /// Connects a socket to a domain's graphics (procedure 249).
    ///
    /// # Errors
    /// As [`call_with_fds`](Self::call_with_fds).
    pub async fn domain_open_graphics_on(
        &self,
        dom: &Domain,
        idx: u32,
        socket: OwnedFd,
        flags: u32,
    ) -> Result<(), CallError> {
        let arguments = DomainOpenGraphics { dom: dom.clone(), idx, flags };
        self.call_with_fds(arguments, vec![socket]).await.map(|_| ())
    }

    /// A socket that is connected to a domain's graphics (procedure 343).
    ///
    /// # Errors
    /// As [`call_with_fds`](Self::call_with_fds); and where the daemon sends none.
    pub async fn domain_open_graphics_socket(
        &self,
        dom: &Domain,
        idx: u32,
        flags: u32,
    ) -> Result<OwnedFd, CallError> {
        let arguments = DomainOpenGraphicsFd { dom: dom.clone(), idx, flags };
        let ((), mut fds) = self.call_with_fds(arguments, Vec::new()).await?;
        fds.pop().ok_or_else(|| CallError::Reply {
            procedure: DomainOpenGraphicsFd::NAME,
            error: "no file descriptor came with it".into(),
        })
    }

    /// Starts a transient domain whose first process gets these files (procedure 309).
    ///
    /// # Errors
    /// As [`call_with_fds`](Self::call_with_fds).
    pub async fn domain_create_xml_passing(
        &self,
        xml_desc: &str,
        files: Vec<OwnedFd>,
        flags: u32,
    ) -> Result<DomainCreateXmlWithFilesReply, CallError> {
        let arguments = DomainCreateXmlWithFiles { xml_desc: xml_desc.into(), flags };
        self.call_with_fds(arguments, files).await.map(|(reply, _)| reply)
    }

    /// Starts a defined domain whose first process gets these files (procedure 310).
    ///
    /// # Errors
    /// As [`call_with_fds`](Self::call_with_fds).
    pub async fn domain_create_passing(
        &self,
        dom: &Domain,
        files: Vec<OwnedFd>,
        flags: u32,
    ) -> Result<DomainCreateWithFilesReply, CallError> {
        let arguments = DomainCreateWithFiles { dom: dom.clone(), flags };
        self.call_with_fds(arguments, files).await.map(|(reply, _)| reply)
    }

    /// Gives files a name under which the domain's XML can refer to them (procedure 443).
    ///
    /// # Errors
    /// As [`call_with_fds`](Self::call_with_fds).
    pub async fn domain_fd_associate_files(
        &self,
        dom: &Domain,
        name: &str,
        files: Vec<OwnedFd>,
        flags: u32,
    ) -> Result<(), CallError> {
        let arguments = DomainFdAssociate { dom: dom.clone(), name: name.into(), flags };
        self.call_with_fds(arguments, files).await.map(|_| ())
    }

    /// The name spaces of a container, each as a descriptor for who wants to enter it (procedure 1 of the lxc program).
    ///
    /// # Errors
    /// As [`call_with_fds`](Self::call_with_fds).
    pub async fn lxc_domain_open_namespace_files(
        &self,
        dom: &Domain,
        flags: u32,
    ) -> Result<Vec<OwnedFd>, CallError> {
        let arguments = DomainOpenNamespace { dom: dom.clone(), flags };
        self.call_with_fds(arguments, Vec::new()).await.map(|((), files)| files)
    }

    /// Talks to QEMU's monitor, passing files and getting those that come with the answer (procedure 7 of the qemu program).
    ///
    /// # Errors
    /// As [`call_with_fds`](Self::call_with_fds).
    pub async fn qemu_domain_monitor_command_passing(
        &self,
        dom: &Domain,
        cmd: &str,
        files: Vec<OwnedFd>,
        flags: u32,
    ) -> Result<(DomainMonitorCommandWithFilesReply, Vec<OwnedFd>), CallError> {
        let arguments = DomainMonitorCommandWithFiles { dom: dom.clone(), cmd: cmd.into(), flags };
        self.call_with_fds(arguments, files).await
    }
}
