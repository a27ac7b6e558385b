/* A program that was not granted the network reaches nothing: binding,
   connecting, sending and looking up names are refused. */
#include "sockets.h"

#define DENIED SOCKET_ERROR(ACCESS_DENIED)

void test(void) {
    connection_t connection;
    address_t there = v4(127, 0, 0, 1, 9);
    REFUSED(tcp_bind(tcp_new(V4), v4(127, 0, 0, 1, 0)), DENIED);
    REFUSED(tcp_connect(tcp_new(V4), there, &connection), DENIED);
    REFUSED(tcp_connect(tcp_new(V4), v4(192, 0, 2, 1, 443), &connection), DENIED);
    REFUSED(tcp_connect(tcp_new(V6), v6(80), &connection), DENIED);
    accepted_t accepted;
    REFUSED(TCP(listen)(T(tcp_new(V4)), &accepted, &err.socket), DENIED);

    REFUSED(udp_bind(udp_new(V4), v4(127, 0, 0, 1, 0)), DENIED);
    REFUSED(UDP(connect)(U(udp_new(V4)), &there, &err.socket), DENIED);
    bindings_list_u8_t data = {(uint8_t *)"x", 1};
    REFUSED(UDP(send)(U(udp_new(V4)), &data, &there, &err.socket), DENIED);

    wasi_sockets_ip_name_lookup_list_ip_address_t found;
    REFUSED2(wasi_sockets_ip_name_lookup_resolve_addresses(STR("localhost"), &found, &err.lookup),
        WASI_SOCKETS_IP_NAME_LOOKUP_ERROR_CODE_ACCESS_DENIED,
        WASI_SOCKETS_IP_NAME_LOOKUP_ERROR_CODE_PERMANENT_RESOLVER_FAILURE);
}
