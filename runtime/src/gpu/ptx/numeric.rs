//! Arithmetic, to the bit.
//!
//! Where PTX says less than WebAssembly, or something else: the comment says what.
//! The instructions are those of the PTX ISA, version 8.0.

use super::bits;
use super::function::{Decision, FunctionWriter};
use crate::TrapCode;
use crate::gpu::ir::{Binary, Compare, Type, Unary, Value};

/// The NaN that WebAssembly calls canonical, by its bits.
fn canonical(ty: Type) -> &'static str {
    match ty {
        Type::F32 => "0x7fc00000",
        _ => "0x7ff8000000000000",
    }
}

/// `f32`, `s64` and so on.
fn named(letter: char, ty: Type) -> String {
    format!("{letter}{}", ty.bits())
}

impl FunctionWriter<'_, '_> {
    /// Sets a predicate to how two values compare.
    pub(super) fn compare(&mut self, predicate: &str, decision: Decision) {
        let Decision { compare, a, b } = decision;
        let ty = self.type_of(a);
        let [a, b] = [a, b].map(|value| self.register(value));
        let (name, is_signed) = match compare {
            Compare::Eq => ("eq", false),
            // Of floats that are not ordered, `neu` says that they differ.
            Compare::Ne if ty.is_float() => ("neu", false),
            Compare::Ne => ("ne", false),
            Compare::LtS => ("lt", true),
            Compare::LtU => ("lt", false),
            Compare::GtS => ("gt", true),
            Compare::GtU => ("gt", false),
            Compare::LeS => ("le", true),
            Compare::LeU => ("le", false),
            Compare::GeS => ("ge", true),
            Compare::GeU => ("ge", false),
        };
        let letter = match (ty.is_float(), is_signed) {
            (true, _) => 'f',
            (false, true) => 's',
            (false, false) => 'u',
        };
        let ty = named(letter, ty);
        self.line(&format!("setp.{name}.{ty} {predicate}, {a}, {b};"));
    }

    /// Makes a NaN canonical, if somebody may see its bits.
    fn canonicalize(&mut self, value: Value) {
        if !self.facts.bits_are_seen[value.0 as usize] {
            self.writer.stats.unseen += 1;
            return;
        }
        self.writer.stats.canonical += 1;
        let (ty, register) = (self.type_of(value), self.register(value));
        let predicate = self.predicate();
        self.line(&format!(
            "setp.nan.{} {predicate}, {register}, {register};",
            named('f', ty)
        ));
        self.line(&format!(
            "selp.{} {register}, {}, {register}, {predicate};",
            bits(ty),
            canonical(ty)
        ));
    }

    pub(super) fn binary(&mut self, binary: Binary, a: Value, b: Value, to: Value, offset: u32) {
        let ty = self.type_of(to);
        if ty.is_float() {
            self.binary_float(binary, a, b, to);
        } else {
            self.binary_integer(binary, a, b, to, offset);
        }
    }

