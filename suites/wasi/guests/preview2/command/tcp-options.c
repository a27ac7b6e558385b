/* wasi:sockets/tcp: options are kept, rounded where they may be, and values
   that mean nothing are refused. */
#include "sockets.h"

#define SECOND 1000000000ull
#define INVALID_ARGUMENT SOCKET_ERROR(INVALID_ARGUMENT)

void test(void) {
    tcp_t socket = tcp_new(V4);
    bool on = true;
    uint64_t n = 0;
    uint32_t count = 0;
    uint8_t hops = 0;

    OK(TCP(keep_alive_enabled)(T(socket), &on, &err));
    HOLDS(!on);
    OK(TCP(set_keep_alive_enabled)(T(socket), true, &err));
    OK(TCP(keep_alive_enabled)(T(socket), &on, &err));
    HOLDS(on);
    OK(TCP(set_keep_alive_idle_time)(T(socket), 42 * SECOND, &err));
    OK(TCP(keep_alive_idle_time)(T(socket), &n, &err));
    EQUAL(n, 42 * SECOND);
    REFUSED(TCP(set_keep_alive_idle_time)(T(socket), 0, &err), INVALID_ARGUMENT);
    /* Less than the host can keep becomes its least. */
    OK(TCP(set_keep_alive_idle_time)(T(socket), 1, &err));
    OK(TCP(keep_alive_idle_time)(T(socket), &n, &err));
    HOLDS(n > 0 && n <= 10 * SECOND);
    OK(TCP(set_keep_alive_interval)(T(socket), 7 * SECOND, &err));
    OK(TCP(keep_alive_interval)(T(socket), &n, &err));
    EQUAL(n, 7 * SECOND);
    REFUSED(TCP(set_keep_alive_interval)(T(socket), 0, &err), INVALID_ARGUMENT);
    OK(TCP(set_keep_alive_count)(T(socket), 5, &err));
    OK(TCP(keep_alive_count)(T(socket), &count, &err));
    EQUAL(count, 5);
    REFUSED(TCP(set_keep_alive_count)(T(socket), 0, &err), INVALID_ARGUMENT);

    OK(TCP(set_hop_limit)(T(socket), 42, &err));
    OK(TCP(hop_limit)(T(socket), &hops, &err));
    EQUAL(hops, 42);
    REFUSED(TCP(set_hop_limit)(T(socket), 0, &err), INVALID_ARGUMENT);

    /* A host may make buffers larger. */
    OK(TCP(set_receive_buffer_size)(T(socket), 65536, &err));
    OK(TCP(receive_buffer_size)(T(socket), &n, &err));
    HOLDS(n >= 65536);
    REFUSED(TCP(set_receive_buffer_size)(T(socket), 0, &err), INVALID_ARGUMENT);
    OK(TCP(set_send_buffer_size)(T(socket), 65536, &err));
    OK(TCP(send_buffer_size)(T(socket), &n, &err));
    HOLDS(n >= 65536);
    REFUSED(TCP(set_send_buffer_size)(T(socket), 0, &err), INVALID_ARGUMENT);

    REFUSED(TCP(set_listen_backlog_size)(T(socket), 0, &err), INVALID_ARGUMENT);
    OK(TCP(set_listen_backlog_size)(T(socket), 4, &err));

    /* Options of the listener are those of what it accepts. */
    OK(tcp_bind(socket, v4(127, 0, 0, 1, 0)));
    OK(tcp_listen(socket));
    connection_t client, server;
    OK(tcp_connect(tcp_new(V4), tcp_local(socket), &client));
    OK(tcp_accept(socket, &server));
    OK(TCP(hop_limit)(T(server.socket), &hops, &err));
    EQUAL(hops, 42);
    OK(TCP(keep_alive_enabled)(T(server.socket), &on, &err));
    HOLDS(on);
}
