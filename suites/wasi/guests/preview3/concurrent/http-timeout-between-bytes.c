/* between-bytes-timeout: a server that stops in the middle of a body. What came
   before is read; then the stream ends, and the future of the trailers says
   why. A pause that is shorter than the time is none. */
#include "sending.h"
#include "slow.h"

void test(void) {
    accepted_t accepted;
    tcp_t listener = tcp_listener(&accepted);
    options_t options = HTTP(constructor_request_options)();
    HTTP(request_options_error_t) wrong;
    uint64_t timeout = 500 * MS;
    sending_t sending;
    response_t response;
    HOLDS(HTTP(method_request_options_set_between_bytes_timeout)(OPTIONS(options), &timeout, &wrong));
    start(new_request(METHOD(GET), address_of(listener), "/", HTTP(constructor_fields)(), 0, &options), &sending);
    connection_t server = accept_request(accepted);
    static const char head[] = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nfirst";
    EQUAL(write_stream(server.out, head, sizeof head - 1), sizeof head - 1);
    OK(finish(&sending, &response));

    char buf[16];
    HTTP(tuple2_stream_u8_future_result_option_own_trailers_error_code_t) body;
    HTTP(static_response_consume_body)(response, success(), &body);
    EQUAL(read_stream(body.f0, buf, 5), 5);
    HOLDS(is_text(buf, 5, "first"));
    await(BINDINGS_SUBTASK_HANDLE(wasi_clocks_monotonic_clock_wait_for(20 * MS)), BINDINGS_WAITABLE_STATUS_BLOCKED);
    EQUAL(write_stream(server.out, "then", 4), 4);
    EQUAL(read_stream(body.f0, buf, 4), 4);
    HOLDS(is_text(buf, 4, "then"));

    uint64_t before = now();
    EQUAL(read_stream(body.f0, buf, 1), 0);
    close_reader(body.f0);
    bool went = trailers_done(body.f1, 0);
    uint64_t took = now() - before;
    REFUSED2(went, HTTP_ERROR(CONNECTION_READ_TIMEOUT), HTTP_ERROR(HTTP_RESPONSE_TIMEOUT));
    HOLDS(took >= timeout / 2);
    HOLDS(took < 5000 * MS);
}
