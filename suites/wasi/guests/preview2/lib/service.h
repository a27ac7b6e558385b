/* What every preview 2 service starts with. */
#ifndef SERVICE_H
#define SERVICE_H

#include "http.h"

typedef wasi_http_types_own_incoming_request_t asked_t;
typedef wasi_http_types_own_response_outparam_t outparam_t;
#define ASKED(request) wasi_http_types_borrow_incoming_request(request)

/* Answers one request. */
void answer(asked_t request, outparam_t out);

#endif
