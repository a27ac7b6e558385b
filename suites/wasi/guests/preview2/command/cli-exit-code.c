/* wasi:cli/exit with a code of the program's own. */
#include "command.h"

void test(void) {
    print("before\n");
    wasi_cli_exit_exit_with_code(42);
    print("after\n");
}
