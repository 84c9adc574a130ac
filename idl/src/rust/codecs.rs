//! `generated/codecs/<module>.rs`: how each type is written and what bounds it, a line for each.

use super::plan::{FieldPlan, Item, ItemKind, ModulePlan, Plan, Variant};
use super::text::{Code, WIDTH, header};

/// What the codecs of `virtwire-xdr` are called.
const CODECS: &str = "Array Chars FixedArray FixedChars FixedOpaque Opaque Optional Plain Str";

pub(crate) fn write(plan: &Plan<'_>, module: &ModulePlan<'_>) -> String {
    let mut body = Code::new();
    for (name, items) in [
        ("enumeration", module.items.iter().filter(is_enumeration as fn(&&Item) -> bool)),
        ("union", module.items.iter().filter(is_union)),
        ("record", module.items.iter().filter(is_record)),
    ] {
        let mut items = items.peekable();
        if items.peek().is_none() {
            continue;
        }
        body.line("");
        body.line(&format!("{name}! {{"));
        items.for_each(|item| write_item(&mut body, item));
        body.line("}");
    }
    let body = body.finish();
    let mut code = Code::new();
    code.text(&header(module.module, "How each type is written, and its bounds."));
    code.line("");
    let used = |word: &&str| words(&body).any(|found| found == *word);
    let macros = ["enumeration", "record", "union"];
    let imports = CODECS.split(' ').chain(macros).filter(|word| used(word)).collect::<Vec<_>>();
    code.import("virtwire_xdr", &imports);
    code.line("");
    let mut others = plan.modules.iter().collect::<Vec<_>>();
    others.sort_by_key(|other| &other.module.name);
    for other in others {
        let name = &other.module.name;
        if *name == module.module.name {
            code.line(&format!("use super::super::{name}::*;"));
            continue;
        }
        let constants = other.module.constants.iter().map(|constant| constant.name.as_str());
        let constants =
            constants.filter(|word| plan.shapes.home_of_constant(word) == Some(name) && used(word));
        let mut constants = constants.collect::<Vec<_>>();
        constants.sort_unstable();
        if !constants.is_empty() {
            code.import(&format!("super::super::{name}"), &constants);
        }
    }
    code.text(&body);
    code.finish()
}

fn is_enumeration(item: &&Item) -> bool {
    matches!(item.kind, ItemKind::Enumeration(_))
}

fn is_union(item: &&Item) -> bool {
    matches!(item.kind, ItemKind::Union { .. })
}

fn is_record(item: &&Item) -> bool {
    matches!(item.kind, ItemKind::Record(_))
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
}

fn write_item(code: &mut Code, item: &Item) {
    let Item { wire, rust, kind, .. } = item;
    let (head, parts) = match kind {
        ItemKind::Record(fields) => (format!("{wire:?} => {rust}"), fields.iter().map(field).collect()),
        ItemKind::Enumeration(variants) => {
            let parts = variants.iter().map(|one| format!("{} => {}", one.value, one.rust)).collect();
            (format!("{wire:?} => {rust}"), parts)
        }
        ItemKind::Union { discriminant, variants, default } => {
            let mut parts = variants.iter().map(arm).collect::<Vec<_>>();
            parts.extend(default.iter().map(|one| match &one.field {
                Some(field) => format!("default => {}({})", one.rust, field.codec),
                None => format!("default => {}", one.rust),
            }));
            (format!("{wire:?} => {rust}: {discriminant}"), parts)
        }
    };
    let line = match &parts[..] {
        [] => format!("    {head} {{}}"),
        _ => format!("    {head} {{ {} }}", parts.join(", ")),
    };
    if line.len() <= WIDTH {
        code.line(&line);
        return;
    }
    code.line(&format!("    {head} {{"));
    parts.iter().for_each(|part| code.line(&format!("        {part},")));
    code.line("    }");
}

/// With the wire's name where Rust has another one.
fn field(FieldPlan { wire, rust, codec, .. }: &FieldPlan) -> String {
    match rust.strip_prefix("r#").unwrap_or(rust) == wire {
        true => format!("{rust}: {codec}"),
        false => format!("{rust} {wire:?}: {codec}"),
    }
}

fn arm(variant: &Variant) -> String {
    let Variant { rust, value, .. } = variant;
    match &variant.field {
        Some(FieldPlan { wire, codec, .. }) => format!("{value} => {rust}({codec}) {wire:?}"),
        None => format!("{value} => {rust}"),
    }
}
