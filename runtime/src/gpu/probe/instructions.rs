//! Instructions of PTX as they are, each in a kernel of its own.

use std::fmt::Write as _;

use super::Kind;
use super::Kind::{F32, F64, I32, I64};

/// An instruction, or two: of `%a`, `%b` and `%c` to `%d`.
pub(super) struct Instruction {
    pub(super) text: &'static str,
    pub(super) operands: &'static [Kind],
    pub(super) result: Kind,
}

const fn op(text: &'static str, operands: &'static [Kind], result: Kind) -> Instruction {
    Instruction {
        text,
        operands,
        result,
    }
}

/// What the compiler writes, and beside it what it does not write because it may be
/// fused, or loses a NaN.
pub(super) const INSTRUCTIONS: &[Instruction] = &[
    op("add.f32 %d, %a, %b;", &[F32, F32], F32),
    op("add.rn.f32 %d, %a, %b;", &[F32, F32], F32),
    op("sub.f32 %d, %a, %b;", &[F32, F32], F32),
    op("sub.rn.f32 %d, %a, %b;", &[F32, F32], F32),
    op("mul.f32 %d, %a, %b;", &[F32, F32], F32),
    op("mul.rn.f32 %d, %a, %b;", &[F32, F32], F32),
    op("div.rn.f32 %d, %a, %b;", &[F32, F32], F32),
    op("sqrt.rn.f32 %d, %a;", &[F32], F32),
    op("min.f32 %d, %a, %b;", &[F32, F32], F32),
    op("min.NaN.f32 %d, %a, %b;", &[F32, F32], F32),
    op("max.f32 %d, %a, %b;", &[F32, F32], F32),
    op("max.NaN.f32 %d, %a, %b;", &[F32, F32], F32),
    op("neg.f32 %d, %a;", &[F32], F32),
    op("abs.f32 %d, %a;", &[F32], F32),
    op("fma.rn.f32 %d, %a, %b, %c;", &[F32, F32, F32], F32),
    op(
        "mul.f32 %d, %a, %b; add.f32 %d, %d, %c;",
        &[F32, F32, F32],
        F32,
    ),
    op(
        "mul.rn.f32 %d, %a, %b; add.rn.f32 %d, %d, %c;",
        &[F32, F32, F32],
        F32,
    ),
    op("cvt.rni.f32.f32 %d, %a;", &[F32], F32),
    op("cvt.rzi.f32.f32 %d, %a;", &[F32], F32),
    op("cvt.rmi.f32.f32 %d, %a;", &[F32], F32),
    op("cvt.rpi.f32.f32 %d, %a;", &[F32], F32),
    op("cvt.rzi.s32.f32 %d, %a;", &[F32], I32),
    op("cvt.rn.f32.s32 %d, %a;", &[I32], F32),
    op("cvt.rzi.u32.f32 %d, %a;", &[F32], I32),
    op("cvt.rn.f32.u32 %d, %a;", &[I32], F32),
    op("cvt.rzi.s64.f32 %d, %a;", &[F32], I64),
    op("cvt.rn.f32.s64 %d, %a;", &[I64], F32),
    op("cvt.rzi.u64.f32 %d, %a;", &[F32], I64),
    op("cvt.rn.f32.u64 %d, %a;", &[I64], F32),
    op(
        "setp.eq.f32 %p, %a, %b; selp.u32 %d, 1, 0, %p;",
        &[F32, F32],
        I32,
    ),
    op(
        "setp.neu.f32 %p, %a, %b; selp.u32 %d, 1, 0, %p;",
        &[F32, F32],
        I32,
    ),
    op(
        "setp.lt.f32 %p, %a, %b; selp.u32 %d, 1, 0, %p;",
        &[F32, F32],
        I32,
    ),
    op(
        "setp.le.f32 %p, %a, %b; selp.u32 %d, 1, 0, %p;",
        &[F32, F32],
        I32,
    ),
    op(
        "setp.gt.f32 %p, %a, %b; selp.u32 %d, 1, 0, %p;",
        &[F32, F32],
        I32,
    ),
    op(
        "setp.ge.f32 %p, %a, %b; selp.u32 %d, 1, 0, %p;",
        &[F32, F32],
        I32,
    ),
    op(
        "setp.nan.f32 %p, %a, %b; selp.u32 %d, 1, 0, %p;",
        &[F32, F32],
        I32,
    ),
    op("add.f64 %d, %a, %b;", &[F64, F64], F64),
    op("add.rn.f64 %d, %a, %b;", &[F64, F64], F64),
    op("sub.f64 %d, %a, %b;", &[F64, F64], F64),
    op("sub.rn.f64 %d, %a, %b;", &[F64, F64], F64),
    op("mul.f64 %d, %a, %b;", &[F64, F64], F64),
    op("mul.rn.f64 %d, %a, %b;", &[F64, F64], F64),
    op("div.rn.f64 %d, %a, %b;", &[F64, F64], F64),
    op("sqrt.rn.f64 %d, %a;", &[F64], F64),
    op("min.f64 %d, %a, %b;", &[F64, F64], F64),
    op("max.f64 %d, %a, %b;", &[F64, F64], F64),
    op("neg.f64 %d, %a;", &[F64], F64),
    op("abs.f64 %d, %a;", &[F64], F64),
    op("fma.rn.f64 %d, %a, %b, %c;", &[F64, F64, F64], F64),
    op(
        "mul.f64 %d, %a, %b; add.f64 %d, %d, %c;",
        &[F64, F64, F64],
        F64,
    ),
    op(
        "mul.rn.f64 %d, %a, %b; add.rn.f64 %d, %d, %c;",
        &[F64, F64, F64],
        F64,
    ),
    op("cvt.rni.f64.f64 %d, %a;", &[F64], F64),
    op("cvt.rzi.f64.f64 %d, %a;", &[F64], F64),
    op("cvt.rmi.f64.f64 %d, %a;", &[F64], F64),
    op("cvt.rpi.f64.f64 %d, %a;", &[F64], F64),
    op("cvt.rzi.s32.f64 %d, %a;", &[F64], I32),
    op("cvt.rn.f64.s32 %d, %a;", &[I32], F64),
    op("cvt.rzi.u32.f64 %d, %a;", &[F64], I32),
    op("cvt.rn.f64.u32 %d, %a;", &[I32], F64),
    op("cvt.rzi.s64.f64 %d, %a;", &[F64], I64),
    op("cvt.rn.f64.s64 %d, %a;", &[I64], F64),
    op("cvt.rzi.u64.f64 %d, %a;", &[F64], I64),
    op("cvt.rn.f64.u64 %d, %a;", &[I64], F64),
    op(
        "setp.eq.f64 %p, %a, %b; selp.u32 %d, 1, 0, %p;",
        &[F64, F64],
        I32,
    ),
    op(
        "setp.neu.f64 %p, %a, %b; selp.u32 %d, 1, 0, %p;",
        &[F64, F64],
        I32,
    ),
    op(
        "setp.lt.f64 %p, %a, %b; selp.u32 %d, 1, 0, %p;",
        &[F64, F64],
        I32,
    ),
    op(
        "setp.le.f64 %p, %a, %b; selp.u32 %d, 1, 0, %p;",
        &[F64, F64],
        I32,
    ),
    op(
        "setp.gt.f64 %p, %a, %b; selp.u32 %d, 1, 0, %p;",
        &[F64, F64],
        I32,
    ),
    op(
        "setp.ge.f64 %p, %a, %b; selp.u32 %d, 1, 0, %p;",
        &[F64, F64],
        I32,
    ),
    op(
        "setp.nan.f64 %p, %a, %b; selp.u32 %d, 1, 0, %p;",
        &[F64, F64],
        I32,
    ),
    op("cvt.rn.f32.f64 %d, %a;", &[F64], F32),
    op("cvt.f64.f32 %d, %a;", &[F32], F64),
    op("shl.b32 %d, %a, %b;", &[I32, I32], I32),
    op("shr.u32 %d, %a, %b;", &[I32, I32], I32),
    op("shr.s32 %d, %a, %b;", &[I32, I32], I32),
    op("div.u32 %d, %a, %b;", &[I32, I32], I32),
    op("div.s32 %d, %a, %b;", &[I32, I32], I32),
    op("rem.u32 %d, %a, %b;", &[I32, I32], I32),
    op("rem.s32 %d, %a, %b;", &[I32, I32], I32),
    op("mul.lo.u32 %d, %a, %b;", &[I32, I32], I32),
    op("clz.b32 %d, %a;", &[I32], I32),
    op("popc.b32 %d, %a;", &[I32], I32),
    op("brev.b32 %d, %a;", &[I32], I32),
    op("shl.b64 %d, %a, %b;", &[I64, I32], I64),
    op("shr.u64 %d, %a, %b;", &[I64, I32], I64),
    op("shr.s64 %d, %a, %b;", &[I64, I32], I64),
    op("div.u64 %d, %a, %b;", &[I64, I64], I64),
    op("div.s64 %d, %a, %b;", &[I64, I64], I64),
    op("rem.u64 %d, %a, %b;", &[I64, I64], I64),
    op("rem.s64 %d, %a, %b;", &[I64, I64], I64),
    op("mul.lo.u64 %d, %a, %b;", &[I64, I64], I64),
    op("clz.b64 %d, %a;", &[I64], I32),
    op("popc.b64 %d, %a;", &[I64], I32),
    op("brev.b64 %d, %a;", &[I64], I64),
    op("shf.l.wrap.b32 %d, %a, %a, %b;", &[I32, I32], I32),
    op("shf.r.wrap.b32 %d, %a, %a, %b;", &[I32, I32], I32),
    op("cvt.s32.s8 %d, %a;", &[I32], I32),
    op("cvt.s32.s16 %d, %a;", &[I32], I32),
    op("cvt.s64.s8 %d, %a;", &[I64], I64),
    op("cvt.s64.s16 %d, %a;", &[I64], I64),
    op("cvt.s64.s32 %d, %a;", &[I32], I64),
    op("cvt.u64.u32 %d, %a;", &[I32], I64),
];

