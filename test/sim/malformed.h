// SPDX-License-Identifier: MIT
/* What is no request, or none that this server takes: a list. */
#ifndef SIM_MALFORMED_H
#define SIM_MALFORMED_H

#include "base/span.h"

struct malformed {
    int status;
    struct span bytes; /* up to the one that decides */
};

extern const struct malformed malformed_list[];
extern const unsigned malformed_count;

#endif
