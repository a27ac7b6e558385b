/* See text.h. */
#include "text.h"

void *memcpy(void *to, const void *from, size_t n) {
    return __builtin_memcpy(to, from, n);
}

void *memmove(void *to, const void *from, size_t n) {
    return __builtin_memmove(to, from, n);
}

void *memset(void *to, int byte, size_t n) {
    return __builtin_memset(to, byte, n);
}

int memcmp(const void *a, const void *b, size_t n) {
    const unsigned char *x = a, *y = b;
    for (size_t i = 0; i < n; i++)
        if (x[i] != y[i]) return x[i] < y[i] ? -1 : 1;
    return 0;
}

size_t strlen(const char *text) {
    size_t n = 0;
    while (text[n]) n++;
    return n;
}

bool is_text(const void *bytes, size_t n, const char *text) {
    return n == strlen(text) && memcmp(bytes, text, n) == 0;
}

void line_add(line_t *line, const char *text) {
    while (*text && line->len < sizeof line->text)
        line->text[line->len++] = *text++;
}

void line_number(line_t *line, uint64_t number) {
    char digits[21];
    char *first = digits + 20;
    *first = 0;
    do *--first = '0' + number % 10; while (number /= 10);
    line_add(line, first);
}
