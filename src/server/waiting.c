// SPDX-License-Identifier: MIT
/* See waiting.h. */
#include "server/waiting.h"

#include "selkie/selector.h"

#include <errno.h>
#include <stdio.h>

/* What a worker says of itself, or of what it was refused. */
enum { LINE_SIZE = 200 };

static enum engine_trigger worker_trigger(const struct selkie_options *options)
{
    switch (options->trigger) {
    case SELKIE_TRIGGER_EDGE:
        return ENGINE_EDGE;
    case SELKIE_TRIGGER_LEVEL:
        return ENGINE_LEVEL;
    case SELKIE_TRIGGER_AUTO:
        break;
    }
    return ENGINE_BEST_TRIGGER;
}

static bool selector_is_known(const char *name)
{
    selkie_selector *selector = selkie_selector_open(name);
    bool is_known = selector || errno != EINVAL;
    if (selector)
        selkie_selector_close(selector);
    return is_known;
}

/* Why a refusal of io_uring is likely, for one who could do something about it. */
static const char *refusal_cause(int error)
{
    switch (error) {
    case -EPERM:
    case -EACCES:
        return " (a container's seccomp filter forbids it, or sysctl kernel.io_uring_disabled)";
    case -ENOSYS:
        return " (this kernel is without it)";
    case -ENOMEM:
        return " (not enough memory may be locked: ulimit -l)";
    case -EINVAL:
    case -EOPNOTSUPP:
        return " (the kernel is older than Linux 6.0)";
    default:
        return "";
    }
}

static void refusal_format(const struct engine_refusal *refusal, char line[static LINE_SIZE])
{
    (void)snprintf(line, LINE_SIZE, "%s: %s%s", refusal->what, strerror(-refusal->error),
                   refusal_cause(refusal->error));
}

/* Why the engine of this name did not open, in half a sentence. */
static const char *name_flaw(const char *name, int error)
{
    if (error == -ENOTSUP)
        return "this system does not have it";
    if (error != -EINVAL)
        return strerror(-error);
    if (name && strcmp(name, ENGINE_URING) == 0)
        return "it has no trigger; leave the trigger out, or choose another selector";
    return selector_is_known(name)
               ? "it cannot be edge-triggered; choose trigger level, or another selector"
               : "there is none of this name";
}

static int worker_fail_to_wait(struct worker *worker, const struct engine_refusal *refusal,
                               int error)
{
    const char *name = worker->server->options.selector;
    char line[LINE_SIZE];
    if (name && refusal->what)
        refusal_format(refusal, line);
    else
        (void)snprintf(line, sizeof line, "%s", name_flaw(name, error));
    return server_fail(worker->server, error, "cannot open the selector %s: %s",
                       name ? name : "of this system", line);
}

static void worker_say_engine(const struct worker *worker, const struct engine_refusal *refusal)
{
    const char *name = engine_name(worker->engine), *trigger = engine_trigger_name(worker->engine);
    char line[LINE_SIZE];
    if (refusal->what)
        refusal_format(refusal, line);
    if (!trigger)
        server_log(worker->server, SELKIE_LOG_INFO, "waiting with %s", name);
    else if (!refusal->what)
        server_log(worker->server, SELKIE_LOG_INFO, "waiting with %s, %s-triggered", name, trigger);
    else
        server_log(worker->server, SELKIE_LOG_INFO,
                   "worker %u is waiting with %s, %s-triggered, which costs more CPU than "
                   "io_uring, since that was refused: %s",
                   worker->number, name, trigger, line);
}

int worker_open_engine(struct worker *worker, const struct engine_calls *calls)
{
    const struct selkie_options *options = &worker->server->options;
    struct engine_refusal refusal;
    struct engine_wish wish = {options->selector, worker_trigger(options), options->turn_bytes};
    int error = engine_open(wish, calls, worker, &worker->engine, &refusal);
    if (error)
        return worker_fail_to_wait(worker, &refusal, error);
    worker->turn_bytes = engine_turn_bytes(worker->engine);
    /* All workers fare alike, but for the memory that may be locked: it may do for some of them. */
    if (worker->number == 0 || refusal.error == -ENOMEM)
        worker_say_engine(worker, &refusal);
    return 0;
}
