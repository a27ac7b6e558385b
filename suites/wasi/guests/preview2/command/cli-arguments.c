/* wasi:cli/environment: arguments, variables and the current directory. */
#include "command.h"

void test(void) {
    bindings_list_string_t args;
    wasi_cli_environment_get_arguments(&args);
    EQUAL(args.len, 4);
    HOLDS(args.ptr[0].len > 0);
    HOLDS(SAME(args.ptr[1], "one"));
    HOLDS(SAME(args.ptr[2], ""));
    HOLDS(SAME(args.ptr[3], "\xC3\xA4 two"));

    bindings_list_tuple2_string_string_t env;
    wasi_cli_environment_get_environment(&env);
    EQUAL(env.len, 3);
    uint32_t found = 0;
    for (size_t i = 0; i < env.len; i++) {
        if (SAME(env.ptr[i].f0, "FIRST")) found += SAME(env.ptr[i].f1, "1");
        if (SAME(env.ptr[i].f0, "EMPTY")) found += SAME(env.ptr[i].f1, "");
        if (SAME(env.ptr[i].f0, "SIGN")) found += SAME(env.ptr[i].f1, "a=b");
    }
    EQUAL(found, 3);

    /* There may be no current directory; if there is one, it has a name. */
    bindings_string_t cwd;
    if (wasi_cli_environment_initial_cwd(&cwd)) HOLDS(cwd.len > 0);
}
