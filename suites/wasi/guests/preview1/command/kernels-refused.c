/* Without a device every call says that none was granted. */
#include "command.h"
#include "gpu.h"
#include "kernels.h"

void test(void) {
    gpu_info_t info;
    EQUAL((uint32_t)gpu_info(&info), (uint32_t)GPU_NOT_GRANTED);
    EQUAL((uint32_t)gpu_alloc(4), (uint32_t)GPU_NOT_GRANTED);
    EQUAL((uint32_t)gpu_kernel(kernels, sizeof kernels, "add", 3), (uint32_t)GPU_NOT_GRANTED);
    char said[64] = {0};
    EQUAL(gpu_error(said, sizeof said), strlen(said));
    HOLDS(is_text(said, strlen(said), "no device was granted to this guest"));
}
