//! What a thread carries with it, and the entries that set it up.

use std::fmt::Write as _;

use super::calls::{Typed, call, own, trap};
use super::{Signature, Writer, bits, printable, register};
use crate::TrapCode;
use crate::gpu::ir::Module;

/// Heads of loops and functions that are entered between two looks at whether the
/// thread is to end.
pub(super) const QUANTUM: u32 = 1024;

/// Of so many threads one looks at the cancel word before it begins. A GPU has some
/// 270,000 at once, or some hundreds if each is a block of its own; a look takes about a
/// microsecond.
const THREADS_A_LOOK: u32 = 1 << 12;

/// The parameters of every entry, each of 64 bits, in their order:
///
/// - `base`, `size`: the memory and its bytes;
/// - `state`: as [`Layout`] says;
/// - `record`: a word of 64 bits that begins with all bits set;
/// - `arguments`, `stride`: where thread 0's arguments lie, 8 bytes each, and how
///   many bytes further the next thread's; 0 if all have the same;
/// - `results`: where thread 0's results go, 8 bytes each; the next thread's follow;
/// - `fuel`: heads of loops and functions a thread may enter;
/// - `cancel`: a word of 32 bits that is not zero when threads are to end. It may lie
///   in the host's memory, far away: they look at it now and then, and who sees that it
///   is not zero says so in [`Layout::STOPPED`], where all others look;
/// - `stacks`, `stack_bytes`: the offset of thread 0's slice of the memory for its
///   shadow stack and the bytes of each; 0 if the module's own is used.
pub const ENTRY_PARAMETERS: [&str; 11] = [
    "base",
    "size",
    "state",
    "record",
    "arguments",
    "stride",
    "results",
    "fuel",
    "cancel",
    "stacks",
    "stack_bytes",
];

/// Where things lie in the state, in bytes: pages of the memory first, then the
/// most there may be, then whether threads are to end, then globals of 8 bytes each as
/// every thread begins with them, then as thread 0 leaves them: it may end before
/// another one begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// How many globals there are.
    pub globals: usize,
}

impl Layout {
    pub(super) fn of(module: &Module) -> Layout {
        Layout {
            globals: module.globals.len(),
        }
    }

    /// Pages of the memory.
    pub const PAGES: usize = 0;

    /// The most pages.
    pub const MOST_PAGES: usize = 8;

    /// Not zero when threads are to end; 32 bits.
    pub const STOPPED: usize = 16;

    /// A global.
    pub fn global(self, index: usize) -> usize {
        24 + 8 * index
    }

    /// A global as thread 0 leaves it.
    pub fn left(self, index: usize) -> usize {
        self.global(self.globals + index)
    }

    /// Bytes of the state.
    pub fn bytes(self) -> usize {
        self.left(self.globals)
    }
}

/// Offsets in a thread's context, which lies in its local memory.
pub(super) const RECORD: u32 = 0;
pub(super) const STATE: u32 = 8;
/// The thread's number in the grid, 64 bits.
pub(super) const THREAD: u32 = 16;
/// Fuel that is left after this quantum.
pub(super) const FUEL: u32 = 24;
pub(super) const CANCEL: u32 = 32;
/// What is left of this quantum, 32 bits.
pub(super) const LEFT: u32 = 40;
/// When the thread last looked at the cancel word, or began, in cycles; 64 bits.
pub(super) const LOOKED: u32 = 48;

/// Takes what is left of this quantum to a register of that name.
pub(super) fn load_left() -> String {
    format!("ld.local.b32 %left, [%context+{LEFT}];")
}

/// The other way.
pub(super) fn store_left() -> String {
    format!("st.local.b32 [%context+{LEFT}], %left;")
}

/// A global of this thread.
pub(super) fn global(index: usize) -> usize {
    56 + 8 * index
}

