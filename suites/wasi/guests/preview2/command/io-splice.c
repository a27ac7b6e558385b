/* splice and blocking-splice: from a file to a file, through a connection, and
   from standard input to standard output until it ends. */
#include "filesystem.h"
#include "sockets.h"

#define FROM "io-splice-from.cleanup"
#define TO "io-splice-to.cleanup"
enum { SIZE = 100000 };

static char bytes[SIZE], back[SIZE + 1];

/* Splices until the source is at its end; gives back how much. */
static uint64_t all(output_t to, input_t from) {
    uint64_t total = 0, n = 0;
    while (OUTPUT(blocking_splice)(OUT(to), IN(from), 30000, &n, &stream_err)) {
        HOLDS(n <= 30000);
        total += n;
    }
    EQUAL(stream_err.tag, CLOSED);
    STREAM_OK(OUTPUT(blocking_flush)(OUT(to), &stream_err));
    return total;
}

void test(void) {
    descriptor_t root = preopen();
    descriptor_t from = must_open(root, FROM, OPEN(CREATE) | OPEN(TRUNCATE));
    descriptor_t to = must_open(root, TO, OPEN(CREATE) | OPEN(TRUNCATE));
    input_t in;
    output_t out;
    for (size_t i = 0; i < SIZE; i++) bytes[i] = (char)(i * 7 + i / 251);
    OK(FS(write_via_stream)(FD(from), 0, &out, &err));
    write_out(out, bytes, SIZE);
    wasi_io_streams_output_stream_drop_own(out);

    /* A file to a file. */
    OK(FS(read_via_stream)(FD(from), 0, &in, &err));
    OK(FS(write_via_stream)(FD(to), 0, &out, &err));
    EQUAL(all(out, in), SIZE);
    wasi_io_streams_input_stream_drop_own(in);
    wasi_io_streams_output_stream_drop_own(out);
    OK(FS(read_via_stream)(FD(to), 0, &in, &err));
    EQUAL(read_in(in, back, sizeof back), SIZE);
    HOLDS(memcmp(bytes, back, SIZE) == 0);
    wasi_io_streams_input_stream_drop_own(in);

    /* No more than was asked for, and none is. */
    uint64_t n = 9;
    OK(FS(read_via_stream)(FD(from), 0, &in, &err));
    OK(FS(write_via_stream)(FD(to), 0, &out, &err));
    STREAM_OK(OUTPUT(splice)(OUT(out), IN(in), 0, &n, &stream_err));
    EQUAL(n, 0);
    STREAM_OK(OUTPUT(blocking_splice)(OUT(out), IN(in), 10, &n, &stream_err));
    HOLDS(n > 0 && n <= 10);
    wasi_io_streams_input_stream_drop_own(in);
    wasi_io_streams_output_stream_drop_own(out);

    /* A file into a connection. */
    connection_t client, server;
    tcp_t listener = tcp_listener();
    OK(tcp_connect(tcp_new(V4), tcp_local(listener), &client));
    OK(tcp_accept(listener, &server));
    OK(FS(read_via_stream)(FD(from), SIZE - 5000, &in, &err));
    EQUAL(all(client.out, in), 5000);
    wasi_io_streams_input_stream_drop_own(in);
    EQUAL(read_in(server.in, back, 5000), 5000);
    HOLDS(memcmp(bytes + SIZE - 5000, back, 5000) == 0);
    /* A source with nothing to read yet gives nothing, without waiting. */
    STREAM_OK(OUTPUT(splice)(OUT(client.out), IN(client.in), 10, &n, &stream_err));
    EQUAL(n, 0);

    OK(FS(unlink_file_at)(FD(root), STR(FROM), &err));
    OK(FS(unlink_file_at)(FD(root), STR(TO), &err));

    /* What the host writes comes back. */
    print("echo:\n");
    in = wasi_cli_stdin_get_stdin();
    out = wasi_cli_stdout_get_stdout();
    EQUAL(all(out, in), 11);
}
