//! description = "in C: an interpreter of a small machine in each thread, its tape and its brackets on the stack"
//!
//! # The same program for all threads, with the thread's number on the tape:
//! # moves it five times over, so that 5 * i comes out.
//! [[check]]
//! launch = "run"
//! blocks = [3]
//! threads = [7]
//! args = "(i32.const 21)"
//! returns = ""
//! write = [{ at = 0x40000, text = "[->+++++<]>." }]
//! memory = [
//!   { at = 0x41000, i32-range = { count = 21, start = 0, step = 5 } },
//!   { at = 0x41054, i32 = [0] },
//! ]
//!
//! # Squares: loops in loops.
//! [[check]]
//! launch = "run"
//! threads = [15]
//! args = "(i32.const 15)"
//! returns = ""
//! write = [
//!   { at = 0x40000, text = "[->+>+<<]>[->[->+>+<<]>>[-<<+>>]<<<]>>.     " },
//!   { at = 0x4002b, bytes = "00" },
//! ]
//! memory = [{ at = 0x41000, i32 = [0, 1, 4, 9, 16, 25, 36, 49, 64, 81, 100, 121, 144, 169, 196] }]
//!
//! # A bracket that nothing closes.
//! [[check]]
//! launch = "run"
//! threads = [2]
//! args = "(i32.const 2)"
//! traps = "unreachable"
//! thread = 0
//! write = [{ at = 0x40000, text = "[[->+<]" }, { at = 0x40007, bytes = "00" }]
#include "gpu.h"

#define TAPE 64
#define DEPTH 16

void KERNEL(run)(uint32_t threads) {
    uint8_t tape[TAPE];
    uint8_t open[DEPTH];
    uint8_t partner[64];
    const char *program = (const char *)BUFFERS;
    uint32_t head = 0, depth = 0, length = 0;
    if (gpu_id_x() >= threads) return;
    for (; program[length] != 0 && length < sizeof partner; length++) {
        partner[length] = 0;
        if (program[length] == '[') {
            if (depth == DEPTH) __builtin_trap();
            open[depth++] = (uint8_t)length;
        } else if (program[length] == ']') {
            if (depth == 0) __builtin_trap();
            partner[length] = open[--depth];
            partner[partner[length]] = (uint8_t)length;
        }
    }
    if (depth != 0) __builtin_trap();
    for (int i = 0; i < TAPE; i++) tape[i] = 0;
    tape[0] = (uint8_t)gpu_id_x();
    for (uint32_t at = 0; at < length; at++) {
        switch (program[at]) {
            case '>': head = (head + 1) % TAPE; break;
            case '<': head = (head + TAPE - 1) % TAPE; break;
            case '+': tape[head]++; break;
            case '-': tape[head]--; break;
            case '[': if (tape[head] == 0) at = partner[at]; break;
            case ']': if (tape[head] != 0) at = partner[at]; break;
            case '.': ((uint32_t *)(BUFFERS + 0x1000))[gpu_id_x()] = tape[head]; break;
            default: break;
        }
    }
}
