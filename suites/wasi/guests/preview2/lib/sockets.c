/* See sockets.h. */
#include "sockets.h"

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

wasi_sockets_network_borrow_network_t network(void) {
    static wasi_sockets_network_own_network_t own;
    static bool have;
    if (!have) own = wasi_sockets_instance_network_instance_network();
    have = true;
    return wasi_sockets_network_borrow_network(own);
}

tcp_t tcp_new(uint8_t family) {
    tcp_t socket;
    OK(wasi_sockets_tcp_create_socket_create_tcp_socket(family, &socket, &err));
    return socket;
}

/* Whether an operation that was started still needs time; waits if so. */
static bool again(pollable_t pollable) {
    if (err != SOCKET_ERROR(WOULD_BLOCK)) {
        wasi_io_poll_pollable_drop_own(pollable);
        return false;
    }
    block_on(pollable);
    return true;
}

bool tcp_bind(tcp_t socket, address_t address) {
    if (!TCP(start_bind)(T(socket), network(), &address, &err)) return false;
    while (!TCP(finish_bind)(T(socket), &err))
        if (!again(TCP(subscribe)(T(socket)))) return false;
    return true;
}

bool tcp_listen(tcp_t socket) {
    if (!TCP(start_listen)(T(socket), &err)) return false;
    while (!TCP(finish_listen)(T(socket), &err))
        if (!again(TCP(subscribe)(T(socket)))) return false;
    return true;
}

bool tcp_connect(tcp_t socket, address_t address, connection_t *connection) {
    wasi_sockets_tcp_tuple2_own_input_stream_own_output_stream_t streams;
    if (!TCP(start_connect)(T(socket), network(), &address, &err)) return false;
    while (!TCP(finish_connect)(T(socket), &streams, &err))
        if (!again(TCP(subscribe)(T(socket)))) return false;
    *connection = (connection_t){socket, streams.f0, streams.f1};
    return true;
}

bool tcp_accept(tcp_t socket, connection_t *connection) {
    wasi_sockets_tcp_tuple3_own_tcp_socket_own_input_stream_own_output_stream_t got;
    while (!TCP(accept)(T(socket), &got, &err))
        if (!again(TCP(subscribe)(T(socket)))) return false;
    *connection = (connection_t){got.f0, got.f1, got.f2};
    return true;
}

address_t tcp_local(tcp_t socket) {
    address_t address;
    OK(TCP(local_address)(T(socket), &address, &err));
    return address;
}

tcp_t tcp_listener(void) {
    tcp_t socket = tcp_new(V4);
    OK(tcp_bind(socket, v4(127, 0, 0, 1, 0)));
    OK(tcp_listen(socket));
    return socket;
}

void close_connection(connection_t connection) {
    wasi_io_streams_input_stream_drop_own(connection.in);
    wasi_io_streams_output_stream_drop_own(connection.out);
    wasi_sockets_tcp_tcp_socket_drop_own(connection.socket);
}

udp_t udp_new(uint8_t family) {
    udp_t socket;
    OK(wasi_sockets_udp_create_socket_create_udp_socket(family, &socket, &err));
    return socket;
}

bool udp_bind(udp_t socket, address_t address) {
    if (!UDP(start_bind)(U(socket), network(), &address, &err)) return false;
    while (!UDP(finish_bind)(U(socket), &err))
        if (!again(UDP(subscribe)(U(socket)))) return false;
    return true;
}
