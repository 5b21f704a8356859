// SPDX-License-Identifier: MIT
/*
 * An HTTP/1.x server: a master process that forks workers, each with one event loop on one thread.
 *
 * Make a server, give it addresses and routes, run it. Handlers run in the workers; a worker
 * shares nothing with its siblings, so what a handler changes is seen by its own worker only.
 *
 * Functions return 0 or a negative errno; selkie_server_error tells the last failure in words.
 * Nothing here prints, or exits the calling process.
 */
#ifndef SELKIE_SERVER_H
#define SELKIE_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct selkie_server;
struct selkie_request;

/* Bytes that someone else owns; not terminated by a NUL. */
struct selkie_span {
    const char *at;
    size_t length;
};

/* How a readiness selector waits for a connection: registered once for both directions,
 * edge-triggered (epoll, kqueue), or level-triggered with the interest following the state. */
enum selkie_trigger {
    SELKIE_TRIGGER_AUTO, /* edge where the selector can, else level */
    SELKIE_TRIGGER_EDGE,
    SELKIE_TRIGGER_LEVEL,
};

enum selkie_accept {
    SELKIE_ACCEPT_SHARED, /* one socket per address, inherited by all workers */
    /* One socket per address and worker (SO_REUSEPORT). To claim the address, the first of them
     * listens before the fork in any case. */
    SELKIE_ACCEPT_PER_WORKER,
};

enum selkie_level { SELKIE_LOG_ERROR, SELKIE_LOG_WARNING, SELKIE_LOG_INFO };

enum {
    SELKIE_WORKERS_AUTO = -1, /* the CPUs that this process may use, by affinity and cgroup quota */
    SELKIE_WORKERS_NONE = 0,  /* no fork: selkie_server_run serves in the calling process */
    SELKIE_WORKERS_MAX = 1024,
};

/* How a server runs. Fill it with selkie_options_init and change what is to differ. */
struct selkie_options {
    int workers;          /* a count, or SELKIE_WORKERS_AUTO (default), SELKIE_WORKERS_NONE */
    const char *selector; /* "io_uring", "epoll", "kqueue", "poll", "select"; NULL: the best */
    enum selkie_trigger trigger; /* default SELKIE_TRIGGER_AUTO */
    enum selkie_accept accept;   /* default SELKIE_ACCEPT_SHARED */
    bool listen_after_fork;      /* each worker calls listen(2), not the master; default false */
    int backlog;                 /* of listen(2); 0 (default): the lesser of somaxconn and 4096 */
    /* A connection is accepted when it has sent something, or has been silent for a second
     * (TCP_DEFER_ACCEPT, tcp(7)): a wake-up less for each. But such a client, connected in its own
     * eyes, is reset when the server ends before that. Linux; default false. */
    bool defer_accept;
    bool keep_alive; /* default true; false: close after each response, announced */

    /* Bounds. What a client does beyond one costs that client its request or connection, and is
     * counted (struct selkie_counters). */
    unsigned max_connections; /* a worker; 0 (default): what the descriptor limit allows */
    /* Of one client address in a worker, of an IPv6 network (/64) together; 0 (default): no bound.
     * What is beyond is answered with 429. */
    unsigned max_per_address;
    unsigned max_requests;   /* a connection; 0 (default): no bound */
    unsigned turn_requests;  /* of a connection in one turn of the loop; default 256 */
    size_t turn_bytes;       /* the same of input, 16 KiB to 1 MiB; 0 (default): 128 KiB over
                              * io_uring, 32 KiB over a selector */
    uint32_t idle_ms;        /* a connection without a byte of a request; default 60000 */
    uint32_t head_ms;        /* from the first byte of a head to its last; default 10000 */
    uint32_t body_ms;        /* between two pieces of a body; default 30000 */
    uint32_t write_ms;       /* for the client to take a piece of a response; default 30000 */
    uint32_t drain_ms;       /* from stop to the end of the last busy connection; 30000 */
    uint32_t body_rate_min;  /* bytes a second of a body, behind its first 5 s; 0: no bound;
                              * default 240 */
    uint32_t write_rate_min; /* the same of responses that the client takes; default 240 */
    size_t head_max;         /* bytes of a request head; default 16384 */
    unsigned fields_max;     /* fields of a head, 1 to 100; default 100 */
    size_t target_max;       /* bytes of a request target; default 8192 */
    size_t body_max;         /* bytes of a request body; default 1048576 */
    uint32_t chunk_line_max; /* bytes of a chunk-size line with its extensions; default 256 */
    uint32_t trailer_max;    /* bytes of a trailer section; default 8192 */

