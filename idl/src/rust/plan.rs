//! What Rust is to be written: every item with its name, its fields' types, codecs and documentation.

use std::collections::{HashMap, HashSet};

use super::names::{camel, snake, variants};
use super::shape::Shapes;
use super::{GenerateError, api, wording};
use crate::documentation::rustdoc;
use crate::model::{
    Annotations, Arm, Basic, Body, Case, Contract, Module, Program, Type, TypeDefinition, Union,
};

pub(crate) struct Plan<'c> {
    pub modules: Vec<ModulePlan<'c>>,
    pub shapes: Shapes<'c>,
}

pub(crate) struct ModulePlan<'c> {
    pub module: &'c Module,
    /// Types that several procedures share, in the text's order; then arguments and replies by procedure number.
    pub items: Vec<Item>,
    pub program: Option<ProgramPlan<'c>>,
}

pub(crate) struct ProgramPlan<'c> {
    pub program: &'c Program,
    pub version: u32,
    /// By number.
    pub procedures: Vec<ProcedurePlan<'c>>,
}

pub(crate) struct ProcedurePlan<'c> {
    pub number: i32,
    /// As tables and logs call it: `domain_migrate_prepare2`.
    pub wire: String,
    /// As Rust methods are called.
    pub method: String,
    /// What the specification says of it.
    pub documentation: &'c str,
    /// The C function.
    pub function: String,
    /// The struct of its arguments; a unit struct where it takes none.
    pub arguments: String,
    pub takes_nothing: bool,
    /// The struct of its reply; `()` where it returns nothing.
    pub reply: String,
    pub annotations: &'c Annotations,
}

pub(crate) struct Item {
    pub wire: String,
    pub rust: String,
    /// Lines of rustdoc.
    pub documentation: Vec<String>,
    pub derives: String,
    pub kind: ItemKind,
    /// Fields that nobody prints.
    pub secret: Vec<String>,
}

pub(crate) enum ItemKind {
    Record(Vec<FieldPlan>),
    Enumeration(Vec<Variant>),
    Union { discriminant: &'static str, variants: Vec<Variant>, default: Option<Variant> },
}

pub(crate) struct FieldPlan {
    pub wire: String,
    pub rust: String,
    pub documentation: Vec<String>,
    /// Such as `Option<Text>`.
    pub of: String,
    /// Such as `Optional<Str<STRING_MAX>>`.
    pub codec: String,
}

pub(crate) struct Variant {
    pub rust: String,
    pub value: i64,
    pub documentation: Vec<String>,
    /// What the union's arm holds.
    pub field: Option<FieldPlan>,
}

impl Item {
    /// Has a field of this name on the wire left out of what is printed. Whether there is one.
    fn keep_secret(&mut self, wire: &str) -> bool {
        let ItemKind::Record(fields) = &self.kind else { return false };
        let Some(field) = fields.iter().find(|field| field.wire == wire) else { return false };
        self.derives = self.derives.replace("Debug, ", "");
        self.secret.push(field.rust.clone());
        true
    }
}

impl ItemKind {
    /// That Rust can tell the parts of the type `of` apart.
    fn check_distinct(&self, of: &str) -> Result<(), GenerateError> {
        let (parts, own) = match self {
            ItemKind::Record(fields) => (fields.iter().map(|field| &field.rust).collect::<Vec<_>>(), ""),
            ItemKind::Enumeration(variants) => (variants.iter().map(|one| &one.rust).collect(), "Unknown"),
            ItemKind::Union { variants, default: Some(_), .. } => {
                (variants.iter().map(|one| &one.rust).collect(), "Other")
            }
            ItemKind::Union { variants, .. } => (variants.iter().map(|one| &one.rust).collect(), ""),
        };
        let mut seen = HashSet::from([own]);
        match parts.into_iter().find(|rust| !seen.insert(rust.as_str())) {
            Some(rust) => Err(GenerateError::SamePart { of: of.to_owned(), rust: rust.clone() }),
            None => Ok(()),
        }
    }
}

pub(crate) fn plan(contract: &Contract) -> Result<Plan<'_>, GenerateError> {
    let names = Names::new(contract)?;
    let shapes = Shapes::new(contract, names.rust.clone());
    let modules = contract.modules.iter().map(|module| names.module(module, &shapes));
    let modules = modules.collect::<Result<_, _>>()?;
    Ok(Plan { modules, shapes })
}

/// The Rust name of every type, and what is said of those that belong to a procedure.
struct Names {
    rust: HashMap<String, String>,
    owned: HashMap<String, Vec<String>>,
}

