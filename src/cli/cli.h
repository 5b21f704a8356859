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

/* What the options say, flag before environment before default. The texts are borrowed from argv,
 * the environment or the program; environment_copy is owned. */
struct settings {
    struct selkie_options options;
    const char *body, *content_type; /* of respond, as `status` */
    int status;
    enum selkie_level log_level;
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
    void (*set_defaults)(struct settings *settings); /* those that are not the library's */
    int (*check)(const struct settings *settings);   /* refuses its own options, may be NULL */
    int (*install)(struct selkie_server *server, const struct settings *settings);
};

enum option_kind {
    OPTION_SWITCH, /* on or off, a bool; without a metavar on where the flag stands */
    OPTION_CHOICE, /* a word of the metavar, as a number: `min` is the first */
    OPTION_WORD,   /* the same as text; "auto" is NULL */
    OPTION_COUNT,  /* decimal, or "auto" where the metavar says so: SELKIE_WORKERS_AUTO */
    OPTION_DURATION,
    OPTION_SIZE,
    OPTION_TEXT,
    OPTION_ADDRESS, /* settings.listen */
};

/* One row of the table that drives parsing, environment, --help and the checks of values. */
struct option {
    const char *name;    /* without the dashes */
    const char *metavar; /* NULL: no value behind the flag */
    enum option_kind kind;
    unsigned commands; /* a bit for each command_id that has it */
    const char *help;
    size_t offset, size; /* of its field in struct settings */
    int64_t min, max;    /* a number below `min` means that the library decides */
};

extern const struct option option_table[]; /* options.c */
extern const size_t option_count;
extern const struct command command_table[]; /* commands.c */
extern const size_t command_count;

/* options.c: the option `name` (`length` bytes) of the command, or NULL. */
const struct option *option_find(enum command_id command, const char *name, size_t length);
/* Writes the variable that sets it, SELKIE_MAX_HEAD, with a NUL; `size` 64 suffices. */
void option_variable(const struct option *option, char *to, size_t size);
/* The option of the command that `word` may have meant, or NULL. */
const struct option *option_suggest(enum command_id command, const char *word);

/* values.c: reads `text` as the option's kind demands and sets the option's field. Returns 0, or
 * -EINVAL or -ERANGE and the field untouched. Not for OPTION_ADDRESS. */
int value_set(struct settings *settings, const struct option *option, const char *text);
/* Writes the value of the option's field as it would be given, "" when there is none. */
void value_show(const struct settings *settings, const struct option *option, char *to,
                size_t size);
/* Writes what the option takes, "a count from 1 to 1024, or auto". */
void value_rule(const struct option *option, char *to, size_t size);

/* settings.c: sets *out to the defaults of the command. */
void settings_init(struct settings *out, const struct command *command);
/* Fills *out from the arguments behind the command, and the environment. */
int settings_read(struct settings *out, const struct command *command, char **arguments);
void settings_fini(struct settings *settings);
bool settings_given(const struct settings *settings, const char *option);

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
