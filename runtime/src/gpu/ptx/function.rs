//! One function: its registers, blocks and jumps.

use std::collections::HashSet;
use std::fmt::Write as _;

use super::calls::{self, Typed, head};
use super::context::{load_left, store_left};
use super::stack::MOST_ONCE;
use super::{MOST_STACK, Writer, bits, printable, register};
use crate::TrapCode;
use crate::gpu::ir::{BlockId, Code, Compare, Jump, Op, Terminator, Type, Value};
use crate::gpu::lower::{Check, Facts, Loaded, facts};

/// The most targets of one branch: ptxas 13.5 takes 16,380.
const MOST_TARGETS: usize = 16_000;

/// What a value is made of that never becomes a number.
#[derive(Clone, Copy)]
pub(super) struct Decision {
    pub(super) compare: Compare,
    pub(super) a: Value,
    pub(super) b: Value,
}

/// A function that is being written.
pub(super) struct FunctionWriter<'w, 'm> {
    pub(super) writer: &'w mut Writer<'m>,
    pub(super) code: &'w Code,
    pub(super) index: u32,
    pub(super) facts: Facts,
    /// Comparisons that only decide, by their value.
    decisions: Vec<Option<Decision>>,
    pub(super) body: String,
    /// Blocks that are seldom reached, after all others.
    pub(super) cold: String,
    /// The sites that are jumped to, which are written last.
    traps: Vec<usize>,
    /// Ends of accesses whose bounds are kept in registers.
    pub(super) bounds: Vec<u64>,
    /// The block and instruction that is being written.
    at: (usize, usize),
    /// Whether it takes from the thread's work itself.
    counts: bool,
    predicates: u32,
    words: u32,
    longs: u32,
    labels: u32,
}

/// Writes a function.
pub(super) fn write(writer: &mut Writer<'_>, index: u32, code: &Code) {
    let mut function = FunctionWriter {
        facts: facts(code),
        decisions: vec![None; code.values.len()],
        code,
        index,
        body: String::new(),
        cold: String::new(),
        traps: Vec::new(),
        bounds: Vec::new(),
        at: (0, 0),
        counts: writer.module.functions[index as usize].calls()
            || code.blocks.iter().any(|block| block.is_loop),
        writer,
        predicates: 0,
        words: 0,
        longs: 0,
        labels: 0,
    };
    function.find_decisions();
    function.prologue();
    for (number, block) in code.blocks.iter().enumerate() {
        let next = u32::try_from(number + 1).unwrap_or(u32::MAX);
        let _ = writeln!(function.body, "B{number}:");
        if block.is_loop {
            function.count_down(block.offset);
        }
        for (place, instruction) in block.instructions.iter().enumerate() {
            function.at = (number, place);
            function.instruction(instruction);
        }
        function.end(&block.end, BlockId(next));
    }
    function.finish();
}

impl FunctionWriter<'_, '_> {
    /// How the bounds of the access are checked that is being written.
    pub(super) fn check(&self) -> Check {
        self.facts.checks[self.at.0][self.at.1].clone()
    }

    /// How the load is done that is being written.
    pub(super) fn loaded(&self) -> Loaded {
        self.facts.loads[self.at.0][self.at.1].clone()
    }

    fn find_decisions(&mut self) {
        for block in &self.code.blocks {
            for instruction in &block.instructions {
                if let (Op::Compare(compare, a, b), [result]) =
                    (&instruction.op, instruction.results.as_slice())
                    && self.facts.only_decides[result.0 as usize]
                {
                    self.decisions[result.0 as usize] = Some(Decision {
                        compare: *compare,
                        a: *a,
                        b: *b,
                    });
                }
            }
        }
    }

    fn prologue(&mut self) {
        let params = self.code.blocks.first().map(|block| block.params.clone());
        for (number, value) in params.unwrap_or_default().into_iter().enumerate() {
            let (ty, register) = (bits(self.type_of(value)), self.register(value));
            self.line(&format!("ld.param.{ty} {register}, [a{number}];"));
        }
        if self.counts {
            self.line(&load_left());
        }
        if self.writer.module.functions[self.index as usize].calls() {
            // Recursion is a loop too.
            let begin = self.code.blocks.first().map_or(0, |block| block.offset);
            self.count_down(begin);
        }
    }

