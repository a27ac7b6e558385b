/* Reads an array larger than the first caches, each time a stride further, then
   along a chain in random order. Input: repetitions, KiB (a power of two),
   stride in words (odd), steps of each kind. */
#include "bench.h"

enum { MOST_WORDS = 1 << 21 };

static uint32_t repetitions, words, stride, steps;
static uint32_t array[MOST_WORDS];
static uint32_t sum, at;

void prepare(void) {
    repetitions = next_number(1000000);
    words = next_number(MOST_WORDS / 256) * 256;
    stride = next_number(MOST_WORDS);
    steps = next_number(UINT32_MAX);
    if (!words || (words & (words - 1)) || !(stride & 1)) give_up("a power of two and an odd stride are needed");
    /* An affine map with a factor of 4k + 1 and an odd term goes through all
       words before it comes back (Hull and Dobell, 1962): one chain, and the
       next word is far from the last. */
    for (uint32_t i = 0; i < words; i++) array[i] = (i * 1664525u + 1013904223u) & (words - 1);
}

void work(void) {
    for (uint32_t repetition = 0; repetition < repetitions; repetition++) {
        uint32_t index = repetition;
        for (uint32_t i = 0; i < steps; i++) {
            index = (index + stride) & (words - 1);
            sum = (sum << 1 | sum >> 31) ^ array[index];
        }
        for (uint32_t i = 0; i < steps; i++) at = array[at];
    }
}

void answer(void) {
    print("sum ");
    print_hex(sum, 8);
    print("\nend of the chain ");
    print_number(at);
    print("\n");
}
