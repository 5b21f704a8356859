// SPDX-License-Identifier: MIT
/*
 * What the server owes to a client: which responses, in which order, and by when. The model is told
 * what the engine tells the server and what the server gives the engine, and knows from the script
 * where requests begin and end. It holds no code of the server.
 */
#ifndef SIM_MODEL_H
#define SIM_MODEL_H

#include "answer.h"
#include "script.h"

#include <stdint.h>

struct peer;
struct run;

enum { OWED_MAX = 2 * ITEMS_MAX + 4 };

/* A response that is owed. */
struct owed {
    struct answer answer;
    struct persistence persistence;
    bool is_behind_all; /* no input came behind its request */
    int64_t asked_ms;
};

/* What a connection waits for; each has its time-out. */
enum waits {
    WAITS_FIRST,  /* the first byte of all */
    WAITS_NEXT,   /* the first byte of another request */
    WAITS_HEAD,   /* the rest of a head */
    WAITS_BODY,   /* more of a body */
    WAITS_READER, /* the client to take output */
    WAITS_END,    /* the client to end, behind the last response */
};

struct model {
    bool is_raw;           /* nobody knows what the client sends */
    size_t told;           /* of the script */
    unsigned next;         /* the first item that is not decided */
    unsigned asked;        /* requests that were served */
    bool is_over;          /* the last response is decided */
    bool has_said_last;    /* the client itself, and nothing behind it */
    bool has_ended;        /* the client's side, and the server was told */
    bool is_blocked;       /* the kernel has not taken all output */
    bool is_finished;      /* the server has ended its side */
    bool is_starved;       /* memory was short for it: it may be refused, or dropped */
    bool is_starved_early; /* when its method was not known yet */
    bool was_decided;      /* something, since it was settled */
    enum waits waits;
    int64_t since_ms;
    bool is_complete;  /* the server has ended it in order */
    bool is_active;    /* it is counted among the connections */
    bool has_returned; /* after it had left */
    bool is_counted;   /* among those of its address */
    bool is_one_too_many;
    bool is_pacing;   /* a body comes */
    bool may_be_slow; /* too slow, as far as the model knows */
    size_t pace_at;   /* told so far when that began */
    int64_t pace_ms, blocked_ms, looked_ms;
    size_t read_before;   /* by the client, when that was looked at */
    size_t sent_at_drain; /* what the client had sent when the drain began */

    struct owed owed[OWED_MAX];
    unsigned first_owed, owed_count;
    unsigned finals_at_block; /* of those that were seen by then */
    unsigned finals;          /* responses that were seen */
    unsigned continued;       /* 1 + the item that was last told to go on */

    char *output; /* owned: all that the server has offered to the engine */
    size_t output_length, output_capacity;
    size_t handed;  /* of that, the engine has taken */
    size_t matched; /* of that, is known to be right */
};

/* Memory is short for the server while it is busy with this client. */
void model_starves(struct peer *peer);

/* What the server is told. */
void model_accepted(struct run *run, struct peer *peer);
void model_told(struct run *run, struct peer *peer, size_t length);
void model_ended(struct run *run, struct peer *peer);
void model_drains(struct run *run);

/* What the server does. Each ends the process when the server must not do that now. */
void model_offered(struct run *run, struct peer *peer, struct span bytes);
void model_finishes(struct run *run, struct peer *peer);
void model_leaves(struct run *run, struct peer *peer);
void model_drops(struct run *run, struct peer *peer);

/* The kernel has left `rest` bytes of what was handed to it. */
void model_blocks(struct run *run, struct peer *peer, size_t rest);

/* The kernel has taken all that was blocked, or some of it. */
void model_moves(struct run *run, struct peer *peer);

/* The server looks at how much the client has read. */
void model_looks(struct run *run, struct peer *peer);

/* The end of an event: its time-out begins, or begins again. */
void model_settle(struct run *run, struct peer *peer);

/* The worker is about to sleep for so long, or (negative) without end: nothing must be left undone,
 * and no time-out be overslept. */
void model_sleeps(struct run *run, int timeout_ms);

/* Whether its time has come, and the server may be about to act on that. */
bool model_is_expiring(const struct run *run, const struct model *model);

/* How many blocks of memory the server may hold for it. */
unsigned model_memory(const struct peer *peer);

/* The connection is at its end. */
void model_close(struct run *run, struct peer *peer);

#endif
