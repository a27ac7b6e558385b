//! Instructions one by one, and calls.

use std::fmt::Write as _;

use super::calls::{self, Typed, head, own};
use super::context::global;
use super::function::{Decision, FunctionWriter};
use super::{DISPATCH, Writer, bits, register, stack};
use crate::TrapCode;
use crate::gpu::ir::{Instruction, Op, Position, Signature, Value};

/// The codes of an indirect call that fails, in the order of their sites.
const INDIRECT: [TrapCode; 3] = [
    TrapCode::OutOfBoundsTableAccess,
    TrapCode::UninitializedElement,
    TrapCode::IndirectCallTypeMismatch,
];

impl FunctionWriter<'_, '_> {
    pub(super) fn instruction(&mut self, instruction: &Instruction) {
        let offset = instruction.offset;
        let result = instruction.results.first().copied();
        match (&instruction.op, result) {
            (Op::Constant(value), Some(result)) => {
                let register = self.register(result);
                let ty = bits(self.type_of(result));
                self.line(&format!("mov.{ty} {register}, {value:#x};"));
            }
            (Op::Unary(unary, a), Some(result)) => self.unary(*unary, *a, result, offset),
            (Op::Binary(binary, a, b), Some(result)) => {
                self.binary(*binary, *a, *b, result, offset);
            }
            (Op::Compare(compare, a, b), Some(result)) => {
                if self.facts.only_decides[result.0 as usize] {
                    // Written where it decides.
                    return;
                }
                let predicate = self.predicate();
                self.compare(
                    &predicate,
                    Decision {
                        compare: *compare,
                        a: *a,
                        b: *b,
                    },
                );
                let register = self.register(result);
                self.line(&format!("selp.b32 {register}, 1, 0, {predicate};"));
            }
            (Op::Select(condition, a, b), Some(result)) => {
                let predicate = self.condition(*condition);
                let ty = bits(self.type_of(result));
                let [to, a, b] = [result, *a, *b].map(|value| self.register(value));
                self.line(&format!("selp.{ty} {to}, {a}, {b}, {predicate};"));
            }
            (Op::GlobalGet(index), Some(result)) => {
                let (ty, to) = (bits(self.type_of(result)), self.register(result));
                let place = global(*index as usize);
                self.line(&format!("ld.local.{ty} {to}, [%context+{place}];"));
            }
            (Op::GlobalSet(index, value), _) => {
                let (ty, from) = (bits(self.type_of(*value)), self.register(*value));
                let place = global(*index as usize);
                self.line(&format!("st.local.{ty} [%context+{place}], {from};"));
            }
            (Op::Call(function, arguments), _) => {
                self.call(&format!("f{function}"), &[], arguments, instruction);
            }
            (Op::CallIndirect(signature, index, arguments), _) => {
                let site = self.writer.sites(&INDIRECT, self.index, offset);
                let number = self.word();
                let said = Writer::said(&INDIRECT, self.index, offset);
                self.line(&format!("mov.b32 {number}, {site};{said}"));
                let more = [self.register(*index), number];
                let dispatch = format!("dispatch{signature}");
                self.call(&dispatch, &more, arguments, instruction);
            }
            (Op::Position(position), Some(result)) => self.position(*position, result),
            (Op::Barrier, _) => self.barrier(offset),
            _ => self.memory(&instruction.op, result, offset),
        }
    }

    fn call(
        &mut self,
        name: &str,
        more: &[String],
        arguments: &[Value],
        instruction: &Instruction,
    ) {
        let mut given = own();
        given.extend(more.iter().map(|register| ("b32", register.clone())));
        given.extend(arguments.iter().map(|value| self.typed(*value)));
        let results: Vec<Typed> = instruction
            .results
            .iter()
            .map(|value| self.typed(*value))
            .collect();
        self.call_that_counts(name, &given, &results);
    }

    fn typed(&self, value: Value) -> Typed {
        (bits(self.type_of(value)), self.register(value))
    }

