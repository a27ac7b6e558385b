/* A program that was given nothing has nothing: no variable, no directory, no
   socket, and no descriptor but the three of standard input and output. */
#include "command.h"

void test(void) {
    uint32_t count = 1, size = 1;
    WANT(environ_sizes_get(&count, &size), E_SUCCESS);
    EQUAL(count, 0);
    EQUAL(size, 0);
    uint8_t *none = (uint8_t *)0xABCD;
    WANT(environ_get(&none, (uint8_t *)&size), E_SUCCESS);
    HOLDS(none == (uint8_t *)0xABCD);

    for (fd_t fd = 3; fd < 64; fd++) {
        prestat_t prestat;
        fdstat_t stat;
        fd_t opened, accepted;
        WANT(fd_prestat_get(fd, &prestat), E_BADF);
        WANT(fd_fdstat_get(fd, &stat), E_BADF);
        WANT(path_open(fd, FOLLOW, PATH("."), 0, RIGHT_READ, 0, 0, &opened), E_BADF);
        WANT(path_open(fd, FOLLOW, PATH("/etc/passwd"), 0, RIGHT_READ, 0, 0, &opened), E_BADF);
        WANT(sock_accept(fd, 0, &accepted), E_BADF);
    }
    /* Standard input and output are no way to a file either. */
    for (fd_t fd = 0; fd < 3; fd++) {
        fd_t opened;
        prestat_t prestat;
        WANT(fd_prestat_get(fd, &prestat), E_BADF);
        EITHER(path_open(fd, FOLLOW, PATH("/etc/passwd"), 0, RIGHT_READ, 0, 0, &opened), E_BADF, E_NOTDIR);
    }
}
