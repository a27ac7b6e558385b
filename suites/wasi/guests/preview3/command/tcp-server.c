/* wasi:sockets tcp: says where it listens, serves one client from outside, and
   ends. */
#include "sockets.h"

void test(void) {
    char buf[64];
    accepted_t accepted;
    tcp_t listener = tcp_listener(&accepted);
    line_t line = {.len = 0};
    line_add(&line, "127.0.0.1:");
    line_number(&line, port_of(tcp_local(listener)));
    line_add(&line, "\n");
    line.text[line.len] = 0;
    print(line.text);

    connection_t client = tcp_accept(accepted);
    EQUAL(read_stream(client.in, buf, 5), 5);
    HOLDS(is_text(buf, 5, "hello"));
    EQUAL(write_stream(client.out, "hello hello", 11), 11);
    close_writer(client.out);
    OK(socket_done(client.out_done));
    EQUAL(read_stream(client.in, buf, 3), 3);
    HOLDS(is_text(buf, 3, "bye"));
    print("served\n");
}
