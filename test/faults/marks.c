// SPDX-License-Identifier: MIT
/*
 * The server that is put under load while its system calls fail: each response is made of what the
 * request has said, so that a byte which belongs to another is seen. `GET /LENGTH/MARK` is answered
 * with so many bytes of the mark, over and over; `POST /echo` with its body. Its arguments are an
 * address, the number of workers, a selector, and a trigger or "". Run by test/e2e/faults.py.
 */
#include <selkie/selkie.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LENGTH_MAX = 1024 * 1024, DRAIN_MS = 10000 };

static void mark(struct selkie_request *request, void *data)
{
    static char text[LENGTH_MAX + 1];
    struct selkie_span mark = selkie_request_param(request, "mark");
    struct selkie_span number = selkie_request_param(request, "length");
    (void)data;
    memcpy(text, number.at, number.length < 10 ? number.length : 10);
    text[number.length < 10 ? number.length : 10] = '\0';
    unsigned long length = strtoul(text, NULL, 10);
    if (length > LENGTH_MAX || mark.length == 0) {
        selkie_reply(request, 400, NULL, NULL, 0);
        return;
    }
    for (size_t i = 0; i < length; i++)
        text[i] = mark.at[i % mark.length];
    selkie_reply(request, 200, "text/plain", text, length);
}

static void echo(struct selkie_request *request, void *data)
{
    struct selkie_span body = selkie_request_body(request);
    (void)data;
    selkie_reply(request, 200, "text/plain", body.at, body.length);
}

static void announce(struct selkie_server *server, void *data)
{
    (void)data;
    printf("listening on %s\n", selkie_server_url(server, 0));
    fflush(stdout);
}

/* One write(2) a line, since processes share the descriptor. */
static void tell(enum selkie_level level, const char *text, void *data)
{
    static const char *const names[] = {"error", "warning", "info"};
    char line[600];
    (void)data;
    int length = snprintf(line, sizeof line, "%s: %s\n", names[level], text);
    if (write(STDERR_FILENO, line, (size_t)length) < 0)
        return;
}

static enum selkie_trigger trigger_of(const char *name)
{
    if (strcmp(name, "edge") == 0)
        return SELKIE_TRIGGER_EDGE;
    return strcmp(name, "level") == 0 ? SELKIE_TRIGGER_LEVEL : SELKIE_TRIGGER_AUTO;
}

int main(int argc, char **argv)
{
    struct selkie_options options;
    if (argc != 5)
        return 2;
    selkie_options_init(&options);
    options.workers = atoi(argv[2]);
    options.selector = argv[3];
    options.trigger = trigger_of(argv[4]);
    options.drain_ms = DRAIN_MS;
    options.ready = announce;
    options.log = tell;
    struct selkie_server *server = selkie_server_new(&options);
    int failed = !server || selkie_server_listen(server, argv[1]) ||
                 selkie_server_route(server, "GET /{length}/{mark}", mark, NULL) ||
                 selkie_server_route(server, "POST /echo", echo, NULL) || selkie_server_run(server);
    if (failed)
        fprintf(stderr, "failed: %s\n", server ? selkie_server_error(server) : "out of memory");
    selkie_server_free(server);
    return failed;
}
