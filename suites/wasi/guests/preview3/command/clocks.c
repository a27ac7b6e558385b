/* wasi:clocks: the system's clock, the monotonic one and waiting. */
#include "command.h"

#define MS 1000000ull
#define NOW wasi_clocks_monotonic_clock_now

void test(void) {
    wasi_clocks_system_clock_instant_t time;
    wasi_clocks_system_clock_now(&time);
    HOLDS(time.seconds > 1577836800 && time.seconds < 7258118400);
    HOLDS(time.nanoseconds < 1000000000);
    HOLDS(wasi_clocks_system_clock_get_resolution() > 0);
    HOLDS(wasi_clocks_monotonic_clock_get_resolution() > 0);

    uint64_t first = NOW(), last = first;
    for (int i = 0; i < 1000; i++) {
        uint64_t now = NOW();
        HOLDS(now >= last);
        last = now;
    }
    HOLDS(last > first);

    uint64_t start = NOW();
    wasi_clocks_monotonic_clock_wait_for(20 * MS);
    HOLDS(NOW() - start >= 20 * MS);
    start = NOW();
    wasi_clocks_monotonic_clock_wait_until(start + 20 * MS);
    HOLDS(NOW() - start >= 20 * MS);
    /* At once: no time, and a time that is past. */
    start = NOW();
    wasi_clocks_monotonic_clock_wait_for(0);
    wasi_clocks_monotonic_clock_wait_until(0);
    wasi_clocks_monotonic_clock_wait_until(start);
    HOLDS(NOW() - start < 5000 * MS);
}
