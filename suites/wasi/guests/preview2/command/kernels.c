/* The interface tensor-wasm:gpu/kernels: buffers, launches, traps, a launch that is
   cancelled. */
#include "command.h"
#include "kernels.h"

#define N 100
#define GPU(name) tensor_wasm_gpu_kernels_##name
#define CODE(name) TENSOR_WASM_GPU_KERNELS_ERROR_CODE_##name

typedef GPU(own_buffer_t) buffer_t;
typedef GPU(own_kernel_t) kernel_t;
typedef GPU(own_event_t) event_t;
typedef GPU(argument_t) argument_t;

static GPU(error_t) error;
/* What a call gives: the code of its error, or SUCCESS. */
#define GAVE(call) ((call) ? SUCCESS : error.code)

static uint32_t kernel(const char *name, kernel_t *to) {
    bindings_list_u8_t module = {(uint8_t *)kernels, sizeof kernels};
    return GAVE(GPU(static_kernel_from_bytes)(&module, STR(name), to, &error));
}

static uint32_t launch(kernel_t kernel, uint32_t blocks, argument_t *arguments, size_t count, event_t *to) {
    GPU(dimensions_t) grid = {blocks, 1, 1}, block = {32, 1, 1};
    GPU(list_argument_t) list = {arguments, count};
    return GAVE(GPU(method_kernel_launch)(GPU(borrow_kernel)(kernel), &grid, &block, &list, to, &error));
}

static uint32_t wait(event_t event) {
    return GAVE(GPU(method_event_wait)(GPU(borrow_event)(event), &error));
}

static bool trapped(event_t event, GPU(trap_info_t) *trap) {
    return GPU(method_event_trap)(GPU(borrow_event)(event), trap);
}

static uint32_t values[N];

void test(void) {
    GPU(device_info_t) info;
    EQUAL(GAVE(GPU(get_device_info)(&info, &error)), SUCCESS);
    HOLDS(info.name.len > 0);
    HOLDS(info.most_bytes >= 1 << 20);
    EQUAL(info.launches_in_flight, 64);
    HOLDS(!info.raw_ptx);

    buffer_t buffer;
    EQUAL(GAVE(GPU(static_buffer_alloc)(sizeof values, &buffer, &error)), SUCCESS);
    GPU(borrow_buffer_t) at = GPU(borrow_buffer)(buffer);
    EQUAL(GPU(method_buffer_length)(at), sizeof values);
    HOLDS(GPU(method_buffer_offset)(at) % 256 == 0);
    for (uint32_t i = 0; i < N; i++) values[i] = i * i;
    bindings_list_u8_t bytes = {(uint8_t *)values, sizeof values};
    EQUAL(GAVE(GPU(method_buffer_write)(at, 0, &bytes, &error)), SUCCESS);

    kernel_t add;
    EQUAL(kernel("add", &add), SUCCESS);
    argument_t arguments[3];
    arguments[0].tag = TENSOR_WASM_GPU_KERNELS_ARGUMENT_U32;
    arguments[0].val.u32 = N;
    arguments[1].tag = TENSOR_WASM_GPU_KERNELS_ARGUMENT_S32;
    arguments[1].val.s32 = -7;
    arguments[2].tag = TENSOR_WASM_GPU_KERNELS_ARGUMENT_BUFFER;
    arguments[2].val.buffer = at;
    event_t first, second;
    EQUAL(launch(add, 4, arguments, 3, &first), SUCCESS);
    EQUAL(launch(add, 4, arguments, 3, &second), SUCCESS);
    /* Dropped, a launch goes on. */
    GPU(event_drop_own)(first);
    EQUAL(wait(second), SUCCESS);
    HOLDS(GPU(method_event_ready)(GPU(borrow_event)(second)));
    bindings_list_u8_t read;
    EQUAL(GAVE(GPU(method_buffer_read)(at, 0, sizeof values, &read, &error)), SUCCESS);
    EQUAL(read.len, sizeof values);
    for (uint32_t i = 0; i < N; i++) {
        uint32_t value;
        memcpy(&value, read.ptr + 4 * i, 4);
        EQUAL(value, i * i - 14);
    }

    /* What is not the kernel's, or not there. */
    event_t none;
    arguments[0].tag = TENSOR_WASM_GPU_KERNELS_ARGUMENT_F32;
    EQUAL(launch(add, 1, arguments, 3, &none), CODE(ARGUMENTS));
    EQUAL(launch(add, 1, arguments, 2, &none), CODE(ARGUMENTS));
    arguments[0].tag = TENSOR_WASM_GPU_KERNELS_ARGUMENT_U32;
    EQUAL(launch(add, 0, arguments, 3, &none), CODE(GRID));
    EQUAL(GAVE(GPU(method_buffer_read)(at, 4, sizeof values, &read, &error)), CODE(OUT_OF_BOUNDS));
    EQUAL(GAVE(GPU(method_buffer_fill)(at, UINT64_MAX, 2, 0, &error)), CODE(OUT_OF_BOUNDS));
    kernel_t gone;
    EQUAL(kernel("gone", &gone), CODE(NOT_FOUND));
    EQUAL(GAVE(GPU(static_kernel_named)(STR("add"), &gone, &error)), CODE(NOT_FOUND));
    EQUAL(GAVE(GPU(static_kernel_from_ptx)(STR(""), STR(""), &gone, &error)), CODE(REFUSED));
    HOLDS(error.message.len > 26 && memcmp(error.message.ptr, "PTX from guests is refused", 26) == 0);
    buffer_t large;
    EQUAL(GAVE(GPU(static_buffer_alloc)(UINT64_MAX, &large, &error)), CODE(OUT_OF_MEMORY));

    /* The thread with the smallest number that divides by zero. */
    kernel_t divide, spin;
    EQUAL(kernel("divide", &divide), SUCCESS);
    arguments[0].val.u32 = 40;
    event_t event;
    EQUAL(launch(divide, 2, arguments, 1, &event), SUCCESS);
    EQUAL(wait(event), CODE(TRAP));
    GPU(trap_info_t) trap;
    HOLDS(trapped(event, &trap));
    HOLDS(SAME(trap.reason, "integer divide by zero"));
    EQUAL(trap.function, DIVIDE);
    EQUAL(trap.thread, 40);

    /* One that never ends, until it is told to. */
    EQUAL(kernel("spin", &spin), SUCCESS);
    EQUAL(launch(spin, 1, 0, 0, &event), SUCCESS);
    HOLDS(!GPU(method_event_ready)(GPU(borrow_event)(event)));
    HOLDS(!trapped(event, &trap));
    GPU(method_event_cancel)(GPU(borrow_event)(event));
    EQUAL(wait(event), CODE(TRAP));
    HOLDS(trapped(event, &trap));
    HOLDS(SAME(trap.reason, "interrupted"));

    GPU(kernel_drop_own)(add);
    uint32_t offset = GPU(method_buffer_offset)(at);
    GPU(buffer_drop_own)(buffer);
    EQUAL(GAVE(GPU(static_buffer_alloc)(4, &buffer, &error)), SUCCESS);
    EQUAL(GPU(method_buffer_offset)(GPU(borrow_buffer)(buffer)), offset);
}
