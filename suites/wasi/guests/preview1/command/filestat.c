/* fd_filestat_get, fd_filestat_set_size, fd_filestat_set_times,
   path_filestat_get and path_filestat_set_times. */
#include "command.h"

#define SECOND 1000000000ull
#define NAME "filestat.cleanup"
#define LINK "filestat-link.cleanup"

void test(void) {
    char buf[32];
    filestat_t stat, by_path, link;
    fd_t fd = must_open(NAME, OFLAG_CREAT | OFLAG_TRUNC, 0);
    WANT(fd_filestat_get(fd, &stat), E_SUCCESS);
    EQUAL(stat.type, TYPE_REGULAR);
    EQUAL(stat.size, 0);
    EQUAL(stat.nlink, 1);

    write_text(fd, "abcdef");
    WANT(fd_filestat_set_size(fd, 3), E_SUCCESS);
    WANT(fd_filestat_get(fd, &stat), E_SUCCESS);
    EQUAL(stat.size, 3);
    WANT(fd_filestat_set_size(fd, 10), E_SUCCESS);
    uint64_t at;
    WANT(fd_seek(fd, 0, WHENCE_SET, &at), E_SUCCESS);
    EQUAL(read_all(fd, buf, sizeof buf), 10);
    HOLDS(memcmp(buf, "abc\0\0\0\0\0\0\0", 10) == 0);
    EITHER(fd_filestat_set_size(fd, ~0ull), E_INVAL, E_FBIG);

    /* Times, to the second: not every file system keeps more. */
    WANT(fd_filestat_set_times(fd, 1000 * SECOND, 2000 * SECOND, ATIM | MTIM), E_SUCCESS);
    WANT(fd_filestat_get(fd, &stat), E_SUCCESS);
    EQUAL(stat.atim, 1000 * SECOND);
    EQUAL(stat.mtim, 2000 * SECOND);
    WANT(fd_filestat_set_times(fd, 0, 3000 * SECOND, MTIM), E_SUCCESS);
    WANT(path_filestat_get(ROOT, 0, PATH(NAME), &by_path), E_SUCCESS);
    EQUAL(by_path.atim, 1000 * SECOND);
    EQUAL(by_path.mtim, 3000 * SECOND);
    EQUAL(by_path.size, 10);
    EQUAL(by_path.ino, stat.ino);
    EQUAL(by_path.dev, stat.dev);
    WANT(fd_filestat_set_times(fd, 0, 0, MTIM_NOW), E_SUCCESS);
    WANT(fd_filestat_get(fd, &stat), E_SUCCESS);
    EQUAL(stat.atim, 1000 * SECOND);
    HOLDS(stat.mtim > 1577836800 * SECOND);
    /* A time and `now` at once mean nothing. */
    WANT(fd_filestat_set_times(fd, 0, 0, MTIM | MTIM_NOW), E_INVAL);
    WANT(fd_filestat_set_times(fd, 0, 0, ATIM | ATIM_NOW), E_INVAL);

    WANT(path_filestat_set_times(ROOT, 0, PATH(NAME), 4000 * SECOND, 5000 * SECOND, ATIM | MTIM), E_SUCCESS);
    WANT(fd_filestat_get(fd, &stat), E_SUCCESS);
    EQUAL(stat.atim, 4000 * SECOND);
    EQUAL(stat.mtim, 5000 * SECOND);
    WANT(path_filestat_set_times(ROOT, 0, PATH(NAME), 0, 0, ATIM | ATIM_NOW), E_INVAL);
    WANT(path_filestat_set_times(ROOT, 0, PATH("no-such-file"), 0, 0, MTIM_NOW), E_NOENT);

    /* Through a link, and the link itself. */
    WANT(path_symlink(PATH(NAME), ROOT, PATH(LINK)), E_SUCCESS);
    WANT(path_filestat_get(ROOT, FOLLOW, PATH(LINK), &by_path), E_SUCCESS);
    EQUAL(by_path.type, TYPE_REGULAR);
    EQUAL(by_path.ino, stat.ino);
    WANT(path_filestat_get(ROOT, 0, PATH(LINK), &link), E_SUCCESS);
    EQUAL(link.type, TYPE_SYMLINK);
    EQUAL(link.size, sizeof NAME - 1);
    HOLDS(link.ino != stat.ino);
    WANT(path_filestat_set_times(ROOT, FOLLOW, PATH(LINK), 0, 6000 * SECOND, MTIM), E_SUCCESS);
    WANT(fd_filestat_get(fd, &stat), E_SUCCESS);
    EQUAL(stat.mtim, 6000 * SECOND);
    WANT(path_filestat_set_times(ROOT, 0, PATH(LINK), 0, 7000 * SECOND, MTIM), E_SUCCESS);
    WANT(fd_filestat_get(fd, &stat), E_SUCCESS);
    EQUAL(stat.mtim, 6000 * SECOND);
    WANT(path_filestat_get(ROOT, 0, PATH(LINK), &link), E_SUCCESS);
    EQUAL(link.mtim, 7000 * SECOND);

    WANT(path_filestat_get(ROOT, 0, PATH("."), &stat), E_SUCCESS);
    EQUAL(stat.type, TYPE_DIRECTORY);
    WANT(path_filestat_get(ROOT, 0, PATH("no-such-file"), &stat), E_NOENT);
    WANT(path_filestat_get(ROOT, 0, PATH(NAME "/x"), &stat), E_NOTDIR);
    WANT(path_filestat_get(ROOT, 0, PATH(""), &stat), E_NOENT);
    EITHER(path_filestat_get(fd, 0, PATH("x"), &stat), E_NOTDIR, E_BADF);
    EITHER(path_filestat_set_times(fd, 0, PATH("x"), 0, 0, MTIM_NOW), E_NOTDIR, E_BADF);

    /* A directory has no size that could be set. */
    fd_t dir = must_open(".", OFLAG_DIRECTORY, 0);
    EITHER(fd_filestat_set_size(dir, 0), E_BADF, E_ISDIR);
    WANT(fd_close(dir), E_SUCCESS);

    WANT(fd_close(fd), E_SUCCESS);
    WANT(fd_filestat_get(fd, &stat), E_BADF);
    WANT(fd_filestat_set_size(fd, 0), E_BADF);
    WANT(fd_filestat_set_times(fd, 0, 0, MTIM_NOW), E_BADF);
    WANT(path_filestat_get(fd, 0, PATH("x"), &stat), E_BADF);
    WANT(path_filestat_set_times(fd, 0, PATH("x"), 0, 0, MTIM_NOW), E_BADF);
    WANT(path_unlink_file(ROOT, PATH(LINK)), E_SUCCESS);
    WANT(path_unlink_file(ROOT, PATH(NAME)), E_SUCCESS);
}
