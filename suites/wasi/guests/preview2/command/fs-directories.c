/* wasi:filesystem: make, list, rename and remove directories; unlink files. */
#include "filesystem.h"

#define DIR "fs-directories.cleanup"
enum { FILES = 30 };

static void list(descriptor_t dir) {
    uint32_t seen[FILES] = {0}, inner = 0;
    wasi_filesystem_types_own_directory_entry_stream_t stream;
    OK(FS(read_directory)(FD(dir), &stream, &err));
    for (;;) {
        wasi_filesystem_types_option_directory_entry_t entry;
        OK(wasi_filesystem_types_method_directory_entry_stream_read_directory_entry(
            wasi_filesystem_types_borrow_directory_entry_stream(stream), &entry, &err));
        if (!entry.is_some) break;
        bindings_string_t name = entry.val.name;
        /* `.` and `..` are not told. */
        HOLDS(!SAME(name, ".") && !SAME(name, ".."));
        if (SAME(name, "inner")) {
            EQUAL(entry.val.type, TYPE(DIRECTORY));
            inner++;
        } else {
            HOLDS(name.len == 3 && name.ptr[0] == 'f');
            EQUAL(entry.val.type, TYPE(REGULAR_FILE));
            seen[(name.ptr[1] - '0') * 10 + (name.ptr[2] - '0')]++;
        }
    }
    EQUAL(inner, 1);
    for (int i = 0; i < FILES; i++) EQUAL(seen[i], 1);
    wasi_filesystem_types_directory_entry_stream_drop_own(stream);
}

void test(void) {
    descriptor_t root = preopen(), dir, file;
    stat_t stat;
    OK(FS(create_directory_at)(FD(root), STR(DIR), &err));
    REFUSED(FS(create_directory_at)(FD(root), STR(DIR), &err), FS_ERROR(EXIST));
    REFUSED(FS(create_directory_at)(FD(root), STR("no-such-dir/x"), &err), FS_ERROR(NO_ENTRY));
    REFUSED(FS(create_directory_at)(FD(root), STR("greeting.txt/x"), &err), FS_ERROR(NOT_DIRECTORY));
    dir = must_open(root, DIR, OPEN(DIRECTORY));
    OK(FS(stat)(FD(dir), &stat, &err));
    EQUAL(stat.type, TYPE(DIRECTORY));
    OK(FS(create_directory_at)(FD(dir), STR("inner"), &err));
    char name[] = "f00";
    for (int i = 0; i < FILES; i++) {
        name[1] = (char)('0' + i / 10);
        name[2] = (char)('0' + i % 10);
        DROP(must_open(dir, name, OPEN(CREATE)));
    }
    list(dir);
    list(dir);
    file = must_open(dir, "f00", 0);
    wasi_filesystem_types_own_directory_entry_stream_t stream;
    REFUSED2(FS(read_directory)(FD(file), &stream, &err), FS_ERROR(NOT_DIRECTORY), FS_ERROR(BAD_DESCRIPTOR));
    REFUSED2(FS(create_directory_at)(FD(file), STR("x"), &err), FS_ERROR(NOT_DIRECTORY), FS_ERROR(BAD_DESCRIPTOR));

    REFUSED(FS(remove_directory_at)(FD(root), STR(DIR), &err), FS_ERROR(NOT_EMPTY));
    REFUSED(FS(remove_directory_at)(FD(root), STR("greeting.txt"), &err), FS_ERROR(NOT_DIRECTORY));
    REFUSED(FS(remove_directory_at)(FD(root), STR("no-such-dir"), &err), FS_ERROR(NO_ENTRY));
    REFUSED2(FS(unlink_file_at)(FD(root), STR(DIR), &err), FS_ERROR(IS_DIRECTORY), FS_ERROR(NOT_PERMITTED));
    REFUSED(FS(unlink_file_at)(FD(root), STR("no-such-file"), &err), FS_ERROR(NO_ENTRY));

    /* Renaming: it takes the place of a file, and an open one goes with it. */
    write_at(file, 0, "moved");
    OK(FS(rename_at)(FD(dir), STR("f00"), FD(dir), STR("f01"), &err));
    REFUSED(FS(stat_at)(FD(dir), 0, STR("f00"), &stat, &err), FS_ERROR(NO_ENTRY));
    OK(FS(stat_at)(FD(dir), 0, STR("f01"), &stat, &err));
    EQUAL(stat.size, 5);
    holds_text(file, "moved");
    REFUSED(FS(rename_at)(FD(dir), STR("f00"), FD(root), STR("x.cleanup"), &err), FS_ERROR(NO_ENTRY));
    REFUSED(FS(rename_at)(FD(dir), STR("f01"), FD(dir), STR("inner"), &err), FS_ERROR(IS_DIRECTORY));
    REFUSED(FS(rename_at)(FD(dir), STR("inner"), FD(dir), STR("f01"), &err), FS_ERROR(NOT_DIRECTORY));
    OK(FS(rename_at)(FD(dir), STR("f01"), FD(root), STR("fs-directories-file.cleanup"), &err));
    OK(FS(unlink_file_at)(FD(root), STR("fs-directories-file.cleanup"), &err));
    holds_text(file, "moved");
    DROP(file);

    for (int i = 2; i < FILES; i++) {
        name[1] = (char)('0' + i / 10);
        name[2] = (char)('0' + i % 10);
        OK(FS(unlink_file_at)(FD(dir), STR(name), &err));
    }
    OK(FS(remove_directory_at)(FD(dir), STR("inner"), &err));
    DROP(dir);
    OK(FS(remove_directory_at)(FD(root), STR(DIR), &err));
}
