/* wasi:filesystem: hard links, symbolic links, what is the same object. */
#include "filesystem.h"

#define FILE_ "fs-links.cleanup"
#define HARD "fs-links-hard.cleanup"
#define SOFT "fs-links-soft.cleanup"
#define LOOP_A "fs-links-loop-a.cleanup"
#define LOOP_B "fs-links-loop-b.cleanup"
#define HASH(a) wasi_filesystem_types_metadata_hash_value_t a

void test(void) {
    descriptor_t root = preopen(), file = must_open(root, FILE_, OPEN(CREATE)), other;
    stat_t stat;
    bindings_string_t target;
    HASH(a);
    HASH(b);
    write_at(file, 0, "content");

    OK(FS(link_at)(FD(root), 0, STR(FILE_), FD(root), STR(HARD), &err));
    OK(FS(stat)(FD(file), &stat, &err));
    EQUAL(stat.link_count, 2);
    REFUSED(FS(link_at)(FD(root), 0, STR(FILE_), FD(root), STR(HARD), &err), FS_ERROR(EXIST));
    REFUSED(FS(link_at)(FD(root), 0, STR("no-such-file"), FD(root), STR("x.cleanup"), &err), FS_ERROR(NO_ENTRY));
    other = must_open(root, HARD, 0);
    HOLDS(FS(is_same_object)(FD(file), FD(other)));
    HOLDS(!FS(is_same_object)(FD(file), FD(root)));
    OK(FS(metadata_hash)(FD(file), &a, &err));
    OK(FS(metadata_hash_at)(FD(root), 0, STR(HARD), &b, &err));
    HOLDS(a.lower == b.lower && a.upper == b.upper);
    OK(FS(metadata_hash)(FD(root), &b, &err));
    HOLDS(a.lower != b.lower || a.upper != b.upper);
    REFUSED(FS(metadata_hash_at)(FD(root), 0, STR("no-such-file"), &b, &err), FS_ERROR(NO_ENTRY));
    DROP(other);

    OK(FS(symlink_at)(FD(root), STR(FILE_), STR(SOFT), &err));
    REFUSED(FS(symlink_at)(FD(root), STR(FILE_), STR(SOFT), &err), FS_ERROR(EXIST));
    OK(FS(readlink_at)(FD(root), STR(SOFT), &target, &err));
    HOLDS(SAME(target, FILE_));
    REFUSED(FS(readlink_at)(FD(root), STR(FILE_), &target, &err), FS_ERROR(INVALID));
    REFUSED(FS(readlink_at)(FD(root), STR("no-such-file"), &target, &err), FS_ERROR(NO_ENTRY));
    OK(FS(stat_at)(FD(root), 0, STR(SOFT), &stat, &err));
    EQUAL(stat.type, TYPE(SYMBOLIC_LINK));
    OK(FS(stat_at)(FD(root), FOLLOW, STR(SOFT), &stat, &err));
    EQUAL(stat.type, TYPE(REGULAR_FILE));
    EQUAL(stat.size, 7);
    OK(FS(open_at)(FD(root), FOLLOW, STR(SOFT), 0, CAN(READ), &other, &err));
    HOLDS(FS(is_same_object)(FD(file), FD(other)));
    DROP(other);
    REFUSED(FS(open_at)(FD(root), 0, STR(SOFT), 0, CAN(READ), &other, &err), FS_ERROR(LOOP));

    OK(FS(symlink_at)(FD(root), STR(LOOP_B), STR(LOOP_A), &err));
    OK(FS(symlink_at)(FD(root), STR(LOOP_A), STR(LOOP_B), &err));
    REFUSED(FS(open_at)(FD(root), FOLLOW, STR(LOOP_A), 0, CAN(READ), &other, &err), FS_ERROR(LOOP));
    REFUSED(FS(stat_at)(FD(root), FOLLOW, STR(LOOP_A), &stat, &err), FS_ERROR(LOOP));

    const char *names[] = {FILE_, HARD, SOFT, LOOP_A, LOOP_B};
    for (int i = 0; i < 5; i++) OK(FS(unlink_file_at)(FD(root), STR(names[i]), &err));
}
