/* fd_fdstat_set_flags: append is put on and taken off, and the writes show it. */
#include "command.h"

void test(void) {
    char buf[64];
    fdstat_t stat;
    uint64_t at;
    fd_t fd = must_open("fd-flags.cleanup", OFLAG_CREAT | OFLAG_TRUNC, FDFLAG_APPEND);
    WANT(fd_fdstat_get(fd, &stat), E_SUCCESS);
    EQUAL(stat.flags & FDFLAG_APPEND, FDFLAG_APPEND);
    write_text(fd, "one");
    WANT(fd_seek(fd, 0, WHENCE_SET, &at), E_SUCCESS);
    write_text(fd, "two");

    WANT(fd_fdstat_set_flags(fd, 0), E_SUCCESS);
    WANT(fd_fdstat_get(fd, &stat), E_SUCCESS);
    EQUAL(stat.flags & FDFLAG_APPEND, 0);
    WANT(fd_seek(fd, 0, WHENCE_SET, &at), E_SUCCESS);
    write_text(fd, "ONE");

    WANT(fd_fdstat_set_flags(fd, FDFLAG_APPEND | FDFLAG_NONBLOCK), E_SUCCESS);
    WANT(fd_fdstat_get(fd, &stat), E_SUCCESS);
    EQUAL(stat.flags, FDFLAG_APPEND | FDFLAG_NONBLOCK);
    WANT(fd_seek(fd, 1, WHENCE_SET, &at), E_SUCCESS);
    write_text(fd, "end");

    WANT(fd_fdstat_set_flags(fd, 0), E_SUCCESS);
    WANT(fd_seek(fd, 0, WHENCE_SET, &at), E_SUCCESS);
    HOLDS(is_text(buf, read_all(fd, buf, sizeof buf), "ONEtwoend"));

    WANT(fd_close(fd), E_SUCCESS);
    WANT(fd_fdstat_set_flags(fd, 0), E_BADF);
    WANT(path_unlink_file(ROOT, PATH("fd-flags.cleanup")), E_SUCCESS);
}
