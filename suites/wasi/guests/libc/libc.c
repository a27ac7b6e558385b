/* Memory for the bindings: blocks one behind the other. Only the last one can
   be given back, which is enough for a program that reads a lot and frees each
   piece before the next. */
#include <stdint.h>
#include "stdlib.h"
#include "string.h"

enum { PAGE = 65536, ALIGN = 16 };

extern unsigned char __heap_base;
static uintptr_t next, last;

void abort(void) { __builtin_trap(); }

void *malloc(size_t size) {
    if (!next) next = (uintptr_t)&__heap_base;
    /* The size stands before the block, for realloc. */
    uintptr_t block = ((next + sizeof(size_t) + ALIGN - 1) & ~(uintptr_t)(ALIGN - 1));
    uintptr_t end = block + size;
    uintptr_t have = __builtin_wasm_memory_size(0) * PAGE;
    if (end < block) abort();
    if (end > have && __builtin_wasm_memory_grow(0, (end - have + PAGE - 1) / PAGE) == (size_t)-1) abort();
    ((size_t *)block)[-1] = size;
    next = end;
    last = block;
    return (void *)block;
}

void free(void *block) {
    if (block && (uintptr_t)block == last) {
        next = last - sizeof(size_t);
        last = 0;
    }
}

void *realloc(void *old, size_t size) {
    if (!old) return malloc(size);
    size_t before = ((size_t *)old)[-1];
    if (size <= before) return old;
    void *block = malloc(size);
    memcpy(block, old, before);
    return block;
}
