// SPDX-License-Identifier: MIT
/*
 * The program, between its files: what a command is, what an option is, and the settings that the
 * options of a command line add up to. Functions that can be at odds with the user say so on
 * stderr and return the exit status, 0 when all is well.
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <selkie/server.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { EXIT_FAILED = 1, EXIT_USAGE = 2 };

enum {
    LISTEN_MAX = 64,  /* addresses; a server with more is one that a script wrote by mistake */
    OPTIONS_MAX = 32, /* bits of settings.given */
};

enum command_id { COMMAND_RESPOND = 1, COMMAND_PID = 2, COMMAND_ANY = 3 };

/* Values of the options whose words are in this order in the table. */
enum { SELECTOR_AUTO, SELECTOR_EPOLL, SELECTOR_KQUEUE, SELECTOR_POLL, SELECTOR_SELECT };
enum { TRIGGER_EDGE, TRIGGER_LEVEL };
enum { KEEP_ALIVE_ON, KEEP_ALIVE_OFF };
enum { UNSET = -1, AUTO = -1 };

/* What the options say, flag before environment before default. Numbers are UNSET where the option
 * has no default and was not given. The texts are borrowed from argv, the environment or the
 * table; environment_copy is owned. */
struct settings {
    int64_t workers, selector, trigger, accept, listen_after_fork, backlog;
    int64_t keep_alive, max_connections, log_level, status;
    int64_t idle_ms, head_ms, body_ms, write_ms, drain_ms;
    int64_t head_max, body_max;
    const char *body, *content_type;
    const char *listen[LISTEN_MAX];
    size_t listen_count;
    char *environment_copy; /* SELKIE_LISTEN, cut into the addresses of the list */
    uint32_t given;         /* a bit for each option that a flag or the environment gave */
    bool wants_help;
};

struct command {
    enum command_id id;
    const char *name;
    const char *summary;
    const char *examples;
    /* Defaults that differ from the table's, in its words; the last name is NULL. */
    struct {
        const char *option, *text;
    } initial[5];
    int (*check)(const struct settings *settings); /* refuses its own options, may be NULL */
    int (*install)(struct selkie_server *server, const struct settings *settings);
};

enum option_kind {
    OPTION_SWITCH, /* on where the flag stands */
    OPTION_CHOICE, /* a word of the metavar: its position, from 0 */
    OPTION_COUNT,  /* decimal, or "auto" where the metavar says so: AUTO */
    OPTION_DURATION,
    OPTION_SIZE,
    OPTION_TEXT,
    OPTION_ADDRESS, /* settings.listen */
};

/* One row of the table that drives parsing, environment, --help and the checks of values. */
struct option {
    const char *name;    /* without the dashes */
    const char *metavar; /* NULL: a switch */
    enum option_kind kind;
    unsigned commands;   /* a bit for each command_id that has it */
    const char *initial; /* the default, in the words of a user; NULL: left to the library */
    const char *help;
    size_t offset; /* in struct settings, of an int64_t or a const char * */
    int64_t min, max;
};

extern const struct option option_table[]; /* options.c */
extern const size_t option_count;
extern const struct command command_table[]; /* commands.c */
extern const size_t command_count;

/* options.c: the option `name` (`length` bytes) of the command, or NULL. */
const struct option *option_find(enum command_id command, const char *name, size_t length);
/* Its default for the command, NULL when the library decides. */
const char *option_initial(const struct option *option, const struct command *command);
/* Writes the variable that sets it, SELKIE_MAX_HEAD, with a NUL; `size` 64 suffices. */
void option_variable(const struct option *option, char *to, size_t size);
/* The option of the command that `word` may have meant, or NULL. */
const struct option *option_suggest(enum command_id command, const char *word);

/* values.c: reads `text` as the option's kind demands. Returns 0, -EINVAL or -ERANGE. */
int value_parse(const struct option *option, const char *text, int64_t *out);
/* Writes what the option takes, "a count from 1 to 1024, or auto". */
void value_rule(const struct option *option, char *to, size_t size);

/* settings.c: fills *out from the arguments behind the command, and the environment. */
int settings_read(struct settings *out, const struct command *command, char **arguments);
void settings_fini(struct settings *settings);
bool settings_given(const struct settings *settings, const char *option);
/* Copies them to the options of the library. */
void settings_options(const struct settings *settings, struct selkie_options *out);

/* checks.c: refuses combinations that cannot work, warns of what the kernel will not grant. */
int settings_check(const struct settings *settings);
int settings_check_respond(const struct settings *settings);
/* Whether a response with this status has a body (RFC 9110, 15.3.5, 15.3.6 and 15.4.5). */
bool status_has_body(int64_t status);

/* serve.c: runs the command's server to its end. */
int serve(const struct command *command, const struct settings *settings);

/* help.c: what there is, and all about one command on stdout. */
void help_overview(FILE *to);
int help_command(const struct command *command);

/* suggest.c: whether somebody who typed `word` may have meant `name`. */
bool suggest_near(const char *word, const char *name);

/* say.c: one line "selkie: ..." on stderr, in one write(2) since workers share it. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The same, and returns EXIT_USAGE. */
int say_usage(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Flushes stdout. Returns 0, or EXIT_FAILED when what was printed did not get there. */
int say_flushed(void);

#endif
