// SPDX-License-Identifier: MIT
/* Serves a page of 64 KiB, one connection after the other, with as few calls as the kernel allows.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PIECE = 8192, PAGE = 65536, HEAD = 16384 };

static char response[HEAD + PAGE];
static size_t response_length;

static void respond(int connection)
{
    for (size_t sent = 0; sent < response_length;) {
        size_t left = response_length - sent;
        ssize_t count = send(connection, response + sent, left, MSG_NOSIGNAL);
        if (count < 0)
            return; /* the client has gone */
        sent += (size_t)count;
    }
}

static void serve(int connection)
{
    char head[HEAD];
    size_t length = 0;
    ssize_t count;
    while (length + PIECE <= sizeof head &&
           (count = recv(connection, head + length, PIECE, 0)) > 0) {
        length += (size_t)count;
        if (memmem(head, length, "\r\n\r\n", 4)) {
            respond(connection);
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
    if (bind(listener, (struct sockaddr *)&address, size) != 0 || listen(listener, 511) != 0) {
        perror("pieces");
        return 1;
    }
    getsockname(listener, (struct sockaddr *)&address, &size);
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    response_length = (size_t)sprintf(
        response, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n", PAGE);
    memset(response + response_length, '.', PAGE);
    response_length += PAGE;
    for (;;)
        serve(accept(listener, (struct sockaddr *)&address, &size));
}
