//! Instructions one by one, and calls.

use std::fmt::Write as _;

use super::context::global;
use super::function::{Decision, FunctionWriter};
use super::{DISPATCH, Writer, bits, head, register};
use crate::TrapCode;
use crate::gpu::ir::{Instruction, Op, Signature, Value};

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
                self.line(&format!("mov.b32 {number}, {site};"));
                let more = [self.register(*index), number];
                let dispatch = format!("dispatch{signature}");
                self.call(&dispatch, &more, arguments, instruction);
            }
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
        self.line("{");
        let own = [("b64", "%base"), ("b64", "%size"), ("b64", "%context")];
        let mut given: Vec<(&str, String)> =
            own.map(|(ty, register)| (ty, register.to_owned())).to_vec();
        given.push(("b32", "%depth".to_owned()));
        given.extend(more.iter().map(|register| ("b32", register.clone())));
        for argument in arguments {
            given.push((bits(self.type_of(*argument)), self.register(*argument)));
        }
        let mut names = Vec::new();
        for (number, (ty, register)) in given.iter().enumerate() {
            self.line(&format!("    .param .{ty} p{number};"));
            self.line(&format!("    st.param.{ty} [p{number}], {register};"));
            names.push(format!("p{number}"));
        }
        let names = names.join(", ");
        if instruction.results.is_empty() {
            self.line(&format!("    call {name}, ({names});"));
        } else {
            let bytes = 8 * instruction.results.len();
            self.line(&format!("    .param .align 8 .b8 given[{bytes}];"));
            self.line(&format!("    call (given), {name}, ({names});"));
        }
        for (number, result) in instruction.results.iter().enumerate() {
            let (ty, register) = (bits(self.type_of(*result)), self.register(*result));
            let place = 8 * number;
            self.line(&format!("    ld.param.{ty} {register}, [given+{place}];"));
        }
        self.line("}");
    }
}

/// Writes the function that calls the function at an index of the table, if it is
/// of a signature.
pub(super) fn dispatch(writer: &mut Writer<'_>, number: u32, signature: &Signature) {
    let module = writer.module;
    let Some(table) = &module.table else { return };
    let mut callees: Vec<u32> = table.iter().flatten().copied().collect();
    callees.sort_unstable();
    callees.dedup();
    callees.retain(|index| module.functions[*index as usize].signature == number);
    let text = &mut writer.text;
    let _ = write!(
        text,
        "// call_indirect of signature {number}\n{}\n{{\n    .reg .pred %p;\n    \
         .reg .b32 %index, %site, %item, %depth, %r<{}>;\n    \
         .reg .b64 %base, %size, %context, %at, %rd<{}>;\n    \
         ld.param.b64 %base, [base];\n    ld.param.b64 %size, [size];\n    \
         ld.param.b64 %context, [context];\n    ld.param.b32 %depth, [depth];\n    \
         ld.param.b32 %index, [index];\n    ld.param.b32 %site, [site];\n    \
         setp.ge.u32 %p, %index, {};\n    @%p bra TRAP;\n    add.u32 %site, %site, 1;\n",
        head(&format!("dispatch{number}"), DISPATCH, signature),
        signature.params.len().max(signature.results.len()) + 1,
        signature.params.len().max(signature.results.len()) + 1,
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
        for callee in &callees {
            let _ = write!(
                text,
                "    setp.eq.u32 %p, %item, {};\n    @%p bra F{callee};\n",
                callee + 1
            );
        }
        text.push_str("    bra TRAP;\n");
    }
    for callee in callees {
        let _ = write!(text, "F{callee}:\n    {{\n");
        let mut names = Vec::new();
        let own = [
            ("b64", "%base"),
            ("b64", "%size"),
            ("b64", "%context"),
            ("b32", "%depth"),
        ];
        for (ty, register) in own {
            let name = format!("p{}", names.len());
            let _ = write!(
                text,
                "        .param .{ty} {name};\n        st.param.{ty} [{name}], {register};\n"
            );
            names.push(name);
        }
        for (place, ty) in signature.params.iter().enumerate() {
            let (name, register) = (format!("p{}", names.len()), register(*ty, place));
            let ty = bits(*ty);
            let _ = write!(
                text,
                "        .param .{ty} {name};\n        ld.param.{ty} {register}, [a{place}];\n        \
                 st.param.{ty} [{name}], {register};\n"
            );
            names.push(name);
        }
        let names = names.join(", ");
        if signature.results.is_empty() {
            let _ = writeln!(text, "        call f{callee}, ({names});");
        } else {
            let _ = write!(
                text,
                "        .param .align 8 .b8 given[{}];\n        \
                 call (given), f{callee}, ({names});\n",
                8 * signature.results.len()
            );
        }
        for (place, ty) in signature.results.iter().enumerate() {
            let (at, register) = (8 * place, register(*ty, place));
            let ty = bits(*ty);
            let _ = write!(
                text,
                "        ld.param.{ty} {register}, [given+{at}];\n        \
                 st.param.{ty} [result+{at}], {register};\n"
            );
        }
        text.push_str("    }\n    ret;\n");
    }
    text.push_str(
        "TRAP:\n    {\n        .param .b64 p_context;\n        \
         st.param.b64 [p_context], %context;\n        .param .b32 p_site;\n        \
         st.param.b32 [p_site], %site;\n        call trap, (p_context, p_site);\n    }\n    \
         exit;\n}\n\n",
    );
}
