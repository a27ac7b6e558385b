/* See sockets.h. */
#include "sockets.h"

FUTURE(is_done, wasi_sockets_types, err.socket)

bool socket_done(done_t done) { return is_done(done); }

address_t v4(uint8_t a, uint8_t b, uint8_t c, uint8_t d, uint16_t port) {
    return (address_t){.tag = V4, .val.ipv4 = {.port = port, .address = {a, b, c, d}}};
}

address_t v6(uint16_t port) {
    return (address_t){.tag = V6, .val.ipv6 = {.port = port, .address = {0, 0, 0, 0, 0, 0, 0, 1}}};
}

uint16_t port_of(address_t address) {
    return address.tag == V4 ? address.val.ipv4.port : address.val.ipv6.port;
}

bool same_address(address_t a, address_t b) {
    if (a.tag != b.tag || port_of(a) != port_of(b)) return false;
    if (a.tag == V4) return memcmp(&a.val.ipv4.address, &b.val.ipv4.address, 4) == 0;
    return memcmp(&a.val.ipv6.address, &b.val.ipv6.address, 16) == 0;
}

tcp_t tcp_new(uint8_t family) {
    tcp_t socket;
    OK(wasi_sockets_types_static_tcp_socket_create(family, &socket, &err.socket));
    return socket;
}

bool tcp_bind(tcp_t socket, address_t address) {
    return TCP(bind)(T(socket), &address, &err.socket);
}

address_t tcp_local(tcp_t socket) {
    address_t address;
    OK(TCP(get_local_address)(T(socket), &address, &err.socket));
    return address;
}

tcp_t tcp_listener(accepted_t *accepted) {
    tcp_t socket = tcp_new(V4);
    OK(tcp_bind(socket, v4(127, 0, 0, 1, 0)));
    OK(TCP(listen)(T(socket), accepted, &err.socket));
    return socket;
}

connection_t tcp_streams(tcp_t socket) {
    connection_t connection = {.socket = socket};
    wasi_sockets_types_tuple2_stream_u8_future_result_void_error_code_t in;
    connection.out_done = TCP(send)(T(socket), new_stream(&connection.out));
    TCP(receive)(T(socket), &in);
    connection.in = in.f0;
    connection.in_done = in.f1;
    return connection;
}

bool tcp_connect(tcp_t socket, address_t address, connection_t *connection) {
    if (!TCP(connect)(T(socket), &address, &err.socket)) return false;
    *connection = tcp_streams(socket);
    return true;
}

connection_t tcp_accept(accepted_t accepted) {
    tcp_t socket;
    uint32_t status = await(accepted, wasi_sockets_types_stream_own_tcp_socket_read(accepted, &socket, 1));
    EQUAL(BINDINGS_WAITABLE_COUNT(status), 1);
    return tcp_streams(socket);
}

void close_connection(connection_t connection) {
    close_writer(connection.out);
    close_reader(connection.in);
    wasi_sockets_types_future_result_void_error_code_drop_readable(connection.out_done);
    wasi_sockets_types_future_result_void_error_code_drop_readable(connection.in_done);
    DROP_TCP(connection.socket);
}

udp_t udp_new(uint8_t family) {
    udp_t socket;
    OK(wasi_sockets_types_static_udp_socket_create(family, &socket, &err.socket));
    return socket;
}

bool udp_bind(udp_t socket, address_t address) {
    return UDP(bind)(U(socket), &address, &err.socket);
}
