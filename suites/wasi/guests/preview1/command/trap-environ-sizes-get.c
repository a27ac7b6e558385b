/* environ_sizes_get with a pointer outside of memory: the specification wants
   a trap, so nothing after the call happens. */
#include "command.h"

void test(void) {
    environ_sizes_get((uint32_t *)0xFFFFFFF0, (uint32_t *)0xFFFFFFF0);
    check_failed(__FILE_NAME__, __LINE__, "environ_sizes_get outside of memory", "wanted it not to return");
}
