//! Who may call what, and which object a call names.

use super::*;
use crate::contract;
use crate::program::ProcedureKind;

const PROGRAMS: [Program; 4] = [Program::REMOTE, Program::QEMU, Program::LXC, Program::ADMIN];

fn info(number: i32) -> &'static ProcedureInfo {
    Program::REMOTE.procedure(ProcedureNumber(number)).unwrap()
}

/// The code, domain and detail of what a read-only connection is answered.
fn refusal(number: i32, flags: u64) -> Option<(i32, i32, String)> {
    let error = info(number).refuses_read_only_with(flags)?;
    Some((error.code.0, error.domain.0, error.str2.unwrap().to_string_lossy().into_owned()))
}

/// Measured on libvirtd 9.0.0, at its read-only socket.
#[test]
fn a_read_only_connection_is_refused_in_libvirts_words() {
    let prevents = |api: &str| format!("read only access prevents {api}");
    let secure = |api: &str| format!("{api} with secure flag");
    for (number, flags, domain, detail) in [
        (9, 0, 20, prevents("virDomainCreate")),
        (10, 0, 20, prevents("virDomainCreateXML")),
        (26, 0, 20, prevents("virDomainPinVcpu")),
        (40, 0, 19, prevents("virNetworkCreateXML")),
        (76, 0, 18, prevents("virStoragePoolCreateXML")),
        (118, 0, 22, prevents("virNodeDeviceDettach")),
        (131, 0, 26, prevents("virInterfaceDefineXML")),
        (145, 0, 30, prevents("virSecretGetValue")),
        (180, 0, 33, prevents("virNWFilterDefineXML")),
        (185, 0, 35, prevents("virDomainSnapshotCreateXML")),
        (411, 0, 69, prevents("virDomainCheckpointCreateXML")),
        (14, 1, 20, secure("virDomainGetXMLDesc")),
        (14, 8, 20, secure("virDomainGetXMLDesc")),
        (186, 1, 35, secure("virDomainSnapshotGetXMLDesc")),
        (388, 1, 20, secure("virDomainManagedSaveGetXMLDesc")),
        (412, 1, 69, secure("virDomainCheckpointGetXMLDesc")),
        (200, 8 | 1, 20, prevents("virDomainGetVcpusFlags")),
        (353, 1, 20, prevents("virDomainInterfaceAddresses")),
    ] {
        assert_eq!(refusal(number, flags), Some((29, domain, detail)), "{number} with {flags}");
    }
    for (number, flags) in [(14, 2), (186, 0), (200, 1), (353, 0), (353, 2), (388, 0), (412, 0), (16, 1)] {
        assert_eq!(refusal(number, flags), None, "{number} with {flags}");
    }
    let command = Program::QEMU.procedure(ProcedureNumber(1)).unwrap().refuses_read_only().unwrap();
    assert_eq!((command.code.0, command.domain.0), (29, 0));
}

#[test]
fn every_call_has_an_entry_and_what_depends_on_arguments_can_be_asked() {
    for program in PROGRAMS {
        for info in program.procedures() {
            let call = info.kind == ProcedureKind::Call;
            assert_eq!(call, !info.function.is_empty(), "{}", info.name);
            let by_arguments = info.read_only == ReadOnlyRule::Conditional
                || info
                    .acl
                    .iter()
                    .any(|right| right.object != ObjectKind::Connect || right.when != When::Always);
            // 1 KiB of zeros is a value of nearly every type: empty strings, absent options, no elements.
            let asked = asked(program, info.number, &[0; 1_024]);
            assert_eq!(asked.is_some(), by_arguments, "{}", info.name);
            assert!(asked.is_none_or(|asked| asked.is_ok()), "{}", info.name);
            // A right by its number is not asked for again by the object.
            let all = info.rights_by_number().count() + info.rights_by_object(u64::MAX).count();
            assert!(all <= info.acl.len(), "{}", info.name);
        }
    }
}

#[test]
fn rights_follow_flags() {
    let rights = |number: i32, flags| {
        let info = info(number);
        let all = info.rights_by_number().chain(info.rights_by_object(flags));
        all.map(Right::to_string).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(rights(6, 0), "connect:read");
    assert_eq!(rights(14, 0), "domain:read");
    assert_eq!(rights(14, 8), "domain:read domain:read_secure");
    // What changes a definition needs the right to save it; no flag changes what is there, which may be the definition.
    assert_eq!(rights(160, 1), "domain:write");
    assert_eq!(rights(160, 2), "domain:write domain:save");
    assert_eq!(rights(160, 0), "domain:write domain:save");
}

/// A UUID among arguments, as `Debug` writes it.
const SEVENS: &str = "Domain { name: \"\", uuid: [7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7]";

struct HasDomain<'a>(&'a [u8]);

impl contract::Visitor for HasDomain<'_> {
    type Output = bool;

    fn visit<T: contract::Message>(self, _: &'static str) -> bool {
        let arguments = virtwire_xdr::Options::lenient().from_slice::<T>(self.0);
        arguments.is_ok_and(|arguments| format!("{arguments:?}").contains(SEVENS))
    }
}

