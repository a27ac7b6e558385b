/* Sorts arrays of random numbers. Input: repetitions, length, seed. */
#include "bench.h"

enum { MOST = 1 << 18 };

static uint32_t repetitions, length;
static uint64_t state, hash = FNV_START;
static uint32_t numbers[MOST];

static void swap(uint32_t *a, uint32_t *b) {
    uint32_t c = *a;
    *a = *b;
    *b = c;
}

static void insertion_sort(uint32_t *from, uint32_t n) {
    for (uint32_t i = 1; i < n; i++) {
        uint32_t x = from[i], j = i;
        for (; j && from[j - 1] > x; j--) from[j] = from[j - 1];
        from[j] = x;
    }
}

/* Hoare's partition around the median of three, the larger part in a loop, so
   that the stack stays shallow. */
static void quicksort(uint32_t *from, uint32_t n) {
    while (n > 16) {
        uint32_t *middle = from + n / 2, *last = from + n - 1;
        if (*middle < *from) swap(middle, from);
        if (*last < *from) swap(last, from);
        if (*last < *middle) swap(last, middle);
        uint32_t pivot = *middle;
        uint32_t *low = from, *high = last;
        for (;;) {
            while (*low < pivot) low++;
            while (*high > pivot) high--;
            if (low >= high) break;
            swap(low++, high--);
        }
        uint32_t left = (uint32_t)(low - from);
        if (left < n - left) {
            quicksort(from, left);
            from += left;
            n -= left;
        } else {
            quicksort(low, n - left);
            n = left;
        }
    }
    insertion_sort(from, n);
}

void prepare(void) {
    repetitions = next_number(1000000);
    length = next_number(MOST);
    state = random_seed(next_number(UINT32_MAX));
}

void work(void) {
    for (uint32_t repetition = 0; repetition < repetitions; repetition++) {
        for (uint32_t i = 0; i < length; i++) numbers[i] = random_next(&state);
        quicksort(numbers, length);
        for (uint32_t i = 0; i < length; i += 16) hash = fnv_u32(hash, numbers[i]);
    }
}

void answer(void) {
    for (uint32_t i = 0; i < length; i++) hash = fnv_u32(hash, numbers[i]);
    print("sorted ");
    print_hex(hash, 16);
    print("\n");
}
