// SPDX-License-Identifier: MIT
/*
 * A server that shows its clients what it has received from them: the head, the body, the address.
 * Started by the tests of real clients (conftest.py) with those of selkie's options that they need;
 * like selkie it says where it listens, what goes wrong, and at its end how much it has served.
 */
#include <getopt.h>
#include <selkie/selkie.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a client may leave here for others, as long as there is one worker. */
enum { KEPT_MAX = 8 };
struct kept {
    char name[32], type[64];
    char *body;
    size_t length;
};
static struct kept all_kept[KEPT_MAX];

static struct selkie_server *server;

static void text_copy(char *to, size_t size, struct selkie_span from)
{
    size_t length = from.length < size ? from.length : size - 1;
    if (length > 0)
        memcpy(to, from.at, length);
    to[length] = '\0';
}

static void reply_text(struct selkie_request *request, int status, const char *text)
{
    selkie_reply(request, status, "text/plain", text, strlen(text));
}

static void answer_ok(struct selkie_request *request, void *data)
{
    (void)data;
    reply_text(request, 200, "ok");
}

static void close_behind(struct selkie_request *request, void *data)
{
    (void)data;
    selkie_reply_close(request);
    reply_text(request, 200, "closing");
}

static void echo_body(struct selkie_request *request, void *data)
{
    struct selkie_span body = selkie_request_body(request);
    char type[64];
    (void)data;
    text_copy(type, sizeof type, selkie_request_field(request, "content-type"));
    selkie_reply(request, 200, type[0] ? type : NULL, body.at, body.length);
}

/* The head: "METHOD target", then a line "name: value" for each field. */
static void show_head(struct selkie_request *request, void *data)
{
    struct selkie_span method = selkie_request_method(request);
    struct selkie_span target = selkie_request_target(request), name, value;
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    (void)data;
    if (!out)
        return;
    fprintf(out, "%.*s %.*s\n", (int)method.length, method.at, (int)target.length, target.at);
    for (size_t i = 0; selkie_request_field_at(request, i, &name, &value); i++)
        fprintf(out, "%.*s: %.*s\n", (int)name.length, name.at, (int)value.length, value.at);
    if (fclose(out) == 0)
        selkie_reply(request, 200, "text/plain", text, length);
    free(text);
}

/* A body of so many bytes, which tell where they stand: the alphabet, again and again. */
static void send_body(struct selkie_request *request, void *data)
{
    static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz";
    char digits[16];
    (void)data;
    text_copy(digits, sizeof digits, selkie_request_param(request, "length"));
    size_t length = strtoul(digits, NULL, 10);
    char *body = malloc(length + sizeof alphabet);
    if (!body)
        return;
    memcpy(body, alphabet, sizeof alphabet);
    for (size_t done = sizeof alphabet - 1; done < length; done *= 2)
        memcpy(body + done, body, done < length - done ? done : length - done);
    selkie_reply(request, 200, "application/octet-stream", body, length);
    free(body);
}

static void show_peer(struct selkie_request *request, void *data)
{
    char text[64];
    (void)data;
    if (selkie_request_peer(request, text, sizeof text) > 0)
        reply_text(request, 200, text);
}

static void show_counters(struct selkie_request *request, void *data)
{
    struct selkie_counters counters;
    char text[96];
    (void)data;
    selkie_server_counters(server, &counters);
    snprintf(text, sizeof text, "%llu %llu %llu", (unsigned long long)counters.connections,
             (unsigned long long)counters.responses, (unsigned long long)counters.active);
    reply_text(request, 200, text);
}

/* The place of this name: its own, or a free one. */
static struct kept *kept_find(const char *name)
{
    for (size_t i = 0; i < KEPT_MAX; i++) {
        struct kept *kept = &all_kept[i];
        if (!kept->body || strcmp(kept->name, name) == 0)
            return kept;
    }
    return NULL;
}

static struct kept *kept_asked(struct selkie_request *request, char name[32])
{
    text_copy(name, sizeof all_kept[0].name, selkie_request_param(request, "name"));
    return kept_find(name);
}

