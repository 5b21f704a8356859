// SPDX-License-Identifier: MIT
/* See clients.h. A hash table of chains; each client that has a connection is in it once. */
#include "server/clients.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

struct client {
    struct client *next; /* in its bucket */
    uint64_t key;
    unsigned count; /* of its connections */
};

/* A table for all clients that may be there, half full at most, but for the largest workers. */
enum { BUCKETS_LEAST = 64, BUCKETS_MOST = 1 << 16 };

int clients_init(struct clients *clients, unsigned connections, unsigned fd_max)
{
    unsigned buckets = BUCKETS_LEAST;
    while (buckets < BUCKETS_MOST && buckets / 2 < connections)
        buckets *= 2;
    pool_init(&clients->pool, sizeof(struct client));
    clients->buckets = calloc(buckets, sizeof(struct client *));
    clients->of_fd = calloc(fd_max, sizeof(struct client *));
    clients->bucket_mask = buckets - 1;
    clients->fd_max = fd_max;
    return clients->buckets && clients->of_fd ? 0 : -ENOMEM;
}

/* An IPv4 address has a network number of its own, which is none of the public Internet's. */
static uint64_t key_of_v4(const void *address)
{
    uint32_t number;
    memcpy(&number, address, sizeof number);
    return number;
}

/* Returns false for an address of another family. */
static bool key_find(const struct sockaddr_storage *storage, uint64_t *out)
{
    if (storage->ss_family == AF_INET) {
        *out = key_of_v4(&((const struct sockaddr_in *)storage)->sin_addr);
        return true;
    }
    if (storage->ss_family != AF_INET6)
        return false;
    const struct in6_addr *address = &((const struct sockaddr_in6 *)storage)->sin6_addr;
    if (IN6_IS_ADDR_V4MAPPED(address))
        *out = key_of_v4(&address->s6_addr[12]);
    else
        memcpy(out, address->s6_addr, sizeof *out);
    return true;
}

static struct client **bucket_of(const struct clients *clients, uint64_t key)
{
    /* Fibonacci hashing: neighbours spread, and the high bits depend on all of the key. */
    uint64_t hash = key * UINT64_C(0x9E3779B97F4A7C15);
    return &clients->buckets[(hash >> 32) & clients->bucket_mask];
}

/* The client of this key, made if it is not there. NULL when there is no memory. */
static struct client *client_lend(struct clients *clients, uint64_t key)
{
    struct client **bucket = bucket_of(clients, key);
    for (struct client *client = *bucket; client; client = client->next) {
        if (client->key == key)
            return client;
    }
    struct client *client = pool_lend(&clients->pool);
    if (!client)
        return NULL;
    *client = (struct client){.next = *bucket, .key = key};
    *bucket = client;
    return client;
}

unsigned clients_add(struct clients *clients, int fd)
{
    struct sockaddr_storage storage = {.ss_family = AF_UNSPEC};
    socklen_t length = sizeof storage;
    uint64_t key;
    if (!clients->buckets || (unsigned)fd >= clients->fd_max ||
        getpeername(fd, (struct sockaddr *)&storage, &length) != 0 || !key_find(&storage, &key))
        return 0;
    struct client *client = client_lend(clients, key);
    if (!client)
        return 0;
    clients->of_fd[fd] = client;
    return ++client->count;
}

static void client_return(struct clients *clients, struct client *client)
{
    struct client **link = bucket_of(clients, client->key);
    while (*link != client)
        link = &(*link)->next;
    *link = client->next;
    pool_return(&clients->pool, client);
}

void clients_remove(struct clients *clients, int fd)
{
    if (!clients->buckets || (unsigned)fd >= clients->fd_max)
        return;
    struct client *client = clients->of_fd[fd];
    clients->of_fd[fd] = NULL;
    if (client && --client->count == 0)
        client_return(clients, client);
}

void clients_fini(struct clients *clients)
{
    if (!clients->buckets && !clients->of_fd)
        return;
    free(clients->buckets);
    free(clients->of_fd);
    pool_fini(&clients->pool);
    *clients = (struct clients){0};
}
