/* wasi:http/outgoing-handler against helper servers: methods, bodies, headers,
   chunks, trailers, and a port where nobody listens. */
#include "http.h"

static fields_t no_fields(void) { return HTTP(constructor_fields)(); }

void test(void) {
    bindings_string_t address = server_address("MAIN");
    must_be(must_send(new_request(METHOD(GET), address, "/hello", no_fields())), 200, "hello from the server");
    must_be(must_send(new_request(METHOD(GET), address, "/teapot", no_fields())), 418, "short and stout");
    must_be(must_send(new_request(METHOD(GET), address, "/empty", no_fields())), 204, "");

    /* A body there. */
    request_t request = new_request(METHOD(POST), address, "/echo", no_fields());
    future_t future;
    response_t response;
    HTTP(own_outgoing_body_t) body;
    HOLDS(HTTP(method_outgoing_request_body)(REQUEST(request), &body));
    /* It can be taken once. */
    HTTP(own_outgoing_body_t) second;
    HOLDS(!HTTP(method_outgoing_request_body)(REQUEST(request), &second));
    output_t out;
    HOLDS(HTTP(method_outgoing_body_write)(BODY_OUT(body), &out));
    OK(start(request, 0, &future));
    static char large[20000];
    for (size_t i = 0; i < sizeof large; i++) large[i] = (char)('a' + i % 26);
    write_out(out, large, sizeof large);
    wasi_io_streams_output_stream_drop_own(out);
    HTTP(error_code_t) error;
    HOLDS(HTTP(static_outgoing_body_finish)(body, 0, &error));
    OK(finish(future, &response));
    static char back[20001];
    size_t n = read_body(response, back, sizeof back, 0, 0);
    EQUAL(n, sizeof large);
    HOLDS(memcmp(back, large, n) == 0);

    /* Headers there, and back as x-echo-*. */
    fields_t fields = no_fields();
    HTTP(header_error_t) wrong;
    HTTP(field_value_t) value = FIELD("a value");
    HOLDS(HTTP(method_fields_append)(F(fields), STR("x-probe"), &value, &wrong));
    response = must_send(new_request(METHOD(PUT), address, "/headers", fields));
    EQUAL(HTTP(method_incoming_response_status)(RESPONSE(response)), 200);
    fields = HTTP(method_incoming_response_headers)(RESPONSE(response));
    HOLDS(has_field(fields, "x-request-method", "PUT"));
    HOLDS(has_field(fields, "X-Request-Path", "/headers"));
    HOLDS(has_field(fields, "x-echo-x-probe", "a value"));
    /* Those of a response cannot be changed. */
    HOLDS(!HTTP(method_fields_append)(F(fields), STR("x"), &value, &wrong));
    EQUAL(wrong.tag, WASI_HTTP_TYPES_HEADER_ERROR_IMMUTABLE);

    /* Trailers there, and back as x-trailer-*. */
    fields = no_fields();
    value = FIELD("x-checksum");
    HOLDS(HTTP(method_fields_append)(F(fields), STR("trailer"), &value, &wrong));
    request = new_request(METHOD(PUT), address, "/headers", fields);
    HOLDS(HTTP(method_outgoing_request_body)(REQUEST(request), &body));
    HOLDS(HTTP(method_outgoing_body_write)(BODY_OUT(body), &out));
    OK(start(request, 0, &future));
    write_out(out, "content", 7);
    wasi_io_streams_output_stream_drop_own(out);
    fields = no_fields();
    value = FIELD("321");
    HOLDS(HTTP(method_fields_append)(F(fields), STR("x-checksum"), &value, &wrong));
    HOLDS(HTTP(static_outgoing_body_finish)(body, &fields, &error));
    OK(finish(future, &response));
    fields = HTTP(method_incoming_response_headers)(RESPONSE(response));
    HOLDS(has_field(fields, "x-trailer-x-checksum", "321"));

    /* Chunks, then trailers. */
    response = must_send(new_request(METHOD(GET), address, "/chunks", no_fields()));
    bool has_trailers = false;
    n = read_body(response, back, sizeof back, &fields, &has_trailers);
    HOLDS(is_text(back, n, "one, two, three"));
    HOLDS(has_trailers);
    HOLDS(has_field(fields, "x-checksum", "123"));

    /* Nobody there: when it is sent or when the answer is waited for. */
    request = new_request(METHOD(GET), server_address("CLOSED"), "/", no_fields());
    bool went = start(request, 0, &future);
    if (went) went = finish(future, &response);
    REFUSED(went, HTTP_ERROR(CONNECTION_REFUSED));
}
