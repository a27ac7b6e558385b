/* wasi:random: good bytes, cheap bytes and a seed. */
#include "command.h"

static void even(bindings_list_u8_t bytes) {
    EQUAL(bytes.len, 65536);
    uint32_t seen[256] = {0};
    for (size_t i = 0; i < bytes.len; i++) seen[bytes.ptr[i]]++;
    /* Each comes 256 times on average. */
    for (int i = 0; i < 256; i++) HOLDS(seen[i] > 100 && seen[i] < 500);
}

void test(void) {
    bindings_list_u8_t a, b;
    wasi_random_random_get_random_bytes(65536, &a);
    even(a);
    wasi_random_random_get_random_bytes(65536, &b);
    HOLDS(memcmp(a.ptr, b.ptr, 65536) != 0);
    wasi_random_random_get_random_bytes(0, &a);
    EQUAL(a.len, 0);
    wasi_random_random_get_random_bytes(1, &a);
    EQUAL(a.len, 1);
    /* Two pairs the same has a chance of one in 2^128. */
    HOLDS(wasi_random_random_get_random_u64() != wasi_random_random_get_random_u64() ||
          wasi_random_random_get_random_u64() != wasi_random_random_get_random_u64());

    wasi_random_insecure_get_insecure_random_bytes(65536, &a);
    even(a);
    wasi_random_insecure_get_insecure_random_bytes(0, &a);
    EQUAL(a.len, 0);
    HOLDS(wasi_random_insecure_get_insecure_random_u64() != wasi_random_insecure_get_insecure_random_u64() ||
          wasi_random_insecure_get_insecure_random_u64() != wasi_random_insecure_get_insecure_random_u64());
    /* A program may only call it once; it may not change. */
    bindings_tuple2_u64_u64_t seed;
    wasi_random_insecure_seed_insecure_seed(&seed);
    HOLDS(seed.f0 != 0 || seed.f1 != 0);
}
