/* wasi:http/incoming-handler: what a client asked for arrives, and what is
   answered gets there: status, headers, bodies in one piece and in many. */
#include "service.h"

static output_t body_stream(HTTP(own_outgoing_body_t) body) {
    output_t out;
    HOLDS(HTTP(method_outgoing_body_write)(BODY_OUT(body), &out));
    return out;
}

/* Sends status and headers; gives back the body, to be written and ended. */
static HTTP(own_outgoing_body_t) begin(outparam_t out, uint16_t status, fields_t headers) {
    HTTP(own_outgoing_body_t) body;
    HTTP(own_outgoing_response_t) response = HTTP(constructor_outgoing_response)(headers);
    HTTP(borrow_outgoing_response_t) borrowed = HTTP(borrow_outgoing_response)(response);
    EQUAL(HTTP(method_outgoing_response_status_code)(borrowed), 200);
    HOLDS(HTTP(method_outgoing_response_set_status_code)(borrowed, status));
    EQUAL(HTTP(method_outgoing_response_status_code)(borrowed), status);
    HOLDS(HTTP(method_outgoing_response_body)(borrowed, &body));
    HTTP(result_own_outgoing_response_error_code_t) result = {.is_err = false, .val.ok = response};
    HTTP(static_response_outparam_set)(out, &result);
    return body;
}

static void end(HTTP(own_outgoing_body_t) body, output_t out) {
    HTTP(error_code_t) error;
    wasi_io_streams_output_stream_drop_own(out);
    HOLDS(HTTP(static_outgoing_body_finish)(body, 0, &error));
}

static void reply(outparam_t out, uint16_t status, const uint8_t *text, size_t len) {
    HTTP(own_outgoing_body_t) body = begin(out, status, HTTP(constructor_fields)());
    output_t stream = body_stream(body);
    write_out(stream, (const char *)text, len);
    end(body, stream);
}

static input_t asked_body(asked_t request, HTTP(own_incoming_body_t) *body) {
    input_t in;
    HOLDS(HTTP(method_incoming_request_consume)(ASKED(request), body));
    HOLDS(HTTP(method_incoming_body_stream)(BODY_IN(*body), &in));
    return in;
}

/* Copies the request's body into the answer's, as it comes. */
static void echo(asked_t request, outparam_t out) {
    HTTP(own_incoming_body_t) asked;
    input_t in = asked_body(request, &asked);
    HTTP(own_outgoing_body_t) body = begin(out, 200, HTTP(constructor_fields)());
    output_t stream = body_stream(body);
    uint64_t n;
    while (OUTPUT(blocking_splice)(OUT(stream), IN(in), 4096, &n, &stream_err)) {}
    EQUAL(stream_err.tag, CLOSED);
    STREAM_OK(OUTPUT(blocking_flush)(OUT(stream), &stream_err));
    end(body, stream);
}

/* The value of x-in becomes x-out. */
static void headers(asked_t request, outparam_t out) {
    fields_t asked = HTTP(method_incoming_request_headers)(ASKED(request));
    HTTP(list_field_value_t) values;
    HTTP(header_error_t) wrong;
    HTTP(method_fields_get)(F(asked), STR("X-In"), &values);
    EQUAL(values.len, 1);
    HOLDS(!HTTP(method_fields_append)(F(asked), STR("x"), &values.ptr[0], &wrong));
    EQUAL(wrong.tag, WASI_HTTP_TYPES_HEADER_ERROR_IMMUTABLE);
    fields_t answer = HTTP(constructor_fields)();
    HOLDS(HTTP(method_fields_append)(F(answer), STR("x-out"), &values.ptr[0], &wrong));
    HTTP(own_outgoing_body_t) body = begin(out, 200, answer);
    end(body, body_stream(body));
}

static void pieces(outparam_t out) {
    HTTP(own_outgoing_body_t) body = begin(out, 200, HTTP(constructor_fields)());
    output_t stream = body_stream(body);
    const char *words[] = {"one, ", "two, ", "three"};
    for (int i = 0; i < 3; i++) {
        write_out(stream, words[i], strlen(words[i]));
        block_on(wasi_clocks_monotonic_clock_subscribe_duration(5000000));
    }
    end(body, stream);
}

void answer(asked_t request, outparam_t out) {
    bindings_string_t path, authority;
    HTTP(method_t) method;
    HTTP(scheme_t) scheme;
    HTTP(method_incoming_request_method)(ASKED(request), &method);
    HOLDS(HTTP(method_incoming_request_path_with_query)(ASKED(request), &path));
    HOLDS(HTTP(method_incoming_request_scheme)(ASKED(request), &scheme));
    EQUAL(scheme.tag, WASI_HTTP_TYPES_SCHEME_HTTP);
    HOLDS(HTTP(method_incoming_request_authority)(ASKED(request), &authority));
    HOLDS(authority.len > 0);

    if (SAME(path, "/echo")) return echo(request, out);
    if (SAME(path, "/headers")) return headers(request, out);
    if (SAME(path, "/pieces")) return pieces(out);
    if (SAME(path, "/missing")) return reply(out, 404, (const uint8_t *)"not here", 8);
    if (SAME(path, "/nothing")) return reply(out, 204, 0, 0);
    if (path.len > 7 && memcmp(path.ptr, "/query?", 7) == 0) return reply(out, 200, path.ptr + 7, path.len - 7);
    if (SAME(path, "/method")) {
        static const char *names[] = {"get", "head", "post", "put", "delete", "connect", "options", "trace", "patch"};
        if (method.tag == METHOD(OTHER)) return reply(out, 200, method.val.other.ptr, method.val.other.len);
        return reply(out, 200, (const uint8_t *)names[method.tag], strlen(names[method.tag]));
    }
    if (SAME(path, "/unread")) {
        /* The body is there and nobody wants it. */
        HTTP(own_incoming_body_t) body;
        wasi_io_streams_input_stream_drop_own(asked_body(request, &body));
        HTTP(incoming_body_drop_own)(body);
        return reply(out, 200, (const uint8_t *)"fine", 4);
    }
    if (SAME(path, "/trap")) __builtin_trap();
    reply(out, 200, (const uint8_t *)"hello", 5);
}
