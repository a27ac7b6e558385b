//! The body of a function: statements and expressions drawn at random, all of
//! them valid.

use wasm_encoder::{BlockType, Function, InstructionSink, MemArg, ValType};

use super::random::Random;
use super::{GLOBALS, Shape, TYPES, table_size};

/// How many locals of each type a function has beside its parameters.
const LOCALS: u32 = 3;
/// The deepest expression, and the deepest statement.
const DEEP: u32 = 3;
const NESTED: u32 = 3;

/// A function with the signature of that index.
pub(super) fn function(shape: &Shape, signature: usize, random: &mut Random) -> Function {
    let signature = &shape.signatures[signature];
    let mut locals = signature.parameters.clone();
    let mut declared = Vec::new();
    for val_type in TYPES {
        declared.push((LOCALS, val_type));
        locals.extend((0..LOCALS).map(|_| val_type));
    }
    let mut function = Function::new(declared);
    let mut body = Body {
        shape,
        locals,
        random,
        sink: function.instructions(),
    };
    // Many small functions and a few long ones, as in programs.
    let length = 1 + body.random.below(4) * body.random.below(4);
    body.statements(length, 0);
    body.expression(signature.result, 0);
    body.sink.end();
    function
}

struct Body<'a> {
    shape: &'a Shape,
    /// The types of parameters and locals.
    locals: Vec<ValType>,
    random: &'a mut Random,
    sink: InstructionSink<'a>,
}

