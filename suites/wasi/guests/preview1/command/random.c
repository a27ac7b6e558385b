/* random_get: fills what it was given, no more, and not twice the same. */
#include "command.h"

static uint8_t big[65536 + 1], again[64];

void test(void) {
    big[65536] = 0x5A;
    WANT(random_get(big, 65536), E_SUCCESS);
    EQUAL(big[65536], 0x5A);
    /* Of 65,536 random bytes each value comes 256 times; less than 100 of one
       has a chance below one in 10^20. */
    uint32_t seen[256] = {0};
    for (uint32_t i = 0; i < 65536; i++) seen[big[i]]++;
    for (uint32_t i = 0; i < 256; i++) HOLDS(seen[i] > 100 && seen[i] < 500);

    WANT(random_get(again, sizeof again), E_SUCCESS);
    HOLDS(memcmp(big, again, sizeof again) != 0);

    uint8_t none = 0x5A;
    WANT(random_get(&none, 0), E_SUCCESS);
    EQUAL(none, 0x5A);
}
