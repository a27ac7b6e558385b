/* Short names for wasi:filesystem. */
#ifndef FILESYSTEM_H
#define FILESYSTEM_H

#include "command.h"

typedef wasi_filesystem_types_own_descriptor_t descriptor_t;
typedef wasi_filesystem_types_descriptor_stat_t stat_t;

#define FS(name) wasi_filesystem_types_method_descriptor_##name
#define FD(descriptor) wasi_filesystem_types_borrow_descriptor(descriptor)
#define FS_ERROR(name) WASI_FILESYSTEM_TYPES_ERROR_CODE_##name
#define TYPE(name) WASI_FILESYSTEM_TYPES_DESCRIPTOR_TYPE_##name
#define CAN(name) WASI_FILESYSTEM_TYPES_DESCRIPTOR_FLAGS_##name
#define OPEN(name) WASI_FILESYSTEM_TYPES_OPEN_FLAGS_##name
#define FOLLOW WASI_FILESYSTEM_TYPES_PATH_FLAGS_SYMLINK_FOLLOW
#define DROP wasi_filesystem_types_descriptor_drop_own

/* The only preopen, which must be `/`. */
static inline descriptor_t preopen(void) {
    wasi_filesystem_preopens_list_tuple2_own_descriptor_string_t list;
    wasi_filesystem_preopens_get_directories(&list);
    EQUAL(list.len, 1);
    HOLDS(SAME(list.ptr[0].f1, "/"));
    return list.ptr[0].f0;
}

/* Opens a path to read and write it, which must succeed. */
static inline descriptor_t must_open(descriptor_t dir, const char *path, uint8_t open) {
    descriptor_t file;
    uint8_t can = open & OPEN(DIRECTORY) ? CAN(READ) : CAN(READ) | CAN(WRITE);
    OK(FS(open_at)(FD(dir), FOLLOW, STR(path), open, can, &file, &err));
    return file;
}

static inline void write_at(descriptor_t file, uint64_t offset, const char *text) {
    uint64_t n = 0;
    OK(FS(write)(FD(file), BYTES(text), offset, &n, &err));
    EQUAL(n, strlen(text));
}

/* The whole file must be this text. */
static inline void holds_text(descriptor_t file, const char *text) {
    bindings_tuple2_list_u8_bool_t read;
    OK(FS(read)(FD(file), 1000, 0, &read, &err));
    HOLDS(SAME(read.f0, text));
}

#endif
