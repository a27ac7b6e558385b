/* wasi:random: good bytes, cheap bytes and a seed. A call may give fewer bytes
   than were asked for, but some. */
#include "command.h"

static uint32_t seen[256];

static void count(bindings_list_u8_t bytes) {
    HOLDS(bytes.len > 0 && bytes.len <= 4096);
    for (size_t i = 0; i < bytes.len; i++) seen[bytes.ptr[i]]++;
}

static void even(void) {
    uint32_t total = 0;
    for (int i = 0; i < 256; i++) total += seen[i];
    for (int i = 0; i < 256; i++) HOLDS(seen[i] > total / 256 / 3 && seen[i] < total / 256 * 3);
    memset(seen, 0, sizeof seen);
}

void test(void) {
    bindings_list_u8_t a;
    for (int i = 0; i < 64; i++) {
        wasi_random_random_get_random_bytes(4096, &a);
        count(a);
    }
    even();
    for (int i = 0; i < 64; i++) {
        wasi_random_insecure_get_insecure_random_bytes(4096, &a);
        count(a);
    }
    even();
    wasi_random_random_get_random_bytes(0, &a);
    EQUAL(a.len, 0);
    wasi_random_insecure_get_insecure_random_bytes(0, &a);
    EQUAL(a.len, 0);
    /* Two pairs the same has a chance of one in 2^128. */
    HOLDS(wasi_random_random_get_random_u64() != wasi_random_random_get_random_u64() ||
          wasi_random_random_get_random_u64() != wasi_random_random_get_random_u64());
    HOLDS(wasi_random_insecure_get_insecure_random_u64() != wasi_random_insecure_get_insecure_random_u64() ||
          wasi_random_insecure_get_insecure_random_u64() != wasi_random_insecure_get_insecure_random_u64());
    bindings_tuple2_u64_u64_t seed;
    wasi_random_insecure_seed_get_insecure_seed(&seed);
    HOLDS(seed.f0 != 0 || seed.f1 != 0);
}
