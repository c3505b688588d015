/* races.c: what happens before what, and executions with the races of one turned around.
 *
 * Two events of different agents race if they depend on each other, neither is ordered before the
 * other by what lies between them, and the later one was possible before the earlier. For each race
 * there must be an execution in which the later one comes first: everything that does not happen
 * after the earlier event, then the later one. Footprints are those of that other execution, and so
 * it is carried out; only where no footprint depends on values may those of the present one be
 * used.
 *
 * With footprints that depend on values, all races of an execution are looked at whenever it is
 * complete: what does not happen after an event grows with the execution. */
#include <string.h>

#include "explore/parts.h"

static uint32_t *clock_of(const hd_explorer *x, size_t step) {
    return x->clocks + step * x->agents;
}

static uint32_t *before_of(const hd_explorer *x, size_t step) {
    return x->before + step * x->agents;
}

static void join(uint32_t *clock, const uint32_t *other, uint32_t agents) {
    for (uint32_t i = 0; i < agents; i++)
        if (other[i] > clock[i]) clock[i] = other[i];
}

static bool depend(const hd_step *a, const hd_step *b) {
    return a->barrier || b->barrier || hd_footprints_depend(&a->footprint, &b->footprint);
}

/* Joins into the step's clock what it depends on, latest first: what an earlier one has brought in
 * is ordered already. */
static bool depend_on(hd_explorer *x, hd_step *step) {
    uint32_t *clock = clock_of(x, x->depth);
    for (size_t k = x->depth; k-- > 0;) {
        const hd_step *s = &x->steps.items[k];
        if (s->agent == step->agent || clock[s->agent] >= s->ordinal || !depend(s, step)) continue;
        if (!step->join && !step->barrier && !hd_vec_push(&x->races, (uint32_t)k)) return false;
        join(clock, clock_of(x, k), x->agents);
    }
    return true;
}

bool hd_explorer_order(hd_explorer *x) {
    hd_step *s = &x->steps.items[x->depth];
    const hd_step *last = x->depth > 0 ? &x->steps.items[x->depth - 1] : NULL;
    uint32_t *clock = clock_of(x, x->depth), *present = x->present + (size_t)s->agent * x->agents;
    size_t bytes = x->agents * sizeof *clock;
    memcpy(before_of(x, x->depth), present, bytes);
    memcpy(clock, present, bytes);
    x->races.len = s->races = last ? last->races + last->race_count : 0;
    if (!depend_on(x, s)) return hd_explorer_nomem(x);
    s->race_count = x->races.len - s->races;
    s->ordinal = ++clock[s->agent];
    memcpy(present, clock, bytes);
    for (hd_agents left = s->spawned; left; left &= left - 1) {
        uint32_t child = (uint32_t)__builtin_ctzll(left);
        memcpy(x->present + (size_t)child * x->agents, clock, bytes);
    }
    return true;
}

const uint32_t *hd_explorer_clock(const hd_explorer *x, size_t step) {
    return clock_of(x, step);
}

const uint32_t *hd_explorer_clock_before(const hd_explorer *x, size_t step) {
    return before_of(x, step);
}

/* Turning around. */

/* True if an agent that is asleep before a step covers the sequence: it was executed already. */
static bool is_asleep(const hd_explorer *x, size_t at, const hd_item *items, size_t count) {
    ptrdiff_t place;
    for (hd_agents left = x->steps.items[at].sleep; left; left &= left - 1) {
        uint32_t agent = (uint32_t)__builtin_ctzll(left);
        if (hd_weak_initial(items, count, agent, &x->asleep[at * x->agents + agent], &place))
            return true;
    }
    return false;
}

static bool insert(hd_explorer *x, size_t at) {
    if (is_asleep(x, at, x->items.items, x->items.len)) return true;
    return hd_branch_insert(&x->branches, &x->steps.items[at].branches, x->items.items,
                            x->items.len) ||
           hd_explorer_nomem(x);
}

