//! `generated/access/<module>.rs`: which object a call is about and with which flags; and the rights in the tables.

use super::GenerateError;
use super::plan::{FieldPlan, ItemKind, ModulePlan, Plan, ProcedurePlan, ProgramPlan};
use super::tables::program_constant;
use super::text::{Code, GENERATED, header};
use crate::model::{Annotations, ReadOnly};

/// The flags that decide which rights a call needs, by their C names.
const FLAGS: [(&str, u64); 17] = [
    ("VIR_DOMAIN_AFFECT_CONFIG", 2),
    ("VIR_DOMAIN_AFFECT_LIVE", 1),
    ("VIR_DOMAIN_CHECKPOINT_CREATE_QUIESCE", 2),
    ("VIR_DOMAIN_CHECKPOINT_XML_SECURE", 1),
    ("VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_AGENT", 1),
    ("VIR_DOMAIN_REBOOT_GUEST_AGENT", 2),
    ("VIR_DOMAIN_SAVE_IMAGE_XML_SECURE", 1),
    ("VIR_DOMAIN_SHUTDOWN_GUEST_AGENT", 2),
    ("VIR_DOMAIN_SNAPSHOT_CREATE_QUIESCE", 64),
    ("VIR_DOMAIN_SNAPSHOT_XML_SECURE", 1),
    ("VIR_DOMAIN_VCPU_GUEST", 8),
    ("VIR_DOMAIN_XML_MIGRATABLE", 8),
    ("VIR_DOMAIN_XML_SECURE", 1),
    ("VIR_NETWORK_UPDATE_AFFECT_CONFIG", 2),
    ("VIR_NETWORK_UPDATE_AFFECT_LIVE", 1),
    ("VIR_NODE_DEVICE_UPDATE_AFFECT_CONFIG", 2),
    ("VIR_NODE_DEVICE_UPDATE_AFFECT_LIVE", 1),
];

/// What rights are about: as the contract says it, the variant of `ObjectKind`, and the types of fields that name one.
const OBJECTS: [(&str, &str, &[&str]); 11] = [
    ("connect", "Connect", &[]),
    ("domain", "Domain", &["Domain", "DomainSnapshot", "DomainCheckpoint"]),
    ("interface", "Interface", &["Interface"]),
    ("network", "Network", &["Network"]),
    ("network_port", "NetworkPort", &["NetworkPort", "Network"]),
    ("node_device", "NodeDevice", &["NodeDevice"]),
    ("nwfilter", "Nwfilter", &["Nwfilter"]),
    ("nwfilter_binding", "NwfilterBinding", &["NwfilterBinding"]),
    ("secret", "Secret", &["Secret"]),
    ("storage_pool", "StoragePool", &["StoragePool"]),
    ("storage_vol", "StorageVol", &["StorageVol", "StoragePool"]),
];

/// The variants of `ObjectKind`, in order.
pub(crate) const VARIANTS: [&str; OBJECTS.len()] = {
    let mut variants = [""; OBJECTS.len()];
    let mut at = 0;
    while at < OBJECTS.len() {
        variants[at] = OBJECTS[at].1;
        at += 1;
    }
    variants
};

/// `object:permission`, perhaps with the flags that ask for it, as `right(Object, "permission").with(1)`.
pub(crate) fn right(procedure: &ProcedurePlan<'_>, text: &str) -> Result<String, GenerateError> {
    let unknown = |what| GenerateError::UnknownRight {
        procedure: procedure.wire.clone(),
        right: text.to_owned(),
        what,
    };
    let mut words = text.splitn(3, ':');
    let (object, permission) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let (_, variant, _) = OBJECTS.iter().find(|(name, ..)| *name == object).ok_or(unknown("object"))?;
    let right = format!("right({variant}, {permission:?})");
    let Some(condition) = words.next() else { return Ok(right) };
    // `:argument:FLAG` where they are not in `flags`.
    let flags = condition.rsplit(':').next().unwrap_or_default();
    let (adapter, flags) = flags.strip_prefix('!').map_or(("with", flags), |flags| ("without", flags));
    let bits = flags.split('|').map(|flag| FLAGS.iter().find(|(name, _)| *name == flag).map(|(_, bit)| bit));
    let bits = bits.sum::<Option<u64>>().ok_or(unknown("flag"))?;
    Ok(format!("{right}.{adapter}({bits})"))
}

/// Whether the number alone does not decide who may call.
fn needs_arguments(annotations: &Annotations) -> bool {
    let rights = annotations.acl.as_deref().unwrap_or_default();
    let by_arguments = |right: &String| !right.starts_with("connect:") || right.matches(':').count() > 1;
    annotations.read_only == Some(ReadOnly::Conditional) || rights.iter().any(by_arguments)
}

