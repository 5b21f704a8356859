// SPDX-License-Identifier: MIT
/*
 * The values of options: counts, durations, sizes, words. Read from the text of a flag or a
 * variable alike, shown as they would be given, and described in the same terms when a text is
 * none. A number is wholly digits and its unit; nothing is skipped, cut off or guessed.
 */
#include "cli/cli.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <strings.h>

struct unit {
    const char *name;
    int64_t scale;
};

/* From large to small: unit_show shows a number in the largest one that divides it. */
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

static void unit_show(const struct unit *units, int64_t number, char *to, size_t size)
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
    return option->metavar != NULL && strcmp(option->metavar, "N|auto") == 0;
}

static int value_parse(const struct option *option, const char *text, int64_t *out)
{
    int error;

    switch (option->kind) {
    case OPTION_SWITCH:
        return choice_parse("off|on", text, out);
    case OPTION_CHOICE:
        error = choice_parse(option->metavar, text, out);
        *out += error == 0 ? option->min : 0;
        return error;
    case OPTION_COUNT:
        if (takes_auto(option) && strcmp(text, "auto") == 0) {
            *out = SELKIE_WORKERS_AUTO;
            return 0;
        }
        return number_parse(option, text, out);
    case OPTION_DURATION:
    case OPTION_SIZE:
        return number_parse(option, text, out);
    case OPTION_WORD:
        return choice_parse(option->metavar, text, out);
    case OPTION_TEXT:
    case OPTION_ADDRESS:
        break;
    }
    return 0;
}

static bool is_text(const struct option *option)
{
    return option->kind == OPTION_TEXT || option->kind == OPTION_WORD;
}

/* A number's field is a bool, or an integer of 4 or 8 bytes. */
static void number_store(void *to, size_t size, int64_t number)
{
    assert(size == sizeof(bool) || size == sizeof(int32_t) || size == sizeof(int64_t));
    if (size == sizeof(bool))
        *(bool *)to = number != 0;
    else if (size == sizeof(int32_t))
        *(int32_t *)to = (int32_t)number;
    else
        *(int64_t *)to = number;
}

static int64_t number_load(const void *from, size_t size)
{
    if (size == sizeof(bool))
        return *(const bool *)from;
    return size == sizeof(int32_t) ? *(const int32_t *)from : *(const int64_t *)from;
}

int value_set(struct settings *settings, const struct option *option, const char *text)
{
    void *to = (char *)settings + option->offset;
    int64_t number = 0;
    int error = value_parse(option, text, &number);

    assert(option->kind != OPTION_ADDRESS);
    if (error != 0)
        return error;
    if (!is_text(option))
        number_store(to, option->size, number);
    else if (option->kind == OPTION_WORD && strcmp(text, "auto") == 0)
        *(const char **)to = NULL;
    else
        *(const char **)to = text;
    return 0;
}

static void choice_show(const char *words, int64_t index, char *to, size_t size)
{
    for (; index > 0; index--)
        words += strcspn(words, "|") + 1;
    (void)snprintf(to, size, "%.*s", (int)strcspn(words, "|"), words);
}

static void number_show(const struct option *option, int64_t number, char *to, size_t size)
{
    if (option->kind == OPTION_SWITCH)
        choice_show("off|on", number, to, size);
    else if (takes_auto(option) && number == SELKIE_WORKERS_AUTO)
        (void)snprintf(to, size, "auto");
    else if (number < option->min)
        *to = '\0';
    else if (option->kind == OPTION_CHOICE)
        choice_show(option->metavar, number - option->min, to, size);
    else
        unit_show(option_units(option), number, to, size);
}

void value_show(const struct settings *settings, const struct option *option, char *to, size_t size)
{
    const void *from = (const char *)settings + option->offset;

    if (option->kind == OPTION_ADDRESS || is_text(option)) {
        const char *text = *(const char *const *)from;

        (void)snprintf(to, size, "%s", text == NULL ? "auto" : text);
    } else {
        number_show(option, number_load(from, option->size), to, size);
    }
}

static void number_rule(const struct option *option, char *to, size_t size)
{
    const struct unit *units = option_units(option);
    const char *examples = "";
    char min[32], max[32];

    unit_show(units, option->min, min, sizeof(min));
    unit_show(units, option->max, max, sizeof(max));
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
    case OPTION_WORD:
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
