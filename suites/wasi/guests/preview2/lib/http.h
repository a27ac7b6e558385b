/* Short names for wasi:http, and a client. */
#ifndef HTTP_H
#define HTTP_H

#include "command.h"

#define HTTP(name) wasi_http_types_##name
#define METHOD(name) WASI_HTTP_TYPES_METHOD_##name
#define HTTP_ERROR(name) WASI_HTTP_TYPES_ERROR_CODE_##name
#define FIELD(text) ((HTTP(field_value_t)){(uint8_t *)(text), strlen(text)})
#define F(fields) wasi_http_types_borrow_fields(fields)
#define REQUEST(r) wasi_http_types_borrow_outgoing_request(r)
#define RESPONSE(r) wasi_http_types_borrow_incoming_response(r)
#define BODY_OUT(b) wasi_http_types_borrow_outgoing_body(b)
#define BODY_IN(b) wasi_http_types_borrow_incoming_body(b)
#define OPTIONS(o) wasi_http_types_borrow_request_options(o)

typedef wasi_http_types_own_fields_t fields_t;
typedef wasi_http_types_own_outgoing_request_t request_t;
typedef wasi_http_types_own_incoming_response_t response_t;
typedef wasi_http_types_own_future_incoming_response_t future_t;
typedef wasi_http_types_own_request_options_t options_t;

/* The address of a helper server, from HTTP_SERVER_<name>. */
bindings_string_t server_address(const char *name);
request_t new_request(uint8_t method, bindings_string_t authority, const char *path, fields_t headers);
/* Sends; the error, if there is one, is in `err`. */
bool start(request_t request, options_t *options, future_t *future);
/* Waits for what was sent. */
bool finish(future_t future, response_t *response);
/* Both, without options. */
response_t must_send(request_t request);
/* Writes a whole body and ends it. */
void send_body(request_t request, const char *text);
/* Reads the whole body; gives back its length. Trailers, if wanted, are put
   where `trailers` points. */
size_t read_body(response_t response, char *buffer, size_t room, fields_t *trailers, bool *has_trailers);
/* The response must have this status and body. */
void must_be(response_t response, uint16_t status, const char *body);
/* Whether there is exactly one field of this name, with this value. */
bool has_field(fields_t fields, const char *name, const char *value);
/* The code of the error that a body's stream failed with. */
uint8_t body_error(void);

#endif
