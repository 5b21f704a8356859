// SPDX-License-Identifier: MIT
/*
 * Socket files. A stale one, which no process listens on, is replaced; a file of any other kind is
 * left alone, and so is one that has taken the place of ours by the end.
 *
 * A socket that is bound and does not listen yet looks stale. So ours listens at once, and from the
 * look at the path until then the folder is locked (flock(2)): servers that start together take
 * turns, and a lock on the folder itself leaves no file behind, however a server ends.
 */
#include "server/socket_file.h"

#include "server/address.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum {
    /* Whoever may read the folder can hold its lock: another server does for less than a
     * millisecond, and nobody is waited for longer than five seconds. */
    LOCK_TRIES = 5000,
    LOCK_AGAIN_MS = 1,
};

/* Locks an open folder. Returns 0, -EBUSY when another program does not let go of it, or another
 * negative errno. */
static int folder_lock(int folder)
{
    for (int tries = 0; tries < LOCK_TRIES; tries++) {
        if (flock(folder, LOCK_EX | LOCK_NB) == 0)
            return 0;
        if (errno != EWOULDBLOCK)
            return -errno;
        (void)poll(NULL, 0, LOCK_AGAIN_MS);
    }
    return -EBUSY;
}

/* Opens and locks the folder that a socket is to be in. Returns its descriptor or a negative errno.
 */
static int folder_open(const struct sockaddr_un *address, char *why, size_t why_size)
{
    const char *path = address->sun_path;
    struct sockaddr_un copy = *address; /* dirname(3) writes to it */
    int folder = open(dirname(copy.sun_path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) {
        int error = -errno;
        return address_fail(why, why_size, error, "cannot open the folder of the socket %s: %s",
                            path, error == -ENOENT ? "it does not exist" : strerror(-error));
    }
    int error = folder_lock(folder);
    if (error == 0)
        return folder;
    close(folder);
    return address_fail(why, why_size, error, "cannot lock the folder of the socket %s: %s", path,
                        error == -EBUSY ? "another program holds its lock" : strerror(-error));
}

/* A child that the program around the server has forked meanwhile may hold the folder open as well:
 * the lock ends by name, not by close(2). */
static void folder_close(int folder)
{
    (void)flock(folder, LOCK_UN);
    close(folder);
}

/* Whether a process has the socket file open: 0 when none has, -EADDRINUSE, or another failure. */
static int unix_probe(const struct sockaddr_un *address)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    int error = connect(fd, (const struct sockaddr *)address, sizeof *address) < 0 ? errno : 0;
    close(fd);
    if (error == ECONNREFUSED || error == ENOENT)
        return 0;
    /* A full backlog (EAGAIN) or another type of socket (EPROTOTYPE) is in use as well. */
    if (error == 0 || error == EAGAIN || error == EPROTOTYPE)
        return -EADDRINUSE;
    return -error;
}

/* Makes room for a socket file at the path. */
static int unix_clear(const struct sockaddr_un *address, char *why, size_t why_size)
{
    const char *path = address->sun_path;
    struct stat status;
    if (lstat(path, &status) < 0) {
        /* What is wrong with the path besides, bind(2) will say. */
        return 0;
    }
    if (!S_ISSOCK(status.st_mode))
        return address_fail(why, why_size, -EINVAL,
                            "%s is not a socket; remove it or choose another path", path);
    int error = unix_probe(address);
    if (error == -EADDRINUSE)
        return address_fail(why, why_size, error,
                            "unix:%s is in use by another program; stop it or choose another path",
                            path);
    if (error < 0)
        return address_fail(why, why_size, error, "cannot tell whether unix:%s is in use: %s", path,
                            strerror(-error));
    if (unlink(path) < 0 && errno != ENOENT) {
        error = -errno;
        return address_fail(why, why_size, error, "cannot remove the stale socket %s: %s", path,
                            strerror(-error));
    }
    return 0;
}

/* Claims the path in its locked folder: a socket bound to it, which listens. Returns its descriptor
 * or a negative errno. */
static int unix_claim(const struct sockaddr_un *address, char *why, size_t why_size)
{
    int error = unix_clear(address, why, why_size);
    if (error < 0)
        return error;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    /* How many connections may wait is set when the server begins and listens once more. */
    if (fd >= 0 && bind(fd, (const struct sockaddr *)address, sizeof *address) == 0 &&
        listen(fd, SOMAXCONN) == 0)
        return fd;
    error = -errno;
    if (fd >= 0)
        close(fd);
    return address_fail(why, why_size, error, "cannot make the socket %s: %s", address->sun_path,
                        strerror(-error));
}

static int unix_bind(const char *path, char *why, size_t why_size)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strncpy(address.sun_path, path, sizeof address.sun_path - 1);
    int folder = folder_open(&address, why, why_size);
    if (folder < 0)
        return folder;
    int fd = unix_claim(&address, why, why_size);
    folder_close(folder);
    return fd;
}

int socket_file_bind(const char *path, char *why, size_t why_size, struct socket_file *out)
{
    struct stat status = {0};
    char *copy = strdup(path);
    if (copy == NULL)
        return address_fail(why, why_size, -ENOMEM, "memory is short for the socket %s", path);
    int fd = unix_bind(path, why, why_size);
    if (fd < 0) {
        free(copy);
        return fd;
    }
    (void)lstat(path, &status);
    *out = (struct socket_file){
        .path = copy,
        .device = status.st_dev,
        .inode = status.st_ino,
        .creator = getpid(),
    };
    return fd;
}

bool socket_file_is_at(const struct socket_file *file, const char *path)
{
    struct stat status;
    return file->path != NULL && lstat(path, &status) == 0 && status.st_dev == file->device &&
           status.st_ino == file->inode;
}

void socket_file_remove(struct socket_file *file)
{
    if (file->path != NULL && file->creator == getpid() && socket_file_is_at(file, file->path))
        unlink(file->path);
    free(file->path);
    file->path = NULL;
}
