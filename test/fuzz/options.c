// SPDX-License-Identifier: MIT
/*
 * Fuzz target: the command line and the environment. The lines of the input up to an empty one are
 * arguments, those behind it variables, NAME=VALUE; the last byte chooses the command. Reading them
 * ends in settings or in a refusal that the user can answer; and what the settings show, as --help
 * would, is read as the same again.
 */
#include "cli/cli.h"

#include "input.h"

#include <strings.h>
#include <unistd.h>

enum { LINES_MAX = 64, SHOWN_MAX = 8192 };

/* The lines of one kind, as a program is given them: up to a NULL. */
struct lines {
    char *at[LINES_MAX + 1]; /* owned */
    size_t count;
};

static void lines_take(struct lines *lines, struct span *input)
{
    struct span line;

    lines->count = 0;
    while (input_line(input, &line) && line.length > 0)
        if (lines->count < LINES_MAX)
            lines->at[lines->count++] = text_of(line);
    lines->at[lines->count] = NULL;
}

static void lines_free(struct lines *lines)
{
    for (size_t i = 0; i < lines->count; i++)
        free(lines->at[i]);
}

static bool is_text(const struct option *option)
{
    return option->kind == OPTION_TEXT || option->kind == OPTION_WORD;
}

static const void *field_of(const struct settings *settings, const struct option *option)
{
    return (const char *)settings + option->offset;
}

/* Whether an option has the same value twice. */
static bool is_same(const struct settings *a, const struct settings *b, const struct option *option)
{
    const void *left = field_of(a, option), *right = field_of(b, option);

    if (!is_text(option))
        return memcmp(left, right, option->size) == 0;
    const char *left_text = *(const char *const *)left;
    const char *right_text = *(const char *const *)right;
    if (left_text == NULL || right_text == NULL)
        return left_text == right_text;
    return strcmp(left_text, right_text) == 0;
}

/* What an option shows is read as its value. Nothing is shown where the library decides. */
static void claim_shown(const struct settings *settings, const struct option *option)
{
    struct settings again = *settings;
    char *shown = block_new(SHOWN_MAX);

    value_show(settings, option, shown, SHOWN_MAX);
    if (option->kind == OPTION_TEXT || *shown != '\0') {
        memset((char *)&again + option->offset, 0, option->size);
        assert(value_set(&again, option, shown) == 0);
        assert(is_same(settings, &again, option));
    }
    free(shown);
}

/* A number that was given is one that the option takes. */
static void claim_in_range(const struct settings *settings, const struct option *option)
{
    int64_t number = 0;

    if (option->kind != OPTION_DURATION && option->kind != OPTION_SIZE)
        return;
    assert(option->size <= sizeof(number));
    memcpy(&number, field_of(settings, option), option->size);
    assert(number >= option->min && number <= option->max);
}

/* What a number with its unit says, or -1 when it is none of an option of this kind. */
static int64_t model_number(enum option_kind kind, const char *text)
{
    static const struct {
        enum option_kind kind;
        const char *unit;
        int64_t scale;
    } units[] = {
        {OPTION_DURATION, "ms", 1},    {OPTION_DURATION, "s", 1000},
        {OPTION_DURATION, "m", 60000}, {OPTION_DURATION, "h", 3600000},
        {OPTION_SIZE, "", 1},          {OPTION_SIZE, "k", 1024},
        {OPTION_SIZE, "m", 1048576},   {OPTION_SIZE, "g", 1073741824},
    };
    char *end;
    int64_t number = strtoll(text, &end, 10);

    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
        if (units[i].kind == kind && strcasecmp(units[i].unit, end) == 0)
            return number * units[i].scale;
    return -1;
}

/* The one argument "--NAME=NUMBER" is in the settings. */
static void claim_number(const struct settings *settings, const struct command *command,
                         const char *argument)
{
    size_t length = strcspn(argument, "=");
    const struct option *option = option_find(command->id, argument + 2, length - 2);
    int64_t number = 0;

    if (argument[length] == '\0' || option == NULL ||
        (option->kind != OPTION_DURATION && option->kind != OPTION_SIZE))
        return;
    memcpy(&number, field_of(settings, option), option->size);
    assert(number == model_number(option->kind, argument + length + 1));
}

static void claim_settings(const struct settings *settings, const struct command *command)
{
    assert(settings->listen_count >= 1 && settings->listen_count <= LISTEN_MAX);
    for (size_t i = 0; i < settings->listen_count; i++)
        assert(settings->listen[i] != NULL);
    for (size_t i = 0; i < option_count; i++) {
        const struct option *option = &option_table[i];
        if ((option->commands & command->id) == 0 || option->kind == OPTION_ADDRESS)
            continue;
        claim_shown(settings, option);
        if (settings_given(settings, option->name))
            claim_in_range(settings, option);
    }
    if (command->check != NULL) {
        int status = command->check(settings);
        assert(status == 0 || status == EXIT_USAGE);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct lines arguments, variables;
    struct span input = input_of(data, size);
    const struct command *command = &command_table[input_byte(&input) % command_count];
    struct settings settings;
    char **before = environ;

    lines_take(&arguments, &input);
    lines_take(&variables, &input);
    environ = variables.at;
    int status = settings_read(&settings, command, arguments.at);
    environ = before;
    assert(status == 0 || status == EXIT_USAGE);
    if (status == 0 && !settings.wants_help) {
        claim_settings(&settings, command);
        if (arguments.count == 1)
            claim_number(&settings, command, arguments.at[0]);
    }
    settings_fini(&settings);
    lines_free(&arguments);
    lines_free(&variables);
    return 0;
}
