/* path_open: its flags, one by one and together, and what it refuses. */
#include "command.h"

#define NAME "open.cleanup"

void test(void) {
    char buf[32];
    fd_t fd, other;
    fdstat_t stat;

    WANT(open_at(NAME, 0, 0, &fd), E_NOENT);
    fd = must_open(NAME, OFLAG_CREAT, 0);
    WANT(fd_fdstat_get(fd, &stat), E_SUCCESS);
    EQUAL(stat.type, TYPE_REGULAR);
    EQUAL(stat.flags, 0);
    write_text(fd, "content");

    /* Another descriptor of the same file has a position of its own. */
    other = must_open(NAME, OFLAG_CREAT, 0);
    HOLDS(other != fd);
    HOLDS(is_text(buf, read_all(other, buf, sizeof buf), "content"));
    WANT(fd_close(other), E_SUCCESS);

    WANT(open_at(NAME, OFLAG_CREAT | OFLAG_EXCL, 0, &other), E_EXIST);
    other = must_open(NAME, OFLAG_TRUNC, 0);
    EQUAL(read_all(other, buf, sizeof buf), 0);
    WANT(fd_close(other), E_SUCCESS);
    WANT(fd_close(fd), E_SUCCESS);

    WANT(open_at(NAME, OFLAG_DIRECTORY, 0, &fd), E_NOTDIR);
    WANT(open_at(NAME "/x", OFLAG_CREAT, 0, &fd), E_NOTDIR);
    WANT(open_at("no-such-dir/x", OFLAG_CREAT, 0, &fd), E_NOENT);
    EITHER(open_at("", 0, 0, &fd), E_NOENT, E_INVAL);
    EITHER(open_at("nul\xFF", 0, 0, &fd), E_INVAL, 25 /* ilseq */);
    EITHER(path_open(ROOT, 0, "a\0b", 3, 0, RIGHT_READ, 0, 0, &fd), E_INVAL, 25);

    static char long_name[4096];
    memset(long_name, 'n', sizeof long_name);
    WANT(path_open(ROOT, 0, long_name, sizeof long_name, OFLAG_CREAT, RIGHTS_ALL, 0, 0, &fd), E_NAMETOOLONG);

    /* Directories. */
    fd = must_open(".", OFLAG_DIRECTORY, 0);
    WANT(fd_fdstat_get(fd, &stat), E_SUCCESS);
    EQUAL(stat.type, TYPE_DIRECTORY);
    /* A path can start at any directory that is open. */
    WANT(path_open(fd, 0, PATH(NAME), 0, RIGHT_READ, 0, 0, &other), E_SUCCESS);
    WANT(fd_close(other), E_SUCCESS);
    WANT(fd_close(fd), E_SUCCESS);
    WANT(path_open(ROOT, 0, PATH("."), OFLAG_CREAT | OFLAG_DIRECTORY | OFLAG_EXCL, RIGHT_READ, 0, 0, &fd), E_INVAL);
    WANT(path_open(ROOT, 0, PATH("."), 0, RIGHT_READ | RIGHT_WRITE, 0, 0, &fd), E_ISDIR);

    /* A path starts at a directory. */
    fd = must_open(NAME, 0, 0);
    EITHER(path_open(fd, 0, PATH("x"), 0, RIGHT_READ, 0, 0, &other), E_NOTDIR, E_BADF);
    WANT(fd_close(fd), E_SUCCESS);
    WANT(path_open(fd, 0, PATH("x"), 0, RIGHT_READ, 0, 0, &other), E_BADF);
    WANT(path_open(NO_SUCH_FD, 0, PATH("x"), 0, RIGHT_READ, 0, 0, &other), E_BADF);
    WANT(path_unlink_file(ROOT, PATH(NAME)), E_SUCCESS);
}
