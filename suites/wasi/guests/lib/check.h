/* Checks. The first one that fails is said on standard error, with its line,
   what was called, what was wanted and what came; then the program ends with
   exit code CHECK_FAILED (in preview 2 and 3, where `run` has no exit code of
   its own, with an error). What says and ends stands with each preview. */
#ifndef CHECK_H
#define CHECK_H

#include "text.h"

enum { CHECK_FAILED = 99 };

/* Writes to standard error and ends the program; see above. */
_Noreturn void give_up(const line_t *line);

/* The name of an error code, or null if this preview's list has none. */
const char *error_name(uint64_t code);

_Noreturn void check_failed(const char *file, int line, const char *what, const char *wanted);
void check_equal(const char *file, int line, const char *what, uint64_t came, uint64_t wanted);
void check_error(const char *file, int line, const char *what, uint64_t came, uint64_t wanted, uint64_t or_else);

/* A condition that must hold. */
#define HOLDS(condition) \
    ((condition) ? (void)0 : check_failed(__FILE_NAME__, __LINE__, #condition, "wanted it to hold"))
/* Two numbers that must be the same. */
#define EQUAL(came, wanted) \
    check_equal(__FILE_NAME__, __LINE__, #came, (uint64_t)(came), (uint64_t)(wanted))
/* A call that must give this error code; EITHER allows a second. */
#define WANT(call, error) EITHER(call, error, error)
#define EITHER(call, error, or_else) \
    check_error(__FILE_NAME__, __LINE__, #call, (uint64_t)(call), (uint64_t)(error), (uint64_t)(or_else))

#endif
