/* connect-timeout: a host that does not answer. A listener that accepts nobody,
   with a queue that is full, is one: the kernel then drops what knocks. */
#include "slow.h"

enum { KNOCKS = 40 };

/* A request that is given up when the connection is not made within the time,
   and soon when nothing comes after it. */
static bool request(bindings_string_t address, uint64_t timeout) {
    uint64_t soon = 50 * MS;
    options_t options = HTTP(constructor_request_options)();
    HTTP(request_options_error_t) wrong;
    response_t response;
    HOLDS(HTTP(method_request_options_set_connect_timeout)(OPTIONS(options), &timeout, &wrong));
    HOLDS(HTTP(method_request_options_set_first_byte_timeout)(OPTIONS(options), &soon, &wrong));
    return wasi_http_client_send(
        new_request(METHOD(GET), address, "/", HTTP(constructor_fields)(), 0, &options), &response, &err.http);
}

void test(void) {
    accepted_t accepted;
    tcp_t listener = tcp_new(V4);
    OK(TCP(set_listen_backlog_size)(T(listener), 1, &err.socket));
    OK(tcp_bind(listener, v4(127, 0, 0, 1, 0)));
    OK(TCP(listen)(T(listener), &accepted, &err.socket));

    /* Fill the queue: while there is room the connection is made, and then
       nothing is heard. */
    bool full = false;
    for (int i = 0; i < KNOCKS && !full; i++) {
        HOLDS(!request(address_of(listener), 300 * MS));
        full = err.tag == HTTP_ERROR(CONNECTION_TIMEOUT);
        if (!full) EITHER(err.tag, HTTP_ERROR(CONNECTION_READ_TIMEOUT), HTTP_ERROR(HTTP_RESPONSE_TIMEOUT));
    }
    HOLDS(full);

    uint64_t timeout = 200 * MS, before = now();
    bool went = request(address_of(listener), timeout);
    uint64_t took = now() - before;
    REFUSED(went, HTTP_ERROR(CONNECTION_TIMEOUT));
    HOLDS(took >= timeout);
    HOLDS(took < 5000 * MS);
}
