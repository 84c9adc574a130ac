//! A union's cases are values that its discriminant can have.

use std::collections::HashMap;

use super::lower::Lowering;
use crate::error::{Error, Kind};
use crate::model::{Basic, Body, Contract, Type, Union};

type Bodies<'a> = HashMap<&'a str, &'a Body>;

pub(super) fn check(contract: &Contract, lowering: &Lowering<'_>) -> Result<(), Error> {
    let definitions = contract.modules.iter().flat_map(|module| &module.types);
    let bodies: Bodies<'_> = definitions.map(|one| (one.name.as_str(), &one.body)).collect();
    for (name, spans) in &lowering.unions {
        let Some(Body::Union(union)) = bodies.get(name.as_str()) else { continue };
        let sources = lowering.names.sources;
        let fits = discriminant(&bodies, &union.discriminant.of)
            .map_err(|of| Kind::BadDiscriminant(of).at(spans.discriminant, sources))?;
        for (value, span) in cases(union).zip(&spans.cases) {
            if !fits.takes(value) {
                let discriminant = union.discriminant.of.to_string();
                return Err(Kind::CaseDoesNotFit { value, discriminant }.at(*span, sources));
            }
        }
    }
    Ok(())
}

fn cases(union: &Union) -> impl Iterator<Item = i64> + '_ {
    union.arms.iter().flat_map(|arm| &arm.cases).map(|case| case.value)
}

enum Fits {
    Between(i64, i64),
    OneOf(Vec<i64>),
}

impl Fits {
    fn takes(&self, value: i64) -> bool {
        match self {
            Fits::Between(min, max) => (*min..=*max).contains(&value),
            Fits::OneOf(values) => values.contains(&value),
        }
    }
}

/// What a discriminant can be, by way of typedefs; or what it is instead.
fn discriminant<'a>(bodies: &Bodies<'a>, mut of: &'a Type) -> Result<Fits, String> {
    loop {
        match of {
            Type::Basic(Basic::Int) => return Ok(Fits::Between(i32::MIN.into(), i32::MAX.into())),
            Type::Basic(Basic::UnsignedInt) => return Ok(Fits::Between(0, u32::MAX.into())),
            Type::Basic(Basic::Bool) => return Ok(Fits::Between(0, 1)),
            Type::Named(name) => match bodies.get(name.as_str()) {
                // Ends, since no type contains itself.
                Some(Body::Typedef(inner)) => of = inner,
                Some(Body::Enum(enumerators)) => {
                    return Ok(Fits::OneOf(enumerators.iter().map(|one| one.value.into()).collect()));
                }
                _ => return Err(format!("`{name}`")),
            },
            other => return Err(format!("`{other}`")),
        }
    }
}
