/* wasi:io/poll: one of many, several at once, and the same one twice. */
#include "sockets.h"

#define MS 1000000ull

static wasi_io_poll_borrow_pollable_t borrow(pollable_t pollable) {
    return wasi_io_poll_borrow_pollable(pollable);
}

static bindings_list_u32_t poll(wasi_io_poll_borrow_pollable_t *list, size_t n) {
    bindings_list_u32_t ready;
    wasi_io_poll_poll(&(wasi_io_poll_list_borrow_pollable_t){list, n}, &ready);
    HOLDS(ready.len > 0 && ready.len <= n);
    return ready;
}

void test(void) {
    pollable_t far = wasi_clocks_monotonic_clock_subscribe_duration(3600000 * MS);
    pollable_t soon = wasi_clocks_monotonic_clock_subscribe_duration(10 * MS);
    wasi_io_poll_borrow_pollable_t list[3] = {borrow(far), borrow(soon)};
    bindings_list_u32_t ready = poll(list, 2);
    EQUAL(ready.len, 1);
    EQUAL(ready.ptr[0], 1);

    /* Of those that are ready at least one is told, by its place. */
    pollable_t past = wasi_clocks_monotonic_clock_subscribe_instant(0);
    list[0] = borrow(past);
    list[1] = borrow(far);
    list[2] = borrow(soon);
    ready = poll(list, 3);
    for (size_t i = 0; i < ready.len; i++) HOLDS(ready.ptr[i] == 0 || ready.ptr[i] == 2);
    HOLDS(wasi_io_poll_method_pollable_ready(borrow(past)));
    HOLDS(wasi_io_poll_method_pollable_ready(borrow(soon)));
    HOLDS(!wasi_io_poll_method_pollable_ready(borrow(far)));
    list[0] = list[1] = borrow(past);
    ready = poll(list, 2);
    for (size_t i = 0; i < ready.len; i++) HOLDS(ready.ptr[i] < 2);

    /* A stream that waits for its peer, and a timer. */
    connection_t client, server;
    tcp_t listener = tcp_listener();
    OK(tcp_connect(tcp_new(V4), tcp_local(listener), &client));
    OK(tcp_accept(listener, &server));
    pollable_t readable = INPUT(subscribe)(IN(server.in));
    list[0] = borrow(readable);
    /* A new connection may look readable once, now or a moment later;
       tcp-not-readable is about that. A read tells that nothing came. */
    for (int spurious = 0;; spurious++) {
        pollable_t timer = wasi_clocks_monotonic_clock_subscribe_duration(20 * MS);
        list[1] = borrow(timer);
        ready = poll(list, 2);
        if (ready.ptr[0] == 1) break;
        EQUAL(ready.ptr[0], 0);
        HOLDS(spurious < 2);
        bindings_list_u8_t part;
        STREAM_OK(INPUT(read)(IN(server.in), 1, &part, &stream_err));
        EQUAL(part.len, 0);
    }
    EQUAL(ready.len, 1);
    HOLDS(!wasi_io_poll_method_pollable_ready(borrow(readable)));
    write_out(client.out, "now", 3);
    list[1] = borrow(far);
    ready = poll(list, 2);
    EQUAL(ready.len, 1);
    EQUAL(ready.ptr[0], 0);
    HOLDS(wasi_io_poll_method_pollable_ready(borrow(readable)));
}