/// Writes the `.entry` of a function.
pub(super) fn entry(writer: &mut Writer<'_>, symbol: &str, index: u32, signature: &Signature) {
    let module = writer.module;
    let function = &module.functions[index as usize];
    // What neither loops nor calls is over before anybody could have stopped it.
    let lasts = function.calls() || function.code.blocks.iter().any(|block| block.is_loop);
    let begin = function.code.blocks.first().map_or(0, |block| block.offset);
    let stopped = [TrapCode::Interrupted];
    let site = lasts.then(|| writer.sites(&stopped, index, begin));
    let globals = module.globals.len();
    let values = signature.params.len().max(signature.results.len()).max(1);
    let parameters = ENTRY_PARAMETERS.map(|name| format!(".param .b64 {name}"));
    let text = &mut writer.text;
    let _ = write!(
        text,
        "// {}\n.visible .entry {symbol} ({})\n{{\n    .local .align 8 .b8 context[{}];\n    \
         .reg .pred %p;\n    .reg .b32 %r<{values}>;\n    .reg .b64 %rd<{values}>;\n    \
         .reg .b64 %thread, %at, %value, %context, %state, %base, %size;\n    \
         .reg .b32 %word, %depth, %next, %site;\n    mov.b64 %context, context;\n",
        printable(&function.name),
        parameters.join(", "),
        global(globals),
    );
    // Reading the clock takes as long as some kernels do. Where it is not read, what fills
    // or copies looks at the cancel word at once, which is little beside that.
    let began = if lasts { "%clock64" } else { "0" };
    let _ = write!(
        text,
        "    mov.u64 %value, {began};\n    st.local.b64 [%context+{LOOKED}], %value;\n"
    );
    for (name, offset) in [("record", RECORD), ("state", STATE), ("cancel", CANCEL)] {
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
    call(text, "thread_index", &[], &[("b64", "%thread".to_owned())]);
    let _ = writeln!(text, "    st.local.b64 [%context+{THREAD}], %thread;");
    if let Some(pointer) = module.stack_pointer {
        stack(text, global(pointer as usize));
    }
    if module.workgroup_bytes > 0 {
        clear(text, module.workgroup_bytes);
    }
    if site.is_some() {
        // Behind the barrier, which threads of one block must not miss.
        let (mask, stopped) = (THREADS_A_LOOK - 1, Layout::STOPPED);
        let _ = write!(
            text,
            "    ld.volatile.global.u32 %word, [%state+{stopped}];\n    \
             setp.ne.u32 %p, %word, 0;\n    @%p bra STOP;\n    \
             and.b64 %value, %thread, {mask};\n    setp.ne.u64 %p, %value, 0;\n    \
             @%p bra BEGIN;\n    ld.param.b64 %at, [cancel];\n    \
             ld.volatile.global.u32 %word, [%at];\n    setp.eq.u32 %p, %word, 0;\n    \
             @%p bra BEGIN;\n    st.volatile.global.u32 [%state+{stopped}], %word;\n    \
             bra STOP;\nBEGIN:\n"
        );
    }
    text.push_str(
        "    ld.param.b64 %at, [stride];\n    mul.lo.u64 %value, %thread, %at;\n    \
         ld.param.b64 %at, [arguments];\n    add.u64 %at, %at, %value;\n",
    );
    let named = |(number, ty): (usize, &_)| -> Typed { (bits(*ty), register(*ty, number)) };
    let arguments: Vec<Typed> = signature.params.iter().enumerate().map(named).collect();
    let results: Vec<Typed> = signature.results.iter().enumerate().map(named).collect();
    for (number, (ty, register)) in arguments.iter().enumerate() {
        let place = 8 * number;
        let _ = writeln!(text, "    ld.global.{ty} {register}, [%at+{place}];");
    }
    text.push_str(
        "    ld.param.b64 %base, [base];\n    ld.param.b64 %size, [size];\n    \
         mov.b32 %depth, 0;\n",
    );
    call(
        text,
        &format!("f{index}"),
        &[own(), arguments].concat(),
        &results,
    );
    if !results.is_empty() {
        let _ = write!(
            text,
            "    ld.param.b64 %at, [results];\n    mad.lo.u64 %at, %thread, {}, %at;\n",
            8 * results.len()
        );
    }
    for (number, (ty, register)) in results.iter().enumerate() {
        let place = 8 * number;
        let _ = writeln!(text, "    st.global.{ty} [%at+{place}], {register};");
    }
    call(text, "finish", &[("b64", "%context".to_owned())], &[]);
    text.push_str("    ret;\n");
    if let Some(site) = site {
        let said = Writer::said(&stopped, index, begin);
        let _ = writeln!(text, "STOP:{said}\n    mov.b32 %site, {site};");
        trap(text);
    }
    text.push_str("}\n\n");
}

/// Points a thread's shadow stack to the end of its slice.
fn stack(text: &mut String, global: usize) {
    let _ = write!(
        text,
        "    ld.param.b64 %value, [stack_bytes];\n    setp.ne.u64 %p, %value, 0;\n    \
         add.u64 %at, %thread, 1;\n    mul.lo.u64 %value, %value, %at;\n    \
         ld.param.b64 %at, [stacks];\n    add.u64 %value, %value, %at;\n    \
         @%p st.local.b64 [%context+{global}], %value;\n"
    );
}

/// Sets workgroup memory to zero, as memory begins: what another block left there
/// is nobody's business. Every thread writes every so many words.
fn clear(text: &mut String, bytes: u32) {
    let _ = write!(
        text,
        "    mov.u32 %word, %tid.z;\n    mov.u32 %next, %ntid.y;\n    mov.u32 %depth, %tid.y;\n    \
         mad.lo.u32 %word, %word, %next, %depth;\n    mov.u32 %next, %ntid.x;\n    \
         mov.u32 %depth, %tid.x;\n    mad.lo.u32 %word, %word, %next, %depth;\n    \
         shl.b32 %word, %word, 2;\n    mov.u32 %depth, %ntid.y;\n    \
         mul.lo.u32 %next, %next, %depth;\n    mov.u32 %depth, %ntid.z;\n    \
         mul.lo.u32 %next, %next, %depth;\n    shl.b32 %next, %next, 2;\n    \
         mov.b64 %at, workgroup;\n    mov.b32 %depth, 0;\nCLEAR:\n    \
         setp.ge.u32 %p, %word, {bytes};\n    @%p bra CLEARED;\n    \
         cvt.u64.u32 %value, %word;\n    add.u64 %value, %at, %value;\n    \
         st.shared.b32 [%value], %depth;\n    add.u32 %word, %word, %next;\n    \
         bra CLEAR;\nCLEARED:\n    bar.sync 0;\n"
    );
}
