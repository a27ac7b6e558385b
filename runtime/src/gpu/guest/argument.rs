//! Arguments of launches, and what kernels get of them.

use super::GpuError;
use crate::gpu::KernelError;
use crate::gpu::device::PtxArgument;
use crate::gpu::ir::Type;

/// An argument of a launch, with its type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Argument {
    /// An `i32`.
    I32(u32),
    /// An `i64`.
    I64(u64),
    /// The bits of an `f32`.
    F32(u32),
    /// The bits of an `f64`.
    F64(u64),
    /// So many bytes of the arena, which have to be there: an `i32` for kernels in
    /// WebAssembly, an address for those in PTX.
    Pointer {
        /// Where they begin.
        offset: u32,
        /// How many they are.
        length: u32,
    },
}

/// The bits of arguments, if they have the types of these parameters.
pub(super) fn checked(
    export: &str,
    params: &[Type],
    arguments: &[Argument],
    bytes: u64,
) -> Result<Vec<u64>, GpuError> {
    if params.len() != arguments.len() {
        return Err(KernelError::Arguments {
            export: export.to_owned(),
            expected: params.len(),
            given: arguments.len(),
        }
        .into());
    }
    let pairs = params.iter().zip(arguments).enumerate();
    pairs
        .map(|(index, (param, argument))| match (param, *argument) {
            (Type::I32, Argument::I32(bits)) | (Type::F32, Argument::F32(bits)) => {
                Ok(u64::from(bits))
            }
            (Type::I64, Argument::I64(bits)) | (Type::F64, Argument::F64(bits)) => Ok(bits),
            (Type::I32, Argument::Pointer { offset, length }) => {
                within(offset, length, bytes)?;
                Ok(u64::from(offset))
            }
            _ => Err(GpuError::ArgumentType {
                export: export.to_owned(),
                index,
                expected: *param,
                given: argument.name(),
            }),
        })
        .collect()
}

fn within(offset: u32, length: u32, bytes: u64) -> Result<(), GpuError> {
    let (at, length) = (u64::from(offset), u64::from(length));
    if at + length > bytes {
        return Err(GpuError::OutOfBounds { at, length, bytes });
    }
    Ok(())
}

impl Argument {
    fn name(self) -> &'static str {
        match self {
            Argument::I32(_) => "an i32",
            Argument::I64(_) => "an i64",
            Argument::F32(_) => "an f32",
            Argument::F64(_) => "an f64",
            Argument::Pointer { .. } => "a pointer",
        }
    }

    pub(super) fn of_ptx(self, bytes: u64) -> Result<PtxArgument, GpuError> {
        Ok(match self {
            Argument::I32(bits) | Argument::F32(bits) => PtxArgument::Word(bits),
            Argument::I64(bits) | Argument::F64(bits) => PtxArgument::Long(bits),
            Argument::Pointer { offset, length } => {
                within(offset, length, bytes)?;
                PtxArgument::Pointer {
                    offset: u64::from(offset),
                    length: u64::from(length),
                }
            }
        })
    }
}
