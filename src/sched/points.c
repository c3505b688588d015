/* points.c: scheduling points where they matter.
 *
 * Every agent is moved on until it stands before a point, whoever has spawned or woken it; only
 * then the inner strategy is asked. So what happens between two points happens at once, as far as
 * nobody blocks. An agent that makes very many events without a point, and so perhaps spins on
 * something that is none, one that reads the same bytes again in vain, and one that yields are
 * parked: they move when another one has made a point that is no read, or when nobody else can. */
#include "base/vec.h"
#include "sched/strategy.h"

enum { RECENT = 8, IN_VAIN = 2, LEAST_FAIR = 32 };

typedef struct mover {
    bool settled;            /* it stands before a point */
    bool parked;             /* it waits for others, but in no queue */
    uint64_t row;            /* events since its last point */
    uint64_t most;           /* of them, until it is parked: fewer each time */
    uint64_t recent[RECENT]; /* addresses + 1 that it has read at points, since anybody wrote */
    unsigned next;
} mover;

typedef struct points {
    hd_strategy strategy;
    hd_strategy *inner;
    const hd_profile *profile;
    HD_VEC(mover) movers;     /* by agent */
    HD_VEC(uint32_t) offered; /* those that are to be picked from */
    uint64_t count;           /* points that have happened */
    hd_pick granted;          /* by the inner strategy, and … */
    uint64_t used;            /* … how much of it has happened */
    size_t offered_then;      /* how many were offered at the grant */
    uint32_t chosen;          /* who made the last point, or HD_NO_AGENT */
    bool asked;               /* the inner strategy is to hear what came of its pick */
    bool settling;            /* the move under way is none of the inner strategy's */
    bool passing;             /* it is, as it is */
    hd_event event;           /* of the move under way, at a point */
} points;

static bool ensure_movers(points *p, const hd_choice *choice) {
    while (p->movers.len <= choice->enabled[choice->count - 1])
        if (!hd_vec_push(&p->movers, (mover){.most = HD_FAIR_EVENTS})) return false;
    return hd_vec_reserve(&p->offered, p->movers.len);
}

/* True if an agent has read these bytes in vain, so often that it seems to spin. */
static bool reads_in_vain(const mover *m, const hd_event *event) {
    unsigned found = 0;
    if (event->kind != HD_EVENT_LOAD && event->kind != HD_EVENT_ATOMIC_LOAD) return false;
    for (unsigned i = 0; i < RECENT; i++)
        found += m->recent[i] == event->address + 1;
    return found >= IN_VAIN;
}

/* Looks whether an agent stands before a point. */
static bool settles(points *p, const hd_choice *choice, uint32_t agent) {
    mover *m = &p->movers.items[agent];
    if (m->settled) return true;
    const hd_next next = hd_choice_next(choice, agent);
    bool point = !next.event || hd_profile_is_point(p->profile, next.event, agent, next.agent);
    if (point) m->most = HD_FAIR_EVENTS;
    m->parked |= m->row >= m->most || (next.event && point && reads_in_vain(m, next.event));
    m->settled = point || m->row >= m->most;
    return m->settled;
}

static bool is_enabled(const hd_choice *choice, uint32_t agent) {
    for (size_t i = 0; i < choice->count; i++)
        if (choice->enabled[i] == agent) return true;
    return false;
}

/* Picks an agent that does not stand before a point; false when all do. With nobody to switch to
 * there is no point. */
static bool settle(points *p, const hd_choice *choice, hd_pick *pick) {
    if (choice->count == 1 && choice->timed_count == 0) {
        *pick = (hd_pick){choice->enabled[0], UINT64_MAX};
        return true;
    }
    *pick = (hd_pick){choice->last, 1};
    if (choice->last_enabled && !settles(p, choice, choice->last)) return true;
    for (size_t i = 0; i < choice->count; i++) {
        pick->agent = choice->enabled[i];
        if (!settles(p, choice, pick->agent)) return true;
    }
    return false;
}

static void offer(points *p, const hd_choice *choice) {
    p->offered.len = 0;
    for (size_t i = 0; i < choice->count; i++)
        if (!p->movers.items[choice->enabled[i]].parked)
            p->offered.items[p->offered.len++] = choice->enabled[i];
    for (size_t i = 0; p->offered.len == 0 && i < choice->count; i++)
        p->movers.items[choice->enabled[i]].parked = false;
    if (p->offered.len > 0) return;
    for (size_t i = 0; i < choice->count; i++)
        p->offered.items[p->offered.len++] = choice->enabled[i];
}

