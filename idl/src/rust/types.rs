//! `generated/<module>.rs`: the types themselves, plain structs and enums.

use super::names::grouped;
use super::plan::{FieldPlan, Item, ItemKind, ModulePlan, Plan, Variant};
use super::text::{Code, WIDTH, header};
use super::wording;

pub(crate) fn write(plan: &Plan<'_>, module: &ModulePlan<'_>) -> String {
    let mut body = Code::new();
    for constant in &module.module.constants {
        body.line("");
        body.documentation(0, &wording::of_constant(constant));
        let sign = if constant.value < 0 { "-" } else { "" };
        let of = plan.shapes.type_of_constant(&constant.name, constant.value);
        let value = grouped(constant.value.unsigned_abs(), "_");
        body.line(&format!("pub const {}: {of} = {sign}{value};", constant.name));
    }
    for item in &module.items {
        body.line("");
        write_item(&mut body, item);
    }
    let body = body.finish();
    let mut code = Code::new();
    code.text(&header(module.module, &heading(module)));
    let mut imports = Vec::new();
    if body.contains(": Text") || body.contains("<Text>") || body.contains("(Text)") {
        imports.push("use virtwire_xdr::Text;".to_owned());
    }
    let others = plan.modules.iter().map(|other| &other.module.name);
    let others = others.filter(|name| **name != module.module.name && mentions(&body, name));
    let siblings = others.map(|name| format!("use super::{name};")).collect::<Vec<_>>();
    for (position, group) in [imports, siblings].iter().filter(|group| !group.is_empty()).enumerate() {
        if position == 0 || !group.is_empty() {
            code.line("");
        }
        group.iter().for_each(|import| code.line(import));
    }
    code.text(&body);
    code.finish()
}

fn mentions(body: &str, module: &str) -> bool {
    let path = format!("{module}::");
    body.match_indices(&path).any(|(at, _)| body[..at].ends_with([' ', '<', '(', '[']))
}

fn heading(module: &ModulePlan<'_>) -> String {
    let own = module.module.documentation.clone();
    if own.is_empty() { format!("The types of `{}`.", module.module.name) } else { own }
}

fn write_item(code: &mut Code, item: &Item) {
    code.documentation(0, &item.documentation);
    code.line(&format!("#[derive({})]", item.derives));
    match &item.kind {
        ItemKind::Record(fields) if fields.is_empty() => code.line(&format!("pub struct {};", item.rust)),
        ItemKind::Record(fields) => {
            code.line(&format!("pub struct {} {{", item.rust));
            for FieldPlan { rust, documentation, of, .. } in fields {
                code.documentation(1, documentation);
                code.line(&format!("    pub {rust}: {of},"));
            }
            code.line("}");
            if !item.secret.is_empty() {
                write_debug(code, item, fields);
            }
        }
        ItemKind::Enumeration(variants) => {
            code.line(&format!("pub enum {} {{", item.rust));
            variants.iter().for_each(|variant| write_variant(code, variant, None));
            code.line("    /// A value that the contract does not know, kept as it came.");
            code.line("    Unknown(i32),");
            code.line("}");
        }
        ItemKind::Union { discriminant, variants, default } => {
            code.line(&format!("pub enum {} {{", item.rust));
            variants.iter().for_each(|variant| write_variant(code, variant, None));
            default.iter().for_each(|variant| write_variant(code, variant, Some(discriminant)));
            code.line("}");
        }
    }
}

/// What a type with secrets prints of itself.
fn write_debug(code: &mut Code, item: &Item, fields: &[FieldPlan]) {
    let field = |FieldPlan { rust, .. }: &FieldPlan| match item.secret.contains(rust) {
        true => format!(".field(\"{rust}\", &format_args!(\"(not shown)\"))"),
        false => format!(".field(\"{rust}\", &self.{rust})"),
    };
    let head = format!("f.debug_struct(\"{}\")", item.rust);
    let links = fields.iter().map(field).chain([".finish()".to_owned()]).collect::<Vec<_>>();
    code.line("");
    code.line(&format!("impl std::fmt::Debug for {} {{", item.rust));
    code.line("    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {");
    let line = format!("        {head}{}", links.concat());
    if line.len() <= WIDTH {
        code.line(&line);
    } else {
        code.line(&format!("        {head}"));
        links.iter().for_each(|link| code.line(&format!("            {link}")));
    }
    code.line("    }");
    code.line("}");
}

fn write_variant(code: &mut Code, variant: &Variant, kept: Option<&str>) {
    code.documentation(1, &variant.documentation);
    let content = variant.field.as_ref().map(|field| field.of.as_str());
    let content = kept.into_iter().chain(content).collect::<Vec<_>>().join(", ");
    let rust = &variant.rust;
    code.line(&if content.is_empty() { format!("    {rust},") } else { format!("    {rust}({content}),") });
}
