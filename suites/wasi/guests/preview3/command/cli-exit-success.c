/* wasi:cli/exit with success: exit code 0, and nothing after it happens. */
#include "command.h"

void test(void) {
    print("before\n");
    wasi_cli_exit_exit(&(wasi_cli_exit_result_void_void_t){.is_err = false});
    print("after\n");
    HOLDS(false);
}
