/* wasi:sockets/tcp: what a socket refuses in the state it is in, and addresses
   that mean nothing. */
#include "sockets.h"

#define INVALID_STATE SOCKET_ERROR(INVALID_STATE)
#define INVALID_ARGUMENT SOCKET_ERROR(INVALID_ARGUMENT)

void test(void) {
    address_t address, any = v4(127, 0, 0, 1, 0);
    connection_t connection;
    wasi_sockets_tcp_tuple2_own_input_stream_own_output_stream_t streams;
    wasi_sockets_tcp_tuple3_own_tcp_socket_own_input_stream_own_output_stream_t got;

    /* New. */
    tcp_t socket = tcp_new(V4);
    EQUAL(TCP(address_family)(T(socket)), V4);
    EQUAL(TCP(address_family)(T(tcp_new(V6))), V6);
    REFUSED(TCP(finish_bind)(T(socket), &err), SOCKET_ERROR(NOT_IN_PROGRESS));
    REFUSED(TCP(finish_listen)(T(socket), &err), SOCKET_ERROR(NOT_IN_PROGRESS));
    REFUSED(TCP(finish_connect)(T(socket), &streams, &err), SOCKET_ERROR(NOT_IN_PROGRESS));
    REFUSED(TCP(start_listen)(T(socket), &err), INVALID_STATE);
    REFUSED(TCP(accept)(T(socket), &got, &err), INVALID_STATE);
    REFUSED(TCP(shutdown)(T(socket), WASI_SOCKETS_TCP_SHUTDOWN_TYPE_BOTH, &err), INVALID_STATE);
    REFUSED(TCP(local_address)(T(socket), &address, &err), INVALID_STATE);
    REFUSED(TCP(remote_address)(T(socket), &address, &err), INVALID_STATE);
    HOLDS(!TCP(is_listening)(T(socket)));

    /* Addresses. */
    address_t six = v6(0);
    REFUSED(TCP(start_bind)(T(socket), network(), &six, &err), INVALID_ARGUMENT);
    address_t multicast = v4(224, 0, 0, 1, 0);
    REFUSED(tcp_bind(socket, multicast), INVALID_ARGUMENT);
    REFUSED(tcp_bind(socket, v4(192, 0, 2, 1, 0)), SOCKET_ERROR(ADDRESS_NOT_BINDABLE));
    REFUSED(tcp_connect(tcp_new(V4), v4(0, 0, 0, 0, 80), &connection), INVALID_ARGUMENT);
    REFUSED(tcp_connect(tcp_new(V4), v4(127, 0, 0, 1, 0), &connection), INVALID_ARGUMENT);
    REFUSED(tcp_connect(tcp_new(V4), v6(80), &connection), INVALID_ARGUMENT);

    /* Bound. */
    OK(tcp_bind(socket, any));
    address_t local = tcp_local(socket);
    HOLDS(port_of(local) != 0);
    REFUSED(TCP(start_bind)(T(socket), network(), &any, &err), INVALID_STATE);
    REFUSED(TCP(remote_address)(T(socket), &address, &err), INVALID_STATE);
    REFUSED(TCP(accept)(T(socket), &got, &err), INVALID_STATE);

    /* Listening. */
    OK(tcp_listen(socket));
    REFUSED(TCP(start_listen)(T(socket), &err), INVALID_STATE);
    REFUSED(TCP(start_connect)(T(socket), network(), &local, &err), INVALID_STATE);
    REFUSED(TCP(remote_address)(T(socket), &address, &err), INVALID_STATE);
    REFUSED(tcp_bind(tcp_new(V4), local), SOCKET_ERROR(ADDRESS_IN_USE));

    /* Connected. */
    OK(tcp_connect(tcp_new(V4), local, &connection));
    REFUSED(TCP(start_connect)(T(connection.socket), network(), &local, &err), INVALID_STATE);
    REFUSED(TCP(start_bind)(T(connection.socket), network(), &any, &err), INVALID_STATE);
    REFUSED(TCP(start_listen)(T(connection.socket), &err), INVALID_STATE);
    REFUSED(TCP(accept)(T(connection.socket), &got, &err), INVALID_STATE);
}
