//! Functions that what is compiled calls: traps, polls, bytes that lie anywhere.
//!
//! Those that touch memory take generic addresses, so that one does for both
//! memories.

use std::fmt::Write as _;

use super::Writer;
use super::calls;
use super::context::{CANCEL, FUEL, LEFT, LOOKED, Layout, QUANTUM, RECORD, STATE, THREAD, global};

/// Cycles between two looks of a thread at the cancel word, which may be in the host's
/// memory: some 0.6 ms. All warps that a large GPU runs at a time are some 8,400, and so
/// look 14 million times a second.
const FAR: u32 = 1 << 20;

/// Bytes that are filled or copied between two looks.
const PIECE: u32 = 4096;

/// Writes all of them.
pub(super) fn write(writer: &mut Writer<'_>) {
    writer.text.push_str(THREAD_INDEX);
    finish(writer);
    trap(&mut writer.text);
    poll(&mut writer.text);
    for width in [2_u32, 4, 8] {
        unaligned(&mut writer.text, width);
    }
    charge(&mut writer.text);
    fill(&mut writer.text);
    copy(&mut writer.text);
}

const THREAD_INDEX: &str =
    "// The thread's number in the grid: x fastest, blocks one after the other.
.func (.param .align 8 .b8 result[8]) thread_index ()
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
    st.param.b64 [result], %thread;
    ret;
}

";

/// A thread's end: the first one's globals go back to the state. Where threads wait
/// for each other, all of a block end together, so that a barrier that some never
/// reach is no deadlock: who ends goes on taking part in barriers, and says so.
fn finish(writer: &mut Writer<'_>) {
    let text = &mut writer.text;
    text.push_str(
        ".func finish (.param .b64 context)\n{\n    .reg .pred %p, %ended;\n    \
         .reg .b32 %count, %all, %more;\n    .reg .b64 %context, %state, %value;\n    \
         ld.param.b64 %context, [context];\n",
    );
    let globals = writer.module.globals.len();
    if globals > 0 {
        let _ = write!(
            text,
            "    ld.local.b64 %value, [%context+{THREAD}];\n    setp.ne.u64 %p, %value, 0;\n    \
             @%p bra KEPT;\n    ld.local.b64 %state, [%context+{STATE}];\n"
        );
        for number in 0..globals {
            let _ = write!(
                text,
                "    ld.local.b64 %value, [%context+{}];\n    \
                 st.global.b64 [%state+{}], %value;\n",
                global(number),
                writer.layout.left(number)
            );
        }
        text.push_str("KEPT:\n");
    }
    if writer.module.has_barrier {
        text.push_str(
            "    mov.u32 %all, %ntid.x;\n    mov.u32 %more, %ntid.y;\n    \
             mul.lo.u32 %all, %all, %more;\n    mov.u32 %more, %ntid.z;\n    \
             mul.lo.u32 %all, %all, %more;\n    setp.ne.u32 %ended, %all, 0;\nAGAIN:\n    \
             barrier.red.popc.u32 %count, 0, %ended;\n    setp.lt.u32 %p, %count, %all;\n    \
             @%p bra AGAIN;\n",
        );
    }
    text.push_str("    ret;\n}\n\n");
}

fn trap(text: &mut String) {
    let _ = write!(
        text,
        "// Ends the thread. Of all that trap, the one with the smallest number is told of,\n\
         // whatever order they run in.\n\
         .func trap (.param .b64 context, .param .b32 site)\n{{\n    \
         .reg .b64 %context, %record, %thread, %site;\n    .reg .b32 %low;\n    \
         ld.param.b64 %context, [context];\n    ld.param.b32 %low, [site];\n    \
         ld.local.b64 %thread, [%context+{THREAD}];\n    \
         cvt.u64.u32 %site, %low;\n    shl.b64 %thread, %thread, 32;\n    \
         or.b64 %site, %site, %thread;\n    ld.local.b64 %record, [%context+{RECORD}];\n    \
         atom.global.min.u64 %thread, [%record], %site;\n"
    );
    calls::call(text, "finish", &[("b64", "%context".to_owned())], &[]);
    text.push_str("    exit;\n}\n\n");
}

