/* There is no way out of a preopen: not by `..`, not by an absolute path, not
   by a link. */
#include "filesystem.h"

#define LINK "fs-escape-link.cleanup"
#define KEPT_IN(call) REFUSED(call, FS_ERROR(NOT_PERMITTED))

static descriptor_t root;

static void outside(const char *path) {
    descriptor_t file;
    stat_t stat;
    bindings_string_t target;
    wasi_filesystem_types_metadata_hash_value_t hash;
    wasi_filesystem_types_new_timestamp_t now = {.tag = WASI_FILESYSTEM_TYPES_NEW_TIMESTAMP_NOW};
    KEPT_IN(FS(open_at)(FD(root), FOLLOW, STR(path), 0, CAN(READ), &file, &err));
    KEPT_IN(FS(open_at)(FD(root), 0, STR(path), 0, CAN(READ), &file, &err));
    KEPT_IN(FS(open_at)(FD(root), FOLLOW, STR(path), OPEN(CREATE), CAN(WRITE), &file, &err));
    KEPT_IN(FS(open_at)(FD(root), FOLLOW, STR(path), OPEN(DIRECTORY), CAN(READ), &file, &err));
    KEPT_IN(FS(stat_at)(FD(root), FOLLOW, STR(path), &stat, &err));
    KEPT_IN(FS(stat_at)(FD(root), 0, STR(path), &stat, &err));
    KEPT_IN(FS(set_times_at)(FD(root), FOLLOW, STR(path), &now, &now, &err));
    KEPT_IN(FS(metadata_hash_at)(FD(root), FOLLOW, STR(path), &hash, &err));
    KEPT_IN(FS(create_directory_at)(FD(root), STR(path), &err));
    KEPT_IN(FS(remove_directory_at)(FD(root), STR(path), &err));
    KEPT_IN(FS(unlink_file_at)(FD(root), STR(path), &err));
    KEPT_IN(FS(readlink_at)(FD(root), STR(path), &target, &err));
    KEPT_IN(FS(symlink_at)(FD(root), STR("greeting.txt"), STR(path), &err));
    KEPT_IN(FS(link_at)(FD(root), 0, STR("greeting.txt"), FD(root), STR(path), &err));
    KEPT_IN(FS(link_at)(FD(root), 0, STR(path), FD(root), STR("x.cleanup"), &err));
    KEPT_IN(FS(rename_at)(FD(root), STR("greeting.txt"), FD(root), STR(path), &err));
    KEPT_IN(FS(rename_at)(FD(root), STR(path), FD(root), STR("x.cleanup"), &err));
}

void test(void) {
    descriptor_t file, dir;
    stat_t stat;
    root = preopen();
    outside("../outside");
    outside("dir/../../outside");
    outside("/etc/passwd");
    outside("/greeting.txt");

    OK(FS(open_at)(FD(root), 0, STR("dir/../greeting.txt"), 0, CAN(READ), &file, &err));
    holds_text(file, "hello from the host\n");
    dir = must_open(root, "dir", OPEN(DIRECTORY));
    KEPT_IN(FS(open_at)(FD(dir), FOLLOW, STR("../greeting.txt"), 0, CAN(READ), &file, &err));
    KEPT_IN(FS(open_at)(FD(dir), FOLLOW, STR(".."), OPEN(DIRECTORY), CAN(READ), &file, &err));

    KEPT_IN(FS(symlink_at)(FD(root), STR("/etc/passwd"), STR(LINK), &err));
    const char *targets[] = {"../outside", "dir/../../outside", ".."};
    for (int i = 0; i < 3; i++) {
        OK(FS(symlink_at)(FD(root), STR(targets[i]), STR(LINK), &err));
        KEPT_IN(FS(open_at)(FD(root), FOLLOW, STR(LINK), 0, CAN(READ), &file, &err));
        KEPT_IN(FS(open_at)(FD(root), FOLLOW, STR(LINK), OPEN(CREATE), CAN(WRITE), &file, &err));
        KEPT_IN(FS(open_at)(FD(root), 0, STR(LINK "/x"), 0, CAN(READ), &file, &err));
        KEPT_IN(FS(stat_at)(FD(root), FOLLOW, STR(LINK), &stat, &err));
        KEPT_IN(FS(create_directory_at)(FD(root), STR(LINK "/x"), &err));
        OK(FS(unlink_file_at)(FD(root), STR(LINK), &err));
    }
}
