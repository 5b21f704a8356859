// SPDX-License-Identifier: MIT
/*
 * How many CPUs this process may use, so that the server can start as many workers: the least of
 * the CPUs it may run on and the CPU time that its control groups grant.
 */
#ifndef SERVER_CPUS_H
#define SERVER_CPUS_H

/* The CPUs this process may use, at least 1. */
int cpus_usable(void);

/* The CPU time that the control groups of this process grant, in CPUs, rounded up; INT_MAX without
 * a limit. The files are read below `root`, "" for the machine's own. */
int cpus_quota(const char *root);

#endif
