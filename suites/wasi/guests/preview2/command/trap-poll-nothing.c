/* wasi:io/poll with an empty list: the specification wants a trap. */
#include "command.h"

void test(void) {
    bindings_list_u32_t ready;
    wasi_io_poll_poll(&(wasi_io_poll_list_borrow_pollable_t){0, 0}, &ready);
    check_failed(__FILE_NAME__, __LINE__, "poll of nothing", "wanted it not to return");
}
