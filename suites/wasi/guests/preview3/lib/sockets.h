/* Short names for wasi:sockets, and what its programs do again and again. */
#ifndef SOCKETS_H
#define SOCKETS_H

#include "command.h"

typedef wasi_sockets_types_own_tcp_socket_t tcp_t;
typedef wasi_sockets_types_own_udp_socket_t udp_t;
typedef wasi_sockets_types_ip_socket_address_t address_t;
typedef wasi_sockets_types_stream_own_tcp_socket_t accepted_t;
typedef wasi_sockets_types_future_result_void_error_code_t done_t;

#define TCP(name) wasi_sockets_types_method_tcp_socket_##name
#define UDP(name) wasi_sockets_types_method_udp_socket_##name
#define T(socket) wasi_sockets_types_borrow_tcp_socket(socket)
#define U(socket) wasi_sockets_types_borrow_udp_socket(socket)
#define SOCKET_ERROR(name) WASI_SOCKETS_TYPES_ERROR_CODE_##name
#define DROP_TCP wasi_sockets_types_tcp_socket_drop_own
enum { V4 = WASI_SOCKETS_TYPES_IP_ADDRESS_FAMILY_IPV4, V6 = WASI_SOCKETS_TYPES_IP_ADDRESS_FAMILY_IPV6 };

/* One connection: the socket, its streams, and how each direction ended. */
typedef struct { tcp_t socket; reader_t in; done_t in_done; writer_t out; done_t out_done; } connection_t;

address_t v4(uint8_t a, uint8_t b, uint8_t c, uint8_t d, uint16_t port);
/* ::1 */
address_t v6(uint16_t port);
uint16_t port_of(address_t address);
bool same_address(address_t a, address_t b);

tcp_t tcp_new(uint8_t family);
bool tcp_bind(tcp_t socket, address_t address);
address_t tcp_local(tcp_t socket);
/* A socket that listens on a free port of this host. */
tcp_t tcp_listener(accepted_t *accepted);
/* The streams of a socket that is connected. */
connection_t tcp_streams(tcp_t socket);
bool tcp_connect(tcp_t socket, address_t address, connection_t *connection);
/* Waits for the next connection. */
connection_t tcp_accept(accepted_t accepted);
/* Drops streams and socket, and waits for neither. */
void close_connection(connection_t connection);
bool socket_done(done_t done);

udp_t udp_new(uint8_t family);
bool udp_bind(udp_t socket, address_t address);

#endif
