// SPDX-License-Identifier: MIT
/* All of Selkie: the selectors and the HTTP server on top of them. */
#ifndef SELKIE_SELKIE_H
#define SELKIE_SELKIE_H

#include <selkie/selector.h>
#include <selkie/server.h>

#endif
