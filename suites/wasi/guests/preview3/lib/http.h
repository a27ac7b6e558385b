/* Short names for wasi:http, and what clients and services share. */
#ifndef HTTP_H
#define HTTP_H

#include "command.h"

#define HTTP(name) wasi_http_types_##name
#define METHOD(name) WASI_HTTP_TYPES_METHOD_##name
#define HTTP_ERROR(name) WASI_HTTP_TYPES_ERROR_CODE_##name
#define FIELD(text) ((HTTP(field_value_t)){(uint8_t *)(text), strlen(text)})
#define F(fields) wasi_http_types_borrow_fields(fields)
#define REQUEST(r) wasi_http_types_borrow_request(r)
#define RESPONSE(r) wasi_http_types_borrow_response(r)
#define OPTIONS(o) wasi_http_types_borrow_request_options(o)

typedef wasi_http_types_own_fields_t fields_t;
typedef wasi_http_types_own_request_t request_t;
typedef wasi_http_types_own_response_t response_t;
typedef wasi_http_types_own_request_options_t options_t;
typedef wasi_http_types_future_result_option_own_trailers_error_code_t trailers_t;
typedef wasi_http_types_future_result_void_error_code_t sent_t;

/* The address of a helper server, from HTTP_SERVER_<name>. */
bindings_string_t server_address(const char *name);
/* Trailers of a message that has none, and a result that is a success. Both
   are futures whose values are given when somebody asks. */
trailers_t no_trailers(void);
/* Trailers of a message that has these. */
trailers_t with_trailers(fields_t fields);
sent_t success(void);
/* A request without a body, or with the one that `body` gives. */
request_t new_request(uint8_t method, bindings_string_t authority, const char *path, fields_t headers,
                      reader_t *body, options_t *options);
request_t new_request_with(uint8_t method, bindings_string_t authority, const char *path, fields_t headers,
                           reader_t *body, trailers_t trailers, options_t *options);
/* Takes the body of a response, up to the room there is; gives back whether it
   came to a good end, and its trailers. */
bool read_body(response_t response, char *buffer, size_t room, size_t *n, HTTP(option_own_trailers_t) *trailers);
/* Whether the future of the trailers is a success; `err` says why not. */
bool trailers_done(trailers_t future, HTTP(option_own_trailers_t) *trailers);
/* The response must have this status and body. */
void must_be(response_t response, uint16_t status, const char *body);
/* Whether there is exactly one field of this name, with this value. */
bool has_field(fields_t fields, const char *name, const char *value);

#endif
