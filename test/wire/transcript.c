// SPDX-License-Identifier: MIT
/* See transcript.h. Each directive is a word, and a function that takes the rest of its line. */
#include "transcript.h"

#include <errno.h>
#include <stdlib.h>

enum { HOUR_MS = 60 * 60 * 1000 };

/* The last step, if it is of this kind, else another one behind it. NULL when memory is short. */
static struct step *transcript_step(struct transcript *transcript, enum step_kind kind)
{
    size_t count = transcript->step_count;
    if (count > 0 && transcript->steps[count - 1].kind == kind)
        return &transcript->steps[count - 1];
    struct step *grown = realloc(transcript->steps, (count + 1) * sizeof *grown);
    if (!grown)
        return NULL;
    transcript->steps = grown;
    transcript->step_count = count + 1;
    grown[count] = (struct step){.kind = kind};
    return &grown[count];
}

static int step_append_input(struct step *step, const struct text_symbols *text)
{
    char *grown = realloc(step->input, step->input_length + text->length + 1);
    if (!grown)
        return -ENOMEM;
    step->input = grown;
    for (size_t i = 0; i < text->length; i++) {
        if (text->at[i] > 255)
            return -EINVAL; /* a client sends what it sends */
        grown[step->input_length++] = (char)text->at[i];
    }
    return 0;
}

static int take_send(struct transcript *transcript, struct span rest)
{
    struct text_symbols text = {0};
    struct step *step = transcript_step(transcript, STEP_SEND);
    int error = step ? text_parse(&text, rest) : -ENOMEM;
    if (!error)
        error = step_append_input(step, &text);
    transcript->input_length += text.length;
    text_fini(&text);
    return error;
}

static int take_expect(struct transcript *transcript, struct span rest)
{
    struct step *step = transcript_step(transcript, STEP_EXPECT);
    return step ? text_parse(&step->expected, rest) : -ENOMEM;
}

static int take_eof(struct transcript *transcript, struct span rest)
{
    if (rest.length > 0)
        return -EINVAL;
    return transcript_step(transcript, STEP_EOF) ? 0 : -ENOMEM;
}

static int take_timeout(struct transcript *transcript, struct span rest)
{
    if (rest.length > 0)
        return -EINVAL;
    return transcript_step(transcript, STEP_TIMEOUT) ? 0 : -ENOMEM;
}

static int take_end(struct transcript *transcript, struct span rest, bool closed)
{
    if (rest.length > 0)
        return -EINVAL;
    transcript->has_end = true;
    transcript->ends_closed = closed;
    return 0;
}

static int take_open(struct transcript *transcript, struct span rest)
{
    return take_end(transcript, rest, false);
}

static int take_closed(struct transcript *transcript, struct span rest)
{
    return take_end(transcript, rest, true);
}

/* `rest` ends with the line, which has a NUL behind it. */
static int take_set(struct transcript *transcript, struct span rest)
{
    char name[32];
    size_t value;
    if (span_equal(rest, SPAN("keep-alive off"))) {
        transcript->options.keep_alive = false;
        return 0;
    }
    if (sscanf(rest.at, "%31s %zu", name, &value) != 2)
        return -EINVAL;
    struct selkie_options *options = &transcript->options;
    if (strcmp(name, "max-head") == 0)
        options->head_max = value;
    else if (strcmp(name, "max-body") == 0)
        options->body_max = value;
    else if (strcmp(name, "max-target") == 0)
        options->target_max = value;
    else if (strcmp(name, "max-fields") == 0)
        options->fields_max = (unsigned)value;
    else if (strcmp(name, "max-chunk-line") == 0)
        options->chunk_line_max = (uint32_t)value;
    else if (strcmp(name, "max-trailer") == 0)
        options->trailer_max = (uint32_t)value;
    else if (strcmp(name, "max-requests") == 0)
        options->max_requests = (unsigned)value;
    else if (strcmp(name, "turn-requests") == 0)
        options->turn_requests = (unsigned)value;
    else
        return -EINVAL;
    return 0;
}

static int take_dropped(struct transcript *transcript, struct span rest)
{
    transcript->may_drop = true;
    return take_end(transcript, rest, true);
}

static const struct {
    struct span word;
    int (*take)(struct transcript *transcript, struct span rest);
} directives[] = {
    {{">", 1}, take_send},    {{"<", 1}, take_expect},        {{"eof", 3}, take_eof},
    {{"open", 4}, take_open}, {{"timeout", 7}, take_timeout}, {{"closed", 6}, take_closed},
    {{"set", 3}, take_set},   {{"dropped", 7}, take_dropped},
};

static int transcript_take_line(struct transcript *transcript, struct span line)
{
    if (line.length == 0 || line.at[0] == '#')
        return 0;
    if (transcript->has_end)
        return -EINVAL;
    size_t length = strcspn(line.at, " ");
    struct span word = {line.at, length};
    struct span rest = span_skip(line, length < line.length ? length + 1 : length);
    for (size_t i = 0; i < sizeof directives / sizeof *directives; i++) {
        if (span_equal(word, directives[i].word))
            return directives[i].take(transcript, rest);
    }
    return -EINVAL;
}

static int transcript_take_file(struct transcript *transcript, FILE *file, unsigned *out_line)
{
    char *line = NULL;
    size_t capacity = 0;
    int error = 0;
    *out_line = 0;
    for (ssize_t length; !error && (length = getline(&line, &capacity, file)) >= 0;) {
        ++*out_line;
        if (length > 0 && line[length - 1] == '\n')
            line[--length] = '\0';
        error = transcript_take_line(transcript, (struct span){line, (size_t)length});
    }
    free(line);
    return error || transcript->has_end ? error : -EINVAL;
}

int transcript_read(const char *path, struct transcript *out, unsigned *out_line)
{
    struct transcript transcript = {0};
    FILE *file = fopen(path, "re");
    *out_line = 0;
    if (!file)
        return -errno;
    selkie_options_init(&transcript.options);
    struct selkie_options *options = &transcript.options;
    options->workers = SELKIE_WORKERS_NONE;
    /* However slow the machine, no time-out fires but the one that a transcript asks for. */
    options->idle_ms = options->head_ms = options->body_ms = options->write_ms = HOUR_MS;
    int error = transcript_take_file(&transcript, file, out_line);
    fclose(file);
    if (error)
        transcript_fini(&transcript);
    else
        *out = transcript;
    return error;
}

void transcript_fini(struct transcript *transcript)
{
    for (size_t i = 0; i < transcript->step_count; i++) {
        text_fini(&transcript->steps[i].expected);
        free(transcript->steps[i].input);
    }
    free(transcript->steps);
}
