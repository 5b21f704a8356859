// SPDX-License-Identifier: MIT
/*
 * Socket files. A stale one, which no process listens on, is replaced; a file of any other kind is
 * left alone, and so is one that has taken the place of ours by the end.
 */
#include "server/socket_file.h"

#include "server/address.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

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

static int unix_bind(const char *path, char *why, size_t why_size)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strncpy(address.sun_path, path, sizeof address.sun_path - 1);
    int error = unix_clear(&address, why, why_size);
    if (error < 0)
        return error;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd >= 0 && bind(fd, (const struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    error = -errno;
    if (fd >= 0)
        close(fd);
    return address_fail(why, why_size, error, "cannot make the socket %s: %s", path,
                        error == -ENOENT ? "its folder does not exist" : strerror(-error));
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
