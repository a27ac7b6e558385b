/* wasi:sockets/udp: datagrams of the program to itself, with and without a
   fixed peer, and what is refused. */
#include "sockets.h"

typedef wasi_sockets_udp_tuple2_own_incoming_datagram_stream_own_outgoing_datagram_stream_t streams_t;
#define INCOMING(name) wasi_sockets_udp_method_incoming_datagram_stream_##name
#define OUTGOING(name) wasi_sockets_udp_method_outgoing_datagram_stream_##name
#define I(streams) wasi_sockets_udp_borrow_incoming_datagram_stream((streams).f0)
#define O(streams) wasi_sockets_udp_borrow_outgoing_datagram_stream((streams).f1)

static void drop(streams_t streams) {
    wasi_sockets_udp_incoming_datagram_stream_drop_own(streams.f0);
    wasi_sockets_udp_outgoing_datagram_stream_drop_own(streams.f1);
}

static address_t local(udp_t socket) {
    address_t address;
    OK(UDP(local_address)(U(socket), &address, &err));
    return address;
}

static bool send(streams_t streams, const char *text, const address_t *to) {
    wasi_sockets_udp_outgoing_datagram_t datagram = {.data = *BYTES(text)};
    if (to) {
        datagram.remote_address.is_some = true;
        datagram.remote_address.val = *to;
    }
    wasi_sockets_udp_list_outgoing_datagram_t list = {&datagram, 1};
    uint64_t n = 0;
    for (;;) {
        if (!OUTGOING(check_send)(O(streams), &n, &err)) return false;
        if (n) break;
        block_on(OUTGOING(subscribe)(O(streams)));
    }
    if (!OUTGOING(send)(O(streams), &list, &n, &err)) return false;
    EQUAL(n, 1);
    return true;
}

/* The next datagram must be this, from there. */
static void receive(streams_t streams, const char *text, address_t from) {
    wasi_sockets_udp_list_incoming_datagram_t list;
    for (;;) {
        OK(INCOMING(receive)(I(streams), 1, &list, &err));
        if (list.len) break;
        block_on(INCOMING(subscribe)(I(streams)));
    }
    EQUAL(list.len, 1);
    HOLDS(SAME(list.ptr[0].data, text));
    HOLDS(same_address(list.ptr[0].remote_address, from));
}

void test(void) {
    address_t address;
    streams_t a_streams, b_streams;
    udp_t a = udp_new(V4), b = udp_new(V4);
    EQUAL(UDP(address_family)(U(a)), V4);
    REFUSED(UDP(finish_bind)(U(a), &err), SOCKET_ERROR(NOT_IN_PROGRESS));
    REFUSED(UDP(local_address)(U(a), &address, &err), SOCKET_ERROR(INVALID_STATE));
    REFUSED(UDP(stream)(U(a), 0, &a_streams, &err), SOCKET_ERROR(INVALID_STATE));
    REFUSED(udp_bind(a, v6(0)), SOCKET_ERROR(INVALID_ARGUMENT));
    OK(udp_bind(a, v4(127, 0, 0, 1, 0)));
    OK(udp_bind(b, v4(127, 0, 0, 1, 0)));
    REFUSED(udp_bind(a, v4(127, 0, 0, 1, 0)), SOCKET_ERROR(INVALID_STATE));
    REFUSED(udp_bind(udp_new(V4), local(a)), SOCKET_ERROR(ADDRESS_IN_USE));
    REFUSED(UDP(remote_address)(U(a), &address, &err), SOCKET_ERROR(INVALID_STATE));
    address_t at_a = local(a), at_b = local(b);

    /* Without a peer each datagram says where it goes. */
    OK(UDP(stream)(U(a), 0, &a_streams, &err));
    OK(UDP(stream)(U(b), 0, &b_streams, &err));
    wasi_sockets_udp_list_incoming_datagram_t none;
    OK(INCOMING(receive)(I(b_streams), 1, &none, &err));
    EQUAL(none.len, 0);
    OK(send(a_streams, "to b", &at_b));
    receive(b_streams, "to b", at_a);
    OK(send(b_streams, "", &at_a));
    receive(a_streams, "", at_b);
    REFUSED(send(a_streams, "nowhere", 0), SOCKET_ERROR(INVALID_ARGUMENT));
    address_t zero = v4(127, 0, 0, 1, 0);
    REFUSED(send(a_streams, "port 0", &zero), SOCKET_ERROR(INVALID_ARGUMENT));
    address_t six = v6(80);
    REFUSED(send(a_streams, "family", &six), SOCKET_ERROR(INVALID_ARGUMENT));
    drop(a_streams);

    /* With one, it need not be said, and no other can be. */
    OK(UDP(stream)(U(a), &at_b, &a_streams, &err));
    OK(UDP(remote_address)(U(a), &address, &err));
    HOLDS(same_address(address, at_b));
    OK(send(a_streams, "connected", 0));
    receive(b_streams, "connected", at_a);
    OK(send(a_streams, "the same", &at_b));
    receive(b_streams, "the same", at_a);
    REFUSED(send(a_streams, "another", &at_a), SOCKET_ERROR(INVALID_ARGUMENT));
    drop(a_streams);
    drop(b_streams);

    /* Options. */
    uint64_t n = 0;
    uint8_t hops = 0;
    OK(UDP(set_unicast_hop_limit)(U(a), 42, &err));
    OK(UDP(unicast_hop_limit)(U(a), &hops, &err));
    EQUAL(hops, 42);
    REFUSED(UDP(set_unicast_hop_limit)(U(a), 0, &err), SOCKET_ERROR(INVALID_ARGUMENT));
    OK(UDP(set_receive_buffer_size)(U(a), 65536, &err));
    OK(UDP(receive_buffer_size)(U(a), &n, &err));
    HOLDS(n >= 65536);
    REFUSED(UDP(set_receive_buffer_size)(U(a), 0, &err), SOCKET_ERROR(INVALID_ARGUMENT));
    OK(UDP(set_send_buffer_size)(U(a), 65536, &err));
    OK(UDP(send_buffer_size)(U(a), &n, &err));
    HOLDS(n >= 65536);
    REFUSED(UDP(set_send_buffer_size)(U(a), 0, &err), SOCKET_ERROR(INVALID_ARGUMENT));
}
