//! What the contract says, as statements.

use virtwire_idl::model::{Body, Contract, Field, Procedure, Type, Union};

use crate::Statements;

pub(crate) fn says(contract: &Contract) -> Statements {
    let mut says = Statements::new();
    for module in &contract.modules {
        for constant in &module.constants {
            says.insert(format!("const {}", constant.name), constant.value.to_string());
        }
        for definition in &module.types {
            says.insert(format!("type {}", definition.name), body(&definition.body));
        }
        for program in &module.programs {
            let versions: Vec<_> =
                program.versions.iter().map(|version| version.number.to_string()).collect();
            let about = program.name.to_lowercase();
            says.insert(format!("{about} number"), format!("{:#x} {}", program.number, versions.join(" ")));
            for procedure in program.versions.iter().flat_map(|version| &version.procedures) {
                for (what, value) in procedure_says(procedure) {
                    says.insert(format!("{about} {} {what}", procedure.number), value);
                }
            }
        }
    }
    says
}

fn body(body: &Body) -> String {
    let field = |field: &Field| format!("{} {}; ", field.of, field.name);
    match body {
        Body::Typedef(of) => of.to_string(),
        Body::Struct(fields) => format!("struct {{ {}}}", fields.iter().map(field).collect::<String>()),
        Body::Enum(values) => {
            let values = values.iter().map(|value| format!("{} = {}; ", value.name, value.value));
            format!("enum {{ {}}}", values.collect::<String>())
        }
        Body::Union(union) => {
            let Union { discriminant, arms, default } = &**union;
            let arms = arms.iter().map(|arm| {
                let cases: Vec<_> = arm.cases.iter().map(|case| case.value.to_string()).collect();
                format!("{}: {}", cases.join(", "), arm.field.as_ref().map_or("void; ".to_owned(), field))
            });
            let default = if default.is_some() { "with" } else { "without" };
            format!("union {} {{ {}}} {default} default", discriminant.of, arms.collect::<String>())
        }
    }
}

fn procedure_says(procedure: &Procedure) -> Vec<(&'static str, String)> {
    let annotations = &procedure.annotations;
    let list = |types: &[Type]| types.iter().map(Type::to_string).collect::<Vec<_>>().join(", ");
    let says = [
        ("name", Some(procedure.name.to_lowercase())),
        (
            "arguments",
            Some(if procedure.arguments.is_empty() { "void".into() } else { list(&procedure.arguments) }),
        ),
        ("reply", Some(procedure.reply.as_ref().map_or("void".into(), Type::to_string))),
        ("priority", Some(if annotations.high_priority { "high" } else { "low" }.into())),
        ("event", annotations.event.then(|| "yes".into())),
        ("best-effort", annotations.best_effort.then(|| "yes".into())),
        ("filter", (!annotations.filter.is_empty()).then(|| annotations.filter.join(" "))),
        (
            "acl",
            annotations.acl.as_ref().map(|acl| if acl.is_empty() { "none".into() } else { acl.join(" ") }),
        ),
        ("since", annotations.since.map(|since| range(since.earliest.to_string(), since.latest.to_string()))),
        ("stream", annotations.stream.map(|stream| format!("{stream:?}").to_lowercase())),
        ("read-only", annotations.read_only.map(|rule| format!("{rule:?}").to_lowercase())),
    ];
    says.into_iter().filter_map(|(what, value)| Some((what, value?))).collect()
}

/// `1.2.1..1.2.3`, or one release when both are the same.
pub(crate) fn range(earliest: String, latest: String) -> String {
    if earliest == latest { earliest } else { format!("{earliest}..{latest}") }
}