/* The steps behind one that do not happen after it, as items; then one of an agent. */
static bool gather(hd_explorer *x, size_t at, size_t end, uint32_t agent,
                   const hd_footprint *footprint) {
    const hd_step *first = &x->steps.items[at];
    x->items.len = 0;
    if (!hd_vec_reserve(&x->items, end - at + 1)) return hd_explorer_nomem(x);
    for (size_t k = at + 1; k < end; k++)
        if (clock_of(x, k)[first->agent] < first->ordinal)
            x->items.items[x->items.len++] =
                (hd_item){x->steps.items[k].agent, x->steps.items[k].footprint};
    x->items.items[x->items.len++] = (hd_item){agent, *footprint};
    return true;
}

/* What came of carrying a reversal out. */
typedef enum reversal {
    REVERSED,
    IMPOSSIBLE, /* the later event cannot come before the earlier one */
    AWAITING,   /* it would be a read of a loop that fails */
    WRONG,      /* after a diagnosis */
} reversal;

/* Carries out one item behind others; the world is where they have led. */
static reversal carry_out_one(hd_explorer *x, hd_item *item, bool last) {
    hd_step step = {0};
    hd_parking parking;
    bool barrier;
    hd_agents bit = hd_agent_bit(item->agent);
    if (!(hd_explorer_enabled(x, &barrier) & bit)) {
        if (last) return x->parked & bit ? AWAITING : IMPOSSIBLE;
        hd_explorer_fail(x,
                         "an event that does not depend on another one is impossible without it");
        return WRONG;
    }
    if (!hd_explorer_execute(x, &step, item->agent, barrier)) return WRONG;
    item->footprint = step.footprint;
    hd_await await = hd_explorer_awaits(x, &step, &parking);
    if (await == HD_AWAIT_NONE) return REVERSED;
    if (await == HD_AWAIT_OVER) return hd_explorer_loosen(x, &parking) ? REVERSED : WRONG;
    if (await == HD_AWAIT_ROUND) return hd_explorer_park(x, &parking) ? REVERSED : WRONG;
    if (last) return AWAITING;
    hd_explorer_fail(x, "a read of a loop fails without what it does not depend on");
    return WRONG;
}

/* Carries the items out before a step, with their footprints there; the world is left behind it. */
static reversal carry_out(hd_explorer *x, size_t at) {
    reversal result = REVERSED;
    if (!hd_explorer_seek(x, at)) return WRONG;
    hd_explorer_restore(x, &x->steps.items[at]);
    x->astray = true;
    x->astray_at = at;
    for (size_t i = 0; i < x->items.len && result == REVERSED; i++)
        result = carry_out_one(x, &x->items.items[i], i + 1 == x->items.len);
    return result;
}

static reversal reverse_before(hd_explorer *x, size_t at, size_t end, uint32_t agent,
                               const hd_footprint *footprint) {
    if (!gather(x, at, end, agent, footprint)) return WRONG;
    reversal result = carry_out(x, at);
    if (result == REVERSED && !insert(x, at)) return WRONG;
    return result;
}

/* An event that did not happen, of an agent that could have moved at some time. */
typedef struct pending {
    uint32_t agent;
    hd_footprint footprint;
    bool open;
} pending;

/* Agents in an await at the end, and those that the end of the program left standing; false after a
 * diagnosis. */
static bool find_pending(hd_explorer *x, pending *list, size_t *open_count) {
    size_t count = 0;
    const hd_step *last = x->depth > 0 ? &x->steps.items[x->depth - 1] : NULL;
    if (last && last->cut) {
        for (hd_agents left = last->enabled & ~hd_agent_bit(last->agent); left; left &= left - 1)
            list[count++] = (pending){.agent = (uint32_t)__builtin_ctzll(left), .open = true};
        *open_count = count;
        return true;
    }
    for (hd_agents left = x->parked; left; left &= left - 1) {
        const hd_parking *p = hd_explorer_parking(x, (uint32_t)__builtin_ctzll(left));
        hd_footprint footprint = p->footprint;
        if (!p->single && !hd_explorer_awaited(x, p, &footprint)) return false;
        list[count++] = (pending){p->agent, footprint, true};
    }
    *open_count = count;
    return true;
}

