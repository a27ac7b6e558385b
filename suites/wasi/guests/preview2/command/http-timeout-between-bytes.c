/* between-bytes-timeout: a server that stops in the middle of a body. What came
   before is read; then the stream fails when the time is over. A pause that is
   shorter than the time is none. */
#include "slow.h"

void test(void) {
    tcp_t listener = tcp_listener();
    options_t options = HTTP(constructor_request_options)();
    uint64_t timeout = 300 * MS;
    future_t future;
    response_t response;
    HOLDS(HTTP(method_request_options_set_between_bytes_timeout)(OPTIONS(options), &timeout));
    request_t request = new_request(METHOD(GET), address_of(listener), "/", HTTP(constructor_fields)());
    OK(start(request, &options, &future));
    connection_t server = accept_request(listener);
    static const char head[] = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nfirst";
    write_out(server.out, head, sizeof head - 1);
    OK(finish(future, &response));

    HTTP(own_incoming_body_t) body;
    input_t in;
    char buf[16];
    HOLDS(HTTP(method_incoming_response_consume)(RESPONSE(response), &body));
    HOLDS(HTTP(method_incoming_body_stream)(BODY_IN(body), &in));
    EQUAL(read_in(in, buf, 5), 5);
    HOLDS(is_text(buf, 5, "first"));
    block_on(wasi_clocks_monotonic_clock_subscribe_duration(50 * MS));
    write_out(server.out, "then", 4);
    EQUAL(read_in(in, buf, 4), 4);
    HOLDS(is_text(buf, 4, "then"));

    uint64_t before = now();
    bindings_list_u8_t part;
    HOLDS(!INPUT(blocking_read)(IN(in), 1, &part, &stream_err));
    uint64_t took = now() - before;
    EITHER(body_error(), HTTP_ERROR(CONNECTION_READ_TIMEOUT), HTTP_ERROR(HTTP_RESPONSE_TIMEOUT));
    HOLDS(took >= timeout / 2);
    HOLDS(took < 5000 * MS);
}
