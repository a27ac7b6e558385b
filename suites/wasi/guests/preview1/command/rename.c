/* path_rename and path_unlink_file. */
#include "command.h"

#define A "rename-a.cleanup"
#define B "rename-b.cleanup"
#define DIR_A "rename-dir-a.cleanup"
#define DIR_B "rename-dir-b.cleanup"

void test(void) {
    char buf[16];
    fd_t fd, dir;
    filestat_t stat;
    fd = must_open(A, OFLAG_CREAT | OFLAG_TRUNC, 0);
    write_text(fd, "a");
    WANT(path_rename(ROOT, PATH(A), ROOT, PATH(B)), E_SUCCESS);
    WANT(path_filestat_get(ROOT, 0, PATH(A), &stat), E_NOENT);
    WANT(path_filestat_get(ROOT, 0, PATH(B), &stat), E_SUCCESS);
    /* The descriptor goes with the file. */
    write_text(fd, "b");
    WANT(fd_close(fd), E_SUCCESS);

    /* It takes the place of a file that is there. */
    fd = must_open(A, OFLAG_CREAT | OFLAG_TRUNC, 0);
    WANT(fd_close(fd), E_SUCCESS);
    WANT(path_rename(ROOT, PATH(B), ROOT, PATH(A)), E_SUCCESS);
    fd = must_open(A, 0, 0);
    HOLDS(is_text(buf, read_all(fd, buf, sizeof buf), "ab"));
    WANT(fd_close(fd), E_SUCCESS);
    WANT(path_rename(ROOT, PATH(A), ROOT, PATH(A)), E_SUCCESS);

    WANT(path_rename(ROOT, PATH("no-such-file"), ROOT, PATH(B)), E_NOENT);
    WANT(path_rename(ROOT, PATH(A), ROOT, PATH("no-such-dir/x")), E_NOENT);
    WANT(path_rename(NO_SUCH_FD, PATH(A), ROOT, PATH(B)), E_BADF);
    WANT(path_rename(ROOT, PATH(A), NO_SUCH_FD, PATH(B)), E_BADF);

    /* Directories: onto an empty one, not onto a full one or a file. */
    WANT(path_create_directory(ROOT, PATH(DIR_A)), E_SUCCESS);
    WANT(path_create_directory(ROOT, PATH(DIR_B)), E_SUCCESS);
    WANT(path_rename(ROOT, PATH(A), ROOT, PATH(DIR_A)), E_ISDIR);
    WANT(path_rename(ROOT, PATH(DIR_A), ROOT, PATH(A)), E_NOTDIR);
    dir = must_open(DIR_B, OFLAG_DIRECTORY, 0);
    WANT(path_rename(ROOT, PATH(A), dir, PATH("moved")), E_SUCCESS);
    EITHER(path_rename(ROOT, PATH(DIR_A), ROOT, PATH(DIR_B)), E_NOTEMPTY, E_EXIST);
    WANT(path_rename(ROOT, PATH(DIR_B), ROOT, PATH(DIR_A)), E_SUCCESS);
    WANT(path_rename(ROOT, PATH(DIR_A), ROOT, PATH(DIR_A "/inner")), E_INVAL);
    WANT(path_filestat_get(ROOT, 0, PATH(DIR_A "/moved"), &stat), E_SUCCESS);
    EQUAL(stat.size, 2);

    WANT(path_unlink_file(ROOT, PATH(DIR_A "/moved/")), E_NOTDIR);
    WANT(path_unlink_file(dir, PATH("moved")), E_SUCCESS);
    WANT(path_unlink_file(dir, PATH("moved")), E_NOENT);
    WANT(path_unlink_file(NO_SUCH_FD, PATH("moved")), E_BADF);
    WANT(fd_close(dir), E_SUCCESS);
    WANT(path_remove_directory(ROOT, PATH(DIR_A)), E_SUCCESS);

    /* A file that is open outlives its name. */
    fd = must_open(B, OFLAG_CREAT | OFLAG_TRUNC, 0);
    write_text(fd, "still here");
    WANT(path_unlink_file(ROOT, PATH(B)), E_SUCCESS);
    uint64_t at;
    WANT(fd_seek(fd, 0, WHENCE_SET, &at), E_SUCCESS);
    HOLDS(is_text(buf, read_all(fd, buf, sizeof buf), "still here"));
}
