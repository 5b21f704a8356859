// SPDX-License-Identifier: MIT
/*
 * What --help prints, made from the tables of commands and options for main. Within 96 columns;
 * every option shows its default.
 */
#include "cli/cli.h"

#include <string.h>

enum { TEXT_COLUMN = 30, LINE_WIDTH = 96 };

/* Prints words from TEXT_COLUMN on, broken between words; the cursor stands at `column`. */
static void print_wrapped(const char *text, int column)
{
    if (column > TEXT_COLUMN - 2) {
        (void)putchar('\n');
        column = 0;
    }
    (void)printf("%*s", TEXT_COLUMN - column, "");
    column = TEXT_COLUMN;
    while (*text != '\0') {
        size_t length = strcspn(text, " ");
        int word = (int)length;

        if (column > TEXT_COLUMN && column + 1 + word > LINE_WIDTH) {
            (void)printf("\n%*s", TEXT_COLUMN, "");
            column = TEXT_COLUMN;
        } else if (column > TEXT_COLUMN) {
            (void)putchar(' ');
            column++;
        }
        (void)printf("%.*s", word, text);
        column += word;
        text += length + strspn(text + length, " ");
    }
    (void)putchar('\n');
}

static void print_option(const struct option *option, const struct settings *defaults)
{
    char value[64], text[512];
    int column = printf("  --%s%s%s", option->name, option->metavar != NULL ? " " : "",
                        option->metavar != NULL ? option->metavar : "");

    value_show(defaults, option, value, sizeof(value));
    if (*value != '\0')
        (void)snprintf(text, sizeof(text), "%s [%s]", option->help, value);
    else
        (void)snprintf(text, sizeof(text), "%s", option->help);
    print_wrapped(text, column);
}

int help_command(const struct command *command)
{
    struct settings defaults;

    settings_init(&defaults, command);
    (void)printf("Usage: selkie %s [OPTION ...]\n\n%s\n\nOptions, with their defaults:\n",
                 command->name, command->summary);
    for (size_t index = 0; index < option_count; index++)
        if ((option_table[index].commands & command->id) != 0)
            print_option(&option_table[index], &defaults);
    print_wrapped("This text.", printf("  --help"));
    (void)printf(
        "\nA DURATION has a unit: 500ms, 30s, 5m, 1h. A SIZE may have one: 4096, 64k, 1M.\n"
        "\nEach option can be set in the environment too: --max-head as SELKIE_MAX_HEAD, a "
        "switch as\non or off, SELKIE_LISTEN with several addresses between commas or "
        "spaces. A flag wins.\n\nExamples:\n%s",
        command->examples);
    return say_flushed();
}

void help_overview(FILE *to)
{
    (void)fprintf(to, "Usage: selkie COMMAND [OPTION ...]\n"
                      "       selkie help [COMMAND]\n"
                      "       selkie --help | --version\n\n"
                      "An HTTP server that works directly on the system's selectors.\n\n"
                      "Commands:\n");
    for (size_t index = 0; index < command_count; index++)
        (void)fprintf(to, "  %-10s  %s\n", command_table[index].name, command_table[index].summary);
    (void)fprintf(to, "  %-10s  %s\n", "help", "Shows this text, or the options of a command.");
}
