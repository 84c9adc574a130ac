//! Definitions to a contract: names looked up, numbers checked, and whatever would be ambiguous or endless refused.

mod lower;
mod names;
mod nesting;
mod programs;
mod unions;

use self::lower::Lowering;
use self::names::Names;
use crate::ast::{Definition, DefinitionKind};
use crate::documentation;
use crate::error::Error;
use crate::lexer;
use crate::model::{Constant, Contract, Module};
use crate::source::Source;

/// Makes one contract of several files, which share one name space.
pub(crate) fn check(sources: &[Source], files: &[Vec<Definition>]) -> Result<Contract, Error> {
    let mut lowering = Lowering::new(Names::collect(sources, files)?);
    let mut modules = Vec::new();
    for (source, definitions) in sources.iter().zip(files) {
        modules.push(module(source, definitions, &mut lowering)?);
    }
    let contract = Contract { modules };
    nesting::check(&contract, &lowering.names)?;
    unions::check(&contract, &lowering)?;
    Ok(contract)
}

fn module(source: &Source, definitions: &[Definition], lowering: &mut Lowering<'_>) -> Result<Module, Error> {
    let mut module = Module {
        name: source.module().to_owned(),
        documentation: heading(source),
        constants: Vec::new(),
        types: Vec::new(),
        programs: Vec::new(),
    };
    for definition in definitions {
        match &definition.kind {
            DefinitionKind::Constant(value) => module.constants.push(Constant {
                documentation: definition.documentation.clone(),
                name: definition.name.text.clone(),
                value: *value,
            }),
            DefinitionKind::Program { number, number_span, versions } => {
                let number =
                    lowering.names.in_range("a program's number", *number, *number_span, 0, u32::MAX)?;
                module.programs.push(programs::program(definition, number, versions, lowering)?);
            }
            _ => lowering.definition(definition)?,
        }
        module.types.append(&mut lowering.types);
    }
    programs::check_numbers(definitions, &mut lowering.programs, &lowering.names)?;
    Ok(module)
}

/// What a file says that it is about, without its own name before it.
fn heading(source: &Source) -> String {
    let comment = lexer::heading(&source.text).map(documentation::clean).unwrap_or_default();
    let paragraph = comment.split("\n\n").next().unwrap_or_default();
    let named = format!("{}: ", source.name);
    let text = paragraph.strip_prefix(named.as_str()).unwrap_or(paragraph);
    let mut characters = text.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None => String::new(),
    }
}
