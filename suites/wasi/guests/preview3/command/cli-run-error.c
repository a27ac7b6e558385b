/* wasi:cli/run that returns an error: exit code 1, and what was written before
   is there. */
#include "command.h"

void test(void) {
    print("about to fail\n");
    run_succeeds = false;
}
