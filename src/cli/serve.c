// SPDX-License-Identifier: MIT
/*
 * Runs a server for main, from its settings to its end, and says what a person wants to hear
 * meanwhile: where it listens and that it ends on stdout, what went wrong on stderr, and at the end
 * how much it has served.
 */
#include "cli/cli.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>

/* What the callbacks share with serve. */
struct run {
    int64_t log_level;
    bool mute; /* stdout failed: nobody can learn where the server listens */
};

/* The server has begun: signals are its own business, and once it has ended there is nothing left
 * that a late one could end. */
static volatile sig_atomic_t has_begun;

/* In force before and after the run, when the server does not take the signals itself. */
static void on_signal(int number)
{
    if (has_begun)
        return;
    (void)signal(number, SIG_DFL);
    (void)raise(number);
}

/* One flush for all lines, so that a reader gets them whole. */
static void on_ready(struct selkie_server *server, void *data)
{
    struct run *run = data;
    const char *url;

    has_begun = 1;
    for (size_t index = 0; (url = selkie_server_url(server, index)) != NULL; index++)
        (void)printf("listening on %s\n", url);
    if (say_flushed() == 0)
        return;
    run->mute = true;
    selkie_server_stop(server);
}

/* What the counters say, a line each: the bounds that no client has met are left out. */
static void say_counters(const struct selkie_server *server)
{
    struct selkie_counters counters;

    selkie_server_counters(server, &counters);
    say("connections %" PRIu64 " active %" PRIu64 " responses %" PRIu64, counters.connections,
        counters.active, counters.responses);
    for (int bound = 0; bound < SELKIE_BOUND_COUNT; bound++)
        if (counters.reached[bound] > 0)
            say("reached %s %" PRIu64, selkie_bound_name((enum selkie_bound)bound),
                counters.reached[bound]);
}

static void on_signalled(struct selkie_server *server, int number, void *data)
{
    (void)data;
    if (number == SIGUSR1)
        say_counters(server);
    if (number != SIGINT)
        return;
    (void)puts("Shutting down worker processes ...");
    (void)fflush(stdout);
}

static void on_log(enum selkie_level level, const char *text, void *data)
{
    static const char *const names[] = {
        [SELKIE_LOG_ERROR] = "error",
        [SELKIE_LOG_WARNING] = "warning",
        [SELKIE_LOG_INFO] = "info",
    };
    const struct run *run = data;

    if ((int64_t)level <= run->log_level)
        say("%s: %s", names[level], text);
}

/* A file in the place of a unix socket is a state of this machine; whatever else the library calls
 * invalid, given twice, not open, or not to be had in this way, is what the user has written. */
static int listen_status(const char *address, int result)
{
    struct stat file;
    bool is_path = strncmp(address, "unix:", 5) == 0;

    if (result == -ENOTSUP || result == -EEXIST || result == -EBADF)
        return EXIT_USAGE;
    if (result != -EINVAL || (is_path && lstat(address + 5, &file) == 0))
        return EXIT_FAILED;
    return EXIT_USAGE;
}

/* Options that cannot work, alone or together, are what the library calls invalid. */
static int run_status(int result)
{
    if (result == 0)
        return 0;
    return result == -EINVAL ? EXIT_USAGE : EXIT_FAILED;
}

/* Returns 0 or the exit status. */
static int server_prepare(struct selkie_server *server, const struct command *command,
                          const struct settings *settings)
{
    for (size_t index = 0; index < settings->listen_count; index++) {
        int result = selkie_server_listen(server, settings->listen[index]);

        if (result != 0)
            return listen_status(settings->listen[index], result);
    }
    return command->install(server, settings) == 0 ? 0 : EXIT_FAILED;
}

static void say_served(const struct selkie_server *server)
{
    struct selkie_counters counters;

    selkie_server_counters(server, &counters);
    say("served %" PRIu64 " responses on %" PRIu64 " connections", counters.responses,
        counters.connections);
}

int serve(const struct command *command, const struct settings *settings)
{
    struct run run = {.log_level = settings->log_level, .mute = false};
    struct selkie_options options = settings->options;
    struct selkie_server *server;
    int status;

    options.ready = on_ready;
    options.signalled = on_signalled;
    options.log = on_log;
    options.report_signal = SIGUSR1;
    options.data = &run;
    (void)signal(SIGUSR1, SIG_IGN);
    (void)signal(SIGTERM, on_signal);
    (void)signal(SIGINT, on_signal);
    server = selkie_server_new(&options);
    if (server == NULL) {
        say("cannot make a server: %s", strerror(errno));
        return EXIT_FAILED;
    }
    status = server_prepare(server, command, settings);
    if (status == 0)
        status = run_status(selkie_server_run(server));
    if (status != 0)
        say("%s", selkie_server_error(server));
    else
        say_served(server);
    selkie_server_free(server);
    return run.mute ? EXIT_FAILED : status;
}
