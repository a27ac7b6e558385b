/* Preview 1 as C sees it: every function of `wasi_snapshot_preview1`, declared
   as an import, and the types they use. Only what a program calls becomes an
   import of its module. */
#ifndef WASI_H
#define WASI_H

#include <stddef.h>
#include <stdint.h>

typedef uint32_t fd_t;
typedef uint64_t rights_t;
typedef uint32_t errno_t;

enum {
    E_SUCCESS = 0, E_ACCES = 2, E_BADF = 8, E_EXIST = 20, E_FBIG = 22,
    E_INVAL = 28, E_ISDIR = 31, E_LOOP = 32, E_NAMETOOLONG = 37, E_NOENT = 44,
    E_NOSYS = 52, E_NOTDIR = 54, E_NOTEMPTY = 55, E_NOTSOCK = 57,
    E_NOTSUP = 58, E_OVERFLOW = 61, E_PERM = 63, E_SPIPE = 70,
    E_NOTCAPABLE = 76,
};

enum { CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_PROCESS, CLOCK_THREAD };
enum { WHENCE_SET, WHENCE_CUR, WHENCE_END };
enum {
    TYPE_UNKNOWN, TYPE_BLOCK, TYPE_CHARACTER, TYPE_DIRECTORY, TYPE_REGULAR,
    TYPE_DGRAM, TYPE_STREAM, TYPE_SYMLINK,
};
enum { FDFLAG_APPEND = 1, FDFLAG_DSYNC = 2, FDFLAG_NONBLOCK = 4, FDFLAG_RSYNC = 8, FDFLAG_SYNC = 16 };
enum { OFLAG_CREAT = 1, OFLAG_DIRECTORY = 2, OFLAG_EXCL = 4, OFLAG_TRUNC = 8 };
enum { FOLLOW = 1 };
enum { ATIM = 1, ATIM_NOW = 2, MTIM = 4, MTIM_NOW = 8 };
enum { EVENT_CLOCK, EVENT_READ, EVENT_WRITE };
enum { ABSTIME = 1 };

#define RIGHT_READ (1ull << 1)
#define RIGHT_SEEK (1ull << 2)
#define RIGHT_WRITE (1ull << 6)
/* All thirty rights that preview 1 has. */
#define RIGHTS_ALL ((1ull << 30) - 1)

typedef struct { void *data; uint32_t len; } iovec_t;
typedef struct { const void *data; uint32_t len; } ciovec_t;
typedef struct { uint8_t tag; uint32_t name_len; } prestat_t;
typedef struct { uint8_t type; uint16_t flags; rights_t base, inheriting; } fdstat_t;
typedef struct {
    uint64_t dev, ino;
    uint8_t type;
    uint64_t nlink, size, atim, mtim, ctim;
} filestat_t;
typedef struct { uint64_t next, ino; uint32_t namelen; uint8_t type; } dirent_t;
typedef struct {
    uint64_t userdata;
    uint8_t tag;
    union {
        struct { uint32_t id; uint64_t timeout, precision; uint16_t flags; } clock;
        struct { fd_t fd; } file;
    };
} subscription_t;
typedef struct {
    uint64_t userdata;
    uint16_t error;
    uint8_t type;
    uint64_t nbytes;
    uint16_t flags;
} event_t;

_Static_assert(sizeof(fdstat_t) == 24 && sizeof(filestat_t) == 64, "layout");
_Static_assert(sizeof(subscription_t) == 48 && sizeof(event_t) == 32, "layout");

