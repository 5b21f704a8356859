// SPDX-License-Identifier: MIT
/*
 * See script.h. A request is planned, written down with all that HTTP leaves to the client's taste,
 * and then judged by its length, since a head that is too long is decided by its first bytes.
 */
#include "script.h"

#include "malformed.h"
#include "memory.h"
#include "plan.h"
#include "writer.h"

#include <assert.h>
#include <stdio.h>

enum {
    FIELDS_MAX = 100, /* that the server takes */
    LINES_MAX = 8,    /* of a head, but for the fillers */
    LINE_SIZE = 96,
};

enum framing { FRAMING_NONE, FRAMING_COUNTED, FRAMING_CHUNKED };

/* A body that comes back. By its place, since the bytes move while the script grows. */
struct echo {
    const struct writer *writer; /* or NULL: none */
    size_t at, length;
};

struct draft {
    struct script *script;
    struct choice *choice;
    const struct script_bounds *bounds;
    struct writer text;   /* what becomes script.bytes */
    struct writer bodies; /* and script.bodies */
    struct item *item;
    struct plan plan;
    enum framing framing;
    size_t body_length;
    unsigned field_count;
    size_t line_end; /* behind the request line, or NEVER */
    struct echo echoes[ITEMS_MAX];
    char lines[LINES_MAX][LINE_SIZE];
    unsigned line_count;
};

static uint32_t draw(struct draft *draft, uint32_t count)
{
    return choose(draft->choice, count);
}

static bool is_drawn(struct draft *draft, uint32_t permille)
{
    return chance(draft->choice, permille);
}

static void draft_line(struct draft *draft, const char *line)
{
    char *to = draft->lines[draft->line_count++];
    size_t length = strlen(line);
    memcpy(to, line, length < LINE_SIZE ? length + 1 : LINE_SIZE);
}

/* Up to a little more than what the server takes. */
static size_t draw_body_length(struct draft *draft)
{
    size_t most = is_drawn(draft, draft->bounds->long_body) ? draft->bounds->body_max + 100 : 200;
    return draw(draft, (uint32_t)most + 1);
}

static void draft_framing(struct draft *draft)
{
    bool wants_body = draft->plan.echoes || is_drawn(draft, 150);
    draft->framing = FRAMING_NONE;
    draft->body_length = 0;
    if (!wants_body)
        return;
    draft->body_length = draw_body_length(draft);
    draft->framing =
        draft->plan.answer.minor > 0 && is_drawn(draft, 400) ? FRAMING_CHUNKED : FRAMING_COUNTED;
}

static void draft_framing_lines(struct draft *draft)
{
    char line[LINE_SIZE];
    static const char *const names[] = {"Content-Length: ", "content-length:", "CONTENT-LENGTH:\t"};
    static const char *const codings[] = {"Transfer-Encoding: chunked\r\n",
                                          "transfer-encoding:  Chunked \r\n"};
    if (draft->framing == FRAMING_CHUNKED)
        draft_line(draft, codings[draw(draft, 2)]);
    if (draft->framing == FRAMING_COUNTED) {
        const char *zeros = is_drawn(draft, 50) ? "000" : "";
        snprintf(line, sizeof line, "%s%s%zu\r\n", names[draw(draft, 3)], zeros,
                 draft->body_length);
        draft_line(draft, line);
    }
}

/* Whether the connection may stay open is decided by version and options (RFC 9112, 9.3). */
static void draft_connection_line(struct draft *draft)
{
    static const struct {
        const char *line;
        bool has_close, has_keep;
    } lines[] = {
        {"Connection: close\r\n", true, false},
        {"Connection: keep-alive\r\n", false, true},
        {"connection:Keep-Alive\r\n", false, true},
        {"Connection: upgrade, x\r\n", false, false},
        {"Connection: keep-alive, close\r\n", true, true},
        {"Connection: x, close , y\r\n", true, false},
    };
    bool has_close = false, has_keep = false;
    uint32_t often = draft->plan.answer.minor == 0 ? 700 : 200;
    if (is_drawn(draft, often)) {
        bool wants_keep = draft->plan.answer.minor == 0 && is_drawn(draft, 700);
        uint32_t index = wants_keep ? 1 : draw(draft, sizeof lines / sizeof *lines);
        draft_line(draft, lines[index].line);
        has_close = lines[index].has_close;
        has_keep = lines[index].has_keep;
    }
    draft->item->wants_close = has_close || (draft->plan.answer.minor == 0 && !has_keep);
}

