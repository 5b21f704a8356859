// SPDX-License-Identifier: MIT
/*
 * A server that shows its requests to test_library.py: the body, a field, the client's address. It
 * is stopped by a request, in the handler or by another thread. Its arguments are an address and
 * the number of workers, 0 for none, when handlers and main are one process.
 */
#include <pthread.h>
#include <selkie/selkie.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct selkie_server *server;
static sem_t stop_asked;

static void reply_span(struct selkie_request *request, struct selkie_span text)
{
    selkie_reply(request, text.at ? 200 : 404, "text/plain", text.at, text.length);
}

static void echo(struct selkie_request *request, void *data)
{
    (void)data;
    reply_span(request, selkie_request_body(request));
}

static void show_field(struct selkie_request *request, void *data)
{
    struct selkie_span name = selkie_request_param(request, "name");
    char text[64] = "";
    (void)data;
    if (name.length < sizeof text)
        memcpy(text, name.at, name.length);
    reply_span(request, selkie_request_field(request, text));
}

static void show_peer(struct selkie_request *request, void *data)
{
    char text[64];
    int length = selkie_request_peer(request, text, sizeof text);
    (void)data;
    reply_span(request, (struct selkie_span){length < 0 ? NULL : text, (size_t)length});
}

static void stop_here(struct selkie_request *request, void *data)
{
    (void)data;
    selkie_server_stop(server);
    reply_span(request, (struct selkie_span){"stopping", 8});
}

static void stop_elsewhere(struct selkie_request *request, void *data)
{
    (void)data;
    sem_post(&stop_asked);
    reply_span(request, (struct selkie_span){"stopping", 8});
}

static void *stop_when_asked(void *data)
{
    (void)data;
    while (sem_wait(&stop_asked) != 0)
        continue;
    selkie_server_stop(server);
    return NULL;
}

static void announce(struct selkie_server *ready, void *data)
{
    (void)data;
    printf("listening on %s\n", selkie_server_url(ready, 0));
    fflush(stdout);
}

static void tell_signal(struct selkie_server *ending, int number, void *data)
{
    (void)data;
    printf("signal %d%s\n", number, ending == server ? "" : " of another server");
}

static int install(const char *where)
{
    int result = selkie_server_listen(server, where);
    if (result == 0)
        result = selkie_server_route(server, "POST /echo", echo, NULL);
    if (result == 0)
        result = selkie_server_route(server, "GET /field/{name}", show_field, NULL);
    if (result == 0)
        result = selkie_server_route(server, "GET /peer", show_peer, NULL);
    if (result == 0)
        result = selkie_server_route(server, "POST /stop", stop_here, NULL);
    if (result == 0)
        result = selkie_server_route(server, "POST /stop/thread", stop_elsewhere, NULL);
    return result;
}

static void print_counters(void)
{
    struct selkie_counters counters;
    selkie_server_counters(server, &counters);
    printf("%llu responses, %llu active\n", (unsigned long long)counters.responses,
           (unsigned long long)counters.active);
}

int main(int argc, char **argv)
{
    struct selkie_options options;
    pthread_t thread;
    selkie_options_init(&options);
    options.workers = argc > 2 ? atoi(argv[2]) : SELKIE_WORKERS_NONE;
    options.ready = announce;
    options.signalled = tell_signal;
    server = argc > 1 ? selkie_server_new(&options) : NULL;
    if (!server || sem_init(&stop_asked, 0, 0) != 0 ||
        pthread_create(&thread, NULL, stop_when_asked, NULL) != 0)
        return 2;
    int result = install(argv[1]);
    if (result == 0)
        result = selkie_server_run(server);
    if (result != 0)
        fprintf(stderr, "%d: %s\n", result, selkie_server_error(server));
    sem_post(&stop_asked);
    pthread_join(thread, NULL);
    print_counters();
    selkie_server_free(server);
    return result == 0 ? 0 : 1;
}
