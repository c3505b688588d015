/* cycle.c: the search for a state that comes again. */
#include "sched/cycle.h"

#include <string.h>

void hd_cycle_grant(hd_cycle_work *w, uint64_t window) {
    *w = (hd_cycle_work){window, window};
}

void hd_cycle_widen(hd_cycle_work *w) {
    hd_cycle_grant(w, w->window <= UINT64_MAX / 4 ? w->window * 2 : w->window);
}

bool hd_cycle_spend(hd_cycle_work *w, uint64_t units) {
    if (units > w->left) return w->left = 0, false;
    w->left -= units;
    return true;
}

void hd_cycle_forget(hd_cycle *c) {
    c->remembered = c->kept = false;
    c->lap = c->power = 0;
}

void hd_cycle_free(hd_cycle *c) {
    hd_vec_free(&c->state);
}

/* The hashes have come again: keeps the state, or compares it with the one that is kept. */
static hd_cycle_verdict come_again(hd_cycle *c, const hd_cycle_subject *s) {
    size_t length = c->kept ? c->state.len : 0;
    c->state.len = length;
    if (!s->add(s->context, &c->state)) return HD_CYCLE_SPENT;
    bool same = c->kept && c->state.len == 2 * length &&
                memcmp(c->state.items, c->state.items + length, length) == 0;
    if (same) return HD_CYCLE_FOUND;
    if (length > 0) { /* the later one is as good */
        memmove(c->state.items, c->state.items + length, c->state.len - length);
        c->state.len -= length;
    }
    c->kept = true;
    c->lap = 0;
    return HD_CYCLE_OPEN;
}

hd_cycle_verdict hd_cycle_look(hd_cycle *c, hd_cycle_work *w, const hd_cycle_subject *s) {
    if (!hd_cycle_spend(w, s->weight(s->context, false))) return HD_CYCLE_SPENT;
    uint64_t near = s->hash(s->context, false);
    bool again = c->remembered && near == c->near;
    bool due = !c->remembered || ++c->lap >= c->power;
    if (!again && !due) return HD_CYCLE_OPEN;
    if (!hd_cycle_spend(w, s->weight(s->context, true))) return HD_CYCLE_SPENT;
    uint64_t far = s->hash(s->context, true);
    if (again && far == c->far) return come_again(c, s);
    if (!due) return HD_CYCLE_OPEN;
    c->power = c->remembered ? c->power * 2 : 1;
    c->lap = 0;
    c->near = near;
    c->far = far;
    c->remembered = true;
    c->kept = false;
    return HD_CYCLE_OPEN;
}

/* An agent and its store. */

/* Bytes that are hashed in the time of one unit: the stack value by value, memories in bulk. */
enum { STACK_BYTES = 64, STORE_BYTES = 256 };

static uint64_t weight(const void *context, bool far) {
    const hd_cycle_agent *a = context;
    return 1 + (far ? hd_store_weight(a->store) / STORE_BYTES
                    : hd_agent_weight(a->agent) / STACK_BYTES);
}

static uint64_t hash(const void *context, bool far) {
    const hd_cycle_agent *a = context;
    return far ? hd_store_fingerprint(a->store) : hd_agent_fingerprint(a->agent);
}

static bool add(const void *context, hd_bytes *to) {
    const hd_cycle_agent *a = context;
    return hd_agent_add_state(a->agent, to) && hd_store_add_state(a->store, to);
}

hd_cycle_subject hd_cycle_of_agent(const hd_cycle_agent *agent) {
    return (hd_cycle_subject){agent, weight, hash, add};
}
