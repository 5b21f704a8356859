// SPDX-License-Identifier: MIT
/*
 * Fuzz target: the whole server. The input is the script of a simulated run (test/sim): it decides
 * what the clients send and how, what the kernel does, how the time goes, and when the server is
 * told to stop. Clients that send what the input says get nothing but whole responses, and nothing
 * behind the last; those that send what the simulation has written get what its model expects. The
 * simulation ends the process when something is wrong.
 */
#include "input.h"
#include "run.h"

static struct run run;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    run_play_script(&run, input_of(data, size));
    return 0;
}
