/* connect-timeout: a host that does not answer. A listener that accepts nobody,
   with a queue that is full, is one: the kernel then drops what knocks. */
#include "slow.h"

enum { KNOCKS = 40 };

void test(void) {
    tcp_t listener = tcp_new(V4);
    OK(TCP(set_listen_backlog_size)(T(listener), 1, &err));
    OK(tcp_bind(listener, v4(127, 0, 0, 1, 0)));
    OK(tcp_listen(listener));
    address_t address = tcp_local(listener);

    /* Fill the queue: until a connection is not made at once. */
    bool full = false;
    for (int i = 0; i < KNOCKS && !full; i++) {
        tcp_t knock = tcp_new(V4);
        wasi_sockets_tcp_tuple2_own_input_stream_own_output_stream_t streams;
        OK(TCP(start_connect)(T(knock), network(), &address, &err));
        block_on(wasi_clocks_monotonic_clock_subscribe_duration(20 * MS));
        if (!TCP(finish_connect)(T(knock), &streams, &err)) {
            REFUSED(false, SOCKET_ERROR(WOULD_BLOCK));
            full = true;
        }
    }
    HOLDS(full);

    options_t options = HTTP(constructor_request_options)();
    uint64_t timeout = 200 * MS;
    future_t future;
    response_t response;
    HOLDS(HTTP(method_request_options_set_connect_timeout)(OPTIONS(options), &timeout));
    request_t request = new_request(METHOD(GET), address_of(listener), "/", HTTP(constructor_fields)());
    uint64_t before = now();
    bool went = start(request, &options, &future);
    if (went) went = finish(future, &response);
    uint64_t took = now() - before;
    REFUSED(went, HTTP_ERROR(CONNECTION_TIMEOUT));
    HOLDS(took >= timeout);
    HOLDS(took < 5000 * MS);
}
