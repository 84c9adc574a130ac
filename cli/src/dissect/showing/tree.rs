//! A decoded payload as a tree, in the contract's order and with its field names.

use std::fmt;

use serde::ser::{self, Serialize};

/// Any value of the contract.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Tree {
    /// Absent optional data, or a result that says nothing.
    Nothing,
    Bool(bool),
    Number(String),
    Text(String),
    /// What a number means.
    Word(String),
    /// Opaque data, and text that is not UTF-8.
    Bytes(Vec<u8>),
    List(Vec<Tree>),
    Record(Vec<(&'static str, Tree)>),
    /// A union: its arm, and what is in there.
    Arm(&'static str, Box<Tree>),
}

impl Tree {
    /// Of any value; `Nothing` for what the contract does not have.
    pub(crate) fn of(value: &impl Serialize) -> Tree {
        value.serialize(Grower).unwrap_or(Tree::Nothing)
    }

    /// A field of a record.
    pub(crate) fn field(&self, name: &str) -> Option<&Tree> {
        let Tree::Record(fields) = self else { return None };
        fields.iter().find(|(field, _)| *field == name).map(|(_, value)| value)
    }

    /// As JSON, with the contract's names: what the types' own serialization writes, but in one piece of code for all.
    pub(crate) fn json(&self) -> String {
        let mut out = String::new();
        self.write_json(&mut out);
        out
    }

    fn write_json(&self, out: &mut String) {
        match self {
            Tree::Nothing => out.push_str("null"),
            Tree::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            // JSON has no infinity, nor what is no number.
            Tree::Number(number) if number.contains(['N', 'i']) => out.push_str("null"),
            Tree::Number(number) => out.push_str(number),
            Tree::Text(text) | Tree::Word(text) => write_text(text, out),
            Tree::Bytes(bytes) => {
                let numbers = bytes.iter().map(|byte| byte.to_string());
                write_all('[', numbers, ']', out, |number, out| out.push_str(&number));
            }
            Tree::List(items) => write_all('[', items.iter(), ']', out, Tree::write_json),
            Tree::Record(fields) => write_all('{', fields.iter(), '}', out, |(name, value), out| {
                write_text(name, out);
                out.push(':');
                value.write_json(out);
            }),
            Tree::Arm(name, inner) => {
                out.push('{');
                write_text(name, out);
                out.push(':');
                inner.write_json(out);
                out.push('}');
            }
        }
    }

    /// Whether nothing is in there to be told.
    pub(crate) fn is_empty(&self) -> bool {
        match self {
            Tree::Nothing => true,
            Tree::Record(fields) => fields.is_empty(),
            _ => false,
        }
    }
}

/// A UUID if it is one, for opaque data of 16 bytes.
pub(crate) fn uuid(bytes: &[u8]) -> Option<String> {
    let bytes: [u8; 16] = bytes.try_into().ok()?;
    Some(virtwire::hypervisor::Uuid(bytes).to_string())
}

fn write_text(text: &str, out: &mut String) {
    out.push_str(&serde_json::Value::from(text).to_string());
}

fn write_all<T>(
    open: char,
    items: impl Iterator<Item = T>,
    close: char,
    out: &mut String,
    write: impl Fn(T, &mut String),
) {
    out.push(open);
    for (at, item) in items.enumerate() {
        if at > 0 {
            out.push(',');
        }
        write(item, out);
    }
    out.push(close);
}

struct Grower;

/// What grows of a struct, a list or a union's arm with several values.
struct Growing {
    arm: Option<&'static str>,
    fields: Vec<(&'static str, Tree)>,
    items: Vec<Tree>,
}

impl Growing {
    fn new(arm: Option<&'static str>) -> Growing {
        Growing { arm, fields: Vec::new(), items: Vec::new() }
    }

    fn wrap(self, tree: Tree) -> Tree {
        match self.arm {
            Some(arm) => Tree::Arm(arm, Box::new(tree)),
            None => tree,
        }
    }

    fn list(mut self) -> Tree {
        let items = std::mem::take(&mut self.items);
        self.wrap(Tree::List(items))
    }

    fn record(mut self) -> Tree {
        let fields = std::mem::take(&mut self.fields);
        self.wrap(Tree::Record(fields))
    }
}

/// serde has something that no type of the contract has.
#[derive(Debug)]
pub(crate) struct NoTree;

impl fmt::Display for NoTree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no type of the contract")
    }
}

impl std::error::Error for NoTree {}

impl ser::Error for NoTree {
    fn custom<T: fmt::Display>(_: T) -> NoTree {
        NoTree
    }
}

macro_rules! numbers {
    ($($method:ident $type:ty),*) => { $(
        fn $method(self, value: $type) -> Result<Tree, NoTree> {
            Ok(Tree::Number(value.to_string()))
        }
    )* };
}

impl ser::Serializer for Grower {
    type Ok = Tree;
    type Error = NoTree;
    type SerializeSeq = Growing;
    type SerializeTuple = Growing;
    type SerializeTupleStruct = Growing;
    type SerializeTupleVariant = Growing;
    type SerializeMap = ser::Impossible<Tree, NoTree>;
    type SerializeStruct = Growing;
    type SerializeStructVariant = Growing;

    numbers! {
        serialize_i8 i8, serialize_i16 i16, serialize_i32 i32, serialize_i64 i64,
        serialize_u8 u8, serialize_u16 u16, serialize_u32 u32, serialize_u64 u64,
        serialize_f32 f32, serialize_f64 f64
    }

    fn serialize_bool(self, value: bool) -> Result<Tree, NoTree> {
        Ok(Tree::Bool(value))
    }

    fn serialize_char(self, value: char) -> Result<Tree, NoTree> {
        Ok(Tree::Text(value.to_string()))
    }

    fn serialize_str(self, value: &str) -> Result<Tree, NoTree> {
        Ok(Tree::Text(value.to_owned()))
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<Tree, NoTree> {
        Ok(Tree::Bytes(value.to_vec()))
    }

    fn serialize_none(self) -> Result<Tree, NoTree> {
        Ok(Tree::Nothing)
    }

    fn serialize_some<T: ?Sized + Serialize>(self, value: &T) -> Result<Tree, NoTree> {
        value.serialize(Grower)
    }

    fn serialize_unit(self) -> Result<Tree, NoTree> {
        Ok(Tree::Nothing)
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<Tree, NoTree> {
        Ok(Tree::Nothing)
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, arm: &'static str) -> Result<Tree, NoTree> {
        Ok(Tree::Text(arm.to_owned()))
    }

    fn serialize_newtype_struct<T: ?Sized + Serialize>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<Tree, NoTree> {
        value.serialize(Grower)
    }

    fn serialize_newtype_variant<T: ?Sized + Serialize>(
        self,
        _: &'static str,
        _: u32,
        arm: &'static str,
        value: &T,
    ) -> Result<Tree, NoTree> {
        Ok(Tree::Arm(arm, Box::new(value.serialize(Grower)?)))
    }

    // The length is of data that is there, but what is reserved for it is left to growing.
    fn serialize_seq(self, _: Option<usize>) -> Result<Growing, NoTree> {
        Ok(Growing::new(None))
    }

    fn serialize_tuple(self, _: usize) -> Result<Growing, NoTree> {
        Ok(Growing::new(None))
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Growing, NoTree> {
        Ok(Growing::new(None))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        arm: &'static str,
        _: usize,
    ) -> Result<Growing, NoTree> {
        Ok(Growing::new(Some(arm)))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Self::SerializeMap, NoTree> {
        Err(NoTree)
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Growing, NoTree> {
        Ok(Growing::new(None))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        arm: &'static str,
        _: usize,
    ) -> Result<Growing, NoTree> {
        Ok(Growing::new(Some(arm)))
    }
}

macro_rules! lists {
    ($($trait:ident $method:ident),*) => { $(
        impl ser::$trait for Growing {
            type Ok = Tree;
            type Error = NoTree;

            fn $method<T: ?Sized + Serialize>(&mut self, value: &T) -> Result<(), NoTree> {
                self.items.push(value.serialize(Grower)?);
                Ok(())
            }

            fn end(self) -> Result<Tree, NoTree> {
                Ok(self.list())
            }
        }
    )* };
}

macro_rules! records {
    ($($trait:ident),*) => { $(
        impl ser::$trait for Growing {
            type Ok = Tree;
            type Error = NoTree;

            fn serialize_field<T: ?Sized + Serialize>(
                &mut self,
                name: &'static str,
                value: &T,
            ) -> Result<(), NoTree> {
                self.fields.push((name, value.serialize(Grower)?));
                Ok(())
            }

            fn end(self) -> Result<Tree, NoTree> {
                Ok(self.record())
            }
        }
    )* };
}

lists! {
    SerializeSeq serialize_element, SerializeTuple serialize_element,
    SerializeTupleStruct serialize_field, SerializeTupleVariant serialize_field
}
records! { SerializeStruct, SerializeStructVariant }

#[cfg(test)]
mod tests {
    use super::*;
    use virtwire::protocol::remote::*;

    #[test]
    fn values_keep_the_contracts_order_and_names() {
        let dom = Domain { name: "web1".into(), uuid: [7; 16], id: -1 };
        let params = vec![TypedParam { field: "weight".into(), value: TypedParamValue::Int(5) }];
        let tree = Tree::of(&DomainEventCallbackTunable { callback_id: 1, dom, params });
        let Tree::Record(fields) = &tree else { panic!("{tree:?}") };
        assert_eq!(fields.iter().map(|(name, _)| *name).collect::<Vec<_>>(), ["callbackID", "dom", "params"]);
        let uuid_of = tree.field("dom").and_then(|dom| dom.field("uuid"));
        assert_eq!(uuid_of, Some(&Tree::Bytes(vec![7; 16])));
        let Some(Tree::List(params)) = tree.field("params") else { panic!("{tree:?}") };
        assert_eq!(params[0].field("value"), Some(&Tree::Arm("i", Box::new(Tree::Number("5".into())))));
        let value = TypedParamValue::Double(f64::NAN);
        let odd = TypedParam { field: vec![0xff, b'"'].into(), value };
        let params = vec![odd, TypedParam { field: "a\"\n".into(), value: TypedParamValue::Double(0.5) }];
        let dom = Domain { name: "web1".into(), uuid: [7; 16], id: -1 };
        let event = DomainEventCallbackTunable { callback_id: 1, dom, params };
        assert_eq!(Tree::of(&event).json(), serde_json::to_string(&event).unwrap());
        for empty in [Tree::of(&ConnectClose).json(), serde_json::to_string(&ConnectClose).unwrap()] {
            assert_eq!(empty, "{}");
        }
        assert!(Tree::of(&ConnectClose).is_empty() && Tree::of(&()).is_empty());
        assert_eq!(uuid(&[7; 16]).as_deref(), Some("07070707-0707-0707-0707-070707070707"));
        assert_eq!(uuid(&[7; 15]), None);
    }
}
