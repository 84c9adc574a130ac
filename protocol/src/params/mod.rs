//! Typed parameters: named values, each with a type of its own, as a map that keeps order and repetitions.

mod value;

use std::collections::BTreeMap;
use std::fmt;
use std::slice;
use std::vec;

use serde::de::{Deserialize, Deserializer};
use serde::ser::{Serialize, Serializer};
use virtwire_xdr::Text;

use crate::admin;
use crate::remote::{TypedParam, TypedParamValue};

/// Bytes of a parameter's name that libvirt takes, its final NUL not counted (`VIR_TYPED_PARAM_FIELD_LENGTH` is 80).
pub const NAME_BYTES_MAX: usize = 79;

/// Typed parameters, in the order in which they came or were put.
///
/// A name may be there more than once, as `migrate_disks` is; getters tell of the first. Numbers are read as the type that is asked
/// for wherever nothing is lost, as releases have changed a type here and there; `None` means that there is no such
/// parameter, or that its value is not of that type: [`get`](Self::get) tells which.
///
/// ```
/// use virtwire_protocol::params::TypedParams;
///
/// # fn main() -> Result<(), virtwire_protocol::params::ParamError> {
/// let limits = TypedParams::new().with("total_bytes_sec", 1_000_000_u64)?.with("group_name", "slow")?;
/// assert_eq!(limits.u64("total_bytes_sec"), Some(1_000_000));
/// assert_eq!(limits.u32("total_bytes_sec"), Some(1_000_000));
/// assert_eq!(limits.str("group_name"), Some("slow"));
/// assert_eq!(limits.u64("group_name"), None);
/// assert_eq!(limits.to_string(), r#"total_bytes_sec=1000000, group_name="slow""#);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Default, PartialEq)]
pub struct TypedParams(Vec<TypedParam>);

/// Why a parameter cannot be sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParamError {
    /// Daemons take no such name.
    #[error("`{name}` names no parameter: expected 1 to {NAME_BYTES_MAX} bytes, none of them NUL, found {}", .name.len())]
    Name {
        /// As given.
        name: String,
    },
    /// A string ends for libvirt where its first NUL is.
    #[error("the value of `{name}` has a NUL at byte {at}, where libvirt would take it to end")]
    Value {
        /// Whose value.
        name: String,
        /// Where the NUL is.
        at: usize,
    },
}

impl TypedParams {
    /// None yet.
    pub fn new() -> TypedParams {
        TypedParams::default()
    }

    /// The same with one more, also where the name is there already.
    ///
    /// # Errors
    /// [`ParamError`], where libvirt would refuse or cut what is sent. How many a call takes is checked when it is made.
    pub fn with(mut self, name: &str, value: impl Into<TypedParamValue>) -> Result<TypedParams, ParamError> {
        self.push(name, value)?;
        Ok(self)
    }

    /// Adds one, also where the name is there already.
    ///
    /// # Errors
    /// [`ParamError`], where libvirt would refuse or cut what is sent.
    pub fn push(&mut self, name: &str, value: impl Into<TypedParamValue>) -> Result<(), ParamError> {
        let value = value.into();
        if name.is_empty() || name.len() > NAME_BYTES_MAX || name.contains('\0') {
            return Err(ParamError::Name { name: name.to_owned() });
        }
        if let TypedParamValue::String(text) = &value
            && let Some(at) = text.as_bytes().iter().position(|byte| *byte == 0)
        {
            return Err(ParamError::Value { name: name.to_owned(), at });
        }
        self.0.push(TypedParam { field: name.into(), value });
        Ok(())
    }

    /// Puts one in place of all of that name.
    ///
    /// # Errors
    /// [`ParamError`], where libvirt would refuse or cut what is sent; then nothing has changed.
    pub fn set(&mut self, name: &str, value: impl Into<TypedParamValue>) -> Result<(), ParamError> {
        self.push(name, value)?;
        let last = self.0.len().saturating_sub(1);
        let mut at = 0;
        self.0.retain(|param| {
            at += 1;
            at > last || param.field != name
        });
        Ok(())
    }

