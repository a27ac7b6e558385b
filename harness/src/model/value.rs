//! Values that come out of a call, and the patterns they are compared with.

use serde::{Deserialize, Serialize};

/// A WebAssembly value. Floats are their bits, so that NaNs survive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Value {
    /// A 32-bit integer.
    I32(i32),
    /// A 64-bit integer.
    I64(i64),
    /// The bits of a 32-bit float.
    F32(u32),
    /// The bits of a 64-bit float.
    F64(u64),
    /// The bits of a vector; lane 0 is the least significant.
    V128(#[serde(with = "hexadecimal")] u128),
    /// A reference.
    Ref(Reference),
}

/// A reference, as far as it can be told from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reference {
    /// A null of this kind.
    Null(RefKind),
    /// A host reference that carries this number, as `(ref.extern 7)`.
    Extern(u32),
    /// A host reference converted to `anyref`, as `(ref.host 7)`.
    Host(u32),
    /// Anything else that is not null.
    Some(RefKind),
}

/// What a reference refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RefKind {
    /// A function.
    Func,
    /// A reference of the host.
    Extern,
    /// An internal reference whose kind the engine does not tell.
    Any,
    /// An internal reference that can be compared.
    Eq,
    /// An unboxed integer of 31 bits.
    I31,
    /// A struct.
    Struct,
    /// An array.
    Array,
    /// An exception.
    Exn,
    /// A continuation.
    Cont,
}

/// What a value must look like.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pattern {
    /// This 32-bit integer.
    I32(i32),
    /// This 64-bit integer.
    I64(i64),
    /// A 32-bit float.
    F32(FloatPattern<u32>),
    /// A 64-bit float.
    F64(FloatPattern<u64>),
    /// A vector, lane by lane.
    V128(LanePattern),
    /// A null reference, of this kind where one is named.
    RefNull(Option<RefKind>),
    /// A host reference, with this number where one is named.
    RefExtern(Option<u32>),
    /// A host reference converted to `anyref`, with this number.
    RefHost(u32),
    /// A reference that is not null, of this kind or a kind below it.
    Ref(RefKind),
    /// One of these.
    Either(Vec<Pattern>),
}

/// The bits of a float, or a class of NaNs.
///
/// <https://webassembly.github.io/spec/core/syntax/values.html#floating-point>
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FloatPattern<Bits> {
    /// A NaN of either sign whose payload is the canonical one.
    CanonicalNan,
    /// A NaN of either sign whose payload has its top bit set.
    ArithmeticNan,
    /// Exactly these bits.
    Bits(Bits),
}

/// The lanes of a vector, least significant first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LanePattern {
    /// Sixteen 8-bit integers.
    I8x16([i8; 16]),
    /// Eight 16-bit integers.
    I16x8([i16; 8]),
    /// Four 32-bit integers.
    I32x4([i32; 4]),
    /// Two 64-bit integers.
    I64x2([i64; 2]),
    /// Four 32-bit floats.
    F32x4([FloatPattern<u32>; 4]),
    /// Two 64-bit floats.
    F64x2([FloatPattern<u64>; 2]),
}

/// Vectors as thirty-two hexadecimal digits: JSON numbers are too short.
mod hexadecimal {
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    pub(super) fn serialize<S: Serializer>(bits: &u128, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{bits:032x}"))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<u128, D::Error> {
        let digits = String::deserialize(deserializer)?;
        u128::from_str_radix(&digits, 16).map_err(D::Error::custom)
    }
}
