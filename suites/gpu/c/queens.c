//! description = "in C: ways to put queens on a board, one first row for each thread; the board is on the stack"
//!
//! # The known counts for boards of 4, 5, 6 and 8.
//! [[check]]
//! launch = "queens"
//! threads = [8]
//! args = "(i32.const 8)"
//! returns = ""
//! memory = [{ at = 0x40000, i32 = [4, 8, 16, 18, 18, 16, 8, 4] }]
//!
//! [[check]]
//! launch = "queens"
//! blocks = [3]
//! threads = [2]
//! args = "(i32.const 6)"
//! returns = ""
//! memory = [{ at = 0x40000, i32 = [0, 1, 1, 1, 1, 0, 8] }]
//!
//! [[check]]
//! launch = "queens"
//! blocks = [5]
//! args = "(i32.const 5)"
//! returns = ""
//! memory = [{ at = 0x40000, i32 = [2, 2, 2, 2, 2, 0] }]
#include "gpu.h"

static int attacked(const int *rows, int column, int row) {
    for (int other = 0; other < column; other++) {
        int apart = rows[other] - row;
        if (apart == 0 || apart == column - other || apart == other - column) return 1;
    }
    return 0;
}

void KERNEL(queens)(uint32_t size) {
    int rows[16] = {0};
    uint32_t found = 0;
    uint32_t column = 1;
    if (gpu_id_x() >= size || size > 16) return;
    rows[0] = (int)gpu_id_x();
    rows[1] = -1;
    /* The column goes back to 0 when all rows of column 1 were tried. */
    while (column > 0) {
        int row = rows[column] + 1;
        while ((uint32_t)row < size && attacked(rows, (int)column, row)) row++;
        rows[column] = row;
        if ((uint32_t)row == size) {
            column--;
        } else if (column == size - 1) {
            found++;
        } else {
            rows[++column] = -1;
        }
    }
    ((uint32_t *)BUFFERS)[gpu_id_x()] = found;
}
