/* A slow HTTP server inside the program that is its own client: a listener,
   and the bytes it sends when the test says so. */
#ifndef SLOW_H
#define SLOW_H

#include "http.h"
#include "sockets.h"

#define MS 1000000ull

/* `127.0.0.1:port` of a listener. */
bindings_string_t address_of(tcp_t listener);
/* Accepts one connection and reads a request's head. */
connection_t accept_request(tcp_t listener);
uint64_t now(void);

#endif
