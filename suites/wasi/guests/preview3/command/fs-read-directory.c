/* read-via-stream of a directory: an empty stream, and a future that says why. */
#include "filesystem.h"

void test(void) {
    char buf[8];
    size_t n = 9;
    bool went = read_at(preopen(), 0, buf, sizeof buf, &n);
    REFUSED2(went, FS_ERROR(BAD_DESCRIPTOR), FS_ERROR(IS_DIRECTORY));
    EQUAL(n, 0);
}
