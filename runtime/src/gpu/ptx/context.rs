//! What a thread carries with it, and the entries that set it up.

use std::fmt::Write as _;

use super::{Signature, Writer, bits, printable, register};
use crate::gpu::ir::Module;

/// Back edges and calls between two looks at the cancel word.
pub(super) const QUANTUM: u32 = 1024;

/// The parameters of every entry, each of 64 bits, in their order:
///
/// - `base`, `size`: the memory and its bytes;
/// - `state`: as [`Layout`] says;
/// - `record`: a word of 64 bits that begins with all bits set;
/// - `arguments`, `stride`: where thread 0's arguments lie, 8 bytes each, and how
///   many bytes further the next thread's; 0 if all have the same;
/// - `results`: where thread 0's results go, 8 bytes each; the next thread's follow;
/// - `persist`: whether globals are written back to the state, for one thread;
/// - `fuel`: back edges and calls a thread may make;
/// - `cancel`: a word of 32 bits; threads end when it is not zero.
pub const ENTRY_PARAMETERS: [&str; 10] = [
    "base",
    "size",
    "state",
    "record",
    "arguments",
    "stride",
    "results",
    "persist",
    "fuel",
    "cancel",
];

/// Where things lie in the state, in bytes: pages of the memory first, then the
/// most there may be, then globals of 8 bytes each, then a word of 4 bytes for each
/// data segment that is not zero once it was dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// How many globals there are.
    pub globals: usize,
    /// How many data segments there are.
    pub data: usize,
}

impl Layout {
    pub(super) fn of(module: &Module) -> Layout {
        Layout {
            globals: module.globals.len(),
            data: module.data.len(),
        }
    }

    /// Pages of the memory.
    pub const PAGES: usize = 0;

    /// The most pages.
    pub const MOST_PAGES: usize = 8;

    /// A global.
    pub fn global(self, index: usize) -> usize {
        16 + 8 * index
    }

    /// A data segment's word.
    pub fn dropped(self, index: usize) -> usize {
        self.global(self.globals) + 4 * index
    }

    /// Bytes of the state.
    pub fn bytes(self) -> usize {
        self.dropped(self.data)
    }
}

/// Offsets in a thread's context, which lies in its local memory.
pub(super) const RECORD: u32 = 0;
pub(super) const STATE: u32 = 8;
pub(super) const PERSIST: u32 = 16;
/// Fuel that is left after this quantum.
pub(super) const FUEL: u32 = 24;
pub(super) const CANCEL: u32 = 32;
/// What is left of this quantum, 32 bits.
pub(super) const LEFT: u32 = 40;

/// A global of this thread.
pub(super) fn global(index: usize) -> usize {
    48 + 8 * index
}

/// Writes the `.entry` of a function.
pub(super) fn entry(writer: &mut Writer<'_>, symbol: &str, index: u32, signature: &Signature) {
    let globals = writer.module.globals.len();
    let name = printable(&writer.module.functions[index as usize].name);
    let text = &mut writer.text;
    let parameters = ENTRY_PARAMETERS.map(|name| format!(".param .b64 {name}"));
    let _ = write!(
        text,
        "// {}\n.visible .entry {symbol} ({})\n{{\n    .local .align 8 .b8 context[{}];\n    \
         .reg .pred %p<2>;\n    .reg .b32 %r<{}>;\n    .reg .b64 %rd<{}>;\n    \
         .reg .b64 %thread, %at, %value, %context, %state;\n    .reg .b32 %word;\n    \
         mov.b64 %context, context;\n",
        name,
        parameters.join(", "),
        global(globals),
        signature.params.len().max(signature.results.len()).max(1),
        signature.params.len().max(signature.results.len()).max(1),
    );
    for (name, offset) in [
        ("record", RECORD),
        ("state", STATE),
        ("persist", PERSIST),
        ("cancel", CANCEL),
    ] {
        let _ = write!(
            text,
            "    ld.param.b64 %value, [{name}];\n    st.local.b64 [%context+{offset}], %value;\n"
        );
    }
    let _ = write!(
        text,
        "    ld.param.b64 %value, [fuel];\n    min.u64 %at, %value, {QUANTUM};\n    \
         sub.u64 %value, %value, %at;\n    st.local.b64 [%context+{FUEL}], %value;\n    \
         cvt.u32.u64 %word, %at;\n    st.local.b32 [%context+{LEFT}], %word;\n    \
         ld.param.b64 %state, [state];\n"
    );
    for number in 0..globals {
        let _ = write!(
            text,
            "    ld.global.b64 %value, [%state+{}];\n    st.local.b64 [%context+{}], %value;\n",
            writer.layout.global(number),
            global(number)
        );
    }
    let _ = write!(
        text,
        "    {{\n        .param .b64 index;\n        call (index), thread_index;\n        \
         ld.param.b64 %thread, [index];\n    }}\n    \
         ld.param.b64 %at, [stride];\n    mul.lo.u64 %value, %thread, %at;\n    \
         ld.param.b64 %at, [arguments];\n    add.u64 %at, %at, %value;\n"
    );
    for (number, ty) in signature.params.iter().enumerate() {
        let register = register(*ty, number);
        let _ = writeln!(
            text,
            "    ld.global.{} {register}, [%at+{}];",
            bits(*ty),
            8 * number
        );
    }
    text.push_str("    {\n");
    for (name, from) in [("base", "base"), ("size", "size")] {
        let _ = write!(
            text,
            "        .param .b64 p_{name};\n        ld.param.b64 %value, [{from}];\n        \
             st.param.b64 [p_{name}], %value;\n"
        );
    }
    text.push_str(
        "        .param .b64 p_context;\n        st.param.b64 [p_context], %context;\n        \
         .param .b32 p_depth;\n        mov.b32 %word, 0;\n        \
         st.param.b32 [p_depth], %word;\n",
    );
    let mut passed = "p_base, p_size, p_context, p_depth".to_owned();
    for (number, ty) in signature.params.iter().enumerate() {
        let _ = write!(
            text,
            "        .param .{0} p{number};\n        st.param.{0} [p{number}], {1};\n",
            bits(*ty),
            register(*ty, number)
        );
        let _ = write!(passed, ", p{number}");
    }
    if signature.results.is_empty() {
        let _ = writeln!(text, "        call f{index}, ({passed});");
    } else {
        let _ = write!(
            text,
            "        .param .align 8 .b8 given[{}];\n        call (given), f{index}, ({passed});\n",
            8 * signature.results.len()
        );
        for (number, ty) in signature.results.iter().enumerate() {
            let _ = writeln!(
                text,
                "        ld.param.{} {}, [given+{}];",
                bits(*ty),
                register(*ty, number),
                8 * number
            );
        }
    }
    text.push_str("    }\n");
    if !signature.results.is_empty() {
        let _ = write!(
            text,
            "    ld.param.b64 %at, [results];\n    \
             mad.lo.u64 %at, %thread, {}, %at;\n",
            8 * signature.results.len()
        );
    }
    for (number, ty) in signature.results.iter().enumerate() {
        let register = register(*ty, number);
        let _ = writeln!(
            text,
            "    st.global.{} [%at+{}], {register};",
            bits(*ty),
            8 * number
        );
    }
    text.push_str(
        "    {\n        .param .b64 p_context;\n        st.param.b64 [p_context], %context;\n        \
         call keep_globals, (p_context);\n    }\n    ret;\n}\n\n",
    );
}
