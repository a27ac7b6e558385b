/* Links that the host made in a preopen, and that lead out of it, cannot be
   followed, not even an absolute one, which a program cannot make itself. */
#include "filesystem.h"

void test(void) {
    descriptor_t root = preopen(), file;
    stat_t stat;
    const char *links[] = {"absolute-link", "relative-link"};
    for (int i = 0; i < 2; i++) {
        REFUSED(FS(open_at)(FD(root), FOLLOW, STR(links[i]), 0, CAN(READ), &file, &err), FS_ERROR(NOT_PERMITTED));
        REFUSED(FS(open_at)(FD(root), FOLLOW, STR(links[i]), OPEN(CREATE) | OPEN(TRUNCATE), CAN(WRITE), &file, &err), FS_ERROR(NOT_PERMITTED));
        REFUSED(FS(stat_at)(FD(root), FOLLOW, STR(links[i]), &stat, &err), FS_ERROR(NOT_PERMITTED));
        /* The link itself can be looked at. */
        OK(FS(stat_at)(FD(root), 0, STR(links[i]), &stat, &err));
        EQUAL(stat.type, TYPE(SYMBOLIC_LINK));
        REFUSED(FS(open_at)(FD(root), 0, STR(links[i]), 0, CAN(READ), &file, &err), FS_ERROR(LOOP));
    }
    OK(FS(open_at)(FD(root), FOLLOW, STR("inner-link"), 0, CAN(READ), &file, &err));
    holds_text(file, "inside\n");
}
