/* sock_accept, sock_recv, sock_send and sock_shutdown. Preview 1 cannot make a
   socket and this program was given none, so the good way is the one in which
   the call recognises what it got: a file is no socket, a number that is not
   open is no descriptor. */
#include "command.h"

void test(void) {
    char buf[4];
    iovec_t into = {buf, sizeof buf};
    ciovec_t from = {buf, sizeof buf};
    uint32_t n = 0, flags = 0;
    fd_t accepted;
    fd_t fd = must_open("greeting.txt", 0, 0);

    WANT(sock_accept(fd, 0, &accepted), E_NOTSOCK);
    WANT(sock_recv(fd, &into, 1, 0, &n, &flags), E_NOTSOCK);
    WANT(sock_send(fd, &from, 1, 0, &n), E_NOTSOCK);
    WANT(sock_shutdown(fd, 3), E_NOTSOCK);
    EITHER(sock_send(1, &from, 1, 0, &n), E_NOTSOCK, E_NOTSUP);

    WANT(sock_accept(NO_SUCH_FD, 0, &accepted), E_BADF);
    WANT(sock_recv(NO_SUCH_FD, &into, 1, 0, &n, &flags), E_BADF);
    WANT(sock_send(NO_SUCH_FD, &from, 1, 0, &n), E_BADF);
    WANT(sock_shutdown(NO_SUCH_FD, 1), E_BADF);
}
