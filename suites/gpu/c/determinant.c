//! description = "in C: determinants by elimination, the matrix on the stack of each thread"
//!
//! # Triangles with 1 to 6 on the diagonal: the product is 720. Thread i is given the
//! # same with i pairs of rows exchanged: each changes the sign.
//! [[check]]
//! launch = "triangles"
//! blocks = [3]
//! threads = [2]
//! returns = ""
//! memory = [{ at = 0x40000, f64 = [720.0, -720.0, 720.0, -720.0, 720.0, -720.0] }]
//!
//! # Rows that depend on each other.
//! [[check]]
//! launch = "same_rows"
//! threads = [4]
//! returns = ""
//! memory = [{ at = 0x40000, f64 = [0.0, 0.0, 0.0, 0.0] }]
#include "gpu.h"

#define N 6

static double determinant(double m[N][N]) {
    double product = 1;
    for (int column = 0; column < N; column++) {
        int pivot = column;
        for (int row = column + 1; row < N; row++) {
            if (__builtin_fabs(m[row][column]) > __builtin_fabs(m[pivot][column])) pivot = row;
        }
        if (m[pivot][column] == 0) return 0;
        if (pivot != column) {
            product = -product;
            for (int i = 0; i < N; i++) {
                double moved = m[pivot][i];
                m[pivot][i] = m[column][i];
                m[column][i] = moved;
            }
        }
        product *= m[column][column];
        for (int row = column + 1; row < N; row++) {
            double factor = m[row][column] / m[column][column];
            for (int i = column; i < N; i++) m[row][i] -= factor * m[column][i];
        }
    }
    return product;
}

void KERNEL(triangles)(void) {
    double m[N][N];
    uint32_t id = gpu_id_x();
    int order[N];
    for (int row = 0; row < N; row++) order[row] = row;
    for (uint32_t i = 0; i < id; i++) {
        int moved = order[i % (N - 1)];
        order[i % (N - 1)] = order[i % (N - 1) + 1];
        order[i % (N - 1) + 1] = moved;
    }
    for (int row = 0; row < N; row++) {
        for (int column = 0; column < N; column++) {
            int from = order[row];
            m[row][column] = column < from ? 0 : column == from ? from + 1 : column - from;
        }
    }
    ((double *)BUFFERS)[id] = determinant(m);
}

void KERNEL(same_rows)(void) {
    double m[N][N];
    for (int row = 0; row < N; row++) {
        for (int column = 0; column < N; column++) {
            m[row][column] = (row % 3 + 1) * (column + 1 + (int)gpu_id_x());
        }
    }
    ((double *)BUFFERS)[gpu_id_x()] = determinant(m);
}
