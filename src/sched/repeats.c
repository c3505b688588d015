/* repeats.c: the whole state of an execution, and whether it comes again. */
#include "sched/repeats.h"

#include "sched/world_parts.h"

/* A whole state takes more work than that of one agent. */
enum { WORK_PER_LOOK = 16 };

typedef struct whole {
    const hd_world *world;
    const hd_strategy *strategy;
} whole;

void hd_repeats_free(hd_repeats *r) {
    hd_cycle_free(&r->cycle);
}

void hd_repeats_rest(hd_repeats *r, uint64_t window) {
    hd_cycle_forget(&r->cycle);
    hd_cycle_grant(&r->work,
                   window <= UINT64_MAX / WORK_PER_LOOK ? window * WORK_PER_LOOK : window);
    r->looking = true;
}

static uint64_t mix(uint64_t hash, uint64_t value) {
    hash = (hash ^ value) * UINT64_C(0xD6E8FEB86659FD93);
    return hash ^ hash >> 32;
}

static const hd_store *store_of(const hd_task *t) {
    return t->member ? hd_member_store(t->member) : NULL;
}

/* True if the agent is within a call: then it has a stack. */
static bool is_in_call(const hd_task *t) {
    return t->stage != HD_STAGE_AT_STEP && t->stage != HD_STAGE_ASKING;
}

/* What is near: stages and stacks. */
static uint64_t stacks_weight(const hd_world *w) {
    uint64_t sum = 0;
    for (size_t i = 0; i < w->living.len; i++) {
        const hd_task *t = w->living.items[i];
        hd_cycle_agent agent = {t->agent, store_of(t)};
        hd_cycle_subject subject = hd_cycle_of_agent(&agent);
        sum += is_in_call(t) ? subject.weight(subject.context, false) : 1;
    }
    return sum;
}

static uint64_t stacks_hash(const hd_world *w) {
    uint64_t hash = w->living.len;
    for (size_t i = 0; i < w->living.len; i++) {
        const hd_task *t = w->living.items[i];
        hash = mix(hash, t->stage);
        if (is_in_call(t)) hash = mix(hash, hd_agent_fingerprint(t->agent));
    }
    return hash;
}

/* What is far: stores, and the shared memories, each of which many stores may hold. */
static uint64_t stores_weight(const hd_world *w) {
    uint64_t sum = 1;
    for (size_t i = 0; i < w->living.len; i++) {
        const hd_store *store = store_of(w->living.items[i]);
        hd_cycle_agent agent = {w->living.items[i]->agent, store};
        hd_cycle_subject subject = hd_cycle_of_agent(&agent);
        sum += subject.weight(subject.context, true) + hd_store_shared_weight(store) / 256;
    }
    return sum;
}

static uint64_t stores_hash(const hd_world *w) {
    uint64_t hash = 0;
    for (size_t i = 0; i < w->living.len; i++) {
        const hd_store *store = store_of(w->living.items[i]);
        hash = mix(mix(hash, hd_store_fingerprint(store)), hd_store_shared_fingerprint(store));
    }
    return hash;
}

static uint64_t weight(const void *context, bool far) {
    const whole *s = context;
    return far ? stores_weight(s->world) : stacks_weight(s->world);
}

static uint64_t hash(const void *context, bool far) {
    const whole *s = context;
    return far ? stores_hash(s->world) : stacks_hash(s->world);
}

static bool add_task(const hd_task *t, hd_bytes *to) {
    const hd_store *store = store_of(t);
    return hd_bytes_add_varint(to, t->number) && hd_bytes_add_varint(to, t->stage) &&
           hd_bytes_add_varint(to, t->event.count) &&
           (!is_in_call(t) || hd_agent_add_state(t->agent, to)) && hd_store_add_state(store, to) &&
           hd_store_add_shared(store, to);
}

static bool add_queues(const hd_world *w, hd_bytes *to) {
    for (const hd_task *t = w->first_waiter; t; t = t->next_waiter)
        if (!hd_bytes_add_varint(to, t->number) ||
            !hd_bytes_add(to, &t->memory, sizeof t->memory) || !hd_bytes_add_varint(to, t->address))
            return false;
    return true;
}

static bool add(const void *context, hd_bytes *to) {
    const whole *s = context;
    const hd_world *w = s->world;
    bool added = hd_bytes_add_varint(to, w->tasks.len) &&
                 hd_bytes_add_varint(to, hd_world_current(w)) &&
                 s->strategy->add_state(s->strategy, to);
    for (size_t i = 0; i < w->living.len && added; i++)
        added = add_task(w->living.items[i], to);
    return added && add_queues(w, to);
}

/* True if the state shows all that matters to what comes next: nobody waits for a time or the
 * outside, and nobody is about to take a step between two calls. */
static bool is_whole(const hd_world *w) {
    if (w->timed.len > 0 || w->blocked.len > 0) return false;
    for (size_t i = 0; i < w->living.len; i++) {
        const hd_task *t = w->living.items[i];
        bool between =
            t->stage == HD_STAGE_ASKING || (t->stage == HD_STAGE_AT_STEP && hd_task_can_move(t));
        if (between || !t->agent || !store_of(t)) return false;
    }
    return true;
}

bool hd_repeats_look(hd_repeats *r, const hd_world *world, const hd_strategy *strategy, bool seen) {
    whole state = {world, strategy};
    hd_cycle_subject subject = {&state, weight, hash, add};
    if (!r->looking) return false;
    if (!seen || !is_whole(world)) return hd_cycle_forget(&r->cycle), false;
    hd_cycle_verdict verdict = hd_cycle_look(&r->cycle, &r->work, &subject);
    r->looking = verdict != HD_CYCLE_SPENT;
    return verdict == HD_CYCLE_FOUND;
}
