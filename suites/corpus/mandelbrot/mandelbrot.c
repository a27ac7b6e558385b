/* How long points of the plane stay near zero under z -> z*z + c, in 64-bit
   floats. Input: repetitions, width, height, most iterations. */
#include "bench.h"

static uint32_t repetitions, width, height, limit;
static uint64_t total, hash = FNV_START;

void prepare(void) {
    repetitions = next_number(10000);
    width = next_number(4096);
    height = next_number(4096);
    limit = next_number(1000000);
}

static uint32_t iterations(double cx, double cy) {
    double x = 0, y = 0;
    uint32_t n = 0;
    while (n < limit) {
        double xx = x * x, yy = y * y;
        if (xx + yy > 4) break;
        y = 2 * (x * y) + cy;
        x = xx - yy + cx;
        n++;
    }
    return n;
}

void work(void) {
    for (uint32_t repetition = 0; repetition < repetitions; repetition++) {
        /* Each time a bit to the right. */
        double left = -2.0 + (double)repetition / 1024;
        for (uint32_t row = 0; row < height; row++) {
            double cy = -1.25 + 2.5 * (double)row / (double)height;
            for (uint32_t column = 0; column < width; column++) {
                uint32_t n = iterations(left + 2.5 * (double)column / (double)width, cy);
                total += n;
                hash = fnv_u32(hash, n);
            }
        }
    }
}

void answer(void) {
    print("iterations ");
    print_number(total);
    print("\npicture ");
    print_hex(hash, 16);
    print("\n");
}
