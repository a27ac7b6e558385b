//! Functions that what is compiled calls: traps, polls, bytes that lie anywhere.

use std::fmt::Write as _;

use super::Writer;
use super::context::{CANCEL, FUEL, LEFT, PERSIST, QUANTUM, RECORD, STATE, global};

/// Writes all of them.
pub(super) fn write(writer: &mut Writer<'_>) {
    writer.text.push_str(THREAD_INDEX);
    keep_globals(writer);
    let _ = write!(
        writer.text,
        "// Ends the thread. Of all that trap, the one with the smallest number is told of,\n\
         // whatever order they run in.\n\
         .func trap (.param .b64 context, .param .b32 site)\n{{\n    \
         .reg .b64 %context, %record, %thread, %site;\n    .reg .b32 %low;\n    \
         ld.param.b64 %context, [context];\n    ld.param.b32 %low, [site];\n    \
         {{\n        .param .b64 p_context;\n        st.param.b64 [p_context], %context;\n        \
         call keep_globals, (p_context);\n    }}\n    \
         {{\n        .param .b64 index;\n        call (index), thread_index;\n        \
         ld.param.b64 %thread, [index];\n    }}\n    \
         cvt.u64.u32 %site, %low;\n    shl.b64 %thread, %thread, 32;\n    \
         or.b64 %site, %site, %thread;\n    ld.local.b64 %record, [%context+{RECORD}];\n    \
         atom.global.min.u64 %thread, [%record], %site;\n    exit;\n}}\n\n\
         // A quantum of work is done: is the thread to go on?\n\
         .func poll (.param .b64 context, .param .b32 site)\n{{\n    \
         .reg .pred %p;\n    .reg .b64 %context, %address, %left, %next;\n    \
         .reg .b32 %site, %word;\n    \
         ld.param.b64 %context, [context];\n    ld.param.b32 %site, [site];\n    \
         ld.local.b64 %address, [%context+{CANCEL}];\n    \
         ld.volatile.global.u32 %word, [%address];\n    setp.ne.u32 %p, %word, 0;\n    \
         @%p bra STOP;\n    ld.local.b64 %left, [%context+{FUEL}];\n    \
         add.u32 %site, %site, 1;\n    setp.eq.u64 %p, %left, 0;\n    @%p bra STOP;\n    \
         min.u64 %next, %left, {QUANTUM};\n    sub.u64 %left, %left, %next;\n    \
         st.local.b64 [%context+{FUEL}], %left;\n    cvt.u32.u64 %word, %next;\n    \
         st.local.b32 [%context+{LEFT}], %word;\n    ret;\nSTOP:\n    \
         {{\n        .param .b64 p_context;\n        st.param.b64 [p_context], %context;\n        \
         .param .b32 p_site;\n        st.param.b32 [p_site], %site;\n        \
         call trap, (p_context, p_site);\n    }}\n    exit;\n}}\n\n"
    );
    for width in [2_u32, 4, 8] {
        unaligned(&mut writer.text, width);
    }
}

const THREAD_INDEX: &str =
    "// The thread's number in the grid: x fastest, blocks one after the other.
.func (.param .b64 index) thread_index ()
{
    .reg .b64 %block, %thread, %a, %b;
    .reg .b32 %r;
    mov.u32 %r, %ctaid.z;
    cvt.u64.u32 %block, %r;
    mov.u32 %r, %nctaid.y;
    cvt.u64.u32 %a, %r;
    mov.u32 %r, %ctaid.y;
    cvt.u64.u32 %b, %r;
    mad.lo.u64 %block, %block, %a, %b;
    mov.u32 %r, %nctaid.x;
    cvt.u64.u32 %a, %r;
    mov.u32 %r, %ctaid.x;
    cvt.u64.u32 %b, %r;
    mad.lo.u64 %block, %block, %a, %b;
    mov.u32 %r, %ntid.z;
    cvt.u64.u32 %a, %r;
    mov.u32 %r, %tid.z;
    cvt.u64.u32 %b, %r;
    mad.lo.u64 %thread, %block, %a, %b;
    mov.u32 %r, %ntid.y;
    cvt.u64.u32 %a, %r;
    mov.u32 %r, %tid.y;
    cvt.u64.u32 %b, %r;
    mad.lo.u64 %thread, %thread, %a, %b;
    mov.u32 %r, %ntid.x;
    cvt.u64.u32 %a, %r;
    mov.u32 %r, %tid.x;
    cvt.u64.u32 %b, %r;
    mad.lo.u64 %thread, %thread, %a, %b;
    st.param.b64 [index], %thread;
    ret;
}

";

/// Globals go back to the state, where one thread is all there is.
fn keep_globals(writer: &mut Writer<'_>) {
    let _ = write!(
        writer.text,
        ".func keep_globals (.param .b64 context)\n{{\n    .reg .pred %p;\n    \
         .reg .b64 %context, %state, %value;\n    ld.param.b64 %context, [context];\n    \
         ld.local.b64 %value, [%context+{PERSIST}];\n    setp.eq.u64 %p, %value, 0;\n    \
         @%p bra DONE;\n    ld.local.b64 %state, [%context+{STATE}];\n"
    );
    for number in 0..writer.module.globals.len() {
        let _ = write!(
            writer.text,
            "    ld.local.b64 %value, [%context+{}];\n    st.global.b64 [%state+{}], %value;\n",
            global(number),
            writer.layout.global(number)
        );
    }
    writer.text.push_str("DONE:\n    ret;\n}\n\n");
}

/// Loads and stores at addresses that are not multiples of their width: a GPU
/// reads and writes those by bytes or not at all.
fn unaligned(text: &mut String, width: u32) {
    let _ = write!(
        text,
        ".func (.param .b64 value) load_bytes{width} (.param .b64 address)\n{{\n    \
         .reg .b64 %address, %value, %byte;\n    ld.param.b64 %address, [address];\n    \
         ld.global.u8 %value, [%address];\n"
    );
    for byte in 1..width {
        let _ = write!(
            text,
            "    ld.global.u8 %byte, [%address+{byte}];\n    shl.b64 %byte, %byte, {};\n    \
             or.b64 %value, %value, %byte;\n",
            8 * byte
        );
    }
    let _ = write!(
        text,
        "    st.param.b64 [value], %value;\n    ret;\n}}\n\n\
         .func store_bytes{width} (.param .b64 address, .param .b64 value)\n{{\n    \
         .reg .b64 %address, %value;\n    ld.param.b64 %address, [address];\n    \
         ld.param.b64 %value, [value];\n"
    );
    for byte in 0..width {
        let _ = writeln!(text, "    st.global.u8 [%address+{byte}], %value;");
        if byte + 1 < width {
            text.push_str("    shr.u64 %value, %value, 8;\n");
        }
    }
    text.push_str("    ret;\n}\n\n");
}
