//! `generated/tables/<module>.rs`: what is known of each procedure, and its types behind its number.

use super::GenerateError;
use super::access::right;
use super::plan::{ModulePlan, Plan, ProcedurePlan, ProgramPlan};
use super::text::{Code, GENERATED, WIDTH, header};
use crate::model::{ReadOnly, Release, Stream};

/// The table of one program.
pub(crate) fn write(module: &ModulePlan<'_>, program: &ProgramPlan<'_>) -> Result<String, GenerateError> {
    let mut body = Code::new();
    body.line("");
    body.line("procedures! {");
    body.line(&format!(
        "    {} = {:#x}, {};",
        program_constant(module),
        program.program.number,
        program.version
    ));
    program.procedures.iter().try_for_each(|procedure| row(&mut body, procedure))?;
    body.line("}");
    let body = body.finish();
    let mut code = Code::new();
    code.text(&header(module.module, "What is known of each procedure, by number."));
    code.line("");
    let objects = super::access::VARIANTS.into_iter();
    let objects = objects.filter(|variant| body.contains(&format!("right({variant},"))).collect::<Vec<_>>();
    if !objects.is_empty() {
        code.import("crate::access::ObjectKind", &objects);
        code.import("crate::access", &["right"]);
    }
    let helpers = ["between", "procedures", "since"];
    let used_helper = |word: &&str| *word == "procedures" || body.contains(&format!(" {word}("));
    let helpers = helpers.into_iter().filter(used_helper).collect::<Vec<_>>();
    code.import("crate::contract", &helpers);
    let program_items = [
        ("Priority::High", "High"),
        ("ReadOnlyRule::Allowed", "Allowed"),
        ("ReadOnlyRule::Conditional", "Conditional"),
        ("ReadOnlyRule::Refused", "Refused"),
        ("StreamDirection::Both", "Both"),
        ("StreamDirection::Read", "Read"),
        ("StreamDirection::Write", "Write"),
    ];
    let used = |word: &str| body.contains(&format!(": {word}")) || body.contains(&format!("Some({word})"));
    for group in ["Priority", "ReadOnlyRule", "StreamDirection"] {
        let of_group = program_items.iter().filter(|(path, word)| path.starts_with(group) && used(word));
        let words = of_group.map(|(_, word)| *word).collect::<Vec<_>>();
        code.import(&format!("crate::program::{group}"), &words);
    }
    code.line("");
    code.line(&format!("use super::super::{}::*;", module.module.name));
    code.text(&body);
    Ok(code.finish())
}

/// How `Program` names a module's program.
pub(crate) fn program_constant(module: &ModulePlan<'_>) -> String {
    module.module.name.to_uppercase()
}

fn row(code: &mut Code, procedure: &ProcedurePlan<'_>) -> Result<(), GenerateError> {
    let ProcedurePlan { number, wire, function, arguments, reply, annotations, .. } = procedure;
    let kind = if annotations.event { "Event" } else { "Call" };
    // The macro takes no call without the first three: who may make it is never left out.
    let mut facts = Vec::new();
    if !annotations.event {
        facts.push(match annotations.read_only {
            Some(ReadOnly::Allowed) => "read_only: Allowed".to_owned(),
            Some(ReadOnly::Conditional) => "read_only: Conditional".to_owned(),
            Some(ReadOnly::Refused) | None => "read_only: Refused".to_owned(),
        });
        facts.extend(list("acl", procedure, annotations.acl.as_deref().unwrap_or_default())?);
        facts.push(format!("function: {function:?}"));
    }
    if let Some(since) = annotations.since {
        let release = |Release(major, minor, micro): Release| format!("{major}, {minor}, {micro}");
        facts.push(if since.earliest == since.latest {
            format!("since: since({})", release(since.latest))
        } else {
            format!("since: between(({}), ({}))", release(since.earliest), release(since.latest))
        });
    }
    if annotations.high_priority {
        facts.push("priority: High".to_owned());
    }
    facts.extend(annotations.stream.map(|stream| match stream {
        Stream::Read => "stream: Some(Read)".to_owned(),
        Stream::Write => "stream: Some(Write)".to_owned(),
        Stream::Both => "stream: Some(Both)".to_owned(),
    }));
    if annotations.descriptors {
        facts.push("passes_fds: true".to_owned());
    }
    if !annotations.filter.is_empty() {
        facts.extend(list("acl_filter", procedure, &annotations.filter)?);
    }
    let head = format!("    {kind} {number} {wire:?} {arguments} -> {reply} {{");
    let line = format!("{head} {} }}", facts.join(", "));
    if line.len() <= WIDTH {
        code.line(&line);
        return Ok(());
    }
    code.line(&head);
    let mut row = "       ".to_owned();
    for fact in facts {
        if row.trim() != "" && row.len() + 1 + fact.len() + 1 > WIDTH {
            code.line(&row);
            row = "       ".to_owned();
        }
        row.push_str(&format!(" {fact},"));
    }
    code.line(&row);
    code.line("    }");
    Ok(())
}

