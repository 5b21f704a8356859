// SPDX-License-Identifier: MIT
/*
 * The table of statuses (RFC 9110, 15; RFC 4918, 5842, 6585, 7725, 8297, 8470). Read by response.c,
 * and by the server for its error pages.
 */
#include "http/status.h"
#include "http/http.h"

#define BLOCK(status, reason) "HTTP/1.1 " #status " " reason STATUS_BLOCK_END
#define ENTRY(status, reason)                                                                      \
    {                                                                                              \
        reason, sizeof(BLOCK(status, reason)) - 1, BLOCK(status, reason)                           \
    }

static const struct http_status informational[] = {
    ENTRY(100, "Continue"),
    ENTRY(101, "Switching Protocols"),
    ENTRY(102, "Processing"),
    ENTRY(103, "Early Hints"),
};

static const struct http_status successful[] = {
    ENTRY(200, "OK"),
    ENTRY(201, "Created"),
    ENTRY(202, "Accepted"),
    ENTRY(203, "Non-Authoritative Information"),
    ENTRY(204, "No Content"),
    ENTRY(205, "Reset Content"),
    ENTRY(206, "Partial Content"),
    ENTRY(207, "Multi-Status"),
    ENTRY(208, "Already Reported"),
};

static const struct http_status redirection[] = {
    ENTRY(300, "Multiple Choices"),
    ENTRY(301, "Moved Permanently"),
    ENTRY(302, "Found"),
    ENTRY(303, "See Other"),
    ENTRY(304, "Not Modified"),
    ENTRY(305, "Use Proxy"),
    [7] = ENTRY(307, "Temporary Redirect"),
    [8] = ENTRY(308, "Permanent Redirect"),
};

static const struct http_status client_error[] = {
    ENTRY(400, "Bad Request"),
    ENTRY(401, "Unauthorized"),
    ENTRY(402, "Payment Required"),
    ENTRY(403, "Forbidden"),
    ENTRY(404, "Not Found"),
    ENTRY(405, "Method Not Allowed"),
    ENTRY(406, "Not Acceptable"),
    ENTRY(407, "Proxy Authentication Required"),
    ENTRY(408, "Request Timeout"),
    ENTRY(409, "Conflict"),
    ENTRY(410, "Gone"),
    ENTRY(411, "Length Required"),
    ENTRY(412, "Precondition Failed"),
    ENTRY(413, "Content Too Large"),
    ENTRY(414, "URI Too Long"),
    ENTRY(415, "Unsupported Media Type"),
    ENTRY(416, "Range Not Satisfiable"),
    ENTRY(417, "Expectation Failed"),
    [21] = ENTRY(421, "Misdirected Request"),
    [22] = ENTRY(422, "Unprocessable Content"),
    [23] = ENTRY(423, "Locked"),
    [24] = ENTRY(424, "Failed Dependency"),
    [25] = ENTRY(425, "Too Early"),
    [26] = ENTRY(426, "Upgrade Required"),
    [28] = ENTRY(428, "Precondition Required"),
    [29] = ENTRY(429, "Too Many Requests"),
    [31] = ENTRY(431, "Request Header Fields Too Large"),
    [51] = ENTRY(451, "Unavailable For Legal Reasons"),
};

static const struct http_status server_error[] = {
    ENTRY(500, "Internal Server Error"),
    ENTRY(501, "Not Implemented"),
    ENTRY(502, "Bad Gateway"),
    ENTRY(503, "Service Unavailable"),
    ENTRY(504, "Gateway Timeout"),
    ENTRY(505, "HTTP Version Not Supported"),
    [7] = ENTRY(507, "Insufficient Storage"),
    [8] = ENTRY(508, "Loop Detected"),
    [11] = ENTRY(511, "Network Authentication Required"),
};

#define CLASS(entries)                                                                             \
    {                                                                                              \
        (entries), sizeof(entries) / sizeof((entries)[0])                                          \
    }

static const struct {
    const struct http_status *entries;
    int count;
} classes[] = {
    [1] = CLASS(informational), CLASS(successful),   CLASS(redirection),
    CLASS(client_error),        CLASS(server_error),
};

const struct http_status *http_status_find(int status)
{
    if (status < 100 || status > 599)
        return NULL;
    int class = status / 100;
    int index = status % 100;
    if (index >= classes[class].count || classes[class].entries[index].reason == NULL)
        return NULL;
    return &classes[class].entries[index];
}

const char *http_status_reason(int status)
{
    const struct http_status *known = http_status_find(status);

    return known == NULL ? "Unknown" : known->reason;
}

bool http_status_bodyless(int status)
{
    return (status >= 100 && status < 200) || status == 204 || status == 304;
}
