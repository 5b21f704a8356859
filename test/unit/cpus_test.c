// SPDX-License-Identifier: MIT
/*
 * The CPU quota, read from trees of files that stand for /proc and /sys/fs/cgroup, and the count of
 * usable CPUs of the machine that runs the test.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <ftw.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server/cpus.h"

static int tree_make(void **state)
{
    char root[] = "/tmp/cpus_test.XXXXXX";
    *state = mkdtemp(root) != NULL ? strdup(root) : NULL;
    return *state == NULL ? -1 : 0;
}

static int file_remove(const char *path, const struct stat *status, int type, struct FTW *place)
{
    (void)status;
    (void)type;
    (void)place;
    return remove(path);
}

static int tree_remove(void **state)
{
    int error = nftw(*state, file_remove, 8, FTW_DEPTH | FTW_PHYS);
    free(*state);
    return error;
}

/* Writes a file below the root, with the folders that lead to it. */
static void put(const char *root, const char *name, const char *text)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s%s", root, name);
    for (char *slash = strchr(path + strlen(root) + 1, '/'); slash != NULL;
         slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(path, 0700);
        *slash = '/';
    }
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void test_no_files_no_limit(void **state)
{
    assert_int_equal(cpus_quota(*state), INT_MAX);
    put(*state, "/proc/self/cgroup", "0::/a/b\n");
    assert_int_equal(cpus_quota(*state), INT_MAX);
}

static void test_version_2_rounds_up(void **state)
{
    put(*state, "/proc/self/cgroup", "0::/a\n");
    put(*state, "/sys/fs/cgroup/a/cpu.max", "max 100000\n");
    assert_int_equal(cpus_quota(*state), INT_MAX);
    put(*state, "/sys/fs/cgroup/a/cpu.max", "200000 100000\n");
    assert_int_equal(cpus_quota(*state), 2);
    put(*state, "/sys/fs/cgroup/a/cpu.max", "200001 100000\n");
    assert_int_equal(cpus_quota(*state), 3);
    put(*state, "/sys/fs/cgroup/a/cpu.max", "1000 100000\n");
    assert_int_equal(cpus_quota(*state), 1);
}

static void test_nonsense_is_no_limit(void **state)
{
    static const char *const lines[] = {
        "", "x y\n", "100000 0\n", "-5 100000\n", "0 100000\n", "9223372036854775807 1\n"};
    put(*state, "/proc/self/cgroup", "nonsense\n::\n0::/a\n");
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        put(*state, "/sys/fs/cgroup/a/cpu.max", lines[i]);
        assert_int_equal(cpus_quota(*state), INT_MAX);
    }
}

static void test_parents_bind_too(void **state)
{
    put(*state, "/proc/self/cgroup", "0::/a/b/c\n");
    put(*state, "/sys/fs/cgroup/a/b/c/cpu.max", "max 100000\n");
    put(*state, "/sys/fs/cgroup/a/b/cpu.max", "700000 100000\n");
    assert_int_equal(cpus_quota(*state), 7);
    put(*state, "/sys/fs/cgroup/a/cpu.max", "300000 100000\n");
    assert_int_equal(cpus_quota(*state), 3);
    put(*state, "/sys/fs/cgroup/cpu.max", "100000 100000\n");
    assert_int_equal(cpus_quota(*state), 1);
}

/* A container sees the host's name of its group, and its own group as the mount. */
static void test_a_group_that_cannot_be_reached(void **state)
{
    put(*state, "/sys/fs/cgroup/cpu.max", "400000 100000\n");
    put(*state, "/proc/self/cgroup", "0::/docker/0123\n");
    assert_int_equal(cpus_quota(*state), 4);
    put(*state, "/proc/self/cgroup", "0::/../outside\n");
    put(*state, "/sys/fs/outside/cpu.max", "100000 100000\n");
    assert_int_equal(cpus_quota(*state), 4);
    put(*state, "/proc/self/cgroup", "0::/\n");
    assert_int_equal(cpus_quota(*state), 4);
}

static void test_version_1(void **state)
{
    put(*state, "/proc/self/cgroup", "5:cpuset:/a\n4:cpu,cpuacct:/a\n1:name=systemd:/b\n0::/c\n");
    put(*state, "/sys/fs/cgroup/cpu/a/cpu.cfs_quota_us", "-1\n");
    put(*state, "/sys/fs/cgroup/cpu/a/cpu.cfs_period_us", "100000\n");
    assert_int_equal(cpus_quota(*state), INT_MAX);
    put(*state, "/sys/fs/cgroup/cpu/a/cpu.cfs_quota_us", "250000\n");
    assert_int_equal(cpus_quota(*state), 3);
    put(*state, "/proc/self/cgroup", "5:cpuset:/a\n4:cpuacct,xcpu:/a\n");
    assert_int_equal(cpus_quota(*state), INT_MAX);
}

static void test_the_affinity_of_this_process(void **state)
{
    (void)state;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        cpu_set_t set;
        CPU_ZERO(&set);
        CPU_SET((size_t)sched_getcpu(), &set);
        if (sched_setaffinity(0, sizeof set, &set) < 0)
            _exit(99);
        _exit(cpus_usable());
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 1);
    assert_in_range(cpus_usable(), 1, sysconf(_SC_NPROCESSORS_CONF));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_no_files_no_limit, tree_make, tree_remove),
        cmocka_unit_test_setup_teardown(test_version_2_rounds_up, tree_make, tree_remove),
        cmocka_unit_test_setup_teardown(test_nonsense_is_no_limit, tree_make, tree_remove),
        cmocka_unit_test_setup_teardown(test_parents_bind_too, tree_make, tree_remove),
        cmocka_unit_test_setup_teardown(test_a_group_that_cannot_be_reached, tree_make,
                                        tree_remove),
        cmocka_unit_test_setup_teardown(test_version_1, tree_make, tree_remove),
        cmocka_unit_test(test_the_affinity_of_this_process),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
