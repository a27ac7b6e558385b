/* Standard input that has ended: closed, time and again. */
#include "command.h"

void test(void) {
    char byte;
    bindings_list_u8_t part;
    input_t in = wasi_cli_stdin_get_stdin();
    EQUAL(read_in(in, &byte, 1), 0);
    STREAM_REFUSED(INPUT(blocking_read)(IN(in), 10, &part, &stream_err), CLOSED);
    STREAM_REFUSED(INPUT(read)(IN(in), 10, &part, &stream_err), CLOSED);
    /* What is closed is ready, or a program that waits for it would hang. */
    block_on(INPUT(subscribe)(IN(in)));
}
