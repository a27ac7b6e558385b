/* See http.h. */
#include "http.h"

bindings_string_t server_address(const char *name) {
    line_t wanted = {.len = 0};
    line_add(&wanted, "HTTP_SERVER_");
    line_add(&wanted, name);
    line_add(&wanted, "");
    bindings_list_tuple2_string_string_t env;
    wasi_cli_environment_get_environment(&env);
    for (size_t i = 0; i < env.len; i++)
        if (env.ptr[i].f0.len == wanted.len && memcmp(env.ptr[i].f0.ptr, wanted.text, wanted.len) == 0)
            return env.ptr[i].f1;
    check_failed(__FILE_NAME__, __LINE__, name, "wanted a variable HTTP_SERVER_ of this name");
}

request_t new_request(uint8_t method, bindings_string_t authority, const char *path, fields_t headers) {
    request_t request = HTTP(constructor_outgoing_request)(headers);
    HOLDS(HTTP(method_outgoing_request_set_method)(REQUEST(request), &(HTTP(method_t)){.tag = method}));
    HOLDS(HTTP(method_outgoing_request_set_scheme)(REQUEST(request), &(HTTP(scheme_t)){.tag = WASI_HTTP_TYPES_SCHEME_HTTP}));
    HOLDS(HTTP(method_outgoing_request_set_authority)(REQUEST(request), &authority));
    HOLDS(HTTP(method_outgoing_request_set_path_with_query)(REQUEST(request), STR(path)));
    return request;
}

bool start(request_t request, options_t *options, future_t *future) {
    wasi_http_outgoing_handler_error_code_t error;
    if (wasi_http_outgoing_handler_handle(request, options, future, &error)) return true;
    err = error.tag;
    return false;
}

bool finish(future_t future, response_t *response) {
    HTTP(result_result_own_incoming_response_error_code_void_t) result;
    HTTP(borrow_future_incoming_response_t) borrowed = HTTP(borrow_future_incoming_response)(future);
    block_on(HTTP(method_future_incoming_response_subscribe)(borrowed));
    HOLDS(HTTP(method_future_incoming_response_get)(borrowed, &result));
    HOLDS(!result.is_err);
    HTTP(future_incoming_response_drop_own)(future);
    if (result.val.ok.is_err) {
        err = result.val.ok.val.err.tag;
        return false;
    }
    *response = result.val.ok.val.ok;
    return true;
}

response_t must_send(request_t request) {
    future_t future;
    response_t response;
    OK(start(request, 0, &future));
    OK(finish(future, &response));
    return response;
}

void send_body(request_t request, const char *text) {
    HTTP(own_outgoing_body_t) body;
    HTTP(error_code_t) error;
    output_t out;
    HOLDS(HTTP(method_outgoing_request_body)(REQUEST(request), &body));
    HOLDS(HTTP(method_outgoing_body_write)(BODY_OUT(body), &out));
    write_out(out, text, strlen(text));
    wasi_io_streams_output_stream_drop_own(out);
    HOLDS(HTTP(static_outgoing_body_finish)(body, 0, &error));
}

size_t read_body(response_t response, char *buffer, size_t room, fields_t *trailers, bool *has_trailers) {
    HTTP(own_incoming_body_t) body;
    input_t in;
    HOLDS(HTTP(method_incoming_response_consume)(RESPONSE(response), &body));
    HOLDS(HTTP(method_incoming_body_stream)(BODY_IN(body), &in));
    size_t n = read_in(in, buffer, room);
    wasi_io_streams_input_stream_drop_own(in);
    HTTP(own_future_trailers_t) future = HTTP(static_incoming_body_finish)(body);
    HTTP(borrow_future_trailers_t) borrowed = HTTP(borrow_future_trailers)(future);
    block_on(HTTP(method_future_trailers_subscribe)(borrowed));
    HTTP(result_result_option_own_trailers_error_code_void_t) result;
    HOLDS(HTTP(method_future_trailers_get)(borrowed, &result));
    HOLDS(!result.is_err && !result.val.ok.is_err);
    if (has_trailers) *has_trailers = result.val.ok.val.ok.is_some;
    if (trailers && result.val.ok.val.ok.is_some) *trailers = result.val.ok.val.ok.val;
    HTTP(future_trailers_drop_own)(future);
    return n;
}

void must_be(response_t response, uint16_t status, const char *body) {
    static char buffer[4096];
    EQUAL(HTTP(method_incoming_response_status)(RESPONSE(response)), status);
    HOLDS(is_text(buffer, read_body(response, buffer, sizeof buffer, 0, 0), body));
    HTTP(incoming_response_drop_own)(response);
}

bool has_field(fields_t fields, const char *name, const char *value) {
    HTTP(list_field_value_t) values;
    HTTP(method_fields_get)(F(fields), STR(name), &values);
    return values.len == 1 && is_text(values.ptr[0].ptr, values.ptr[0].len, value);
}

uint8_t body_error(void) {
    HTTP(error_code_t) code;
    EQUAL(stream_err.tag, FAILED);
    wasi_io_error_own_error_t error = stream_err.val.last_operation_failed;
    HOLDS(HTTP(http_error_code)(wasi_io_error_borrow_error(error), &code));
    wasi_io_error_error_drop_own(error);
    return code.tag;
}
