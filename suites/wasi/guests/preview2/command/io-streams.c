/* wasi:io/streams, on a connection of the program with itself: what may be
   written, zeroes, flushing, skipping, the end and the error of a peer gone. */
#include "sockets.h"

static connection_t client, server;

static void zeroes(size_t n) {
    char buf[300];
    memset(buf, 'x', sizeof buf);
    EQUAL(read_in(server.in, buf, n), n);
    for (size_t i = 0; i < n; i++) EQUAL(buf[i], 0);
    EQUAL(buf[n], 'x');
}

void test(void) {
    char buf[64];
    uint64_t n = 0;
    bindings_list_u8_t part;
    tcp_t listener = tcp_listener();
    OK(tcp_connect(tcp_new(V4), tcp_local(listener), &client));
    OK(tcp_accept(listener, &server));

    STREAM_OK(OUTPUT(check_write)(OUT(client.out), &n, &stream_err));
    HOLDS(n > 0);
    STREAM_OK(OUTPUT(write)(OUT(client.out), BYTES("abc"), &stream_err));
    STREAM_OK(OUTPUT(flush)(OUT(client.out), &stream_err));
    block_on(OUTPUT(subscribe)(OUT(client.out)));
    EQUAL(read_in(server.in, buf, 3), 3);
    HOLDS(is_text(buf, 3, "abc"));

    STREAM_OK(OUTPUT(blocking_write_and_flush)(OUT(client.out), BYTES("0123456789"), &stream_err));
    STREAM_OK(INPUT(blocking_skip)(IN(server.in), 4, &n, &stream_err));
    EQUAL(n, 4);
    STREAM_OK(INPUT(blocking_read)(IN(server.in), 3, &part, &stream_err));
    HOLDS(SAME(part, "456"));
    STREAM_OK(INPUT(skip)(IN(server.in), 1, &n, &stream_err));
    EQUAL(n, 1);
    STREAM_OK(INPUT(read)(IN(server.in), 0, &part, &stream_err));
    EQUAL(part.len, 0);
    EQUAL(read_in(server.in, buf, 2), 2);
    HOLDS(is_text(buf, 2, "89"));

    STREAM_OK(OUTPUT(check_write)(OUT(client.out), &n, &stream_err));
    HOLDS(n >= 100);
    STREAM_OK(OUTPUT(write_zeroes)(OUT(client.out), 100, &stream_err));
    STREAM_OK(OUTPUT(blocking_flush)(OUT(client.out), &stream_err));
    zeroes(100);
    STREAM_OK(OUTPUT(blocking_write_zeroes_and_flush)(OUT(client.out), 200, &stream_err));
    zeroes(200);

    /* The peer goes: the end for who reads, an error for who writes. */
    close_connection(server);
    EQUAL(read_in(client.in, buf, sizeof buf), 0);
    STREAM_REFUSED(INPUT(read)(IN(client.in), 1, &part, &stream_err), CLOSED);
    bool went = true;
    for (int i = 0; i < 100 && went; i++) {
        went = OUTPUT(blocking_write_and_flush)(OUT(client.out), BYTES("late"), &stream_err);
        if (went) block_on(wasi_clocks_monotonic_clock_subscribe_duration(10000000));
    }
    HOLDS(!went);
    if (stream_err.tag == FAILED) {
        bindings_string_t text;
        wasi_io_error_own_error_t error = stream_err.val.last_operation_failed;
        wasi_io_error_method_error_to_debug_string(wasi_io_error_borrow_error(error), &text);
        HOLDS(text.len > 0);
        wasi_io_error_error_drop_own(error);
        /* After an error it is closed. */
        STREAM_REFUSED(OUTPUT(check_write)(OUT(client.out), &n, &stream_err), CLOSED);
    }
}
