/* The entry point of commands that make several calls at once. Its result is
   returned by a call of its own, and it need not be called back. */
#include "command.h"

bool run_succeeds = true;

bindings_callback_code_t exports_wasi_cli_run_run(void) {
    test();
    exports_wasi_cli_run_run_return((exports_wasi_cli_run_result_void_void_t){.is_err = !run_succeeds});
    return BINDINGS_CALLBACK_CODE_EXIT;
}

bindings_callback_code_t exports_wasi_cli_run_run_callback(bindings_event_t *event) {
    (void)event;
    __builtin_trap();
}

void stop(void) {
    wasi_cli_exit_exit_with_code(CHECK_FAILED);
    __builtin_unreachable();
}
