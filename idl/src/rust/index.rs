//! `generated/index.rs`: every type by an index; and the `mod.rs` of every folder.

use super::calls;
use super::plan::{ModulePlan, Plan, ProgramPlan};
use super::text::{Code, GENERATED};

/// Every type, so that tests and fuzzers miss none.
pub(crate) fn write(plan: &Plan<'_>) -> String {
    let items = plan.modules.iter().flat_map(|module| module.items.iter().map(move |item| (module, item)));
    let mut code = Code::new();
    code.text(GENERATED);
    code.line("//! Every type of the contract, by an index that means nothing but its place here.");
    code.line("");
    code.line("use crate::contract::types;");
    code.line("");
    let with_items = plan.modules.iter().filter(|module| !module.items.is_empty());
    let mut modules = with_items.map(|module| module.module.name.as_str()).collect::<Vec<_>>();
    modules.sort_unstable();
    code.import("super", &modules);
    code.line("");
    code.line("types! {");
    for (index, (module, item)) in items.enumerate() {
        code.line(&format!("    {index} {:?} {}::{};", item.wire, module.module.name, item.rust));
    }
    code.line("}");
    code.finish()
}

/// `mod.rs` of a folder with a file for each module.
pub(crate) fn write_module(plan: &Plan<'_>, what: &str, visibility: &str, others: &[&str]) -> String {
    let mut code = Code::new();
    code.text(GENERATED);
    code.line(&format!("//! {what}"));
    code.line("");
    let mut lines =
        plan.modules.iter().map(|module| (module.module.name.as_str(), visibility)).collect::<Vec<_>>();
    lines.extend(others.iter().map(|name| (*name, if *name == "codecs" { "" } else { "pub(crate) " })));
    lines.sort_unstable();
    lines.iter().for_each(|(name, visibility)| code.line(&format!("{visibility}mod {name};")));
    code.finish()
}

/// `src/generated/mod.rs`: what a client and what a daemon has of every program.
pub(crate) fn write_shell(plan: &Plan<'_>) -> String {
    let mut code = Code::new();
    code.text(GENERATED);
    code.line("//! Every procedure of the contract by name: methods of a client's connection, and what a daemon may implement.");
    code.line("");
    code.line("#[cfg(feature = \"client\")]");
    code.line("mod calls;");
    code.line("#[cfg(feature = \"server\")]");
    code.line("mod services;");
    code.line("");
    for module in names(&called(plan)) {
        let service = format!("{}Service", super::names::capitalise(module));
        code.line("#[cfg(feature = \"server\")]");
        code.line(&format!("pub use services::{module}::{{{service}, dispatch_{module}}};"));
    }
    code.finish()
}

/// `mod.rs` of the folder of a client's or of a daemon's files.
pub(crate) fn write_shell_module(modules: &[Called<'_, '_>], what: &str, visibility: &str) -> String {
    let mut code = Code::new();
    code.text(GENERATED);
    code.line(&format!("//! {what}"));
    code.line("");
    names(modules).iter().for_each(|module| code.line(&format!("{visibility}mod {module};")));
    code.finish()
}

/// A program, and the module that has it.
pub(crate) type Called<'p, 'c> = (&'p ModulePlan<'c>, &'p ProgramPlan<'c>);

/// Programs that have calls; keepalive has only its two messages.
pub(crate) fn called<'p, 'c>(plan: &'p Plan<'c>) -> Vec<Called<'p, 'c>> {
    let has_calls = |program: &&ProgramPlan<'_>| program.procedures.iter().any(|one| !one.annotations.event);
    let called = plan.modules.iter().map(|module| (module, module.program.as_ref().filter(has_calls)));
    called.filter_map(|(module, program)| Some((module, program?))).collect()
}

/// Those whose calls are methods of a client's connection.
pub(crate) fn with_methods<'p, 'c>(plan: &'p Plan<'c>) -> Vec<Called<'p, 'c>> {
    called(plan).into_iter().filter(|(_, program)| calls::methods(program).next().is_some()).collect()
}

/// The names of the modules, as rustfmt orders them.
fn names<'p>(modules: &[Called<'p, '_>]) -> Vec<&'p str> {
    let mut names = modules.iter().map(|(module, _)| module.module.name.as_str()).collect::<Vec<_>>();
    names.sort_unstable();
    names
}
