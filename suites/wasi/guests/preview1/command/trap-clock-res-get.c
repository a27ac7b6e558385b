/* clock_res_get of a clock that the specification does not have: an enum out
   of its range is an error of the ABI, and such a call traps. */
#include "command.h"

void test(void) {
    uint64_t resolution;
    clock_res_get(17, &resolution);
    check_failed(__FILE_NAME__, __LINE__, "clock_res_get of clock 17", "wanted it not to return");
}
