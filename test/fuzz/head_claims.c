// SPDX-License-Identifier: MIT
/*
 * See head_claims.h. What the fields say about the message is read here once more, from the list of
 * fields that the parser gives, without hurry and field by field.
 */
#include "head_claims.h"

#include "grammar.h"
#include "input.h"

#include <arpa/inet.h>

/* A whole head and its bytes. */
struct whole {
    const struct http_head *head;
    struct span bytes;
};

static struct span text_at(const struct whole *whole, struct http_slice slice)
{
    assert(slice.at <= whole->bytes.length && slice.length <= whole->bytes.length - slice.at);
    return (struct span){whole->bytes.at + slice.at, slice.length};
}

static void claim_token(struct span text)
{
    assert(text.length > 0);
    for (size_t i = 0; i < text.length; i++)
        assert(grammar_is_token((unsigned char)text.at[i]));
}

/* No control but HT, and no white space around it. */
static void claim_value(struct span text)
{
    for (size_t i = 0; i < text.length; i++)
        assert(grammar_is_value((unsigned char)text.at[i]));
    if (text.length > 0)
        assert(!grammar_is_space(text.at[0]) && !grammar_is_space(text.at[text.length - 1]));
}

/* Each behind the one before it, in the order sent. */
static void claim_fields(const struct whole *whole)
{
    const struct http_head *head = whole->head;
    size_t at = head->target.at + head->target.length;

    assert(head->field_count <= HTTP_FIELDS_MAX);
    for (size_t i = 0; i < head->field_count; i++) {
        const struct http_field *field = &head->fields[i];
        claim_token(text_at(whole, field->name));
        claim_value(text_at(whole, field->value));
        assert(field->name.at > at);
        assert(field->value.at > field->name.at + field->name.length);
        assert(whole->bytes.at[field->name.at + field->name.length] == ':');
        at = field->value.at + field->value.length;
    }
    assert(at < whole->bytes.length);
}

/* "[" IPv6address "]". Returns what is behind it. */
static struct span claim_literal(struct span text)
{
    char address[INET6_ADDRSTRLEN];
    struct in6_addr ignored;
    size_t length = 1;

    while (length < text.length && text.at[length] != ']')
        length++;
    assert(length < text.length && length <= sizeof(address));
    memcpy(address, text.at + 1, length - 1);
    address[length - 1] = '\0';
    assert(inet_pton(AF_INET6, address, &ignored) == 1);
    return span_skip(text, length + 1);
}

/* reg-name, of which an IPv4 address is one. Returns what is behind it. */
static struct span claim_name(struct span text)
{
    size_t length = 0;

    while (length < text.length && text.at[length] != ':') {
        bool triplet = text.at[length] == '%';
        assert(grammar_is_name((unsigned char)text.at[length]) || triplet);
        assert(!triplet || (text.length - length >= 3 && grammar_is_hex(text.at[length + 1]) &&
                            grammar_is_hex(text.at[length + 2])));
        length += triplet ? 3 : 1;
    }
    assert(length > 0);
    return span_skip(text, length);
}

/* uri-host [ ":" port ] (RFC 9110, 4.2), or empty as a Host field may be. */
static void claim_authority(struct span text)
{
    unsigned long port = 0;

    if (text.length == 0)
        return;
    struct span rest = text.at[0] == '[' ? claim_literal(text) : claim_name(text);
    assert(rest.length == 0 || rest.at[0] == ':');
    for (size_t i = 1; i < rest.length; i++) {
        assert(grammar_is_digit(rest.at[i]));
        port = port * 10 + (unsigned)(rest.at[i] - '0');
        assert(port <= 65535);
    }
}

/* Each '%' of a path begins a triplet; that of a query may stand alone. */
static void claim_path_bytes(struct span path)
{
    for (size_t i = 0; i < path.length; i++) {
        if (path.at[i] != '%') {
            assert(grammar_is_path((unsigned char)path.at[i]));
            continue;
        }
        assert(path.length - i >= 3);
        assert(grammar_is_hex(path.at[i + 1]) && grammar_is_hex(path.at[i + 2]));
        i += 2;
    }
}

