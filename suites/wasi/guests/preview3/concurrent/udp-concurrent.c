/* A receive that waits: another call goes on meanwhile, it can be given up, and
   what comes later is not lost. */
#include "sockets.h"

typedef wasi_sockets_types_result_tuple2_list_u8_ip_socket_address_error_code_t received_t;

static void send(udp_t socket, const char *text, address_t to) {
    bindings_list_u8_t data = {(uint8_t *)text, strlen(text)};
    OK(UDP(send)(U(socket), &data, &to, &err.socket));
}

static bindings_subtask_t start(udp_t socket, received_t *received) {
    bindings_subtask_status_t status = UDP(receive)(U(socket), received);
    EQUAL(BINDINGS_SUBTASK_STATE(status), BINDINGS_SUBTASK_STARTED);
    return BINDINGS_SUBTASK_HANDLE(status);
}

static void holds(const received_t *received, const char *text) {
    HOLDS(!received->is_err);
    HOLDS(SAME(received->val.ok.f0, text));
}

void test(void) {
    static received_t first, second;
    address_t address;
    udp_t a = udp_new(V4), b = udp_new(V4);
    OK(udp_bind(a, v4(127, 0, 0, 1, 0)));
    OK(udp_bind(b, v4(127, 0, 0, 1, 0)));
    OK(UDP(get_local_address)(U(b), &address, &err.socket));

    bindings_subtask_t task = start(b, &first);
    send(a, "while it waits", address);
    EQUAL(await(task, BINDINGS_WAITABLE_STATUS_BLOCKED), BINDINGS_SUBTASK_RETURNED);
    bindings_subtask_drop(task);
    holds(&first, "while it waits");

    task = start(b, &first);
    bindings_subtask_status_t status = bindings_subtask_cancel(task);
    EQUAL(BINDINGS_SUBTASK_STATE(status), BINDINGS_SUBTASK_RETURNED_CANCELLED);
    bindings_subtask_drop(task);
    task = start(b, &second);
    send(a, "after it was given up", address);
    EQUAL(await(task, BINDINGS_WAITABLE_STATUS_BLOCKED), BINDINGS_SUBTASK_RETURNED);
    bindings_subtask_drop(task);
    holds(&second, "after it was given up");
}
