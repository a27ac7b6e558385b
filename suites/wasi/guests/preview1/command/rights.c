/* What a descriptor was not opened for is refused: writing to one that reads,
   reading from one that writes. fd_fdstat_get tells which it is. */
#include "command.h"

void test(void) {
    fd_t fd = must_open("rights.cleanup", OFLAG_CREAT | OFLAG_TRUNC, 0);
    write_text(fd, "content");
    WANT(fd_close(fd), E_SUCCESS);

    uint32_t n = 0;
    char buf[8];
    iovec_t into = {buf, sizeof buf};
    ciovec_t from = {"x", 1};
    fdstat_t stat;

    WANT(path_open(ROOT, 0, PATH("rights.cleanup"), 0, RIGHT_READ | RIGHT_SEEK, 0, 0, &fd), E_SUCCESS);
    WANT(fd_fdstat_get(fd, &stat), E_SUCCESS);
    EQUAL(stat.type, TYPE_REGULAR);
    HOLDS(stat.base & RIGHT_READ);
    HOLDS(!(stat.base & RIGHT_WRITE));
    EITHER(fd_write(fd, &from, 1, &n), E_BADF, E_NOTCAPABLE);
    EITHER(fd_pwrite(fd, &from, 1, 0, &n), E_BADF, E_NOTCAPABLE);
    errno_t error = fd_filestat_set_size(fd, 0);
    HOLDS(error == E_BADF || error == E_INVAL || error == E_NOTCAPABLE || error == E_PERM);
    WANT(fd_read(fd, &into, 1, &n), E_SUCCESS);
    EQUAL(n, 7);
    WANT(fd_close(fd), E_SUCCESS);

    WANT(path_open(ROOT, 0, PATH("rights.cleanup"), 0, RIGHT_WRITE | RIGHT_SEEK, 0, 0, &fd), E_SUCCESS);
    WANT(fd_fdstat_get(fd, &stat), E_SUCCESS);
    HOLDS(stat.base & RIGHT_WRITE);
    HOLDS(!(stat.base & RIGHT_READ));
    EITHER(fd_read(fd, &into, 1, &n), E_BADF, E_NOTCAPABLE);
    EITHER(fd_pread(fd, &into, 1, 0, &n), E_BADF, E_NOTCAPABLE);
    WANT(fd_write(fd, &from, 1, &n), E_SUCCESS);

    /* Rights can be given up where the runtime still has them; they never come
       back. */
    EITHER(fd_fdstat_set_rights(fd, RIGHT_SEEK, 0), E_SUCCESS, E_NOTSUP);
    EITHER(fd_fdstat_set_rights(fd, RIGHT_READ | RIGHT_WRITE, 0), E_NOTCAPABLE, E_NOTSUP);
    EITHER(fd_read(fd, &into, 1, &n), E_BADF, E_NOTCAPABLE);
    WANT(fd_close(fd), E_SUCCESS);
    WANT(fd_fdstat_set_rights(fd, 0, 0), E_BADF);
    WANT(fd_fdstat_get(fd, &stat), E_BADF);
    WANT(path_unlink_file(ROOT, PATH("rights.cleanup")), E_SUCCESS);
}
