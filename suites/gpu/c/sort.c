//! description = "in C: each thread sorts 48 numbers by heap, in an array on its stack"
//!
//! # Multiples of an odd number, 48 for each of 40 threads.
//! [[check]]
//! launch = "sort"
//! blocks = [4]
//! threads = [12]
//! args = "(i32.const 40)"
//! returns = ""
//! write = [{ at = 0x40000, i32-range = { count = 1921, start = 5, step = 0x9e3779b1 } }]
//!
//! [[check]]
//! call = "wrong"
//! args = "(i32.const 40) (i32.const 5) (i32.const 0x9e3779b1)"
//! returns = "(i32.const 0)"
//!
//! # Falling numbers of one thread.
//! [[check]]
//! launch = "sort"
//! args = "(i32.const 1)"
//! returns = ""
//! write = [{ at = 0x40000, i32-range = { count = 49, start = 40, step = -1 } }]
//! memory = [
//!   { at = 0x40000, i32-range = { count = 48, start = -7, step = 1 } },
//!   { at = 0x400c0, i32 = [-8] },
//! ]
#include "gpu.h"

#define EACH 48

static void sift(int32_t *heap, uint32_t root, uint32_t end) {
    for (;;) {
        uint32_t child = 2 * root + 1;
        if (child >= end) return;
        if (child + 1 < end && heap[child] < heap[child + 1]) child++;
        if (heap[root] >= heap[child]) return;
        int32_t moved = heap[root];
        heap[root] = heap[child];
        heap[child] = moved;
        root = child;
    }
}

void KERNEL(sort)(uint32_t threads) {
    int32_t heap[EACH];
    if (gpu_id_x() >= threads) return;
    int32_t *own = (int32_t *)BUFFERS + EACH * gpu_id_x();
    for (uint32_t i = 0; i < EACH; i++) heap[i] = own[i];
    for (uint32_t i = EACH / 2; i-- > 0;) sift(heap, i, EACH);
    for (uint32_t end = EACH - 1; end > 0; end--) {
        int32_t largest = heap[0];
        heap[0] = heap[end];
        heap[end] = largest;
        sift(heap, 0, end);
    }
    for (uint32_t i = 0; i < EACH; i++) own[i] = heap[i];
}

/* How many numbers are out of order, or are not among what the thread had. */
uint32_t KERNEL(wrong)(uint32_t threads, uint32_t start, uint32_t step) {
    const int32_t *all = (const int32_t *)BUFFERS;
    uint32_t wrong = 0;
    for (uint32_t i = 0; i < threads * EACH; i++) {
        uint32_t first = i / EACH * EACH;
        int found = 0;
        for (uint32_t j = first; j < first + EACH; j++) {
            found |= all[j] == (int32_t)(start + step * i);
        }
        wrong += !found;
        wrong += i > first && all[i - 1] > all[i];
    }
    return wrong;
}
