/* wasi:filesystem: set-times and set-times-at. */
#include "filesystem.h"

#define NAME "fs-times.cleanup"
#define LINK "fs-times-link.cleanup"
typedef wasi_filesystem_types_new_timestamp_t new_time_t;

static new_time_t at(uint64_t seconds) {
    return (new_time_t){.tag = WASI_FILESYSTEM_TYPES_NEW_TIMESTAMP_TIMESTAMP, .val.timestamp = {seconds, 0}};
}

static void times(stat_t stat, uint64_t access, uint64_t modification) {
    HOLDS(stat.data_access_timestamp.is_some && stat.data_modification_timestamp.is_some);
    EQUAL(stat.data_access_timestamp.val.seconds, access);
    EQUAL(stat.data_modification_timestamp.val.seconds, modification);
}

void test(void) {
    descriptor_t root = preopen(), file = must_open(root, NAME, OPEN(CREATE));
    stat_t stat;
    new_time_t now = {.tag = WASI_FILESYSTEM_TYPES_NEW_TIMESTAMP_NOW};
    new_time_t same = {.tag = WASI_FILESYSTEM_TYPES_NEW_TIMESTAMP_NO_CHANGE};
    new_time_t one = at(1000), two = at(2000), three = at(3000);

    OK(FS(set_times)(FD(file), &one, &two, &err));
    OK(FS(stat)(FD(file), &stat, &err));
    times(stat, 1000, 2000);
    OK(FS(set_times)(FD(file), &same, &three, &err));
    OK(FS(stat_at)(FD(root), 0, STR(NAME), &stat, &err));
    times(stat, 1000, 3000);
    OK(FS(set_times)(FD(file), &same, &now, &err));
    OK(FS(stat)(FD(file), &stat, &err));
    EQUAL(stat.data_access_timestamp.val.seconds, 1000);
    HOLDS(stat.data_modification_timestamp.val.seconds > 1577836800);

    OK(FS(set_times_at)(FD(root), 0, STR(NAME), &two, &one, &err));
    OK(FS(stat)(FD(file), &stat, &err));
    times(stat, 2000, 1000);
    REFUSED(FS(set_times_at)(FD(root), 0, STR("no-such-file"), &now, &now, &err), FS_ERROR(NO_ENTRY));

    /* Through a link, and of the link itself. */
    OK(FS(symlink_at)(FD(root), STR(NAME), STR(LINK), &err));
    OK(FS(set_times_at)(FD(root), FOLLOW, STR(LINK), &same, &three, &err));
    OK(FS(stat)(FD(file), &stat, &err));
    times(stat, 2000, 3000);
    OK(FS(set_times_at)(FD(root), 0, STR(LINK), &same, &two, &err));
    OK(FS(stat)(FD(file), &stat, &err));
    times(stat, 2000, 3000);
    OK(FS(unlink_file_at)(FD(root), STR(LINK), &err));
    OK(FS(unlink_file_at)(FD(root), STR(NAME), &err));
}
