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
#define IS(stat, name) EQUAL((stat).type.tag, TYPE(name))
#define CAN(name) WASI_FILESYSTEM_TYPES_DESCRIPTOR_FLAGS_##name
#define OPEN(name) WASI_FILESYSTEM_TYPES_OPEN_FLAGS_##name
#define FOLLOW WASI_FILESYSTEM_TYPES_PATH_FLAGS_SYMLINK_FOLLOW
#define DROP wasi_filesystem_types_descriptor_drop_own

/* The only preopen, which must be `/`. */
descriptor_t preopen(void);
/* Opens a path to read and write it, which must succeed. */
descriptor_t must_open(descriptor_t dir, const char *path, uint8_t open);
/* Whether all of it could be written; `err` says why not. */
bool write_at(descriptor_t file, uint64_t offset, const char *text);
bool append(descriptor_t file, const char *text);
/* Whether the file could be read up to its end or the end of the room. */
bool read_at(descriptor_t file, uint64_t offset, char *buffer, size_t room, size_t *n);
/* The whole file must be this text. */
void holds_text(descriptor_t file, const char *text);

#endif
