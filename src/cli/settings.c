// SPDX-License-Identifier: MIT
/*
 * From the command line, the environment and the defaults to the settings, for main. The strongest
 * source speaks first, and a weaker one only of options that nobody has set: so a variable that a
 * flag overrides is never even read.
 */
#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>

/* Where a text came from, as a user would name it: "--workers " or "SELKIE_WORKERS=". */
struct source {
    const char *prefix, *name, *separator;
};

enum { VARIABLE_MAX = 64 };

static uint32_t option_bit(const struct option *option)
{
    return UINT32_C(1) << (option - option_table);
}

/* Notes that an option is given. The first address that is replaces the default. */
static void option_note(struct settings *settings, const struct option *option)
{
    if (option->kind == OPTION_ADDRESS && (settings->given & option_bit(option)) == 0)
        settings->listen_count = 0;
    settings->given |= option_bit(option);
}

static int listen_add(struct settings *settings, const char *address)
{
    if (settings->listen_count == LISTEN_MAX)
        return say_usage("--listen: give at most %d addresses", LISTEN_MAX);
    settings->listen[settings->listen_count++] = address;
    return 0;
}

/* Sets one option from one text. Returns 0 or the exit status. */
static int option_set(struct settings *settings, const struct option *option, const char *text,
                      struct source source)
{
    char rule[128];

    if (option->kind == OPTION_ADDRESS)
        return listen_add(settings, text);
    if (value_set(settings, option, text) == 0)
        return 0;
    value_rule(option, rule, sizeof(rule));
    return say_usage("%s%s%s%s: give %s", source.prefix, source.name, source.separator, text, rule);
}

static int unknown_option(const struct command *command, const char *word)
{
    const char *name = word + strspn(word, "-");
    const struct option *near = option_suggest(command->id, name);

    if (near != NULL)
        return say_usage("unknown option %s: did you mean --%s?", word, near->name);
    if (suggest_near(name, "help"))
        return say_usage("unknown option %s: did you mean --help?", word);
    return say_usage("unknown option %s: see selkie help %s", word, command->name);
}

/* Takes one argument, and the one behind it when that is its value: then *arguments moves on. */
static int flag_read(struct settings *settings, const struct command *command, char ***arguments)
{
    const char *word = **arguments;
    size_t length = strcspn(word, "=");
    const char *value = word[length] == '=' ? word + length + 1 : NULL;
    const struct option *option;

    if (word[0] != '-')
        return say_usage("unused argument %s: see selkie help %s", word, command->name);
    option = strncmp(word, "--", 2) == 0 ? option_find(command->id, word + 2, length - 2) : NULL;
    if (option == NULL) {
        char name[VARIABLE_MAX];

        (void)snprintf(name, sizeof(name), "%.*s", (int)length, word);
        return unknown_option(command, name);
    }
    if (value == NULL && option->metavar == NULL)
        value = "on";
    else if (value == NULL)
        value = *++*arguments;
    if (value == NULL)
        return say_usage("--%s: the value is missing: give --%s %s", option->name, option->name,
                         option->metavar);
    option_note(settings, option);
    return option_set(settings, option, value, (struct source){"--", option->name, " "});
}

static int flags_read(struct settings *settings, const struct command *command, char **arguments)
{
    for (; *arguments != NULL; arguments++) {
        int status;

        if (strcmp(*arguments, "--help") == 0) {
            settings->wants_help = true;
            return 0;
        }
        status = flag_read(settings, command, &arguments);
        if (status != 0)
            return status;
    }
    return 0;
}

/* Cuts a list of addresses at commas and spaces, which no address contains. */
static int environment_listen(struct settings *settings, const char *list)
{
    char *rest = NULL;
    int status = 0;

    settings->environment_copy = strdup(list);
    if (settings->environment_copy == NULL) {
        say("out of memory");
        return EXIT_FAILED;
    }
    for (char *address = strtok_r(settings->environment_copy, ", ", &rest);
         address != NULL && status == 0; address = strtok_r(NULL, ", ", &rest))
        status = listen_add(settings, address);
    if (settings->listen_count == 0)
        return say_usage("SELKIE_LISTEN=%s: give an address", list);
    return status;
}

/* A variable that is empty counts as not set: it is how a compose file or a unit unsets one. */
static int environment_read(struct settings *settings, const struct option *option)
{
    char variable[VARIABLE_MAX];
    const char *text;

    option_variable(option, variable, sizeof(variable));
    text = getenv(variable);
    if (text == NULL || *text == '\0')
        return 0;
    option_note(settings, option);
    if (option->kind == OPTION_ADDRESS)
        return environment_listen(settings, text);
    return option_set(settings, option, text, (struct source){"", variable, "="});
}

void settings_init(struct settings *out, const struct command *command)
{
    *out = (struct settings){.log_level = SELKIE_LOG_WARNING};
    selkie_options_init(&out->options);
    command->set_defaults(out);
}

int settings_read(struct settings *out, const struct command *command, char **arguments)
{
    int status;

    settings_init(out, command);
    status = flags_read(out, command, arguments);
    for (size_t index = 0; index < option_count && status == 0 && !out->wants_help; index++) {
        const struct option *option = &option_table[index];

        if ((option->commands & command->id) != 0 && (out->given & option_bit(option)) == 0)
            status = environment_read(out, option);
    }
    return status;
}

void settings_fini(struct settings *settings)
{
    free(settings->environment_copy);
}

bool settings_given(const struct settings *settings, const char *option)
{
    const struct option *found = option_find(COMMAND_ANY, option, strlen(option));

    return found != NULL && (settings->given & option_bit(found)) != 0;
}
