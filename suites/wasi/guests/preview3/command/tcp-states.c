/* wasi:sockets tcp: what a socket refuses in the state it is in, and addresses
   that mean nothing. */
#include "sockets.h"

#define INVALID_STATE SOCKET_ERROR(INVALID_STATE)
#define INVALID_ARGUMENT SOCKET_ERROR(INVALID_ARGUMENT)

void test(void) {
    address_t address;
    accepted_t accepted;
    connection_t connection;
    char buf[4];

    /* New. */
    tcp_t socket = tcp_new(V4);
    EQUAL(TCP(get_address_family)(T(socket)), V4);
    EQUAL(TCP(get_address_family)(T(tcp_new(V6))), V6);
    REFUSED(TCP(get_local_address)(T(socket), &address, &err.socket), INVALID_STATE);
    REFUSED(TCP(get_remote_address)(T(socket), &address, &err.socket), INVALID_STATE);
    HOLDS(!TCP(get_is_listening)(T(socket)));
    wasi_sockets_types_tuple2_stream_u8_future_result_void_error_code_t in;
    TCP(receive)(T(socket), &in);
    EQUAL(read_stream(in.f0, buf, sizeof buf), 0);
    REFUSED(socket_done(in.f1), INVALID_STATE);
    writer_t writer;
    REFUSED(socket_done(TCP(send)(T(socket), new_stream(&writer))), INVALID_STATE);

    /* Addresses. */
    REFUSED(tcp_bind(socket, v6(0)), INVALID_ARGUMENT);
    REFUSED(tcp_bind(socket, v4(224, 0, 0, 1, 0)), INVALID_ARGUMENT);
    REFUSED(tcp_bind(socket, v4(192, 0, 2, 1, 0)), SOCKET_ERROR(ADDRESS_NOT_BINDABLE));
    REFUSED(tcp_connect(tcp_new(V4), v4(0, 0, 0, 0, 80), &connection), INVALID_ARGUMENT);
    REFUSED(tcp_connect(tcp_new(V4), v4(127, 0, 0, 1, 0), &connection), INVALID_ARGUMENT);
    REFUSED(tcp_connect(tcp_new(V4), v6(80), &connection), INVALID_ARGUMENT);

    /* Bound. */
    OK(tcp_bind(socket, v4(127, 0, 0, 1, 0)));
    address_t local = tcp_local(socket);
    HOLDS(port_of(local) != 0);
    REFUSED(tcp_bind(socket, v4(127, 0, 0, 1, 0)), INVALID_STATE);
    REFUSED(TCP(get_remote_address)(T(socket), &address, &err.socket), INVALID_STATE);

    /* Listening. */
    OK(TCP(listen)(T(socket), &accepted, &err.socket));
    accepted_t second;
    REFUSED(TCP(listen)(T(socket), &second, &err.socket), INVALID_STATE);
    REFUSED(TCP(connect)(T(socket), &local, &err.socket), INVALID_STATE);
    REFUSED(tcp_bind(tcp_new(V4), local), SOCKET_ERROR(ADDRESS_IN_USE));

    /* Connected. */
    OK(tcp_connect(tcp_new(V4), local, &connection));
    REFUSED(TCP(connect)(T(connection.socket), &local, &err.socket), INVALID_STATE);
    REFUSED(tcp_bind(connection.socket, v4(127, 0, 0, 1, 0)), INVALID_STATE);
    REFUSED(TCP(listen)(T(connection.socket), &second, &err.socket), INVALID_STATE);
}
