/* Kernels on a device: buffers, launches, traps, and a launch that is cancelled. */
#include "command.h"
#include "gpu.h"
#include "kernels.h"

#define N 100

/* The kernel's arguments, each after its tag. */
typedef struct __attribute__((packed)) {
    uint8_t n_tag;
    uint32_t n;
    uint8_t what_tag;
    int32_t what;
    uint8_t at_tag;
    gpu_buffer at;
    uint32_t length;
} add_t;

static int32_t kernel(const char *name) {
    return gpu_kernel(kernels, sizeof kernels, name, strlen(name));
}

static int32_t launch(int32_t kernel, uint32_t blocks, const void *arguments, uint32_t length) {
    return gpu_launch(kernel, blocks, 1, 1, 32, 1, 1, arguments, length);
}

static uint32_t values[N], found[N];

void test(void) {
    gpu_info_t info;
    EQUAL(gpu_info(&info), 0);
    HOLDS(info.most_bytes >= 1 << 20);
    EQUAL(info.bytes, 0);
    EQUAL(info.launches_in_flight, 64);
    EQUAL(info.raw_ptx, 0);
    char name[8] = {0};
    HOLDS(gpu_name(name, sizeof name) > 0);
    HOLDS(name[0] != 0);

    int64_t at = gpu_alloc(sizeof values);
    HOLDS(at > 0 && at % 256 == 0);
    for (uint32_t i = 0; i < N; i++) values[i] = i * i;
    EQUAL(gpu_write(at, values, sizeof values), 0);

    int32_t add = kernel("add");
    HOLDS(add >= 0);
    add_t arguments = {5, N, 1, -7, 7, at, sizeof values};
    /* More threads than numbers, twice, and nobody waits in between. */
    int32_t first = launch(add, 4, &arguments, sizeof arguments);
    int32_t second = launch(add, 4, &arguments, sizeof arguments);
    HOLDS(first >= 0 && second >= 0 && first != second);
    EQUAL(gpu_read(at, found, sizeof found), 0);
    for (uint32_t i = 0; i < N; i++) EQUAL(found[i], i * i - 14);
    EQUAL(gpu_ready(first), 1);
    EQUAL(gpu_wait(first), 0);
    EQUAL(gpu_wait(second), 0);
    EQUAL(gpu_event_drop(second), 0);
    EQUAL((uint32_t)gpu_wait(second), (uint32_t)GPU_NOT_FOUND);

    /* What is not the kernel's, or not there. */
    arguments.n_tag = 3;
    EQUAL((uint32_t)launch(add, 1, &arguments, sizeof arguments), (uint32_t)GPU_ARGUMENTS);
    arguments.n_tag = 1;
    arguments.length = UINT32_MAX;
    EQUAL((uint32_t)launch(add, 1, &arguments, sizeof arguments), (uint32_t)GPU_OUT_OF_BOUNDS);
    EQUAL((uint32_t)launch(add, 0, 0, 0), (uint32_t)GPU_ARGUMENTS);
    EQUAL((uint32_t)kernel("gone"), (uint32_t)GPU_NOT_FOUND);
    EQUAL((uint32_t)gpu_kernel("\0asm", 4, "add", 3), (uint32_t)GPU_REFUSED);
    EQUAL((uint32_t)gpu_kernel_ptx("", 0, "", 0), (uint32_t)GPU_REFUSED);
    char said[64] = {0};
    HOLDS(gpu_error(said, sizeof said) > 20);
    HOLDS(memcmp(said, "PTX from guests is refused", 26) == 0);
    EQUAL((uint32_t)gpu_read(UINT32_MAX, found, 4), (uint32_t)GPU_OUT_OF_BOUNDS);
    EQUAL((uint32_t)gpu_alloc(UINT64_MAX), (uint32_t)GPU_OUT_OF_MEMORY);

    /* The thread with the smallest number that divides by zero. */
    int32_t divide = kernel("divide");
    struct __attribute__((packed)) { uint8_t tag; uint32_t by; } by = {5, 40};
    int32_t event = launch(divide, 2, &by, sizeof by);
    EQUAL((uint32_t)gpu_wait(event), (uint32_t)GPU_TRAP);
    gpu_trap_t trap;
    EQUAL(gpu_trap(event, &trap), 1);
    EQUAL(trap.code, GPU_DIVIDE_BY_ZERO);
    EQUAL(trap.function, DIVIDE);
    EQUAL(trap.thread, 40);

    /* One that never ends, until it is told to. */
    event = launch(kernel("spin"), 1, 0, 0);
    HOLDS(event >= 0);
    EQUAL(gpu_ready(event), 0);
    EQUAL(gpu_trap(event, &trap), 0);
    EQUAL(gpu_cancel(event), 0);
    EQUAL((uint32_t)gpu_wait(event), (uint32_t)GPU_TRAP);
    EQUAL(gpu_trap(event, &trap), 1);
    EQUAL(trap.code, GPU_INTERRUPTED);

    /* The memory is as it was, and goes back. */
    EQUAL(gpu_read(at, found, sizeof found), 0);
    EQUAL(found[N - 1], (N - 1) * (N - 1) - 14);
    EQUAL(gpu_fill(at, 4, 0xab), 0);
    EQUAL(gpu_read(at, found, 8), 0);
    EQUAL(found[0], 0xabababab);
    EQUAL(found[1], (uint32_t)(1 - 14));
    EQUAL(gpu_free(at), 0);
    EQUAL((uint32_t)gpu_free(at), (uint32_t)GPU_NOT_FOUND);
    EQUAL(gpu_alloc(sizeof values), at);
}
