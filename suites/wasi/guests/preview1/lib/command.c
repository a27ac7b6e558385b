/* See command.h. */
#include "command.h"

__attribute__((export_name("_start"))) void _start(void) { test(); }

void give_up(const line_t *line) {
    ciovec_t part = {line->text, line->len};
    uint32_t n;
    fd_write(2, &part, 1, &n);
    proc_exit(CHECK_FAILED);
}

const char *error_name(uint64_t code) {
    switch (code) {
        case E_SUCCESS: return "success";
        case E_ACCES: return "acces";
        case E_BADF: return "badf";
        case E_EXIST: return "exist";
        case E_FBIG: return "fbig";
        case E_INVAL: return "inval";
        case E_ISDIR: return "isdir";
        case E_LOOP: return "loop";
        case E_NAMETOOLONG: return "nametoolong";
        case E_NOENT: return "noent";
        case E_NOSYS: return "nosys";
        case E_NOTDIR: return "notdir";
        case E_NOTEMPTY: return "notempty";
        case E_NOTSOCK: return "notsock";
        case E_NOTSUP: return "notsup";
        case E_OVERFLOW: return "overflow";
        case E_PERM: return "perm";
        case E_SPIPE: return "spipe";
        case E_NOTCAPABLE: return "notcapable";
        default: return 0;
    }
}

errno_t open_at(const char *path, uint32_t oflags, uint32_t fdflags, fd_t *fd) {
    /* A directory cannot be opened for writing. */
    rights_t rights = oflags & OFLAG_DIRECTORY ? RIGHTS_ALL & ~RIGHT_WRITE : RIGHTS_ALL;
    return path_open(ROOT, FOLLOW, path, strlen(path), oflags, rights, rights, fdflags, fd);
}

fd_t must_open(const char *path, uint32_t oflags, uint32_t fdflags) {
    fd_t fd;
    WANT(open_at(path, oflags, fdflags, &fd), E_SUCCESS);
    return fd;
}

void write_text(fd_t fd, const char *text) {
    size_t left = strlen(text);
    while (left) {
        ciovec_t part = {text, left};
        uint32_t n = 0;
        WANT(fd_write(fd, &part, 1, &n), E_SUCCESS);
        HOLDS(n > 0 && n <= left);
        text += n;
        left -= n;
    }
}

size_t read_all(fd_t fd, void *buffer, size_t room) {
    size_t have = 0;
    while (have < room) {
        iovec_t part = {(char *)buffer + have, room - have};
        uint32_t n = 0;
        WANT(fd_read(fd, &part, 1, &n), E_SUCCESS);
        if (!n) break;
        have += n;
    }
    return have;
}
