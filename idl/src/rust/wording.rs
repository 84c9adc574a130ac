//! The sentences of the generated documentation that no specification has to write.

use super::names::camel;
use super::plan::ProcedurePlan;
use crate::documentation::rustdoc;
use crate::model::{Arm, Basic, Case, Constant, Field, Module, Since, Stream, Type};

/// The width of documentation in generated code, its indentation and slashes included.
const WIDTH: usize = 110;

/// Adds paragraphs after others.
pub(crate) fn append(lines: &mut Vec<String>, more: Vec<String>) {
    if !lines.is_empty() && !more.is_empty() {
        lines.push(String::new());
    }
    lines.extend(more);
}

/// Adds a sentence to the last paragraph, or makes it one of its own after a table.
fn add_sentence(lines: &mut Vec<String>, sentence: String) {
    match lines.last_mut() {
        None => lines.push(sentence),
        Some(last) if last == "```" => append(lines, vec![sentence]),
        Some(last) if last.len() + 1 + sentence.len() + "    /// ".len() <= WIDTH => {
            last.push(' ');
            last.push_str(&sentence);
        }
        Some(_) => lines.push(sentence),
    }
}

/// A procedure's struct of arguments, or an event's.
pub(crate) fn of_arguments(module: &Module, procedure: &ProcedurePlan<'_>) -> Vec<String> {
    let mut lines = rustdoc(&linked(procedure.documentation, module, |name| format!("[`{}`]", camel(name))));
    let what = if procedure.annotations.event { "event" } else { "procedure" };
    let program = super::names::capitalise(&module.name);
    let mut place = format!("{program} program, {what} {}", procedure.number);
    place.extend(procedure.annotations.since.map(since));
    match procedure.reply.as_str() {
        _ if procedure.annotations.event => {}
        "()" => place.push_str("; empty reply"),
        reply => place.push_str(&format!("; reply [`{reply}`]")),
    }
    place.push('.');
    append(&mut lines, vec![place]);
    add_stream(&mut lines, procedure);
    lines
}

fn add_stream(lines: &mut Vec<String>, procedure: &ProcedurePlan<'_>) {
    let sentence = match procedure.annotations.stream {
        None => return,
        Some(Stream::Read) => "Opens a stream that the daemon sends on.",
        Some(Stream::Write) => "Opens a stream that the client sends on.",
        Some(Stream::Both) => "Opens a stream that both send on.",
    };
    add_sentence(lines, sentence.to_owned());
}

fn since(since: Since) -> String {
    if since.earliest == since.latest {
        format!(", since libvirt {}", since.latest)
    } else {
        format!(", since libvirt {} to {}", since.earliest, since.latest)
    }
}

/// A call as a method, of a client or of a daemon.
pub(crate) fn of_call(module: &Module, procedure: &ProcedurePlan<'_>) -> Vec<String> {
    let in_code = |name: &str| format!("`{}`", name.to_lowercase());
    let mut lines = rustdoc(&linked(procedure.documentation, module, in_code));
    let mut place = format!("Procedure {}, `{}`", procedure.number, procedure.function);
    place.extend(procedure.annotations.since.map(since));
    place.push('.');
    append(&mut lines, vec![place]);
    add_stream(&mut lines, procedure);
    lines
}

/// A procedure's struct of what it returns.
pub(crate) fn of_reply(module: &Module, procedure: &ProcedurePlan<'_>) -> Vec<String> {
    let ProcedurePlan { number, arguments, .. } = procedure;
    vec![format!("What [`{arguments}`] returns ({} program, procedure {number}).", module.name)]
}

/// A constant, whose name has to do where the specification says nothing about it.
pub(crate) fn of_constant(constant: &Constant) -> Vec<String> {
    match constant.documentation.as_str() {
        "" => vec![format!("`{}` of the contract.", constant.name)],
        documentation => rustdoc(documentation),
    }
}

/// A type that the specification says nothing about.
pub(crate) fn of_undocumented_type(wire: &str) -> Vec<String> {
    vec![format!("`{wire}` on the wire.")]
}

/// One of an enum's names.
pub(crate) fn of_variant(documentation: &str, wire: &str, value: i64) -> Vec<String> {
    let mut lines = rustdoc(documentation);
    add_sentence(&mut lines, format!("`{wire}`, {value}."));
    lines
}

/// One of a union's arms, under one of its cases.
pub(crate) fn of_arm(arm: &Arm, case: &Case) -> Vec<String> {
    let mut lines = rustdoc(&arm.documentation);
    if let (true, Some(field)) = (lines.is_empty(), &arm.field) {
        lines = rustdoc(&field.documentation);
    }
    add_sentence(&mut lines, format!("Discriminant {}.", case.value));
    lines
}

/// What a union holds otherwise.
pub(crate) fn of_default(arm: &Arm) -> Vec<String> {
    let mut lines = rustdoc(&arm.documentation);
    add_sentence(&mut lines, "Any other discriminant, which is kept.".to_owned());
    lines
}

/// A field, with its bound.
pub(crate) fn of_field(field: &Field, resolved: &Type, bound: Option<&str>) -> Vec<String> {
    let mut lines = rustdoc(&field.documentation);
    if lines.is_empty() {
        lines.push(of_undocumented_field(field, resolved));
    }
    if let Some(bound) = bound {
        add_sentence(&mut lines, format!("At most {bound}."));
    }
    lines
}

/// A field that is what its name and type say it is.
fn of_undocumented_field(field: &Field, resolved: &Type) -> String {
    let said = match (field.name.as_str(), resolved) {
        ("flags", _) => "No bit of it matters here: 0.",
        ("nparams", _) => "How many parameters.",
        ("num", _) => "How many.",
        ("uuid", _) => "The UUID.",
        ("callbackID", Type::Basic(Basic::Int)) => "The number of the registration.",
        ("params", _) => "The parameters.",
        ("dom", _) => "The domain.",
        ("net", _) => "The network.",
        ("vol", _) => "The volume.",
        ("snap", _) => "The snapshot.",
        ("iface", _) => "The interface.",
        ("ifaces", _) => "The interfaces.",
        ("dev", _) => "The device.",
        ("srv", _) => "The server.",
        ("clnt", _) => "The client of the daemon.",
        ("xml_desc", _) => "The XML.",
        ("max_vcpus", _) => "The greatest number of virtual CPUs.",
        ("msg", Type::Named(_)) => "What happened.",
        (name, _) => {
            return format!("The {}.", super::names::snake(name).trim_start_matches("r#").replace('_', " "));
        }
    };
    said.to_owned()
}

/// Documentation whose mentions of procedures, which are in capitals, are turned into what `link` makes of their names.
pub(crate) fn linked(documentation: &str, module: &Module, link: impl Fn(&str) -> String) -> String {
    let is_procedure = |word: &str| {
        let versions = module.programs.iter().flat_map(|program| &program.versions);
        versions.flat_map(|version| &version.procedures).any(|procedure| procedure.name == word)
    };
    let mut linked = String::new();
    let mut rest = documentation;
    while let Some(start) = rest.find(|c: char| c.is_ascii_uppercase()) {
        let (before, from) = rest.split_at(start);
        let end = from.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(from.len());
        let (word, after) = from.split_at(end);
        linked.push_str(before);
        let alone = !before.ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_' || c == '`');
        if alone && word.contains('_') && is_procedure(word) {
            linked.push_str(&link(word));
        } else {
            linked.push_str(word);
        }
        rest = after;
    }
    linked + rest
}
