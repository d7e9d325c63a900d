//! What a plan says: how one declaration becomes another, step by step.

use super::parts::Same;
use crate::schema::{NO_FLAG, Ty};
use crate::walk::Words;

/// How a value of one type becomes one of another. The rules are generic: they hold wherever a
/// field's type changed in this way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Conv {
    /// The same type: its content is converted.
    Keep,
    LongToInt,
    IntToLong,
    DoubleToInt,
    IntToDouble,
    StringToText,
    /// `Vector<T>` to `T`: the first, if any.
    First,
    /// `T` to `Vector<T>`.
    Wrap,
    /// The field of this name of a constructor; `size` zero bytes if absent, no form if 0.
    Extract {
        name: u16,
        size: u8,
    },
    /// The id of a peer of any kind.
    PeerId,
    /// Whether it is the constructor of this name.
    Is {
        name: u16,
    },
    /// Another constructor with the same fields, by this rule.
    Cast(u8),
    /// Each element of a vector, to one of this type.
    Each(Ty),
    /// A constructor made from fields of the object itself; `empty` where the first is an empty
    /// string.
    Gather {
        target: u16,
        empty: u16,
    },
    /// A quiz's right answers, once told by their bytes, now by their places.
    Answers,
    Fail,
}

/// A value that says "nothing" in a field that must be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Zero {
    Bytes(u8),
    False,
    EmptyVector,
    /// Four bytes: a number, or a constructor without fields.
    Word(u32),
}

/// When a target field is present.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum When {
    Always,
    /// Any bit of this mask in this flags word of the source.
    Any {
        word: u8,
        mask: u32,
    },
}

impl When {
    pub(super) fn flag(flag: u8) -> When {
        match flag {
            NO_FLAG => When::Always,
            f => When::Any { word: f >> 5, mask: 1 << (f & 31) },
        }
    }

    #[inline]
    pub(super) fn holds(self, words: &Words) -> bool {
        match self {
            When::Always => true,
            When::Any { word, mask } => words[usize::from(word)] & mask != 0,
        }
    }
}

/// One step of a plan. Fields are indices into the schema's table of fields.
#[derive(Clone, Copy, Debug)]
pub(super) enum Op {
    /// Reads a flags word of the source.
    Read(u8),
    /// Leaves room for a flags word of the target.
    Reserve(u8),
    /// Walks over a source field that the target lacks.
    Skip(u16),
    /// Converts a source field into a target field.
    Field { field: u16, target: u16, flag: u8, when: When, alone: bool, conv: Conv, zero: Option<Zero> },
    /// Writes nothing in particular, since the target must have something.
    Zero { target: u16, flag: u8, when: When, zero: Zero },
    /// `true` to `Bool`.
    TrueToBool { target: u16, source: u8, flag: u8 },
    /// `Bool` to `true`.
    BoolToTrue { field: u16, target: u16, flag: u8 },
    /// The target needs what the source cannot give.
    Fail,
    /// Walks over source fields that stay as they are (compiled).
    Walk((u16, u16)),
    /// Walks over source fields that the target lacks (compiled).
    Drop((u16, u16)),
    /// A flags word that stands in the same place (compiled).
    Word { source: u8, target: u8 },
}

/// How a declaration of the source becomes one of the target.
#[derive(Clone, Copy, Debug)]
pub(super) enum Plan {
    /// The same id and fields; only contents may change.
    Same(Same),
    Map(Map),
    /// Two constructors of the target, by the table's list.
    Split(u16),
    /// A 229 button, whose `type` says which of the older constructors it was.
    ButtonDown,
    /// A type of a 229 button: the older constructor that stands for both.
    ButtonType(u16),
    /// An older button: the 229 type it has in an inline and in a reply keyboard.
    ButtonUp {
        inline: u16,
        reply: u16,
    },
    /// A row of older buttons: in an inline keyboard it has another constructor since 229.
    RowUp {
        target: u16,
        same: Same,
    },
    Missing,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Map {
    pub(super) target: u16,
    pub(super) first: u32,
    pub(super) count: u32,
    /// The fields' order differs, so they are found before they are written.
    pub(super) reordered: bool,
    /// Fields after this constructor's id belong to an inline keyboard (upgrades).
    pub(super) inline: Option<bool>,
    /// Flags that are the same on both sides (compiled).
    pub(super) keep: Words,
    /// Places among the `true` flags that moved (compiled).
    pub(super) moved: (u16, u16),
}

/// Two constructors of the target, told apart by a bit of the source's first word.
#[derive(Clone, Copy, Debug)]
pub(super) struct Split {
    pub(super) mask: u32,
    pub(super) with: Map,
    pub(super) without: Map,
}

/// What replaces a value of a type whose constructor the target cannot express.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fallback {
    /// Nothing: the nearest optional field or vector element around it goes.
    None,
    /// A constructor of which the type's others have every field.
    StandIn(u16),
    /// An update with the same `pts` and `pts_count`, or `qts`.
    Update,
}
