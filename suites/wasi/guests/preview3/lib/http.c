/* See http.h. */
#include "http.h"

#define TRAILERS(name) wasi_http_types_future_result_option_own_trailers_error_code_##name
#define SENT(name) wasi_http_types_future_result_void_error_code_##name

bindings_string_t server_address(const char *name) {
    line_t wanted = {.len = 0};
    line_add(&wanted, "HTTP_SERVER_");
    line_add(&wanted, name);
    bindings_list_tuple2_string_string_t env;
    wasi_cli_environment_get_environment(&env);
    for (size_t i = 0; i < env.len; i++)
        if (env.ptr[i].f0.len == wanted.len && memcmp(env.ptr[i].f0.ptr, wanted.text, wanted.len) == 0)
            return env.ptr[i].f1;
    check_failed(__FILE_NAME__, __LINE__, name, "wanted a variable HTTP_SERVER_ of this name");
}

/* The value of a future must be written before its writable end may go. Nobody
   may ever ask, so these writes stay pending, with values that live on. */
trailers_t no_trailers(void) {
    static const HTTP(result_option_own_trailers_error_code_t) none = {.is_err = false};
    TRAILERS(writer_t) writer;
    trailers_t reader = TRAILERS(new)(&writer);
    TRAILERS(write)(writer, &none);
    return reader;
}

sent_t success(void) {
    static const HTTP(result_void_error_code_t) ok = {.is_err = false};
    SENT(writer_t) writer;
    sent_t reader = SENT(new)(&writer);
    SENT(write)(writer, &ok);
    return reader;
}

trailers_t with_trailers(fields_t fields) {
    static HTTP(result_option_own_trailers_error_code_t) some = {.is_err = false, .val.ok = {.is_some = true}};
    TRAILERS(writer_t) writer;
    trailers_t reader = TRAILERS(new)(&writer);
    some.val.ok.val = fields;
    TRAILERS(write)(writer, &some);
    return reader;
}

request_t new_request(uint8_t method, bindings_string_t authority, const char *path, fields_t headers,
                      reader_t *body, options_t *options) {
    return new_request_with(method, authority, path, headers, body, no_trailers(), options);
}

request_t new_request_with(uint8_t method, bindings_string_t authority, const char *path, fields_t headers,
                           reader_t *body, trailers_t trailers, options_t *options) {
    HTTP(tuple2_own_request_future_result_void_error_code_t) made;
    HTTP(static_request_new)(headers, body, trailers, options, &made);
    SENT(drop_readable)(made.f1);
    request_t request = made.f0;
    HOLDS(HTTP(method_request_set_method)(REQUEST(request), &(HTTP(method_t)){.tag = method}));
    HOLDS(HTTP(method_request_set_scheme)(REQUEST(request), &(HTTP(scheme_t)){.tag = WASI_HTTP_TYPES_SCHEME_HTTP}));
    HOLDS(HTTP(method_request_set_authority)(REQUEST(request), &authority));
    HOLDS(HTTP(method_request_set_path_with_query)(REQUEST(request), STR(path)));
    return request;
}

bool trailers_done(trailers_t future, HTTP(option_own_trailers_t) *trailers) {
    HTTP(result_option_own_trailers_error_code_t) result;
    uint32_t status = await(future, TRAILERS(read)(future, &result));
    EQUAL(BINDINGS_WAITABLE_STATE(status), BINDINGS_WAITABLE_COMPLETED);
    TRAILERS(drop_readable)(future);
    if (result.is_err) {
        err.http = result.val.err;
        return false;
    }
    if (trailers) *trailers = result.val.ok;
    return true;
}

bool read_body(response_t response, char *buffer, size_t room, size_t *n, HTTP(option_own_trailers_t) *trailers) {
    HTTP(tuple2_stream_u8_future_result_option_own_trailers_error_code_t) body;
    HTTP(static_response_consume_body)(response, success(), &body);
    *n = read_stream(body.f0, buffer, room);
    close_reader(body.f0);
    return trailers_done(body.f1, trailers);
}

void must_be(response_t response, uint16_t status, const char *body) {
    static char buffer[4096];
    size_t n;
    EQUAL(HTTP(method_response_get_status_code)(RESPONSE(response)), status);
    OK(read_body(response, buffer, sizeof buffer, &n, 0));
    HOLDS(is_text(buffer, n, body));
}

bool has_field(fields_t fields, const char *name, const char *value) {
    HTTP(list_field_value_t) values;
    HTTP(method_fields_get)(F(fields), STR(name), &values);
    return values.len == 1 && is_text(values.ptr[0].ptr, values.ptr[0].len, value);
}
