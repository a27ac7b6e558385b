/* Links that the host made in a preopen, and that lead out of it, cannot be
   followed, not even an absolute one, which a program cannot make itself. */
#include "command.h"

void test(void) {
    fd_t fd;
    filestat_t stat;
    char buf[16];
    const char *links[] = {"absolute-link", "relative-link"};
    for (int i = 0; i < 2; i++) {
        size_t len = strlen(links[i]);
        EITHER(path_open(ROOT, FOLLOW, links[i], len, 0, RIGHT_READ, 0, 0, &fd), E_PERM, E_NOTCAPABLE);
        EITHER(path_open(ROOT, FOLLOW, links[i], len, OFLAG_CREAT | OFLAG_TRUNC, all_rights(), 0, 0, &fd), E_PERM, E_NOTCAPABLE);
        EITHER(path_filestat_get(ROOT, FOLLOW, links[i], len, &stat), E_PERM, E_NOTCAPABLE);
        EITHER(path_filestat_set_times(ROOT, FOLLOW, links[i], len, 0, 0, MTIM_NOW), E_PERM, E_NOTCAPABLE);
        /* The link itself can be looked at. */
        WANT(path_filestat_get(ROOT, 0, links[i], len, &stat), E_SUCCESS);
        EQUAL(stat.type, TYPE_SYMLINK);
        WANT(path_open(ROOT, 0, links[i], len, 0, RIGHT_READ, 0, 0, &fd), E_LOOP);
    }
    fd = must_open("inner-link", 0, 0);
    HOLDS(is_text(buf, read_all(fd, buf, sizeof buf), "inside\n"));
}
