/* Products of square matrices of 64-bit floats, one number at a time.
   Input: repetitions, size, seed. */
#include <stdint.h>

typedef double number;
#define bits_to_hash(hash, x) fnv_u64(hash, bits_f64(x))
#include "matmul.h"

static inline void add_row(number *restrict to, number factor, const number *restrict from, uint32_t n) {
    for (uint32_t j = 0; j < n; j++) to[j] += factor * from[j];
}
