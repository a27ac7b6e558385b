/* wasi:http/client against helper servers: methods, bodies, headers, chunks,
   trailers, several requests at once, and a port where nobody listens. */
#include "sending.h"

static fields_t no_fields(void) { return HTTP(constructor_fields)(); }

static request_t get(const char *path) {
    return new_request(METHOD(GET), server_address("MAIN"), path, no_fields(), 0, 0);
}

void test(void) {
    static char large[20000], back[20001];
    size_t n;
    sending_t one, two;
    response_t response;
    must_be(must_send(get("/hello")), 200, "hello from the server");
    must_be(must_send(get("/teapot")), 418, "short and stout");
    must_be(must_send(get("/empty")), 204, "");

    /* A body there, and back. */
    writer_t writer;
    reader_t reader = new_stream(&writer);
    for (size_t i = 0; i < sizeof large; i++) large[i] = (char)('a' + i % 26);
    start(new_request(METHOD(POST), server_address("MAIN"), "/echo", no_fields(), &reader, 0), &one);
    EQUAL(write_stream(writer, large, sizeof large), sizeof large);
    close_writer(writer);
    OK(finish(&one, &response));
    OK(read_body(response, back, sizeof back, &n, 0));
    EQUAL(n, sizeof large);
    HOLDS(memcmp(back, large, n) == 0);

    /* Two at once; the second answer can be read first. */
    start(get("/hello"), &one);
    start(get("/teapot"), &two);
    OK(finish(&two, &response));
    must_be(response, 418, "short and stout");
    OK(finish(&one, &response));
    must_be(response, 200, "hello from the server");

    /* Headers there, and back as x-echo-*. */
    fields_t fields = no_fields();
    HTTP(field_value_t) value = FIELD("a value");
    OK(HTTP(method_fields_append)(F(fields), STR("x-probe"), &value, &err.header));
    response = must_send(new_request(METHOD(PUT), server_address("MAIN"), "/headers", fields, 0, 0));
    EQUAL(HTTP(method_response_get_status_code)(RESPONSE(response)), 200);
    fields = HTTP(method_response_get_headers)(RESPONSE(response));
    HOLDS(has_field(fields, "x-request-method", "PUT"));
    HOLDS(has_field(fields, "X-Request-Path", "/headers"));
    HOLDS(has_field(fields, "x-echo-x-probe", "a value"));
    /* Those of a response cannot be changed. */
    REFUSED(HTTP(method_fields_append)(F(fields), STR("x"), &value, &err.header), WASI_HTTP_TYPES_HEADER_ERROR_IMMUTABLE);

    /* Trailers there, and back as x-trailer-*. */
    fields = no_fields();
    value = FIELD("x-checksum");
    OK(HTTP(method_fields_append)(F(fields), STR("trailer"), &value, &err.header));
    fields_t after = no_fields();
    value = FIELD("321");
    OK(HTTP(method_fields_append)(F(after), STR("x-checksum"), &value, &err.header));
    reader = new_stream(&writer);
    start(new_request_with(METHOD(PUT), server_address("MAIN"), "/headers", fields, &reader, with_trailers(after), 0), &one);
    EQUAL(write_stream(writer, "content", 7), 7);
    close_writer(writer);
    OK(finish(&one, &response));
    HOLDS(has_field(HTTP(method_response_get_headers)(RESPONSE(response)), "x-trailer-x-checksum", "321"));

    /* Chunks, then trailers. */
    HTTP(option_own_trailers_t) trailers;
    OK(read_body(must_send(get("/chunks")), back, sizeof back, &n, &trailers));
    HOLDS(is_text(back, n, "one, two, three"));
    HOLDS(trailers.is_some);
    HOLDS(has_field(trailers.val, "x-checksum", "123"));

    /* Nobody there. */
    start(new_request(METHOD(GET), server_address("CLOSED"), "/", no_fields(), 0, 0), &one);
    REFUSED(finish(&one, &response), HTTP_ERROR(CONNECTION_REFUSED));
}
