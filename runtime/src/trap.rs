//! Why execution stopped: one code per kind of trap, with the names the
//! WebAssembly specification's test suite uses.

use std::fmt;

macro_rules! trap_codes {
    ($($(#[$doc:meta])* $variant:ident = $text:literal,)*) => {
        /// The kind of a trap.
        ///
        /// The text of each code is the wording of the WebAssembly specification's
        /// reference interpreter where it has one.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum TrapCode {
            $($(#[$doc])* $variant,)*
        }

        impl TrapCode {
            /// Every code, in declaration order.
            pub const ALL: &[TrapCode] = &[$(TrapCode::$variant,)*];

            /// The code's text, as `integer divide by zero`.
            pub fn text(self) -> &'static str {
                match self {
                    $(TrapCode::$variant => $text,)*
                }
            }
        }
    };
}

trap_codes! {
    /// `unreachable` was executed.
    Unreachable = "unreachable",
    /// A load, store or bulk operation left its memory.
    OutOfBoundsMemoryAccess = "out of bounds memory access",
    /// A table operation or an indirect call left its table.
    OutOfBoundsTableAccess = "out of bounds table access",
    /// An indirect call through a null table element.
    UninitializedElement = "uninitialized element",
    /// An indirect call to a function of another type.
    IndirectCallTypeMismatch = "indirect call type mismatch",
    /// A signed division or a conversion left the integer's range.
    IntegerOverflow = "integer overflow",
    /// An integer division or remainder by zero.
    IntegerDivideByZero = "integer divide by zero",
    /// NaN was converted to an integer.
    InvalidConversionToInteger = "invalid conversion to integer",
    /// The call stack's limit was reached.
    CallStackExhausted = "call stack exhausted",
    /// A null reference was used.
    NullReference = "null reference",
    /// A reference was cast to a type it does not have.
    CastFailure = "cast failure",
    /// An array access left its array.
    OutOfBoundsArrayAccess = "out of bounds array access",
    /// A GC object larger than the heap can ever hold.
    AllocationTooLarge = "allocation size too large",
    /// An atomic access was not naturally aligned.
    UnalignedAtomic = "unaligned atomic",
    /// An atomic wait on a memory that is not shared.
    ExpectedSharedMemory = "expected shared memory",
    /// A suspension found no handler for its tag.
    UnhandledTag = "unhandled tag",
    /// A continuation was resumed twice.
    ContinuationConsumed = "continuation already consumed",
    /// The deadline passed.
    Interrupted = "interrupted",
    /// The fuel ran out.
    OutOfFuel = "out of fuel",
    /// A thread of a kernel waited for its block, and another one had ended.
    BarrierNotReached = "barrier not reached by all threads of the block",
    /// A trap of the component model, or one newer than this list; the
    /// message has its text.
    Other = "other trap",
}

impl fmt::Display for TrapCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

#[cfg(feature = "executor")]
impl From<wasmtime::Trap> for TrapCode {
    fn from(trap: wasmtime::Trap) -> TrapCode {
        use wasmtime::Trap;
        match trap {
            Trap::StackOverflow => TrapCode::CallStackExhausted,
            Trap::MemoryOutOfBounds => TrapCode::OutOfBoundsMemoryAccess,
            Trap::HeapMisaligned => TrapCode::UnalignedAtomic,
            Trap::TableOutOfBounds => TrapCode::OutOfBoundsTableAccess,
            Trap::IndirectCallToNull => TrapCode::UninitializedElement,
            Trap::BadSignature => TrapCode::IndirectCallTypeMismatch,
            Trap::IntegerOverflow => TrapCode::IntegerOverflow,
            Trap::IntegerDivisionByZero => TrapCode::IntegerDivideByZero,
            Trap::BadConversionToInteger => TrapCode::InvalidConversionToInteger,
            Trap::UnreachableCodeReached => TrapCode::Unreachable,
            Trap::Interrupt => TrapCode::Interrupted,
            Trap::OutOfFuel => TrapCode::OutOfFuel,
            Trap::AtomicWaitNonSharedMemory => TrapCode::ExpectedSharedMemory,
            Trap::NullReference => TrapCode::NullReference,
            Trap::ArrayOutOfBounds => TrapCode::OutOfBoundsArrayAccess,
            Trap::AllocationTooLarge => TrapCode::AllocationTooLarge,
            Trap::CastFailure => TrapCode::CastFailure,
            Trap::UnhandledTag => TrapCode::UnhandledTag,
            Trap::ContinuationAlreadyConsumed => TrapCode::ContinuationConsumed,
            _ => TrapCode::Other,
        }
    }
}
