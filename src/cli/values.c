// SPDX-License-Identifier: MIT
/*
 * The values of options: counts, durations, sizes, words. Read from the text of a flag, a variable
 * or a default alike, and described in the same terms when a text is none. A number is wholly
 * digits and its unit; nothing is skipped, cut off or guessed.
 */
#include "cli/cli.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <strings.h>

struct unit {
    const char *name;
    int64_t scale;
};

/* From large to small: unit_text shows a number in the largest one that divides it. */
static const struct unit durations[] = {
    {"h", 3600000}, {"m", 60000}, {"s", 1000}, {"ms", 1}, {NULL, 0},
};
static const struct unit sizes[] = {
    {"G", 1 << 30}, {"M", 1 << 20}, {"k", 1 << 10}, {"", 1}, {NULL, 0},
};
static const struct unit counts[] = {{"", 1}, {NULL, 0}};

static const struct unit *option_units(const struct option *option)
{
    if (option->kind == OPTION_DURATION)
        return durations;
    return option->kind == OPTION_SIZE ? sizes : counts;
}

static const struct unit *unit_find(const struct unit *units, const char *name)
{
    for (; units->name != NULL; units++)
        if (strcasecmp(units->name, name) == 0)
            return units;
    return NULL;
}

static void unit_text(const struct unit *units, int64_t number, char *to, size_t size)
{
    /* Zero is divided by everything; the smallest unit reads best. */
    while (units[1].name != NULL && (number == 0 || number % units->scale != 0))
        units++;
    (void)snprintf(to, size, "%" PRId64 "%s", number / units->scale, units->name);
}

static int number_parse(const struct option *option, const char *text, int64_t *out)
{
    const struct unit *unit;
    int64_t number = 0;

    if (!isdigit((unsigned char)*text))
        return -EINVAL;
    for (; isdigit((unsigned char)*text); text++)
        if (__builtin_mul_overflow(number, 10, &number) ||
            __builtin_add_overflow(number, *text - '0', &number))
            return -ERANGE;
    unit = unit_find(option_units(option), text);
    if (unit == NULL)
        return -EINVAL;
    if (__builtin_mul_overflow(number, unit->scale, &number) || number < option->min ||
        number > option->max)
        return -ERANGE;
    *out = number;
    return 0;
}

/* Finds `text` among the words of "one|two|three". */
static int choice_parse(const char *words, const char *text, int64_t *out)
{
    size_t length = strlen(text);

    for (int64_t index = 0;; index++) {
        size_t word = strcspn(words, "|");

        if (word == length && memcmp(words, text, length) == 0) {
            *out = index;
            return 0;
        }
        if (words[word] == '\0')
            return -EINVAL;
        words += word + 1;
    }
}

static bool takes_auto(const struct option *option)
{
    return strcmp(option->metavar, "N|auto") == 0;
}

int value_parse(const struct option *option, const char *text, int64_t *out)
{
    switch (option->kind) {
    case OPTION_SWITCH:
        return choice_parse("off|on", text, out);
    case OPTION_CHOICE:
        return choice_parse(option->metavar, text, out);
    case OPTION_COUNT:
        if (takes_auto(option) && strcmp(text, "auto") == 0) {
            *out = AUTO;
            return 0;
        }
        return number_parse(option, text, out);
    case OPTION_DURATION:
    case OPTION_SIZE:
        return number_parse(option, text, out);
    case OPTION_TEXT:
    case OPTION_ADDRESS:
        break;
    }
    return -EINVAL;
}

static void number_rule(const struct option *option, char *to, size_t size)
{
    const struct unit *units = option_units(option);
    const char *examples = "";
    char min[32], max[32];

    unit_text(units, option->min, min, sizeof(min));
    unit_text(units, option->max, max, sizeof(max));
    if (option->kind == OPTION_DURATION)
        examples = ", with its unit: 500ms, 30s, 5m";
    else if (option->kind == OPTION_SIZE)
        examples = ": 4096, 64k, 1M";
    else if (takes_auto(option))
        examples = ", or auto";
    (void)snprintf(to, size, "%s from %s to %s%s",
                   option->kind == OPTION_DURATION ? "a duration"
                   : option->kind == OPTION_SIZE   ? "a size"
                                                   : "a count",
                   min, max, examples);
}

void value_rule(const struct option *option, char *to, size_t size)
{
    switch (option->kind) {
    case OPTION_SWITCH:
        (void)snprintf(to, size, "on or off");
        return;
    case OPTION_CHOICE:
        (void)snprintf(to, size, "one of %s", option->metavar);
        return;
    case OPTION_COUNT:
    case OPTION_DURATION:
    case OPTION_SIZE:
        number_rule(option, to, size);
        return;
    case OPTION_TEXT:
    case OPTION_ADDRESS:
        (void)snprintf(to, size, "%s", option->metavar);
        return;
    }
}
