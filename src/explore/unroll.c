/* unroll.c: how often agents go round their loops.
 *
 * A place is counted if it lies in a loop, or a call from within one leads to it; which calls,
 * tells it apart from the same place in another one. What an agent has done depends on nothing but
 * what it has read: so where it stops is the same in all orders of the same events, and nothing is
 * lost of executions in which no agent goes round more often. */
#include <string.h>

#include "explore/parts.h"

typedef struct hd_contexts {
    hd_arena arena;
    hd_map numbers;
    hd_bytes places;
    uint32_t count;
} hd_contexts;

void hd_contexts_free(hd_contexts *c) {
    if (!c) return;
    hd_map_free(&c->numbers);
    hd_arena_free(&c->arena);
    hd_vec_free(&c->places);
    hd_free(c);
}

/* The number of the places that were written down; 0 when memory is out. */
static uint32_t number_of(hd_contexts *c) {
    const char *places = (const char *)c->places.items;
    uintptr_t number = (uintptr_t)hd_map_get(&c->numbers, places, c->places.len);
    if (number > 0) return (uint32_t)number;
    char *key = hd_arena_strndup(&c->arena, places, c->places.len);
    number = c->count + 1;
    if (!key || !hd_map_put(&c->numbers, key, c->places.len, (void *)number, NULL)) return 0;
    return ++c->count;
}

uint32_t hd_explorer_context(hd_explorer *x, uint32_t agent) {
    if (!x->options->unroll) return 0;
    hd_task_view view = hd_world_view(x->world, agent);
    if (view.state != HD_TASK_CALLING || !hd_agent_in_loop(hd_member_agent(view.member))) return 0;
    if (!x->contexts) x->contexts = hd_calloc(1, sizeof *x->contexts);
    hd_contexts *c = x->contexts;
    if (c) c->places.len = 0;
    uint32_t number =
        c && hd_agent_add_places(hd_member_agent(view.member), &c->places) ? number_of(c) : 0;
    if (number == 0) hd_explorer_nomem(x);
    return number;
}

hd_agents hd_explorer_spent(hd_explorer *x, hd_agents agents) {
    hd_agents spent = 0;
    for (hd_agents left = x->options->unroll ? agents : 0; left; left &= left - 1) {
        uint32_t agent = (uint32_t)__builtin_ctzll(left), context = hd_explorer_context(x, agent);
        uint64_t times = 0;
        for (size_t i = 0; context && i < x->past.len; i++)
            times += x->past.items[i].agent == agent && x->past.items[i].context == context;
        if (times >= x->options->unroll) spent |= hd_agent_bit(agent);
    }
    return spent;
}
