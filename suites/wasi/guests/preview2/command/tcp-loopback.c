/* wasi:sockets/tcp: a connection of the program with itself, bytes both ways,
   the end of each direction, and who is refused. */
#include "sockets.h"

void test(void) {
    char buf[64];
    address_t address;
    connection_t client, server;
    tcp_t listener = tcp_listener();
    address_t local = tcp_local(listener);
    HOLDS(port_of(local) != 0);
    HOLDS(TCP(is_listening)(T(listener)));

    /* Nobody is there yet. */
    wasi_sockets_tcp_tuple3_own_tcp_socket_own_input_stream_own_output_stream_t got;
    REFUSED(TCP(accept)(T(listener), &got, &err), SOCKET_ERROR(WOULD_BLOCK));

    OK(tcp_connect(tcp_new(V4), local, &client));
    OK(tcp_accept(listener, &server));
    OK(TCP(remote_address)(T(client.socket), &address, &err));
    HOLDS(same_address(address, local));
    OK(TCP(remote_address)(T(server.socket), &address, &err));
    HOLDS(same_address(address, tcp_local(client.socket)));
    HOLDS(same_address(tcp_local(server.socket), local));
    HOLDS(!TCP(is_listening)(T(client.socket)));

    /* Nothing to read is nothing, not the end. */
    bindings_list_u8_t part;
    STREAM_OK(INPUT(read)(IN(server.in), 10, &part, &stream_err));
    EQUAL(part.len, 0);

    write_out(client.out, "question", 8);
    EQUAL(read_in(server.in, buf, 8), 8);
    HOLDS(is_text(buf, 8, "question"));
    write_out(server.out, "answer", 6);
    OK(TCP(shutdown)(T(server.socket), WASI_SOCKETS_TCP_SHUTDOWN_TYPE_SEND, &err));
    HOLDS(is_text(buf, read_in(client.in, buf, sizeof buf), "answer"));
    /* The other direction is still open. */
    write_out(client.out, "more", 4);
    EQUAL(read_in(server.in, buf, 4), 4);
    STREAM_REFUSED(OUTPUT(blocking_write_and_flush)(OUT(server.out), BYTES("late"), &stream_err), CLOSED);

    close_connection(client);
    EQUAL(read_in(server.in, buf, sizeof buf), 0);
    close_connection(server);

    /* The listener goes; its port refuses. */
    wasi_sockets_tcp_tcp_socket_drop_own(listener);
    REFUSED(tcp_connect(tcp_new(V4), local, &client), SOCKET_ERROR(CONNECTION_REFUSED));
}
