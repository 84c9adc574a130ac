//! Calls that name their object in other ways than by an argument of its own: in a configuration, in typed parameters, in a file, in
//! another program. The authorizer is asked about what the host makes of them.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use virtwire::hypervisor::mem::{Config, Mem};
use virtwire::hypervisor::{
    DomainInfo, Host, Hypervisor, HypervisorService, Result, Save, Saving, Uuid, WhichXml,
};
use virtwire::protocol::access::{Named, ObjectKind};
use virtwire::protocol::error::RemoteError;
use virtwire::protocol::frame::Draft;
use virtwire::protocol::program::Program;
use virtwire::protocol::remote::*;
use virtwire::protocol::session::server::Called;
use virtwire::protocol::{lxc, qemu};
use virtwire::server::{Answering, BoxFuture, CallContext, Handler, Server};
use virtwire::xdr::Text;

use super::authorizer::{DENIED, Two, dom, hides, host, xml};
use crate::raw::{Raw, code, serve};

/// `secret`, in letters that no search for the word finds.
const WRITTEN: &str = "&#115;ecret";

/// A guest's configuration under another name, written so.
fn called(guest: &str, name: &str) -> Text {
    xml(guest).replace(&format!("<name>{guest}</name>"), &format!("<name>{name}</name>")).into()
}

fn param(field: &str, value: impl Into<Text>) -> TypedParam {
    TypedParam { field: field.into(), value: TypedParamValue::String(value.into()) }
}

/// A hypervisor with programs of its own, which do whatever they are asked.
struct WithPrograms(Arc<HypervisorService<Mem>>);

impl Handler for WithPrograms {
    fn call(self: Arc<Self>, cx: CallContext, call: Called) -> Answering {
        match call.header.program {
            Program::REMOTE => self.0.clone().call(cx, call),
            _ => Box::pin(async { Draft::raw(&[]).map_err(|_| RemoteError::unencodable()) }),
        }
    }

    fn identify(
        self: Arc<Self>,
        kind: ObjectKind,
        object: Named<'static>,
    ) -> BoxFuture<'static, Result<Named<'static>>> {
        self.0.clone().identify(kind, object)
    }
}

#[tokio::test]
async fn a_guest_is_the_same_in_every_program() {
    let service = Arc::new(HypervisorService::new(Mem::new(Config::default())));
    let mut free = Raw::open(&serve(Server::shared(service.clone())).await, 0).await;
    for name in ["open", "secret"] {
        free.ask(&DomainDefineXml { xml: xml(name).into() }).await.unwrap();
    }
    let address = serve(Server::new(WithPrograms(service)).authorizer(hides())).await;
    let mut guarded = Raw::open(&address, 0).await;
    for (name, expected) in [("open", (0, 0)), ("secret", DENIED)] {
        let monitor = qemu::DomainMonitorCommand { dom: dom(name), cmd: "quit".into(), flags: 0 };
        assert_eq!(code(&guarded.ask(&monitor).await), expected, "{name}");
        let agent = qemu::DomainAgentCommand { dom: dom(name), cmd: "{}".into(), timeout: 0, flags: 0 };
        assert_eq!(code(&guarded.ask(&agent).await), expected, "{name}");
        let namespace = lxc::DomainOpenNamespace { dom: dom(name), flags: 0 };
        assert_eq!(code(&guarded.ask(&namespace).await), expected, "{name}");
    }
}