static void claim_query_bytes(struct span query)
{
    for (size_t i = 0; i < query.length; i++)
        assert(grammar_is_query((unsigned char)query.at[i]));
}

/* path [ "?" query ], at the end of the target, where absolute-form may have neither. */
static void claim_path(const struct whole *whole, size_t begin)
{
    const struct http_head *head = whole->head;
    size_t end = head->target.at + head->target.length;
    size_t path_end = head->path.at + head->path.length;

    if (begin == end) {
        assert(head->path.length == 0 && head->query.length == 0);
        return;
    }
    assert(head->path.at == begin);
    assert(head->path.length == 0 || whole->bytes.at[head->path.at] == '/');
    if (path_end == end)
        assert(head->query.length == 0);
    else
        assert(whole->bytes.at[path_end] == '?' && head->query.at == path_end + 1 &&
               head->query.at + head->query.length == end);
}

/* CONNECT is always refused, and so is https. */
static void claim_target(const struct whole *whole)
{
    const struct http_head *head = whole->head;
    struct span target = text_at(whole, head->target);
    struct span authority = text_at(whole, head->authority);

    claim_path_bytes(text_at(whole, head->path));
    claim_query_bytes(text_at(whole, head->query));
    claim_authority(authority);
    assert(head->form != HTTP_AUTHORITY && head->method != HTTP_CONNECT);
    if (head->form == HTTP_ORIGIN) {
        assert(head->path.length > 0);
        claim_path(whole, head->target.at);
    } else if (head->form == HTTP_ASTERISK) {
        assert(span_equal(target, SPAN("*")) && head->method == HTTP_OPTIONS);
    } else {
        assert(target.length > 7 && grammar_is(span_first(target, 7), "http://"));
        assert(authority.at == target.at + 7 && authority.length > 0);
        claim_path(whole, head->authority.at + head->authority.length);
    }
}

/* Takes the next element of a list, without the white space around it. */
static bool element_next(struct span *list, struct span *out)
{
    if (list->at == NULL)
        return false;
    size_t length = 0;
    while (length < list->length && list->at[length] != ',')
        length++;
    *out = span_first(*list, length);
    *list = length < list->length ? span_skip(*list, length + 1) : (struct span){NULL, 0};
    while (out->length > 0 && grammar_is_space(out->at[0]))
        *out = span_skip(*out, 1);
    while (out->length > 0 && grammar_is_space(out->at[out->length - 1]))
        out->length--;
    return true;
}

/* How many elements the fields of this name have: those that are `word`, or all that are not empty
 * for NULL. */
static size_t elements_count(const struct whole *whole, const char *name, const char *word)
{
    size_t count = 0;

    for (size_t i = 0; i < whole->head->field_count; i++) {
        const struct http_field *field = &whole->head->fields[i];
        struct span list = text_at(whole, field->value);
        struct span element;
        if (!grammar_is(text_at(whole, field->name), name))
            continue;
        while (element_next(&list, &element))
            count += word == NULL ? element.length > 0 : grammar_is(element, word);
    }
    return count;
}

static size_t fields_count(const struct whole *whole, const char *name)
{
    size_t count = 0;

    for (size_t i = 0; i < whole->head->field_count; i++)
        count += grammar_is(text_at(whole, whole->head->fields[i].name), name);
    return count;
}

/* What the digits say, INT64_MAX for all that is more. */
static uint64_t number_of(struct span digits)
{
    uint64_t number = 0;

    assert(digits.length > 0);
    for (size_t i = 0; i < digits.length; i++) {
        assert(grammar_is_digit(digits.at[i]));
        unsigned digit = (unsigned)(digits.at[i] - '0');
        number = number > (INT64_MAX - digit) / 10 ? INT64_MAX : number * 10 + digit;
    }
    return number;
}