/// A list of rights, as pieces between which a line may end.
fn list(fact: &str, procedure: &ProcedurePlan<'_>, rights: &[String]) -> Result<Vec<String>, GenerateError> {
    let mut pieces = rights.iter().map(|one| right(procedure, one)).collect::<Result<Vec<_>, _>>()?;
    if pieces.is_empty() {
        pieces.push(String::new());
    }
    if let Some(first) = pieces.first_mut() {
        first.insert_str(0, &format!("{fact}: &["));
    }
    if let Some(last) = pieces.last_mut() {
        last.push(']');
    }
    Ok(pieces)
}

/// `generated/tables/mod.rs`: from a program to its table.
pub(crate) fn write_index(plan: &Plan<'_>) -> String {
    let programs = plan.modules.iter().filter(|module| module.program.is_some()).collect::<Vec<_>>();
    let mut code = Code::new();
    code.text(GENERATED);
    code.line("//! From a program and a procedure's number to what is known of it and to its types.");
    code.line("");
    let mut names = programs.iter().map(|module| module.module.name.as_str()).collect::<Vec<_>>();
    names.sort_unstable();
    names.iter().for_each(|name| code.line(&format!("mod {name};")));
    code.line("");
    code.line("use crate::contract::Visitor;");
    code.line("use crate::program::{ProcedureInfo, ProcedureNumber, Program};");
    code.line("");
    code.line(
        "/// The procedures of a program, ordered by number; none for a program that is not of the contract.",
    );
    code.line("pub(crate) fn procedures(program: Program) -> &'static [ProcedureInfo] {");
    code.line("    match program {");
    for module in &programs {
        let constant = program_constant(module);
        code.line(&format!("        Program::{constant} => {}::PROCEDURES,", module.module.name));
    }
    code.line("        _ => &[],");
    code.line("    }");
    code.line("}");
    for (function, what) in [
        ("visit_call", "Shows a visitor the arguments of a call."),
        ("visit_reply", "Shows a visitor the reply to a call."),
        ("visit_notice", "Shows a visitor an event."),
    ] {
        code.line("");
        code.line(&format!("/// {what} `None` where there is none of that number."));
        code.line(&format!("pub(crate) fn {function}<V: Visitor>("));
        code.line("    program: Program,");
        code.line("    number: ProcedureNumber,");
        code.line("    visitor: V,");
        code.line(") -> Option<V::Output> {");
        code.line("    match program {");
        for module in &programs {
            let constant = program_constant(module);
            let name = &module.module.name;
            code.line(&format!("        Program::{constant} => {name}::{function}(number, visitor),"));
        }
        code.line("        _ => None,");
        code.line("    }");
        code.line("}");
    }
    code.line("");
    code.line("/// Whether a payload is what a call takes. `None` where there is none of that number.");
    code.line("pub(crate) fn check_call(");
    code.line("    program: Program,");
    code.line("    number: ProcedureNumber,");
    code.line("    payload: &[u8],");
    code.line(") -> Option<Result<(), virtwire_xdr::Error>> {");
    code.line("    match program {");
    for module in &programs {
        let constant = program_constant(module);
        let name = &module.module.name;
        code.line(&format!("        Program::{constant} => {name}::check_call(number, payload),"));
    }
    code.line("        _ => None,");
    code.line("    }");
    code.line("}");
    code.finish()
}
