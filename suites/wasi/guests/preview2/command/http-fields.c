/* wasi:http/types: fields, and the parts of a request that can be set. Nothing
   is sent. */
#include "http.h"

#define INVALID WASI_HTTP_TYPES_HEADER_ERROR_INVALID_SYNTAX
#define FORBIDDEN WASI_HTTP_TYPES_HEADER_ERROR_FORBIDDEN
#define IMMUTABLE WASI_HTTP_TYPES_HEADER_ERROR_IMMUTABLE

static HTTP(header_error_t) wrong;

static bool append(fields_t fields, const char *name, const char *text) {
    HTTP(field_value_t) value = FIELD(text);
    bool went = HTTP(method_fields_append)(F(fields), STR(name), &value, &wrong);
    err = wrong.tag;
    return went;
}

static void parts_of_a_request(void) {
    fields_t headers = HTTP(constructor_fields)();
    HOLDS(append(headers, "x-probe", "1"));
    request_t request = HTTP(constructor_outgoing_request)(headers);
    bindings_string_t text;
    HTTP(method_t) method;
    HTTP(scheme_t) scheme;
    HTTP(method_outgoing_request_method)(REQUEST(request), &method);
    EQUAL(method.tag, METHOD(GET));
    HOLDS(!HTTP(method_outgoing_request_path_with_query)(REQUEST(request), &text));
    HOLDS(!HTTP(method_outgoing_request_scheme)(REQUEST(request), &scheme));
    HOLDS(!HTTP(method_outgoing_request_authority)(REQUEST(request), &text));

    method = (HTTP(method_t)){.tag = METHOD(OTHER), .val.other = *STR("PURGE")};
    HOLDS(HTTP(method_outgoing_request_set_method)(REQUEST(request), &method));
    HTTP(method_outgoing_request_method)(REQUEST(request), &method);
    HOLDS(method.tag == METHOD(OTHER) && SAME(method.val.other, "PURGE"));
    method.val.other = *STR("no method");
    HOLDS(!HTTP(method_outgoing_request_set_method)(REQUEST(request), &method));

    HOLDS(HTTP(method_outgoing_request_set_path_with_query)(REQUEST(request), STR("/a/b?c=d&e")));
    HOLDS(HTTP(method_outgoing_request_path_with_query)(REQUEST(request), &text));
    HOLDS(SAME(text, "/a/b?c=d&e"));
    HOLDS(!HTTP(method_outgoing_request_set_path_with_query)(REQUEST(request), STR("/a\nb")));
    HOLDS(HTTP(method_outgoing_request_set_authority)(REQUEST(request), STR("example.com:8080")));
    HOLDS(HTTP(method_outgoing_request_authority)(REQUEST(request), &text));
    HOLDS(SAME(text, "example.com:8080"));
    HOLDS(!HTTP(method_outgoing_request_set_authority)(REQUEST(request), STR("exa mple")));
    scheme = (HTTP(scheme_t)){.tag = WASI_HTTP_TYPES_SCHEME_HTTPS};
    HOLDS(HTTP(method_outgoing_request_set_scheme)(REQUEST(request), &scheme));
    HOLDS(HTTP(method_outgoing_request_scheme)(REQUEST(request), &scheme));
    EQUAL(scheme.tag, WASI_HTTP_TYPES_SCHEME_HTTPS);

    /* Its headers can be read, and are no longer ours to change. */
    headers = HTTP(method_outgoing_request_headers)(REQUEST(request));
    HOLDS(has_field(headers, "x-probe", "1"));
    REFUSED(append(headers, "x-probe", "2"), IMMUTABLE);
}

