// SPDX-License-Identifier: MIT
/* Answers one connection after the other; the kernel may keep a few waiting meanwhile. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef BACKLOG
#define BACKLOG 5
#endif

static const char response[] =
    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";

static void serve(int connection)
{
    char head[65536];
    size_t length = 0;
    ssize_t count;
    while (length < sizeof head &&
           (count = recv(connection, head + length, sizeof head - length, 0)) > 0) {
        length += (size_t)count;
        if (memmem(head, length, "\r\n\r\n", 4)) {
            send(connection, response, strlen(response), MSG_NOSIGNAL);
            break;
        }
    }
    close(connection);
}

int main(int argc, char **argv)
{
    int listener = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((in_port_t)atoi(argc > 1 ? argv[1] : "0")),
                                  .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof address;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(listener, (struct sockaddr *)&address, size) != 0 || listen(listener, BACKLOG) != 0) {
        perror("backlog");
        return 1;
    }
    getsockname(listener, (struct sockaddr *)&address, &size);
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    for (;;)
        serve(accept(listener, (struct sockaddr *)&address, &size));
}
