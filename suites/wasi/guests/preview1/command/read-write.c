/* fd_read, fd_write, fd_pread, fd_pwrite, fd_seek and fd_tell on a file. */
#include "command.h"

static char buf[64];

void test(void) {
    fd_t fd = must_open("read-write.cleanup", OFLAG_CREAT | OFLAG_TRUNC, 0);
    uint32_t n = 0;
    uint64_t at = 99;

    write_text(fd, "0123456789");
    WANT(fd_tell(fd, &at), E_SUCCESS);
    EQUAL(at, 10);

    WANT(fd_seek(fd, 2, WHENCE_SET, &at), E_SUCCESS);
    EQUAL(at, 2);
    WANT(fd_seek(fd, 3, WHENCE_CUR, &at), E_SUCCESS);
    EQUAL(at, 5);
    WANT(fd_seek(fd, -4, WHENCE_END, &at), E_SUCCESS);
    EQUAL(at, 6);
    EQUAL(read_all(fd, buf, sizeof buf), 4);
    HOLDS(memcmp(buf, "6789", 4) == 0);
    /* At the end: nothing, and no error. */
    iovec_t into = {buf, sizeof buf};
    WANT(fd_read(fd, &into, 1, &n), E_SUCCESS);
    EQUAL(n, 0);

    WANT(fd_seek(fd, -1, WHENCE_SET, &at), E_INVAL);
    WANT(fd_seek(fd, -11, WHENCE_END, &at), E_INVAL);
    WANT(fd_seek(fd, INT64_MIN, WHENCE_CUR, &at), E_INVAL);
    WANT(fd_tell(fd, &at), E_SUCCESS);
    EQUAL(at, 10);

    /* pread and pwrite leave the position alone. */
    into.len = 3;
    WANT(fd_pread(fd, &into, 1, 4, &n), E_SUCCESS);
    EQUAL(n, 3);
    HOLDS(memcmp(buf, "456", 3) == 0);
    WANT(fd_pread(fd, &into, 1, 100, &n), E_SUCCESS);
    EQUAL(n, 0);
    ciovec_t from = {"AB", 2};
    WANT(fd_pwrite(fd, &from, 1, 1, &n), E_SUCCESS);
    EQUAL(n, 2);
    WANT(fd_tell(fd, &at), E_SUCCESS);
    EQUAL(at, 10);
    /* Behind the end: the gap reads as zeros. */
    WANT(fd_pwrite(fd, &from, 1, 12, &n), E_SUCCESS);
    EQUAL(n, 2);
    WANT(fd_seek(fd, 0, WHENCE_SET, &at), E_SUCCESS);
    EQUAL(read_all(fd, buf, sizeof buf), 14);
    HOLDS(memcmp(buf, "0AB3456789\0\0AB", 14) == 0);

    /* Several buffers: a call may fill fewer, in order. */
    char a[3], b[64];
    iovec_t two[] = {{a, sizeof a}, {b, sizeof b}};
    WANT(fd_seek(fd, 0, WHENCE_SET, &at), E_SUCCESS);
    WANT(fd_read(fd, two, 2, &n), E_SUCCESS);
    HOLDS(n == 3 || n == 14);
    HOLDS(memcmp(a, "0AB", 3) == 0);
    WANT(fd_tell(fd, &at), E_SUCCESS);
    EQUAL(at, n);
    /* No buffer at all. */
    WANT(fd_read(fd, two, 0, &n), E_SUCCESS);
    EQUAL(n, 0);
    WANT(fd_write(fd, &from, 0, &n), E_SUCCESS);
    EQUAL(n, 0);

    /* A position no file can have. */
    EITHER(fd_pwrite(fd, &from, 1, ~0ull, &n), E_INVAL, E_FBIG);

    /* A directory is read and written in other ways. */
    fd_t dir = must_open(".", OFLAG_DIRECTORY, 0);
    EITHER(fd_read(dir, &into, 1, &n), E_BADF, E_ISDIR);
    EITHER(fd_write(dir, &from, 1, &n), E_BADF, E_ISDIR);
    EITHER(fd_pread(dir, &into, 1, 0, &n), E_BADF, E_ISDIR);
    EITHER(fd_pwrite(dir, &from, 1, 0, &n), E_BADF, E_ISDIR);
    WANT(fd_close(dir), E_SUCCESS);

    WANT(fd_close(fd), E_SUCCESS);
    WANT(fd_read(fd, &into, 1, &n), E_BADF);
    WANT(fd_write(fd, &from, 1, &n), E_BADF);
    WANT(fd_pread(fd, &into, 1, 0, &n), E_BADF);
    WANT(fd_pwrite(fd, &from, 1, 0, &n), E_BADF);
    WANT(fd_seek(fd, 0, WHENCE_SET, &at), E_BADF);
    WANT(fd_tell(fd, &at), E_BADF);
    WANT(path_unlink_file(ROOT, PATH("read-write.cleanup")), E_SUCCESS);
}
