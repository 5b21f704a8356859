// SPDX-License-Identifier: MIT
/* A whole server. Try: curl http://localhost:8080/hello/world */
#include <selkie/selkie.h>
#include <stdio.h>

static void hello(struct selkie_request *request, void *data)
{
    (void)data;
    char text[64];
    struct selkie_span name = selkie_request_param(request, "name");
    int shown = name.length < 32 ? (int)name.length : 32;
    int length = snprintf(text, sizeof text, "Hello, %.*s!\n", shown, name.at);
    selkie_reply(request, 200, "text/plain", text, (size_t)length);
}

int main(int argc, char **argv)
{
    struct selkie_server *server = selkie_server_new(NULL);
    int failed = !server || selkie_server_listen(server, argc > 1 ? argv[1] : "localhost:8080") ||
                 selkie_server_route(server, "GET /hello/{name}", hello, NULL) ||
                 selkie_server_run(server);
    if (failed)
        fprintf(stderr, "hello: %s\n", server ? selkie_server_error(server) : "out of memory");
    selkie_server_free(server);
    return failed;
}
