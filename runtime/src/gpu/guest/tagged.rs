//! Arguments as bytes: a tag, and then as many bytes as it says, the lowest first,
//! without gaps. The tags are those of TensorWasm 0.3's `wasi:cuda/host`.
//!
//! | tag | argument | bytes after it |
//! |---|---|---|
//! | 1, 5 | `i32`, signed or unsigned | 4 |
//! | 2, 6 | `i64`, signed or unsigned | 8 |
//! | 3 | `f32` | 4 |
//! | 4 | `f64` | 8 |
//! | 7 | pointer: an offset in the arena, and a length | 4 and 4 |

use super::{Argument, GpuError};

/// The most arguments of a launch.
pub const MOST_ARGUMENTS: usize = 128;

/// The most bytes that they may have together.
pub const MOST_ARGUMENT_BYTES: usize = 4096;

/// Reads arguments.
pub(super) fn arguments(bytes: &[u8]) -> Result<Vec<Argument>, GpuError> {
    let wrong = |message: String| Err(GpuError::Tagged(message));
    if bytes.len() > MOST_ARGUMENT_BYTES {
        return wrong(format!(
            "they have {} bytes, and may have {MOST_ARGUMENT_BYTES}",
            bytes.len()
        ));
    }
    let mut out = Vec::new();
    let mut rest = bytes;
    while let Some((tag, after)) = rest.split_first() {
        let at = bytes.len() - rest.len();
        if out.len() == MOST_ARGUMENTS {
            return wrong(format!("there are more than {MOST_ARGUMENTS}"));
        }
        let argument = match tag {
            1 | 5 => word(after).map(|(bits, rest)| (Argument::I32(bits), rest)),
            3 => word(after).map(|(bits, rest)| (Argument::F32(bits), rest)),
            2 | 6 => double(after).map(|(bits, rest)| (Argument::I64(bits), rest)),
            4 => double(after).map(|(bits, rest)| (Argument::F64(bits), rest)),
            7 => word(after).and_then(|(offset, rest)| {
                let (length, rest) = word(rest)?;
                Some((Argument::Pointer { offset, length }, rest))
            }),
            _ => return wrong(format!("there is no tag {tag} (byte {at})")),
        };
        let Some((argument, after)) = argument else {
            return wrong(format!("they end within the argument at byte {at}"));
        };
        out.push(argument);
        rest = after;
    }
    Ok(out)
}

fn word(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let (first, rest) = bytes.split_first_chunk()?;
    Some((u32::from_le_bytes(*first), rest))
}

fn double(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let (first, rest) = bytes.split_first_chunk()?;
    Some((u64::from_le_bytes(*first), rest))
}
