/* wasi:filesystem: make, list, rename and remove directories; unlink files. */
#include "filesystem.h"

#define DIR "fs-directories.cleanup"
enum { FILES = 30 };

FUTURE(listed, wasi_filesystem_types, err.fs)
#define ENTRIES(name) wasi_filesystem_types_stream_directory_entry_##name

static void list(descriptor_t dir) {
    uint32_t seen[FILES] = {0}, inner = 0;
    wasi_filesystem_types_tuple2_stream_directory_entry_future_result_void_error_code_t in;
    FS(read_directory)(FD(dir), &in);
    for (;;) {
        wasi_filesystem_types_directory_entry_t entries[4];
        uint32_t status = await(in.f0, ENTRIES(read)(in.f0, entries, 4));
        for (uint32_t i = 0; i < BINDINGS_WAITABLE_COUNT(status); i++) {
            bindings_string_t name = entries[i].name;
            /* `.` and `..` are not told. */
            HOLDS(!SAME(name, ".") && !SAME(name, ".."));
            if (SAME(name, "inner")) {
                IS(entries[i], DIRECTORY);
                inner++;
            } else {
                HOLDS(name.len == 3 && name.ptr[0] == 'f');
                IS(entries[i], REGULAR_FILE);
                seen[(name.ptr[1] - '0') * 10 + (name.ptr[2] - '0')]++;
            }
        }
        if (BINDINGS_WAITABLE_STATE(status) != BINDINGS_WAITABLE_COMPLETED) break;
    }
    EQUAL(inner, 1);
    for (int i = 0; i < FILES; i++) EQUAL(seen[i], 1);
    ENTRIES(drop_readable)(in.f0);
    OK(listed(in.f1));
}

/* Listing what is no directory. */
static bool can_list(descriptor_t file) {
    wasi_filesystem_types_tuple2_stream_directory_entry_future_result_void_error_code_t in;
    wasi_filesystem_types_directory_entry_t entry;
    FS(read_directory)(FD(file), &in);
    uint32_t status = await(in.f0, ENTRIES(read)(in.f0, &entry, 1));
    EQUAL(BINDINGS_WAITABLE_COUNT(status), 0);
    ENTRIES(drop_readable)(in.f0);
    return listed(in.f1);
}

void test(void) {
    descriptor_t root = preopen(), dir, file;
    stat_t stat;
    OK(FS(create_directory_at)(FD(root), STR(DIR), &err.fs));
    REFUSED(FS(create_directory_at)(FD(root), STR(DIR), &err.fs), FS_ERROR(EXIST));
    REFUSED(FS(create_directory_at)(FD(root), STR("no-such-dir/x"), &err.fs), FS_ERROR(NO_ENTRY));
    REFUSED(FS(create_directory_at)(FD(root), STR("greeting.txt/x"), &err.fs), FS_ERROR(NOT_DIRECTORY));
    dir = must_open(root, DIR, OPEN(DIRECTORY));
    OK(FS(stat)(FD(dir), &stat, &err.fs));
    IS(stat, DIRECTORY);
    OK(FS(create_directory_at)(FD(dir), STR("inner"), &err.fs));
    char name[] = "f00";
    for (int i = 0; i < FILES; i++) {
        name[1] = (char)('0' + i / 10);
        name[2] = (char)('0' + i % 10);
        DROP(must_open(dir, name, OPEN(CREATE)));
    }
    list(dir);
    list(dir);
    file = must_open(dir, "f00", 0);
    REFUSED2(can_list(file), FS_ERROR(NOT_DIRECTORY), FS_ERROR(BAD_DESCRIPTOR));
    REFUSED2(FS(create_directory_at)(FD(file), STR("x"), &err.fs), FS_ERROR(NOT_DIRECTORY), FS_ERROR(BAD_DESCRIPTOR));

    REFUSED(FS(remove_directory_at)(FD(root), STR(DIR), &err.fs), FS_ERROR(NOT_EMPTY));
    REFUSED(FS(remove_directory_at)(FD(root), STR("greeting.txt"), &err.fs), FS_ERROR(NOT_DIRECTORY));
    REFUSED(FS(remove_directory_at)(FD(root), STR("no-such-dir"), &err.fs), FS_ERROR(NO_ENTRY));
    REFUSED2(FS(unlink_file_at)(FD(root), STR(DIR), &err.fs), FS_ERROR(IS_DIRECTORY), FS_ERROR(NOT_PERMITTED));
    REFUSED(FS(unlink_file_at)(FD(root), STR("no-such-file"), &err.fs), FS_ERROR(NO_ENTRY));

    /* Renaming: it takes the place of a file, and an open one goes with it. */
    OK(write_at(file, 0, "moved"));
    OK(FS(rename_at)(FD(dir), STR("f00"), FD(dir), STR("f01"), &err.fs));
    REFUSED(FS(stat_at)(FD(dir), 0, STR("f00"), &stat, &err.fs), FS_ERROR(NO_ENTRY));
    OK(FS(stat_at)(FD(dir), 0, STR("f01"), &stat, &err.fs));
    EQUAL(stat.size, 5);
    holds_text(file, "moved");
    REFUSED(FS(rename_at)(FD(dir), STR("f00"), FD(root), STR("x.cleanup"), &err.fs), FS_ERROR(NO_ENTRY));
    REFUSED(FS(rename_at)(FD(dir), STR("f01"), FD(dir), STR("inner"), &err.fs), FS_ERROR(IS_DIRECTORY));
    REFUSED(FS(rename_at)(FD(dir), STR("inner"), FD(dir), STR("f01"), &err.fs), FS_ERROR(NOT_DIRECTORY));
    OK(FS(rename_at)(FD(dir), STR("f01"), FD(root), STR("fs-directories-file.cleanup"), &err.fs));
    OK(FS(unlink_file_at)(FD(root), STR("fs-directories-file.cleanup"), &err.fs));
    holds_text(file, "moved");
    DROP(file);

    for (int i = 2; i < FILES; i++) {
        name[1] = (char)('0' + i / 10);
        name[2] = (char)('0' + i % 10);
        OK(FS(unlink_file_at)(FD(dir), STR(name), &err.fs));
    }
    OK(FS(remove_directory_at)(FD(dir), STR("inner"), &err.fs));
    DROP(dir);
    OK(FS(remove_directory_at)(FD(root), STR(DIR), &err.fs));
}