    int report_signal; /* `signalled` is called at it too, SIGUSR1 for one, and that is all; 0
                        * (default): none */

    /* Each may be NULL (default). In the process that called selkie_server_run: `ready`, once all
     * workers accept connections; `signalled`, at each SIGTERM, SIGINT and SIGQUIT, before the
     * server acts on it. In that process and in the workers: `log`, a line without a newline. */
    void (*ready)(struct selkie_server *server, void *data);
    void (*signalled)(struct selkie_server *server, int signal, void *data);
    void (*log)(enum selkie_level level, const char *text, void *data);
    void *data; /* borrowed, for the three */
};

/* Sets every option to its default. */
void selkie_options_init(struct selkie_options *options);

/* Makes a server; NULL options are the defaults. The options are copied, the strings in them
 * borrowed until selkie_server_free. Returns NULL and errno when that fails (ENOMEM, EMFILE). */
struct selkie_server *selkie_server_new(const struct selkie_options *options);

/* Frees the server and closes its listeners. NULL is allowed. */
void selkie_server_free(struct selkie_server *server);

/*
 * Adds the addresses that `where` names: host:port, :port (every address of the machine),
 * [v6]:port, unix:/path, or fd:N (an inherited, listening socket). "localhost" is both loopback
 * addresses. Port 0 takes a free port, the same one for every address of a name.
 * Returns 0; -EINVAL for text that is no address, or a file that is no socket; -ENOTSUP for unix:
 * and fd: with a socket for each worker; -EEXIST for an address that the server has, by a wildcard
 * too; -EBADF for fd: that is not open; -EADDRINUSE, -EACCES, -EADDRNOTAVAIL ... as bind(2). A
 * socket is bound at once, and listens when selkie_server_run begins; that of unix: listens at
 * once, which claims its path.
 */
int selkie_server_listen(struct selkie_server *server, const char *where);

/* The URL of listener `index` from 0, "http://127.0.0.1:8081" or "unix:/path", lent until the
 * server begins to drain; NULL behind the last, and after that. */
const char *selkie_server_url(const struct selkie_server *server, size_t index);

/*
 * A handler answers one request, by selkie_reply, before it returns. It is called when the whole
 * request has come, with its body. A request that it leaves unanswered is answered with 500.
 */
typedef void selkie_handler_fn(struct selkie_request *request, void *data);

/*
 * Sends the requests that match `pattern` to `handler`. A pattern is "[METHOD ]/path", as in Go's
 * ServeMux: {name} in it matches one segment, {name...} at its end the rest of the path, {$} at its
 * end only the path that ends there, and a trailing "/" is a "/{...}" without a name. Without a
 * method every method matches; GET matches HEAD too. The most specific pattern wins. Returns 0;
 * -EINVAL for a pattern that is none; -EEXIST for one that conflicts with another: both match some
 * path, and neither is more specific. `data` is borrowed.
 */
int selkie_server_route(struct selkie_server *server, const char *pattern,
                        selkie_handler_fn *handler, void *data);

/* The same for a handler that does not look at the body: it is read to its end, within body_max,
 * but not kept, so that it costs no memory, and selkie_request_body is empty. */
int selkie_server_route_ignoring_body(struct selkie_server *server, const char *pattern,
                                      selkie_handler_fn *handler, void *data);

/*
 * Serves until selkie_server_stop, or SIGTERM or SIGINT, and until the connections have drained;
 * SIGQUIT or a second signal ends it at once. The signals' former actions are restored at the end.
 * The listeners are closed then: a server runs once, and one at a time in a process.
 * Returns 0 after an orderly end; -EINVAL for options that cannot work, alone or together; another
 * negative errno when the server cannot start or its workers cannot live. selkie_server_error says
 * why.
 */
int selkie_server_run(struct selkie_server *server);

/* Begins to drain. Safe in handlers, in signal handlers and from other threads. */
void selkie_server_stop(struct selkie_server *server);

/* The last failure of this server in one line, or "". Lent until the next call on it. */
const char *selkie_server_error(const struct selkie_server *server);