#define IMPORT(name) \
    __attribute__((import_module("wasi_snapshot_preview1"), import_name(#name)))

IMPORT(args_get) errno_t args_get(uint8_t **argv, uint8_t *buf);
IMPORT(args_sizes_get) errno_t args_sizes_get(uint32_t *count, uint32_t *size);
IMPORT(environ_get) errno_t environ_get(uint8_t **environ, uint8_t *buf);
IMPORT(environ_sizes_get) errno_t environ_sizes_get(uint32_t *count, uint32_t *size);
IMPORT(clock_res_get) errno_t clock_res_get(uint32_t id, uint64_t *resolution);
IMPORT(clock_time_get) errno_t clock_time_get(uint32_t id, uint64_t precision, uint64_t *time);
IMPORT(fd_advise) errno_t fd_advise(fd_t fd, uint64_t offset, uint64_t len, uint32_t advice);
IMPORT(fd_allocate) errno_t fd_allocate(fd_t fd, uint64_t offset, uint64_t len);
IMPORT(fd_close) errno_t fd_close(fd_t fd);
IMPORT(fd_datasync) errno_t fd_datasync(fd_t fd);
IMPORT(fd_fdstat_get) errno_t fd_fdstat_get(fd_t fd, fdstat_t *stat);
IMPORT(fd_fdstat_set_flags) errno_t fd_fdstat_set_flags(fd_t fd, uint32_t flags);
IMPORT(fd_fdstat_set_rights) errno_t fd_fdstat_set_rights(fd_t fd, rights_t base, rights_t inheriting);
IMPORT(fd_filestat_get) errno_t fd_filestat_get(fd_t fd, filestat_t *stat);
IMPORT(fd_filestat_set_size) errno_t fd_filestat_set_size(fd_t fd, uint64_t size);
IMPORT(fd_filestat_set_times) errno_t fd_filestat_set_times(fd_t fd, uint64_t atim, uint64_t mtim, uint32_t flags);
IMPORT(fd_pread) errno_t fd_pread(fd_t fd, const iovec_t *iovs, uint32_t count, uint64_t offset, uint32_t *n);
IMPORT(fd_prestat_get) errno_t fd_prestat_get(fd_t fd, prestat_t *prestat);
IMPORT(fd_prestat_dir_name) errno_t fd_prestat_dir_name(fd_t fd, uint8_t *path, uint32_t len);
IMPORT(fd_pwrite) errno_t fd_pwrite(fd_t fd, const ciovec_t *iovs, uint32_t count, uint64_t offset, uint32_t *n);
IMPORT(fd_read) errno_t fd_read(fd_t fd, const iovec_t *iovs, uint32_t count, uint32_t *n);
IMPORT(fd_readdir) errno_t fd_readdir(fd_t fd, uint8_t *buf, uint32_t len, uint64_t cookie, uint32_t *n);
IMPORT(fd_renumber) errno_t fd_renumber(fd_t from, fd_t to);
IMPORT(fd_seek) errno_t fd_seek(fd_t fd, int64_t offset, uint32_t whence, uint64_t *position);
IMPORT(fd_sync) errno_t fd_sync(fd_t fd);
IMPORT(fd_tell) errno_t fd_tell(fd_t fd, uint64_t *position);
IMPORT(fd_write) errno_t fd_write(fd_t fd, const ciovec_t *iovs, uint32_t count, uint32_t *n);
IMPORT(path_create_directory) errno_t path_create_directory(fd_t fd, const char *path, size_t len);
IMPORT(path_filestat_get) errno_t path_filestat_get(fd_t fd, uint32_t flags, const char *path, size_t len, filestat_t *stat);
IMPORT(path_filestat_set_times) errno_t path_filestat_set_times(fd_t fd, uint32_t flags, const char *path, size_t len, uint64_t atim, uint64_t mtim, uint32_t times);
IMPORT(path_link) errno_t path_link(fd_t from_fd, uint32_t flags, const char *from, size_t from_len, fd_t to_fd, const char *to, size_t to_len);
IMPORT(path_open) errno_t path_open(fd_t fd, uint32_t dirflags, const char *path, size_t len, uint32_t oflags, rights_t base, rights_t inheriting, uint32_t fdflags, fd_t *opened);
IMPORT(path_readlink) errno_t path_readlink(fd_t fd, const char *path, size_t len, uint8_t *buf, size_t buf_len, uint32_t *n);
IMPORT(path_remove_directory) errno_t path_remove_directory(fd_t fd, const char *path, size_t len);
IMPORT(path_rename) errno_t path_rename(fd_t from_fd, const char *from, size_t from_len, fd_t to_fd, const char *to, size_t to_len);
IMPORT(path_symlink) errno_t path_symlink(const char *target, size_t target_len, fd_t fd, const char *path, size_t len);
IMPORT(path_unlink_file) errno_t path_unlink_file(fd_t fd, const char *path, size_t len);
IMPORT(poll_oneoff) errno_t poll_oneoff(const subscription_t *in, event_t *out, uint32_t count, uint32_t *n);
IMPORT(proc_exit) _Noreturn void proc_exit(uint32_t code);
IMPORT(proc_raise) errno_t proc_raise(uint32_t signal);
IMPORT(random_get) errno_t random_get(uint8_t *buf, size_t len);
IMPORT(sched_yield) errno_t sched_yield(void);
IMPORT(sock_accept) errno_t sock_accept(fd_t fd, uint32_t flags, fd_t *accepted);
IMPORT(sock_recv) errno_t sock_recv(fd_t fd, const iovec_t *iovs, uint32_t count, uint32_t flags, uint32_t *n, uint32_t *roflags);
IMPORT(sock_send) errno_t sock_send(fd_t fd, const ciovec_t *iovs, uint32_t count, uint32_t flags, uint32_t *n);
IMPORT(sock_shutdown) errno_t sock_shutdown(fd_t fd, uint32_t how);

#endif
