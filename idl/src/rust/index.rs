//! `generated/index.rs`: every type by an index, and the modules that the rest is in.

use super::plan::Plan;
use super::text::{Code, GENERATED};

/// Every type, so that tests and fuzzers miss none.
pub(crate) fn write(plan: &Plan<'_>) -> String {
    let items = plan.modules.iter().flat_map(|module| module.items.iter().map(move |item| (module, item)));
    let mut code = Code::new();
    code.text(GENERATED);
    code.line("//! Every type of the contract, by an index that means nothing but its place here.");
    code.line("");
    code.line("use crate::contract::Visitor;");
    code.line("");
    let with_items = plan.modules.iter().filter(|module| !module.items.is_empty());
    let mut modules = with_items.map(|module| module.module.name.as_str()).collect::<Vec<_>>();
    modules.sort_unstable();
    code.import("super", &modules);
    code.line("");
    code.line("/// How many types there are.");
    code.line(&format!("pub(crate) const TYPES: usize = {};", items.clone().count()));
    code.line("");
    code.line("/// Shows a visitor the type of this index; `None` from [`TYPES`] on.");
    code.line("pub(crate) fn visit_type<V: Visitor>(index: usize, visitor: V) -> Option<V::Output> {");
    code.line("    Some(match index {");
    for (index, (module, item)) in items.enumerate() {
        let path = format!("{}::{}", module.module.name, item.rust);
        code.line(&format!("        {index} => visitor.visit::<{path}>({:?}),", item.wire));
    }
    code.line("        _ => return None,");
    code.line("    })");
    code.line("}");
    code.finish()
}

/// `mod.rs` of a folder with a file for each module.
pub(crate) fn write_module(plan: &Plan<'_>, what: &str, visibility: &str, others: &[&str]) -> String {
    let mut code = Code::new();
    code.text(GENERATED);
    code.line(&format!("//! {what}"));
    code.line("");
    let mut lines = plan.modules.iter().map(|module| (module.module.name.as_str(), visibility)).collect::<Vec<_>>();
    lines.extend(others.iter().map(|name| (*name, if *name == "codecs" { "" } else { "pub(crate) " })));
    lines.sort_unstable();
    lines.iter().for_each(|(name, visibility)| code.line(&format!("{visibility}mod {name};")));
    code.finish()
}