impl Body<'_> {
    fn statements(&mut self, count: u32, nested: u32) {
        for _ in 0..count {
            self.statement(nested);
        }
    }

    fn statement(&mut self, nested: u32) {
        let kinds = if nested < NESTED { 10 } else { 6 };
        let some = 1 + self.random.below(3);
        match self.random.below(kinds) {
            0..=2 => self.set_local(),
            3 => self.set_global(),
            4 | 5 => self.store(),
            6 | 7 => {
                self.expression(ValType::I32, 1);
                self.sink.if_(BlockType::Empty);
                self.statements(some, nested + 1);
                if self.random.below(2) == 0 {
                    self.sink.else_();
                    self.statements(some, nested + 1);
                }
                self.sink.end();
            }
            8 => {
                self.sink.loop_(BlockType::Empty);
                self.statements(some, nested + 1);
                self.expression(ValType::I32, 1);
                self.sink.br_if(0).end();
            }
            _ => self.switch(nested),
        }
    }

    /// Blocks in each other and a jump to behind one of them.
    fn switch(&mut self, nested: u32) {
        let cases = 2 + self.random.below(5);
        for _ in 0..=cases {
            self.sink.block(BlockType::Empty);
        }
        self.expression(ValType::I32, 1);
        self.sink.br_table(0..cases, cases);
        for case in 0..=cases {
            self.sink.end();
            // Behind the last block everything meets.
            if case < cases {
                self.statements(1, nested + 1);
                self.sink.br(cases - case - 1);
            }
        }
    }

    fn set_local(&mut self) {
        let index = self.random.index(self.locals.len());
        self.expression(self.locals[index], 0);
        self.sink.local_set(u32::try_from(index).unwrap_or(0));
    }

    fn set_global(&mut self) {
        let of = *self.random.of(&TYPES);
        self.expression(of, 0);
        let index = self.global(of);
        self.sink.global_set(index);
    }

    /// The index of some global of a type.
    fn global(&mut self, of: ValType) -> u32 {
        let first = TYPES.iter().take_while(|other| **other != of).count();
        u32::try_from(first).unwrap_or(0) * GLOBALS + self.random.below(GLOBALS)
    }

    fn store(&mut self) {
        let of = *self.random.of(&TYPES);
        self.expression(ValType::I32, 1);
        self.expression(of, 1);
        let at = self.place();
        match (of, self.random.below(3)) {
            (ValType::I32, 0) => self.sink.i32_store8(at),
            (ValType::I32, 1) => self.sink.i32_store16(at),
            (ValType::I32, _) => self.sink.i32_store(at),
            (ValType::I64, 0) => self.sink.i64_store32(at),
            (ValType::I64, _) => self.sink.i64_store(at),
            (ValType::F32, _) => self.sink.f32_store(at),
            _ => self.sink.f64_store(at),
        };
    }

    fn load(&mut self, of: ValType) {
        self.expression(ValType::I32, 2);
        let at = self.place();
        match (of, self.random.below(3)) {
            (ValType::I32, 0) => self.sink.i32_load8_u(at),
            (ValType::I32, 1) => self.sink.i32_load16_s(at),
            (ValType::I32, _) => self.sink.i32_load(at),
            (ValType::I64, 0) => self.sink.i64_load32_u(at),
            (ValType::I64, _) => self.sink.i64_load(at),
            (ValType::F32, _) => self.sink.f32_load(at),
            _ => self.sink.f64_load(at),
        };
    }

    fn place(&mut self) -> MemArg {
        MemArg {
            offset: u64::from(self.random.below(256)) * 4,
            align: 0,
            memory_index: 0,
        }
    }

    /// A value of that type on the stack.
    fn expression(&mut self, of: ValType, depth: u32) {
        if depth >= DEEP {
            return self.leaf(of);
        }
        match self.random.below(16) {
            0..=4 => self.leaf(of),
            5..=9 => {
                self.expression(of, depth + 1);
                self.expression(of, depth + 1);
                self.binary(of);
            }
            10 => {
                self.expression(of, depth + 1);
                self.unary(of);
            }
            11 => self.convert(of, depth),
            12 => self.load(of),
            13 => self.call(of),
            14 => {
                self.expression(of, depth + 1);
                self.expression(of, depth + 1);
                self.expression(ValType::I32, depth + 1);
                self.sink.select();
            }
            _ => {
                self.expression(ValType::I32, depth + 1);
                self.sink.if_(BlockType::Result(of));
                self.expression(of, depth + 1);
                self.sink.else_();
                self.expression(of, depth + 1);
                self.sink.end();
            }
        }
    }

    fn leaf(&mut self, of: ValType) {
        match self.random.below(8) {
            0 => {
                let index = self.global(of);
                self.sink.global_get(index);
            }
            1 | 2 => self.constant(of),
            _ => {
                let fitting: Vec<usize> = (0..self.locals.len())
                    .filter(|index| self.locals[*index] == of)
                    .collect();
                let index = *self.random.of(&fitting);
                self.sink.local_get(u32::try_from(index).unwrap_or(0));
            }
        }
    }

    /// Mostly small numbers, as in programs. Floats are never NaN.
    fn constant(&mut self, of: ValType) {
        let bits = self.random.below(33);
        let number = (self.random.next() >> 32 << bits) >> 32;
        let signed = number.cast_signed();
        let whole = i32::try_from(signed).unwrap_or(i32::MAX);
        match of {
            ValType::I32 => self.sink.i32_const(whole),
            ValType::I64 => self.sink.i64_const(signed),
            // Halves of small numbers are exact in both.
            ValType::F32 => self.sink.f32_const((f32::from(small(whole)) / 2.0).into()),
            _ => self.sink.f64_const((f64::from(whole) / 2.0).into()),
        };
    }

    fn binary(&mut self, of: ValType) {
        let kind = self.random.below(12);
        let sink = &mut self.sink;
        match of {
            ValType::I32 => match kind {
                0..=2 => sink.i32_add(),
                3 => sink.i32_sub(),
                4 => sink.i32_mul(),
                5 => sink.i32_and(),
                6 => sink.i32_or(),
                7 => sink.i32_xor(),
                8 => sink.i32_shl(),
                9 => sink.i32_shr_u(),
                10 => sink.i32_lt_s(),
                _ => sink.i32_div_u(),
            },
            ValType::I64 => match kind {
                0..=2 => sink.i64_add(),
                3 => sink.i64_sub(),
                4 => sink.i64_mul(),
                5 => sink.i64_and(),
                6 => sink.i64_or(),
                7 => sink.i64_xor(),
                8 => sink.i64_shl(),
                9 => sink.i64_shr_s(),
                10 => sink.i64_rotl(),
                _ => sink.i64_rem_u(),
            },
            ValType::F32 => match kind {
                0..=3 => sink.f32_add(),
                4..=6 => sink.f32_mul(),
                7 | 8 => sink.f32_sub(),
                9 => sink.f32_div(),
                10 => sink.f32_min(),
                _ => sink.f32_copysign(),
            },
            _ => match kind {
                0..=3 => sink.f64_add(),
                4..=6 => sink.f64_mul(),
                7 | 8 => sink.f64_sub(),
                9 => sink.f64_div(),
                10 => sink.f64_max(),
                _ => sink.f64_copysign(),
            },
        };
    }

    fn unary(&mut self, of: ValType) {
        let kind = self.random.below(3);
        let sink = &mut self.sink;
        match (of, kind) {
            (ValType::I32, 0) => sink.i32_eqz(),
            (ValType::I32, 1) => sink.i32_clz(),
            (ValType::I32, _) => sink.i32_popcnt(),
            (ValType::I64, 0) => sink.i64_ctz(),
            (ValType::I64, 1) => sink.i64_popcnt(),
            (ValType::I64, _) => sink.i64_extend8_s(),
            (ValType::F32, 0) => sink.f32_sqrt(),
            (ValType::F32, 1) => sink.f32_neg(),
            (ValType::F32, _) => sink.f32_floor(),
            (_, 0) => sink.f64_sqrt(),
            (_, 1) => sink.f64_abs(),
            (_, _) => sink.f64_nearest(),
        };
    }

    /// A value of another type, made one of this.
    fn convert(&mut self, of: ValType, depth: u32) {
        let from = *self.random.of(&TYPES);
        self.expression(from, depth + 1);
        let sink = &mut self.sink;
        match (from, of) {
            (ValType::I64, ValType::I32) => sink.i32_wrap_i64(),
            (ValType::F32, ValType::I32) => sink.i32_reinterpret_f32(),
            (ValType::F64, ValType::I32) => sink.i32_trunc_f64_s(),
            (ValType::I32, ValType::I64) => sink.i64_extend_i32_u(),
            (ValType::F32, ValType::I64) => sink.i64_trunc_f32_s(),
            (ValType::F64, ValType::I64) => sink.i64_reinterpret_f64(),
            (ValType::I32, ValType::F32) => sink.f32_convert_i32_s(),
            (ValType::I64, ValType::F32) => sink.f32_convert_i64_u(),
            (ValType::F64, ValType::F32) => sink.f32_demote_f64(),
            (ValType::I32, ValType::F64) => sink.f64_convert_i32_u(),
            (ValType::I64, ValType::F64) => sink.f64_convert_i64_s(),
            (ValType::F32, ValType::F64) => sink.f64_promote_f32(),
            // Of this type already.
            _ => sink,
        };
    }

    /// A call, direct or through the table, to a function with that result.
    fn call(&mut self, of: ValType) {
        let function = self.random.index(self.shape.functions.len());
        // The functions around it, until one fits. The first ones have every
        // signature, unless there are too few functions for that.
        let count = self.shape.functions.len();
        let found = (0..count)
            .map(|step| (function + step) % count)
            .find(|index| self.result_of(*index) == of);
        let Some(found) = found else {
            return self.leaf(of);
        };
        let shape = self.shape;
        let signature = shape.functions[found];
        for parameter in &shape.signatures[signature].parameters {
            self.expression(*parameter, DEEP - 1);
        }
        if self.random.below(5) == 0 {
            let mask = table_size(u32::try_from(count).unwrap_or(u32::MAX)) - 1;
            self.expression(ValType::I32, DEEP);
            self.sink.i32_const(mask.cast_signed()).i32_and();
            let signature = u32::try_from(signature).unwrap_or(0);
            self.sink.call_indirect(0, signature);
        } else {
            self.sink.call(u32::try_from(found).unwrap_or(0));
        }
    }

    fn result_of(&self, function: usize) -> ValType {
        self.shape.signatures[self.shape.functions[function]].result
    }
}

/// The lowest bits of a number.
fn small(number: i32) -> i16 {
    i16::try_from(number & 0x7fff).unwrap_or(0)
}
