/* There is no way out of a preopen: not by `..`, not by an absolute path, not
   by a link, in no function that takes a path. */
#include "command.h"

#define LINK "escape-link.cleanup"
#define DIR "escape-dir.cleanup"

static void refused(const char *file, int line, const char *what, errno_t error) {
    check_error(file, line, what, error, E_PERM, E_NOTCAPABLE);
}
#define REFUSED(call) refused(__FILE_NAME__, __LINE__, #call, call)

/* No path that leaves may be opened, made, looked at, changed or removed. */
static void outside(const char *path) {
    size_t len = strlen(path);
    fd_t fd;
    filestat_t stat;
    uint8_t buf[64];
    uint32_t n;
    REFUSED(path_open(ROOT, FOLLOW, path, len, 0, RIGHT_READ, 0, 0, &fd));
    REFUSED(path_open(ROOT, 0, path, len, 0, RIGHT_READ, 0, 0, &fd));
    REFUSED(path_open(ROOT, FOLLOW, path, len, OFLAG_CREAT, RIGHTS_ALL, 0, 0, &fd));
    REFUSED(path_open(ROOT, FOLLOW, path, len, OFLAG_DIRECTORY, RIGHT_READ, 0, 0, &fd));
    REFUSED(path_filestat_get(ROOT, FOLLOW, path, len, &stat));
    REFUSED(path_filestat_get(ROOT, 0, path, len, &stat));
    REFUSED(path_filestat_set_times(ROOT, FOLLOW, path, len, 0, 0, MTIM_NOW));
    REFUSED(path_create_directory(ROOT, path, len));
    REFUSED(path_remove_directory(ROOT, path, len));
    REFUSED(path_unlink_file(ROOT, path, len));
    REFUSED(path_readlink(ROOT, path, len, buf, sizeof buf, &n));
    REFUSED(path_symlink(PATH("greeting.txt"), ROOT, path, len));
    REFUSED(path_link(ROOT, 0, PATH("greeting.txt"), ROOT, path, len));
    REFUSED(path_link(ROOT, 0, path, len, ROOT, PATH("x.cleanup")));
    REFUSED(path_rename(ROOT, PATH("greeting.txt"), ROOT, path, len));
    REFUSED(path_rename(ROOT, path, len, ROOT, PATH("x.cleanup")));
}

void test(void) {
    fd_t fd, dir;
    filestat_t stat;
    outside("../outside");
    outside("dir/../../outside");
    outside("./../outside");
    outside("/etc/passwd");
    outside("/greeting.txt");
    outside("//greeting.txt");

    /* `..` may be used as long as it stays inside. */
    WANT(path_open(ROOT, 0, PATH("dir/../greeting.txt"), 0, RIGHT_READ, 0, 0, &fd), E_SUCCESS);
    WANT(fd_close(fd), E_SUCCESS);

    /* A directory below is a border of its own. */
    dir = must_open("dir", OFLAG_DIRECTORY, 0);
    REFUSED(path_open(dir, FOLLOW, PATH(".."), OFLAG_DIRECTORY, RIGHT_READ, 0, 0, &fd));
    REFUSED(path_open(dir, FOLLOW, PATH("../greeting.txt"), 0, RIGHT_READ, 0, 0, &fd));
    REFUSED(path_filestat_get(dir, FOLLOW, PATH("../greeting.txt"), &stat));

    /* Links that lead out: absolute ones cannot even be made. */
    REFUSED(path_symlink(PATH("/etc/passwd"), ROOT, PATH(LINK)));
    const char *targets[] = {"../outside", "dir/../../outside", ".."};
    for (int i = 0; i < 3; i++) {
        WANT(path_symlink(targets[i], strlen(targets[i]), ROOT, PATH(LINK)), E_SUCCESS);
        REFUSED(path_open(ROOT, FOLLOW, PATH(LINK), 0, RIGHT_READ, 0, 0, &fd));
        REFUSED(path_open(ROOT, FOLLOW, PATH(LINK), OFLAG_CREAT, RIGHTS_ALL, 0, 0, &fd));
        REFUSED(path_open(ROOT, 0, PATH(LINK "/x"), 0, RIGHT_READ, 0, 0, &fd));
        REFUSED(path_filestat_get(ROOT, FOLLOW, PATH(LINK), &stat));
        REFUSED(path_create_directory(ROOT, PATH(LINK "/x")));
        REFUSED(path_unlink_file(ROOT, PATH(LINK "/x")));
        WANT(path_unlink_file(ROOT, PATH(LINK)), E_SUCCESS);
    }

    /* A link that was harmless where it was made, and is not where it is
       moved to. */
    WANT(path_create_directory(ROOT, PATH(DIR)), E_SUCCESS);
    WANT(path_symlink(PATH("../outside"), ROOT, PATH(DIR "/link")), E_SUCCESS);
    WANT(path_open(ROOT, FOLLOW, PATH(DIR "/link"), 0, RIGHT_READ, 0, 0, &fd), E_NOENT);
    WANT(path_rename(ROOT, PATH(DIR "/link"), ROOT, PATH(LINK)), E_SUCCESS);
    REFUSED(path_open(ROOT, FOLLOW, PATH(LINK), 0, RIGHT_READ, 0, 0, &fd));
    WANT(path_unlink_file(ROOT, PATH(LINK)), E_SUCCESS);

    /* The descriptor of a directory that was moved up does not see more. */
    WANT(path_create_directory(ROOT, PATH(DIR "/inner")), E_SUCCESS);
    dir = must_open(DIR "/inner", OFLAG_DIRECTORY, 0);
    WANT(path_rename(ROOT, PATH(DIR "/inner"), ROOT, PATH("escape-inner.cleanup")), E_SUCCESS);
    REFUSED(path_open(dir, FOLLOW, PATH("../greeting.txt"), 0, RIGHT_READ, 0, 0, &fd));
    WANT(path_remove_directory(ROOT, PATH("escape-inner.cleanup")), E_SUCCESS);
    WANT(path_remove_directory(ROOT, PATH(DIR)), E_SUCCESS);
}