static void draft_host_line(struct draft *draft)
{
    static const char *const hosts[] = {"Host: a\r\n", "host:example.org:8081\r\n",
                                        "Host: [::1]:80\r\n", "HOST: \r\n"};
    if (draft->plan.answer.minor > 0 || is_drawn(draft, 500))
        draft_line(draft, hosts[draw(draft, 4)]);
}

static void draft_expect_line(struct draft *draft)
{
    bool is_sensible = draft->framing != FRAMING_NONE && is_drawn(draft, 250);
    if (!is_sensible && !is_drawn(draft, 10))
        return;
    draft_line(draft,
               is_drawn(draft, 800) ? "Expect: 100-continue\r\n" : "expect:100-CONTINUE\r\n");
    draft->item->expects = draft->plan.answer.minor > 0;
}

/* Another field that means nothing here; seldom one that is too long for the intake's first size.
 */
static void write_filler(struct draft *draft)
{
    uint32_t most = is_drawn(draft, 30) ? 600 : 30;
    uint32_t length = draw(draft, most);
    writer_print(&draft->text, "X-Filler-%u:%s", draw(draft, 1000),
                 is_drawn(draft, 500) ? " " : "");
    for (uint32_t i = 0; i < length; i++)
        writer_put(&draft->text, (struct span){"abc def\tghi\xe4", 12});
    writer_put_text(&draft->text, "\r\n");
}

/* The lines in any order, and fillers between them. Returns how many there are. */
static unsigned write_lines(struct draft *draft)
{
    unsigned written = 0;
    while (draft->line_count > 0) {
        if (is_drawn(draft, 200)) {
            write_filler(draft);
            written++;
        }
        unsigned index = draw(draft, draft->line_count);
        writer_put_text(&draft->text, draft->lines[index]);
        memmove(draft->lines[index], draft->lines[--draft->line_count], LINE_SIZE);
        written++;
    }
    return written;
}

static void item_refuse(struct item *item, size_t decided, int status)
{
    item->decided = decided;
    item->is_refused = true;
    item->answer.status = status;
    item->answer.is_words = true;
    item->answer.fields = "";
}

/* More fields than the server takes: it knows by the first byte of the one too many. */
static void write_many_lines(struct draft *draft, unsigned written)
{
    while (written < FIELDS_MAX) {
        writer_put_text(&draft->text, "a:b\r\n");
        written++;
    }
    item_refuse(draft->item, draft->text.length + 1, 431);
    writer_put_text(&draft->text, "c:d\r\n");
}

static void write_head(struct draft *draft)
{
    struct item *item = draft->item;
    const char *version = item->answer.minor == 0 ? "0" : is_drawn(draft, 30) ? "7" : "1";
    writer_print(&draft->text, "%s %s HTTP/1.%s\r\n", draft->plan.method, draft->plan.target,
                 version);
    draft->line_end = draft->text.length;
    draft->line_count = 0;
    draft_host_line(draft);
    draft_framing_lines(draft);
    draft_connection_line(draft);
    draft_expect_line(draft);
    if (draft->plan.field)
        draft_line(draft, draft->plan.field);
    draft->field_count = write_lines(draft);
    if (is_drawn(draft, 5))
        write_many_lines(draft, draft->field_count);
    writer_put_text(&draft->text, "\r\n");
    if (!item->is_refused)
        item->head_end = item->decided = draft->text.length;
}

/* The body of this length that begins at `at`, if it is to come back. */
static void draft_echo(struct draft *draft, const struct writer *writer, size_t at)
{
    if (draft->plan.echoes)
        draft->echoes[draft->item - draft->script->items] =
            (struct echo){writer, at, draft->body_length};
}

