/* wasi:sockets/ip-name-lookup, with names that need no name server: literal
   addresses, this host, a name that cannot be one. */
#include "sockets.h"

typedef wasi_sockets_ip_name_lookup_own_resolve_address_stream_t lookup_t;
typedef wasi_sockets_network_ip_address_t ip_t;

static bool next(lookup_t lookup, ip_t *ip, bool *more) {
    wasi_sockets_ip_name_lookup_option_ip_address_t found;
    wasi_sockets_ip_name_lookup_borrow_resolve_address_stream_t stream =
        wasi_sockets_ip_name_lookup_borrow_resolve_address_stream(lookup);
    while (!wasi_sockets_ip_name_lookup_method_resolve_address_stream_resolve_next_address(stream, &found, &err)) {
        if (err != SOCKET_ERROR(WOULD_BLOCK)) return false;
        block_on(wasi_sockets_ip_name_lookup_method_resolve_address_stream_subscribe(stream));
    }
    *more = found.is_some;
    if (found.is_some) *ip = found.val;
    return true;
}

static bool lookup(const char *name, lookup_t *result) {
    return wasi_sockets_ip_name_lookup_resolve_addresses(network(), STR(name), result, &err);
}

static bool is_loopback(ip_t ip) {
    static const uint8_t four[4] = {127, 0, 0, 1};
    if (ip.tag == V4) return memcmp(&ip.val.ipv4, four, 4) == 0;
    address_t one = v6(0);
    return memcmp(&ip.val.ipv6, &one.val.ipv6.address, 16) == 0;
}

void test(void) {
    lookup_t found;
    ip_t ip;
    bool more;
    const char *literals[] = {"127.0.0.1", "::1"};
    for (int i = 0; i < 2; i++) {
        OK(lookup(literals[i], &found));
        OK(next(found, &ip, &more));
        HOLDS(more);
        EQUAL(ip.tag, i);
        HOLDS(is_loopback(ip));
        OK(next(found, &ip, &more));
        HOLDS(!more);
    }
    OK(lookup("localhost", &found));
    int count = 0;
    for (;;) {
        OK(next(found, &ip, &more));
        if (!more) break;
        HOLDS(is_loopback(ip));
        count++;
    }
    HOLDS(count > 0);
    const char *malformed[] = {"", "example.com:80", "http://example.com/", "a b"};
    for (int i = 0; i < 4; i++) {
        bool went = lookup(malformed[i], &found);
        if (went) went = next(found, &ip, &more);
        REFUSED2(went, SOCKET_ERROR(INVALID_ARGUMENT), SOCKET_ERROR(NAME_UNRESOLVABLE));
    }
}
