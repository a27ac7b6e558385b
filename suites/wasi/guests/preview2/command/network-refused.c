/* A program that was not granted the network reaches nothing: binding,
   connecting, sending and looking up names are refused. */
#include "sockets.h"

void test(void) {
    tcp_t tcp = tcp_new(V4);
    address_t any = v4(127, 0, 0, 1, 0), web = v4(127, 0, 0, 1, 80);
    connection_t connection;
    REFUSED(tcp_bind(tcp, any), SOCKET_ERROR(ACCESS_DENIED));
    REFUSED(tcp_connect(tcp_new(V4), web, &connection), SOCKET_ERROR(ACCESS_DENIED));
    REFUSED(tcp_connect(tcp_new(V4), v4(192, 0, 2, 1, 443), &connection), SOCKET_ERROR(ACCESS_DENIED));
    REFUSED(tcp_connect(tcp_new(V6), v6(80), &connection), SOCKET_ERROR(ACCESS_DENIED));

    udp_t udp = udp_new(V4);
    REFUSED(udp_bind(udp, any), SOCKET_ERROR(ACCESS_DENIED));

    wasi_sockets_ip_name_lookup_own_resolve_address_stream_t names;
    bool started = wasi_sockets_ip_name_lookup_resolve_addresses(network(), STR("localhost"), &names, &err);
    if (started) {
        wasi_sockets_ip_name_lookup_option_ip_address_t address;
        wasi_sockets_ip_name_lookup_borrow_resolve_address_stream_t stream =
            wasi_sockets_ip_name_lookup_borrow_resolve_address_stream(names);
        block_on(wasi_sockets_ip_name_lookup_method_resolve_address_stream_subscribe(stream));
        started = wasi_sockets_ip_name_lookup_method_resolve_address_stream_resolve_next_address(stream, &address, &err);
    }
    REFUSED2(started, SOCKET_ERROR(PERMANENT_RESOLVER_FAILURE), SOCKET_ERROR(ACCESS_DENIED));
}
