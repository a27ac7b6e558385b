/* wasi:filesystem: open, read, write and append by streams, size, flags, type
   and sync of files. */
#include "filesystem.h"

#define NAME "fs-files.cleanup"

void test(void) {
    descriptor_t root = preopen(), file, other;
    stat_t stat;
    size_t n;
    char buf[64];
    wasi_filesystem_types_descriptor_type_t type;
    wasi_filesystem_types_descriptor_flags_t flags;

    REFUSED(FS(open_at)(FD(root), FOLLOW, STR(NAME), 0, CAN(READ), &file, &err.fs), FS_ERROR(NO_ENTRY));
    file = must_open(root, NAME, OPEN(CREATE));
    OK(FS(get_type)(FD(file), &type, &err.fs));
    EQUAL(type.tag, TYPE(REGULAR_FILE));
    OK(FS(get_flags)(FD(file), &flags, &err.fs));
    EQUAL(flags & (CAN(READ) | CAN(WRITE)), CAN(READ) | CAN(WRITE));

    OK(write_at(file, 0, "0123456789"));
    OK(write_at(file, 3, "ABC"));
    OK(append(file, "!?"));
    holds_text(file, "012ABC6789!?");
    OK(read_at(file, 2, buf, 4, &n));
    HOLDS(is_text(buf, n, "2ABC"));
    OK(read_at(file, 100, buf, sizeof buf, &n));
    EQUAL(n, 0);

    OK(FS(set_size)(FD(file), 4, &err.fs));
    holds_text(file, "012A");
    OK(FS(set_size)(FD(file), 6, &err.fs));
    OK(FS(stat)(FD(file), &stat, &err.fs));
    EQUAL(stat.size, 6);
    IS(stat, REGULAR_FILE);
    EQUAL(stat.link_count, 1);
    OK(read_at(file, 0, buf, sizeof buf, &n));
    HOLDS(n == 6 && memcmp(buf, "012A\0\0", 6) == 0);
    REFUSED2(FS(set_size)(FD(file), ~0ull, &err.fs), FS_ERROR(INVALID), FS_ERROR(FILE_TOO_LARGE));
    REFUSED2(write_at(file, INT64_MAX - 2, "beyond the end"), FS_ERROR(FILE_TOO_LARGE), FS_ERROR(INVALID));

    OK(FS(sync)(FD(file), &err.fs));
    OK(FS(sync_data)(FD(file), &err.fs));
    for (uint8_t advice = 0; advice < 6; advice++) OK(FS(advise)(FD(file), 0, 4, advice, &err.fs));

    REFUSED(FS(open_at)(FD(root), FOLLOW, STR(NAME), OPEN(CREATE) | OPEN(EXCLUSIVE), CAN(WRITE), &other, &err.fs), FS_ERROR(EXIST));
    REFUSED(FS(open_at)(FD(root), FOLLOW, STR(NAME), OPEN(DIRECTORY), CAN(READ), &other, &err.fs), FS_ERROR(NOT_DIRECTORY));
    REFUSED(FS(open_at)(FD(root), FOLLOW, STR(NAME "/x"), 0, CAN(READ), &other, &err.fs), FS_ERROR(NOT_DIRECTORY));
    REFUSED2(FS(open_at)(FD(root), FOLLOW, STR(""), 0, CAN(READ), &other, &err.fs), FS_ERROR(NO_ENTRY), FS_ERROR(INVALID));
    REFUSED2(FS(open_at)(FD(file), FOLLOW, STR("x"), 0, CAN(READ), &other, &err.fs), FS_ERROR(NOT_DIRECTORY), FS_ERROR(BAD_DESCRIPTOR));
    other = must_open(root, NAME, OPEN(TRUNCATE));
    OK(FS(stat)(FD(file), &stat, &err.fs));
    EQUAL(stat.size, 0);
    DROP(other);

    /* Opened for one thing only. */
    OK(FS(open_at)(FD(root), FOLLOW, STR(NAME), 0, CAN(READ), &other, &err.fs));
    OK(FS(get_flags)(FD(other), &flags, &err.fs));
    EQUAL(flags & (CAN(READ) | CAN(WRITE)), CAN(READ));
    REFUSED2(write_at(other, 0, "x"), FS_ERROR(NOT_PERMITTED), FS_ERROR(BAD_DESCRIPTOR));
    REFUSED2(append(other, "x"), FS_ERROR(NOT_PERMITTED), FS_ERROR(BAD_DESCRIPTOR));
    DROP(other);
    OK(FS(open_at)(FD(root), FOLLOW, STR(NAME), 0, CAN(WRITE), &other, &err.fs));
    REFUSED2(read_at(other, 0, buf, 1, &n), FS_ERROR(NOT_PERMITTED), FS_ERROR(BAD_DESCRIPTOR));
    DROP(other);

    /* A directory is no file; fs-read-directory is about reading one. */
    REFUSED2(write_at(root, 0, "x"), FS_ERROR(BAD_DESCRIPTOR), FS_ERROR(IS_DIRECTORY));
    REFUSED2(FS(set_size)(FD(root), 0, &err.fs), FS_ERROR(BAD_DESCRIPTOR), FS_ERROR(IS_DIRECTORY));
    OK(FS(unlink_file_at)(FD(root), STR(NAME), &err.fs));
}
