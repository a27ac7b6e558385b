//! The instructions.

use super::{
    Access, FloatHow, FloatOp, Guard, IntOp, IntType, Slot, Space, Special, Src, TernaryOp, TestOp,
    UnaryOp,
};

#[derive(Debug, Clone, Copy)]
pub(in super::super) struct Inst {
    pub(in super::super) guard: Guard,
    pub(in super::super) op: Op,
}

#[derive(Debug, Clone, Copy)]
pub(in super::super) enum Op {
    Move {
        d: Slot,
        a: Src,
    },
    Special {
        d: Slot,
        what: Special,
    },
    /// The local address of a variable of this frame.
    LocalAddress {
        d: Slot,
        offset: u32,
    },
    /// The address of a module-scope `.global` variable.
    GlobalAddress {
        d: Slot,
        index: u32,
    },
    /// `mov` of `{a, b}` to a wider register; the parts lie in the lists.
    Pack {
        d: Slot,
        parts: u32,
        count: u8,
        bits: u8,
    },
    Unpack {
        parts: u32,
        count: u8,
        bits: u8,
        a: Src,
    },
    Binary {
        op: IntOp,
        ty: IntType,
        d: Slot,
        a: Src,
        b: Src,
    },
    Unary {
        op: UnaryOp,
        ty: IntType,
        d: Slot,
        a: Src,
    },
    Ternary {
        op: TernaryOp,
        ty: IntType,
        d: Slot,
        a: Src,
        b: Src,
        c: Src,
    },
    Bfi {
        bits: u8,
        d: Slot,
        a: Src,
        b: Src,
        c: Src,
        e: Src,
    },
    Lop3 {
        table: u8,
        d: Slot,
        a: Src,
        b: Src,
        c: Src,
    },
    Float {
        op: FloatOp,
        how: FloatHow,
        d: Slot,
        a: Src,
        b: Src,
    },
    Fma {
        how: FloatHow,
        d: Slot,
        a: Src,
        b: Src,
        c: Src,
    },
    Convert {
        index: u32,
        d: Slot,
        a: Src,
    },
    Compare {
        index: u32,
        a: Src,
        b: Src,
    },
    Test {
        op: TestOp,
        double: bool,
        d: Slot,
        a: Src,
    },
    Select {
        d: Slot,
        a: Src,
        b: Src,
        p: Src,
    },
    Load {
        access: Access,
        d: Slot,
        base: Src,
        offset: i32,
    },
    Store {
        access: Access,
        a: Src,
        base: Src,
        offset: i32,
    },
    /// `.v2` and `.v4`; the registers lie in the lists.
    LoadVector {
        access: Access,
        parts: u32,
        base: Src,
        offset: i32,
    },
    StoreVector {
        access: Access,
        parts: u32,
        base: Src,
        offset: i32,
    },
    /// Parts of a `.param` array: one slot holds one byte.
    LoadParam {
        d: Slot,
        first: Slot,
        bytes: u8,
        extend: u8,
    },
    StoreParam {
        first: Slot,
        bytes: u8,
        /// A scalar: all bytes in one slot.
        whole: bool,
        a: Src,
    },
    Atom {
        index: u32,
        base: Src,
        offset: i32,
        b: Src,
        c: Src,
    },
    /// `cvta`: from a window to generic, or back.
    Generic {
        d: Slot,
        a: Src,
        space: Space,
        back: bool,
    },
    Branch {
        target: u32,
    },
    BranchTable {
        index: Src,
        table: u32,
    },
    Call {
        site: u32,
    },
    Return,
    Exit,
    Trap,
    Barrier {
        index: u32,
    },
    Nothing,
}