/// What each call of a program asks for.
pub(crate) fn write(module: &ModulePlan<'_>, program: &ProgramPlan<'_>) -> String {
    let asking = program.procedures.iter().filter(|one| needs_arguments(one.annotations)).collect::<Vec<_>>();
    let mut body = Code::new();
    body.line("");
    match asking[..] {
        [] => body.line("asks! {}"),
        _ => {
            body.line("asks! {");
            asking.iter().for_each(|procedure| row(&mut body, module, procedure));
            body.line("}");
        }
    }
    let body = body.finish();
    let mut code = Code::new();
    code.text(&header(module.module, "Which object each call is about, and with which flags."));
    code.line("");
    let items = ["Arrived", "Arriving", "Described", "Nameless", "Renamed", "asks"];
    let used = items.into_iter().filter(|word| *word == "asks" || body.contains(*word)).collect::<Vec<_>>();
    code.import("crate::access", &used);
    if !asking.is_empty() {
        code.line("");
        code.line(&format!("use super::super::{}::*;", module.module.name));
    }
    code.text(&body);
    code.finish()
}

fn row(code: &mut Code, module: &ModulePlan<'_>, procedure: &ProcedurePlan<'_>) {
    let item = module.items.iter().find(|item| item.rust == procedure.arguments);
    let fields: &[FieldPlan] = match item.map(|item| &item.kind) {
        Some(ItemKind::Record(fields)) => fields,
        _ => &[],
    };
    let object = object(procedure, fields);
    let rights = procedure.annotations.acl.as_deref().unwrap_or_default();
    let argument = rights.iter().find_map(|right| Some(right.split_once("::")?.1.split_once(':')?.0));
    let flags = argument.unwrap_or("flags");
    let has_flags = fields.iter().any(|field| field.rust == flags);
    let flags = if has_flags { format!("a.{flags}") } else { "0_u32".to_owned() };
    let name = if object == "Nameless" && !has_flags { "_a" } else { "a" };
    code.line(&format!("    {} {}({name}) => {object}, {flags};", procedure.number, procedure.arguments));
}

/// The field that names the object: of its own type, else the best that the arguments have. With the name that the call gives it.
fn object(procedure: &ProcedurePlan<'_>, fields: &[FieldPlan]) -> String {
    let rights = procedure.annotations.acl.as_deref().unwrap_or_default();
    let kinds = rights.iter().map(|right| right.split(':').next().unwrap_or_default());
    let types = kinds.filter_map(|kind| OBJECTS.iter().find(|(name, ..)| *name == kind));
    let mut types = types.flat_map(|(_, _, types)| *types);
    // Also one of another module, such as `remote::Domain`.
    let is_of = |field: &FieldPlan, of: &str| field.of.rsplit("::").next() == Some(of);
    let typed = types.find_map(|of| fields.iter().find(|field| is_of(field, of)));
    let called = |names: &[&str]| fields.iter().find(|field| names.contains(&field.rust.as_str()));
    let renamed = |object: String, to: &str| match called(&[to]) {
        Some(_) => format!("Renamed({object}, a.{to})"),
        None => object,
    };
    if let Some(field) = typed.or_else(|| called(&["uuid"])) {
        // A `dname` beside it is another host's affair.
        return renamed(format!("a.{}", field.rust), "new_name");
    }
    let text = |field: &&FieldPlan| field.of == "Text";
    if let Some(field) = called(&["xml", "xml_desc", "dom_xml"]).filter(text) {
        // A device is named beside the XML that changes it.
        if called(&["name"]).is_none() {
            return renamed(format!("Described(a.{})", field.rust), "dname");
        }
    }
    // What is to arrive is described, and has but a name once it is there.
    if let Some(field) = called(&["params"]).filter(|field| field.of == "Vec<TypedParam>") {
        match procedure.wire.as_str() {
            wire if wire.contains("_migrate_prepare") => return format!("Arriving(a.{})", field.rust),
            wire if wire.contains("_migrate_finish") => return format!("Arrived(a.{})", field.rust),
            _ => {}
        }
    }
    let names = called(&["name", "key", "dname"]).filter(|field| field.of.contains("Text"));
    names.map_or("Nameless".to_owned(), |field| format!("a.{}", field.rust))
}

/// `generated/access/mod.rs`: from a program to what its calls ask for.
pub(crate) fn write_index(plan: &Plan<'_>) -> String {
    let programs = plan.modules.iter().filter(|module| module.program.is_some()).collect::<Vec<_>>();
    let mut code = Code::new();
    code.text(GENERATED);
    code.line("//! Which object a call is about, and with which flags.");
    code.line("");
    let mut names = programs.iter().map(|module| module.module.name.as_str()).collect::<Vec<_>>();
    names.sort_unstable();
    names.iter().for_each(|name| code.line(&format!("mod {name};")));
    code.line("");
    code.line("use crate::access::Asked;");
    code.line("use crate::program::{ProcedureNumber, Program};");
    code.line("");
    code.line("/// What a call asks for; `None` where its number says it all, or is no call's.");
    code.line("pub(crate) fn asked(");
    code.line("    program: Program,");
    code.line("    number: ProcedureNumber,");
    code.line("    payload: &[u8],");
    code.line(") -> Option<Result<Asked<'static>, virtwire_xdr::Error>> {");
    code.line("    match program {");
    for module in &programs {
        let constant = program_constant(module);
        code.line(&format!("        Program::{constant} => {}::asked(number, payload),", module.module.name));
    }
    code.line("        _ => None,");
    code.line("    }");
    code.line("}");
    code.finish()
}
