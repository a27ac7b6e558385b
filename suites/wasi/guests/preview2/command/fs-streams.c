/* wasi:filesystem: streams that read, write and append, and their errors. */
#include "filesystem.h"

#define NAME "fs-streams.cleanup"

/* A file that was opened to be read gives no stream, or one that fails. */
static void cannot_write(bool made, output_t out) {
    if (!made) {
        EITHER(err, FS_ERROR(BAD_DESCRIPTOR), FS_ERROR(NOT_PERMITTED));
        return;
    }
    STREAM_REFUSED(OUTPUT(blocking_write_and_flush)(OUT(out), BYTES("x"), &stream_err), FAILED);
    wasi_io_error_error_drop_own(stream_err.val.last_operation_failed);
    wasi_io_streams_output_stream_drop_own(out);
}

void test(void) {
    descriptor_t root = preopen(), file = must_open(root, NAME, OPEN(CREATE) | OPEN(TRUNCATE));
    char buf[64];
    output_t out;
    input_t in;

    OK(FS(write_via_stream)(FD(file), 0, &out, &err));
    write_out(out, "hello ", 6);
    write_out(out, "world", 5);
    wasi_io_streams_output_stream_drop_own(out);
    holds_text(file, "hello world");
    OK(FS(write_via_stream)(FD(file), 6, &out, &err));
    write_out(out, "WORLD", 5);
    wasi_io_streams_output_stream_drop_own(out);
    OK(FS(append_via_stream)(FD(file), &out, &err));
    write_out(out, "!", 1);
    write_out(out, "?", 1);
    wasi_io_streams_output_stream_drop_own(out);
    holds_text(file, "hello WORLD!?");

    OK(FS(read_via_stream)(FD(file), 6, &in, &err));
    HOLDS(is_text(buf, read_in(in, buf, sizeof buf), "WORLD!?"));
    wasi_io_streams_input_stream_drop_own(in);
    OK(FS(read_via_stream)(FD(file), 100, &in, &err));
    EQUAL(read_in(in, buf, sizeof buf), 0);
    wasi_io_streams_input_stream_drop_own(in);

    /* Some are skipped. */
    uint64_t n = 0;
    OK(FS(read_via_stream)(FD(file), 0, &in, &err));
    STREAM_OK(INPUT(blocking_skip)(IN(in), 6, &n, &stream_err));
    HOLDS(n > 0 && n <= 6);
    size_t rest = read_in(in, buf, sizeof buf);
    EQUAL(rest, 13 - n);
    HOLDS(is_text(buf + rest - 7, 7, "WORLD!?"));
    wasi_io_streams_input_stream_drop_own(in);

    /* An error of the stream can be asked which error of the file system it
       was: here the file has grown too large. */
    OK(FS(write_via_stream)(FD(file), INT64_MAX - 2, &out, &err));
    bool failed = !OUTPUT(blocking_write_and_flush)(OUT(out), BYTES("beyond the end"), &stream_err);
    HOLDS(failed);
    EQUAL(stream_err.tag, FAILED);
    bindings_string_t text;
    wasi_io_error_borrow_error_t error = wasi_io_error_borrow_error(stream_err.val.last_operation_failed);
    wasi_io_error_method_error_to_debug_string(error, &text);
    HOLDS(text.len > 0);
    uint8_t code = SUCCESS;
    HOLDS(wasi_filesystem_types_filesystem_error_code(error, &code));
    EITHER(code, FS_ERROR(FILE_TOO_LARGE), FS_ERROR(INVALID));
    wasi_io_error_error_drop_own(stream_err.val.last_operation_failed);
    wasi_io_streams_output_stream_drop_own(out);
    holds_text(file, "hello WORLD!?");

    /* Streams of a directory, and against what it was opened for. */
    REFUSED2(FS(read_via_stream)(FD(root), 0, &in, &err), FS_ERROR(BAD_DESCRIPTOR), FS_ERROR(IS_DIRECTORY));
    REFUSED2(FS(write_via_stream)(FD(root), 0, &out, &err), FS_ERROR(BAD_DESCRIPTOR), FS_ERROR(IS_DIRECTORY));
    REFUSED2(FS(append_via_stream)(FD(root), &out, &err), FS_ERROR(BAD_DESCRIPTOR), FS_ERROR(IS_DIRECTORY));
    DROP(file);
    OK(FS(open_at)(FD(root), FOLLOW, STR(NAME), 0, CAN(READ), &file, &err));
    cannot_write(FS(write_via_stream)(FD(file), 0, &out, &err), out);
    cannot_write(FS(append_via_stream)(FD(file), &out, &err), out);
    holds_text(file, "hello WORLD!?");
    OK(FS(unlink_file_at)(FD(root), STR(NAME), &err));
}
