/* Requests on their way, in the world `concurrent`, where send does not wait. */
#ifndef SENDING_H
#define SENDING_H

#include "http.h"

typedef struct {
    bindings_subtask_status_t status;
    wasi_http_client_result_own_response_error_code_t result;
} sending_t;

static inline void start(request_t request, sending_t *sending) {
    sending->status = wasi_http_client_send(request, &sending->result);
}

/* Waits for the answer; `err` says why there is none. */
static inline bool finish(sending_t *sending, response_t *response) {
    uint32_t state = BINDINGS_SUBTASK_STATE(sending->status);
    if (state != BINDINGS_SUBTASK_RETURNED) {
        bindings_subtask_t task = BINDINGS_SUBTASK_HANDLE(sending->status);
        while (state != BINDINGS_SUBTASK_RETURNED) state = await(task, BINDINGS_WAITABLE_STATUS_BLOCKED);
        bindings_subtask_drop(task);
    }
    if (sending->result.is_err) {
        err.http = sending->result.val.err;
        return false;
    }
    *response = sending->result.val.ok;
    return true;
}

static inline response_t must_send(request_t request) {
    static sending_t sending;
    response_t response;
    start(request, &sending);
    OK(finish(&sending, &response));
    return response;
}

#endif
