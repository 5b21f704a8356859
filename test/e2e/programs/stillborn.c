// SPDX-License-Identifier: MIT
/*
 * A program whose workers die at birth: what fork runs in each child ends it. Built and run by
 * test_library.py, which wants to see the server give up with a reason.
 */
#include <pthread.h>
#include <selkie/selkie.h>
#include <stdio.h>
#include <unistd.h>

static void die(void)
{
    _exit(7);
}

int main(void)
{
    struct selkie_options options;
    selkie_options_init(&options);
    options.workers = 2;
    struct selkie_server *server = selkie_server_new(&options);
    if (!server || pthread_atfork(NULL, NULL, die) != 0)
        return 2;
    int result = selkie_server_listen(server, "127.0.0.1:0");
    if (result == 0)
        result = selkie_server_run(server);
    fprintf(stderr, "%d: %s\n", result, selkie_server_error(server));
    selkie_server_free(server);
    return result == 0 ? 0 : 1;
}
