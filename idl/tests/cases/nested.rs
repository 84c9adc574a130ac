// Made from protocol/x/nested.x by `cargo run -p virtwire-idl`: change that, not this.

//! Bodies in a type's place become types of their own.

/// `outer` on the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outer {
    /// What is within.
    pub inner: OuterInner,
    /// The choice.
    pub choice: OuterChoice,
    /// The list. At most 2.
    pub list: Vec<OuterList>,
    /// The unit.
    pub unit: Option<OuterUnit>,
}

/// What is within.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OuterInner {
    /// The x.
    pub x: i32,
    /// The side.
    pub side: OuterInnerSide,
}

/// `outer_inner_side` on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OuterInnerSide {
    /// `SIDE_LEFT`, 0.
    Left,
    /// `SIDE_RIGHT`, 1.
    Right,
    /// A value that the contract does not know, kept as it came.
    Unknown(i32),
}

/// `outer_choice` on the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OuterChoice {
    /// Discriminant 0.
    Found(OuterChoiceFound),
    /// Any other discriminant, which is kept.
    Other(i32),
}

/// `outer_choice_found` on the wire.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OuterChoiceFound {
    /// The deep.
    pub deep: bool,
}

/// `outer_list` on the wire.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OuterList {
    /// The y.
    pub y: i32,
}

/// `outer_unit` on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OuterUnit {
    /// `UNIT_ONE`, 1.
    One,
    /// `UNIT_TWO`, 2.
    Two,
    /// A value that the contract does not know, kept as it came.
    Unknown(i32),
}

/// `direct` on the wire.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Direct {
    /// The z.
    pub z: i32,
}

/// `way` on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Way {
    /// `WAY_IN`, 0.
    In,
    /// `WAY_OUT`, 1.
    Out,
    /// A value that the contract does not know, kept as it came.
    Unknown(i32),
}

/// `several_element` on the wire.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SeveralElement {
    /// The w.
    pub w: i32,
}

/// `users` on the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Users {
    /// The d.
    pub d: Direct,
    /// The w.
    pub w: Way,
    /// The s. At most 3.
    pub s: Vec<SeveralElement>,
}