/// A module with an entry for each: it reads three words of 64 bits, and writes one.
pub(super) fn module() -> String {
    let mut text = ".version 8.0\n.target sm_80\n.address_size 64\n\n".to_owned();
    for (number, instruction) in INSTRUCTIONS.iter().enumerate() {
        let _ = write!(
            text,
            ".visible .entry probe{number} (.param .b64 input, .param .b64 output, .param .b64 count)\n\
             {{\n    .reg .pred %p;\n    .reg .b32 %block, %threads, %thread;\n    \
             .reg .b64 %at, %i, %many;\n    .reg .b{} %d;\n",
            instruction.result.bits()
        );
        for (name, kind) in ["a", "b", "c"].iter().zip(instruction.operands) {
            let _ = writeln!(text, "    .reg .b{} %{name};", kind.bits());
        }
        text.push_str(
            "    mov.u32 %block, %ctaid.x;\n    mov.u32 %threads, %ntid.x;\n    \
             mov.u32 %thread, %tid.x;\n    \
             mad.lo.u32 %thread, %block, %threads, %thread;\n    \
             cvt.u64.u32 %i, %thread;\n    ld.param.b64 %many, [count];\n    \
             setp.ge.u64 %p, %i, %many;\n    @%p bra DONE;\n    \
             ld.param.b64 %at, [input];\n    mad.lo.u64 %at, %i, 24, %at;\n",
        );
        for (place, (name, kind)) in ["a", "b", "c"].iter().zip(instruction.operands).enumerate() {
            let _ = writeln!(
                text,
                "    ld.global.b{} %{name}, [%at+{}];",
                kind.bits(),
                8 * place
            );
        }
        let _ = write!(
            text,
            "    {}\n    ld.param.b64 %at, [output];\n    mad.lo.u64 %at, %i, 8, %at;\n    \
             st.global.b{} [%at], %d;\nDONE:\n    ret;\n}}\n\n",
            instruction.text,
            instruction.result.bits()
        );
    }
    text
}
