/* What every benchmark in C starts with. It defines three functions; what is
   timed is `work` alone:

       prepare()                read the input
       bench.start  work()  bench.end
       answer()                 print what came out

   There is no C library, so nothing runs but what a program says. */
#ifndef BENCH_H
#define BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void prepare(void);
void work(void);
void answer(void);

/* The text of `default.input`, or of `small.input` when the variable
   WASM_BENCH_USE_SMALL_WORKLOAD is set, and how long it is. */
const char *input(size_t *length);
/* The next unsigned number in it; ends the program when there is none or it is
   larger than `most`. */
uint32_t next_number(uint32_t most);
/* What is left of it behind the line the last number stands on. */
const char *rest_of_input(size_t *length);

/* A descriptor of the input file. */
uint32_t open_input(void);
/* Both move as many bytes as they can with one call of WASI. */
uint32_t read_some(uint32_t file, void *bytes, uint32_t length);
void rewind_file(uint32_t file);
void write_all(const void *bytes, uint32_t length);

/* Printed when the program ends. */
void print(const char *text);
void print_number(uint64_t number);
void print_hex(uint64_t number, int digits);

/* Says why on standard error and ends the program with exit code 1. */
_Noreturn void give_up(const char *why);

/* A generator of numbers that is the same everywhere: xorshift64* (Vigna, "An
   experimental exploration of Marsaglia's xorshift generators", 2016). The
   state is never zero. */
static inline uint32_t random_next(uint64_t *state) {
    uint64_t x = *state;
    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    *state = x;
    return (uint32_t)((x * 0x2545f4914f6cdd1dull) >> 32);
}
static inline uint64_t random_seed(uint32_t seed) { return 0x9e3779b97f4a7c15ull ^ seed; }

/* FNV-1a with 64 bits (Fowler, Noll, Vo), a number of four or eight bytes at
   a time, lowest byte first. */
#define FNV_START 0xcbf29ce484222325ull
#define FNV_PRIME 0x100000001b3ull
static inline uint64_t fnv_byte(uint64_t hash, uint8_t byte) { return (hash ^ byte) * FNV_PRIME; }
static inline uint64_t fnv_u32(uint64_t hash, uint32_t word) {
    for (int i = 0; i < 4; i++) hash = fnv_byte(hash, (uint8_t)(word >> (8 * i)));
    return hash;
}
static inline uint64_t fnv_u64(uint64_t hash, uint64_t word) {
    return fnv_u32(fnv_u32(hash, (uint32_t)word), (uint32_t)(word >> 32));
}

/* The bits of floats, which are printed instead of them: they are what IEEE 754
   fixes. */
static inline uint32_t bits_f32(float x) {
    union { float f; uint32_t bits; } both = {.f = x};
    return both.bits;
}
static inline uint64_t bits_f64(double x) {
    union { double f; uint64_t bits; } both = {.f = x};
    return both.bits;
}

#endif
