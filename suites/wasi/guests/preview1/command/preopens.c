/* fd_prestat_get and fd_prestat_dir_name: one directory was given, as `/`. */
#include "command.h"

void test(void) {
    prestat_t prestat;
    uint8_t name[4] = {0xAA, 0xAA, 0xAA, 0xAA};
    WANT(fd_prestat_get(ROOT, &prestat), E_SUCCESS);
    EQUAL(prestat.tag, 0);
    EQUAL(prestat.name_len, 1);
    WANT(fd_prestat_dir_name(ROOT, name, 1), E_SUCCESS);
    EQUAL(name[0], '/');
    EQUAL(name[1], 0xAA);
    EITHER(fd_prestat_dir_name(ROOT, name, 0), E_NAMETOOLONG, E_INVAL);
    WANT(fd_prestat_get(ROOT + 1, &prestat), E_BADF);
    EITHER(fd_prestat_dir_name(ROOT + 1, name, 4), E_BADF, E_NOTDIR);
    WANT(fd_prestat_get(0, &prestat), E_BADF);

    /* What was opened later is no preopen. */
    fd_t dir = must_open(".", OFLAG_DIRECTORY, 0);
    WANT(fd_prestat_get(dir, &prestat), E_BADF);
    EITHER(fd_prestat_dir_name(dir, name, 4), E_BADF, E_NOTDIR);

    /* The host's files are in it. */
    char buf[32];
    fd_t fd;
    WANT(path_open(ROOT, 0, PATH("greeting.txt"), 0, RIGHT_READ, 0, 0, &fd), E_SUCCESS);
    HOLDS(is_text(buf, read_all(fd, buf, sizeof buf), "hello from the host\n"));
}
