/* first-byte-timeout: a server that takes the connection and says nothing. The
   request fails when the time is over, not before and not much later. */
#include "slow.h"

void test(void) {
    tcp_t listener = tcp_listener();
    options_t options = HTTP(constructor_request_options)();
    uint64_t timeout = 200 * MS;
    future_t future;
    response_t response;
    HOLDS(HTTP(method_request_options_set_first_byte_timeout)(OPTIONS(options), &timeout));
    request_t request = new_request(METHOD(GET), address_of(listener), "/", HTTP(constructor_fields)());
    uint64_t before = now();
    OK(start(request, &options, &future));
    connection_t silent = accept_request(listener);
    bool went = finish(future, &response);
    uint64_t took = now() - before;
    REFUSED2(went, HTTP_ERROR(CONNECTION_READ_TIMEOUT), HTTP_ERROR(HTTP_RESPONSE_TIMEOUT));
    HOLDS(took >= timeout);
    HOLDS(took < 5000 * MS);
    close_connection(silent);
}
