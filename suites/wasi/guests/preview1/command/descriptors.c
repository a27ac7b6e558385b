/* fd_close and fd_renumber; numbers are used again, handles are not confused. */
#include "command.h"

void test(void) {
    char buf[16];
    uint64_t at;
    fd_t one = must_open("one.cleanup", OFLAG_CREAT | OFLAG_TRUNC, 0);
    fd_t two = must_open("two.cleanup", OFLAG_CREAT | OFLAG_TRUNC, 0);
    HOLDS(one != two && one > ROOT && two > ROOT);
    write_text(one, "1");
    write_text(two, "22");

    /* `two` now is what `one` was, with its position. */
    WANT(fd_renumber(one, two), E_SUCCESS);
    WANT(fd_tell(one, &at), E_BADF);
    WANT(fd_tell(two, &at), E_SUCCESS);
    EQUAL(at, 1);
    WANT(fd_seek(two, 0, WHENCE_SET, &at), E_SUCCESS);
    HOLDS(is_text(buf, read_all(two, buf, sizeof buf), "1"));

    WANT(fd_renumber(two, two), E_SUCCESS);
    WANT(fd_tell(two, &at), E_SUCCESS);
    WANT(fd_renumber(NO_SUCH_FD, two), E_BADF);
    WANT(fd_tell(two, &at), E_SUCCESS);
    /* A runtime may let a number be taken that is free. */
    EITHER(fd_renumber(two, NO_SUCH_FD), E_BADF, E_SUCCESS);
    if (fd_close(two) == E_BADF) WANT(fd_close(NO_SUCH_FD), E_SUCCESS);
    WANT(fd_close(two), E_BADF);
    WANT(fd_close(NO_SUCH_FD), E_BADF);
    WANT(fd_renumber(two, two), E_BADF);

    /* Many at once, each with a number of its own. */
    static fd_t many[200];
    for (int i = 0; i < 200; i++) {
        many[i] = must_open("one.cleanup", 0, 0);
        for (int j = 0; j < i; j++) HOLDS(many[i] != many[j]);
    }
    for (int i = 0; i < 200; i++) WANT(fd_close(many[i]), E_SUCCESS);

    WANT(path_unlink_file(ROOT, PATH("one.cleanup")), E_SUCCESS);
    WANT(path_unlink_file(ROOT, PATH("two.cleanup")), E_SUCCESS);

    /* Standard output can become a file, and a preopen can be given up. */
    fd_t out = must_open("out.cleanup", OFLAG_CREAT | OFLAG_TRUNC, 0);
    WANT(fd_renumber(out, 1), E_SUCCESS);
    write_text(1, "into the file");
    WANT(fd_seek(1, 0, WHENCE_SET, &at), E_SUCCESS);
    HOLDS(is_text(buf, read_all(1, buf, sizeof buf), "into the file"));
    WANT(path_unlink_file(ROOT, PATH("out.cleanup")), E_SUCCESS);
    prestat_t prestat;
    WANT(fd_close(ROOT), E_SUCCESS);
    WANT(fd_prestat_get(ROOT, &prestat), E_BADF);
    WANT(open_at("greeting.txt", 0, 0, &out), E_BADF);
}
