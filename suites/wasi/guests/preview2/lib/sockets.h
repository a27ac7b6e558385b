/* Short names for wasi:sockets, and what its programs do again and again. */
#ifndef SOCKETS_H
#define SOCKETS_H

#include "command.h"

typedef wasi_sockets_tcp_own_tcp_socket_t tcp_t;
typedef wasi_sockets_udp_own_udp_socket_t udp_t;
typedef wasi_sockets_network_ip_socket_address_t address_t;

#define TCP(name) wasi_sockets_tcp_method_tcp_socket_##name
#define UDP(name) wasi_sockets_udp_method_udp_socket_##name
#define T(socket) wasi_sockets_tcp_borrow_tcp_socket(socket)
#define U(socket) wasi_sockets_udp_borrow_udp_socket(socket)
#define SOCKET_ERROR(name) WASI_SOCKETS_NETWORK_ERROR_CODE_##name
enum { V4 = WASI_SOCKETS_NETWORK_IP_ADDRESS_FAMILY_IPV4, V6 = WASI_SOCKETS_NETWORK_IP_ADDRESS_FAMILY_IPV6 };

/* One connection: the socket and its streams. */
typedef struct { tcp_t socket; input_t in; output_t out; } connection_t;

address_t v4(uint8_t a, uint8_t b, uint8_t c, uint8_t d, uint16_t port);
/* ::1 */
address_t v6(uint16_t port);
uint16_t port_of(address_t address);
bool same_address(address_t a, address_t b);
wasi_sockets_network_borrow_network_t network(void);

tcp_t tcp_new(uint8_t family);
/* Starts, waits and finishes; give back whether all went well, `err` if not. */
bool tcp_bind(tcp_t socket, address_t address);
bool tcp_listen(tcp_t socket);
bool tcp_connect(tcp_t socket, address_t address, connection_t *connection);
bool tcp_accept(tcp_t socket, connection_t *connection);
address_t tcp_local(tcp_t socket);
/* A socket that listens on a free port of this host. */
tcp_t tcp_listener(void);
void close_connection(connection_t connection);

udp_t udp_new(uint8_t family);
bool udp_bind(udp_t socket, address_t address);

#endif
