/* See command.h: what commands and services share. */
#include "command.h"

uint8_t err;
wasi_io_streams_stream_error_t stream_err;

void give_up(const line_t *line) {
    output_t out = wasi_cli_stderr_get_stderr();
    bindings_list_u8_t text = {(uint8_t *)line->text, line->len};
    OUTPUT(blocking_write_and_flush)(OUT(out), &text, &stream_err);
    stop();
}

const char *error_name(uint64_t code) { return code == SUCCESS ? "success" : 0; }

void block_on(pollable_t pollable) {
    wasi_io_poll_method_pollable_block(wasi_io_poll_borrow_pollable(pollable));
    wasi_io_poll_pollable_drop_own(pollable);
}

void write_out(output_t stream, const char *text, size_t len) {
    while (len) {
        uint64_t room = 0;
        STREAM_OK(OUTPUT(check_write)(OUT(stream), &room, &stream_err));
        if (!room) {
            block_on(OUTPUT(subscribe)(OUT(stream)));
            continue;
        }
        size_t part = len < room ? len : (size_t)room;
        STREAM_OK(OUTPUT(write)(OUT(stream), &(bindings_list_u8_t){(uint8_t *)text, part}, &stream_err));
        text += part;
        len -= part;
    }
    STREAM_OK(OUTPUT(blocking_flush)(OUT(stream), &stream_err));
}

size_t read_in(input_t stream, void *buffer, size_t room) {
    size_t have = 0;
    while (have < room) {
        bindings_list_u8_t part;
        if (!INPUT(blocking_read)(IN(stream), room - have, &part, &stream_err)) {
            STREAM_REFUSED(false, CLOSED);
            break;
        }
        HOLDS(part.len <= room - have);
        memcpy((char *)buffer + have, part.ptr, part.len);
        have += part.len;
        bindings_list_u8_free(&part);
    }
    return have;
}

void print(const char *text) {
    output_t out = wasi_cli_stdout_get_stdout();
    write_out(out, text, strlen(text));
    wasi_io_streams_output_stream_drop_own(out);
}
