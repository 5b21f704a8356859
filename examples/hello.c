// SPDX-License-Identifier: MIT
/* A whole server: it greets whoever GET /hello/{name} names. Run it, and ask it with
 * `curl http://localhost:8080/hello/you`. Its argument is another address to listen at. */
#include <selkie/selkie.h>
#include <stdio.h>

static void hello(struct selkie_request *request, void *data)
{
    struct selkie_span name = selkie_request_param(request, "name");
    int shown = name.length < 200 ? (int)name.length : 200;
    char text[256];
    int length = snprintf(text, sizeof(text), "Hello, %.*s!\n", shown, name.at);

    (void)data;
    selkie_reply(request, 200, "text/plain", text, (size_t)length);
}

int main(int argc, char **argv)
{
    const char *where = argc > 1 ? argv[1] : "localhost:8080";
    struct selkie_server *server = selkie_server_new(NULL);
    int result = -1;

    if (server != NULL && (result = selkie_server_listen(server, where)) == 0 &&
        (result = selkie_server_route(server, "GET /hello/{name}", hello, NULL)) == 0)
        result = selkie_server_run(server);
    if (result != 0)
        fprintf(stderr, "hello: %s\n", server ? selkie_server_error(server) : "out of memory");
    selkie_server_free(server);
    return result == 0 ? 0 : 1;
}
