/* sched_yield returns. proc_raise of no signal does nothing, or is refused
   where there are no signals; either way the program goes on. proc_exit ends
   it with its code, and nothing after it happens. */
#include "command.h"

void test(void) {
    for (int i = 0; i < 100; i++) WANT(sched_yield(), E_SUCCESS);
    EITHER(proc_raise(0), E_SUCCESS, E_NOTSUP);
    write_text(1, "before\n");
    proc_exit(42);
}
