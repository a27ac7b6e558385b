/* The little of a C library that the programs need. They are built without
   one, so that nothing calls WASI but what a program says. */
#ifndef TEXT_H
#define TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The compiler calls these by itself. */
void *memcpy(void *to, const void *from, size_t n);
void *memmove(void *to, const void *from, size_t n);
void *memset(void *to, int byte, size_t n);
int memcmp(const void *a, const void *b, size_t n);
size_t strlen(const char *text);

/* Whether `n` bytes are this text, no more and no less. */
bool is_text(const void *bytes, size_t n, const char *text);

/* A line of text, cut off where the room ends. */
typedef struct { char text[512]; size_t len; } line_t;
void line_add(line_t *line, const char *text);
void line_number(line_t *line, uint64_t number);

#endif
