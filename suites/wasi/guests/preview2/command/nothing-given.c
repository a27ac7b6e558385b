/* A program that was given nothing has nothing: no variable, no directory. */
#include "filesystem.h"

void test(void) {
    bindings_list_tuple2_string_string_t env;
    wasi_cli_environment_get_environment(&env);
    EQUAL(env.len, 0);
    wasi_filesystem_preopens_list_tuple2_own_descriptor_string_t list;
    wasi_filesystem_preopens_get_directories(&list);
    EQUAL(list.len, 0);
}
