// SPDX-License-Identifier: MIT
/*
 * Fuzz target: what src/http writes. The head of a response, the date and decoded text, each into a
 * block of exactly the room that it may take, against the same by snprintf and strftime. The last
 * bytes are the numbers of the response; the first line of the rest is its type, the others its
 * fields.
 */
#include "grammar.h"
#include "http/http.h"
#include "input.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>

/* "Sun, 06 Nov 1994 08:49:37 GMT" is as long as any date with a year of four digits. */
static const int64_t seconds_max = 253402300799;

static uint64_t input_long(struct span *input)
{
    uint64_t number = 0;

    for (int i = 0; i < 4; i++)
        number = number << 16 | input_number(input);
    return number;
}

static struct http_response response_take(struct span *input, const char *date)
{
    unsigned choices = input_byte(input);
    struct http_response response = {
        .status = 100 + (int)(input_number(input) % 900),
        .date = date,
        .connection = (enum http_connection_option)(choices % 3),
        .has_length = choices >= 128,
        .content_length = input_long(input),
    };

    if (!input_line(input, &response.type))
        response.type = SPAN("");
    response.fields = *input;
    return response;
}

/* Returns the length. Text that holds a NUL is left to memcpy. */
static size_t put(char *to, size_t at, struct span text)
{
    if (text.length > 0)
        memcpy(to + at, text.at, text.length);
    return at + text.length;
}

static size_t put_line(char *to, size_t at, const char *format, const char *text)
{
    char line[128];
    int length = snprintf(line, sizeof(line), format, text);

    assert(length >= 0 && (size_t)length < sizeof(line));
    return put(to, at, (struct span){line, (size_t)length});
}

/* The beginning of the head, as http_response_start must write it. */
static size_t model_start(const struct http_response *response, char *to)
{
    static const char *const lines[] = {
        [HTTP_CONNECTION_NONE] = "",
        [HTTP_CONNECTION_CLOSE] = "Connection: close\r\n",
        [HTTP_CONNECTION_KEEP_ALIVE] = "Connection: keep-alive\r\n",
    };
    char status[16];

    (void)snprintf(status, sizeof(status), "%d", response->status);
    size_t at = put_line(to, 0, "HTTP/1.1 %s ", status);
    at = put_line(to, at, "%s\r\nServer: selkie\r\nDate: ", http_status_reason(response->status));
    at = put(to, at, (struct span){response->date, HTTP_DATE_LENGTH});
    at = put_line(to, at, "\r\n%s", lines[response->connection]);
    if (response->type.length == 0)
        return at;
    at = put(to, at, SPAN("Content-Type: "));
    at = put(to, at, response->type);
    return put(to, at, SPAN("\r\n"));
}

/* The rest, as http_response_rest must. */
static size_t model_rest(const struct http_response *response, char *to)
{
    char number[32];
    size_t at = 0;

    (void)snprintf(number, sizeof(number), "%llu", (unsigned long long)response->content_length);
    if (response->has_length && response->status >= 200 && response->status != 204)
        at = put_line(to, at, "Content-Length: %s\r\n", number);
    at = put(to, at, response->fields);
    return put(to, at, SPAN("\r\n"));
}

typedef size_t write_fn(const struct http_response *response, char *to);

/* Writes into a block of exactly the bound. */
static void claim_written(const struct http_response *response, size_t bound, write_fn *write,
                          write_fn *model)
{
    char *to = block_new(bound), *wanted = block_new(bound + 256);
    size_t length = write(response, to);

    assert(length <= bound);
    assert(span_equal((struct span){to, length}, (struct span){wanted, model(response, wanted)}));
    free(to);
    free(wanted);
}

static void claim_date(int64_t seconds, const char *date)
{
    int64_t positive = seconds < 0 ? 0 : seconds;
    time_t time = positive > seconds_max ? seconds_max : positive;
    struct tm parts;
    char wanted[HTTP_DATE_LENGTH + 1];

    assert(gmtime_r(&time, &parts) != NULL);
    assert(strftime(wanted, sizeof(wanted), "%a, %d %b %Y %H:%M:%S GMT", &parts) ==
           HTTP_DATE_LENGTH);
    assert(memcmp(date, wanted, HTTP_DATE_LENGTH) == 0);
}

/* Returns the decoded length, or -EINVAL. */
static ssize_t model_decode(struct span text, char *to)
{
    size_t length = 0;

    for (size_t at = 0; at < text.length; at++) {
        to[length++] = text.at[at];
        if (text.at[at] != '%')
            continue;
        if (text.length - at < 3 || !grammar_is_hex(text.at[at + 1]) ||
            !grammar_is_hex(text.at[at + 2]))
            return -EINVAL;
        to[length - 1] = (char)(grammar_hex(text.at[at + 1]) * 16 + grammar_hex(text.at[at + 2]));
        at += 2;
    }
    return (ssize_t)length;
}

static void claim_text(struct span text)
{
    char *to = block_new(text.length), *wanted = block_new(text.length);
    ssize_t length = http_percent_decode(text, to);
    bool token = text.length > 0, value = true;

    assert(length == model_decode(text, wanted));
    assert(length <= 0 || memcmp(to, wanted, (size_t)length) == 0);
    for (size_t i = 0; i < text.length; i++) {
        token = token && grammar_is_token((unsigned char)text.at[i]);
        value = value && grammar_is_value((unsigned char)text.at[i]);
    }
    assert(http_is_token(text) == token && http_is_field_value(text) == value);
    assert(http_equal_ignoring_case(text, text));
    free(to);
    free(wanted);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span input = input_of(data, size);
    int64_t seconds = (int64_t)input_long(&input);
    char *date = block_new(HTTP_DATE_LENGTH), *block;

    http_date_format(seconds, date);
    claim_date(seconds, date);
    struct http_response response = response_take(&input, date);
    claim_written(&response, http_response_start_bound(&response), http_response_start,
                  model_start);
    claim_written(&response, http_response_rest_bound(&response), http_response_rest, model_rest);
    block = block_of(response.fields);
    claim_text((struct span){block, response.fields.length});
    free(block);
    free(date);
    return 0;
}
