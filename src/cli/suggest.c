// SPDX-License-Identifier: MIT
/*
 * "Did you mean": whether a word that is no option or command is near to one that is. Asked only
 * on the way to an error message.
 */
#include "cli/cli.h"

#include <string.h>

enum {
    WORD_MAX = 32,    /* longer than any name of ours */
    DISTANCE_MAX = 2, /* a slip, a doubled letter, or two letters that changed places */
};

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Levenshtein's distance, with one row of the matrix in memory. */
static size_t distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
    size_t row[WORD_MAX + 1];

    for (size_t column = 0; column <= b_length; column++)
        row[column] = column;
    for (size_t line = 1; line <= a_length; line++) {
        size_t diagonal = row[0];

        row[0] = line;
        for (size_t column = 1; column <= b_length; column++) {
            size_t replaced = diagonal + (a[line - 1] != b[column - 1]);

            diagonal = row[column];
            row[column] = least(replaced, least(row[column], row[column - 1]) + 1);
        }
    }
    return row[b_length];
}

bool suggest_near(const char *word, const char *name)
{
    size_t word_length = strlen(word);
    size_t name_length = strlen(name);

    if (word_length == 0 || word_length > WORD_MAX || name_length > WORD_MAX)
        return false;
    if (word_length >= 3 && strncmp(word, name, word_length) == 0)
        return true;
    return name_length > DISTANCE_MAX &&
           distance(word, word_length, name, name_length) <= DISTANCE_MAX;
}
