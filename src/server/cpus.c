// SPDX-License-Identifier: MIT
/*
 * The CPUs that this process may use. On Linux: the affinity mask, and the quotas of its control
 * groups, of which each parent's binds too. Files that are missing or unreadable are no limit:
 * a container often sees only some of them.
 */
#include "server/cpus.h"

#include <limits.h>
#include <stdbool.h>
#include <unistd.h>

#ifdef __linux__

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>

enum { CPUS_MOST = 1 << 20 }; /* far above what Linux can be built for (8192) */

/* The CPUs of the affinity mask, or 0 when it cannot be read. */
static int cpus_affine(void)
{
    /* The kernel refuses a set that is smaller than its own with EINVAL. */
    for (int most = 1024; most <= CPUS_MOST; most *= 2) {
        cpu_set_t *set = CPU_ALLOC((size_t)most);
        size_t size = CPU_ALLOC_SIZE((size_t)most);
        if (set == NULL)
            return 0;
        int error = sched_getaffinity(0, size, set) < 0 ? errno : 0;
        int count = error == 0 ? CPU_COUNT_S(size, set) : 0;
        CPU_FREE(set);
        if (error != EINVAL)
            return count;
    }
    return 0;
}

/* Reads the first line of the file at the joined path, without its end. */
static bool line_read(const char *folder, const char *name, char *line, int size)
{
    char path[PATH_MAX];
    if ((size_t)snprintf(path, sizeof path, "%s/%s", folder, name) >= sizeof path)
        return false;
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return false;
    bool is_read = fgets(line, size, file) != NULL;
    fclose(file);
    return is_read;
}

static int quota_round(long long quota_us, long long period_us)
{
    if (quota_us <= 0 || period_us <= 0 || quota_us / period_us >= INT_MAX)
        return INT_MAX;
    return (int)(quota_us / period_us + (quota_us % period_us != 0));
}

/* The quota of one control group of version 2 ("max 100000" is none) or version 1 (-1 is none). */
static int group_quota(const char *folder)
{
    char line[64];
    long long quota, period;
    if (line_read(folder, "cpu.max", line, sizeof line))
        return sscanf(line, "%lld %lld", &quota, &period) == 2 ? quota_round(quota, period)
                                                               : INT_MAX;
    if (!line_read(folder, "cpu.cfs_quota_us", line, sizeof line) ||
        sscanf(line, "%lld", &quota) != 1 ||
        !line_read(folder, "cpu.cfs_period_us", line, sizeof line) ||
        sscanf(line, "%lld", &period) != 1)
        return INT_MAX;
    return quota_round(quota, period);
}

/* The least quota of the group at `mount`/`group` and its parents up to the mount. Cuts `group`. */
static int groups_quota(const char *mount, char *group)
{
    int least = INT_MAX;
    for (;;) {
        char folder[PATH_MAX];
        if ((size_t)snprintf(folder, sizeof folder, "%s%s", mount, group) < sizeof folder) {
            int quota = group_quota(folder);
            least = quota < least ? quota : least;
        }
        char *slash = strrchr(group, '/');
        if (slash == NULL)
            return least;
        *slash = '\0';
    }
}

/* Whether "cpu" is one of the names between commas; version 2 has no names at all. */
static bool controllers_have_cpu(const char *controllers)
{
    while (*controllers != '\0') {
        size_t length = strcspn(controllers, ",");
        if (length == 3 && memcmp(controllers, "cpu", 3) == 0)
            return true;
        controllers += length;
        controllers += *controllers == ',';
    }
    return false;
}

/* The quota that a line of /proc/self/cgroup, "number:controllers:/group", leads to. Cuts `line`.
 */
static int line_quota(const char *root, char *line)
{
    char mount[PATH_MAX];
    char *controllers = strchr(line, ':');
    char *group = controllers == NULL ? NULL : strchr(controllers + 1, ':');
    if (group == NULL)
        return INT_MAX;
    *controllers++ = '\0';
    *group++ = '\0';
    group[strcspn(group, "\n")] = '\0';
    /* A group outside the process's own namespace cannot be reached; the mount still counts. */
    if (strstr(group, "/..") != NULL)
        *group = '\0';
    bool version_2 = *controllers == '\0';
    if (!version_2 && !controllers_have_cpu(controllers))
        return INT_MAX;
    snprintf(mount, sizeof mount, "%s/sys/fs/cgroup%s", root, version_2 ? "" : "/cpu");
    return groups_quota(mount, group);
}

int cpus_quota(const char *root)
{
    char path[PATH_MAX], line[PATH_MAX];
    int least = INT_MAX;
    snprintf(path, sizeof path, "%s/proc/self/cgroup", root);
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return INT_MAX;
    while (fgets(line, sizeof line, file) != NULL) {
        int quota = line_quota(root, line);
        least = quota < least ? quota : least;
    }
    fclose(file);
    return least;
}

#else

static int cpus_affine(void)
{
    return 0;
}

int cpus_quota(const char *root)
{
    (void)root;
    return INT_MAX;
}

#endif

int cpus_usable(void)
{
    int affine = cpus_affine();
    long online = affine > 0 ? affine : sysconf(_SC_NPROCESSORS_ONLN);
    int quota = cpus_quota("");
    if (online > quota)
        online = quota;
    return online < 1 ? 1 : (int)online;
}