static void keep(struct selkie_request *request, void *data)
{
    struct selkie_span body = selkie_request_body(request);
    char name[sizeof all_kept[0].name];
    struct kept *kept = kept_asked(request, name);
    char *copy = kept ? malloc(body.length + 1) : NULL;
    (void)data;
    if (!kept || !copy)
        return;
    if (body.length > 0)
        memcpy(copy, body.at, body.length);
    free(kept->body);
    kept->body = copy;
    kept->length = body.length;
    memcpy(kept->name, name, sizeof name);
    text_copy(kept->type, sizeof kept->type, selkie_request_field(request, "content-type"));
    selkie_reply(request, 204, NULL, NULL, 0);
}

static void show_kept(struct selkie_request *request, void *data)
{
    char name[sizeof all_kept[0].name];
    const struct kept *kept = kept_asked(request, name);
    (void)data;
    if (kept && kept->body)
        selkie_reply(request, 200, kept->type, kept->body, kept->length);
    else
        reply_text(request, 404, "nothing is kept under this name\n");
}

static const struct {
    const char *pattern;
    selkie_handler_fn *handler;
} routes[] = {
    {"/{$}", answer_ok},
    {"/close", close_behind},
    {"/echo", echo_body},
    {"/head/", show_head},
    {"GET /body/{length}", send_body},
    {"GET /peer", show_peer},
    {"GET /counters", show_counters},
    {"PUT /kept/{name}", keep},
    {"GET /kept/{name}", show_kept},
};

static void announce(struct selkie_server *ready, void *data)
{
    const char *url;
    (void)data;
    for (size_t i = 0; (url = selkie_server_url(ready, i)) != NULL; i++)
        printf("listening on %s\n", url);
    fflush(stdout);
}

static void complain(enum selkie_level level, const char *text, void *data)
{
    (void)data;
    if (level != SELKIE_LOG_INFO)
        fprintf(stderr, "%s\n", text);
}

/* Returns the address, or NULL for a wrong command line. */
static const char *read_options(int argc, char **argv, struct selkie_options *options)
{
    static const struct option known[] = {
        {"listen", required_argument, NULL, 'l'},   {"workers", required_argument, NULL, 'w'},
        {"selector", required_argument, NULL, 's'}, {"trigger", required_argument, NULL, 't'},
        {"max-body", required_argument, NULL, 'b'}, {NULL, 0, NULL, 0},
    };
    const char *where = NULL;
    int letter;
    while ((letter = getopt_long(argc, argv, "", known, NULL)) != -1) {
        if (letter == 'l')
            where = optarg;
        else if (letter == 'w')
            options->workers = (int)strtol(optarg, NULL, 10);
        else if (letter == 's')
            options->selector = optarg;
        else if (letter == 't')
            options->trigger = optarg[0] == 'e' ? SELKIE_TRIGGER_EDGE : SELKIE_TRIGGER_LEVEL;
        else if (letter == 'b')
            options->body_max = strtoul(optarg, NULL, 10);
        else
            return NULL;
    }
    return where;
}

static int serve(const char *where)
{
    struct selkie_counters counters;
    int result = selkie_server_listen(server, where);
    for (size_t i = 0; result == 0 && i < sizeof routes / sizeof *routes; i++)
        result = selkie_server_route(server, routes[i].pattern, routes[i].handler, NULL);
    if (result == 0)
        result = selkie_server_run(server);
    if (result != 0) {
        fprintf(stderr, "%s\n", selkie_server_error(server));
        return 1;
    }
    selkie_server_counters(server, &counters);
    fprintf(stderr, "served %llu responses on %llu connections\n",
            (unsigned long long)counters.responses, (unsigned long long)counters.connections);
    return 0;
}

int main(int argc, char **argv)
{
    struct selkie_options options;
    selkie_options_init(&options);
    options.ready = announce;
    options.log = complain;
    const char *where = read_options(argc, argv, &options);
    server = where ? selkie_server_new(&options) : NULL;
    if (!server)
        return 2;
    int status = serve(where);
    selkie_server_free(server);
    return status;
}
