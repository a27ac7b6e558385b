/* Gets and gives back blocks of memory in random order, through an allocator of
   its own: first fit in a list sorted by address, neighbours joined when they
   are given back. Input: steps, most blocks at a time, largest block in
   bytes, seed. What is written to blocks is read back, so the answer does not
   depend on where they lie. */
#include "bench.h"

enum { HEAP = 4 << 20, MOST_BLOCKS = 4096, ALIGN = 16 };

/* Stands before every block, free or not. */
typedef struct header { uint32_t size; struct header *next; uint32_t unused[2]; } header_t;
_Static_assert(sizeof(header_t) == ALIGN, "layout");

typedef struct { uint8_t *bytes; uint32_t size; uint8_t mark; } block_t;

static _Alignas(ALIGN) uint8_t heap[HEAP];
static header_t *free_list;
static block_t blocks[MOST_BLOCKS];
static uint32_t steps, most_blocks, largest;
static uint64_t state, hash = FNV_START;
static uint64_t taken, given_back, live, peak;

static void heap_start(void) {
    free_list = (header_t *)heap;
    free_list->size = HEAP;
    free_list->next = 0;
}

static void *allocate(uint32_t size) {
    uint32_t needed = (size + (uint32_t)sizeof(header_t) + ALIGN - 1) & ~(uint32_t)(ALIGN - 1);
    for (header_t **link = &free_list; *link; link = &(*link)->next) {
        header_t *found = *link;
        if (found->size < needed) continue;
        if (found->size - needed >= 2 * sizeof(header_t)) {
            header_t *rest = (header_t *)((uint8_t *)found + needed);
            rest->size = found->size - needed;
            rest->next = found->next;
            found->size = needed;
            *link = rest;
        } else {
            *link = found->next;
        }
        return found + 1;
    }
    return 0;
}

static bool touches(const header_t *low, const header_t *high) {
    return (const uint8_t *)low + low->size == (const uint8_t *)high;
}

static void release(void *bytes) {
    header_t *block = (header_t *)bytes - 1;
    header_t *before = 0, *after = free_list;
    while (after && after < block) {
        before = after;
        after = after->next;
    }
    block->next = after;
    if (after && touches(block, after)) {
        block->size += after->size;
        block->next = after->next;
    }
    if (!before) {
        free_list = block;
    } else if (touches(before, block)) {
        before->size += block->size;
        before->next = block->next;
    } else {
        before->next = block;
    }
}

static void take(block_t *block) {
    /* Small ones are frequent, as in programs. */
    uint32_t number = random_next(&state);
    block->size = 1 + number % (1 + random_next(&state) % largest);
    block->mark = (uint8_t)random_next(&state);
    block->bytes = allocate(block->size);
    if (!block->bytes) give_up("the heap is full");
    for (uint32_t i = 0; i < block->size; i++) block->bytes[i] = (uint8_t)(block->mark + i);
    taken++;
    live += block->size;
    if (live > peak) peak = live;
}

static void give(block_t *block) {
    uint32_t sum = 0;
    for (uint32_t i = 0; i < block->size; i++) sum = sum * 31 + block->bytes[i];
    hash = fnv_u32(hash, sum);
    release(block->bytes);
    live -= block->size;
    block->bytes = 0;
    given_back++;
}

void prepare(void) {
    steps = next_number(100000000);
    most_blocks = next_number(MOST_BLOCKS);
    largest = next_number(HEAP);
    if (!most_blocks || !largest) give_up("there must be blocks");
    state = random_seed(next_number(UINT32_MAX));
}

void work(void) {
    heap_start();
    for (uint32_t i = 0; i < steps; i++) {
        block_t *block = &blocks[random_next(&state) % most_blocks];
        if (block->bytes) give(block);
        else take(block);
    }
    for (uint32_t i = 0; i < most_blocks; i++) {
        if (blocks[i].bytes) give(&blocks[i]);
    }
}

void answer(void) {
    /* All was given back and joined, or the allocator is wrong. */
    bool whole = free_list == (header_t *)heap && free_list->size == HEAP && !free_list->next;
    print("taken ");
    print_number(taken);
    print("\ngiven back ");
    print_number(given_back);
    print("\npeak ");
    print_number(peak);
    print("\nhash ");
    print_hex(hash, 16);
    print(whole ? "\nwhole\n" : "\nin pieces\n");
}
