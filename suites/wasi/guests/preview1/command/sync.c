/* fd_sync, fd_datasync, fd_advise and fd_allocate. */
#include "command.h"

void test(void) {
    filestat_t stat;
    fd_t fd = must_open("sync.cleanup", OFLAG_CREAT | OFLAG_TRUNC, 0);
    write_text(fd, "content");
    WANT(fd_sync(fd), E_SUCCESS);
    WANT(fd_datasync(fd), E_SUCCESS);

    /* Advice changes nothing that can be seen. */
    for (uint32_t advice = 0; advice < 6; advice++)
        WANT(fd_advise(fd, 0, 4, advice), E_SUCCESS);
    WANT(fd_advise(fd, 0, 0, 0), E_SUCCESS);
    WANT(fd_filestat_get(fd, &stat), E_SUCCESS);
    EQUAL(stat.size, 7);

    /* A runtime may lack fd_allocate; half of it must not happen. */
    errno_t error = fd_allocate(fd, 0, 100);
    HOLDS(error == E_SUCCESS || error == E_NOTSUP || error == E_NOSYS);
    WANT(fd_filestat_get(fd, &stat), E_SUCCESS);
    EQUAL(stat.size, error == E_SUCCESS ? 100 : 7);
    EITHER(fd_allocate(fd, 0, 0), E_INVAL, error == E_SUCCESS ? E_INVAL : error);

    fd_t dir = must_open(".", OFLAG_DIRECTORY, 0);
    EITHER(fd_advise(dir, 0, 4, 0), E_BADF, E_SUCCESS);
    errno_t refused = fd_allocate(dir, 0, 4);
    HOLDS(refused == E_BADF || refused == E_ISDIR || refused == E_NOTSUP);
    WANT(fd_close(dir), E_SUCCESS);

    WANT(fd_close(fd), E_SUCCESS);
    WANT(fd_sync(fd), E_BADF);
    WANT(fd_datasync(fd), E_BADF);
    WANT(fd_advise(fd, 0, 4, 0), E_BADF);
    WANT(fd_allocate(fd, 0, 4), E_BADF);
    WANT(path_unlink_file(ROOT, PATH("sync.cleanup")), E_SUCCESS);
}
