/* See filesystem.h. */
#include "filesystem.h"

FUTURE(fs_done, wasi_filesystem_types, err.fs)

descriptor_t preopen(void) {
    wasi_filesystem_preopens_list_tuple2_own_descriptor_string_t list;
    wasi_filesystem_preopens_get_directories(&list);
    EQUAL(list.len, 1);
    HOLDS(SAME(list.ptr[0].f1, "/"));
    return list.ptr[0].f0;
}

descriptor_t must_open(descriptor_t dir, const char *path, uint8_t open) {
    descriptor_t file;
    uint8_t can = open & OPEN(DIRECTORY) ? CAN(READ) : CAN(READ) | CAN(WRITE);
    OK(FS(open_at)(FD(dir), FOLLOW, STR(path), open, can, &file, &err.fs));
    return file;
}

static bool written(writer_t writer, wasi_filesystem_types_future_result_void_error_code_t done, const char *text) {
    size_t n = write_stream(writer, text, strlen(text));
    close_writer(writer);
    if (!fs_done(done)) return false;
    EQUAL(n, strlen(text));
    return true;
}

bool write_at(descriptor_t file, uint64_t offset, const char *text) {
    writer_t writer;
    reader_t reader = new_stream(&writer);
    return written(writer, FS(write_via_stream)(FD(file), reader, offset), text);
}

bool append(descriptor_t file, const char *text) {
    writer_t writer;
    reader_t reader = new_stream(&writer);
    return written(writer, FS(append_via_stream)(FD(file), reader), text);
}

bool read_at(descriptor_t file, uint64_t offset, char *buffer, size_t room, size_t *n) {
    wasi_filesystem_types_tuple2_stream_u8_future_result_void_error_code_t in;
    FS(read_via_stream)(FD(file), offset, &in);
    *n = read_stream(in.f0, buffer, room);
    close_reader(in.f0);
    return fs_done(in.f1);
}

void holds_text(descriptor_t file, const char *text) {
    char buffer[256];
    size_t n;
    OK(read_at(file, 0, buffer, sizeof buffer, &n));
    HOLDS(is_text(buffer, n, text));
}
