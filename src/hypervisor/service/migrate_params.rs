//! The typed parameters of a migration: what a client of version 3 may say by name.

use virtwire_protocol::error::{ErrorCode, ErrorDomain, RemoteError};
#[cfg(feature = "migrate")]
use virtwire_protocol::migrate::{DomainXml, Param, ParamValue, Terms};
use virtwire_protocol::params::TypedParams;
use virtwire_protocol::remote::{TypedParam, TypedParamValue};
use virtwire_xdr::Text;

use super::super::{Result, errors};
#[cfg(feature = "migrate")]
use crate::migrate::peer::on_the_wire;

/// The parameters that the requests have a field for, and those beside them that the host takes.
#[derive(Debug, Default)]
pub(super) struct Params {
    pub(super) migrate_uri: Option<Text>,
    pub(super) destination_name: Option<Text>,
    pub(super) destination_xml: Option<Text>,
    pub(super) bandwidth_mib_s: Option<u64>,
    /// As they came.
    pub(super) more: TypedParams,
}

impl Params {
    /// # Errors
    /// Code 74 for a parameter that the host does not take, code 8 for one of ours that has another type or comes twice.
    pub(super) fn read(params: Vec<TypedParam>, takes: impl Fn(&str) -> bool) -> Result<Params> {
        let (mut read, mut more) = (Params::default(), Vec::new());
        for TypedParam { field, value } in params {
            match field.as_bytes() {
                b"migrate_uri" => take(&mut read.migrate_uri, &field, text(&field, value)?)?,
                b"destination_name" => take(&mut read.destination_name, &field, text(&field, value)?)?,
                b"destination_xml" => take(&mut read.destination_xml, &field, text(&field, value)?)?,
                b"bandwidth" => take(&mut read.bandwidth_mib_s, &field, number(&field, &value)?)?,
                _ if field.to_str().is_ok_and(&takes) => more.push(TypedParam { field, value }),
                _ => return Err(errors::unsupported_argument(format!("parameter '{field}' not supported"))),
            }
        }
        Ok(Params { more: more.into(), ..read })
    }

    /// What the terms of version 3 say, in either form. They are a client's whose parameters have been read.
    #[cfg(feature = "migrate")]
    pub(super) fn of(terms: Terms) -> Result<Params> {
        match terms {
            Terms::Fixed { xml, uri, dname, resource } => Ok(Params {
                migrate_uri: uri,
                destination_name: dname,
                destination_xml: xml.map(|xml| xml.0),
                bandwidth_mib_s: Some(resource),
                more: TypedParams::new(),
            }),
            Terms::Params(params) => Params::read(on_the_wire(params), |_| true),
        }
    }

    /// What the destination is to start.
    ///
    /// # Errors
    /// Code 1 where nothing says so.
    pub(super) fn xml(&mut self) -> Result<Text> {
        self.destination_xml.take().ok_or_else(|| {
            RemoteError::new(ErrorCode::INTERNAL_ERROR, ErrorDomain::QEMU, "no domain XML passed")
        })
    }

    /// The guest's name at the destination.
    ///
    /// # Errors
    /// Code 42 where nothing says so.
    pub(super) fn name(&mut self) -> Result<Text> {
        self.destination_name
            .take()
            .ok_or_else(|| RemoteError::new(ErrorCode::NO_DOMAIN, ErrorDomain::QEMU, "missing domain name"))
    }
}

/// What the engine is to hand to both hosts, the destination's definition apart.
///
/// # Errors
/// Code 8 for what no migration has.
#[cfg(feature = "migrate")]
pub(super) fn for_the_engine(params: TypedParams) -> Result<(Option<DomainXml>, Vec<Param>)> {
    let (mut persistent_xml, mut others) = (None, Vec::new());
    for TypedParam { field, value } in params {
        let value = match value {
            TypedParamValue::String(xml) if field == "persistent_xml" => {
                take(&mut persistent_xml, &field, DomainXml(xml))?;
                continue;
            }
            TypedParamValue::Int(value) => ParamValue::Int(value),
            TypedParamValue::UInt(value) => ParamValue::UInt(value),
            TypedParamValue::LLong(value) => ParamValue::LLong(value),
            TypedParamValue::ULLong(value) => ParamValue::ULLong(value),
            TypedParamValue::Boolean(value) => ParamValue::Boolean(value != 0),
            TypedParamValue::String(value) => ParamValue::String(value),
            TypedParamValue::Double(_) => {
                return Err(errors::invalid_argument(format!("invalid type for parameter '{field}'")));
            }
        };
        others.push(Param { field, value });
    }
    Ok((persistent_xml, others))
}

fn take<T>(slot: &mut Option<T>, field: &Text, value: T) -> Result<()> {
    match slot.replace(value) {
        None => Ok(()),
        Some(_) => Err(errors::invalid_argument(format!("parameter '{field}' occurs multiple times"))),
    }
}

fn text(field: &Text, value: TypedParamValue) -> Result<Text> {
    match value {
        TypedParamValue::String(text) => Ok(text),
        _ => {
            Err(errors::invalid_argument(format!("invalid type for parameter '{field}', expected a string")))
        }
    }
}

fn number(field: &Text, value: &TypedParamValue) -> Result<u64> {
    match value {
        TypedParamValue::ULLong(number) => Ok(*number),
        _ => {
            Err(errors::invalid_argument(format!("invalid type for parameter '{field}', expected an ullong")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn param(field: &str, value: TypedParamValue) -> TypedParam {
        TypedParam { field: field.into(), value }
    }

    #[test]
    fn each_parameter_has_its_type_and_comes_once() {
        let name = || param("destination_name", TypedParamValue::String("b".into()));
        let none = |_: &str| false;
        let params = vec![name(), param("bandwidth", TypedParamValue::ULLong(7))];
        let mut read = Params::read(params, none).unwrap();
        assert_eq!((read.name().unwrap(), read.bandwidth_mib_s), ("b".into(), Some(7)));
        assert_eq!(read.name().unwrap_err().code, ErrorCode::NO_DOMAIN);
        assert_eq!(read.xml().unwrap_err().code, ErrorCode::INTERNAL_ERROR);
        for (wrong, code) in [
            (vec![name(), name()], ErrorCode::INVALID_ARG),
            (vec![param("destination_name", TypedParamValue::Int(1))], ErrorCode::INVALID_ARG),
            (vec![param("bandwidth", TypedParamValue::UInt(1))], ErrorCode::INVALID_ARG),
            (
                vec![param("compression", TypedParamValue::String("mt".into()))],
                ErrorCode::ARGUMENT_UNSUPPORTED,
            ),
        ] {
            assert_eq!(Params::read(wrong, none).unwrap_err().code, code);
        }
    }
}
