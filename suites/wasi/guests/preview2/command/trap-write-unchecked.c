/* write of more than check-write allowed: the specification wants a trap. Here
   the allowance is used up by the first write. */
#include "filesystem.h"

void test(void) {
    descriptor_t file = must_open(preopen(), "trap-write.cleanup", OPEN(CREATE));
    output_t out;
    uint64_t n = 0;
    static uint8_t bytes[1 << 20];
    OK(FS(write_via_stream)(FD(file), 0, &out, &err));
    STREAM_OK(OUTPUT(check_write)(OUT(out), &n, &stream_err));
    if (n > sizeof bytes) n = sizeof bytes;
    bindings_list_u8_t list = {bytes, (size_t)n};
    STREAM_OK(OUTPUT(write)(OUT(out), &list, &stream_err));
    OUTPUT(write)(OUT(out), &list, &stream_err);
    check_failed(__FILE_NAME__, __LINE__, "a second write without check-write", "wanted it not to return");
}
