/* wasi:cli/stdin, stdout and stderr as streams with a future each, and the
   terminals there are not. */
#include "command.h"

FUTURE(stdin_done, wasi_cli_stdin, err.tag)
FUTURE(stderr_done, wasi_cli_stderr, err.tag)

static size_t read_line(reader_t in, char *line, size_t room) {
    size_t have = 0;
    while (have < room) {
        if (read_stream(in, line + have, 1) == 0) break;
        if (line[have++] == '\n') break;
    }
    return have;
}

void test(void) {
    char line[64];
    wasi_cli_stdin_tuple2_stream_u8_future_result_void_error_code_t in;
    wasi_cli_stdin_read_via_stream(&in);
    print("hello\n");
    HOLDS(is_text(line, read_line(in.f0, line, sizeof line), "ping\n"));
    print("pong\n");
    HOLDS(is_text(line, read_line(in.f0, line, sizeof line), "last\n"));

    writer_t writer;
    wasi_cli_stderr_future_result_void_error_code_t done = wasi_cli_stderr_write_via_stream(new_stream(&writer));
    EQUAL(write_stream(writer, "to standard error\n", 18), 18);
    close_writer(writer);
    OK(stderr_done(done));

    /* Who stops reading is not at fault. */
    close_reader(in.f0);
    OK(stdin_done(in.f1));

    /* These are pipes. */
    wasi_cli_terminal_stdin_own_terminal_input_t input;
    wasi_cli_terminal_stdout_own_terminal_output_t output;
    HOLDS(!wasi_cli_terminal_stdin_get_terminal_stdin(&input));
    HOLDS(!wasi_cli_terminal_stdout_get_terminal_stdout(&output));
    HOLDS(!wasi_cli_terminal_stderr_get_terminal_stderr(&output));
}