    fn finish(mut self) {
        let most = match self.writer.circular[self.index as usize] {
            true => MOST_STACK + 1,
            false => MOST_ONCE,
        };
        let stack = 128
            + 8 * (2 * self.code.values.len() as u64 + u64::from(self.words))
            + 8 * u64::from(self.longs + self.predicates);
        let offset = self.code.first_offset();
        let exhausted = self.trap_site(TrapCode::CallStackExhausted, offset);
        let FunctionWriter {
            writer,
            code,
            index,
            body,
            cold,
            traps,
            bounds,
            predicates,
            words,
            longs,
            ..
        } = self;
        let bounds_text = FunctionWriter::bounds_text(&bounds);
        let bounds = bounds.len();
        let function = &writer.module.functions[index as usize];
        let signature = &writer.module.signatures[function.signature as usize];
        let _ = write!(
            writer.text,
            "// function {index}, {}\n{}\n{{\n    .reg .pred %p<{predicates}>;\n    \
             .reg .b32 %r<{}>, %t<{words}>, %bound<{bounds}>, %depth, %left, %site;\n    \
             .reg .b64 %rd<{}>, %td<{longs}>, %base, %size, %context, %first;\n    \
             .reg .pred %full;\n    \
             ld.param.b64 %base, [base];\n    ld.param.b64 %size, [size];\n    \
             ld.param.b64 %context, [context];\n    ld.param.b32 %depth, [depth];\n    \
             add.u32 %depth, %depth, {};\n    setp.gt.u32 %full, %depth, {MOST_STACK};\n    \
             @%full bra T{exhausted};\n{bounds_text}{body}{cold}",
            printable(&function.name),
            head(&format!("f{index}"), "", signature),
            code.values.len(),
            code.values.len(),
            stack.min(u64::from(most)),
        );
        for site in &traps {
            let known = writer.sites[*site];
            let _ = write!(
                writer.text,
                "T{site}:{}\n    mov.b32 %site, {site};\n    bra TRAP;\n",
                Writer::said(&[known.code], known.function, known.offset)
            );
        }
        if !traps.is_empty() {
            writer.text.push_str("TRAP:\n");
            calls::trap(&mut writer.text);
        }
        writer.text.push_str("}\n\n");
    }

    /// A line of the function.
    pub(super) fn line(&mut self, text: &str) {
        self.body.push_str("    ");
        self.body.push_str(text);
        self.body.push('\n');
    }

    pub(super) fn type_of(&self, value: Value) -> Type {
        self.code.values[value.0 as usize]
    }

    /// The register of a value.
    pub(super) fn register(&self, value: Value) -> String {
        register(self.type_of(value), value.0 as usize)
    }

    pub(super) fn predicate(&mut self) -> String {
        self.predicates += 1;
        format!("%p{}", self.predicates - 1)
    }

    /// A register of 32 bits for something in between.
    pub(super) fn word(&mut self) -> String {
        self.words += 1;
        format!("%t{}", self.words - 1)
    }

    /// A register of 64 bits for something in between.
    pub(super) fn long(&mut self) -> String {
        self.longs += 1;
        format!("%td{}", self.longs - 1)
    }

    /// A register like a value's.
    pub(super) fn scratch(&mut self, ty: Type) -> String {
        match ty.bits() {
            32 => self.word(),
            _ => self.long(),
        }
    }

    pub(super) fn label(&mut self) -> String {
        self.labels += 1;
        format!("L{}", self.labels - 1)
    }

    /// Ends the thread with this trap if a predicate holds.
    pub(super) fn trap_if(&mut self, predicate: &str, code: TrapCode, offset: u32) {
        let site = self.trap_site(code, offset);
        self.line(&format!("@{predicate} bra T{site};"));
    }

    fn trap_site(&mut self, code: TrapCode, offset: u32) -> usize {
        let site = self.writer.sites(&[code], self.index, offset);
        self.traps.push(site);
        site
    }

    /// Takes one from the thread's work, and now and then asks whether to go on. What is
    /// left stands in `%left` here, and in the context for others.
    pub(super) fn count_down(&mut self, offset: u32) {
        let codes = [TrapCode::Interrupted, TrapCode::OutOfFuel];
        let site = self.writer.sites(&codes, self.index, offset);
        let (predicate, go_on, poll) = (self.predicate(), self.label(), self.label());
        self.line(&format!("setp.eq.u32 {predicate}, %left, 0;"));
        self.line(&format!("@{predicate} bra {poll};"));
        let _ = writeln!(self.body, "{go_on}:");
        self.line("sub.u32 %left, %left, 1;");
        let said = Writer::said(&codes, self.index, offset);
        let _ = writeln!(self.cold, "{poll}:{said}\n    mov.b32 %site, {site};");
        let arguments = [("b64", "%context".to_owned()), ("b32", "%site".to_owned())];
        calls::call(&mut self.cold, "poll", &arguments, &[]);
        let _ = write!(self.cold, "    {}\n    bra {go_on};\n", load_left());
    }

