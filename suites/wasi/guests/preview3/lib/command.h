/* What every preview 3 command starts with: it defines `test`, which returns
   when all is as it should be. The bindings are generated from WIT. */
#ifndef COMMAND_H
#define COMMAND_H

#include <bindings.h>
#include "check.h"

void test(void);
/* What `run` returns after it; a program may make it an error. */
extern bool run_succeeds;
/* Ends the program after a check has failed. */
_Noreturn void stop(void);

/* Where calls put their error code; each interface has a type of its own, and
   all begin with the code. */
typedef union {
    uint8_t tag;
    wasi_filesystem_types_error_code_t fs;
    wasi_sockets_types_error_code_t socket;
    wasi_sockets_ip_name_lookup_error_code_t lookup;
    wasi_http_types_error_code_t http;
    wasi_http_types_header_error_t header;
} error_t;
extern error_t err;

enum { SUCCESS = 255 };
#define RESULT(call) ((call) ? SUCCESS : err.tag)
/* A call that must succeed, and one that must fail so. */
#define OK(call) check_error(__FILE_NAME__, __LINE__, #call, RESULT(call), SUCCESS, SUCCESS)
#define REFUSED(call, error) \
    check_error(__FILE_NAME__, __LINE__, #call, RESULT(call), error, error)
#define REFUSED2(call, error, or_else) \
    check_error(__FILE_NAME__, __LINE__, #call, RESULT(call), error, or_else)

/* A string for an argument. */
#define STR(text) (&(bindings_string_t){(uint8_t *)(text), strlen(text)})
#define SAME(string, text) is_text((string).ptr, (string).len, text)

/* The two ends of a stream of bytes; they are the same in every interface. */
typedef wasi_cli_stdin_stream_u8_t reader_t;
typedef wasi_cli_stdin_stream_u8_writer_t writer_t;

/* Waits until an operation on a waitable has ended; gives back its status. */
uint32_t await(uint32_t waitable, uint32_t status);
reader_t new_stream(writer_t *writer);
/* Writes all of it; gives back how much was taken before the reader went. */
size_t write_stream(writer_t writer, const void *bytes, size_t len);
/* Reads until the writer goes or the buffer is full. */
size_t read_stream(reader_t reader, void *buffer, size_t room);
void close_writer(writer_t writer);
void close_reader(reader_t reader);
/* Writes to standard output and waits until it is there. */
void print(const char *text);

/* Whether a future of `result<_, error-code>` becomes a success; `err` says
   what it was if not. PREFIX is that of the interface, MEMBER that of `err`. */
#define FUTURE(name, prefix, member)                                                     \
    static inline bool name(prefix##_future_result_void_error_code_t future) {           \
        prefix##_result_void_error_code_t result;                                        \
        uint32_t status = await(future, prefix##_future_result_void_error_code_read(future, &result)); \
        EQUAL(BINDINGS_WAITABLE_STATE(status), BINDINGS_WAITABLE_COMPLETED);             \
        prefix##_future_result_void_error_code_drop_readable(future);                    \
        if (result.is_err) member = result.val.err;                                      \
        return !result.is_err;                                                           \
    }

#endif
