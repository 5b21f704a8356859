// SPDX-License-Identifier: MIT
/*
 * Plays transcripts against a server in this process: one worker, driven turn by turn over a socket
 * pair. The input goes in whole, byte by byte, and cut in two at every place; the answer must be
 * the same each time. Nothing waits and nothing depends on time.
 */
#ifndef WIRE_REPLAY_H
#define WIRE_REPLAY_H

#include "transcript.h"

/* An engine: a selector, and how it waits. */
struct replay_engine {
    const char *selector;
    enum selkie_trigger trigger;
    const char *trigger_name;
};

/* Plays every cut of a transcript on one engine, and demands that no connection and no descriptor
 * is left behind. Returns how many replays failed, each told in one line on stdout, headed `name`;
 * the lines end after a few. */
unsigned transcript_replay(const struct transcript *transcript, const struct replay_engine *engine,
                           const char *name);

#endif
