// SPDX-License-Identifier: MIT
/*
 * The program `selkie`: finds the command and hands over to it. Exit status 0: all went well; 1: it
 * could not be done here; 2: the command line or the environment is at fault, nothing was served.
 */
#include "cli/cli.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static const struct command *command_find(const char *name)
{
    for (size_t index = 0; index < command_count; index++)
        if (strcmp(command_table[index].name, name) == 0)
            return &command_table[index];
    return NULL;
}

static const char *command_suggest(const char *word)
{
    for (size_t index = 0; index < command_count; index++)
        if (suggest_near(word, command_table[index].name))
            return command_table[index].name;
    if (suggest_near(word, "help"))
        return "help";
    if (suggest_near(word, "--help"))
        return "--help";
    return suggest_near(word, "--version") ? "--version" : NULL;
}

static int unknown_command(const char *word)
{
    const char *near = command_suggest(word);

    if (near != NULL)
        return say_usage("unknown command %s: did you mean %s?", word, near);
    return say_usage("unknown command %s: see selkie --help", word);
}

static int unused_argument(const char *word)
{
    return say_usage("unused argument %s: leave it out", word);
}

static int print_overview(void)
{
    help_overview(stdout);
    return say_flushed();
}

static int print_version(void)
{
    (void)printf("selkie %s\n", selkie_version());
    return say_flushed();
}

static bool is_help(const char *word)
{
    return strcmp(word, "help") == 0 || strcmp(word, "--help") == 0;
}

static int run_help(char **arguments)
{
    const struct command *command;

    if (arguments[0] == NULL || (is_help(arguments[0]) && arguments[1] == NULL))
        return print_overview();
    command = command_find(arguments[0]);
    if (command == NULL)
        return unknown_command(arguments[0]);
    return arguments[1] == NULL ? help_command(command) : unused_argument(arguments[1]);
}

static int run_command(const struct command *command, char **arguments)
{
    struct settings settings;
    int status = settings_read(&settings, command, arguments);

    if (status == 0 && settings.wants_help) {
        status = help_command(command);
    } else if (status == 0) {
        status = command->check != NULL ? command->check(&settings) : 0;
        if (status == 0)
            status = serve(command, &settings);
    }
    settings_fini(&settings);
    return status;
}

static int run(char **arguments)
{
    const struct command *command = command_find(arguments[0]);

    if (command != NULL)
        return run_command(command, arguments + 1);
    if (strcmp(arguments[0], "help") == 0)
        return run_help(arguments + 1);
    if (strcmp(arguments[0], "--help") != 0 && strcmp(arguments[0], "--version") != 0)
        return unknown_command(arguments[0]);
    if (arguments[1] != NULL)
        return unused_argument(arguments[1]);
    return strcmp(arguments[0], "--help") == 0 ? print_overview() : print_version();
}

/* Fills the places of standard descriptors that are closed, so that no socket takes one and gets
 * what is meant for a reader. Opened the wrong way round, they still fail as closed ones do. */
static void standard_descriptors_fill(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0)
            (void)open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

int main(int argc, char **argv)
{
    standard_descriptors_fill();
    /* A reader of stdout that has gone is an error to report, not the end of the server. */
    (void)signal(SIGPIPE, SIG_IGN);
    if (argc < 2) {
        help_overview(stderr);
        return EXIT_USAGE;
    }
    return run(argv + 1);
}
