/* wasi:sockets tcp: a connection of the program with itself, bytes both ways,
   the end of each direction, and who is refused. */
#include "sockets.h"

void test(void) {
    char buf[64];
    address_t address;
    connection_t client, server;
    accepted_t accepted;
    tcp_t listener = tcp_listener(&accepted);
    address_t local = tcp_local(listener);
    HOLDS(port_of(local) != 0);
    HOLDS(TCP(get_is_listening)(T(listener)));

    OK(tcp_connect(tcp_new(V4), local, &client));
    server = tcp_accept(accepted);
    OK(TCP(get_remote_address)(T(client.socket), &address, &err.socket));
    HOLDS(same_address(address, local));
    OK(TCP(get_remote_address)(T(server.socket), &address, &err.socket));
    HOLDS(same_address(address, tcp_local(client.socket)));
    HOLDS(same_address(tcp_local(server.socket), local));
    HOLDS(!TCP(get_is_listening)(T(client.socket)));

    /* A read that waits can be given up. */
    uint32_t status = wasi_cli_stdin_stream_u8_read(server.in, (uint8_t *)buf, 10);
    EQUAL(status, BINDINGS_WAITABLE_STATUS_BLOCKED);
    status = wasi_cli_stdin_stream_u8_cancel_read(server.in);
    EQUAL(BINDINGS_WAITABLE_STATE(status), BINDINGS_WAITABLE_CANCELLED);
    EQUAL(BINDINGS_WAITABLE_COUNT(status), 0);

    EQUAL(write_stream(client.out, "question", 8), 8);
    EQUAL(read_stream(server.in, buf, 8), 8);
    HOLDS(is_text(buf, 8, "question"));
    EQUAL(write_stream(server.out, "answer", 6), 6);
    /* The end of one direction; the other is still open. */
    close_writer(server.out);
    OK(socket_done(server.out_done));
    HOLDS(is_text(buf, read_stream(client.in, buf, sizeof buf), "answer"));
    OK(socket_done(client.in_done));
    EQUAL(write_stream(client.out, "more", 4), 4);
    EQUAL(read_stream(server.in, buf, 4), 4);
    close_writer(client.out);
    OK(socket_done(client.out_done));
    EQUAL(read_stream(server.in, buf, sizeof buf), 0);
    OK(socket_done(server.in_done));

    /* Each direction can be taken once. */
    wasi_sockets_types_tuple2_stream_u8_future_result_void_error_code_t again;
    TCP(receive)(T(client.socket), &again);
    EQUAL(read_stream(again.f0, buf, 1), 0);
    REFUSED(socket_done(again.f1), SOCKET_ERROR(INVALID_STATE));
    writer_t writer;
    done_t sent = TCP(send)(T(client.socket), new_stream(&writer));
    REFUSED(socket_done(sent), SOCKET_ERROR(INVALID_STATE));

    /* The listener goes; its port refuses. */
    wasi_sockets_types_stream_own_tcp_socket_drop_readable(accepted);
    DROP_TCP(listener);
    REFUSED(tcp_connect(tcp_new(V4), local, &client), SOCKET_ERROR(CONNECTION_REFUSED));
}
