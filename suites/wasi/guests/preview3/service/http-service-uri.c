/* wasi:http/handler: the target of a request has a scheme and an authority,
   which HTTP always requires. */
#include "service.h"

void answer(request_t request) {
    bindings_string_t authority;
    HTTP(scheme_t) scheme;
    line_t line = {.len = 0};
    if (!HTTP(method_request_get_scheme)(REQUEST(request), &scheme)) line_add(&line, "no scheme, ");
    else line_add(&line, scheme.tag == WASI_HTTP_TYPES_SCHEME_HTTP ? "http, " : "another scheme, ");
    if (HTTP(method_request_get_authority)(REQUEST(request), &authority) && authority.len > 0) line_add(&line, "an authority");
    else line_add(&line, "no authority");

    writer_t writer;
    reader_t reader = new_stream(&writer);
    HTTP(tuple2_own_response_future_result_void_error_code_t) made;
    HTTP(static_response_new)(HTTP(constructor_fields)(), &reader, no_trailers(), &made);
    wasi_http_types_future_result_void_error_code_drop_readable(made.f1);
    reply(made.f0);
    EQUAL(write_stream(writer, line.text, line.len), line.len);
    close_writer(writer);
}
