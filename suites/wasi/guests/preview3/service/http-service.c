/* wasi:http/handler: what a client asked for arrives, and what is answered gets
   there: status, headers, bodies in one piece and in many. */
#include "service.h"

/* Replies, and gives back where the body is to be written. */
static writer_t begin(uint16_t status, fields_t headers) {
    writer_t writer;
    reader_t reader = new_stream(&writer);
    HTTP(tuple2_own_response_future_result_void_error_code_t) made;
    HTTP(static_response_new)(headers, &reader, no_trailers(), &made);
    wasi_http_types_future_result_void_error_code_drop_readable(made.f1);
    EQUAL(HTTP(method_response_get_status_code)(RESPONSE(made.f0)), 200);
    HOLDS(HTTP(method_response_set_status_code)(RESPONSE(made.f0), status));
    EQUAL(HTTP(method_response_get_status_code)(RESPONSE(made.f0)), status);
    reply(made.f0);
    return writer;
}

static void say(uint16_t status, const uint8_t *text, size_t len) {
    writer_t writer = begin(status, HTTP(constructor_fields)());
    EQUAL(write_stream(writer, text, len), len);
    close_writer(writer);
}

/* Copies the request's body into the answer's, as it comes. */
static void echo(request_t request) {
    char buffer[1024];
    HTTP(tuple2_stream_u8_future_result_option_own_trailers_error_code_t) body;
    HTTP(static_request_consume_body)(request, success(), &body);
    writer_t writer = begin(200, HTTP(constructor_fields)());
    for (;;) {
        uint32_t status = await(body.f0, wasi_cli_stdin_stream_u8_read(body.f0, (uint8_t *)buffer, sizeof buffer));
        uint32_t n = BINDINGS_WAITABLE_COUNT(status);
        EQUAL(write_stream(writer, buffer, n), n);
        if (BINDINGS_WAITABLE_STATE(status) != BINDINGS_WAITABLE_COMPLETED) break;
    }
    close_reader(body.f0);
    OK(trailers_done(body.f1, 0));
    close_writer(writer);
}

/* The value of x-in becomes x-out. */
static void headers(request_t request) {
    fields_t asked = HTTP(method_request_get_headers)(REQUEST(request));
    HTTP(list_field_value_t) values;
    HTTP(method_fields_get)(F(asked), STR("X-In"), &values);
    EQUAL(values.len, 1);
    REFUSED(HTTP(method_fields_append)(F(asked), STR("x"), &values.ptr[0], &err.header), WASI_HTTP_TYPES_HEADER_ERROR_IMMUTABLE);
    fields_t answer = HTTP(constructor_fields)();
    OK(HTTP(method_fields_append)(F(answer), STR("x-out"), &values.ptr[0], &err.header));
    close_writer(begin(200, answer));
}

static void pieces(void) {
    writer_t writer = begin(200, HTTP(constructor_fields)());
    const char *words[] = {"one, ", "two, ", "three"};
    for (int i = 0; i < 3; i++) {
        EQUAL(write_stream(writer, words[i], strlen(words[i])), strlen(words[i]));
        wasi_clocks_monotonic_clock_wait_for(5000000);
    }
    close_writer(writer);
}

void answer(request_t request) {
    bindings_string_t path;
    HTTP(method_t) method;
    HTTP(method_request_get_method)(REQUEST(request), &method);
    HOLDS(HTTP(method_request_get_path_with_query)(REQUEST(request), &path));

    if (SAME(path, "/echo")) return echo(request);
    if (SAME(path, "/headers")) return headers(request);
    if (SAME(path, "/pieces")) return pieces();
    if (SAME(path, "/missing")) return say(404, (const uint8_t *)"not here", 8);
    if (SAME(path, "/nothing")) return say(204, 0, 0);
    if (path.len > 7 && memcmp(path.ptr, "/query?", 7) == 0) return say(200, path.ptr + 7, path.len - 7);
    if (SAME(path, "/method")) {
        static const char *names[] = {"get", "head", "post", "put", "delete", "connect", "options", "trace", "patch"};
        if (method.tag == METHOD(OTHER)) return say(200, method.val.other.ptr, method.val.other.len);
        return say(200, (const uint8_t *)names[method.tag], strlen(names[method.tag]));
    }
    if (SAME(path, "/unread")) {
        /* The body is there and nobody wants it. */
        HTTP(request_drop_own)(request);
        return say(200, (const uint8_t *)"fine", 4);
    }
    say(200, (const uint8_t *)"hello", 5);
}
