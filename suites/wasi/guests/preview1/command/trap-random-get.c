/* random_get into a buffer that ends outside of memory: the specification
   wants a trap, so nothing after the call happens. */
#include "command.h"

void test(void) {
    random_get((uint8_t *)0xFFFFFF00, 512);
    check_failed(__FILE_NAME__, __LINE__, "random_get outside of memory", "wanted it not to return");
}
