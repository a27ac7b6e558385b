/* Cancel of a large response body: the client reads a little of a gibibyte and
   drops it. The server must learn of it, and neither side may wait for the
   rest. */
#include "slow.h"

static char block[65536];

void test(void) {
    tcp_t listener = tcp_listener();
    future_t future;
    response_t response;
    request_t request = new_request(METHOD(GET), address_of(listener), "/large", HTTP(constructor_fields)());
    OK(start(request, 0, &future));
    connection_t server = accept_request(listener);
    static const char head[] = "HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n";
    write_out(server.out, head, sizeof head - 1);
    OK(finish(future, &response));

    HTTP(own_incoming_body_t) body;
    input_t in;
    HOLDS(HTTP(method_incoming_response_consume)(RESPONSE(response), &body));
    HOLDS(HTTP(method_incoming_body_stream)(BODY_IN(body), &in));
    write_out(server.out, block, sizeof block);
    EQUAL(read_in(in, block, sizeof block), sizeof block);

    wasi_io_streams_input_stream_drop_own(in);
    HTTP(incoming_body_drop_own)(body);
    HTTP(incoming_response_drop_own)(response);

    /* The server goes on until it is told that nobody listens. */
    uint64_t until = now() + 5000 * MS;
    bool closed = false;
    for (uint64_t sent = sizeof block; !closed && sent < (1ull << 30);) {
        uint64_t room = 0;
        HOLDS(now() < until);
        if (!OUTPUT(check_write)(OUT(server.out), &room, &stream_err)) {
            closed = true;
        } else if (room == 0) {
            pollable_t both[] = {OUTPUT(subscribe)(OUT(server.out)), wasi_clocks_monotonic_clock_subscribe_instant(until)};
            wasi_io_poll_borrow_pollable_t list[] = {
                wasi_io_poll_borrow_pollable(both[0]), wasi_io_poll_borrow_pollable(both[1])};
            bindings_list_u32_t ready;
            wasi_io_poll_poll(&(wasi_io_poll_list_borrow_pollable_t){list, 2}, &ready);
            bindings_list_u32_free(&ready);
            wasi_io_poll_pollable_drop_own(both[0]);
            wasi_io_poll_pollable_drop_own(both[1]);
        } else {
            size_t n = room < sizeof block ? (size_t)room : sizeof block;
            bindings_list_u8_t bytes = {(uint8_t *)block, n};
            closed = !OUTPUT(write)(OUT(server.out), &bytes, &stream_err);
            sent += n;
        }
    }
    HOLDS(closed);

    /* The client is well: another request works. */
    request = new_request(METHOD(GET), address_of(listener), "/small", HTTP(constructor_fields)());
    OK(start(request, 0, &future));
    connection_t again = accept_request(listener);
    static const char small[] = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nsmall";
    write_out(again.out, small, sizeof small - 1);
    OK(finish(future, &response));
    must_be(response, 200, "small");
}
