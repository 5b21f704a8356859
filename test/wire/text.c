// SPDX-License-Identifier: MIT
/* See text.h. The names of the symbols stand in the order of their numbers. A text is parsed once
 * and compared hundreds of times, so repetitions are spelled out.
 */
#include "text.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

enum {
    DATE_LENGTH = 29, /* "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, 5.6.7) */
    REPEAT_MAX = 1000000,
    /* What is shown before and behind a difference. */
    SHOWN_BEFORE = 160,
    SHOWN_BEHIND = 240,
};

static const struct {
    struct span name;
    uint16_t symbol;
} names[] = {
    {{"{server}", 8}, SYMBOL_SERVER},
    {{"{continue?}", 11}, SYMBOL_CONTINUE},
    {{"{length}", 8}, SYMBOL_LENGTH},
    {{"{body}", 6}, SYMBOL_BODY},
};

/* What \r, \n, \t and \\ stand for, one below the other. */
static const char letters[] = "rnt\\";
static const char values[] = "\r\n\t\\";

static int text_append(struct text_symbols *text, const uint16_t *symbols, size_t count)
{
    if (count == 0)
        return 0; /* `symbols` may be NULL then, which memcpy does not take */
    if (text->capacity - text->length < count) {
        size_t capacity = (text->length + count) * 2;
        uint16_t *grown = realloc(text->at, capacity * sizeof *grown);
        if (!grown)
            return -ENOMEM;
        text->at = grown;
        text->capacity = capacity;
    }
    memcpy(text->at + text->length, symbols, count * sizeof *symbols);
    text->length += count;
    return 0;
}

static int hex_value(char c)
{
    const char *digits = "0123456789abcdef0123456789ABCDEF";
    const char *digit = c == '\0' ? NULL : strchr(digits, c);
    return digit ? (int)(digit - digits) % 16 : -1;
}

/* Reads the escape at the beginning of `source`. Returns its length or -EINVAL. */
static int escape_read(struct span source, uint16_t *out)
{
    if (source.length < 2)
        return -EINVAL;
    const char *letter = source.at[1] == '\0' ? NULL : strchr(letters, source.at[1]);
    if (letter) {
        *out = (uint16_t)values[letter - letters];
        return 2;
    }
    if (source.at[1] != 'x' || source.length < 4)
        return -EINVAL;
    int high = hex_value(source.at[2]), low = hex_value(source.at[3]);
    if (high < 0 || low < 0)
        return -EINVAL;
    *out = (uint16_t)(high * 16 + low);
    return 4;
}

/* Reads the byte or symbol at the beginning of `source`. Returns its length or -EINVAL. */
static int symbol_read(struct span source, uint16_t *out)
{
    if (source.at[0] == '\\')
        return escape_read(source, out);
    if (source.at[0] != '{') {
        *out = (unsigned char)source.at[0];
        return 1;
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        size_t length = names[i].name.length;
        if (source.length >= length && memcmp(source.at, names[i].name.at, length) == 0) {
            *out = names[i].symbol;
            return (int)length;
        }
    }
    return -EINVAL;
}

/* Where the brace that `source` begins with is closed, or 0. */
static size_t brace_length(struct span source)
{
    int depth = 0;
    for (size_t i = 0; i < source.length; i++) {
        depth += (source.at[i] == '{') - (source.at[i] == '}');
        if (depth == 0)
            return i + 1;
    }
    return 0;
}

static int text_append_times(struct text_symbols *text, struct span source, long count)
{
    struct text_symbols once = {0};
    int error = text_parse(&once, source);
    while (!error && count-- > 0)
        error = text_append(text, once.at, once.length);
    text_fini(&once);
    return error;
}

/* Appends "{repeat N TEXT}". Returns its length, or a negative errno. */
static ssize_t repeat_parse(struct text_symbols *text, struct span source)
{
    size_t length = brace_length(source);
    char *number_end;
    if (length == 0)
        return -EINVAL;
    long count = strtol(source.at + strlen("{repeat "), &number_end, 10);
    if (count < 1 || count > REPEAT_MAX || *number_end != ' ')
        return -EINVAL;
    const char *begin = number_end + 1;
    struct span inner = {begin, (size_t)(source.at + length - 1 - begin)};
    int error = text_append_times(text, inner, count);
    return error ? error : (ssize_t)length;
}

static bool is_repeat(struct span source)
{
    struct span begin = SPAN("{repeat ");
    return source.length > begin.length && memcmp(source.at, begin.at, begin.length) == 0;
}

int text_parse(struct text_symbols *text, struct span source)
{
    while (source.length > 0) {
        uint16_t symbol;
        ssize_t used =
            is_repeat(source) ? repeat_parse(text, source) : symbol_read(source, &symbol);
        if (used < 0)
            return (int)used;
        int error = is_repeat(source) ? 0 : text_append(text, &symbol, 1);
        if (error)
            return error;
        source = span_skip(source, (size_t)used);
    }
    return 0;
}

