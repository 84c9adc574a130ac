//! `src/generated/calls/<module>.rs`: a method of the client's connection for each call.

use super::plan::{FieldPlan, ItemKind, ModulePlan, ProcedurePlan, ProgramPlan};
use super::text::{Code, WIDTH, header, signature};
use super::wording;

/// Calls with more arguments than this take their struct, whose fields have names.
const PARAMETERS_MAX: usize = 3;
/// The same for calls that open a stream: a volume, where, how much and how is not too much.
const OPENER_PARAMETERS_MAX: usize = 4;

/// The procedures that get a method. One that leaves descriptors out would be of no use, and a reply that brings some ends a
/// connection that carries none.
pub(crate) fn methods<'p, 'c>(program: &'p ProgramPlan<'c>) -> impl Iterator<Item = &'p ProcedurePlan<'c>> {
    program.procedures.iter().filter(|one| !one.annotations.event && !one.annotations.descriptors)
}

pub(crate) fn write(module: &ModulePlan<'_>, program: &ProgramPlan<'_>) -> String {
    let name = &module.module.name;
    let mut code = Code::new();
    let heading = format!(
        "The calls of the {name} program, as methods.\n\nCalls with up to three arguments take them in the wire's order, \
         longer ones take their struct; calls that open a\nstream take up to four. Those that pass file descriptors \
         have methods elsewhere, with the feature `fds`."
    );
    code.text(&header(module.module, &heading));
    code.line("");
    let calls = methods(program).collect::<Vec<_>>();
    code.line(&format!("use virtwire_protocol::{name}::*;"));
    let fields = calls.iter().filter_map(|procedure| parameters(module, procedure));
    let fields = fields.flatten().collect::<Vec<_>>();
    if name != "remote" && fields.iter().any(|field| field.of.contains("remote::")) {
        code.line("use virtwire_protocol::remote;");
    }
    if fields.iter().any(|field| field.of == "Option<Text>") {
        code.line("use virtwire_xdr::Text;");
    }
    code.line("");
    match calls.iter().any(|procedure| procedure.annotations.stream.is_some()) {
        true => code.line("use crate::client::{CallError, Connection, Stream};"),
        false => code.line("use crate::client::{CallError, Connection};"),
    }
    code.line("");
    code.line("impl Connection {");
    for (position, procedure) in calls.iter().enumerate() {
        if position > 0 {
            code.line("");
        }
        call(&mut code, module, procedure);
    }
    code.line("}");
    code.finish()
}

fn call(code: &mut Code, module: &ModulePlan<'_>, procedure: &ProcedurePlan<'_>) {
    code.documentation(1, &wording::of_call(module.module, procedure));
    let ProcedurePlan { arguments, reply, .. } = procedure;
    // The remote program is what a connection is for; the others say their names.
    let method = match module.module.name.as_str() {
        "remote" => procedure.method.clone(),
        other => format!("{other}_{}", procedure.wire),
    };
    let (made, returns) = match (procedure.annotations.stream, reply.as_str()) {
        (None, reply) => ("call", reply.to_owned()),
        (Some(_), "()") => ("open_stream", "Stream".to_owned()),
        (Some(_), reply) => ("open_stream_and_reply", format!("({reply}, Stream)")),
    };
    let returns = format!("Result<{returns}, CallError>");
    let head = format!("    pub async fn {method}");
    match parameters(module, procedure) {
        None => {
            signature(code, &head, &["&self".to_owned(), format!("arguments: {arguments}")], &returns);
            code.line(&format!("        self.{made}(arguments).await"));
        }
        Some(fields) => {
            let parameters = fields.iter().map(|field| format!("{}: {}", field.rust, passed(field)));
            let parameters = ["&self".to_owned()].into_iter().chain(parameters).collect::<Vec<_>>();
            signature(code, &head, &parameters, &returns);
            let fields = fields.iter().map(|field| stored(field)).collect::<Vec<_>>();
            let literal = match &fields[..] {
                [] => arguments.clone(),
                fields => format!("{arguments} {{ {} }}", fields.join(", ")),
            };
            let line = format!("        self.{made}({literal}).await");
            let shorter = format!("        let arguments = {literal};");
            if line.len() <= WIDTH {
                code.line(&line);
            } else {
                let below = format!("            {literal};");
                if shorter.len() <= WIDTH {
                    code.line(&shorter);
                } else if below.len() <= WIDTH {
                    code.line("        let arguments =");
                    code.line(&below);
                } else {
                    code.line(&format!("        let arguments = {arguments} {{"));
                    fields.iter().for_each(|field| code.line(&format!("            {field},")));
                    code.line("        };");
                }
                code.line(&format!("        self.{made}(arguments).await"));
            }
        }
    }
    code.line("    }");
}

/// The fields that a call takes one by one; `None` where it takes its struct.
fn parameters<'p>(module: &'p ModulePlan<'_>, procedure: &ProcedurePlan<'_>) -> Option<Vec<&'p FieldPlan>> {
    let item = module.items.iter().find(|item| item.rust == procedure.arguments)?;
    let most = if procedure.annotations.stream.is_some() { OPENER_PARAMETERS_MAX } else { PARAMETERS_MAX };
    match &item.kind {
        ItemKind::Record(fields) if fields.len() <= most => Some(fields.iter().collect()),
        _ => None,
    }
}

/// How a caller passes a field: what it has at hand, borrowed if the call only reads it.
fn passed(field: &FieldPlan) -> String {
    match field.of.as_str() {
        "Text" => "&str".to_owned(),
        "Option<Text>" => "Option<&str>".to_owned(),
        "Vec<u8>" => "&[u8]".to_owned(),
        of if is_record(of) => format!("&{of}"),
        of => of.to_owned(),
    }
}

/// How the field is made of what was passed.
fn stored(field: &FieldPlan) -> String {
    let name = &field.rust;
    match field.of.as_str() {
        "Text" => format!("{name}: {name}.into()"),
        "Option<Text>" => format!("{name}: {name}.map(Text::from)"),
        "Vec<u8>" => format!("{name}: {name}.to_vec()"),
        of if is_record(of) => format!("{name}: {name}.clone()"),
        _ => name.clone(),
    }
}

/// Whether a type is another struct, by way of which the call names what it is about.
fn is_record(of: &str) -> bool {
    let last = of.rsplit("::").next().unwrap_or(of);
    last.starts_with(|c: char| c.is_ascii_uppercase()) && !of.contains('<')
}
