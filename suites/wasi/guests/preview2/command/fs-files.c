/* wasi:filesystem: open, read, write, size, flags, type and sync of files. */
#include "filesystem.h"

#define NAME "fs-files.cleanup"

void test(void) {
    descriptor_t root = preopen(), file, other;
    stat_t stat;
    uint64_t n;
    uint8_t type;
    wasi_filesystem_types_descriptor_flags_t flags;
    bindings_tuple2_list_u8_bool_t read;

    REFUSED(FS(open_at)(FD(root), FOLLOW, STR(NAME), 0, CAN(READ), &file, &err), FS_ERROR(NO_ENTRY));
    file = must_open(root, NAME, OPEN(CREATE));
    OK(FS(get_type)(FD(file), &type, &err));
    EQUAL(type, TYPE(REGULAR_FILE));
    OK(FS(get_flags)(FD(file), &flags, &err));
    EQUAL(flags & (CAN(READ) | CAN(WRITE)), CAN(READ) | CAN(WRITE));

    write_at(file, 0, "0123456789");
    write_at(file, 3, "ABC");
    OK(FS(read)(FD(file), 4, 2, &read, &err));
    HOLDS(SAME(read.f0, "2ABC"));
    OK(FS(read)(FD(file), 100, 10, &read, &err));
    EQUAL(read.f0.len, 0);
    HOLDS(read.f1);
    OK(FS(read)(FD(file), 0, 0, &read, &err));
    EQUAL(read.f0.len, 0);

    OK(FS(set_size)(FD(file), 4, &err));
    holds_text(file, "012A");
    OK(FS(set_size)(FD(file), 6, &err));
    OK(FS(stat)(FD(file), &stat, &err));
    EQUAL(stat.size, 6);
    EQUAL(stat.type, TYPE(REGULAR_FILE));
    EQUAL(stat.link_count, 1);
    OK(FS(read)(FD(file), 10, 0, &read, &err));
    HOLDS(read.f0.len == 6 && memcmp(read.f0.ptr, "012A\0\0", 6) == 0);
    REFUSED2(FS(set_size)(FD(file), ~0ull, &err), FS_ERROR(INVALID), FS_ERROR(FILE_TOO_LARGE));

    OK(FS(sync)(FD(file), &err));
    OK(FS(sync_data)(FD(file), &err));
    for (uint8_t advice = 0; advice < 6; advice++) OK(FS(advise)(FD(file), 0, 4, advice, &err));

    REFUSED(FS(open_at)(FD(root), FOLLOW, STR(NAME), OPEN(CREATE) | OPEN(EXCLUSIVE), CAN(WRITE), &other, &err), FS_ERROR(EXIST));
    REFUSED(FS(open_at)(FD(root), FOLLOW, STR(NAME), OPEN(DIRECTORY), CAN(READ), &other, &err), FS_ERROR(NOT_DIRECTORY));
    REFUSED(FS(open_at)(FD(root), FOLLOW, STR(NAME "/x"), 0, CAN(READ), &other, &err), FS_ERROR(NOT_DIRECTORY));
    REFUSED2(FS(open_at)(FD(root), FOLLOW, STR(""), 0, CAN(READ), &other, &err), FS_ERROR(NO_ENTRY), FS_ERROR(INVALID));
    REFUSED2(FS(open_at)(FD(file), FOLLOW, STR("x"), 0, CAN(READ), &other, &err), FS_ERROR(NOT_DIRECTORY), FS_ERROR(BAD_DESCRIPTOR));
    other = must_open(root, NAME, OPEN(TRUNCATE));
    OK(FS(stat)(FD(file), &stat, &err));
    EQUAL(stat.size, 0);
    DROP(other);

    /* Opened for one thing only. */
    OK(FS(open_at)(FD(root), FOLLOW, STR(NAME), 0, CAN(READ), &other, &err));
    OK(FS(get_flags)(FD(other), &flags, &err));
    EQUAL(flags & (CAN(READ) | CAN(WRITE)), CAN(READ));
    REFUSED2(FS(write)(FD(other), BYTES("x"), 0, &n, &err), FS_ERROR(NOT_PERMITTED), FS_ERROR(BAD_DESCRIPTOR));
    DROP(other);
    OK(FS(open_at)(FD(root), FOLLOW, STR(NAME), 0, CAN(WRITE), &other, &err));
    REFUSED2(FS(read)(FD(other), 1, 0, &read, &err), FS_ERROR(NOT_PERMITTED), FS_ERROR(BAD_DESCRIPTOR));
    DROP(other);

    /* A directory is no file. */
    REFUSED2(FS(read)(FD(root), 1, 0, &read, &err), FS_ERROR(BAD_DESCRIPTOR), FS_ERROR(IS_DIRECTORY));
    REFUSED2(FS(write)(FD(root), BYTES("x"), 0, &n, &err), FS_ERROR(BAD_DESCRIPTOR), FS_ERROR(IS_DIRECTORY));
    REFUSED2(FS(set_size)(FD(root), 0, &err), FS_ERROR(BAD_DESCRIPTOR), FS_ERROR(IS_DIRECTORY));
    OK(FS(unlink_file_at)(FD(root), STR(NAME), &err));
}