/* How far the comparison has come. */
struct cursor {
    struct span left;
    size_t length;    /* what {length} was */
    const char *date; /* the last one that was right, or NULL */
};

static bool cursor_skip(struct cursor *cursor, struct span wanted)
{
    if (cursor->left.length < wanted.length ||
        memcmp(cursor->left.at, wanted.at, wanted.length) != 0)
        return false;
    cursor->left = span_skip(cursor->left, wanted.length);
    return true;
}

/* Most symbols are bytes, of bodies of 300,000 of them, compared for every cut. */
static inline bool cursor_skip_byte(struct cursor *cursor, char byte)
{
    if (cursor->left.length == 0 || cursor->left.at[0] != byte)
        return false;
    cursor->left = span_skip(cursor->left, 1);
    return true;
}

/* A date is right when it is what the time that it says is written as: the day of the week too. */
static bool cursor_skip_date(struct cursor *cursor)
{
    const char *format = "%a, %d %b %Y %H:%M:%S GMT";
    char text[DATE_LENGTH + 1], again[DATE_LENGTH + 1];
    struct tm time = {0};
    if (cursor->left.length < DATE_LENGTH)
        return false;
    if (cursor->date && cursor_skip(cursor, (struct span){cursor->date, DATE_LENGTH}))
        return true; /* most dates of a pipeline are the same */
    cursor->date = cursor->left.at;
    memcpy(text, cursor->left.at, DATE_LENGTH);
    text[DATE_LENGTH] = '\0';
    const char *end = strptime(text, format, &time);
    if (!end || *end != '\0')
        return false;
    time_t seconds = timegm(&time);
    return strftime(again, sizeof again, format, gmtime(&seconds)) == DATE_LENGTH &&
           cursor_skip(cursor, span_of(again));
}

static bool cursor_skip_number(struct cursor *cursor)
{
    size_t digits = 0;
    cursor->length = 0;
    while (digits < 9 && digits < cursor->left.length && cursor->left.at[digits] >= '0' &&
           cursor->left.at[digits] <= '9')
        cursor->length = cursor->length * 10 + (size_t)(cursor->left.at[digits++] - '0');
    cursor->left = span_skip(cursor->left, digits);
    return digits > 0;
}

static bool cursor_skip_body(struct cursor *cursor)
{
    if (cursor->left.length < cursor->length)
        return false;
    for (size_t i = 0; i < cursor->length; i++) {
        char c = cursor->left.at[i];
        if (c != '\n' && (c < ' ' || c > '~'))
            return false;
    }
    cursor->left = span_skip(cursor->left, cursor->length);
    return true;
}

static bool cursor_skip_symbol(struct cursor *cursor, uint16_t symbol)
{
    switch (symbol) {
    case SYMBOL_SERVER:
        return cursor_skip(cursor, SPAN("Server: selkie\r\nDate: ")) && cursor_skip_date(cursor) &&
               cursor_skip(cursor, SPAN("\r\n"));
    case SYMBOL_CONTINUE:
        cursor_skip(cursor, SPAN("HTTP/1.1 100 Continue\r\n\r\n"));
        return true;
    case SYMBOL_LENGTH:
        return cursor_skip_number(cursor);
    case SYMBOL_BODY:
        return cursor_skip_body(cursor);
    default:
        return cursor_skip_byte(cursor, (char)symbol);
    }
}

bool text_differs(const struct text_symbols *text, struct span got, struct difference *out)
{
    struct cursor cursor = {.left = got};
    size_t symbol = 0;
    while (symbol < text->length && cursor_skip_symbol(&cursor, text->at[symbol]))
        symbol++;
    if (symbol == text->length && cursor.left.length == 0)
        return false;
    *out = (struct difference){symbol, got.length - cursor.left.length};
    return true;
}

static void byte_print(FILE *file, unsigned char byte)
{
    const char *value = byte == '\0' ? NULL : strchr(values, byte);
    if (value)
        fprintf(file, "\\%c", letters[value - values]);
    else if (byte < ' ' || byte > '~' || byte == '{' || byte == '}')
        fprintf(file, "\\x%02x", (unsigned)byte);
    else
        fputc(byte, file);
}

static void symbol_print(FILE *file, uint16_t symbol)
{
    if (symbol >= SYMBOL_SERVER)
        fputs(names[symbol - SYMBOL_SERVER].name.at, file);
    else
        byte_print(file, (unsigned char)symbol);
}

void text_print(FILE *file, const struct text_symbols *text, size_t symbol)
{
    for (size_t i = symbol > SHOWN_BEFORE ? symbol - SHOWN_BEFORE : 0;
         i < text->length && i < symbol + SHOWN_BEHIND; i++)
        symbol_print(file, text->at[i]);
}

void bytes_print(FILE *file, struct span bytes, size_t at)
{
    for (size_t i = at > SHOWN_BEFORE ? at - SHOWN_BEFORE : 0;
         i < bytes.length && i < at + SHOWN_BEHIND; i++)
        byte_print(file, (unsigned char)bytes.at[i]);
}

void text_fini(struct text_symbols *text)
{
    free(text->at);
}