#[tokio::test]
async fn a_configuration_is_about_the_guest_that_the_host_reads_in_it() {
    let (_free, mut guarded) = host(hides()).await;
    // By its name in other letters, by its UUID, and as one that is there under another name.
    for document in [called("secret", WRITTEN), called("new", WRITTEN), called("secret", "other")] {
        assert_eq!(
            code(&guarded.ask(&DomainDefineXml { xml: document.clone() }).await),
            DENIED,
            "{document}"
        );
        let flagged = DomainDefineXmlFlags { xml: document.clone(), flags: 0 };
        assert_eq!(code(&guarded.ask(&flagged).await), DENIED, "{document}");
        let create = DomainCreateXml { xml_desc: document.clone(), flags: 0 };
        assert_eq!(code(&guarded.ask(&create).await), DENIED, "{document}");
        let prepare = DomainMigratePrepare3 { dom_xml: document.clone(), ..Default::default() };
        assert_eq!(code(&guarded.ask(&prepare).await), DENIED, "{document}");
        let params = vec![param("destination_xml", document.clone())];
        let prepare = DomainMigratePrepare3Params { params, ..Default::default() };
        assert_eq!(code(&guarded.ask(&prepare).await), DENIED, "{document}");
    }
    assert_eq!(code(&guarded.ask(&DomainDefineXml { xml: called("new", "new") }).await), (0, 0));
    // What the host cannot read is its to refuse.
    assert_eq!(code(&guarded.ask(&DomainDefineXml { xml: "<domain>".into() }).await), (35, 20));
}

#[tokio::test]
async fn a_guest_that_is_to_arrive_has_the_name_that_it_will_have() {
    let (_free, mut guarded) = host(hides()).await;
    let named = |dname: &str, dom_xml| (Some(dname.into()), dom_xml);
    let (dname, dom_xml) = named("secret", called("a", "a"));
    let prepare = DomainMigratePrepare2 { dname, dom_xml, ..Default::default() };
    assert_eq!(code(&guarded.ask(&prepare).await), DENIED);
    let (dname, dom_xml) = named("secret", called("a", "a"));
    let prepare = DomainMigratePrepare3 { dname, dom_xml, ..Default::default() };
    assert_eq!(code(&guarded.ask(&prepare).await), DENIED);
    let params = vec![param("destination_xml", called("a", "a")), param("destination_name", "secret")];
    let prepare = DomainMigratePrepare3Params { params: params.clone(), ..Default::default() };
    assert_eq!(code(&guarded.ask(&prepare).await), DENIED);
    let finish = DomainMigrateFinish3Params { params, ..Default::default() };
    assert_eq!(code(&guarded.ask(&finish).await), DENIED);
    // The name that it has had elsewhere is no matter.
    let (dname, dom_xml) = named("b", called("a", WRITTEN));
    let prepare = DomainMigratePrepare3 { dname, dom_xml, ..Default::default() };
    assert_ne!(code(&guarded.ask(&prepare).await), DENIED);

    // Also where the hypervisor reads no documents for it.
    let address = serve(Server::new(HypervisorService::new(Two)).authorizer(hides())).await;
    let mut guarded = Raw::open(&address, 0).await;
    let (dname, dom_xml) = named("secret", called("a", "a"));
    let prepare = DomainMigratePrepare3 { dname, dom_xml, ..Default::default() };
    assert_eq!(code(&guarded.ask(&prepare).await), DENIED);
}

#[tokio::test]
async fn a_rename_is_about_both_names() {
    let hides = hides();
    let (mut free, mut guarded) = host(hides.clone()).await;
    free.ask(&DomainUndefine { dom: dom("secret") }).await.unwrap();
    let rename =
        |new_name: &str| DomainRename { dom: dom("open"), new_name: Some(new_name.into()), flags: 0 };
    assert_eq!(code(&guarded.ask(&rename("secret")).await), DENIED, "nobody else has the name");
    hides.asked.lock().unwrap().clear();
    assert_eq!(code(&guarded.ask(&rename("other")).await), (0, 0));
    let asked = std::mem::take(&mut *hides.asked.lock().unwrap());
    let expected = ["write open", "write other", "save open", "save other"];
    assert_eq!(asked, expected.map(|asked| format!("domain_rename domain:{asked} 0")));
}

