/* clock_res_get and clock_time_get: time goes on, and never back. */
#include "command.h"

void test(void) {
    uint64_t resolution = 0;
    WANT(clock_res_get(CLOCK_MONOTONIC, &resolution), E_SUCCESS);
    HOLDS(resolution > 0 && resolution <= 1000000000);
    WANT(clock_res_get(CLOCK_REALTIME, &resolution), E_SUCCESS);
    HOLDS(resolution > 0 && resolution <= 1000000000);

    uint64_t first = 0, now = 0, last = 0;
    WANT(clock_time_get(CLOCK_MONOTONIC, 0, &first), E_SUCCESS);
    last = first;
    for (uint32_t i = 0; i < 1000; i++) {
        WANT(clock_time_get(CLOCK_MONOTONIC, i, &now), E_SUCCESS);
        HOLDS(now >= last);
        last = now;
    }
    HOLDS(last > first);

    /* The world's clock shows a date after 2020 and before 2200. */
    WANT(clock_time_get(CLOCK_REALTIME, 1000000, &now), E_SUCCESS);
    HOLDS(now > 1577836800000000000ull && now < 7258118400000000000ull);

    /* The clocks of processes are optional; one that is missing says so. */
    uint32_t optional[] = {CLOCK_PROCESS, CLOCK_THREAD};
    for (int i = 0; i < 2; i++) {
        errno_t error = clock_time_get(optional[i], 0, &now);
        HOLDS(error == E_SUCCESS || error == E_BADF || error == E_INVAL || error == E_NOTSUP);
        EQUAL(clock_res_get(optional[i], &resolution), error);
    }
}
