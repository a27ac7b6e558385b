/* args_sizes_get and args_get: the arguments, in order, byte for byte. The
   first is the program's own name, which is the runtime's to choose. */
#include "command.h"

static uint8_t *argv[16];
static uint8_t buf[256];

void test(void) {
    uint32_t count = 0, size = 0;
    WANT(args_sizes_get(&count, &size), E_SUCCESS);
    EQUAL(count, 5);
    HOLDS(size <= sizeof buf);
    buf[size] = 0xAA;
    WANT(args_get(argv, buf), E_SUCCESS);
    EQUAL(buf[size], 0xAA);
    const char *wanted[] = {0, "one", "two words", "", "\xC3\xA4=\xE2\x82\xAC"};
    uint32_t used = 0;
    for (uint32_t i = 0; i < count; i++) {
        /* One lies behind the other, each with its zero. */
        HOLDS(argv[i] == buf + used);
        uint32_t len = strlen((char *)argv[i]);
        if (i) HOLDS(is_text(argv[i], len, wanted[i]));
        used += len + 1;
    }
    EQUAL(used, size);
    HOLDS(argv[count] == 0);
}
