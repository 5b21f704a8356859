// SPDX-License-Identifier: MIT
/*
 * The tree that the router looks requests up in: routes by the segments of their paths. It borrows
 * the routes, which the router owns and adds only when they conflict with none. A look-up allocates
 * nothing and changes nothing.
 */
#ifndef SERVER_TREE_H
#define SERVER_TREE_H

#include "server/router.h"

/* The root stands for the tree. */
struct node;

/* Returns NULL when memory is short. */
struct node *tree_new(void);

/* Frees the nodes, not the routes. NULL is allowed. */
void tree_free(struct node *tree);

/* Puts a route where its pattern belongs. Returns 0, or -ENOMEM and no request finds the route. */
int tree_insert(struct node *tree, struct route *route);

/* See router_find. */
int tree_find(const struct node *tree, struct span method, struct span path,
              struct route_match *out);

#endif
