//! Modules as text, for people: one line for each instruction.

use std::fmt::{self, Display, Formatter};

use super::{Access, Block, Code, Jump, Module, Op, Space, Terminator, Type, Value};

impl Display for Type {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Type::I32 => "i32",
            Type::I64 => "i64",
            Type::F32 => "f32",
            Type::F64 => "f64",
        })
    }
}

impl Display for Value {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "v{}", self.0)
    }
}

impl Display for Space {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Space::Arena => "arena",
            Space::Workgroup => "workgroup",
        })
    }
}

impl Display for Access {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Access {
            space,
            address,
            offset,
            width,
            proved,
        } = self;
        let known = match (proved.bounds, proved.alignment) {
            (false, _) => "",
            (true, false) => ", in bounds",
            (true, true) => ", in bounds and aligned",
        };
        write!(f, "{space}[{address}+{offset}; {width}{known}]")
    }
}

impl Display for Jump {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "b{}({})", self.block.0, Listed(&self.arguments))
    }
}

impl Display for Module {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if let Some(memory) = self.memory {
            writeln!(f, "arena of {} to {} pages", memory.initial, memory.maximum)?;
        }
        if self.workgroup_bytes > 0 {
            writeln!(f, "workgroup memory of {} bytes", self.workgroup_bytes)?;
        }
        for (index, global) in self.globals.iter().enumerate() {
            writeln!(f, "global {index}: {} = {:#x}", global.ty, global.bits)?;
        }
        for (export, function) in &self.exports {
            // Names from the module may hold anything.
            writeln!(f, "export {export:?}: function {function}")?;
        }
        if let Some(function) = self.start {
            writeln!(f, "start: function {function}")?;
        }
        for (index, function) in self.functions.iter().enumerate() {
            let signature = &self.signatures[function.signature as usize];
            write!(f, "\nfunction {index}")?;
            if let Some(name) = &function.name {
                write!(f, " {name:?}")?;
            }
            let (params, results) = (Listed(&signature.params), Listed(&signature.results));
            writeln!(f, " ({params}) -> ({results})")?;
            for (number, block) in function.code.blocks.iter().enumerate() {
                write_block(f, &function.code, number, block)?;
            }
        }
        Ok(())
    }
}

fn write_block(f: &mut Formatter<'_>, code: &Code, number: usize, block: &Block) -> fmt::Result {
    let typed = |value: &Value| format!("{value}: {}", code.values[value.0 as usize]);
    let params: Vec<String> = block.params.iter().map(typed).collect();
    let kind = if block.is_loop { "loop " } else { "" };
    writeln!(f, "  {kind}b{number}({}):", params.join(", "))?;
    for instruction in &block.instructions {
        let results: Vec<String> = instruction.results.iter().map(typed).collect();
        let equals = if results.is_empty() { "" } else { " = " };
        let line = format!("{}{equals}{}", results.join(", "), instruction.op);
        writeln!(f, "    {line:<56} @{:#x}", instruction.offset)?;
    }
    writeln!(f, "    {}", block.end)
}

impl Display for Terminator {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Terminator::Jump(jump) => write!(f, "jump {jump}"),
            Terminator::Branch(condition, [taken, other]) => {
                write!(f, "if {condition} jump {taken} else {other}")
            }
            Terminator::Table(index, jumps) => write!(f, "table {index} of {}", Listed(jumps)),
            Terminator::Return(values) => write!(f, "return {}", Listed(values)),
            Terminator::Trap(code, offset) => write!(f, "trap {code} @{offset:#x}"),
        }
    }
}

impl Display for Op {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Op::Constant(bits) => write!(f, "constant {bits:#x}"),
            Op::Unary(unary, a) => write!(f, "{} {a}", lower(unary)),
            Op::Binary(binary, a, b) => write!(f, "{} {a}, {b}", lower(binary)),
            Op::Compare(compare, a, b) => write!(f, "{} {a}, {b}", lower(compare)),
            Op::Select(condition, a, b) => write!(f, "select {condition}: {a}, {b}"),
            Op::Load { access, signed } => {
                write!(f, "load{} {access}", if *signed { " signed" } else { "" })
            }
            Op::Store(access, value) => write!(f, "store {access}, {value}"),
            Op::AtomicLoad(access) => write!(f, "atomic load {access}"),
            Op::AtomicStore(access, value) => write!(f, "atomic store {access}, {value}"),
            Op::AtomicRmw(access, rmw, value) => {
                write!(f, "atomic {} {access}, {value}", lower(rmw))
            }
            Op::AtomicCompareExchange(access, expected, new) => {
                write!(f, "atomic compare-exchange {access}, {expected}, {new}")
            }
            Op::Fence => f.write_str("fence"),
            Op::Barrier => f.write_str("barrier"),
            Op::Position(position) => write!(f, "{}", lower(position)),
            Op::GlobalGet(index) => write!(f, "global {index}"),
            Op::GlobalSet(index, value) => write!(f, "set global {index}, {value}"),
            Op::Call(function, arguments) => write!(f, "call {function}({})", Listed(arguments)),
            Op::CallIndirect(signature, index, arguments) => write!(
                f,
                "call table[{index}]({}) of signature {signature}",
                Listed(arguments)
            ),
            Op::MemorySize => f.write_str("memory size"),
            Op::MemoryGrow(pages) => write!(f, "memory grow {pages}"),
            Op::MemoryFill(space, values) => write!(f, "fill {space} {}", Listed(values)),
            Op::MemoryCopy([to, from], values) => {
                write!(f, "copy {to} {from} {}", Listed(values))
            }
            Op::MemoryInit(space, segment, values) => {
                write!(f, "init {space} segment {segment} {}", Listed(values))
            }
        }
    }
}

/// The name of an operation as it stands in the code here, in small letters.
fn lower(operation: &impl fmt::Debug) -> String {
    format!("{operation:?}").to_lowercase()
}

struct Listed<'a, T>(&'a [T]);

impl<T: Display> Display for Listed<'_, T> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (number, item) in self.0.iter().enumerate() {
            let comma = if number > 0 { ", " } else { "" };
            write!(f, "{comma}{item}")?;
        }
        Ok(())
    }
}