/* True if a step comes before another one of the same execution although it conflicts with it, and
 * not because of what that one's agent did before. */
static bool conflicts_before(const hd_explorer *x, size_t k, const hd_footprint *f, uint32_t agent,
                             const uint32_t *before) {
    const hd_step *s = &x->steps.items[k];
    return s->agent != agent && before[s->agent] < s->ordinal &&
           (s->barrier || hd_footprints_depend(&s->footprint, f));
}

/* How far the races of a step are turned around. */
typedef struct progress {
    size_t next; /* of its races */
    bool failed; /* the latest one was AWAITING: then earlier conflicts are tried as well */
} progress;

/* True if a step is to be turned around with a later one. */
static bool is_wanted(const hd_explorer *x, size_t at, size_t later, progress *p) {
    const hd_step *s = &x->steps.items[later];
    if (p->next < s->race_count && x->races.items[s->races + p->next] == at) {
        p->next++;
        return true;
    }
    return p->failed && conflicts_before(x, at, &s->footprint, s->agent, before_of(x, later));
}

/* Turns around what conflicts with a step. */
static bool reverse_step(hd_explorer *x, size_t at, size_t end, progress *steps, pending *open,
                         size_t open_count) {
    for (size_t j = at + 1; j < end; j++) {
        if (!is_wanted(x, at, j, &steps[j])) continue;
        const hd_step *s = &x->steps.items[j];
        reversal result = reverse_before(x, at, end, s->agent, &s->footprint);
        if (result == WRONG) return false;
        steps[j].failed = result == AWAITING;
    }
    for (size_t i = 0; i < open_count; i++) {
        pending *p = &open[i];
        const uint32_t *present = x->present + (size_t)p->agent * x->agents;
        if (!p->open || !conflicts_before(x, at, &p->footprint, p->agent, present)) continue;
        reversal result = reverse_before(x, at, end, p->agent, &p->footprint);
        if (result == WRONG) return false;
        p->open = result == AWAITING;
    }
    return true;
}

/* With footprints as they are in the other executions: those are carried out. */
static bool reverse_all(hd_explorer *x) {
    pending open[HD_EXPLORE_MOST_AGENTS];
    size_t end = x->depth, open_count = 0;
    size_t parkings = x->parkings.len, ghosts = x->ghosts.len, rounds = x->rounds.len;
    size_t stays = x->stays.len;
    hd_parking *kept = hd_alloc(parkings * sizeof *kept + 1);
    progress *steps = hd_calloc(end + 1, sizeof *steps);
    bool good = kept && steps;
    if (!good) hd_explorer_nomem(x);
    good = good && find_pending(x, open, &open_count);
    if (good && parkings > 0) memcpy(kept, x->parkings.items, parkings * sizeof *kept);
    for (size_t at = end; good && at-- > 0;)
        good = reverse_step(x, at, end, steps, open, open_count);
    if (good) {
        x->ghosts.len = ghosts;
        x->rounds.len = rounds;
        x->stays.len = stays;
        x->parkings.len = 0;
        good = hd_vec_reserve(&x->parkings, parkings) || hd_explorer_nomem(x);
        if (good && parkings > 0) memcpy(x->parkings.items, kept, parkings * sizeof *kept);
        x->parkings.len = parkings;
    }
    hd_free(kept);
    hd_free(steps);
    return good;
}

/* With footprints that are the same in all executions: races of steps that are new. */
static bool reverse_new(hd_explorer *x) {
    for (size_t j = x->fresh; j < x->depth; j++) {
        const hd_step *s = &x->steps.items[j];
        for (size_t k = 0; k < s->race_count; k++) {
            size_t i = x->races.items[s->races + k];
            if (!gather(x, i, x->depth, s->agent, &s->footprint) || !insert(x, i)) return false;
        }
    }
    return true;
}

bool hd_explorer_reverse(hd_explorer *x) {
    return x->valued ? reverse_all(x) : reverse_new(x);
}
