/* See bench.h. */
#include "bench.h"

#define WASI(name) __attribute__((import_module("wasi_snapshot_preview1"), import_name(#name)))
#define BENCH(name) __attribute__((import_module("bench"), import_name(#name)))

typedef struct { void *data; uint32_t length; } iovec_t;
typedef struct { const void *data; uint32_t length; } ciovec_t;

WASI(environ_get) uint32_t environ_get(char **variables, char *text);
WASI(environ_sizes_get) uint32_t environ_sizes_get(uint32_t *count, uint32_t *size);
WASI(fd_read) uint32_t fd_read(uint32_t fd, const iovec_t *to, uint32_t count, uint32_t *n);
WASI(fd_seek) uint32_t fd_seek(uint32_t fd, int64_t offset, uint32_t whence, uint64_t *position);
WASI(fd_write) uint32_t fd_write(uint32_t fd, const ciovec_t *from, uint32_t count, uint32_t *n);
WASI(path_open) uint32_t path_open(
    uint32_t folder, uint32_t follow, const char *path, size_t length, uint32_t oflags,
    uint64_t rights, uint64_t inheriting, uint32_t fdflags, uint32_t *fd);
WASI(proc_exit) _Noreturn void proc_exit(uint32_t code);
BENCH(start) void bench_start(void);
BENCH(end) void bench_end(void);

enum { STDOUT = 1, STDERR = 2, FOLDER = 3 };
enum { RIGHT_READ = 1 << 1, RIGHT_SEEK = 1 << 2 };
enum { MOST_INPUT = 128 << 10, MOST_OUTPUT = 4 << 10, MOST_ENVIRONMENT = 16 << 10 };

static char given[MOST_INPUT + 1];
static size_t given_length, given_at;
static bool was_read;
static char printed[MOST_OUTPUT];
static uint32_t printed_length;

__attribute__((export_name("_start"))) void _start(void) {
    prepare();
    bench_start();
    work();
    bench_end();
    answer();
    write_all(printed, printed_length);
}

static size_t length_of(const char *text) {
    size_t length = 0;
    while (text[length]) length++;
    return length;
}

void give_up(const char *why) {
    ciovec_t parts[2] = {{why, length_of(why)}, {"\n", 1}};
    uint32_t n;
    fd_write(STDERR, parts, 2, &n);
    proc_exit(1);
}

static bool starts_with(const char *text, const char *start) {
    while (*start) {
        if (*text++ != *start++) return false;
    }
    return true;
}

static bool is_small(void) {
    static char text[MOST_ENVIRONMENT];
    static char *variables[MOST_ENVIRONMENT / 2];
    uint32_t count, size;
    if (environ_sizes_get(&count, &size)) give_up("environ_sizes_get failed");
    if (size > sizeof text || count > sizeof variables / sizeof *variables) give_up("a large environment");
    if (environ_get(variables, text)) give_up("environ_get failed");
    for (uint32_t i = 0; i < count; i++) {
        if (starts_with(variables[i], "WASM_BENCH_USE_SMALL_WORKLOAD=")) return true;
    }
    return false;
}

uint32_t open_input(void) {
    const char *name = is_small() ? "./small.input" : "./default.input";
    uint32_t file;
    if (path_open(FOLDER, 1, name, length_of(name), 0, RIGHT_READ | RIGHT_SEEK, 0, 0, &file)) {
        give_up("cannot open the input");
    }
    return file;
}

uint32_t read_some(uint32_t file, void *bytes, uint32_t length) {
    iovec_t part = {bytes, length};
    uint32_t n = 0;
    if (fd_read(file, &part, 1, &n)) give_up("cannot read the input");
    return n;
}

void rewind_file(uint32_t file) {
    uint64_t position;
    if (fd_seek(file, 0, 0, &position)) give_up("cannot seek in the input");
}

void write_all(const void *bytes, uint32_t length) {
    const char *from = bytes;
    while (length) {
        ciovec_t part = {from, length};
        uint32_t n = 0;
        if (fd_write(STDOUT, &part, 1, &n) || !n || n > length) give_up("cannot write the output");
        from += n;
        length -= n;
    }
}

const char *input(size_t *length) {
    if (!was_read) {
        uint32_t file = open_input(), n;
        while ((n = read_some(file, given + given_length, MOST_INPUT + 1 - given_length))) {
            given_length += n;
            if (given_length > MOST_INPUT) give_up("the input is too large");
        }
        was_read = true;
    }
    *length = given_length;
    return given;
}

uint32_t next_number(uint32_t most) {
    size_t length;
    const char *text = input(&length);
    while (given_at < length && (text[given_at] == ' ' || text[given_at] == '\n')) given_at++;
    uint64_t number = 0;
    size_t digits = 0;
    while (given_at < length && text[given_at] >= '0' && text[given_at] <= '9') {
        number = number * 10 + (uint64_t)(text[given_at++] - '0');
        if (++digits > 10) give_up("a number in the input is too large");
    }
    if (!digits) give_up("the input lacks a number");
    if (number > most) give_up("a number in the input is too large");
    return (uint32_t)number;
}

const char *rest_of_input(size_t *length) {
    size_t whole;
    const char *text = input(&whole);
    while (given_at < whole && text[given_at] != '\n') given_at++;
    if (given_at < whole) given_at++;
    *length = whole - given_at;
    return text + given_at;
}

void print(const char *text) {
    for (; *text; text++) {
        if (printed_length == MOST_OUTPUT) give_up("too much output");
        printed[printed_length++] = *text;
    }
}

void print_number(uint64_t number) {
    char digits[21] = {0};
    int at = 20;
    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number);
    print(digits + at);
}

void print_hex(uint64_t number, int digits) {
    char text[17] = {0};
    for (int i = 0; i < digits; i++) text[i] = "0123456789abcdef"[(number >> (4 * (digits - 1 - i))) & 15];
    print(text);
}