/* Every Content-Length says the same. */
static void claim_length(const struct whole *whole)
{
    for (size_t i = 0; i < whole->head->field_count; i++) {
        const struct http_field *field = &whole->head->fields[i];
        struct span list = text_at(whole, field->value);
        struct span element;
        if (!grammar_is(text_at(whole, field->name), "content-length"))
            continue;
        while (element_next(&list, &element))
            assert(number_of(element) == whole->head->content_length);
    }
}

/* RFC 9112, 6.3, without what is refused. */
static void claim_framing(const struct whole *whole)
{
    const struct http_head *head = whole->head;
    size_t lengths = fields_count(whole, "content-length");

    if (fields_count(whole, "transfer-encoding") > 0) {
        assert(head->framing == HTTP_CHUNKED && head->minor == 1 && lengths == 0);
        assert(elements_count(whole, "transfer-encoding", "chunked") == 1);
        assert(elements_count(whole, "transfer-encoding", NULL) == 1);
    } else {
        assert(head->framing == (lengths > 0 ? HTTP_LENGTH : HTTP_NO_BODY));
    }
    if (lengths > 0)
        claim_length(whole);
    else
        assert(head->content_length == 0);
}

static void claim_connection(const struct whole *whole)
{
    const struct http_head *head = whole->head;
    bool closes = elements_count(whole, "connection", "close") > 0;
    bool keeps = elements_count(whole, "connection", "keep-alive") > 0;

    assert(head->minor <= 1);
    assert(head->asks_close == closes && head->asks_keep_alive == keeps);
    assert(http_head_persists(head) == (!closes && (head->minor == 1 || keeps)));
    assert(head->has_host == (fields_count(whole, "host") == 1) && fields_count(whole, "host") < 2);
    assert(head->has_host || head->minor == 0);
    if (head->expects_continue)
        assert(head->minor == 1 && elements_count(whole, "expect", "100-continue") > 0);
}

static void claim_whole(const struct http_head *head, struct span bytes)
{
    struct whole whole = {head, bytes};
    struct span method = text_at(&whole, head->method_name);

    assert(bytes.length >= 2 && memcmp(bytes.at + bytes.length - 2, "\r\n", 2) == 0);
    assert(head->at == bytes.length && head->reason == NULL);
    claim_token(method);
    assert(head->method == http_method_find(method));
    assert(head->target.at == head->method_name.at + method.length + 1);
    claim_target(&whole);
    claim_fields(&whole);
    claim_framing(&whole);
    claim_connection(&whole);
}

static void claim_refused(const struct http_head *head, int status)
{
    static const int statuses[] = {-400, -414, -417, -421, -431, -501, -505};
    bool known = false;

    for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++)
        known = known || status == statuses[i];
    assert(known && head->reason != NULL);
}

void claim_head(const struct http_head *head, int result, struct span bytes, size_t length_max)
{
    if (result < 0) {
        claim_refused(head, result);
    } else if (result == 0) {
        assert(bytes.length < length_max && head->at == bytes.length && head->reason == NULL);
    } else {
        assert((size_t)result <= bytes.length && (size_t)result <= length_max);
        claim_whole(head, span_first(bytes, (size_t)result));
    }
}

void claim_same_head(const struct http_head *a, int a_result, const struct http_head *b,
                     int b_result)
{
    const size_t meaning = offsetof(struct http_head, method);
    size_t length = offsetof(struct http_head, fields) + a->field_count * sizeof(a->fields[0]);

    assert(a_result == b_result);
    assert(a->reason == b->reason);
    assert(a->field_count == b->field_count);
    assert(memcmp((const char *)a + meaning, (const char *)b + meaning, length - meaning) == 0);
    if (a_result == 0)
        assert(a->at == b->at && a->mark == b->mark && a->phase == b->phase && a->seen == b->seen);
}
