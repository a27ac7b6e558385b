/* Standard input that has ended: the stream is dropped by its writer, and the
   future says that all went well. */
#include "command.h"

FUTURE(stdin_done, wasi_cli_stdin, err.tag)

void test(void) {
    char byte;
    wasi_cli_stdin_tuple2_stream_u8_future_result_void_error_code_t in;
    wasi_cli_stdin_read_via_stream(&in);
    uint32_t status = await(in.f0, wasi_cli_stdin_stream_u8_read(in.f0, (uint8_t *)&byte, 1));
    EQUAL(BINDINGS_WAITABLE_STATE(status), BINDINGS_WAITABLE_DROPPED);
    EQUAL(BINDINGS_WAITABLE_COUNT(status), 0);
    OK(stdin_done(in.f1));
    close_reader(in.f0);
}
