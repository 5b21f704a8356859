// SPDX-License-Identifier: MIT
/*
 * One fixed response to every request, installed by the program's `respond` command. The options
 * are the response: a request costs one selkie_reply and nothing else.
 */
#include "handlers/respond.h"

static void respond(struct selkie_request *request, void *data)
{
    const struct respond_options *options = data;

    /* A failure leaves the request unanswered, which the server turns into a 500. */
    (void)selkie_reply(request, options->status, options->type, options->body.at,
                       options->body.length);
}

int respond_install(struct selkie_server *server, const struct respond_options *options)
{
    return selkie_server_route(server, "/", respond, (void *)options);
}
