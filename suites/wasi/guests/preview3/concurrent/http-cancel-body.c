/* Cancel of a large response body: the client reads a little of a gibibyte and
   drops it. The server must learn of it, and neither side may wait for the
   rest. */
#include "sending.h"
#include "slow.h"

static char block[65536];

void test(void) {
    accepted_t accepted;
    tcp_t listener = tcp_listener(&accepted);
    sending_t sending;
    response_t response;
    start(new_request(METHOD(GET), address_of(listener), "/large", HTTP(constructor_fields)(), 0, 0), &sending);
    connection_t server = accept_request(accepted);
    static const char head[] = "HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n";
    EQUAL(write_stream(server.out, head, sizeof head - 1), sizeof head - 1);
    OK(finish(&sending, &response));

    HTTP(tuple2_stream_u8_future_result_option_own_trailers_error_code_t) body;
    HTTP(static_response_consume_body)(response, success(), &body);
    EQUAL(write_stream(server.out, block, 10000), 10000);
    EQUAL(read_stream(body.f0, block, 10000), 10000);
    close_reader(body.f0);
    wasi_http_types_future_result_option_own_trailers_error_code_drop_readable(body.f1);

    /* The server goes on until it is told that nobody listens. */
    uint64_t before = now(), sent = 10000;
    size_t n = sizeof block;
    while (n == sizeof block && sent < (1ull << 30)) {
        n = write_stream(server.out, block, sizeof block);
        sent += n;
        HOLDS(now() - before < 5000 * MS);
    }
    HOLDS(n < sizeof block);
    close_writer(server.out);
    HOLDS(!socket_done(server.out_done));

    /* The client is well: another request works. */
    start(new_request(METHOD(GET), address_of(listener), "/small", HTTP(constructor_fields)(), 0, 0), &sending);
    connection_t again = accept_request(accepted);
    static const char small[] = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nsmall";
    EQUAL(write_stream(again.out, small, sizeof small - 1), sizeof small - 1);
    OK(finish(&sending, &response));
    must_be(response, 200, "small");
}
