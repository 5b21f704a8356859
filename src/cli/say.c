// SPDX-License-Identifier: MIT
/*
 * What the program says on stderr, for all of its files. A message is one line, whatever a user put
 * into it, and one write(2): master and workers share the descriptor, and their lines must not mix.
 */
#include "cli/cli.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

enum { LINE_MAX_LENGTH = 1024 };

static void say_line(const char *format, va_list arguments) __attribute__((format(printf, 1, 0)));

static void say_line(const char *format, va_list arguments)
{
    static const char prefix[] = "selkie: ";
    char line[LINE_MAX_LENGTH];
    char *text = line + sizeof(prefix) - 1;
    size_t length;

    memcpy(line, prefix, sizeof(prefix));
    (void)vsnprintf(text, sizeof(line) - sizeof(prefix), format, arguments);
    length = strlen(line);
    for (size_t at = 0; at < length; at++)
        if ((unsigned char)line[at] < ' ' || line[at] == 0x7f)
            line[at] = '?';
    line[length] = '\n';
    /* Nobody is left to tell when stderr fails. */
    if (write(STDERR_FILENO, line, length + 1) < 0)
        return;
}

void say(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    say_line(format, arguments);
    va_end(arguments);
}

int say_usage(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    say_line(format, arguments);
    va_end(arguments);
    return EXIT_USAGE;
}

int say_flushed(void)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return 0;
    say("cannot write to standard output: %s", strerror(errno));
    return EXIT_FAILED;
}
