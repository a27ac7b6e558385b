/* wasi:cli/stdin, stdout, stderr and the terminals there are not. */
#include "command.h"

static size_t read_line(input_t in, char *line, size_t room) {
    size_t have = 0;
    while (have < room) {
        if (read_in(in, line + have, 1) == 0) break;
        if (line[have++] == '\n') break;
    }
    return have;
}

void test(void) {
    char line[64];
    input_t in = wasi_cli_stdin_get_stdin();
    print("hello\n");
    HOLDS(is_text(line, read_line(in, line, sizeof line), "ping\n"));
    print("pong\n");
    HOLDS(is_text(line, read_line(in, line, sizeof line), "last\n"));

    output_t error = wasi_cli_stderr_get_stderr();
    write_out(error, "to standard error\n", 18);

    /* These are pipes. */
    wasi_cli_terminal_stdin_own_terminal_input_t input;
    wasi_cli_terminal_stdout_own_terminal_output_t output;
    HOLDS(!wasi_cli_terminal_stdin_get_terminal_stdin(&input));
    HOLDS(!wasi_cli_terminal_stdout_get_terminal_stdout(&output));
    HOLDS(!wasi_cli_terminal_stderr_get_terminal_stderr(&output));
}
