/* What kernels in C have: their place in the grid, and a barrier.

   Each thread has its own stack and its own copies of globals in registers; what
   lies in memory is shared, `static` variables too. Memory from BUFFERS on is for
   a fixture's data. */
#ifndef GPU_H
#define GPU_H

#include <stddef.h>
#include <stdint.h>

#define GPU(name) __attribute__((import_module("gpu"), import_name(#name)))
/* A function that can be launched, or called. */
#define KERNEL(name) __attribute__((export_name(#name))) name

GPU(thread_id_x) uint32_t gpu_thread_x(void);
GPU(thread_id_y) uint32_t gpu_thread_y(void);
GPU(thread_id_z) uint32_t gpu_thread_z(void);
GPU(block_id_x) uint32_t gpu_block_x(void);
GPU(block_id_y) uint32_t gpu_block_y(void);
GPU(block_id_z) uint32_t gpu_block_z(void);
GPU(block_dim_x) uint32_t gpu_block_dim_x(void);
GPU(block_dim_y) uint32_t gpu_block_dim_y(void);
GPU(block_dim_z) uint32_t gpu_block_dim_z(void);
GPU(grid_dim_x) uint32_t gpu_grid_dim_x(void);
GPU(grid_dim_y) uint32_t gpu_grid_dim_y(void);
GPU(grid_dim_z) uint32_t gpu_grid_dim_z(void);
GPU(global_id_x) uint32_t gpu_id_x(void);
GPU(global_id_y) uint32_t gpu_id_y(void);
GPU(global_id_z) uint32_t gpu_id_z(void);
GPU(barrier) void gpu_barrier(void);

/* Beyond static data and the stack of calls: the first 256 KiB. */
#define BUFFERS 0x40000

#endif
