/* cycle.c: the search for a state that comes again. */
#include "sched/cycle.h"

/* Bytes that are hashed in the time of one unit: the stack value by value, memories in bulk. */
enum { STACK_BYTES = 64, STORE_BYTES = 256 };

void hd_cycle_start(hd_cycle *c, uint64_t window) {
    *c = (hd_cycle){.window = window, .left = window};
}

void hd_cycle_widen(hd_cycle *c) {
    if (c->window <= UINT64_MAX / 4) c->window *= 2;
    c->left = c->window;
    c->remembered = false;
}

void hd_cycle_forget(hd_cycle *c) {
    c->remembered = false;
}

static bool spend(hd_cycle *c, uint64_t units) {
    if (units > c->left) return false;
    c->left -= units;
    return true;
}

hd_cycle_verdict hd_cycle_look(hd_cycle *c, const hd_agent *agent, const hd_store *store) {
    if (!spend(c, 1 + hd_agent_weight(agent) / STACK_BYTES)) return HD_CYCLE_SPENT;
    uint64_t own = hd_agent_fingerprint(agent);
    bool again = c->remembered && own == c->agent;
    bool due = !c->remembered || ++c->lap >= c->power;
    if (!again && !due) return HD_CYCLE_OPEN;
    if (!spend(c, 1 + hd_store_weight(store) / STORE_BYTES)) return HD_CYCLE_SPENT;
    uint64_t rest = hd_store_fingerprint(store);
    if (again && rest == c->store) return HD_CYCLE_FOUND;
    if (!due) return HD_CYCLE_OPEN;
    c->power = c->remembered ? c->power * 2 : 1;
    c->lap = 0;
    c->agent = own;
    c->store = rest;
    c->remembered = true;
    return HD_CYCLE_OPEN;
}
