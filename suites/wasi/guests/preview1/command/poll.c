/* poll_oneoff: timers, files that are ready, and what it refuses. */
#include "command.h"

#define MS 1000000ull

static subscription_t subs[4];
static event_t events[4];

static uint64_t now(void) {
    uint64_t time;
    WANT(clock_time_get(CLOCK_MONOTONIC, 1, &time), E_SUCCESS);
    return time;
}

static subscription_t timer(uint64_t userdata, uint32_t clock, uint64_t timeout, uint16_t flags) {
    return (subscription_t){.userdata = userdata, .tag = EVENT_CLOCK, .clock = {clock, timeout, 0, flags}};
}

static subscription_t ready(uint64_t userdata, uint8_t tag, fd_t fd) {
    return (subscription_t){.userdata = userdata, .tag = tag, .file = {fd}};
}

/* The one event that comes, which must be of this timer, not before its time. */
static void one_timer(uint32_t count, uint64_t userdata, uint64_t start, uint64_t least) {
    uint32_t n = 0;
    WANT(poll_oneoff(subs, events, count, &n), E_SUCCESS);
    HOLDS(now() - start >= least);
    EQUAL(n, 1);
    EQUAL(events[0].userdata, userdata);
    EQUAL(events[0].error, E_SUCCESS);
    EQUAL(events[0].type, EVENT_CLOCK);
}

void test(void) {
    uint32_t n = 0;
    uint64_t start = now();
    subs[0] = timer(11, CLOCK_MONOTONIC, 20 * MS, 0);
    one_timer(1, 11, start, 20 * MS);

    start = now();
    subs[0] = timer(12, CLOCK_MONOTONIC, start + 20 * MS, ABSTIME);
    one_timer(1, 12, start, 20 * MS);

    start = now();
    subs[0] = timer(13, CLOCK_REALTIME, 20 * MS, 0);
    one_timer(1, 13, start, 19 * MS);

    /* A time that is past. */
    subs[0] = timer(14, CLOCK_REALTIME, 1, ABSTIME);
    one_timer(1, 14, now(), 0);
    subs[0] = timer(15, CLOCK_MONOTONIC, 0, 0);
    one_timer(1, 15, now(), 0);

    /* The first of two; the other would take an hour. */
    start = now();
    subs[0] = timer(16, CLOCK_MONOTONIC, 3600000 * MS, 0);
    subs[1] = timer(17, CLOCK_MONOTONIC, 10 * MS, 0);
    one_timer(2, 17, start, 10 * MS);

    /* Files are always ready, and a timer far away does not hold them up. */
    fd_t fd = must_open("poll.cleanup", OFLAG_CREAT | OFLAG_TRUNC, 0);
    write_text(fd, "content");
    uint64_t at;
    WANT(fd_seek(fd, 0, WHENCE_SET, &at), E_SUCCESS);
    subs[0] = timer(18, CLOCK_MONOTONIC, 3600000 * MS, 0);
    subs[1] = ready(19, EVENT_READ, fd);
    subs[2] = ready(20, EVENT_WRITE, fd);
    subs[3] = ready(21, EVENT_WRITE, 1);
    WANT(poll_oneoff(subs, events, 4, &n), E_SUCCESS);
    HOLDS(n >= 1 && n <= 3);
    for (uint32_t i = 0; i < n; i++) {
        EQUAL(events[i].error, E_SUCCESS);
        HOLDS(events[i].userdata >= 19 && events[i].userdata <= 21);
        EQUAL(events[i].type, events[i].userdata == 19 ? EVENT_READ : EVENT_WRITE);
    }
    WANT(fd_close(fd), E_SUCCESS);
    WANT(path_unlink_file(ROOT, PATH("poll.cleanup")), E_SUCCESS);

    WANT(poll_oneoff(subs, events, 0, &n), E_INVAL);

    /* A descriptor that does not exist: the call fails, or its event says so. */
    subs[0] = ready(22, EVENT_READ, NO_SUCH_FD);
    errno_t error = poll_oneoff(subs, events, 1, &n);
    if (error == E_SUCCESS) {
        EQUAL(n, 1);
        error = events[0].error;
    }
    WANT(error, E_BADF);
}
