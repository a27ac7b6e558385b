/* wasi:sockets udp: datagrams of the program to itself, with and without a
   fixed peer, and what is refused. */
#include "sockets.h"

static address_t local(udp_t socket) {
    address_t address;
    OK(UDP(get_local_address)(U(socket), &address, &err.socket));
    return address;
}

static bool send(udp_t socket, const char *text, address_t *to) {
    bindings_list_u8_t data = {(uint8_t *)text, strlen(text)};
    return UDP(send)(U(socket), &data, to, &err.socket);
}

/* The next datagram must be this, from there. */
static void receive(udp_t socket, const char *text, address_t from) {
    wasi_sockets_types_tuple2_list_u8_ip_socket_address_t got;
    OK(UDP(receive)(U(socket), &got, &err.socket));
    HOLDS(SAME(got.f0, text));
    HOLDS(same_address(got.f1, from));
}

void test(void) {
    address_t address;
    udp_t a = udp_new(V4), b = udp_new(V4);
    EQUAL(UDP(get_address_family)(U(a)), V4);
    REFUSED(UDP(get_local_address)(U(a), &address, &err.socket), SOCKET_ERROR(INVALID_STATE));
    REFUSED(udp_bind(a, v6(0)), SOCKET_ERROR(INVALID_ARGUMENT));
    OK(udp_bind(a, v4(127, 0, 0, 1, 0)));
    OK(udp_bind(b, v4(127, 0, 0, 1, 0)));
    REFUSED(udp_bind(a, v4(127, 0, 0, 1, 0)), SOCKET_ERROR(INVALID_STATE));
    REFUSED(udp_bind(udp_new(V4), local(a)), SOCKET_ERROR(ADDRESS_IN_USE));
    REFUSED(UDP(get_remote_address)(U(a), &address, &err.socket), SOCKET_ERROR(INVALID_STATE));
    REFUSED(UDP(disconnect)(U(a), &err.socket), SOCKET_ERROR(INVALID_STATE));
    address_t at_a = local(a), at_b = local(b);

    /* Without a peer each datagram says where it goes. */
    OK(send(a, "to b", &at_b));
    receive(b, "to b", at_a);
    OK(send(b, "", &at_a));
    receive(a, "", at_b);
    REFUSED(send(a, "nowhere", 0), SOCKET_ERROR(INVALID_ARGUMENT));
    address_t zero = v4(127, 0, 0, 1, 0);
    REFUSED(send(a, "port 0", &zero), SOCKET_ERROR(INVALID_ARGUMENT));
    address_t six = v6(80);
    REFUSED(send(a, "family", &six), SOCKET_ERROR(INVALID_ARGUMENT));

    /* With one, it need not be said, and no other can be. */
    OK(UDP(connect)(U(a), &at_b, &err.socket));
    OK(UDP(get_remote_address)(U(a), &address, &err.socket));
    HOLDS(same_address(address, at_b));
    OK(send(a, "connected", 0));
    receive(b, "connected", at_a);
    OK(send(a, "the same", &at_b));
    receive(b, "the same", at_a);
    REFUSED(send(a, "another", &at_a), SOCKET_ERROR(INVALID_ARGUMENT));
    OK(UDP(disconnect)(U(a), &err.socket));
    REFUSED(UDP(get_remote_address)(U(a), &address, &err.socket), SOCKET_ERROR(INVALID_STATE));

    /* Options. */
    uint64_t n = 0;
    uint8_t hops = 0;
    OK(UDP(set_unicast_hop_limit)(U(a), 42, &err.socket));
    OK(UDP(get_unicast_hop_limit)(U(a), &hops, &err.socket));
    EQUAL(hops, 42);
    REFUSED(UDP(set_unicast_hop_limit)(U(a), 0, &err.socket), SOCKET_ERROR(INVALID_ARGUMENT));
    OK(UDP(set_receive_buffer_size)(U(a), 65536, &err.socket));
    OK(UDP(get_receive_buffer_size)(U(a), &n, &err.socket));
    HOLDS(n >= 65536);
    REFUSED(UDP(set_receive_buffer_size)(U(a), 0, &err.socket), SOCKET_ERROR(INVALID_ARGUMENT));
    OK(UDP(set_send_buffer_size)(U(a), 65536, &err.socket));
    OK(UDP(get_send_buffer_size)(U(a), &n, &err.socket));
    HOLDS(n >= 65536);
    REFUSED(UDP(set_send_buffer_size)(U(a), 0, &err.socket), SOCKET_ERROR(INVALID_ARGUMENT));
}
