/* wasi:clocks: the world's clock, the monotonic one and its timers. */
#include "command.h"

#define MS 1000000ull
#define NOW wasi_clocks_monotonic_clock_now

static bool ready(pollable_t pollable) {
    return wasi_io_poll_method_pollable_ready(wasi_io_poll_borrow_pollable(pollable));
}

void test(void) {
    wasi_clocks_wall_clock_datetime_t time, resolution;
    wasi_clocks_wall_clock_now(&time);
    HOLDS(time.seconds > 1577836800 && time.seconds < 7258118400);
    HOLDS(time.nanoseconds < 1000000000);
    wasi_clocks_wall_clock_resolution(&resolution);
    HOLDS(resolution.nanoseconds < 1000000000);
    HOLDS(resolution.seconds > 0 || resolution.nanoseconds > 0);

    HOLDS(wasi_clocks_monotonic_clock_resolution() > 0);
    uint64_t first = NOW(), last = first;
    for (int i = 0; i < 1000; i++) {
        uint64_t now = NOW();
        HOLDS(now >= last);
        last = now;
    }
    HOLDS(last > first);

    uint64_t start = NOW();
    block_on(wasi_clocks_monotonic_clock_subscribe_duration(20 * MS));
    HOLDS(NOW() - start >= 20 * MS);
    start = NOW();
    block_on(wasi_clocks_monotonic_clock_subscribe_instant(start + 20 * MS));
    HOLDS(NOW() - start >= 20 * MS);

    /* At once: no time, and a time that is past. */
    block_on(wasi_clocks_monotonic_clock_subscribe_duration(0));
    block_on(wasi_clocks_monotonic_clock_subscribe_instant(start));

    /* A timer is not ready before its time, then it is and stays so. */
    pollable_t timer = wasi_clocks_monotonic_clock_subscribe_duration(3600000 * MS);
    HOLDS(!ready(timer));
    wasi_io_poll_pollable_drop_own(timer);
    timer = wasi_clocks_monotonic_clock_subscribe_duration(5 * MS);
    wasi_io_poll_method_pollable_block(wasi_io_poll_borrow_pollable(timer));
    HOLDS(ready(timer));
    HOLDS(ready(timer));
    wasi_io_poll_method_pollable_block(wasi_io_poll_borrow_pollable(timer));
}