    fn binary_float(&mut self, binary: Binary, a: Value, b: Value, to: Value) {
        let ty = self.type_of(to);
        let name = named('f', ty);
        let [d, a, b] = [to, a, b].map(|value| self.register(value));
        match binary {
            // Without `.rn` a multiplication and an addition may become one.
            Binary::Add => self.line(&format!("add.rn.{name} {d}, {a}, {b};")),
            Binary::Sub => self.line(&format!("sub.rn.{name} {d}, {a}, {b};")),
            Binary::Mul => self.line(&format!("mul.rn.{name} {d}, {a}, {b};")),
            Binary::DivS => self.line(&format!("div.rn.{name} {d}, {a}, {b};")),
            Binary::Copysign => {
                let (sign, rest) = match ty {
                    Type::F32 => ("0x80000000", "0x7fffffff"),
                    _ => ("0x8000000000000000", "0x7fffffffffffffff"),
                };
                let [left, right] = [(); 2].map(|()| self.scratch(ty));
                let ty = bits(ty);
                self.line(&format!("and.{ty} {left}, {a}, {rest};"));
                self.line(&format!("and.{ty} {right}, {b}, {sign};"));
                self.line(&format!("or.{ty} {d}, {left}, {right};"));
                return;
            }
            Binary::Min | Binary::Max => {
                let which = if binary == Binary::Min { "min" } else { "max" };
                if ty == Type::F32 {
                    self.line(&format!("{which}.NaN.f32 {d}, {a}, {b};"));
                } else {
                    // There is no `.NaN` of 64 bits: the other operand would be
                    // the result.
                    let (predicate, least) = (self.predicate(), self.long());
                    self.line(&format!("{which}.f64 {least}, {a}, {b};"));
                    self.line(&format!("setp.nan.f64 {predicate}, {a}, {b};"));
                    self.line(&format!(
                        "selp.b64 {d}, {}, {least}, {predicate};",
                        canonical(ty)
                    ));
                    return;
                }
            }
            // Validation knows no others of floats.
            _ => {}
        }
        self.canonicalize(to);
    }

    fn binary_integer(&mut self, binary: Binary, a: Value, b: Value, to: Value, offset: u32) {
        let ty = self.type_of(to);
        let (untyped, signed, unsigned) = (bits(ty), named('s', ty), named('u', ty));
        let [d, left, right] = [to, a, b].map(|value| self.register(value));
        match binary {
            Binary::Add => self.line(&format!("add.{unsigned} {d}, {left}, {right};")),
            Binary::Sub => self.line(&format!("sub.{unsigned} {d}, {left}, {right};")),
            Binary::Mul => self.line(&format!("mul.lo.{unsigned} {d}, {left}, {right};")),
            Binary::And => self.line(&format!("and.{untyped} {d}, {left}, {right};")),
            Binary::Or => self.line(&format!("or.{untyped} {d}, {left}, {right};")),
            Binary::Xor => self.line(&format!("xor.{untyped} {d}, {left}, {right};")),
            Binary::DivS | Binary::DivU | Binary::RemS | Binary::RemU => {
                // A division by zero is all ones in PTX, and says nothing.
                let zero = self.predicate();
                self.line(&format!("setp.eq.{unsigned} {zero}, {right}, 0;"));
                self.trap_if(&zero, TrapCode::IntegerDivideByZero, offset);
                match binary {
                    Binary::DivU => self.line(&format!("div.{unsigned} {d}, {left}, {right};")),
                    Binary::RemU => self.line(&format!("rem.{unsigned} {d}, {left}, {right};")),
                    Binary::DivS => {
                        let least = match ty {
                            Type::I32 => "0x80000000",
                            _ => "0x8000000000000000",
                        };
                        let [lowest, both] = [(); 2].map(|()| self.predicate());
                        self.line(&format!("setp.eq.{signed} {lowest}, {left}, {least};"));
                        self.line(&format!(
                            "setp.eq.and.{signed} {both}, {right}, -1, {lowest};"
                        ));
                        self.trap_if(&both, TrapCode::IntegerOverflow, offset);
                        self.line(&format!("div.{signed} {d}, {left}, {right};"));
                    }
                    _ => {
                        // What remains of a division by -1 is what remains of
                        // one by 1, and that one never overflows.
                        let (one, by) = (self.predicate(), self.scratch(ty));
                        self.line(&format!("setp.eq.{signed} {one}, {right}, -1;"));
                        self.line(&format!("selp.{untyped} {by}, 1, {right}, {one};"));
                        self.line(&format!("rem.{signed} {d}, {left}, {by};"));
                    }
                }
            }
            Binary::Shl | Binary::ShrS | Binary::ShrU => {
                // PTX clamps a count, WebAssembly takes its lowest bits.
                let count = self.count(b, ty.bits() - 1);
                let name = match binary {
                    Binary::Shl => format!("shl.{untyped}"),
                    Binary::ShrS => format!("shr.{signed}"),
                    _ => format!("shr.{unsigned}"),
                };
                self.line(&format!("{name} {d}, {left}, {count};"));
            }
            Binary::Rotl | Binary::Rotr if ty == Type::I32 => {
                let way = if binary == Binary::Rotl { 'l' } else { 'r' };
                self.line(&format!("shf.{way}.wrap.b32 {d}, {left}, {left}, {right};"));
            }
            Binary::Rotl | Binary::Rotr => {
                // There is no funnel shift of 64 bits.
                let (there, back) = match binary {
                    Binary::Rotl => ("shl.b64", "shr.u64"),
                    _ => ("shr.u64", "shl.b64"),
                };
                let count = self.count(b, 63);
                let rest = self.word();
                self.line(&format!("sub.u32 {rest}, 64, {count};"));
                self.line(&format!("and.b32 {rest}, {rest}, 63;"));
                let [one, other] = [(); 2].map(|()| self.long());
                self.line(&format!("{there} {one}, {left}, {count};"));
                self.line(&format!("{back} {other}, {left}, {rest};"));
                self.line(&format!("or.b64 {d}, {one}, {other};"));
            }
            // Validation knows no others of integers.
            Binary::Min | Binary::Max | Binary::Copysign => {}
        }
    }