/// Jumps to `STOP` with the site if the launch is cancelled. Once in a while it looks
/// at the cancel word, and says so to all others if it is set. By time and not by count:
/// what a thread does between two looks may take long.
fn look(text: &mut String) {
    let stopped = Layout::STOPPED;
    let _ = write!(
        text,
        "    ld.local.b64 %state, [%context+{STATE}];\n    mov.u64 %address, %clock64;\n    \
         ld.local.b64 %left, [%context+{LOOKED}];\n    sub.u64 %left, %address, %left;\n    \
         setp.lt.u64 %p, %left, {FAR};\n    @%p bra NEAR;\n    \
         st.local.b64 [%context+{LOOKED}], %address;\n    \
         ld.local.b64 %address, [%context+{CANCEL}];\n    \
         ld.volatile.global.u32 %word, [%address];\n    setp.eq.u32 %p, %word, 0;\n    \
         @%p bra NEAR;\n    st.volatile.global.u32 [%state+{stopped}], %word;\nNEAR:\n    \
         ld.volatile.global.u32 %word, [%state+{stopped}];\n    setp.ne.u32 %p, %word, 0;\n    \
         @%p bra STOP;\n"
    );
}

fn stop(text: &mut String) {
    text.push_str("    ret;\nSTOP:\n");
    calls::trap(text);
    text.push_str("}\n\n");
}

fn poll(text: &mut String) {
    text.push_str(
        "// A quantum of work is done: is the thread to go on?\n\
         .func poll (.param .b64 context, .param .b32 site)\n{\n    \
         .reg .pred %p;\n    .reg .b64 %context, %state, %address, %left, %next;\n    \
         .reg .b32 %site, %word;\n    \
         ld.param.b64 %context, [context];\n    ld.param.b32 %site, [site];\n",
    );
    look(text);
    let _ = write!(
        text,
        "    ld.local.b64 %left, [%context+{FUEL}];\n    \
         add.u32 %site, %site, 1;\n    setp.eq.u64 %p, %left, 0;\n    @%p bra STOP;\n    \
         min.u64 %next, %left, {QUANTUM};\n    sub.u64 %left, %left, %next;\n    \
         st.local.b64 [%context+{FUEL}], %left;\n    cvt.u32.u64 %word, %next;\n    \
         st.local.b32 [%context+{LEFT}], %word;\n"
    );
    stop(text);
}

fn charge(text: &mut String) {
    let _ = write!(
        text,
        "// Takes fuel for many bytes at once.\n\
         .func charge (.param .b64 context, .param .b32 site, .param .b32 amount)\n{{\n    \
         .reg .pred %p;\n    .reg .b64 %context, %left, %next, %amount;\n    \
         .reg .b32 %site, %word;\n    \
         ld.param.b64 %context, [context];\n    ld.param.b32 %site, [site];\n    \
         ld.param.b32 %word, [amount];\n    cvt.u64.u32 %amount, %word;\n    \
         ld.local.b32 %word, [%context+{LEFT}];\n    cvt.u64.u32 %next, %word;\n    \
         ld.local.b64 %left, [%context+{FUEL}];\n    add.u64 %left, %left, %next;\n    \
         add.u32 %site, %site, 1;\n    setp.lt.u64 %p, %left, %amount;\n    @%p bra STOP;\n    \
         sub.u64 %left, %left, %amount;\n    min.u64 %next, %left, {QUANTUM};\n    \
         sub.u64 %left, %left, %next;\n    st.local.b64 [%context+{FUEL}], %left;\n    \
         cvt.u32.u64 %word, %next;\n    st.local.b32 [%context+{LEFT}], %word;\n"
    );
    stop(text);
}

/// The text of a loop over `%count` bytes that does a step of 8 bytes or one.
fn pieces(text: &mut String, either: &str, wide: &str, narrow: &str) {
    let _ = write!(
        text,
        "    and.b64 %low, {either}, 7;\n    setp.eq.u64 %wide, %low, 0;\nPIECE:\n    \
         setp.eq.u64 %p, %count, 0;\n    @%p bra DONE;\n"
    );
    look(text);
    let _ = write!(
        text,
        "    min.u64 %left, %count, {PIECE};\n    sub.u64 %count, %count, %left;\n    \
         @%wide bra WIDE;\nNARROW:\n{narrow}    sub.u64 %left, %left, 1;\n    \
         setp.ne.u64 %p, %left, 0;\n    @%p bra NARROW;\n    bra PIECE;\nWIDE:\n{wide}    \
         sub.u64 %left, %left, 8;\n    setp.ne.u64 %p, %left, 0;\n    @%p bra WIDE;\n    \
         bra PIECE;\nDONE:\n"
    );
}

