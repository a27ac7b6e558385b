/* The entry point of commands; see command.h. */
#include "command.h"

bool exports_wasi_cli_run_run(void) {
    test();
    return true;
}

void stop(void) {
    wasi_cli_exit_exit_with_code(CHECK_FAILED);
    __builtin_unreachable();
}