    /// The first value of the name, of whichever type.
    pub fn get(&self, name: &str) -> Option<&TypedParamValue> {
        self.0.iter().find(|param| param.field == name).map(|param| &param.value)
    }

    /// Every value of the name, in order.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a TypedParamValue> {
        self.0.iter().filter(move |param| param.field == name).map(|param| &param.value)
    }

    /// The first value of the name as a signed 32-bit number, if it is one.
    pub fn i32(&self, name: &str) -> Option<i32> {
        self.get(name)?.as_i32()
    }

    /// The first value of the name as an unsigned 32-bit number, if it is one.
    pub fn u32(&self, name: &str) -> Option<u32> {
        self.get(name)?.as_u32()
    }

    /// The first value of the name as a signed 64-bit number, if it is one.
    pub fn i64(&self, name: &str) -> Option<i64> {
        self.get(name)?.as_i64()
    }

    /// The first value of the name as an unsigned 64-bit number, if it is one.
    pub fn u64(&self, name: &str) -> Option<u64> {
        self.get(name)?.as_u64()
    }

    /// The first value of the name as a double, if it is a number: of a whole one the nearest there is, which beyond 2^53 may be another.
    pub fn f64(&self, name: &str) -> Option<f64> {
        self.get(name)?.as_f64()
    }

    /// The first value of the name as a truth value, if it is one, or the number 0 or 1.
    pub fn bool(&self, name: &str) -> Option<bool> {
        self.get(name)?.as_bool()
    }

    /// The first value of the name as a string, if it is one.
    pub fn text(&self, name: &str) -> Option<&Text> {
        self.get(name)?.as_text()
    }

    /// The first value of the name as characters, if it is a string of UTF-8.
    pub fn str(&self, name: &str) -> Option<&str> {
        self.text(name)?.to_str().ok()
    }

    /// Those whose names are numbered below a word, by their numbers: of `block`, the `name` in `block.0.name` is number 0's. What
    /// is below the word without a number, as `block.count`, is not among them.
    ///
    /// ```
    /// # use virtwire_protocol::params::TypedParams;
    /// # fn main() -> Result<(), virtwire_protocol::params::ParamError> {
    /// let stats = TypedParams::new().with("block.count", 1_u32)?.with("block.0.name", "vda")?;
    /// for (number, disk) in stats.numbered("block") {
    ///     assert_eq!((number, disk.str("name")), (0, Some("vda")));
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn numbered(&self, word: &str) -> BTreeMap<u32, TypedParams> {
        let mut groups = BTreeMap::<u32, TypedParams>::new();
        for TypedParam { field, value } in &self.0 {
            let Ok(name) = field.to_str() else { continue };
            let below = name.strip_prefix(word).and_then(|rest| rest.strip_prefix('.'));
            let Some((number, rest)) = below.and_then(|below| below.split_once('.')) else { continue };
            let Ok(number) = number.parse() else { continue };
            groups.entry(number).or_default().0.push(TypedParam { field: rest.into(), value: value.clone() });
        }
        groups
    }

    /// How many there are, repetitions counted.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All, in order.
    pub fn iter(&self) -> slice::Iter<'_, TypedParam> {
        self.0.iter()
    }
}

/// As in `vcpus=4, name="guest"`.
impl fmt::Display for TypedParams {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        for TypedParam { field, value } in &self.0 {
            write!(f, "{separator}{field}={value}")?;
            separator = ", ";
        }
        Ok(())
    }
}

impl fmt::Debug for TypedParams {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.0.iter().map(|param| (&param.field, &param.value))).finish()
    }
}

impl From<Vec<TypedParam>> for TypedParams {
    fn from(params: Vec<TypedParam>) -> TypedParams {
        TypedParams(params)
    }
}

impl From<TypedParams> for Vec<TypedParam> {
    fn from(params: TypedParams) -> Vec<TypedParam> {
        params.0
    }
}

/// The admin program has a type of its own for the same thing.
impl From<Vec<admin::TypedParam>> for TypedParams {
    fn from(params: Vec<admin::TypedParam>) -> TypedParams {
        let param = |param: admin::TypedParam| TypedParam { field: param.field, value: param.value.into() };
        params.into_iter().map(param).collect()
    }
}