static void write_counted_body(struct draft *draft)
{
    struct item *item = draft->item;
    size_t at = draft->text.length;
    if (draft->body_length > draft->bounds->body_max)
        item_refuse(item, item->head_end, 413);
    writer_fill(&draft->text, draft->body_length);
    if (item->is_refused)
        return;
    item->has_body = draft->body_length > 0;
    item->decided = draft->text.length;
    draft_echo(draft, &draft->text, at);
}

/* What begins at `at` is refused by the first byte that is too much. */
static void draft_bound_line(struct draft *draft, size_t at, size_t most, int status)
{
    if (!draft->item->is_refused && draft->text.length - at > most)
        item_refuse(draft->item, at + most + 1, status);
}

/* `done`: the bytes of the body before this chunk. */
static void write_chunk(struct draft *draft, struct span data, size_t done)
{
    static const char *const extensions[] = {"", "", "", ";a=b", "  ;c=\"d e\"", ";e"};
    size_t body_max = draft->bounds->body_max;
    size_t at = draft->text.length;
    writer_print(&draft->text, is_drawn(draft, 500) ? "%zx" : "00%zX", data.length);
    writer_put_text(&draft->text, extensions[draw(draft, 6)]);
    writer_put_text(&draft->text, "\r\n");
    draft_bound_line(draft, at, draft->bounds->chunk_line_max, 400);
    if (!draft->item->is_refused && done + data.length > body_max)
        item_refuse(draft->item, draft->text.length + body_max - done + 1, 413);
    writer_put(&draft->text, data);
    writer_put_text(&draft->text, "\r\n");
}

static void write_chunks(struct draft *draft, struct span body)
{
    for (size_t done = 0, length; done < body.length; done += length) {
        size_t left = body.length - done;
        size_t most = is_drawn(draft, 300) && left > 10 ? 10 : left;
        length = 1 + draw(draft, (uint32_t)most);
        write_chunk(draft, (struct span){body.at + done, length}, done);
    }
}

static void write_chunked_body(struct draft *draft)
{
    struct item *item = draft->item;
    size_t at = draft->bodies.length;
    writer_fill(&draft->bodies, draft->body_length);
    item->has_body = item->is_chunked = true;
    write_chunks(draft, (struct span){draft->bodies.bytes + at, draft->body_length});
    size_t last_at = draft->text.length;
    writer_put_text(&draft->text, is_drawn(draft, 800) ? "0\r\n" : "000;last\r\n");
    draft_bound_line(draft, last_at, draft->bounds->chunk_line_max, 400);
    size_t trailer_at = draft->text.length;
    if (is_drawn(draft, 200))
        writer_put_text(&draft->text, "X-Trailer: a\r\nContent-Length: 7\r\n");
    writer_put_text(&draft->text, "\r\n");
    draft_bound_line(draft, trailer_at, draft->bounds->trailer_max, 431);
    if (item->is_refused)
        return;
    item->decided = draft->text.length;
    draft_echo(draft, &draft->bodies, at);
}

/* A head that is not whole within its bound is refused by the bound's last byte. */
static void item_bound(struct draft *draft)
{
    struct item *item = draft->item;
    size_t bound = item->start + draft->bounds->head_max;
    bool is_whole = item->head_end != NEVER;
    if ((is_whole ? item->head_end : item->decided) <= bound || bound > draft->text.length)
        return;
    item->head_end = NEVER;
    item->has_body = item->expects = false;
    item_refuse(item, bound, draft->line_end > bound ? 414 : 431);
}

/* What the whole head shows. A body that is too long goes first, and is looked at behind this. */
static void item_judge_head(struct draft *draft)
{
    struct item *item = draft->item;
    if (strlen(draft->plan.target) > draft->bounds->target_max)
        item_refuse(item, item->head_end, 414);
    else if (draft->field_count > draft->bounds->fields_max)
        item_refuse(item, item->head_end, 431);
}

