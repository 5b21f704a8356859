// SPDX-License-Identifier: MIT
/* See plan.h. The routes are those of the wire transcripts, and pages of every size. */
#include "plan.h"

#include "routes.h"
#include "selkie/server.h"

#include <stdio.h>
#include <stdlib.h>

static char page[SITE_PAGE_MAX];

static const char *page_bytes(void)
{
    if (page[1] == 0) {
        for (size_t i = 0; i < sizeof page; i++)
            page[i] = (char)('a' + i % 23);
    }
    return page;
}

static void handle_size(struct selkie_request *request, void *data)
{
    struct selkie_span length = selkie_request_param(request, "length");
    char text[16] = "";
    (void)data;
    memcpy(text, length.at, length.length < sizeof text ? length.length : sizeof text - 1);
    size_t count = (size_t)strtoul(text, NULL, 10);
    selkie_reply(request, 200, "text/plain", page_bytes(),
                 count < SITE_PAGE_MAX ? count : SITE_PAGE_MAX);
}

int site_add(struct selkie_server *server)
{
    int error = routes_add(server);
    return error ? error : selkie_server_route(server, "GET /size/{length}", handle_size, NULL);
}

static const char *draw_text(struct choice *choice, const char *const *texts, uint32_t count)
{
    return texts[choose(choice, count)];
}

#define DRAW(choice, ...)                                                                          \
    draw_text(choice, (const char *const[]){__VA_ARGS__},                                          \
              sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

static void plan_text(struct plan *plan, const char *method, const char *target, const char *body)
{
    plan->method = method;
    snprintf(plan->target, sizeof plan->target, "%s", target);
    plan->answer.status = 200;
    plan->answer.body = span_of(body);
}

/* A response that the server makes itself. */
static void plan_words(struct plan *plan, int status)
{
    plan->answer.status = status;
    plan->answer.is_words = true;
}

static void plan_item(struct plan *plan, struct choice *choice)
{
    static const char *const items[][2] = {
        {"/items/seven", "seven"},
        {"/items/a%20b%2Fc", "a b/c"},
        {"/items/%41", "A"},
        {"/tree/a/b/c", "a/b/c"},
        {"/tree/", ""},
        {"/tree/../x", "../x"},
        {"/query?a=b&c=%20d", "a=b&c=%20d"},
        {"/query", ""},
        {"/items/x?y", "x"},
    };
    const char *const *item = items[choose(choice, sizeof items / sizeof *items)];
    plan_text(plan, DRAW(choice, "GET", "GET", "HEAD"), item[0], item[1]);
}

static void plan_field(struct plan *plan, struct choice *choice)
{
    bool has_field = chance(choice, 500);
    plan_text(plan, DRAW(choice, "GET", "HEAD"), "/field", has_field ? "some value" : "none");
    plan->field = has_field ? "X-Test:  some value \r\n" : NULL;
    plan->answer.fields = "X-Reply: a, b\r\n";
}

static void plan_page(struct plan *plan, struct choice *choice, uint32_t long_pages)
{
    uint32_t most = chance(choice, long_pages) ? SITE_PAGE_MAX : 2000;
    uint32_t length = choose(choice, most + 1);
    plan_text(plan, DRAW(choice, "GET", "GET", "HEAD"), "", "");
    snprintf(plan->target, sizeof plan->target, "/size/%u", length);
    plan->answer.body = (struct span){page_bytes(), length};
}

static void plan_bodyless(struct plan *plan, struct choice *choice)
{
    bool is_empty = chance(choice, 500);
    plan_text(plan, DRAW(choice, "GET", "HEAD"), is_empty ? "/empty" : "/notmodified", "");
    plan->answer.status = is_empty ? 204 : 304;
}

static void plan_options(struct plan *plan, struct choice *choice)
{
    bool is_whole = chance(choice, 500);
    plan_text(plan, "OPTIONS", is_whole ? "*" : "/only-get", "");
    plan->answer.status = 204;
    plan->answer.fields = is_whole ? "Allow: GET, HEAD, POST, PUT, DELETE, OPTIONS, PATCH\r\n"
                                   : "Allow: GET, HEAD, OPTIONS\r\n";
}

/* What no handler is there for. */
static void plan_unwanted(struct plan *plan, struct choice *choice)
{
    plan->is_unwanted = true;
    switch (choose(choice, 4)) {
    case 0:
        plan_text(plan, DRAW(choice, "GET", "HEAD", "PUT", "DELETE"), "/echo", "");
        plan_words(plan, 405);
        plan->answer.fields = "Allow: POST, OPTIONS\r\n";
        break;
    case 1:
        plan_text(plan, DRAW(choice, "POST", "PATCH"), "/only-get", "");
        plan_words(plan, 405);
        plan->answer.fields = "Allow: GET, HEAD, OPTIONS\r\n";
        break;
    case 2:
        plan_text(plan, DRAW(choice, "GET", "HEAD", "POST", "OPTIONS"),
                  DRAW(choice, "/nowhere", "/tree", "/items/", "/items/1/2", "//"), "");
        plan_words(plan, 404);
        break;
    default:
        plan_text(plan, DRAW(choice, "TRACE", "BREW", "get"), "/", "");
        plan_words(plan, 501);
        break;
    }
}

static void plan_close(struct plan *plan, struct choice *choice)
{
    plan_text(plan, DRAW(choice, "GET", "HEAD"), "/close", "ok");
    plan->answer.is_last = true;
}

/* Whatever has a path may be asked in absolute-form as well. */
static void plan_make_absolute(struct plan *plan)
{
    char path[sizeof plan->target];
    if (plan->target[0] != '/')
        return;
    snprintf(path, sizeof path, "%s", plan->target);
    snprintf(plan->target, sizeof plan->target, "http://example.org:81%.150s", path);
}

void plan_draw(struct plan *out, struct choice *choice, uint32_t long_pages)
{
    *out = (struct plan){.answer = {.type = "text/plain", .fields = ""}};
    switch (choose(choice, 16)) {
    case 0:
    case 1:
    case 2:
        plan_text(out, DRAW(choice, "GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"),
                  "/", "ok");
        break;
    case 3:
    case 4:
    case 5:
        plan_text(out, "POST", "/echo", "");
        out->echoes = true;
        break;
    case 6:
        plan_item(out, choice);
        break;
    case 7:
        plan_field(out, choice);
        break;
    case 8:
    case 9:
    case 10:
        plan_page(out, choice, long_pages);
        break;
    case 11:
        plan_bodyless(out, choice);
        break;
    case 12:
        plan_options(out, choice);
        break;
    case 13:
        plan_unwanted(out, choice);
        break;
    case 14:
        plan_text(out, DRAW(choice, "GET", "HEAD"), "/silent", "");
        plan_words(out, 500);
        break;
    default:
        plan_close(out, choice);
        break;
    }
    out->answer.is_head = strcmp(out->method, "HEAD") == 0;
    if (chance(choice, 100))
        plan_make_absolute(out);
}
