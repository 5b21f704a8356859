// SPDX-License-Identifier: MIT
/*
 * Combinations of settings that cannot work, refused before anything starts with one line that says
 * why; and what the kernel would quietly make smaller. main calls it between reading and serving.
 */
#include "cli/cli.h"

#include <inttypes.h>
#include <string.h>
#include <sys/select.h>
#include <unistd.h>

/* Descriptors of a worker that are neither connections nor counted below: the standard three, its
 * selector, the pipes to the master and what libc may open, rounded up. */
enum { DESCRIPTORS_RESERVED = 32 };

static int check_trigger(const struct settings *settings)
{
    const char *name;

    if (settings->trigger != TRIGGER_EDGE ||
        (settings->selector != SELECTOR_POLL && settings->selector != SELECTOR_SELECT))
        return 0;
    name = settings->selector == SELECTOR_POLL ? "poll" : "select";
    return say_usage("--trigger edge: %s(2) reports states only: give --trigger level, or another "
                     "--selector",
                     name);
}

/* Descriptors that each worker inherits: a pipe for every worker, and the listeners. */
static int64_t descriptors_inherited(const struct settings *settings)
{
    int64_t workers = settings->workers == AUTO ? sysconf(_SC_NPROCESSORS_ONLN) : settings->workers;
    int64_t listeners = 2 * (int64_t)settings->listen_count; /* localhost is two addresses */

    return 2 * workers + listeners * (settings->accept == SELKIE_ACCEPT_PER_WORKER ? workers : 1);
}

/* select(2) cannot watch a descriptor of FD_SETSIZE or above. */
static int check_select(const struct settings *settings)
{
    int64_t most = FD_SETSIZE - DESCRIPTORS_RESERVED - descriptors_inherited(settings);

    if (settings->selector != SELECTOR_SELECT || settings->max_connections <= most)
        return 0;
    if (most < 1)
        return say_usage("--selector select: select(2) watches descriptors below %d only, and so "
                         "many workers and listeners leave none: give fewer, or another selector",
                         FD_SETSIZE);
    return say_usage("--max-connections %" PRId64 ": select(2) watches descriptors below %d only: "
                     "give at most %" PRId64 ", or another --selector",
                     settings->max_connections, FD_SETSIZE, most);
}

static int check_accept(const struct settings *settings)
{
    if (settings->accept != SELKIE_ACCEPT_PER_WORKER)
        return 0;
    for (size_t index = 0; index < settings->listen_count; index++) {
        const char *address = settings->listen[index];

        if (strncmp(address, "unix:", 5) == 0 || strncmp(address, "fd:", 3) == 0)
            return say_usage("--accept per-worker: %s is one socket and cannot be one for each "
                             "worker: give --accept shared",
                             address);
    }
    return 0;
}

/* The kernel cuts a backlog to this without a word (listen(2)). Returns 0 where it is not known. */
static int64_t backlog_most(void)
{
    FILE *file = fopen("/proc/sys/net/core/somaxconn", "re");
    int64_t most = 0;

    if (file == NULL)
        return 0;
    if (fscanf(file, "%" SCNd64, &most) != 1)
        most = 0;
    (void)fclose(file);
    return most;
}

static void check_backlog(const struct settings *settings)
{
    int64_t most = backlog_most();

    if (most > 0 && settings->backlog > most && settings->log_level >= SELKIE_LOG_WARNING)
        say("warning: --backlog %" PRId64 ": the kernel cuts it to net.core.somaxconn, %" PRId64,
            settings->backlog, most);
}

int settings_check(const struct settings *settings)
{
    int status = check_trigger(settings);

    if (status == 0)
        status = check_select(settings);
    if (status == 0)
        status = check_accept(settings);
    if (status == 0)
        check_backlog(settings);
    return status;
}

bool status_has_body(int64_t status)
{
    return status != 204 && status != 205 && status != 304;
}

/* What would cut the response's head apart, or be no media type at all. */
static bool is_field_value(const char *text)
{
    for (const char *at = text; *at != '\0'; at++)
        if ((unsigned char)*at < ' ' || *at == 0x7f)
            return false;
    return *text != '\0';
}

int settings_check_respond(const struct settings *settings)
{
    static const char *const of_a_body[] = {"body", "content-type"};

    for (size_t index = 0; index < 2; index++)
        if (!status_has_body(settings->status) && settings_given(settings, of_a_body[index]))
            return say_usage("--%s: a response with status %" PRId64 " has no body: leave it out, "
                             "or give another --status",
                             of_a_body[index], settings->status);
    if (!is_field_value(settings->content_type))
        return say_usage("--content-type %s: give a media type, text/plain for one",
                         settings->content_type);
    return 0;
}
