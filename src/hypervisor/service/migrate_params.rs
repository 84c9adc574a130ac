//! The typed parameters of a migration: what a client of version 3 may say by name.

use virtwire_protocol::error::{ErrorCode, ErrorDomain, RemoteError};
#[cfg(feature = "migrate")]
use virtwire_protocol::migrate::Terms;
use virtwire_protocol::remote::{TypedParam, TypedParamValue};
use virtwire_xdr::Text;

use super::super::{Result, errors};
#[cfg(feature = "migrate")]
use crate::migrate::peer::on_the_wire;

/// The parameters that a host without disks and graphics understands.
#[derive(Debug, Default)]
pub(super) struct Params {
    pub(super) migrate_uri: Option<Text>,
    pub(super) destination_name: Option<Text>,
    pub(super) destination_xml: Option<Text>,
    pub(super) bandwidth_mib_s: Option<u64>,
}

impl Params {
    /// # Errors
    /// Code 74 for a parameter that is not understood, code 8 for one of another type or that comes twice.
    pub(super) fn read(params: Vec<TypedParam>) -> Result<Params> {
        let mut read = Params::default();
        for TypedParam { field, value } in params {
            match field.as_bytes() {
                b"migrate_uri" => take(&mut read.migrate_uri, &field, text(&field, value)?)?,
                b"destination_name" => take(&mut read.destination_name, &field, text(&field, value)?)?,
                b"destination_xml" => take(&mut read.destination_xml, &field, text(&field, value)?)?,
                b"bandwidth" => take(&mut read.bandwidth_mib_s, &field, number(&field, &value)?)?,
                _ => return Err(errors::unsupported_argument(format!("parameter '{field}' not supported"))),
            }
        }
        Ok(read)
    }

    /// What the terms of version 3 say, in either form.
    #[cfg(feature = "migrate")]
    pub(super) fn of(terms: Terms) -> Result<Params> {
        match terms {
            Terms::Fixed { xml, uri, dname, resource } => Ok(Params {
                migrate_uri: uri,
                destination_name: dname,
                destination_xml: xml.map(|xml| xml.0),
                bandwidth_mib_s: Some(resource),
            }),
            Terms::Params(params) => Params::read(on_the_wire(params)),
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
        let mut read = Params::read(vec![name(), param("bandwidth", TypedParamValue::ULLong(7))]).unwrap();
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
            assert_eq!(Params::read(wrong).unwrap_err().code, code);
        }
    }
}
