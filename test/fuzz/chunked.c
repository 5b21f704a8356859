// SPDX-License-Identifier: MIT
/*
 * Fuzz target: the decoder of chunked bodies against a model that reads the grammar from left to
 * right (RFC 9112, 7.1), with the whole input before it. Both must give the same body, take the
 * same bytes and come to the same end. The last four bytes are the bounds.
 */
#include "grammar.h"
#include "http/http.h"
#include "input.h"

enum end { END_NONE, END_SHORT, END_DONE, END_BAD, END_LONG };

static const int end_status[] = {[END_BAD] = -400, [END_LONG] = -431};

/* How a body was read: by the model, or by the decoder. */
struct reading {
    struct span input;
    unsigned line_max, trailer_max;
    size_t at;
    size_t limit;       /* of the model: where a line, or the trailer section, is too long */
    enum end when_long; /* of the model: what it is then */
    enum end end;
    char *body; /* owned, with room for the whole input */
    size_t body_length;
};

static void end_with(struct reading *model, enum end end)
{
    if (model->end == END_NONE)
        model->end = end;
}

/* The next byte; or -1, and the reading has ended. */
static int next(struct reading *model)
{
    if (model->at == model->input.length)
        end_with(model, END_SHORT);
    else if (model->at == model->limit)
        end_with(model, model->when_long);
    return model->end == END_NONE ? (unsigned char)model->input.at[model->at++] : -1;
}

static void expect(struct reading *model, int c, int wanted)
{
    if (c != wanted)
        end_with(model, END_BAD);
}

static void bound(struct reading *model, size_t most, enum end when_long)
{
    model->limit = model->at + most;
    model->when_long = when_long;
}

/* 1*HEXDIG, of which c is the first. Returns the byte behind them. */
static int read_size(struct reading *model, int c, uint64_t *out)
{
    *out = 0;
    if (!grammar_is_hex(c))
        end_with(model, END_BAD);
    for (; grammar_is_hex(c); c = next(model)) {
        if (*out > (INT64_MAX - grammar_hex(c)) / 16)
            end_with(model, END_BAD);
        else
            *out = *out * 16 + grammar_hex(c);
    }
    return c;
}

/* Returns the byte behind white space, of which c may be the first. */
static int read_spaces(struct reading *model, int c, bool *out_any)
{
    *out_any = grammar_is_space(c);
    while (grammar_is_space(c))
        c = next(model);
    return c;
}

static int read_token(struct reading *model, int c)
{
    if (!grammar_is_token(c))
        end_with(model, END_BAD);
    while (grammar_is_token(c))
        c = next(model);
    return c;
}

/* What is behind a DQUOTE, up to the next that stands alone (RFC 9110, 5.6.4). */
static int read_quoted(struct reading *model)
{
    int c;

    while ((c = next(model)) != '"' && model->end == END_NONE) {
        if (c == '\\')
            c = next(model);
        if (!grammar_is_value(c))
            end_with(model, END_BAD);
    }
    return next(model);
}

/* BWS name [ BWS "=" BWS ( token / quoted-string ) ] BWS. Returns the byte behind; *out_spaced
 * tells of the last BWS. */
static int read_extension(struct reading *model, bool *out_spaced)
{
    int c = read_token(model, read_spaces(model, next(model), out_spaced));

    c = read_spaces(model, c, out_spaced);
    if (c != '=')
        return c;
    c = read_spaces(model, next(model), out_spaced);
    c = c == '"' ? read_quoted(model) : read_token(model, c);
    return read_spaces(model, c, out_spaced);
}

/* chunk-size *( BWS ";" chunk-ext ) CRLF */
static uint64_t read_size_line(struct reading *model)
{
    uint64_t size;
    bool spaced;

    bound(model, model->line_max, END_BAD);
    int c = read_spaces(model, read_size(model, next(model), &size), &spaced);
    while (c == ';')
        c = read_extension(model, &spaced);
    if (spaced)
        end_with(model, END_BAD);
    expect(model, c, '\r');
    expect(model, next(model), '\n');
    return size;
}

static void add(struct reading *reading, struct span run)
{
    assert(run.length <= reading->input.length - reading->body_length);
    if (run.length > 0)
        memcpy(reading->body + reading->body_length, run.at, run.length);
    reading->body_length += run.length;
}

/* chunk-data CRLF */
static void read_data(struct reading *model, uint64_t size)
{
    size_t left = model->input.length - model->at;
    size_t length = size < left ? (size_t)size : left;

    add(model, (struct span){model->input.at + model->at, length});
    model->at += length;
    bound(model, 2, END_BAD);
    expect(model, next(model), '\r');
    expect(model, next(model), '\n');
}

/* name ":" value CRLF, of which c is the first byte. */
static void read_trailer(struct reading *model, int c)
{
    expect(model, read_token(model, c), ':');
    do
        c = next(model);
    while (grammar_is_value(c));
    expect(model, c, '\r');
    expect(model, next(model), '\n');
}

static void read_body(struct reading *model)
{
    uint64_t size;
    int c;

    while ((size = read_size_line(model)) > 0 && model->end == END_NONE)
        read_data(model, size);
    if (model->end != END_NONE)
        return;
    bound(model, model->trailer_max, END_LONG);
    while ((c = next(model)) != '\r' && model->end == END_NONE)
        read_trailer(model, c);
    expect(model, next(model), '\n');
    end_with(model, END_DONE);
}

/* One call of the decoder. Returns what it does. */
static ssize_t decode_run(struct http_chunked *chunked, struct reading *decoder)
{
    struct span rest = span_skip(decoder->input, decoder->at);
    struct span run = {NULL, SIZE_MAX};
    ssize_t taken = http_chunked_decode(chunked, rest, &run);

    if (taken < 0) {
        assert(run.at == NULL && run.length == SIZE_MAX && chunked->reason != NULL);
        return taken;
    }
    assert(taken > 0 && (size_t)taken <= rest.length);
    assert(run.at >= rest.at && run.at + run.length <= rest.at + taken);
    add(decoder, run);
    decoder->at += (size_t)taken;
    return taken;
}

/* Returns 0 or the refusal. */
static int decode_body(struct reading *decoder)
{
    struct http_chunked chunked = {
        .line_max = decoder->line_max,
        .trailer_max = decoder->trailer_max,
    };

    while (decoder->at < decoder->input.length && !chunked.done) {
        ssize_t taken = decode_run(&chunked, decoder);
        if (taken < 0)
            return (int)taken;
    }
    decoder->end = chunked.done ? END_DONE : END_SHORT;
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span input = input_of(data, size);
    unsigned line_max = input_number(&input), trailer_max = input_number(&input);
    char *block = block_of(input);
    struct reading model = {
        .input = {block, input.length},
        .line_max = line_max,
        .trailer_max = trailer_max,
        .body = block_new(input.length),
    };
    struct reading decoder = model;

    decoder.body = block_new(input.length);
    read_body(&model);
    int refused = decode_body(&decoder);
    assert(refused == end_status[model.end]);
    if (refused == 0)
        assert(decoder.end == model.end && decoder.at == model.at);
    assert(span_equal((struct span){model.body, model.body_length},
                      (struct span){decoder.body, decoder.body_length}));
    free(model.body);
    free(decoder.body);
    free(block);
    return 0;
}