/// A folder that goes with its test.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Folder {
        let folder = std::env::temp_dir().join(format!("virtwire-meant-{}", Uuid::random()));
        std::fs::create_dir_all(&folder).unwrap();
        Folder(folder)
    }

    fn file(&self, name: &str) -> Text {
        self.0.join(name).to_str().unwrap().into()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[tokio::test]
async fn a_file_is_the_guest_that_was_saved_in_it() {
    let folder = Folder::new();
    let (mut free, mut guarded) = host(hides()).await;
    for name in ["open", "secret"] {
        free.ask(&DomainCreate { dom: dom(name) }).await.unwrap();
        free.ask(&DomainSave { dom: dom(name), to: folder.file(name) }).await.unwrap();
    }
    let hidden = folder.file("secret");
    let (from, file) = (hidden.clone(), hidden.clone());
    assert_eq!(code(&guarded.ask(&DomainRestore { from }).await), DENIED);
    let from = hidden.clone();
    assert_eq!(code(&guarded.ask(&DomainRestoreFlags { from, dxml: None, flags: 0 }).await), DENIED);
    let params = vec![param("file", hidden.clone())];
    assert_eq!(code(&guarded.ask(&DomainRestoreParams { params, flags: 0 }).await), DENIED);
    assert_eq!(code(&guarded.ask(&DomainSaveImageGetXmlDesc { file, flags: 0 }).await), DENIED);
    let define = |file, dxml| DomainSaveImageDefineXml { file, dxml, flags: 2 };
    assert_eq!(code(&guarded.ask(&define(hidden.clone(), called("secret", "other"))).await), DENIED);

    // Nor does another guest's file make one of it.
    let seen = folder.file("open");
    assert_eq!(code(&guarded.ask(&define(seen.clone(), called("open", WRITTEN))).await), DENIED);
    let (from, dxml) = (seen.clone(), Some(called("open", WRITTEN)));
    assert_eq!(code(&guarded.ask(&DomainRestoreFlags { from, dxml, flags: 0 }).await), DENIED);
    let params = vec![param("file", seen.clone()), param("dxml", called("open", WRITTEN))];
    assert_eq!(code(&guarded.ask(&DomainRestoreParams { params, flags: 0 }).await), DENIED);

    assert_eq!(code(&guarded.ask(&define(seen.clone(), called("open", "open"))).await), (0, 0));
    let file = seen.clone();
    assert_eq!(code(&guarded.ask(&DomainSaveImageGetXmlDesc { file, flags: 0 }).await), (0, 0));
    assert_eq!(code(&guarded.ask(&DomainRestore { from: seen }).await), (0, 0));
    assert_eq!(code(&free.ask(&DomainRestore { from: hidden }).await), (0, 0));
}

/// Files that somebody may have put another in the place of, before they are read again.
#[derive(Default)]
struct Files(Arc<Mutex<Vec<Option<String>>>>);

impl Hypervisor for Files {
    fn host(&self) -> Host {
        Host::new("Files", "files:///system", "files")
    }

    fn saving(&self) -> Option<&impl Saving> {
        Some(self)
    }

    async fn domains(&self) -> Result<Vec<DomainInfo>> {
        Ok(Vec::new())
    }

    async fn xml(&self, _: Uuid, _: WhichXml) -> Result<String> {
        Ok(String::new())
    }
}

impl Saving for Files {
    async fn save(&self, _: Uuid, _: &Path, _: Save) -> Result<()> {
        Ok(())
    }

    async fn restore(&self, _: &Path, how: Save) -> Result<()> {
        self.0.lock().unwrap().push(how.xml);
        Ok(())
    }

    async fn saved_xml(&self, _: &Path) -> Result<String> {
        Ok(xml("open"))
    }

    async fn set_saved(&self, _: &Path, how: Save) -> Result<()> {
        self.restore(Path::new(""), how).await
    }
}

#[tokio::test]
async fn what_is_restored_is_what_was_decided_on() {
    let restored = Arc::new(Mutex::new(Vec::new()));
    let service = Arc::new(HypervisorService::new(Files(restored.clone())));
    for (server, expected) in [
        (Server::shared(service.clone()), None),
        (Server::shared(service).authorizer(hides()), Some(xml("open"))),
    ] {
        let mut client = Raw::open(&serve(server).await, 0).await;
        client.ask(&DomainRestore { from: "/guest".into() }).await.unwrap();
        assert_eq!(std::mem::take(&mut *restored.lock().unwrap()), [expected]);
    }
}
