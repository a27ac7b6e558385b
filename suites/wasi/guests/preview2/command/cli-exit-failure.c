/* wasi:cli/exit with an error: exit code 1, and nothing after it happens. */
#include "command.h"

void test(void) {
    print("before\n");
    wasi_cli_exit_exit(&(wasi_cli_exit_result_void_void_t){.is_err = true});
    print("after\n");
}
