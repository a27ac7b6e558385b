/* Several waits at once: they end in the order of their times, and together
   they take as long as the longest. */
#include "command.h"

#define MS 1000000ull

void test(void) {
    uint64_t times[] = {60 * MS, 20 * MS, 40 * MS};
    int order[] = {1, 2, 0};
    bindings_subtask_t tasks[3];
    bindings_waitable_set_t set = bindings_waitable_set_new();
    bindings_event_t event;
    uint64_t start = wasi_clocks_monotonic_clock_now();
    for (int i = 0; i < 3; i++) {
        bindings_subtask_status_t status = wasi_clocks_monotonic_clock_wait_for(times[i]);
        EQUAL(BINDINGS_SUBTASK_STATE(status), BINDINGS_SUBTASK_STARTED);
        tasks[i] = BINDINGS_SUBTASK_HANDLE(status);
        bindings_waitable_join(tasks[i], set);
    }
    bindings_waitable_set_poll(set, &event);
    EQUAL(event.event, BINDINGS_EVENT_NONE);
    for (int i = 0; i < 3; i++) {
        bindings_waitable_set_wait(set, &event);
        EQUAL(event.event, BINDINGS_EVENT_SUBTASK);
        EQUAL(event.waitable, tasks[order[i]]);
        EQUAL(event.code, BINDINGS_SUBTASK_RETURNED);
        HOLDS(wasi_clocks_monotonic_clock_now() - start >= times[order[i]]);
        bindings_subtask_drop(event.waitable);
    }

    /* One that was given up ends at once, and says so. */
    bindings_subtask_status_t status = wasi_clocks_monotonic_clock_wait_for(3600000 * MS);
    EQUAL(BINDINGS_SUBTASK_STATE(status), BINDINGS_SUBTASK_STARTED);
    bindings_subtask_t task = BINDINGS_SUBTASK_HANDLE(status);
    status = bindings_subtask_cancel(task);
    EQUAL(BINDINGS_SUBTASK_STATE(status), BINDINGS_SUBTASK_RETURNED_CANCELLED);
    bindings_subtask_drop(task);
    HOLDS(wasi_clocks_monotonic_clock_now() - start < 10000 * MS);

    /* One whose time is past may have ended before the call is back. */
    status = wasi_clocks_monotonic_clock_wait_for(0);
    if (BINDINGS_SUBTASK_STATE(status) != BINDINGS_SUBTASK_RETURNED) {
        task = BINDINGS_SUBTASK_HANDLE(status);
        bindings_waitable_join(task, set);
        bindings_waitable_set_wait(set, &event);
        EQUAL(event.waitable, task);
        EQUAL(event.code, BINDINGS_SUBTASK_RETURNED);
        bindings_subtask_drop(task);
    }
}