static void write_request(struct draft *draft)
{
    struct item *item = draft->item;
    plan_draw(&draft->plan, draft->choice, draft->bounds->long_body);
    draft->plan.answer.minor = !is_drawn(draft, 250);
    item->answer = item->early = draft->plan.answer;
    item->is_unwanted = draft->plan.is_unwanted;
    draft_framing(draft);
    write_head(draft);
    if (item->is_refused)
        return;
    item_judge_head(draft);
    if (draft->framing == FRAMING_COUNTED)
        write_counted_body(draft);
    else if (draft->framing == FRAMING_CHUNKED)
        write_chunked_body(draft);
}

static void write_malformed(struct draft *draft)
{
    struct item *item = draft->item;
    const struct malformed *malformed = &malformed_list[draw(draft, malformed_count)];
    struct span bytes = malformed->bytes;
    const char *line_end = memchr(bytes.at, '\n', bytes.length);
    const char *head_end = memmem(bytes.at, bytes.length, "\r\n\r\n", 4);
    size_t start = draft->text.length;
    item->answer = (struct answer){.minor = 1, .type = "text/plain", .fields = ""};
    item->answer.is_head = bytes.length > 5 && memcmp(bytes.at, "HEAD ", 5) == 0;
    writer_put(&draft->text, bytes);
    item_refuse(item, draft->text.length, malformed->status);
    if (line_end)
        draft->line_end = start + (size_t)(line_end + 1 - bytes.at);
    if (head_end && head_end + 4 < bytes.at + bytes.length) {
        item->head_end = start + (size_t)(head_end + 4 - bytes.at);
        item->has_body = item->is_chunked = true;
    }
    if (is_drawn(draft, 500))
        writer_fill(&draft->text, draw(draft, 300));
}

/* Empty lines, which mean nothing before a request. */
static void write_blanks(struct draft *draft)
{
    while (is_drawn(draft, 60))
        writer_put_text(&draft->text, "\r\n");
}

/* The script ends in the middle of its last item. */
static void script_break_off(struct draft *draft)
{
    struct item *item = draft->item;
    assert(item);
    size_t length = item->blank + draw(draft, (uint32_t)(draft->text.length - item->blank + 1));
    draft->text.length = length;
    if (item->head_end != NEVER && item->head_end > length)
        item->head_end = NEVER;
    if (item->decided > length)
        item->decided = NEVER;
}

static void write_item(struct draft *draft)
{
    struct item *item = draft->item = &draft->script->items[draft->script->count++];
    *item = (struct item){.blank = draft->text.length, .head_end = NEVER, .decided = NEVER};
    draft->line_end = NEVER;
    write_blanks(draft);
    item->start = draft->text.length;
    if (is_drawn(draft, 60))
        write_malformed(draft);
    else
        write_request(draft);
    item_bound(draft);
}

/* Empty lines behind the last request. */
static void write_tail(struct draft *draft)
{
    struct item *item = draft->item = &draft->script->items[draft->script->count];
    *item = (struct item){.blank = draft->text.length, .head_end = NEVER, .decided = NEVER};
    write_blanks(draft);
    item->start = draft->text.length;
    draft->script->count += item->start > item->blank;
}

static void script_take(struct script *script, const struct draft *draft)
{
    script->bytes = draft->text.bytes;
    script->length = draft->text.length;
    script->bodies = draft->bodies.bytes;
    for (unsigned i = 0; i < script->count; i++) {
        const struct echo *echo = &draft->echoes[i];
        if (echo->writer)
            script->items[i].answer.body =
                (struct span){echo->writer->bytes + echo->at, echo->length};
    }
}

void script_write(struct script *out, struct choice *choice, const struct script_bounds *bounds,
                  unsigned count)
{
    struct draft draft = {.script = out, .choice = choice, .bounds = bounds};
    *out = (struct script){0};
    while (out->count < count)
        write_item(&draft);
    if (count > 0 && is_drawn(&draft, 100))
        script_break_off(&draft);
    else if (out->count < ITEMS_MAX)
        write_tail(&draft);
    script_take(out, &draft);
}

void script_write_raw(struct script *out, struct span bytes)
{
    struct writer writer = {0};
    writer_put(&writer, bytes);
    *out = (struct script){.bytes = writer.bytes, .length = writer.length};
}

void script_fini(struct script *script)
{
    own_free(script->bytes);
    own_free(script->bodies);
    *script = (struct script){0};
}
