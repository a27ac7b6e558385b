/* environ_sizes_get and environ_get: exactly the variables that were given. */
#include "command.h"

static uint8_t *entries[16];
static uint8_t buf[256];

static bool has(uint32_t count, const char *wanted) {
    for (uint32_t i = 0; i < count; i++)
        if (is_text(entries[i], strlen((char *)entries[i]), wanted)) return true;
    return false;
}

void test(void) {
    uint32_t count = 0, size = 0;
    WANT(environ_sizes_get(&count, &size), E_SUCCESS);
    EQUAL(count, 3);
    EQUAL(size, sizeof "FIRST=1" + sizeof "EMPTY=" + sizeof "SIGN=a=b \xC3\xBC");
    buf[size] = 0xAA;
    WANT(environ_get(entries, buf), E_SUCCESS);
    EQUAL(buf[size], 0xAA);
    HOLDS(entries[count] == 0);
    HOLDS(has(count, "FIRST=1"));
    HOLDS(has(count, "EMPTY="));
    HOLDS(has(count, "SIGN=a=b \xC3\xBC"));
}