void test(void) {
    fields_t fields = HTTP(constructor_fields)();
    HOLDS(append(fields, "X-One", "1"));
    HOLDS(append(fields, "x-two", "2"));
    HOLDS(append(fields, "x-ONE", "another"));
    HOLDS(HTTP(method_fields_has)(F(fields), STR("x-one")));
    HOLDS(!HTTP(method_fields_has)(F(fields), STR("x-three")));

    /* Names do not differ by case; values stay in order. */
    HTTP(list_field_value_t) values;
    HTTP(method_fields_get)(F(fields), STR("x-oNe"), &values);
    EQUAL(values.len, 2);
    HOLDS(is_text(values.ptr[0].ptr, values.ptr[0].len, "1"));
    HOLDS(is_text(values.ptr[1].ptr, values.ptr[1].len, "another"));
    HTTP(method_fields_get)(F(fields), STR("x-three"), &values);
    EQUAL(values.len, 0);
    HTTP(list_tuple2_field_name_field_value_t) entries;
    HTTP(method_fields_entries)(F(fields), &entries);
    EQUAL(entries.len, 3);

    fields_t copy = HTTP(method_fields_clone)(F(fields));
    HTTP(field_value_t) only = FIELD("only");
    HTTP(list_field_value_t) one = {&only, 1};
    HOLDS(HTTP(method_fields_set)(F(copy), STR("x-one"), &one, &wrong));
    HOLDS(has_field(copy, "X-ONE", "only"));
    HOLDS(!has_field(fields, "x-one", "only"));
    HOLDS(HTTP(method_fields_delete)(F(copy), STR("x-One"), &wrong));
    HOLDS(!HTTP(method_fields_has)(F(copy), STR("x-one")));
    HOLDS(HTTP(method_fields_delete)(F(copy), STR("x-never-was"), &wrong));
    HOLDS(HTTP(method_fields_has)(F(fields), STR("x-one")));

    HTTP(tuple2_field_name_field_value_t) list[] = {{*STR("a"), FIELD("1")}, {*STR("b"), FIELD("2")}};
    HTTP(list_tuple2_field_name_field_value_t) from = {list, 2};
    HOLDS(HTTP(static_fields_from_list)(&from, &copy, &wrong));
    HOLDS(has_field(copy, "a", "1") && has_field(copy, "b", "2"));
    list[1].f0 = *STR("b ad");
    HOLDS(!HTTP(static_fields_from_list)(&from, &copy, &wrong));
    EQUAL(wrong.tag, INVALID);

    REFUSED(append(fields, "", "1"), INVALID);
    REFUSED(append(fields, "with space", "1"), INVALID);
    REFUSED(append(fields, "x:y", "1"), INVALID);
    REFUSED(append(fields, "x-ok", "line\nbreak"), INVALID);
    REFUSED(append(fields, "x-ok", "split\r\nX-Injected: 1"), INVALID);
    HOLDS(!HTTP(method_fields_has)(F(fields), STR("x-injected")));
    /* The runtime itself decides about the connection. */
    const char *forbidden[] = {"connection", "Keep-Alive", "transfer-encoding", "Upgrade", "host"};
    for (int i = 0; i < 5; i++) REFUSED(append(fields, forbidden[i], "1"), FORBIDDEN);

    parts_of_a_request();

    options_t options = HTTP(constructor_request_options)();
    uint64_t time = 5000000, got = 0;
    HOLDS(!HTTP(method_request_options_connect_timeout)(OPTIONS(options), &got));
    HOLDS(HTTP(method_request_options_set_connect_timeout)(OPTIONS(options), &time));
    HOLDS(HTTP(method_request_options_connect_timeout)(OPTIONS(options), &got) && got == time);
    HOLDS(HTTP(method_request_options_set_first_byte_timeout)(OPTIONS(options), &time));
    HOLDS(HTTP(method_request_options_first_byte_timeout)(OPTIONS(options), &got) && got == time);
    HOLDS(HTTP(method_request_options_set_between_bytes_timeout)(OPTIONS(options), &time));
    HOLDS(HTTP(method_request_options_between_bytes_timeout)(OPTIONS(options), &got) && got == time);
    HOLDS(HTTP(method_request_options_set_between_bytes_timeout)(OPTIONS(options), 0));
    HOLDS(!HTTP(method_request_options_between_bytes_timeout)(OPTIONS(options), &got));
}
