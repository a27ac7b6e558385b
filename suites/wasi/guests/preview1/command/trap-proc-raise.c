/* proc_raise of a signal that the specification does not have: an enum out of
   its range is an error of the ABI, and such a call traps. */
#include "command.h"

void test(void) {
    proc_raise(200);
    check_failed(__FILE_NAME__, __LINE__, "proc_raise of signal 200", "wanted it not to return");
}