#[test]
fn where_arguments_have_a_domain_its_uuid_is_told() {
    let mut told = [0; PROGRAMS.len()];
    for (program, told) in PROGRAMS.into_iter().zip(&mut told) {
        for info in program.procedures() {
            // The domain is the first argument, or in the first behind a name: all names are empty.
            for start in [4, 8] {
                let mut payload = [0; 1_024];
                payload[start..start + 16].fill(7);
                let has_domain = contract::visit_call(program, info.number, HasDomain(&payload));
                if let (Some(true), Some(asked)) = (has_domain, asked(program, info.number, &payload)) {
                    assert_eq!(asked.unwrap().object.uuid, Some([7; 16]), "{}", info.name);
                    *told += 1;
                }
            }
        }
    }
    let [of_remote, of_qemu, of_lxc, of_admin] = told;
    assert!(of_remote > 150, "{of_remote}");
    assert_eq!([of_qemu, of_lxc, of_admin], [3, 1, 0]);
}

#[test]
fn an_object_is_named_by_what_counts() {
    fn of<P: crate::program::Procedure>(arguments: &P) -> Asked<'static> {
        let payload = virtwire_xdr::to_vec(arguments).unwrap();
        asked(P::PROGRAM, P::NUMBER, &payload).unwrap().unwrap()
    }
    let dom = remote::Domain { name: "claimed".into(), uuid: [7; 16], id: 3 };
    let asked = of(&remote::DomainGetXmlDesc { dom: dom.clone(), flags: 9 });
    assert_eq!((asked.object.uuid, asked.object.name, asked.flags), (Some([7; 16]), None, 9));
    let snap = remote::DomainSnapshot { name: "s".into(), dom };
    let asked = of(&remote::DomainSnapshotDelete { snap, flags: 0 });
    assert_eq!(asked.object.uuid, Some([7; 16]));
    let asked = of(&remote::DomainLookupByName { name: "web".into() });
    assert_eq!(asked.object.name.as_deref(), Some("web"));
    let asked = of(&remote::DomainDefineXml { xml: "<domain/>".into() });
    assert_eq!(asked.object.xml.as_deref(), Some("<domain/>"));
    let asked = of(&remote::NodeDeviceReset { name: "pci".into() });
    assert_eq!(asked.object.name.as_deref(), Some("pci"));
    let dom = remote::Domain { name: "claimed".into(), uuid: [7; 16], id: 3 };
    let asked = of(&remote::DomainRename { dom: dom.clone(), new_name: Some("b".into()), flags: 0 });
    assert_eq!((asked.object.uuid, asked.object.new_name.as_deref()), (Some([7; 16]), Some("b")));
    let asked = of(&remote::DomainMigratePerform { dom, dname: Some("there".into()), ..Default::default() });
    assert_eq!(asked.object.new_name, None, "so another host calls it");
    let vol = remote::StorageVol { pool: "p".into(), name: "v".into(), key: "/v".into() };
    let asked = of(&remote::StorageVolDelete { vol, flags: 0 });
    assert_eq!((asked.object.name.as_deref(), asked.object.pool.as_deref()), (Some("/v"), Some("p")));
}

/// A domain that arrives is named by the same things, whether they are arguments or typed parameters.
#[test]
fn a_domain_that_arrives_is_named_alike_in_every_version() {
    fn of<P: crate::program::Procedure>(arguments: &P) -> [Option<String>; 3] {
        let payload = virtwire_xdr::to_vec(arguments).unwrap();
        let object = asked(P::PROGRAM, P::NUMBER, &payload).unwrap().unwrap().object;
        [object.name, object.new_name, object.xml].map(|text| text.map(std::borrow::Cow::into_owned))
    }
    let param = |field: &str, value: &str| remote::TypedParam {
        field: field.into(),
        value: remote::TypedParamValue::String(value.into()),
    };
    let (dname, dom_xml) = (Some(Text::from("b")), Text::from("<domain/>"));
    let params = vec![param("destination_name", "b"), param("destination_xml", "<domain/>")];
    let described = [None, Some("b"), Some("<domain/>")].map(|text| text.map(str::to_owned));
    let named = [Some("b"), None, None].map(|text| text.map(str::to_owned));

    let prepare = remote::DomainMigratePrepare { dname: dname.clone(), ..Default::default() };
    assert_eq!(of(&prepare), named, "its configuration comes with its data");
    let (one, two) = (dname.clone(), dom_xml.clone());
    let prepare2 = remote::DomainMigratePrepare2 { dname: one, dom_xml: two, ..Default::default() };
    assert_eq!(of(&prepare2), described);
    let (one, two) = (dname.clone(), dom_xml.clone());
    let tunnel = remote::DomainMigratePrepareTunnel { dname: one, dom_xml: two, ..Default::default() };
    assert_eq!(of(&tunnel), described);
    let (one, two) = (dname.clone(), dom_xml.clone());
    let prepare3 = remote::DomainMigratePrepare3 { dname: one, dom_xml: two, ..Default::default() };
    assert_eq!(of(&prepare3), described);
    let tunnel3 = remote::DomainMigratePrepareTunnel3 { dname, dom_xml, ..Default::default() };
    assert_eq!(of(&tunnel3), described);
    let one = params.clone();
    assert_eq!(of(&remote::DomainMigratePrepare3Params { params: one, ..Default::default() }), described);
    let one = params.clone();
    assert_eq!(
        of(&remote::DomainMigratePrepareTunnel3Params { params: one, ..Default::default() }),
        described
    );
    assert_eq!(of(&remote::DomainMigrateFinish3Params { params, ..Default::default() }), named);
}
