//! description = "in C: loops for one thread, as a compiler writes them; most are maps, which offload takes"
//!
//! [[check]]
//! call = "saxpy"
//! args = "(i32.const 5) (f32.const 2) (i32.const 0x40000) (i32.const 0x40100)"
//! returns = ""
//! write = [{ at = 0x40000, f32 = [1, 2, 3, 4, 5, 6] }, { at = 0x40100, f32 = [10, 20, 30, 40, 50, 60] }]
//! memory = [{ at = 0x40100, f32 = [12, 24, 36, 48, 60, 60] }]
//!
//! [[check]]
//! call = "backwards"
//! args = "(i32.const 7) (i32.const 0x40000) (i32.const 0x40100)"
//! returns = ""
//! write = [{ at = 0x40000, i32-range = { count = 8, start = 0, step = 8 } }]
//! memory = [{ at = 0x40100, i32 = [0, 9, 18, 27, 36, 45, 54, 0] }]
//!
//! [[check]]
//! call = "sum"
//! args = "(i32.const 8) (i32.const 0x40000)"
//! returns = "(i32.const 224)"
//! write = [{ at = 0x40000, i32-range = { count = 8, start = 0, step = 8 } }]
#include "gpu.h"

struct pair {
    float low;
    float high;
};

void KERNEL(saxpy)(uint32_t n, float a, const float *x, float *y) {
    for (uint32_t i = 0; i < n; i++) y[i] = a * x[i] + y[i];
}

void KERNEL(copied)(int n, const int64_t *from, int64_t *to) {
    for (int i = 0; i < n; i++) to[i] = from[i];
}

void KERNEL(filled)(size_t n, uint8_t *to, uint8_t byte) {
    for (size_t i = 0; i < n; i++) to[i] = byte;
}

void KERNEL(pairs)(uint32_t n, struct pair *pairs) {
    for (uint32_t i = 0; i < n; i++) {
        pairs[i].low = pairs[i].low * 0.5f;
        pairs[i].high = pairs[i].low + pairs[i].high;
    }
}

void KERNEL(backwards)(int n, const int32_t *x, int32_t *y) {
    for (int i = n - 1; i >= 0; i--) y[i] = x[i] ^ i;
}

void KERNEL(thirds)(uint32_t n, uint32_t *x) {
    for (uint32_t i = 0; i < n; i += 3) x[i] = x[i] * 3 + 1;
}

void KERNEL(positive)(uint32_t n, float *x) {
    for (uint32_t i = 0; i < n; i++) {
        if (x[i] < 0) x[i] = 0;
    }
}

void KERNEL(scaled)(uint32_t n, float a, const float *x, float *y) {
    float b = a * a;
    for (uint32_t i = 0; i < n; i++) y[i] = b * x[i];
}

/* A row of a matrix that has `width` columns. */
void KERNEL(row)(uint32_t width, uint32_t row, double *matrix) {
    for (uint32_t i = 0; i < width; i++) matrix[row * width + i] /= 3;
}

void KERNEL(column)(uint32_t height, uint32_t width, uint32_t column, int16_t *matrix) {
    for (uint32_t i = 0; i < height; i++) matrix[i * width + column] += 5;
}

/* A polynomial of degree 11. */
void KERNEL(polynomial)(uint32_t n, const double *x, double *y) {
    for (uint32_t i = 0; i < n; i++) {
        double at = x[i], sum = 0;
        for (int k = 12; k > 0; k--) sum = sum * at + k;
        y[i] = sum;
    }
}

/* And those that are none. */

uint32_t KERNEL(sum)(uint32_t n, const uint32_t *x) {
    uint32_t sum = 0;
    for (uint32_t i = 0; i < n; i++) sum += x[i];
    return sum;
}

void KERNEL(prefixes)(uint32_t n, uint32_t *x) {
    for (uint32_t i = 1; i < n; i++) x[i] += x[i - 1];
}

uint32_t KERNEL(found)(uint32_t n, uint32_t *x, uint32_t what) {
    for (uint32_t i = 0; i < n; i++) {
        if (x[i] == what) return i;
        x[i] = 0;
    }
    return n;
}

void KERNEL(gathered)(uint32_t n, const uint32_t *at, const uint8_t *x, uint8_t *y) {
    for (uint32_t i = 0; i < n; i++) y[i] = x[at[i]];
}

void KERNEL(divided)(uint32_t n, const int32_t *x, int32_t *y) {
    for (uint32_t i = 0; i < n; i++) y[i] = 1000 / x[i];
}
