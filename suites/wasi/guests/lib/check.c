/* See check.h. */
#include "check.h"

static line_t start(const char *file, int number, const char *what) {
    line_t line = {.len = 0};
    line_add(&line, file);
    line_add(&line, ":");
    line_number(&line, (uint64_t)number);
    line_add(&line, ": ");
    line_add(&line, what);
    line_add(&line, ": ");
    return line;
}

static void add_error(line_t *line, uint64_t code) {
    const char *name = error_name(code);
    if (name) {
        line_add(line, name);
        line_add(line, " ");
    }
    line_add(line, "(");
    line_number(line, code);
    line_add(line, ")");
}

void check_failed(const char *file, int number, const char *what, const char *wanted) {
    line_t line = start(file, number, what);
    line_add(&line, wanted);
    line_add(&line, "\n");
    give_up(&line);
}

void check_equal(const char *file, int number, const char *what, uint64_t came, uint64_t wanted) {
    if (came == wanted) return;
    line_t line = start(file, number, what);
    line_add(&line, "wanted ");
    line_number(&line, wanted);
    line_add(&line, ", came ");
    line_number(&line, came);
    line_add(&line, "\n");
    give_up(&line);
}

void check_error(const char *file, int number, const char *what, uint64_t came, uint64_t wanted, uint64_t or_else) {
    if (came == wanted || came == or_else) return;
    line_t line = start(file, number, what);
    line_add(&line, "wanted ");
    add_error(&line, wanted);
    if (or_else != wanted) {
        line_add(&line, " or ");
        add_error(&line, or_else);
    }
    line_add(&line, ", came ");
    add_error(&line, came);
    line_add(&line, "\n");
    give_up(&line);
}
