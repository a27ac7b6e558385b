/* See command.h: what commands and services share. */
#include "command.h"

error_t err;

FUTURE(stdout_done, wasi_cli_stdout, err.tag)
FUTURE(stderr_done, wasi_cli_stderr, err.tag)

void give_up(const line_t *line) {
    writer_t writer;
    wasi_cli_stderr_future_result_void_error_code_t done = wasi_cli_stderr_write_via_stream(new_stream(&writer));
    write_stream(writer, line->text, line->len);
    close_writer(writer);
    stderr_done(done);
    stop();
}

const char *error_name(uint64_t code) { return code == SUCCESS ? "success" : 0; }

uint32_t await(uint32_t waitable, uint32_t status) {
    if (status != BINDINGS_WAITABLE_STATUS_BLOCKED) return status;
    bindings_event_t event;
    bindings_waitable_set_t set = bindings_waitable_set_new();
    bindings_waitable_join(waitable, set);
    bindings_waitable_set_wait(set, &event);
    bindings_waitable_join(waitable, 0);
    bindings_waitable_set_drop(set);
    if (event.waitable != waitable) __builtin_trap();
    return event.code;
}

reader_t new_stream(writer_t *writer) { return wasi_cli_stdin_stream_u8_new(writer); }

size_t write_stream(writer_t writer, const void *bytes, size_t len) {
    size_t done = 0;
    while (done < len) {
        uint32_t status = await(writer, wasi_cli_stdin_stream_u8_write(writer, (const uint8_t *)bytes + done, len - done));
        done += BINDINGS_WAITABLE_COUNT(status);
        if (BINDINGS_WAITABLE_STATE(status) != BINDINGS_WAITABLE_COMPLETED) break;
    }
    return done;
}

size_t read_stream(reader_t reader, void *buffer, size_t room) {
    size_t done = 0;
    while (done < room) {
        uint32_t status = await(reader, wasi_cli_stdin_stream_u8_read(reader, (uint8_t *)buffer + done, room - done));
        done += BINDINGS_WAITABLE_COUNT(status);
        if (BINDINGS_WAITABLE_STATE(status) != BINDINGS_WAITABLE_COMPLETED) break;
    }
    return done;
}

void close_writer(writer_t writer) { wasi_cli_stdin_stream_u8_drop_writable(writer); }
void close_reader(reader_t reader) { wasi_cli_stdin_stream_u8_drop_readable(reader); }

void print(const char *text) {
    writer_t writer;
    wasi_cli_stdout_future_result_void_error_code_t done = wasi_cli_stdout_write_via_stream(new_stream(&writer));
    EQUAL(write_stream(writer, text, strlen(text)), strlen(text));
    close_writer(writer);
    OK(stdout_done(done));
}