/* Tells the inner strategy what came of its pick. */
static void report(points *p) {
    if (p->asked && p->inner->moved) p->inner->moved(p->inner, &p->granted, p->used);
    p->asked = false;
}

/* Asks the inner strategy. */
static bool ask(points *p, const hd_choice *choice, hd_pick *pick) {
    hd_choice question = *choice;
    report(p);
    question.step = p->count;
    question.enabled = p->offered.items;
    question.count = p->offered.len;
    question.last = p->chosen;
    question.last_enabled = is_enabled(&question, p->chosen);
    question.yielded = choice->yielded && p->chosen == choice->last;
    if (!p->inner->pick(p->inner, &question, pick)) return false;
    p->granted = *pick;
    p->used = 0;
    p->asked = true;
    p->offered_then = p->offered.len;
    return true;
}

static bool goes_on(const points *p, const hd_choice *choice) {
    return p->asked && !choice->yielded && p->used > 0 && p->used < p->granted.events &&
           p->offered_then == p->offered.len &&
           is_enabled(&(hd_choice){.enabled = p->offered.items, .count = p->offered.len},
                      p->granted.agent);
}

static bool points_pick(hd_strategy *self, const hd_choice *choice, hd_pick *pick) {
    points *p = (points *)self;
    p->settling = p->passing = false;
    if (choice->due) {
        report(p);
        p->passing = true;
        return p->inner->pick(p->inner, choice, pick);
    }
    if (!ensure_movers(p, choice)) return false;
    if (choice->yielded && choice->last_enabled) p->movers.items[choice->last].parked = true;
    p->settling = settle(p, choice, pick);
    if (p->settling) return true;
    offer(p, choice);
    if (goes_on(p, choice))
        *pick = (hd_pick){p->granted.agent, 1};
    else if (!ask(p, choice, pick))
        return false;
    pick->events = 1;
    const hd_event *event = hd_choice_next(choice, pick->agent).event;
    p->event = event ? *event : (hd_event){.kind = HD_EVENT_RESUME};
    return true;
}

/* A point has happened: reads are remembered, and whatever else it was may end what others wait
 * for. */
static void note_point(points *p, uint32_t agent) {
    mover *m = agent < p->movers.len ? &p->movers.items[agent] : NULL;
    p->count++;
    p->used++;
    p->chosen = agent;
    if (p->event.kind == HD_EVENT_LOAD || p->event.kind == HD_EVENT_ATOMIC_LOAD) {
        if (m) m->recent[m->next++ % RECENT] = p->event.address + 1;
        return;
    }
    for (size_t i = 0; i < p->movers.len; i++) {
        if (i != agent) p->movers.items[i].parked = false;
        for (unsigned k = 0; k < RECENT; k++)
            p->movers.items[i].recent[k] = 0;
    }
}

static void points_moved(hd_strategy *self, const hd_pick *pick, uint64_t events) {
    points *p = (points *)self;
    if (p->passing) {
        if (p->inner->moved) p->inner->moved(p->inner, pick, events);
    } else if (events > 0 && !p->settling) {
        note_point(p, pick->agent);
    }
    if (pick->agent >= p->movers.len || events == 0) return;
    mover *m = &p->movers.items[pick->agent];
    if (m->row >= m->most && m->most > LEAST_FAIR) m->most /= 2;
    m->settled = false;
    m->row = p->settling && pick->events == 1 ? m->row + events : 0;
}

static void points_free(hd_strategy *self) {
    points *p = (points *)self;
    hd_strategy_free(p->inner);
    hd_vec_free(&p->movers);
    hd_vec_free(&p->offered);
    hd_free(p);
}

hd_strategy *hd_strategy_points(hd_strategy *inner, const hd_profile *profile) {
    points *p = inner && profile ? hd_calloc(1, sizeof *p) : NULL;
    if (!p) return profile ? (hd_strategy_free(inner), NULL) : inner;
    p->strategy = (hd_strategy){.pick = points_pick, .moved = points_moved, .free = points_free};
    p->inner = inner;
    p->profile = profile;
    p->chosen = HD_NO_AGENT;
    return &p->strategy;
}
