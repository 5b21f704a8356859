// SPDX-License-Identifier: MIT
/* See capacity.h. */
#include "server/capacity.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <unistd.h>

enum {
    /* Descriptors kept back for what handlers open. */
    DESCRIPTORS_SPARE = 16,
    /* Where no descriptor limit says less. */
    DESCRIPTORS_MAX = 1024 * 1024,
};

/* What bounds the descriptors of a worker. */
struct bound {
    unsigned most;    /* so many, from 0 */
    const char *what; /* sets the bound */
    int error;        /* when it leaves none */
};

void capacity_raise(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

static struct bound bound_of_limit(unsigned most)
{
    return (struct bound){most, "the descriptor limit (ulimit -n)", -EMFILE};
}

static struct bound worker_bound(const struct worker *worker)
{
    struct rlimit limit = {.rlim_cur = DESCRIPTORS_MAX};
    getrlimit(RLIMIT_NOFILE, &limit);
    rlim_t most = limit.rlim_cur < DESCRIPTORS_MAX ? limit.rlim_cur : DESCRIPTORS_MAX;
    if (strcmp(engine_name(worker->engine), "select") == 0 && most > FD_SETSIZE)
        return (struct bound){FD_SETSIZE, "select(2), which watches descriptors below 1024 only,",
                              -EINVAL};
    return bound_of_limit((unsigned)most);
}

/* The descriptors below the bound that the worker can still open, for connections. When there is
 * not even one, the bound is the descriptor limit, whatever is watched with. */
static unsigned bound_leaves(struct bound *bound, int open_fd)
{
    int next = fcntl(open_fd, F_DUPFD_CLOEXEC, 0);
    if (next < 0) {
        *bound = bound_of_limit(0);
        return 0;
    }
    close(next);
    unsigned used = (unsigned)next + DESCRIPTORS_SPARE;
    return bound->most > used ? bound->most - used : 0;
}

int worker_set_capacity(struct worker *worker, int open_fd)
{
    struct bound bound = worker_bound(worker);
    unsigned wanted = worker->server->options.max_connections;
    unsigned left = bound_leaves(&bound, open_fd);
    if (left == 0)
        return server_fail(worker->server, bound.error,
                           "%s leaves no room for connections beside the workers and listeners",
                           bound.what);
    if (wanted > left)
        return server_fail(worker->server, -EINVAL,
                           "%u connections a worker are too many: %s leaves room for %u", wanted,
                           bound.what, left);
    worker->active_max = wanted ? wanted : left;
    if (worker->server->options.max_per_address == 0)
        return 0;
    int error = clients_init(&worker->clients, worker->active_max, bound.most);
    return error ? server_fail(worker->server, error, "no memory for a worker") : 0;
}
