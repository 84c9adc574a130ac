// Made from protocol/x/enums.x by `cargo run -p virtwire-idl`: change that, not this.

//! Named numbers, with holes and below zero.

/// `LAST` of the contract.
pub const LAST: u32 = 9;

/// How a thing ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Badly. `OUTCOME_FAILED`, -1.
    Failed,
    /// `OUTCOME_GOOD`, 0.
    Good,
    /// `OUTCOME_GOOD_ENOUGH`, 16.
    GoodEnough,
    /// A value that the contract does not know, kept as it came.
    Unknown(i32),
}

/// `single` on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Single {
    /// `SINGLE_ONLY`, 1.
    Only,
    /// A value that the contract does not know, kept as it came.
    Unknown(i32),
}

/// `later` on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Later {
    /// `LATER_A`, 16.
    A,
    /// `LATER_B`, 9.
    B,
    /// A value that the contract does not know, kept as it came.
    Unknown(i32),
}

/// `enums` on the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enums {
    /// The first.
    pub first: Outcome,
    /// The others. At most 9.
    pub others: Vec<Outcome>,
}
