/* The entry point of services: each defines `answer`. A check that fails is
   said on standard error, and traps: the client gets no proper answer. */
#include "service.h"

bindings_callback_code_t exports_wasi_http_handler_handle(exports_wasi_http_handler_own_request_t request) {
    answer(request);
    return BINDINGS_CALLBACK_CODE_EXIT;
}

bindings_callback_code_t exports_wasi_http_handler_handle_callback(bindings_event_t *event) {
    (void)event;
    __builtin_trap();
}

void reply(response_t response) {
    exports_wasi_http_handler_handle_return(
        (exports_wasi_http_handler_result_own_response_error_code_t){.is_err = false, .val.ok = response});
}

void stop(void) { __builtin_trap(); }
