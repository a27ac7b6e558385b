/* connect-timeout: a host that does not answer. A listener that accepts nobody,
   with a queue that is full, is one: the kernel then drops what knocks. */
#include "slow.h"

enum { KNOCKS = 40 };

/* Whether a connection is not made within a time that is long for this host. */
static bool is_full(address_t address) {
    wasi_sockets_tcp_tuple2_own_input_stream_own_output_stream_t streams;
    tcp_t knock = tcp_new(V4);
    OK(TCP(start_connect)(T(knock), network(), &address, &err));
    pollable_t late = wasi_clocks_monotonic_clock_subscribe_duration(300 * MS);
    while (!TCP(finish_connect)(T(knock), &streams, &err)) {
        REFUSED(false, SOCKET_ERROR(WOULD_BLOCK));
        if (wasi_io_poll_method_pollable_ready(wasi_io_poll_borrow_pollable(late))) return true;
        pollable_t made = TCP(subscribe)(T(knock));
        wasi_io_poll_borrow_pollable_t list[] = {wasi_io_poll_borrow_pollable(made), wasi_io_poll_borrow_pollable(late)};
        bindings_list_u32_t ready;
        wasi_io_poll_poll(&(wasi_io_poll_list_borrow_pollable_t){list, 2}, &ready);
        wasi_io_poll_pollable_drop_own(made);
    }
    return false;
}

void test(void) {
    tcp_t listener = tcp_new(V4);
    OK(TCP(set_listen_backlog_size)(T(listener), 1, &err));
    OK(tcp_bind(listener, v4(127, 0, 0, 1, 0)));
    OK(tcp_listen(listener));
    address_t address = tcp_local(listener);

    int knocks = 0;
    while (!is_full(address)) HOLDS(++knocks < KNOCKS);

    options_t options = HTTP(constructor_request_options)();
    uint64_t timeout = 200 * MS;
    future_t future;
    response_t response;
    HOLDS(HTTP(method_request_options_set_connect_timeout)(OPTIONS(options), &timeout));
    /* Were it connected after all, this error would say so. */
    HOLDS(HTTP(method_request_options_set_first_byte_timeout)(OPTIONS(options), &timeout));
    request_t request = new_request(METHOD(GET), address_of(listener), "/", HTTP(constructor_fields)());
    uint64_t before = now();
    bool went = start(request, &options, &future);
    if (went) went = finish(future, &response);
    uint64_t took = now() - before;
    REFUSED(went, HTTP_ERROR(CONNECTION_TIMEOUT));
    HOLDS(took >= timeout);
    HOLDS(took < 5000 * MS);
}