/* The bounds of struct selkie_options, in its order, but for drain_ms. */
enum selkie_bound {
    SELKIE_BOUND_MAX_CONNECTIONS, /* an idle or slow connection was closed to make room */
    SELKIE_BOUND_MAX_PER_ADDRESS,
    SELKIE_BOUND_MAX_REQUESTS,
    SELKIE_BOUND_TURN_REQUESTS, /* further requests had to wait for the next turn */
    SELKIE_BOUND_TURN_BYTES,
    SELKIE_BOUND_IDLE_TIMEOUT,
    SELKIE_BOUND_HEAD_TIMEOUT,
    SELKIE_BOUND_BODY_TIMEOUT,
    SELKIE_BOUND_WRITE_TIMEOUT,
    SELKIE_BOUND_MIN_BODY_RATE,
    SELKIE_BOUND_MIN_WRITE_RATE,
    SELKIE_BOUND_MAX_HEAD,
    SELKIE_BOUND_MAX_FIELDS,
    SELKIE_BOUND_MAX_TARGET,
    SELKIE_BOUND_MAX_BODY,
    SELKIE_BOUND_MAX_CHUNK_LINE,
    SELKIE_BOUND_MAX_TRAILER,
    SELKIE_BOUND_COUNT,
};

/* The name of a bound, that of the program's option: "max-connections"; NULL for none of them. */
const char *selkie_bound_name(enum selkie_bound bound);

/* What all workers together have done since the server was made. */
struct selkie_counters {
    uint64_t connections;                 /* accepted */
    uint64_t responses;                   /* answers given, without 100 Continue */
    uint64_t active;                      /* connections that are open */
    uint64_t reached[SELKIE_BOUND_COUNT]; /* so often a client has met each bound */
};
void selkie_server_counters(const struct selkie_server *server, struct selkie_counters *out);

/* The parts of a request, lent until the handler returns. */
struct selkie_span selkie_request_method(const struct selkie_request *request);
struct selkie_span selkie_request_target(const struct selkie_request *request); /* as sent */
struct selkie_span selkie_request_path(const struct selkie_request *request);   /* %XX as sent */
struct selkie_span selkie_request_query(const struct selkie_request *request);  /* behind the '?' */
struct selkie_span selkie_request_body(const struct selkie_request *request);

/* The value of the first field of this name, in any case; at == NULL when there is none. */
struct selkie_span selkie_request_field(const struct selkie_request *request, const char *name);

/* Field `index` from 0, in the order sent. Returns false behind the last, outputs untouched. */
bool selkie_request_field_at(const struct selkie_request *request, size_t index,
                             struct selkie_span *name, struct selkie_span *value);

/* What {name} of the pattern matched, with %XX decoded; at == NULL when the pattern has no such
 * name. */
struct selkie_span selkie_request_param(const struct selkie_request *request, const char *name);

/* The client's address as text, "192.0.2.1:4711", "[2001:db8::1]:4711" or "unix:", written to `to`
 * with a NUL. Returns its length, or -ENOSPC when `size` is too small (64 suffices), or -ENOTCONN
 * when the client has gone. */
int selkie_request_peer(const struct selkie_request *request, char *to, size_t size);

/*
 * Adds a field to the response, before selkie_reply. Returns 0; -EINVAL for a name that is no
 * token, a value with control characters, or a field that the server writes itself (Connection,
 * Content-Length, Content-Type, Date, Server, Transfer-Encoding); -ENOSPC when all fields together
 * are longer than 8 KiB.
 */
int selkie_reply_field(struct selkie_request *request, const char *name, const char *value);

/* Ends the connection after this response (Connection: close). Before selkie_reply; behind it there
 * is no effect. */
void selkie_reply_close(struct selkie_request *request);

/*
 * Answers the request: `status` 200 to 599, `type` the Content-Type or NULL, and the body, which is
 * copied before this returns. HEAD, 204, 205 and 304 are answered without it. Returns 0; -EALREADY
 * when the request is answered; -EINVAL for another status or a type with control characters;
 * -ENOSPC when the type, with the fields that were added, is longer than 8 KiB; -ENOMEM; -EPIPE
 * when the client has gone, which needs no action.
 */
int selkie_reply(struct selkie_request *request, int status, const char *type, const void *body,
                 size_t length);

/* The version of the library, "0.1.0". */
const char *selkie_version(void);

#ifdef __cplusplus
}
#endif

#endif