    /// The lowest bits of a value as a count of 32 bits.
    fn count(&mut self, value: Value, mask: u32) -> String {
        let (register, count) = (self.register(value), self.word());
        match self.type_of(value).bits() {
            32 => self.line(&format!("and.b32 {count}, {register}, {mask};")),
            _ => {
                self.line(&format!("cvt.u32.u64 {count}, {register};"));
                self.line(&format!("and.b32 {count}, {count}, {mask};"));
            }
        }
        count
    }

    pub(super) fn unary(&mut self, unary: Unary, a: Value, to: Value, offset: u32) {
        let (from_type, ty) = (self.type_of(a), self.type_of(to));
        let [d, s] = [to, a].map(|value| self.register(value));
        let (untyped, float) = (bits(ty), named('f', ty));
        match unary {
            Unary::Clz | Unary::Ctz | Unary::Popcnt => {
                let mut from = s;
                if unary == Unary::Ctz {
                    let reversed = self.scratch(ty);
                    self.line(&format!("brev.{untyped} {reversed}, {from};"));
                    from = reversed;
                }
                let name = if unary == Unary::Popcnt {
                    "popc"
                } else {
                    "clz"
                };
                if ty == Type::I32 {
                    self.line(&format!("{name}.b32 {d}, {from};"));
                } else {
                    // Counts are of 32 bits, whatever is counted.
                    let count = self.word();
                    self.line(&format!("{name}.b64 {count}, {from};"));
                    self.line(&format!("cvt.u64.u32 {d}, {count};"));
                }
            }
            Unary::Extend(lowest) => {
                let signed = named('s', ty);
                self.line(&format!("cvt.{signed}.s{lowest} {d}, {s};"));
            }
            Unary::Wrap => self.line(&format!("cvt.u32.u64 {d}, {s};")),
            Unary::Widen { signed: true } => self.line(&format!("cvt.s64.s32 {d}, {s};")),
            Unary::Widen { signed: false } => self.line(&format!("cvt.u64.u32 {d}, {s};")),
            Unary::Reinterpret => self.line(&format!("mov.{untyped} {d}, {s};")),
            // Bits, because `abs` and `neg` of floats change those of a NaN.
            Unary::Abs => {
                let rest = match ty {
                    Type::F32 => "0x7fffffff",
                    _ => "0x7fffffffffffffff",
                };
                self.line(&format!("and.{untyped} {d}, {s}, {rest};"));
            }
            Unary::Neg => {
                let sign = match ty {
                    Type::F32 => "0x80000000",
                    _ => "0x8000000000000000",
                };
                self.line(&format!("xor.{untyped} {d}, {s}, {sign};"));
            }
            Unary::Sqrt => {
                self.line(&format!("sqrt.rn.{float} {d}, {s};"));
                self.canonicalize(to);
            }
            Unary::Ceil | Unary::Floor | Unary::Trunc | Unary::Nearest => {
                let mode = match unary {
                    Unary::Ceil => "rpi",
                    Unary::Floor => "rmi",
                    Unary::Trunc => "rzi",
                    _ => "rni",
                };
                self.line(&format!("cvt.{mode}.{float}.{float} {d}, {s};"));
                self.canonicalize(to);
            }
            Unary::Demote => {
                self.line(&format!("cvt.rn.f32.f64 {d}, {s};"));
                self.canonicalize(to);
            }
            Unary::Promote => {
                self.line(&format!("cvt.f64.f32 {d}, {s};"));
                self.canonicalize(to);
            }
            Unary::Convert { signed } => {
                let integer = named(if signed { 's' } else { 'u' }, from_type);
                self.line(&format!("cvt.rn.{float}.{integer} {d}, {s};"));
            }
            Unary::Truncate { signed, saturating } => {
                self.truncate(a, to, signed, saturating, offset);
            }
        }
    }