impl Names {
    fn new(contract: &Contract) -> Result<Names, GenerateError> {
        let mut names = Names { rust: HashMap::new(), owned: HashMap::new() };
        for module in &contract.modules {
            for definition in &module.types {
                let plain = prefixless(module, &definition.name).replace("nonnull_", "");
                names.rust.insert(definition.name.clone(), camel(&plain));
            }
            for procedure in module.programs.iter().flat_map(procedures) {
                let of = &procedure.name;
                let arguments = match &procedure.arguments[..] {
                    [] => None,
                    [Type::Named(name)] => Some(name),
                    _ => return Err(GenerateError::NotAStruct { procedure: of.clone() }),
                };
                let reply = match &procedure.reply {
                    None => None,
                    Some(Type::Named(name)) => Some(name),
                    Some(_) => return Err(GenerateError::NotAStruct { procedure: of.clone() }),
                };
                let wire = of.to_lowercase();
                let suffix = if procedure.annotations.event { "msg" } else { "args" };
                names.own(module, arguments, &format!("{wire}_{suffix}"), camel(&wire), of)?;
                names.own(module, reply, &format!("{wire}_ret"), format!("{}Reply", camel(&wire)), of)?;
            }
        }
        names.check_distinct(contract)?;
        Ok(names)
    }

    /// Names a struct after the procedure that it belongs to.
    fn own(
        &mut self,
        module: &Module,
        found: Option<&String>,
        expected: &str,
        rust: String,
        procedure: &str,
    ) -> Result<(), GenerateError> {
        let Some(found) = found else { return Ok(()) };
        if prefixless(module, found) != expected {
            let (procedure, found, expected) = (procedure.to_owned(), found.clone(), expected.to_owned());
            return Err(GenerateError::NotItsOwn { procedure, found, expected });
        }
        self.owned.insert(found.clone(), Vec::new());
        self.rust.insert(found.clone(), rust);
        Ok(())
    }

    fn check_distinct(&self, contract: &Contract) -> Result<(), GenerateError> {
        for module in &contract.modules {
            let mut seen: HashMap<String, &str> = HashMap::new();
            let types = module.types.iter().filter(|one| !matches!(one.body, Body::Typedef(_)));
            let types = types.map(|one| (self.rust[&one.name].clone(), one.name.as_str()));
            let without_arguments = module.programs.iter().flat_map(procedures);
            let without_arguments = without_arguments.filter(|procedure| procedure.arguments.is_empty());
            let units = without_arguments.map(|one| (camel(&one.name), one.name.as_str()));
            for (rust, wire) in types.chain(units) {
                if let Some(first) = seen.insert(rust.clone(), wire) {
                    let (first, second) = (first.to_owned(), wire.to_owned());
                    return Err(GenerateError::SameName { rust, first, second });
                }
            }
        }
        Ok(())
    }

    fn module<'c>(&self, module: &'c Module, shapes: &Shapes<'c>) -> Result<ModulePlan<'c>, GenerateError> {
        let mut items = Vec::new();
        for definition in &module.types {
            if !self.owned.contains_key(&definition.name) {
                let documentation = rustdoc(&definition.documentation);
                items.extend(self.item(module, definition, documentation, shapes)?);
            }
        }
        let program = match &module.programs[..] {
            [] => None,
            [program] => Some(self.program(module, program)?),
            _ => return Err(GenerateError::SeveralPrograms { module: module.name.clone() }),
        };
        for procedure in program.iter().flat_map(|program| &program.procedures) {
            items.extend(self.owned_items(module, procedure, shapes)?);
        }
        Ok(ModulePlan { module, items, program })
    }

