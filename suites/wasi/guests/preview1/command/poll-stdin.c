/* poll_oneoff waits for standard input: nothing before the line, then it. */
#include "command.h"

void test(void) {
    event_t events[2];
    uint32_t n = 0;
    subscription_t subs[2] = {
        {.userdata = 1, .tag = EVENT_READ, .file = {0}},
        {.userdata = 2, .tag = EVENT_CLOCK, .clock = {CLOCK_MONOTONIC, 50000000, 0, 0}},
    };
    /* Nobody writes before the text below was read: only the timer fires. */
    WANT(poll_oneoff(subs, events, 2, &n), E_SUCCESS);
    EQUAL(n, 1);
    EQUAL(events[0].userdata, 2);
    write_text(1, "nothing yet\n");

    subs[1].clock.timeout = 3600000000000ull;
    WANT(poll_oneoff(subs, events, 2, &n), E_SUCCESS);
    EQUAL(n, 1);
    EQUAL(events[0].userdata, 1);
    EQUAL(events[0].type, EVENT_READ);
    EQUAL(events[0].error, E_SUCCESS);
    char line[5];
    EQUAL(read_all(0, line, 5), 5);
    HOLDS(is_text(line, 5, "line\n"));
    write_text(1, "there it is\n");
}
