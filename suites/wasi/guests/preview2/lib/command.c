/* The entry point of commands; see command.h. */
#include "command.h"

bool run_succeeds = true;

bool exports_wasi_cli_run_run(void) {
    test();
    return run_succeeds;
}

void stop(void) {
    wasi_cli_exit_exit_with_code(CHECK_FAILED);
    __builtin_unreachable();
}
