/* wasi:sockets/ip-name-lookup, with names that need no name server: literal
   addresses, this host, a name that cannot be one. */
#include "sockets.h"

#define LOOKUP_ERROR(name) WASI_SOCKETS_IP_NAME_LOOKUP_ERROR_CODE_##name
typedef wasi_sockets_ip_name_lookup_list_ip_address_t found_t;

static bool lookup(const char *name, found_t *found) {
    return wasi_sockets_ip_name_lookup_resolve_addresses(STR(name), found, &err.lookup);
}

static bool is_loopback(wasi_sockets_types_ip_address_t ip) {
    static const uint8_t four[4] = {127, 0, 0, 1};
    if (ip.tag == V4) return memcmp(&ip.val.ipv4, four, 4) == 0;
    address_t one = v6(0);
    return memcmp(&ip.val.ipv6, &one.val.ipv6.address, 16) == 0;
}

void test(void) {
    found_t found;
    const char *literals[] = {"127.0.0.1", "::1"};
    for (int i = 0; i < 2; i++) {
        OK(lookup(literals[i], &found));
        EQUAL(found.len, 1);
        EQUAL(found.ptr[0].tag, i);
        HOLDS(is_loopback(found.ptr[0]));
    }
    OK(lookup("localhost", &found));
    HOLDS(found.len > 0);
    for (size_t i = 0; i < found.len; i++) HOLDS(is_loopback(found.ptr[i]));
    const char *malformed[] = {"", "example.com:80", "http://example.com/", "a b"};
    for (int i = 0; i < 4; i++)
        REFUSED2(lookup(malformed[i], &found), LOOKUP_ERROR(INVALID_ARGUMENT), LOOKUP_ERROR(NAME_UNRESOLVABLE));
}