fn fill(text: &mut String) {
    text.push_str(
        "// Sets bytes that are in bounds.\n.func fill (.param .b64 context, .param .b32 site, \
         .param .b64 to, .param .b64 length, .param .b32 byte)\n{\n    .reg .pred %p, %wide;\n    \
         .reg .b64 %context, %state, %address, %to, %count, %left, %low, %value;\n    \
         .reg .b32 %site, %word, %byte;\n    \
         ld.param.b64 %context, [context];\n    ld.param.b32 %site, [site];\n    \
         ld.param.b64 %to, [to];\n    ld.param.b64 %count, [length];\n    \
         ld.param.b32 %byte, [byte];\n    and.b32 %byte, %byte, 255;\n    \
         cvt.u64.u32 %value, %byte;\n    \
         mul.lo.u64 %value, %value, 0x0101010101010101;\n    or.b64 %low, %to, %count;\n",
    );
    pieces(
        text,
        "%low",
        "    st.b64 [%to], %value;\n    add.u64 %to, %to, 8;\n",
        "    st.b8 [%to], %byte;\n    add.u64 %to, %to, 1;\n",
    );
    stop(text);
}

fn copy(text: &mut String) {
    text.push_str(
        "// Copies bytes that are in bounds, backwards where that saves what is still to be read.\n\
         .func copy (.param .b64 context, .param .b32 site, .param .b64 to, .param .b64 from, \
         .param .b64 length)\n{\n    .reg .pred %p, %wide;\n    \
         .reg .b64 %context, %state, %address, %to, %from, %count, %left, %low, %step, %value;\n    \
         .reg .b32 %site, %word;\n    \
         ld.param.b64 %context, [context];\n    ld.param.b32 %site, [site];\n    \
         ld.param.b64 %to, [to];\n    ld.param.b64 %from, [from];\n    \
         ld.param.b64 %count, [length];\n    or.b64 %low, %to, %from;\n    \
         or.b64 %low, %low, %count;\n    and.b64 %step, %low, 7;\n    \
         setp.eq.u64 %p, %step, 0;\n    selp.b64 %step, 8, 1, %p;\n    \
         setp.le.u64 %p, %to, %from;\n    @%p bra FORWARD;\n    \
         add.u64 %to, %to, %count;\n    sub.u64 %to, %to, %step;\n    \
         add.u64 %from, %from, %count;\n    sub.u64 %from, %from, %step;\n    \
         neg.s64 %step, %step;\nFORWARD:\n",
    );
    let step = "    add.s64 %to, %to, %step;\n    add.s64 %from, %from, %step;\n";
    pieces(
        text,
        "%low",
        &format!("    ld.b64 %value, [%from];\n    st.b64 [%to], %value;\n{step}"),
        &format!("    ld.u8 %value, [%from];\n    st.b8 [%to], %value;\n{step}"),
    );
    stop(text);
}

/// Loads and stores at addresses that are not multiples of their width: a GPU
/// reads and writes those by bytes or not at all.
fn unaligned(text: &mut String, width: u32) {
    let _ = write!(
        text,
        ".func (.param .align 8 .b8 result[8]) load_bytes{width} (.param .b64 address)\n{{\n    \
         .reg .b64 %address, %value, %byte;\n    ld.param.b64 %address, [address];\n    \
         ld.u8 %value, [%address];\n"
    );
    for byte in 1..width {
        let _ = write!(
            text,
            "    ld.u8 %byte, [%address+{byte}];\n    shl.b64 %byte, %byte, {};\n    \
             or.b64 %value, %value, %byte;\n",
            8 * byte
        );
    }
    let _ = write!(
        text,
        "    st.param.b64 [result], %value;\n    ret;\n}}\n\n\
         .func store_bytes{width} (.param .b64 address, .param .b64 value)\n{{\n    \
         .reg .b64 %address, %value;\n    ld.param.b64 %address, [address];\n    \
         ld.param.b64 %value, [value];\n"
    );
    for byte in 0..width {
        let _ = writeln!(text, "    st.u8 [%address+{byte}], %value;");
        if byte + 1 < width {
            text.push_str("    shr.u64 %value, %value, 8;\n");
        }
    }
    text.push_str("    ret;\n}\n\n");
}
