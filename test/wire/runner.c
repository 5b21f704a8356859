// SPDX-License-Identifier: MIT
/*
 * runner [--tap] [--selector NAME] [FILE...]: replays transcripts on every engine that this system
 * grants. Without files it takes all of the folder $SELKIE_WIRE, "test/wire" when that is not set.
 * `meson test` calls it, and people with a transcript in hand. It tells each replay that failed in
 * a line, and ends with how many transcripts passed and failed, counted once for each engine; --tap
 * shows each of these as a point of the Test Anything Protocol. The status is 0 when none failed
 * and there was one.
 */
#include "engine/engine.h"
#include "replay.h"

#include <errno.h>
#include <glob.h>
#include <stdlib.h>

struct runner {
    const char *selector; /* or NULL: all */
    bool tap;
    unsigned passed, failed;
};

static const struct replay_engine engines[] = {
    {"io_uring", SELKIE_TRIGGER_AUTO, "none"}, {"epoll", SELKIE_TRIGGER_EDGE, "edge"},
    {"epoll", SELKIE_TRIGGER_LEVEL, "level"},  {"kqueue", SELKIE_TRIGGER_EDGE, "edge"},
    {"kqueue", SELKIE_TRIGGER_LEVEL, "level"}, {"poll", SELKIE_TRIGGER_LEVEL, "level"},
    {"select", SELKIE_TRIGGER_LEVEL, "level"},
};

static void runner_count(struct runner *runner, bool passed, const char *name, const char *with)
{
    unsigned *count = passed ? &runner->passed : &runner->failed;
    ++*count;
    if (runner->tap)
        printf("%s %u - %s %s\n", passed ? "ok" : "not ok", runner->passed + runner->failed, name,
               with);
}

/* Whether this system has the selector, and grants it. */
static bool selector_is_here(const char *selector)
{
    static const struct engine_calls calls;
    struct engine_refusal refusal;
    struct engine *engine;
    int error =
        engine_open((struct engine_wish){.name = selector}, &calls, NULL, &engine, &refusal);
    if (!error)
        engine_close(engine);
    return !error;
}

static bool runner_wants(const struct runner *runner, const struct replay_engine *engine)
{
    if (runner->selector && strcmp(runner->selector, engine->selector) != 0)
        return false;
    return selector_is_here(engine->selector);
}

static void runner_replay(struct runner *runner, const struct transcript *transcript,
                          const char *name)
{
    for (size_t i = 0; i < sizeof engines / sizeof *engines; i++) {
        char with[64];
        if (!runner_wants(runner, &engines[i]))
            continue;
        snprintf(with, sizeof with, "on %s, %s", engines[i].selector, engines[i].trigger_name);
        runner_count(runner, transcript_replay(transcript, &engines[i], name) == 0, name, with);
        fflush(stdout);
    }
}

static void runner_run_file(struct runner *runner, const char *path)
{
    struct transcript transcript;
    unsigned line;
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    int error = transcript_read(path, &transcript, &line);
    if (error) {
        printf("%s:%u: %s\n", path, line,
               error == -EINVAL ? "this is no transcript" : strerror(-error));
        runner_count(runner, false, name, "cannot be read");
        return;
    }
    runner_replay(runner, &transcript, name);
    transcript_fini(&transcript);
}

static void runner_run_folder(struct runner *runner)
{
    char pattern[4096];
    glob_t files;
    const char *folder = getenv("SELKIE_WIRE");
    snprintf(pattern, sizeof pattern, "%s/*.t", folder ? folder : "test/wire");
    if (glob(pattern, 0, NULL, &files) != 0) {
        printf("%s: no transcript\n", pattern);
        return;
    }
    for (size_t i = 0; i < files.gl_pathc; i++)
        runner_run_file(runner, files.gl_pathv[i]);
    globfree(&files);
}

/* Takes the options. Returns the index of the first file, or -EINVAL. */
static int runner_take_options(struct runner *runner, int count, char **arguments)
{
    int i = 1;
    for (; i < count && strncmp(arguments[i], "--", 2) == 0; i++) {
        if (strcmp(arguments[i], "--tap") == 0)
            runner->tap = true;
        else if (strcmp(arguments[i], "--selector") == 0 && i + 1 < count)
            runner->selector = arguments[++i];
        else
            return -EINVAL;
    }
    return i;
}

int main(int count, char **arguments)
{
    struct runner runner = {0};
    int first = runner_take_options(&runner, count, arguments);
    if (first < 0) {
        fprintf(stderr, "usage: %s [--tap] [--selector NAME] [FILE...]\n", arguments[0]);
        return 2;
    }
    if (runner.selector && !selector_is_here(runner.selector)) {
        printf("ok 1 - %s # SKIP it is not to be had here\n", runner.selector);
        return 0;
    }
    if (first == count)
        runner_run_folder(&runner);
    for (int i = first; i < count; i++)
        runner_run_file(&runner, arguments[i]);
    printf("%u passed, %u failed\n", runner.passed, runner.failed);
    return runner.failed == 0 && runner.passed > 0 ? 0 : 1;
}
