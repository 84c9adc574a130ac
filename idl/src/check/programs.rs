//! Programs: numbers and names that differ, and facts that no procedure forgets.

use super::lower::Lowering;
use super::names::Names;
use crate::annotation::{self, Annotations};
use crate::ast::{self, Definition, DefinitionKind, Name};
use crate::error::{Error, Kind};
use crate::model::{Procedure, Program, Version};
use crate::source::Span;

/// That no program has the number of another one in any file.
pub(super) fn check_numbers(
    definitions: &[Definition],
    taken: &mut Vec<(i64, Span)>,
    names: &Names<'_>,
) -> Result<(), Error> {
    for definition in definitions {
        if let DefinitionKind::Program { number, number_span, .. } = definition.kind {
            taken.push((number, number_span));
        }
    }
    names.distinct_numbers("program's number", taken.iter().copied())
}

pub(super) fn program(
    definition: &Definition,
    number: u32,
    versions: &[ast::Version],
    lowering: &mut Lowering<'_>,
) -> Result<Program, Error> {
    let names = &lowering.names;
    names.distinct("version", versions.iter().map(|version| &version.name))?;
    names
        .distinct_numbers("version", versions.iter().map(|version| (version.number, version.number_span)))?;
    let versions = versions.iter().map(|one| version(one, lowering)).collect::<Result<_, _>>()?;
    Ok(Program {
        documentation: definition.documentation.clone(),
        name: definition.name.text.clone(),
        number,
        versions,
    })
}

fn version(version: &ast::Version, lowering: &mut Lowering<'_>) -> Result<Version, Error> {
    let names = &lowering.names;
    let number = names.in_range("a version", version.number, version.number_span, 0, u32::MAX)?;
    names.distinct("procedure", version.procedures.iter().map(|procedure| &procedure.name))?;
    let numbers = version.procedures.iter().map(|procedure| (procedure.number, procedure.number_span));
    names.distinct_numbers("procedure's number", numbers)?;
    let procedures = version.procedures.iter().map(|one| procedure(one, lowering));
    let procedures = procedures.collect::<Result<Vec<_>, _>>()?;
    check_facts(version, &procedures, &lowering.names)?;
    Ok(Version {
        documentation: version.documentation.clone(),
        name: version.name.text.clone(),
        number,
        procedures,
    })
}

/// That what some procedures of a version say about access and age, all say: a missing entry is an open door.
///
/// Nobody calls an event, so events need no entry for access.
fn check_facts(version: &ast::Version, procedures: &[Procedure], names: &Names<'_>) -> Result<(), Error> {
    type Says = fn(&Annotations) -> bool;
    let facts: [(&'static str, Says); 3] = [
        ("acl", |annotations| annotations.acl.is_some()),
        ("read-only", |annotations| annotations.read_only.is_some()),
        ("since", |annotations| annotations.since.is_some()),
    ];
    for (key, says) in facts {
        if !procedures.iter().any(|procedure| says(&procedure.annotations)) {
            continue;
        }
        for (written, procedure) in version.procedures.iter().zip(procedures) {
            let exempt = procedure.annotations.event && key != "since";
            if !exempt && !says(&procedure.annotations) {
                let kind = Kind::MissingAnnotation {
                    procedure: procedure.name.clone(),
                    key,
                    version: version.name.text.clone(),
                };
                return Err(kind.at(written.name.span, names.sources));
            }
        }
    }
    Ok(())
}

fn procedure(procedure: &ast::Procedure, lowering: &mut Lowering<'_>) -> Result<Procedure, Error> {
    let name = &procedure.name;
    let number = lowering.names.in_range(
        "a procedure's number",
        procedure.number,
        procedure.number_span,
        0,
        i32::MAX,
    )?;
    let annotations = match &procedure.annotation {
        Some((body, span)) => annotation::parse(body, *span, lowering.names.sources)?,
        None => Annotations::default(),
    };
    // A body in an argument's place is called as the contract calls arguments.
    let inner =
        |suffix: &str| Name { text: format!("{}_{suffix}", name.text.to_lowercase()), span: name.span };
    let arguments = procedure.arguments.iter().map(|one| lowering.specifier(one, &inner("args"), ""));
    let arguments = arguments.collect::<Result<_, _>>()?;
    let reply = procedure.reply.as_ref().map(|one| lowering.specifier(one, &inner("ret"), "")).transpose()?;
    let documentation = procedure.documentation.clone();
    Ok(Procedure { documentation, name: name.text.clone(), number, arguments, reply, annotations })
}
