/* See slow.h. */
#include "slow.h"

bindings_string_t address_of(tcp_t listener) {
    static line_t line;
    line.len = 0;
    line_add(&line, "127.0.0.1:");
    line_number(&line, port_of(tcp_local(listener)));
    return (bindings_string_t){(uint8_t *)line.text, line.len};
}

connection_t accept_request(tcp_t listener) {
    connection_t connection;
    OK(tcp_accept(listener, &connection));
    char last[4] = {0};
    while (memcmp(last, "\r\n\r\n", 4) != 0) {
        memmove(last, last + 1, 3);
        EQUAL(read_in(connection.in, last + 3, 1), 1);
    }
    return connection;
}

uint64_t now(void) { return wasi_clocks_monotonic_clock_now(); }
