/* fd_read, fd_write and what else can be asked of standard input and output:
   it answers each line with the line, in one piece, then sees the end. */
#include "command.h"

static char line[256];

/* Reads up to the end of a line, in whatever pieces it comes. */
static size_t read_line(void) {
    size_t have = 0;
    while (have < sizeof line) {
        iovec_t parts[] = {{line + have, 0}, {line + have, 1}};
        uint32_t n = 9;
        WANT(fd_read(0, parts, 2, &n), E_SUCCESS);
        if (n == 0) return have;
        EQUAL(n, 1);
        if (line[have++] == '\n') return have;
    }
    return have;
}

void test(void) {
    uint32_t n = 0;
    uint64_t position;
    ciovec_t hello[] = {{"he", 2}, {"", 0}, {"llo\n", 4}};
    /* A write may take less than all of it. */
    WANT(fd_write(1, hello, 3, &n), E_SUCCESS);
    HOLDS(n == 6 || n == 2);
    if (n == 2) write_text(1, "llo\n");

    HOLDS(is_text(line, read_line(), "ping\n"));
    write_text(1, "pong\n");
    HOLDS(is_text(line, read_line(), "last\n"));
    write_text(2, "to standard error\n");

    /* What only files can do. */
    EITHER(fd_seek(0, 0, WHENCE_CUR, &position), E_SPIPE, E_NOTCAPABLE);
    EITHER(fd_seek(1, 0, WHENCE_SET, &position), E_SPIPE, E_NOTCAPABLE);
    EITHER(fd_tell(1, &position), E_SPIPE, E_NOTCAPABLE);
    iovec_t into = {line, 1};
    ciovec_t from = {line, 1};
    EITHER(fd_pread(0, &into, 1, 0, &n), E_SPIPE, E_NOTCAPABLE);
    EITHER(fd_pwrite(1, &from, 1, 0, &n), E_SPIPE, E_NOTCAPABLE);
    EITHER(fd_write(0, &from, 1, &n), E_BADF, E_NOTCAPABLE);
    EITHER(fd_read(1, &into, 1, &n), E_BADF, E_NOTCAPABLE);

    fdstat_t stat;
    filestat_t file;
    for (fd_t fd = 0; fd < 3; fd++) {
        WANT(fd_fdstat_get(fd, &stat), E_SUCCESS);
        HOLDS(stat.type != TYPE_REGULAR && stat.type != TYPE_DIRECTORY);
        WANT(fd_filestat_get(fd, &file), E_SUCCESS);
        EQUAL(file.type, stat.type);
    }

    /* A closed one stays closed. */
    WANT(fd_close(1), E_SUCCESS);
    WANT(fd_write(1, &from, 1, &n), E_BADF);
    WANT(fd_close(1), E_BADF);
}
