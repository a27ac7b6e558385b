/* What every preview 2 command starts with: it defines `test`, which returns
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

/* Where calls put their error code, and what RESULT gives when there is none. */
extern uint8_t err;
enum { SUCCESS = 255 };
#define RESULT(call) ((call) ? SUCCESS : err)
/* A call that must succeed, and one that must fail so. */
#define OK(call) check_error(__FILE_NAME__, __LINE__, #call, RESULT(call), SUCCESS, SUCCESS)
#define REFUSED(call, error) \
    check_error(__FILE_NAME__, __LINE__, #call, RESULT(call), error, error)
#define REFUSED2(call, error, or_else) \
    check_error(__FILE_NAME__, __LINE__, #call, RESULT(call), error, or_else)

/* The same for streams, whose errors are values. */
typedef wasi_io_streams_own_input_stream_t input_t;
typedef wasi_io_streams_own_output_stream_t output_t;
typedef wasi_io_poll_own_pollable_t pollable_t;
extern wasi_io_streams_stream_error_t stream_err;
#define CLOSED WASI_IO_STREAMS_STREAM_ERROR_CLOSED
#define FAILED WASI_IO_STREAMS_STREAM_ERROR_LAST_OPERATION_FAILED
#define STREAM_RESULT(call) ((call) ? SUCCESS : stream_err.tag)
#define STREAM_OK(call) \
    check_error(__FILE_NAME__, __LINE__, #call, STREAM_RESULT(call), SUCCESS, SUCCESS)
#define STREAM_REFUSED(call, error) \
    check_error(__FILE_NAME__, __LINE__, #call, STREAM_RESULT(call), error, error)
#define INPUT(name) wasi_io_streams_method_input_stream_##name
#define OUTPUT(name) wasi_io_streams_method_output_stream_##name
#define IN(stream) wasi_io_streams_borrow_input_stream(stream)
#define OUT(stream) wasi_io_streams_borrow_output_stream(stream)

/* A string for an argument. */
#define STR(text) (&(bindings_string_t){(uint8_t *)(text), strlen(text)})
#define BYTES(text) (&(bindings_list_u8_t){(uint8_t *)(text), strlen(text)})
#define SAME(string, text) is_text((string).ptr, (string).len, text)

/* Waits, and drops what was waited for. */
void block_on(pollable_t pollable);
/* Writes all of it, waiting where need be. */
void write_out(output_t stream, const char *text, size_t len);
/* Reads until the end or the buffer is full. */
size_t read_in(input_t stream, void *buffer, size_t room);
/* Writes to standard output. */
void print(const char *text);

#endif
