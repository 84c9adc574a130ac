//! A decoded payload as a tree, in the contract's order and with its field names.

use std::cell::Cell;
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
    /// So many items more, at a list's end: there was no room for them.
    Rest(usize),
    Record(Vec<(&'static str, Tree)>),
    /// A union: its arm, and what is in there.
    Arm(&'static str, Box<Tree>),
}

/// Of one tree, with what its items take in memory. A frame can have millions of them, each of which takes many times its bytes; one of
/// less than a MiB is always whole.
const TREE_BYTES_MAX: usize = 64 * 1024 * 1024;

impl Tree {
    /// Of any value; `Nothing` for what the contract does not have. Where it grows too large, lists have no more items.
    pub(crate) fn of(value: &impl Serialize) -> Tree {
        Tree::within(TREE_BYTES_MAX, value)
    }

    fn within(bytes_max: usize, value: &impl Serialize) -> Tree {
        value.serialize(Grower(&Room(Cell::new(bytes_max)))).unwrap_or(Tree::Nothing)
    }

    /// How many items of its lists there was no room for.
    pub(crate) fn left_out(&self) -> usize {
        match self {
            Tree::Rest(count) => *count,
            Tree::List(items) => items.iter().map(Tree::left_out).sum(),
            Tree::Record(fields) => fields.iter().map(|(_, value)| value.left_out()).sum(),
            Tree::Arm(_, inner) => inner.left_out(),
            _ => 0,
        }
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
            Tree::List(items) => write_all('[', items_of(items).0.iter(), ']', out, Tree::write_json),
            Tree::Rest(_) => {}
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

/// The items of a list that there was room for, and how many more it has.
pub(crate) fn items_of(list: &[Tree]) -> (&[Tree], usize) {
    match list.split_last() {
        Some((Tree::Rest(count), items)) => (items, *count),
        _ => (list, 0),
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

/// What a tree may still take.
struct Room(Cell<usize>);

/// What an allocation takes besides its bytes.
const ALLOCATION_BYTES: usize = 16;

impl Room {
    /// What is not of a list is taken also where there is no room: that is no more than the types have.
    fn take(&self, bytes: usize) {
        self.0.set(self.0.get().saturating_sub(bytes.saturating_add(ALLOCATION_BYTES)));
    }

    fn is_taken(&self) -> bool {
        self.0.get() == 0
    }
}

#[derive(Clone, Copy)]
struct Grower<'r>(&'r Room);

/// What grows of a struct, a list or a union's arm with several values.
struct Growing<'r> {
    grower: Grower<'r>,
    arm: Option<&'static str>,
    fields: Vec<(&'static str, Tree)>,
    items: Vec<Tree>,
    left_out: usize,
}

impl<'r> Grower<'r> {
    fn text(self, text: String) -> String {
        self.0.take(text.capacity());
        text
    }

    fn arm(self, arm: &'static str, tree: Tree) -> Tree {
        self.0.take(size_of::<Tree>());
        Tree::Arm(arm, Box::new(tree))
    }

    /// Of a struct with so many fields, which is its type's word, or of a list, whose items are of a peer's number: that is left to growing.
    fn growing(self, arm: Option<&'static str>, fields: usize) -> Growing<'r> {
        self.0.take(fields.saturating_mul(size_of::<(&str, Tree)>()));
        Growing { grower: self, arm, fields: Vec::with_capacity(fields), items: Vec::new(), left_out: 0 }
    }
}

impl Growing<'_> {
    fn wrap(self, tree: Tree) -> Tree {
        match self.arm {
            Some(arm) => self.grower.arm(arm, tree),
            None => tree,
        }
    }

    fn item(&mut self, value: &(impl ?Sized + Serialize)) -> Result<(), NoTree> {
        if self.grower.0.is_taken() {
            self.left_out = self.left_out.saturating_add(1);
            return Ok(());
        }
        // A vector grows by doubling.
        self.grower.0.take(size_of::<[Tree; 2]>());
        self.items.push(value.serialize(self.grower)?);
        Ok(())
    }

    fn list(mut self) -> Tree {
        let mut items = std::mem::take(&mut self.items);
        if self.left_out > 0 {
            items.push(Tree::Rest(self.left_out));
        }
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
            Ok(Tree::Number(self.text(value.to_string())))
        }
    )* };
}

impl<'r> ser::Serializer for Grower<'r> {
    type Ok = Tree;
    type Error = NoTree;
    type SerializeSeq = Growing<'r>;
    type SerializeTuple = Growing<'r>;
    type SerializeTupleStruct = Growing<'r>;
    type SerializeTupleVariant = Growing<'r>;
    type SerializeMap = ser::Impossible<Tree, NoTree>;
    type SerializeStruct = Growing<'r>;
    type SerializeStructVariant = Growing<'r>;

    numbers! {
        serialize_i8 i8, serialize_i16 i16, serialize_i32 i32, serialize_i64 i64,
        serialize_u8 u8, serialize_u16 u16, serialize_u32 u32, serialize_u64 u64,
        serialize_f32 f32, serialize_f64 f64
    }

    fn serialize_bool(self, value: bool) -> Result<Tree, NoTree> {
        Ok(Tree::Bool(value))
    }

    fn serialize_char(self, value: char) -> Result<Tree, NoTree> {
        Ok(Tree::Text(self.text(value.to_string())))
    }

    fn serialize_str(self, value: &str) -> Result<Tree, NoTree> {
        Ok(Tree::Text(self.text(value.to_owned())))
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<Tree, NoTree> {
        self.0.take(value.len());
        Ok(Tree::Bytes(value.to_vec()))
    }

    fn serialize_none(self) -> Result<Tree, NoTree> {
        Ok(Tree::Nothing)
    }

    fn serialize_some<T: ?Sized + Serialize>(self, value: &T) -> Result<Tree, NoTree> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<Tree, NoTree> {
        Ok(Tree::Nothing)
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<Tree, NoTree> {
        Ok(Tree::Nothing)
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, arm: &'static str) -> Result<Tree, NoTree> {
        Ok(Tree::Text(self.text(arm.to_owned())))
    }

    fn serialize_newtype_struct<T: ?Sized + Serialize>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<Tree, NoTree> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: ?Sized + Serialize>(
        self,
        _: &'static str,
        _: u32,
        arm: &'static str,
        value: &T,
    ) -> Result<Tree, NoTree> {
        Ok(self.arm(arm, value.serialize(self)?))
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Growing<'r>, NoTree> {
        Ok(self.growing(None, 0))
    }

    fn serialize_tuple(self, _: usize) -> Result<Growing<'r>, NoTree> {
        Ok(self.growing(None, 0))
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Growing<'r>, NoTree> {
        Ok(self.growing(None, 0))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        arm: &'static str,
        _: usize,
    ) -> Result<Growing<'r>, NoTree> {
        Ok(self.growing(Some(arm), 0))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Self::SerializeMap, NoTree> {
        Err(NoTree)
    }

    fn serialize_struct(self, _: &'static str, fields: usize) -> Result<Growing<'r>, NoTree> {
        Ok(self.growing(None, fields))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        arm: &'static str,
        fields: usize,
    ) -> Result<Growing<'r>, NoTree> {
        Ok(self.growing(Some(arm), fields))
    }
}

macro_rules! lists {
    ($($trait:ident $method:ident),*) => { $(
        impl ser::$trait for Growing<'_> {
            type Ok = Tree;
            type Error = NoTree;

            fn $method<T: ?Sized + Serialize>(&mut self, value: &T) -> Result<(), NoTree> {
                self.item(value)
            }

            fn end(self) -> Result<Tree, NoTree> {
                Ok(self.list())
            }
        }
    )* };
}

macro_rules! records {
    ($($trait:ident),*) => { $(
        impl ser::$trait for Growing<'_> {
            type Ok = Tree;
            type Error = NoTree;

            fn serialize_field<T: ?Sized + Serialize>(
                &mut self,
                name: &'static str,
                value: &T,
            ) -> Result<(), NoTree> {
                self.fields.push((name, value.serialize(self.grower)?));
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

    /// Of 2.8 million addresses, which fit one frame, each took 600 bytes.
    #[test]
    fn a_list_ends_where_there_is_no_room_and_says_how_much_more_there_is() {
        let dom = |at: i32| Domain { name: format!("web{at}").into(), uuid: [7; 16], id: at };
        let reply = |count| ConnectListAllDomainsReply { domains: (0..count).map(dom).collect(), ret: 7 };
        let of_a_hundred = Tree::within(20_000, &reply(100));
        let Some(Tree::List(list)) = of_a_hundred.field("domains") else { panic!("{of_a_hundred:?}") };
        let (items, more) = items_of(list);
        assert!((20..100).contains(&items.len()) && items.len() + more == 100, "{more} of 100 left out");
        assert_eq!(
            (of_a_hundred.left_out(), of_a_hundred.field("ret")),
            (more, Some(&Tree::Number("7".into())))
        );
        assert!(items.iter().all(|item| item.field("id").is_some()), "each is whole");
        let json: serde_json::Value = serde_json::from_str(&of_a_hundred.json()).unwrap();
        assert_eq!(json["domains"].as_array().unwrap().len(), items.len());
        // What is short is whole.
        assert_eq!(Tree::of(&reply(10_000)).left_out(), 0);
    }
}
