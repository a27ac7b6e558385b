/* Products of square matrices of 32-bit floats, four at a time. The order of
   the additions is that of matmul-f32, so the answers are the same.
   Input: repetitions, size (a multiple of 4), seed. */
#include <stdint.h>

typedef float number;
typedef float lanes __attribute__((vector_size(16), aligned(4)));
#define bits_to_hash(hash, x) fnv_u32(hash, bits_f32(x))
#include "matmul.h"

static inline void add_row(number *restrict to, number factor, const number *restrict from, uint32_t n) {
    lanes factors = {factor, factor, factor, factor};
    for (uint32_t j = 0; j < n; j += 4) {
        *(lanes *)(to + j) += factors * *(const lanes *)(from + j);
    }
}
