/* path_create_directory, path_remove_directory and fd_readdir. */
#include "command.h"

#define DIR "directories.cleanup"
enum { FILES = 40 };

static uint8_t buf[8192];
static uint32_t seen[FILES], dots, others;

/* Goes over the entries in `buf` and returns how many are whole. */
static uint32_t entries(uint32_t n, uint64_t *cookie) {
    uint32_t at = 0, count = 0;
    while (n - at >= sizeof(dirent_t)) {
        dirent_t entry;
        memcpy(&entry, buf + at, sizeof entry);
        const char *name = (const char *)buf + at + sizeof entry;
        if (n - at - sizeof entry < entry.namelen) break;
        if (is_text(name, entry.namelen, ".") || is_text(name, entry.namelen, "..")) {
            EQUAL(entry.type, TYPE_DIRECTORY);
            dots++;
        } else if (entry.namelen == 3 && name[0] == 'f') {
            EQUAL(entry.type, TYPE_REGULAR);
            uint32_t number = (uint32_t)(name[1] - '0') * 10 + (uint32_t)(name[2] - '0');
            HOLDS(number < FILES);
            seen[number]++;
        } else {
            others++;
        }
        *cookie = entry.next;
        at += sizeof entry + entry.namelen;
        count++;
    }
    return count;
}

/* Each file once, whatever the size of the buffer. */
static void read_with(fd_t dir, uint32_t size) {
    uint64_t cookie = 0;
    memset(seen, 0, sizeof seen);
    dots = others = 0;
    for (;;) {
        uint32_t n = 0;
        WANT(fd_readdir(dir, buf, size, cookie, &n), E_SUCCESS);
        HOLDS(n <= size);
        uint32_t count = entries(n, &cookie);
        /* A buffer that is not full is the end. */
        if (n < size) break;
        HOLDS(count > 0);
    }
    for (int i = 0; i < FILES; i++) EQUAL(seen[i], 1);
    HOLDS(dots == 0 || dots == 2);
    EQUAL(others, 1);
}

void test(void) {
    fd_t dir, fd;
    filestat_t stat;
    WANT(path_create_directory(ROOT, PATH(DIR)), E_SUCCESS);
    WANT(path_create_directory(ROOT, PATH(DIR)), E_EXIST);
    WANT(path_create_directory(ROOT, PATH("no-such-dir/x")), E_NOENT);
    WANT(path_create_directory(ROOT, PATH("greeting.txt/x")), E_NOTDIR);
    WANT(path_create_directory(NO_SUCH_FD, PATH("x")), E_BADF);
    WANT(path_filestat_get(ROOT, 0, PATH(DIR), &stat), E_SUCCESS);
    EQUAL(stat.type, TYPE_DIRECTORY);

    dir = must_open(DIR, OFLAG_DIRECTORY, 0);
    WANT(path_create_directory(dir, PATH("inner")), E_SUCCESS);
    char name[] = "f00";
    for (int i = 0; i < FILES; i++) {
        name[1] = (char)('0' + i / 10);
        name[2] = (char)('0' + i % 10);
        WANT(path_open(dir, 0, name, 3, OFLAG_CREAT, RIGHT_WRITE, 0, 0, &fd), E_SUCCESS);
        WANT(fd_close(fd), E_SUCCESS);
    }
    read_with(dir, sizeof buf);
    read_with(dir, 100);
    /* From the start again, on the same descriptor. */
    read_with(dir, 1000);

    uint32_t n = 99;
    WANT(fd_readdir(dir, buf, 0, 0, &n), E_SUCCESS);
    EQUAL(n, 0);
    fd = must_open("greeting.txt", 0, 0);
    EITHER(fd_readdir(fd, buf, sizeof buf, 0, &n), E_NOTDIR, E_BADF);
    WANT(fd_readdir(NO_SUCH_FD, buf, sizeof buf, 0, &n), E_BADF);

    WANT(path_remove_directory(ROOT, PATH(DIR)), E_NOTEMPTY);
    WANT(path_remove_directory(ROOT, PATH("greeting.txt")), E_NOTDIR);
    WANT(path_remove_directory(ROOT, PATH("no-such-dir")), E_NOENT);
    WANT(path_remove_directory(NO_SUCH_FD, PATH(DIR)), E_BADF);
    /* On Linux a directory is no file to unlink; elsewhere that is not permitted. */
    EITHER(path_unlink_file(ROOT, PATH(DIR)), E_ISDIR, E_PERM);
    for (int i = 0; i < FILES; i++) {
        name[1] = (char)('0' + i / 10);
        name[2] = (char)('0' + i % 10);
        WANT(path_unlink_file(dir, name, 3), E_SUCCESS);
    }
    WANT(path_remove_directory(dir, PATH("inner")), E_SUCCESS);
    WANT(fd_close(dir), E_SUCCESS);
    WANT(path_remove_directory(ROOT, PATH(DIR)), E_SUCCESS);
    WANT(path_filestat_get(ROOT, 0, PATH(DIR), &stat), E_NOENT);
}
