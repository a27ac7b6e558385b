/* What a core module can ask of a device: the imports of `gpu`. Results below zero
   are errors; `gpu_error` says in a sentence what the last one was. */
#ifndef GPU_H
#define GPU_H

#include <stdint.h>

#define GPU(name) __attribute__((import_module("gpu"), import_name(name)))

typedef enum {
    GPU_NOT_GRANTED = -1, /* no device was granted */
    GPU_NOT_FOUND = -2,   /* no such buffer, kernel, event or export */
    GPU_LIMIT = -3,       /* a cap on how many, or how large */
    GPU_REFUSED = -4,     /* the module cannot become kernels, or not here */
    GPU_ARGUMENTS = -5,   /* not the kernel's arguments */
    GPU_GRID = -6,        /* no device has such a grid */
    GPU_OUT_OF_BOUNDS = -7,
    GPU_OUT_OF_MEMORY = -8, /* a quota, or the device's memory */
    GPU_TRAP = -9,          /* a thread trapped: gpu_trap has where */
    GPU_DEVICE = -10,       /* the device failed */
} gpu_status;

typedef struct {
    uint64_t most_bytes; /* that this guest's arena may have */
    uint64_t bytes;      /* that it has */
    uint32_t launches_in_flight;
    uint32_t raw_ptx; /* whether it takes PTX from guests */
} gpu_info_t;

typedef struct {
    uint32_t code; /* gpu_trap_code; 0 is another one */
    uint32_t function;
    uint32_t offset;
    uint32_t thread;
} gpu_trap_t;

typedef enum {
    GPU_UNREACHABLE = 1,
    GPU_OUT_OF_BOUNDS_MEMORY,
    GPU_OUT_OF_BOUNDS_TABLE,
    GPU_UNINITIALIZED_ELEMENT,
    GPU_INDIRECT_CALL_TYPE,
    GPU_INTEGER_OVERFLOW,
    GPU_DIVIDE_BY_ZERO,
    GPU_INVALID_CONVERSION,
    GPU_STACK_EXHAUSTED,
    GPU_UNALIGNED_ATOMIC,
    GPU_INTERRUPTED,
    GPU_OUT_OF_FUEL,
    GPU_BARRIER_NOT_REACHED,
} gpu_trap_code;

/* An offset in the arena; kernels get it as a pointer. */
typedef uint32_t gpu_buffer;

/* The device, and the last error: as many bytes of text as there is room for; the
   result is how long the whole text is. */
GPU("name") int32_t gpu_name(char *text, uint32_t room);
GPU("error") int32_t gpu_error(char *text, uint32_t room);
GPU("info") int32_t gpu_info(gpu_info_t *info);

/* A multiple of 256, or an error. */
GPU("alloc") int64_t gpu_alloc(uint64_t bytes);
GPU("free") int32_t gpu_free(gpu_buffer at);
/* These wait for the launches before. */
GPU("read") int32_t gpu_read(gpu_buffer from, void *to, uint32_t length);
GPU("write") int32_t gpu_write(gpu_buffer to, const void *from, uint32_t length);
GPU("fill") int32_t gpu_fill(gpu_buffer at, uint32_t length, int32_t byte);

/* A kernel, or an error. */
GPU("kernel")
int32_t gpu_kernel(const void *module, uint32_t size, const char *name, uint32_t length);
GPU("kernel_named") int32_t gpu_kernel_named(const char *name, uint32_t length);
GPU("kernel_ptx")
int32_t gpu_kernel_ptx(const char *text, uint32_t size, const char *entry, uint32_t length);
GPU("kernel_drop") int32_t gpu_kernel_drop(int32_t kernel);

/* An event, or an error. Arguments are bytes without gaps, a tag before each: 1 or 5
   an i32, 2 or 6 an i64, 3 an f32, 4 an f64, 7 a pointer, which is an offset and a
   length of 4 bytes each. */
GPU("launch")
int32_t gpu_launch(int32_t kernel, uint32_t blocks_x, uint32_t blocks_y, uint32_t blocks_z,
                   uint32_t threads_x, uint32_t threads_y, uint32_t threads_z,
                   const void *arguments, uint32_t length);
GPU("launch_ptx")
int32_t gpu_launch_ptx(int32_t kernel, uint32_t blocks_x, uint32_t blocks_y, uint32_t blocks_z,
                       uint32_t threads_x, uint32_t threads_y, uint32_t threads_z,
                       uint32_t shared_bytes, const void *arguments, uint32_t length);

GPU("wait") int32_t gpu_wait(int32_t event);
/* 1 if it has ended, 0 if it has not. */
GPU("ready") int32_t gpu_ready(int32_t event);
GPU("cancel") int32_t gpu_cancel(int32_t event);
/* 1 if the launch ended with a trap. */
GPU("trap") int32_t gpu_trap(int32_t event, gpu_trap_t *trap);
GPU("event_drop") int32_t gpu_event_drop(int32_t event);

#endif
