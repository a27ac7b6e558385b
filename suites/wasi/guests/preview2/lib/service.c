/* The entry point of services: each defines `answer`. A check that fails is
   said on standard error, and traps: the client gets no proper answer. */
#include "service.h"

void exports_wasi_http_incoming_handler_handle(
    exports_wasi_http_incoming_handler_own_incoming_request_t request,
    exports_wasi_http_incoming_handler_own_response_outparam_t out) {
    answer(request, out);
}

void stop(void) { __builtin_trap(); }
