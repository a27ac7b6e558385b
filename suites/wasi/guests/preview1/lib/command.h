/* What every preview 1 program starts with: it defines `test`, which returns
   when all is as it should be. */
#ifndef COMMAND_H
#define COMMAND_H

#include "check.h"
#include "wasi.h"

void test(void);

/* The first preopen. Standard input, output and error are 0, 1 and 2. */
#define ROOT 3
/* No program opens this many. */
#define NO_SUCH_FD 4711

/* A path is a pointer and a length. */
#define PATH(text) (text), sizeof(text) - 1

/* Opens relative to ROOT with all rights that reading and writing need. */
errno_t open_at(const char *path, uint32_t oflags, uint32_t fdflags, fd_t *fd);
/* The same, and it must succeed. */
fd_t must_open(const char *path, uint32_t oflags, uint32_t fdflags);
/* Writes all of the text, or fails. */
void write_text(fd_t fd, const char *text);
/* Reads until there is no more or the buffer is full. */
size_t read_all(fd_t fd, void *buffer, size_t room);

#endif