    fn program<'c>(
        &self,
        module: &'c Module,
        program: &'c Program,
    ) -> Result<ProgramPlan<'c>, GenerateError> {
        let [version] = &program.versions[..] else {
            return Err(GenerateError::SeveralVersions { program: program.name.clone() });
        };
        let name = |of: &Type| match of {
            Type::Named(name) => self.rust[name].clone(),
            other => other.to_string(),
        };
        let mut procedures = version.procedures.iter().map(|procedure| {
            let wire = procedure.name.to_lowercase();
            ProcedurePlan {
                number: procedure.number,
                method: snake(&wire),
                documentation: &procedure.documentation,
                function: api::function(&module.name, &wire),
                arguments: procedure.arguments.first().map_or_else(|| camel(&wire), name),
                takes_nothing: procedure.arguments.is_empty(),
                reply: procedure.reply.as_ref().map_or_else(|| "()".to_owned(), name),
                annotations: &procedure.annotations,
                wire,
            }
        });
        let mut procedures: Vec<_> = procedures.by_ref().collect();
        procedures.sort_by_key(|procedure| procedure.number);
        Ok(ProgramPlan { program, version: version.number, procedures })
    }

    /// A procedure's arguments and reply.
    fn owned_items(
        &self,
        module: &Module,
        procedure: &ProcedurePlan<'_>,
        shapes: &Shapes<'_>,
    ) -> Result<Vec<Item>, GenerateError> {
        let mut items = Vec::new();
        let mut documentation = wording::of_arguments(module, procedure);
        match module
            .types
            .iter()
            .find(|one| self.rust[&one.name] == procedure.arguments && self.is_owned(one))
        {
            Some(definition) => {
                wording::append(&mut documentation, rustdoc(&definition.documentation));
                items.extend(self.item(module, definition, documentation, shapes)?);
            }
            None => items.push(Item {
                wire: procedure.wire.clone(),
                rust: procedure.arguments.clone(),
                documentation,
                derives: "Clone, Copy, Debug, Default, PartialEq, Eq".to_owned(),
                kind: ItemKind::Record(Vec::new()),
                secret: Vec::new(),
            }),
        }
        let reply =
            module.types.iter().find(|one| self.rust[&one.name] == procedure.reply && self.is_owned(one));
        if let Some(definition) = reply {
            let mut documentation = wording::of_reply(module, procedure);
            wording::append(&mut documentation, rustdoc(&definition.documentation));
            items.extend(self.item(module, definition, documentation, shapes)?);
        }
        for field in &procedure.annotations.secret {
            let mut found = false;
            for item in &mut items {
                found |= item.keep_secret(field);
            }
            if !found {
                let (procedure, field) = (procedure.wire.clone(), field.clone());
                return Err(GenerateError::UnknownSecret { procedure, field });
            }
        }
        Ok(items)
    }

    fn is_owned(&self, definition: &TypeDefinition) -> bool {
        self.owned.contains_key(&definition.name)
    }

    /// The Rust of a type; none for a typedef, which is written out where it is used.
    fn item(
        &self,
        module: &Module,
        definition: &TypeDefinition,
        documentation: Vec<String>,
        shapes: &Shapes<'_>,
    ) -> Result<Option<Item>, GenerateError> {
        let kind = match &definition.body {
            Body::Typedef(_) => return Ok(None),
            Body::Struct(body) => {
                ItemKind::Record(body.iter().map(|field| shapes.field(module, field)).collect())
            }
            Body::Enum(enumerators) => {
                let names = enumerators.iter().map(|one| one.name.as_str()).collect::<Vec<_>>();
                let named = variants(&names).into_iter().zip(enumerators);
                ItemKind::Enumeration(
                    named
                        .map(|(rust, one)| Variant {
                            rust,
                            value: one.value.into(),
                            documentation: wording::of_variant(
                                &one.documentation,
                                &one.name,
                                one.value.into(),
                            ),
                            field: None,
                        })
                        .collect(),
                )
            }
            Body::Union(union) => union_kind(module, union, shapes),
        };
        kind.check_distinct(&definition.name)?;
        let documentation = if documentation.is_empty() {
            wording::of_undocumented_type(&definition.name)
        } else {
            documentation
        };
        Ok(Some(Item {
            wire: definition.name.clone(),
            rust: self.rust[&definition.name].clone(),
            documentation,
            derives: shapes.derives(&definition.name),
            kind,
            secret: Vec::new(),
        }))
    }
}

fn union_kind(module: &Module, union: &Union, shapes: &Shapes<'_>) -> ItemKind {
    let discriminant = match shapes.resolve(&union.discriminant.of) {
        Type::Basic(Basic::UnsignedInt) => "u32",
        // bool is an enum of 0 and 1.
        _ => "i32",
    };
    // A case is called after its constant; one that is a mere number, after what its arm is called.
    let cases = union.arms.iter().flat_map(|arm| arm.cases.iter().map(move |case| (arm, case)));
    let cases = cases.collect::<Vec<_>>();
    let all_named = cases.iter().filter_map(|(_, case)| case.name.as_deref()).collect::<Vec<_>>();
    let names = if all_named.len() == cases.len() {
        variants(&all_named)
    } else {
        let name = |(arm, case): &(&Arm, &Case)| match &arm.field {
            Some(field) if arm.cases.len() == 1 => camel(&field.name),
            Some(field) => format!("{}{}", camel(&field.name), in_a_name(case.value)),
            None => format!("Case{}", in_a_name(case.value)),
        };
        cases.iter().map(name).collect()
    };
    let arm_field = |arm: &Arm| arm.field.as_ref().map(|field| shapes.field(module, field));
    let variants = cases.iter().zip(names).map(|((arm, case), rust)| Variant {
        rust,
        value: case.value,
        documentation: wording::of_arm(arm, case),
        field: arm_field(arm),
    });
    let default = union.default.as_ref().map(|arm| Variant {
        rust: "Other".to_owned(),
        value: 0,
        documentation: wording::of_default(arm),
        field: arm_field(arm),
    });
    ItemKind::Union { discriminant, variants: variants.collect(), default }
}

fn in_a_name(number: i64) -> String {
    if number < 0 { format!("Minus{}", number.unsigned_abs()) } else { number.to_string() }
}

fn procedures(program: &Program) -> impl Iterator<Item = &crate::model::Procedure> {
    program.versions.iter().flat_map(|version| &version.procedures)
}

/// A name without its program's before it: the module says that already.
fn prefixless<'n>(module: &Module, name: &'n str) -> &'n str {
    if module.programs.is_empty() {
        return name;
    }
    name.strip_prefix(module.name.as_str()).and_then(|rest| rest.strip_prefix('_')).unwrap_or(name)
}
