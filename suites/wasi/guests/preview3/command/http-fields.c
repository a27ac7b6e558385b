/* wasi:http/types: fields, and the parts of a request that can be set. Nothing
   is sent. */
#include "http.h"

#define INVALID WASI_HTTP_TYPES_HEADER_ERROR_INVALID_SYNTAX
#define FORBIDDEN WASI_HTTP_TYPES_HEADER_ERROR_FORBIDDEN
#define IMMUTABLE WASI_HTTP_TYPES_HEADER_ERROR_IMMUTABLE

static bool append(fields_t fields, const char *name, const char *text) {
    HTTP(field_value_t) value = FIELD(text);
    return HTTP(method_fields_append)(F(fields), STR(name), &value, &err.header);
}

static void parts_of_a_request(void) {
    fields_t headers = HTTP(constructor_fields)();
    OK(append(headers, "x-probe", "1"));
    options_t options = HTTP(constructor_request_options)();
    uint64_t time = 5000000, got = 0;
    HTTP(request_options_error_t) wrong;
    HOLDS(!HTTP(method_request_options_get_connect_timeout)(OPTIONS(options), &got));
    HOLDS(HTTP(method_request_options_set_connect_timeout)(OPTIONS(options), &time, &wrong));
    HOLDS(HTTP(method_request_options_get_connect_timeout)(OPTIONS(options), &got) && got == time);
    HOLDS(HTTP(method_request_options_set_first_byte_timeout)(OPTIONS(options), &time, &wrong));
    HOLDS(HTTP(method_request_options_get_first_byte_timeout)(OPTIONS(options), &got) && got == time);
    HOLDS(HTTP(method_request_options_set_between_bytes_timeout)(OPTIONS(options), &time, &wrong));
    HOLDS(HTTP(method_request_options_get_between_bytes_timeout)(OPTIONS(options), &got) && got == time);
    HOLDS(HTTP(method_request_options_set_between_bytes_timeout)(OPTIONS(options), 0, &wrong));
    HOLDS(!HTTP(method_request_options_get_between_bytes_timeout)(OPTIONS(options), &got));

    HTTP(tuple2_own_request_future_result_void_error_code_t) made;
    HTTP(static_request_new)(headers, 0, no_trailers(), &options, &made);
    request_t request = made.f0;
    bindings_string_t text;
    HTTP(method_t) method;
    HTTP(scheme_t) scheme;
    HTTP(method_request_get_method)(REQUEST(request), &method);
    EQUAL(method.tag, METHOD(GET));
    HOLDS(!HTTP(method_request_get_path_with_query)(REQUEST(request), &text));
    HOLDS(!HTTP(method_request_get_scheme)(REQUEST(request), &scheme));
    HOLDS(!HTTP(method_request_get_authority)(REQUEST(request), &text));

    method = (HTTP(method_t)){.tag = METHOD(OTHER), .val.other = *STR("PURGE")};
    HOLDS(HTTP(method_request_set_method)(REQUEST(request), &method));
    HTTP(method_request_get_method)(REQUEST(request), &method);
    HOLDS(method.tag == METHOD(OTHER) && SAME(method.val.other, "PURGE"));
    method.val.other = *STR("no method");
    HOLDS(!HTTP(method_request_set_method)(REQUEST(request), &method));
    HOLDS(HTTP(method_request_set_path_with_query)(REQUEST(request), STR("/a/b?c=d&e")));
    HOLDS(HTTP(method_request_get_path_with_query)(REQUEST(request), &text));
    HOLDS(SAME(text, "/a/b?c=d&e"));
    HOLDS(!HTTP(method_request_set_path_with_query)(REQUEST(request), STR("/a\nb")));
    HOLDS(HTTP(method_request_set_authority)(REQUEST(request), STR("example.com:8080")));
    HOLDS(HTTP(method_request_get_authority)(REQUEST(request), &text));
    HOLDS(SAME(text, "example.com:8080"));
    HOLDS(!HTTP(method_request_set_authority)(REQUEST(request), STR("exa mple")));
    scheme = (HTTP(scheme_t)){.tag = WASI_HTTP_TYPES_SCHEME_HTTPS};
    HOLDS(HTTP(method_request_set_scheme)(REQUEST(request), &scheme));
    HOLDS(HTTP(method_request_get_scheme)(REQUEST(request), &scheme));
    EQUAL(scheme.tag, WASI_HTTP_TYPES_SCHEME_HTTPS);

    /* Its headers and options can be read, and are no longer ours to change. */
    headers = HTTP(method_request_get_headers)(REQUEST(request));
    HOLDS(has_field(headers, "x-probe", "1"));
    REFUSED(append(headers, "x-probe", "2"), IMMUTABLE);
    HOLDS(HTTP(method_request_get_options)(REQUEST(request), &options));
    HOLDS(HTTP(method_request_options_get_connect_timeout)(OPTIONS(options), &got) && got == time);
    HOLDS(!HTTP(method_request_options_set_connect_timeout)(OPTIONS(options), &time, &wrong));
    EQUAL(wrong.tag, WASI_HTTP_TYPES_REQUEST_OPTIONS_ERROR_IMMUTABLE);
    options_t copy = HTTP(method_request_options_clone)(OPTIONS(options));
    HOLDS(HTTP(method_request_options_set_connect_timeout)(OPTIONS(copy), 0, &wrong));
    HOLDS(HTTP(method_request_options_get_connect_timeout)(OPTIONS(options), &got));
}

void test(void) {
    fields_t fields = HTTP(constructor_fields)();
    OK(append(fields, "X-One", "1"));
    OK(append(fields, "x-two", "2"));
    OK(append(fields, "x-ONE", "another"));
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
    HTTP(method_fields_copy_all)(F(fields), &entries);
    EQUAL(entries.len, 3);

    fields_t copy = HTTP(method_fields_clone)(F(fields));
    HTTP(field_value_t) only = FIELD("only");
    HTTP(list_field_value_t) one = {&only, 1};
    OK(HTTP(method_fields_set)(F(copy), STR("x-one"), &one, &err.header));
    HOLDS(has_field(copy, "X-ONE", "only"));
    HOLDS(!has_field(fields, "x-one", "only"));
    OK(HTTP(method_fields_get_and_delete)(F(copy), STR("x-One"), &values, &err.header));
    EQUAL(values.len, 1);
    HOLDS(!HTTP(method_fields_has)(F(copy), STR("x-one")));
    OK(HTTP(method_fields_delete)(F(copy), STR("x-two"), &err.header));
    HOLDS(!HTTP(method_fields_has)(F(copy), STR("x-two")));
    OK(HTTP(method_fields_delete)(F(copy), STR("x-never-was"), &err.header));
    HOLDS(HTTP(method_fields_has)(F(fields), STR("x-one")));

    HTTP(tuple2_field_name_field_value_t) list[] = {{*STR("a"), FIELD("1")}, {*STR("b"), FIELD("2")}};
    HTTP(list_tuple2_field_name_field_value_t) from = {list, 2};
    OK(HTTP(static_fields_from_list)(&from, &copy, &err.header));
    HOLDS(has_field(copy, "a", "1") && has_field(copy, "b", "2"));
    list[1].f0 = *STR("b ad");
    REFUSED(HTTP(static_fields_from_list)(&from, &copy, &err.header), INVALID);

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
}
