/* A connection on which nothing came is not readable: its pollable becomes
   ready when there are bytes, or the end. */
#include "sockets.h"

void test(void) {
    connection_t client, server;
    tcp_t listener = tcp_listener();
    OK(tcp_connect(tcp_new(V4), tcp_local(listener), &client));
    OK(tcp_accept(listener, &server));
    input_t ends[] = {client.in, server.in};
    for (int i = 0; i < 2; i++) {
        pollable_t readable = INPUT(subscribe)(IN(ends[i]));
        HOLDS(!wasi_io_poll_method_pollable_ready(wasi_io_poll_borrow_pollable(readable)));
        wasi_io_poll_pollable_drop_own(readable);
    }
    write_out(client.out, "x", 1);
    block_on(INPUT(subscribe)(IN(server.in)));
    bindings_list_u8_t part;
    STREAM_OK(INPUT(read)(IN(server.in), 1, &part, &stream_err));
    EQUAL(part.len, 1);
    close_connection(server);
    block_on(INPUT(subscribe)(IN(client.in)));
    STREAM_REFUSED(INPUT(read)(IN(client.in), 1, &part, &stream_err), CLOSED);
}
