// SPDX-License-Identifier: MIT
/* See listen_backlog.h. */
#include "server/listen_backlog.h"

#include <limits.h>
#include <stdio.h>

enum { BACKLOG_MAX = 4096 }; /* what net.core.somaxconn is by default since Linux 5.4 */

int listen_backlog_most(void)
{
    int most = INT_MAX;
    FILE *file = fopen("/proc/sys/net/core/somaxconn", "re");
    if (file != NULL) {
        int read;
        if (fscanf(file, "%d", &read) == 1 && read > 0)
            most = read;
        fclose(file);
    }
    return most;
}

int listen_backlog_default(void)
{
    int most = listen_backlog_most();
    return most < BACKLOG_MAX ? most : BACKLOG_MAX;
}