    /// A call that others count in.
    pub(super) fn call_that_counts(&mut self, name: &str, given: &[Typed], results: &[Typed]) {
        if self.counts {
            self.line(&store_left());
        }
        calls::call(&mut self.body, name, given, results);
        if self.counts {
            self.line(&load_left());
        }
    }

    /// A predicate that holds if a value is not zero.
    pub(super) fn condition(&mut self, value: Value) -> String {
        let predicate = self.predicate();
        match self.decisions[value.0 as usize] {
            Some(decision) => self.compare(&predicate, decision),
            None => {
                let register = self.register(value);
                self.line(&format!("setp.ne.u32 {predicate}, {register}, 0;"));
            }
        }
        predicate
    }

    fn end(&mut self, end: &Terminator, next: BlockId) {
        match end {
            Terminator::Jump(jump) => self.jump(jump, next),
            Terminator::Branch(condition, [taken, other]) => {
                let predicate = self.condition(*condition);
                if taken.arguments.is_empty() {
                    self.line(&format!("@{predicate} bra B{};", taken.block.0));
                } else {
                    let otherwise = self.label();
                    self.line(&format!("@!{predicate} bra {otherwise};"));
                    self.jump(taken, BlockId(u32::MAX));
                    let _ = writeln!(self.body, "{otherwise}:");
                }
                self.jump(other, next);
            }
            Terminator::Table(index, jumps) => self.table(*index, jumps),
            Terminator::Return(values) => {
                for (number, value) in values.iter().enumerate() {
                    let (ty, register) = (bits(self.type_of(*value)), self.register(*value));
                    let place = 8 * number;
                    self.line(&format!("st.param.{ty} [result+{place}], {register};"));
                }
                if self.counts {
                    self.line(&store_left());
                }
                self.line("ret;");
            }
            Terminator::Trap(code, offset) => {
                let site = self.trap_site(*code, *offset);
                self.line(&format!("bra T{site};"));
            }
        }
    }

    /// Gives a block its arguments and goes there, if it does not come next.
    fn jump(&mut self, jump: &Jump, next: BlockId) {
        let params = &self.code.blocks[jump.block.0 as usize].params;
        let moves: Vec<(Value, Value)> = params
            .iter()
            .zip(&jump.arguments)
            .filter(|(param, argument)| param != argument)
            .map(|(param, argument)| (*param, *argument))
            .collect();
        // One move must not overwrite what another still reads.
        let written: HashSet<Value> = moves.iter().map(|(param, _)| *param).collect();
        let clash = moves.iter().any(|(_, argument)| written.contains(argument));
        let mut later = Vec::new();
        for (param, argument) in moves {
            let ty = self.type_of(param);
            let (to, from) = (self.register(param), self.register(argument));
            if clash {
                let held = self.scratch(ty);
                self.line(&format!("mov.{} {held}, {from};", bits(ty)));
                later.push(format!("mov.{} {to}, {held};", bits(ty)));
            } else {
                self.line(&format!("mov.{} {to}, {from};", bits(ty)));
            }
        }
        for line in later {
            self.line(&line);
        }
        if jump.block != next {
            self.line(&format!("bra B{};", jump.block.0));
        }
    }

    fn table(&mut self, index: Value, jumps: &[Jump]) {
        let clamped = self.word();
        let register = self.register(index);
        let last = jumps.len() - 1;
        self.line(&format!("min.u32 {clamped}, {register}, {last};"));
        let mut names = Vec::new();
        let mut ways: Vec<(String, &Jump)> = Vec::new();
        for jump in jumps {
            if jump.arguments.is_empty() {
                names.push(format!("B{}", jump.block.0));
            } else {
                let name = self.label();
                ways.push((name.clone(), jump));
                names.push(name);
            }
        }
        for (number, part) in names.chunks(MOST_TARGETS).enumerate() {
            let (first, targets) = (number * MOST_TARGETS, self.label());
            let (end, next) = (first + part.len(), self.label());
            if end < names.len() {
                let beyond = self.predicate();
                self.line(&format!("setp.ge.u32 {beyond}, {clamped}, {end};"));
                self.line(&format!("@{beyond} bra {next};"));
            }
            let mut place = clamped.clone();
            if first > 0 {
                place = self.word();
                self.line(&format!("sub.u32 {place}, {clamped}, {first};"));
            }
            let _ = writeln!(self.body, "{targets}: .branchtargets {};", part.join(", "));
            self.line(&format!("brx.idx {place}, {targets};"));
            if end < names.len() {
                let _ = writeln!(self.body, "{next}:");
            }
        }
        for (name, jump) in ways {
            let _ = writeln!(self.body, "{name}:");
            self.jump(jump, BlockId(u32::MAX));
        }
    }
}