    fn position(&mut self, position: Position, to: Value) {
        let to = self.register(to);
        let (name, axis) = match position {
            Position::ThreadId(axis) => ("tid", axis),
            Position::BlockId(axis) => ("ctaid", axis),
            Position::BlockDim(axis) => ("ntid", axis),
            Position::GridDim(axis) => ("nctaid", axis),
            Position::GlobalId(axis) => {
                let letter = axis.letter();
                let [block, size, thread] = [(); 3].map(|()| self.word());
                for (register, name) in [(&block, "ctaid"), (&size, "ntid"), (&thread, "tid")] {
                    self.line(&format!("mov.u32 {register}, %{name}.{letter};"));
                }
                self.line(&format!("mad.lo.u32 {to}, {block}, {size}, {thread};"));
                return;
            }
        };
        self.line(&format!("mov.u32 {to}, %{name}.{};", axis.letter()));
    }

    /// Waits for all threads of the block, and traps if one of them has ended.
    fn barrier(&mut self, offset: u32) {
        let ([ended, some], count) = ([(); 2].map(|()| self.predicate()), self.word());
        // This thread has not ended: `finish` has the counterpart.
        self.line(&format!("mov.b32 {count}, 0;"));
        self.line(&format!("setp.ne.u32 {ended}, {count}, 0;"));
        self.line(&format!("barrier.red.popc.u32 {count}, 0, {ended};"));
        self.line(&format!("setp.ne.u32 {some}, {count}, 0;"));
        self.trap_if(&some, TrapCode::BarrierNotReached, offset);
    }
}

/// Writes the function that calls the function at an index of the table, if it is
/// of a signature: one of these.
pub(super) fn dispatch(
    writer: &mut Writer<'_>,
    number: usize,
    signature: &Signature,
    callees: &[u32],
) {
    let Some(table) = &writer.module.table else {
        return;
    };
    let text = &mut writer.text;
    let registers = stack::dispatcher_registers(signature);
    let _ = write!(
        text,
        "// call_indirect of signature {number}\n{}\n{{\n    .reg .pred %p;\n    \
         .reg .b32 %index, %site, %item, %depth, %r<{registers}>;\n    \
         .reg .b64 %base, %size, %context, %at, %rd<{registers}>;\n    \
         ld.param.b64 %base, [base];\n    ld.param.b64 %size, [size];\n    \
         ld.param.b64 %context, [context];\n    ld.param.b32 %depth, [depth];\n    \
         add.u32 %depth, %depth, {};\n    \
         ld.param.b32 %index, [index];\n    ld.param.b32 %site, [site];\n    \
         setp.ge.u32 %p, %index, {};\n    @%p bra TRAP;\n    add.u32 %site, %site, 1;\n",
        head(&format!("dispatch{number}"), DISPATCH, signature),
        stack::dispatcher(signature),
        table.len(),
    );
    if table.is_empty() {
        text.push_str("    bra TRAP;\n");
    } else {
        text.push_str(
            "    mov.b64 %at, table;\n    mad.wide.u32 %at, %index, 4, %at;\n    \
             ld.global.b32 %item, [%at];\n    setp.eq.u32 %p, %item, 0;\n    @%p bra TRAP;\n    \
             add.u32 %site, %site, 1;\n",
        );
        for callee in callees {
            let _ = write!(
                text,
                "    setp.eq.u32 %p, %item, {};\n    @%p bra F{callee};\n",
                callee + 1
            );
        }
        text.push_str("    bra TRAP;\n");
    }
    let typed = |(place, ty): (usize, &_)| -> Typed { (bits(*ty), register(*ty, place)) };
    let arguments: Vec<Typed> = signature.params.iter().enumerate().map(typed).collect();
    let results: Vec<Typed> = signature.results.iter().enumerate().map(typed).collect();
    let given = [own(), arguments.clone()].concat();
    for callee in callees {
        let _ = writeln!(text, "F{callee}:");
        for (place, (ty, register)) in arguments.iter().enumerate() {
            let _ = writeln!(text, "    ld.param.{ty} {register}, [a{place}];");
        }
        calls::call(text, &format!("f{callee}"), &given, &results);
        for (place, (ty, register)) in results.iter().enumerate() {
            let at = 8 * place;
            let _ = writeln!(text, "    st.param.{ty} [result+{at}], {register};");
        }
        text.push_str("    ret;\n");
    }
    text.push_str("TRAP:\n");
    calls::trap(text);
    text.push_str("}\n\n");
}
