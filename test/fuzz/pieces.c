// SPDX-License-Identifier: MIT
/*
 * Fuzz target: however bytes are cut, they say the same. One input is parsed whole, byte by byte,
 * and in pieces that its last bytes choose: as a request head, and as a chunked body. Each piece
 * lies in a block of its own, and of the head only that part lives on that its header promises to
 * need.
 */
#include "head_claims.h"
#include "input.h"

enum { LENGTH_MAX = 16384, CHUNK_LINE_MAX = 64, TRAILER_MAX = 256, CUTS_MAX = 8 };

/* Where the input is cut, in order; the last is its end. */
struct cuts {
    size_t at[CUTS_MAX + 1];
    size_t count;
};

static struct cuts cuts_take(struct span *input)
{
    struct cuts cuts = {.count = 0};
    unsigned count = input_byte(input) % CUTS_MAX;
    unsigned distances[CUTS_MAX];
    size_t at = 0;

    for (unsigned i = 0; i < count; i++)
        distances[i] = input_number(input);
    for (unsigned i = 0; i < count; i++) {
        at += distances[i] % (input->length - at + 1);
        cuts.at[cuts.count++] = at;
    }
    cuts.at[cuts.count++] = input->length;
    return cuts;
}

/* A cut behind each byte. Returns the next after `length`. */
static size_t cut_next(const struct cuts *cuts, size_t index, size_t length)
{
    return cuts == NULL ? length + 1 : cuts->at[index];
}

/* A head on its way. */
struct parse {
    struct http_head head;
    int result;
    size_t decided; /* how many bytes gave the result */
};

/* Moves a partial head as the server does, which keeps no field behind the last. */
static void head_move(struct http_head *head)
{
    static struct http_head kept;
    size_t length =
        offsetof(struct http_head, fields) + head->field_count * sizeof(head->fields[0]);

    memset(&kept, 0xa5, sizeof(kept));
    memcpy(&kept, head, length);
    memcpy(head, &kept, sizeof(kept));
}

static void head_parse_in(struct span input, const struct cuts *cuts, struct parse *out)
{
    memset(out, 0xa5, sizeof(*out));
    http_head_start(&out->head);
    out->result = 0;
    out->decided = 0;
    for (size_t i = 0; out->result == 0 && out->decided < input.length; i++) {
        out->decided = cut_next(cuts, i, out->decided);
        head_move(&out->head);
        char *block = block_of(span_first(input, out->decided));
        struct span bytes = {block, out->decided};
        out->result = http_head_parse(&out->head, bytes, LENGTH_MAX);
        claim_head(&out->head, out->result, bytes, LENGTH_MAX);
        free(block);
    }
}

static void claim_head_in_pieces(struct span input, const struct cuts *cuts)
{
    static struct parse whole, single, cut;
    const struct cuts none = {.at = {input.length}, .count = 1};

    head_parse_in(input, &none, &whole);
    head_parse_in(input, NULL, &single);
    head_parse_in(input, cuts, &cut);
    claim_same_head(&whole.head, whole.result, &single.head, single.result);
    claim_same_head(&whole.head, whole.result, &cut.head, cut.result);
    /* The piece that decides is the first that holds the byte that does. */
    if (whole.result != 0)
        for (size_t i = 0; i < cuts->count && cuts->at[i] <= cut.decided; i++)
            assert((cuts->at[i] < single.decided) == (cuts->at[i] < cut.decided));
}

/* A body on its way. */
struct decode {
    struct http_chunked chunked;
    int refused; /* 0, or the status */
    size_t taken;
    char *body; /* owned */
    size_t length;
};

/* Decodes the bytes from `taken` up to `end`, or up to where the body ends. */
static void decode_piece(struct decode *decode, struct span input, size_t end)
{
    struct span piece = span_skip(span_first(input, end), decode->taken);
    char *block = block_of(piece);
    size_t at = 0;

    while (at < piece.length && !decode->chunked.done && decode->refused == 0) {
        struct span run;
        ssize_t taken = http_chunked_decode(&decode->chunked,
                                            (struct span){block + at, piece.length - at}, &run);
        if (taken < 0) {
            decode->refused = (int)taken;
            break;
        }
        assert(taken > 0 && decode->length + run.length <= input.length);
        if (run.length > 0)
            memcpy(decode->body + decode->length, run.at, run.length);
        decode->length += run.length;
        at += (size_t)taken;
    }
    decode->taken += at;
    free(block);
}

static struct decode decode_in(struct span input, const struct cuts *cuts)
{
    struct decode decode = {
        .chunked = {.line_max = CHUNK_LINE_MAX, .trailer_max = TRAILER_MAX},
        .body = block_new(input.length),
    };
    size_t end = 0;

    for (size_t i = 0; end < input.length && !decode.chunked.done && decode.refused == 0; i++) {
        end = cut_next(cuts, i, end);
        decode_piece(&decode, input, end);
    }
    return decode;
}

static void claim_same_decode(const struct decode *a, const struct decode *b)
{
    assert(a->refused == b->refused && a->chunked.reason == b->chunked.reason);
    assert(a->chunked.done == b->chunked.done);
    assert(span_equal((struct span){a->body, a->length}, (struct span){b->body, b->length}));
    if (a->refused == 0)
        assert(a->taken == b->taken && a->chunked.left == b->chunked.left &&
               a->chunked.overhead == b->chunked.overhead && a->chunked.phase == b->chunked.phase);
}

static void claim_body_in_pieces(struct span input, const struct cuts *cuts)
{
    const struct cuts none = {.at = {input.length}, .count = 1};
    struct decode whole = decode_in(input, &none);
    struct decode single = decode_in(input, NULL);
    struct decode cut = decode_in(input, cuts);

    claim_same_decode(&whole, &single);
    claim_same_decode(&whole, &cut);
    free(whole.body);
    free(single.body);
    free(cut.body);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span input = input_of(data, size);
    struct cuts cuts = cuts_take(&input);

    claim_head_in_pieces(input, &cuts);
    claim_body_in_pieces(input, &cuts);
    return 0;
}
