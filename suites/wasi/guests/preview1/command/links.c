/* path_link, path_symlink and path_readlink. */
#include "command.h"

#define FILE_ "links.cleanup"
#define HARD "links-hard.cleanup"
#define SOFT "links-soft.cleanup"
#define DANGLING "links-dangling.cleanup"
#define LOOP_A "links-loop-a.cleanup"
#define LOOP_B "links-loop-b.cleanup"

void test(void) {
    uint8_t buf[64];
    uint32_t n = 0;
    fd_t fd, other;
    filestat_t one, two;

    fd = must_open(FILE_, OFLAG_CREAT | OFLAG_TRUNC, 0);
    write_text(fd, "content");

    /* A hard link is the same file under another name. */
    WANT(path_link(ROOT, 0, PATH(FILE_), ROOT, PATH(HARD)), E_SUCCESS);
    WANT(path_filestat_get(ROOT, 0, PATH(FILE_), &one), E_SUCCESS);
    WANT(path_filestat_get(ROOT, 0, PATH(HARD), &two), E_SUCCESS);
    EQUAL(one.ino, two.ino);
    EQUAL(one.nlink, 2);
    EQUAL(two.nlink, 2);
    WANT(path_link(ROOT, 0, PATH(FILE_), ROOT, PATH(HARD)), E_EXIST);
    WANT(path_link(ROOT, 0, PATH("no-such-file"), ROOT, PATH("x.cleanup")), E_NOENT);
    WANT(path_link(NO_SUCH_FD, 0, PATH(FILE_), ROOT, PATH("x.cleanup")), E_BADF);
    WANT(path_link(ROOT, 0, PATH(FILE_), NO_SUCH_FD, PATH("x.cleanup")), E_BADF);
    EITHER(path_link(ROOT, 0, PATH("dir"), ROOT, PATH("x.cleanup")), E_PERM, E_ACCES);

    WANT(path_symlink(PATH(FILE_), ROOT, PATH(SOFT)), E_SUCCESS);
    WANT(path_symlink(PATH(FILE_), ROOT, PATH(SOFT)), E_EXIST);
    WANT(path_symlink(PATH(FILE_), ROOT, PATH("no-such-dir/x")), E_NOENT);
    WANT(path_symlink(PATH(FILE_), NO_SUCH_FD, PATH("x")), E_BADF);
    memset(buf, 0xAA, sizeof buf);
    WANT(path_readlink(ROOT, PATH(SOFT), buf, sizeof buf, &n), E_SUCCESS);
    HOLDS(is_text(buf, n, FILE_));
    EQUAL(buf[n], 0xAA);
    /* A buffer that is too small gets what fits. */
    memset(buf, 0xAA, sizeof buf);
    WANT(path_readlink(ROOT, PATH(SOFT), buf, 5, &n), E_SUCCESS);
    EQUAL(n, 5);
    HOLDS(is_text(buf, 5, "links"));
    EQUAL(buf[5], 0xAA);
    WANT(path_readlink(ROOT, PATH(FILE_), buf, sizeof buf, &n), E_INVAL);
    WANT(path_readlink(ROOT, PATH("no-such-file"), buf, sizeof buf, &n), E_NOENT);
    WANT(path_readlink(NO_SUCH_FD, PATH(SOFT), buf, sizeof buf, &n), E_BADF);

    /* Opening goes through it only when asked to. */
    WANT(path_open(ROOT, FOLLOW, PATH(SOFT), 0, RIGHT_READ, 0, 0, &other), E_SUCCESS);
    HOLDS(is_text(buf, read_all(other, buf, sizeof buf), "content"));
    WANT(fd_close(other), E_SUCCESS);
    WANT(path_open(ROOT, 0, PATH(SOFT), 0, RIGHT_READ, 0, 0, &other), E_LOOP);

    WANT(path_symlink(PATH("no-such-file"), ROOT, PATH(DANGLING)), E_SUCCESS);
    WANT(path_open(ROOT, FOLLOW, PATH(DANGLING), 0, RIGHT_READ, 0, 0, &other), E_NOENT);
    WANT(path_filestat_get(ROOT, FOLLOW, PATH(DANGLING), &one), E_NOENT);
    WANT(path_filestat_get(ROOT, 0, PATH(DANGLING), &one), E_SUCCESS);

    WANT(path_symlink(PATH(LOOP_B), ROOT, PATH(LOOP_A)), E_SUCCESS);
    WANT(path_symlink(PATH(LOOP_A), ROOT, PATH(LOOP_B)), E_SUCCESS);
    WANT(path_open(ROOT, FOLLOW, PATH(LOOP_A), 0, RIGHT_READ, 0, 0, &other), E_LOOP);
    WANT(path_filestat_get(ROOT, FOLLOW, PATH(LOOP_A), &one), E_LOOP);

    /* The file lives as long as one name does; unlinking a link leaves it. */
    WANT(path_unlink_file(ROOT, PATH(SOFT)), E_SUCCESS);
    WANT(path_unlink_file(ROOT, PATH(FILE_)), E_SUCCESS);
    WANT(path_filestat_get(ROOT, 0, PATH(HARD), &one), E_SUCCESS);
    EQUAL(one.nlink, 1);
    EQUAL(one.size, 7);
    WANT(path_unlink_file(ROOT, PATH(HARD)), E_SUCCESS);
    WANT(path_unlink_file(ROOT, PATH(DANGLING)), E_SUCCESS);
    WANT(path_unlink_file(ROOT, PATH(LOOP_A)), E_SUCCESS);
    WANT(path_unlink_file(ROOT, PATH(LOOP_B)), E_SUCCESS);
}
