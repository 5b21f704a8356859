// SPDX-License-Identifier: MIT
/*
 * HTTP/1.x as pure functions over bytes: no descriptor, no clock, no allocation. The server's
 * message.c calls the parsers with what has arrived, and its reply.c the formatters with what is to
 * leave.
 *
 * The parsers resume: they look at every byte once, however the bytes are cut, and give the same
 * result for every cut. Positions are offsets from the first byte of the message, so that the
 * bytes may move between two calls.
 */
#ifndef HTTP_HTTP_H
#define HTTP_HTTP_H

#include "base/span.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum {
    /* Browsers send 10 to 20 fields, proxies add a handful; nginx and Apache stop at 100. */
    HTTP_FIELDS_MAX = 100,
    /* "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, 5.6.7). */
    HTTP_DATE_LENGTH = 29,
};

enum http_method {
    HTTP_GET,
    HTTP_HEAD,
    HTTP_POST,
    HTTP_PUT,
    HTTP_DELETE,
    HTTP_CONNECT,
    HTTP_OPTIONS,
    HTTP_TRACE,
    HTTP_PATCH,
    HTTP_METHOD_OTHER, /* any other token: method_name tells which */
};

/* The forms of a request target (RFC 9112, 3.2). */
enum http_form { HTTP_ORIGIN, HTTP_ABSOLUTE, HTTP_AUTHORITY, HTTP_ASTERISK };

/* How the length of a body is known (RFC 9112, 6.3). */
enum http_framing { HTTP_NO_BODY, HTTP_LENGTH, HTTP_CHUNKED };

struct http_slice {
    uint32_t at, length;
};

struct http_field {
    struct http_slice name, value; /* the value without the white space around it */
};

/* The head of a request, and how far its parse has come. */
struct http_head {
    uint32_t at;   /* the first byte that was not looked at */
    uint32_t mark; /* where the token began that `at` stands in */
    uint8_t phase; /* private to the parser */
    uint8_t seen;  /* private to the parser: what is judged when the head is whole */

    enum http_method method;
    enum http_form form;
    enum http_framing framing;
    uint8_t minor;         /* HTTP/1.minor, 0 or 1: what is above 1 counts as 1 */
    bool has_host;         /* a Host field came */
    bool asks_close;       /* Connection: close */
    bool asks_keep_alive;  /* Connection: keep-alive */
    bool expects_continue; /* Expect: 100-continue, and the version is 1.1 */
    uint64_t content_length;
    struct http_slice method_name;
    struct http_slice target;    /* as sent */
    struct http_slice path;      /* of origin-form and absolute-form; "/" is never missing there,
                                  * but length 0 when absolute-form has no path */
    struct http_slice query;     /* behind the first '?', or length 0 */
    struct http_slice authority; /* of the target when it has one, else of Host */
    const char *reason;          /* why it was refused: a constant sentence, for the response */
    uint32_t field_count;
    struct http_field fields[HTTP_FIELDS_MAX]; /* last: a partial head is kept only up to
                                                * field_count */
};

/* Makes *head ready for the first byte of a request. */
void http_head_start(struct http_head *head);

/*
 * Parses a request head (RFC 9112, 2 to 6), strictly. `bytes` begins with the first byte of the
 * request at each call for the same head, and holds at least as many as the last time.
 * Returns the length of the head including its empty line; 0 when more bytes are needed; or the
 * negative status of a refusal (-400, -414, -417, -421, -431, -501, -505), head->reason says why.
 * `length_max`: a head that is not whole within so many bytes is refused, with -501 when they end
 * inside the method, with -414 when inside the request line, else with -431.
 */
int http_head_parse(struct http_head *head, struct span bytes, size_t length_max);

/* Whether nothing has come of the request but the beginning of an empty line, which means nothing
 * (RFC 9112, 2.2). */
bool http_head_is_blank(const struct http_head *head);

/* Whether the connection may stay open after this request (RFC 9112, 9.3). */
bool http_head_persists(const struct http_head *head);

/* The bytes of a slice of the head that begins at `base`. */
static inline struct span http_slice_span(struct http_slice slice, const char *base)
{
    return (struct span){base + slice.at, slice.length};
}

/* The decoder of a chunked body (RFC 9112, 7.1). All zero but for the two bounds is its beginning.
 */
struct http_chunked {
    uint64_t left;        /* bytes of the running chunk that have not come */
    uint32_t line_max;    /* bytes of a chunk-size line that are taken; the caller sets it */
    uint32_t trailer_max; /* the same of the trailer section */
    uint32_t overhead;    /* bytes of the running chunk-size line, or of the trailer section */
    uint8_t phase;        /* private to chunked.c */
    bool done;            /* the whole body was seen, with its trailer section */
    const char *reason;   /* why it was refused */
};

/*
 * Takes from the front of `bytes` up to and including one run of body bytes, which *out tells
 * (a span into `bytes`, length 0 when there is none). Returns how many bytes were taken, or -400
 * (-431 for a trailer section that is too long). Call it again with what is left until all is
 * taken or `done`. Extensions are bounded and ignored; trailer fields are checked, bounded and
 * dropped.
 */
ssize_t http_chunked_decode(struct http_chunked *chunked, struct span bytes, struct span *out);

enum http_connection_option {
    HTTP_CONNECTION_NONE,
    HTTP_CONNECTION_CLOSE,
    HTTP_CONNECTION_KEEP_ALIVE
};

/* The head of a response. */
struct http_response {
    int status;
    const char *date;   /* HTTP_DATE_LENGTH bytes */
    struct span type;   /* Content-Type, or length 0 */
    struct span fields; /* further field lines, each with its CRLF, or length 0 */
    enum http_connection_option connection;
    bool has_length; /* Content-Length is sent (not with 1xx and 204, RFC 9110, 8.6) */
    uint64_t content_length;
};

/* Upper bounds for the bytes that the two functions below write. */
size_t http_response_start_bound(const struct http_response *response);
size_t http_response_rest_bound(const struct http_response *response);

/* Writes the beginning of the head to `to`: status line, Server, Date, Connection, Content-Type;
 * and the rest: Content-Length, the further fields, the empty line. Return the bytes written. */
size_t http_response_start(const struct http_response *response, char *to);
size_t http_response_rest(const struct http_response *response, char *to);

/* The reason phrase of a status (RFC 9110, 15; RFC 6585), or "Unknown". */
const char *http_status_reason(int status);

/* Whether responses of this status never have content: 1xx, 204, 304 (RFC 9110, 6.4.1). */
bool http_status_bodyless(int status);

/* Writes the IMF-fixdate of `seconds` since the epoch: HTTP_DATE_LENGTH bytes, no NUL. */
void http_date_format(int64_t seconds, char *to);

/* The method of a token, HTTP_METHOD_OTHER for an unknown one; and its name, "" for that. */
enum http_method http_method_find(struct span name);
const char *http_method_name(enum http_method method);

bool http_is_token(struct span text);       /* RFC 9110, 5.6.2 */
bool http_is_field_value(struct span text); /* RFC 9110, 5.5: no CR, LF, NUL or other control */

/* Whether two field names, or other ASCII tokens, are equal without regard to case. */
bool http_equal_ignoring_case(struct span a, struct span b);

/* Decodes %XX. `to` holds at least text.length bytes. Returns the decoded length, or -EINVAL for
 * a '%' without two hexadecimal digits. */
ssize_t http_percent_decode(struct span text, char *to);

#endif
