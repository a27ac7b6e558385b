/* proc_exit(0) is a success, also from deep inside a call. */
#include "command.h"

static volatile int depth = 50;

static __attribute__((noinline)) void down(void) {
    if (depth == 0) proc_exit(0);
    depth = depth - 1;
    down();
    check_failed("exit-zero.c", __LINE__, "proc_exit", "wanted it not to return");
}

void test(void) { down(); }
