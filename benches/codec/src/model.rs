//! The shapes with any kind of string, for the codecs that are not made from the contract.

#[derive(Clone, Debug, PartialEq)]
pub struct Prepare2<S> {
    pub uri_in: Option<S>,
    pub flags: u64,
    pub dname: Option<S>,
    pub resource: u64,
    pub dom_xml: S,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Domain<S> {
    pub name: S,
    pub uuid: [u8; 16],
    pub id: i32,
}

#[derive(Clone, Debug, PartialEq)]
pub struct List<S> {
    pub domains: Vec<Domain<S>>,
    pub ret: u32,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Value<S> {
    Int(i32),
    UInt(u32),
    LLong(i64),
    ULLong(u64),
    Double(f64),
    Boolean(i32),
    String(S),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Param<S> {
    pub field: S,
    pub value: Value<S>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Params<S> {
    pub params: Vec<Param<S>>,
    pub nparams: i32,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Peek<B> {
    pub buffer: B,
}
