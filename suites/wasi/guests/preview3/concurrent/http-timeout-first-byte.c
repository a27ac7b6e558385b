/* first-byte-timeout: a server that takes the connection and says nothing. The
   request fails when the time is over, not before and not much later. */
#include "sending.h"
#include "slow.h"

void test(void) {
    accepted_t accepted;
    tcp_t listener = tcp_listener(&accepted);
    options_t options = HTTP(constructor_request_options)();
    HTTP(request_options_error_t) wrong;
    uint64_t timeout = 200 * MS;
    sending_t sending;
    response_t response;
    HOLDS(HTTP(method_request_options_set_first_byte_timeout)(OPTIONS(options), &timeout, &wrong));
    request_t request = new_request(METHOD(GET), address_of(listener), "/", HTTP(constructor_fields)(), 0, &options);
    uint64_t before = now();
    start(request, &sending);
    connection_t silent = accept_request(accepted);
    bool went = finish(&sending, &response);
    uint64_t took = now() - before;
    REFUSED2(went, HTTP_ERROR(CONNECTION_READ_TIMEOUT), HTTP_ERROR(HTTP_RESPONSE_TIMEOUT));
    HOLDS(took >= timeout);
    HOLDS(took < 5000 * MS);
    close_connection(silent);
}
