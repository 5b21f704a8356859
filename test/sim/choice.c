// SPDX-License-Identifier: MIT
/* See choice.h. A seed is drawn out by splitmix64 (Steele, Lea, Flood 2014). */
#include "choice.h"

void choice_from_seed(struct choice *choice, uint64_t seed)
{
    *choice = (struct choice){.state = seed * 0x9e3779b97f4a7c15U};
}

void choice_from_script(struct choice *choice, struct span script)
{
    *choice = (struct choice){.is_scripted = true, .script = script};
}

static uint32_t choice_draw(struct choice *choice)
{
    choice->state += 0x9e3779b97f4a7c15U;
    uint64_t word = choice->state;
    word = (word ^ word >> 30) * 0xbf58476d1ce4e5b9U;
    word = (word ^ word >> 27) * 0x94d049bb133111ebU;
    return (uint32_t)(word >> 32);
}

struct span choice_take(struct choice *choice, size_t length)
{
    struct span taken = choice->script;
    if (taken.length > length)
        taken.length = length;
    choice->script = span_skip(choice->script, taken.length);
    return taken;
}

/* As many bytes of the script as the count needs. */
static uint32_t choice_read(struct choice *choice, uint32_t count)
{
    struct span bytes = choice_take(choice, count <= 256 ? 1 : count <= 65536 ? 2 : 4);
    uint32_t number = 0;
    for (size_t i = 0; i < bytes.length; i++)
        number = number << 8 | (uint8_t)bytes.at[i];
    return number % count;
}

uint32_t choose(struct choice *choice, uint32_t count)
{
    if (choice->is_scripted)
        return choice_read(choice, count);
    return (uint32_t)((uint64_t)choice_draw(choice) * count >> 32);
}

uint32_t choose_between(struct choice *choice, uint32_t least, uint32_t most)
{
    return least + choose(choice, most - least + 1);
}

bool chance(struct choice *choice, uint32_t permille)
{
    if (permille == 0)
        return false;
    return choose(choice, 1000) >= 1000 - permille;
}
