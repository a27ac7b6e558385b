/* C += A * B over and over, with numbers of type `number`. A program defines
   `add_row`, which adds a multiple of a row to a row, and `bits_to_hash`. */
#ifndef MATMUL_H
#define MATMUL_H

#include "bench.h"

enum { MOST = 128 };

static uint32_t repetitions, size;
static number a[MOST][MOST], b[MOST][MOST], c[MOST][MOST];

static inline void add_row(number *restrict to, number factor, const number *restrict from, uint32_t n);

/* Numbers from -1 to 1 with 12 bits behind the point: products are exact, sums
   are not, so the order of the additions shows. */
static number random_entry(uint64_t *state) {
    int32_t whole = (int32_t)(random_next(state) >> 19) - 4096;
    return (number)whole / (number)4096;
}

void prepare(void) {
    repetitions = next_number(1000000);
    size = next_number(MOST);
    if (size % 4) give_up("the size must be a multiple of 4");
    uint64_t state = random_seed(next_number(UINT32_MAX));
    for (uint32_t i = 0; i < size; i++) {
        for (uint32_t j = 0; j < size; j++) {
            a[i][j] = random_entry(&state);
            b[i][j] = random_entry(&state);
        }
    }
}

void work(void) {
    for (uint32_t repetition = 0; repetition < repetitions; repetition++) {
        for (uint32_t i = 0; i < size; i++) {
            for (uint32_t k = 0; k < size; k++) add_row(c[i], a[i][k], b[k], size);
        }
        /* The next product is another one. */
        a[repetition % size][(repetition / size) % size] += (number)0.25;
    }
}

static uint64_t hash_of_c(void) {
    uint64_t hash = FNV_START;
    for (uint32_t i = 0; i < size; i++) {
        for (uint32_t j = 0; j < size; j++) hash = bits_to_hash(hash, c[i][j]);
    }
    return hash;
}

void answer(void) {
    print("c ");
    print_hex(hash_of_c(), 16);
    print("\n");
}

#endif