    fn truncate(&mut self, a: Value, to: Value, signed: bool, saturating: bool, offset: u32) {
        let (from, ty) = (self.type_of(a), self.type_of(to));
        let [d, s] = [to, a].map(|value| self.register(value));
        let float = named('f', from);
        let integer = named(if signed { 's' } else { 'u' }, ty);
        let nan = self.predicate();
        self.line(&format!("setp.nan.{float} {nan}, {s}, {s};"));
        if !saturating {
            self.trap_if(&nan, TrapCode::InvalidConversionToInteger, offset);
            let (below, low, high) = bounds(from, ty, signed);
            let [under, over] = [(); 2].map(|()| self.predicate());
            let below = if below { "le" } else { "lt" };
            let [low, high] = [low, high].map(|bound| literal(from, bound));
            self.line(&format!("setp.{below}.{float} {under}, {s}, {low};"));
            self.trap_if(&under, TrapCode::IntegerOverflow, offset);
            self.line(&format!("setp.ge.{float} {over}, {s}, {high};"));
            self.trap_if(&over, TrapCode::IntegerOverflow, offset);
        }
        self.line(&format!("cvt.rzi.{integer}.{float} {d}, {s};"));
        if saturating {
            // It clamps, but what it makes of a NaN is not zero everywhere.
            self.line(&format!("selp.{} {d}, 0, {d}, {nan};", bits(ty)));
        }
    }
}

/// What is out of range: at or below the first, or below it, says the flag; and at
/// or above the second.
fn bounds(from: Type, to: Type, signed: bool) -> (bool, f64, f64) {
    match (to, signed) {
        // Only f64 has numbers between -2^31 - 1 and -2^31.
        (Type::I32, true) if from == Type::F64 => (true, -2_147_483_649.0, 2_147_483_648.0),
        (Type::I32, true) => (false, -2_147_483_648.0, 2_147_483_648.0),
        (Type::I32, false) => (true, -1.0, 4_294_967_296.0),
        (_, true) => (
            false,
            -9_223_372_036_854_775_808.0,
            9_223_372_036_854_775_808.0,
        ),
        (_, false) => (true, -1.0, 18_446_744_073_709_551_616.0),
    }
}

/// A float as PTX writes one exactly.
fn literal(ty: Type, value: f64) -> String {
    match ty {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "bounds of f32 are powers of two"
        )]
        Type::F32 => format!("0f{:08X}", (value as f32).to_bits()),
        _ => format!("0d{:016X}", value.to_bits()),
    }
}