impl From<TypedParams> for Vec<admin::TypedParam> {
    fn from(params: TypedParams) -> Vec<admin::TypedParam> {
        let param = |param: TypedParam| admin::TypedParam { field: param.field, value: param.value.into() };
        params.into_iter().map(param).collect()
    }
}

impl FromIterator<TypedParam> for TypedParams {
    fn from_iter<I: IntoIterator<Item = TypedParam>>(params: I) -> TypedParams {
        TypedParams(params.into_iter().collect())
    }
}

impl IntoIterator for TypedParams {
    type Item = TypedParam;
    type IntoIter = vec::IntoIter<TypedParam>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a TypedParams {
    type Item = &'a TypedParam;
    type IntoIter = slice::Iter<'a, TypedParam>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

/// As the list that it is, so that names that are there more than once survive.
impl Serialize for TypedParams {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(&self.0)
    }
}

impl<'de> Deserialize<'de> for TypedParams {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<TypedParams, D::Error> {
        Vec::deserialize(deserializer).map(TypedParams)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_be_there_more_than_once() {
        let mut params = TypedParams::new();
        for disk in ["vda", "vdb"] {
            params.push("migrate_disks", disk).unwrap();
        }
        params.push("bandwidth", 10_u64).unwrap();
        let disks: Vec<_> = params.all("migrate_disks").map(|value| value.as_text().unwrap()).collect();
        assert_eq!(disks, [&Text::from("vda"), &Text::from("vdb")]);
        assert_eq!((params.str("migrate_disks"), params.len()), (Some("vda"), 3));
        params.set("migrate_disks", "vdc").unwrap();
        params.set("bandwidth", 20_u64).unwrap();
        assert_eq!(params.to_string(), r#"migrate_disks="vdc", bandwidth=20"#);
    }

    #[test]
    fn what_libvirt_would_refuse_or_cut_is_not_put() {
        let mut params = TypedParams::new();
        params.push(&"n".repeat(NAME_BYTES_MAX), 1).unwrap();
        for name in ["", &"n".repeat(NAME_BYTES_MAX + 1), "a\0b"] {
            assert_eq!(params.push(name, 1), Err(ParamError::Name { name: name.to_owned() }));
        }
        let cut = params.set("name", "a\0b").unwrap_err();
        assert_eq!(cut, ParamError::Value { name: "name".to_owned(), at: 1 });
        assert_eq!(params.len(), 1);
    }

    #[test]
    fn numbered_names_are_grouped_by_their_numbers() {
        let params = TypedParams::new()
            .with("net.count", 2_u32)
            .and_then(|params| params.with("net.0.name", "vnet0"))
            .and_then(|params| params.with("net.7.rx.bytes", 5_u64))
            .and_then(|params| params.with("network.0.name", "other"))
            .and_then(|params| params.with("net.x.name", "no number"))
            .unwrap();
        let groups = params.numbered("net");
        assert_eq!(groups.keys().collect::<Vec<_>>(), [&0, &7]);
        assert_eq!((groups[&0].str("name"), groups[&7].u64("rx.bytes")), (Some("vnet0"), Some(5)));
    }

    #[test]
    fn json_and_the_admin_program_keep_all_of_it() {
        let params = TypedParams::new()
            .with("a", -1)
            .and_then(|params| params.with("a", 1_u32))
            .and_then(|params| params.with("b", i64::MIN))
            .and_then(|params| params.with("c", u64::MAX))
            .and_then(|params| params.with("d", 0.5))
            .and_then(|params| params.with("e", true))
            .and_then(|params| params.with("f", "text"))
            .unwrap();
        let json = serde_json::to_string(&params).unwrap();
        assert_eq!(serde_json::from_str::<TypedParams>(&json).unwrap(), params);
        let admin = Vec::<admin::TypedParam>::from(params.clone());
        assert_eq!((admin.len(), TypedParams::from(admin)), (7, params.clone()));
        let bytes = virtwire_xdr::to_vec(&Vec::<TypedParam>::from(params.clone())).unwrap();
        assert_eq!(virtwire_xdr::from_slice::<TypedParams>(&bytes).unwrap(), params);
    }
}
