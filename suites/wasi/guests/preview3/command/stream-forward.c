/* One interface's stream handed to another, which moves the bytes without the
   program's help: a file to a file, a file into a connection, a connection into
   a file, and standard input to standard output until it ends. */
#include "filesystem.h"
#include "sockets.h"

#define FROM "stream-forward-from.cleanup"
#define TO "stream-forward-to.cleanup"
enum { SIZE = 100000 };

FUTURE(fs_done, wasi_filesystem_types, err.fs)
FUTURE(stdin_done, wasi_cli_stdin, err.tag)
FUTURE(stdout_done, wasi_cli_stdout, err.tag)

typedef wasi_filesystem_types_tuple2_stream_u8_future_result_void_error_code_t in_t;

static char bytes[SIZE], back[SIZE + 1];

static void holds_bytes(descriptor_t file) {
    size_t n;
    OK(read_at(file, 0, back, sizeof back, &n));
    EQUAL(n, SIZE);
    HOLDS(memcmp(bytes, back, SIZE) == 0);
}

void test(void) {
    descriptor_t root = preopen();
    descriptor_t from = must_open(root, FROM, OPEN(CREATE) | OPEN(TRUNCATE));
    descriptor_t to = must_open(root, TO, OPEN(CREATE) | OPEN(TRUNCATE));
    in_t in;
    writer_t writer;
    for (size_t i = 0; i < SIZE; i++) bytes[i] = (char)(i * 7 + i / 251);
    wasi_filesystem_types_future_result_void_error_code_t done = FS(write_via_stream)(FD(from), new_stream(&writer), 0);
    EQUAL(write_stream(writer, bytes, SIZE), SIZE);
    close_writer(writer);
    OK(fs_done(done));

    FS(read_via_stream)(FD(from), 0, &in);
    OK(fs_done(FS(write_via_stream)(FD(to), in.f0, 0)));
    OK(fs_done(in.f1));
    holds_bytes(to);

    connection_t server;
    accepted_t accepted;
    tcp_t listener = tcp_listener(&accepted), client = tcp_new(V4);
    address_t local = tcp_local(listener);
    OK(TCP(connect)(T(client), &local, &err.socket));
    server = tcp_accept(accepted);
    FS(read_via_stream)(FD(from), 0, &in);
    done_t sent = TCP(send)(T(client), in.f0);
    OK(FS(set_size)(FD(to), 0, &err.fs));
    OK(fs_done(FS(write_via_stream)(FD(to), server.in, 0)));
    OK(socket_done(sent));
    OK(fs_done(in.f1));
    OK(socket_done(server.in_done));
    holds_bytes(to);
    OK(FS(unlink_file_at)(FD(root), STR(FROM), &err.fs));
    OK(FS(unlink_file_at)(FD(root), STR(TO), &err.fs));

    print("echo:\n");
    wasi_cli_stdin_tuple2_stream_u8_future_result_void_error_code_t input;
    wasi_cli_stdin_read_via_stream(&input);
    OK(stdout_done(wasi_cli_stdout_write_via_stream(input.f0)));
    OK(stdin_done(input.f1));
}
