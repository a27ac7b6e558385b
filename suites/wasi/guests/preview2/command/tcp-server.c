/* wasi:sockets/tcp: says where it listens, serves one client from outside, and
   ends. */
#include "sockets.h"

void test(void) {
    connection_t client;
    char buf[64];
    tcp_t listener = tcp_listener();
    line_t line = {.len = 0};
    line_add(&line, "127.0.0.1:");
    line_number(&line, port_of(tcp_local(listener)));
    line_add(&line, "\n");
    output_t out = wasi_cli_stdout_get_stdout();
    write_out(out, line.text, line.len);

    OK(tcp_accept(listener, &client));
    EQUAL(read_in(client.in, buf, 5), 5);
    HOLDS(is_text(buf, 5, "hello"));
    write_out(client.out, "hello ", 6);
    write_out(client.out, buf, 5);
    OK(TCP(shutdown)(T(client.socket), WASI_SOCKETS_TCP_SHUTDOWN_TYPE_SEND, &err));
    EQUAL(read_in(client.in, buf, 3), 3);
    HOLDS(is_text(buf, 3, "bye"));
    print("served\n");
}
