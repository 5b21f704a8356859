// SPDX-License-Identifier: MIT
/* See bell.h. */
#include "server/bell.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

int bell_open(struct bell *out)
{
    int fds[2];
    if (pipe2(fds, O_NONBLOCK | O_CLOEXEC) != 0)
        return -errno;
    *out = (struct bell){.read_fd = fds[0], .write_fd = fds[1]};
    return 0;
}

void bell_ring(const struct bell *bell, char note)
{
    int saved = errno;
    ssize_t count;
    do
        count = write(bell->write_fd, &note, 1);
    while (count < 0 && errno == EINTR);
    errno = saved;
}

size_t bell_read(const struct bell *bell, char *notes, size_t size)
{
    ssize_t count;
    do
        count = read(bell->read_fd, notes, size);
    while (count < 0 && errno == EINTR);
    return count > 0 ? (size_t)count : 0;
}

void bell_close(struct bell *bell)
{
    close(bell->read_fd);
    close(bell->write_fd);
}
