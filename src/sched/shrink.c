/* shrink.c: the search for a simpler trace with the same failure.
 *
 * An execution is a row of segments: moves of one agent between two switches. A candidate is the
 * best trace so far with one edit. Since the segments after an edit rarely fit any more, candidates
 * are followed as far as possible, and what really happened is what is compared and edited next. */
#include "sched/shrink.h"

#include <string.h>
#include <time.h>

enum { MOST_EXECUTIONS = 10000 };

/* More events than any execution has: as far as the agent can go. */
#define WHOLE_WAY (UINT64_C(1) << 40)

#define NONE SIZE_MAX

typedef struct segment {
    uint32_t agent;
    size_t first, count; /* in the array of moves */
    uint64_t events;
    size_t next;       /* segment of this agent, or NONE */
    size_t preemption; /* which one, from 0, ends the segment, or NONE */
} segment;

typedef struct shrinker {
    const hd_shrink_options *options;
    const hd_trace *original;
    hd_trace *best;
    hd_shrink_size size;
    HD_VEC(hd_move) moves; /* of the best trace */
    HD_VEC(segment) segments;
    HD_VEC(size_t) latest; /* segment by agent, while segments are made */
    HD_VEC(bool) emitted;  /* by segment, while a candidate is made */
    uint64_t executions, most_executions;
    struct timespec deadline;
    bool bounded, failed; /* no memory */
} shrinker;

/* The best trace, taken apart. */

static bool note_segment(shrinker *s, uint32_t agent) {
    while (s->latest.len <= agent)
        if (!hd_vec_push(&s->latest, NONE)) return false;
    if (s->latest.items[agent] != NONE)
        s->segments.items[s->latest.items[agent]].next = s->segments.len;
    s->latest.items[agent] = s->segments.len;
    segment made = {.agent = agent, .first = s->moves.len, .next = NONE, .preemption = NONE};
    return hd_vec_push(&s->segments, made) && hd_vec_push(&s->emitted, false);
}

static bool take_apart(shrinker *s) {
    size_t count, preemption = 0;
    const uint64_t *preemptions = hd_trace_preemptions(s->best, &count);
    hd_trace_cursor cursor = hd_trace_start(s->best);
    hd_move move;
    s->moves.len = s->segments.len = s->latest.len = s->emitted.len = 0;
    while (hd_trace_next(&cursor, &move)) {
        segment *last = s->segments.len ? &s->segments.items[s->segments.len - 1] : NULL;
        if (!last || last->agent != move.agent) {
            if (preemption < count && preemptions[preemption] == s->moves.len && last)
                last->preemption = preemption++;
            if (!note_segment(s, move.agent)) return false;
            last = &s->segments.items[s->segments.len - 1];
        }
        if (!hd_vec_push(&s->moves, move)) return false;
        last->count++;
        last->events += hd_move_events(&move);
    }
    size_t switches = s->segments.len > 0 ? s->segments.len - 1 : 0;
    s->size = (hd_shrink_size){preemption, hd_trace_events(s->best), switches};
    return true;
}

/* Candidates. */

typedef enum edit_kind {
    EDIT_NOTHING,
    EDIT_CUT,    /* the preemptions from `from` on, with everything behind them */
    EDIT_GO_ON,  /* without the preemptions from `from` to before `to`: what the preempted agents do
                  * next comes at once */
    EDIT_DELAY,  /* the segment `from` comes with its agent's next one */
    EDIT_DROP,   /* without the segment `from` */
    EDIT_FORGET, /* without the agents from `from` to before `to` */
    EDIT_SHORTEN /* the segment `from` has at most `to` events */
} edit_kind;

typedef struct edit {
    edit_kind kind;
    size_t from;
    uint64_t to;
} edit;

static void emit_moves(const shrinker *s, const segment *part, hd_trace *candidate, uint64_t most) {
    const hd_move *move = &s->moves.items[part->first];
    for (size_t i = 0; i < part->count; i++, move++) {
        uint64_t whole = hd_move_events(move), events = whole < most ? whole : most;
        bool timeout = move->events == HD_TIMEOUT;
        if (events > 0) hd_trace_add_move(candidate, move->agent, timeout ? HD_TIMEOUT : events);
        most -= events;
    }
}

/* Emits a segment, and those that belong to it after the edit. */
static void emit_segment(shrinker *s, size_t index, const edit *e, hd_trace *candidate) {
    for (;;) {
        const segment *part = &s->segments.items[index];
        s->emitted.items[index] = true;
        emit_moves(s, part, candidate,
                   e->kind == EDIT_SHORTEN && index == e->from ? e->to : UINT64_MAX);
        if (e->kind != EDIT_GO_ON || part->preemption == NONE || part->preemption < e->from ||
            part->preemption >= e->to)
            return;
        if (part->next == NONE) {
            hd_trace_add_move(candidate, part->agent, WHOLE_WAY);
            return;
        }
        index = part->next;
    }
}

static hd_trace *make_candidate(shrinker *s, const edit *e) {
    hd_trace *candidate = hd_trace_new_like(s->original);
    if (!candidate) return NULL;
    hd_trace_copy_inputs(candidate, s->original);
    memset(s->emitted.items, 0, s->emitted.len * sizeof *s->emitted.items);
    for (size_t i = 0; i < s->segments.len; i++) {
        const segment *part = &s->segments.items[i];
        bool left_out = ((e->kind == EDIT_DELAY || e->kind == EDIT_DROP) && i == e->from) ||
                        (e->kind == EDIT_FORGET && part->agent >= e->from && part->agent < e->to);
        if (left_out || s->emitted.items[i]) continue;
        if (e->kind == EDIT_DELAY && i == s->segments.items[e->from].next)
            emit_segment(s, e->from, e, candidate);
        emit_segment(s, i, e, candidate);
        if (e->kind == EDIT_CUT && part->preemption != NONE && part->preemption >= e->from) break;
    }
    if (hd_trace_complete(candidate)) return candidate;
    hd_trace_free(candidate);
    return NULL;
}

/* Executions. */

static bool is_smaller(const hd_shrink_size *a, const hd_shrink_size *b) {
    if (a->preemptions != b->preemptions) return a->preemptions < b->preemptions;
    if (a->events != b->events) return a->events < b->events;
    return a->switches < b->switches;
}

static hd_shrink_size size_of(const hd_trace *trace) {
    hd_trace_cursor cursor = hd_trace_start(trace);
    hd_shrink_size size = {.events = hd_trace_events(trace)};
    uint32_t last = HD_NO_AGENT;
    hd_move move;
    size_t preemptions;
    hd_trace_preemptions(trace, &preemptions);
    size.preemptions = preemptions;
    for (; hd_trace_next(&cursor, &move); last = move.agent)
        size.switches += last != HD_NO_AGENT && move.agent != last;
    return size;
}

static bool is_over(shrinker *s) {
    struct timespec now;
    s->bounded |= s->executions >= s->most_executions;
    if (s->options->most_time > 0 && !s->bounded) {
        clock_gettime(CLOCK_MONOTONIC, &now);
        s->bounded = now.tv_sec > s->deadline.tv_sec ||
                     (now.tv_sec == s->deadline.tv_sec && now.tv_nsec >= s->deadline.tv_nsec);
    }
    return s->bounded || s->failed;
}

/* The trace of the candidate's execution if that fails as the original one does, else NULL. */
static hd_trace *execute(shrinker *s, const hd_trace *candidate) {
    hd_trace *actual = hd_trace_new_like(s->original);
    if (!actual) {
        s->failed = true;
        return NULL;
    }
    s->executions++;
    if (s->options->test(s->options->context, candidate, actual) && hd_trace_complete(actual))
        return actual;
    hd_trace_free(actual);
    return NULL;
}

/* Replaces the best trace. */
static void accept(shrinker *s, hd_trace *better) {
    hd_trace_free(s->best);
    s->best = better;
    if (!take_apart(s))
        s->failed = true;
    else if (s->options->progress)
        s->options->progress(s->options->context, s->executions, &s->size);
}

/* Tries an edit of the best trace; true if that gives a smaller one with the same failure. */
static bool try_edit(shrinker *s, edit_kind kind, size_t from, uint64_t to) {
    if (is_over(s)) return false;
    edit e = {kind, from, to};
    hd_trace *candidate = make_candidate(s, &e);
    if (!candidate) {
        s->failed = true;
        return false;
    }
    hd_trace *actual = execute(s, candidate);
    hd_trace_free(candidate);
    if (!actual) return false;
    hd_shrink_size size = size_of(actual);
    if (is_smaller(&size, &s->size)) {
        accept(s, actual);
        return !s->failed;
    }
    hd_trace_free(actual);
    return false;
}

/* The search. */

/* Often the first few preemptions are enough. */
static void cut(shrinker *s) {
    for (size_t keep = 0; keep < s->size.preemptions && !is_over(s); keep = 2 * keep + (keep == 0))
        if (try_edit(s, EDIT_CUT, keep, 0)) return;
}

/* Leaves preemptions out: many at once, then fewer. */
static void leave_out(shrinker *s) {
    size_t chunk = s->size.preemptions;
    bool again = true;
    while (again && !is_over(s)) {
        bool smaller = false;
        for (size_t from = 0; from < s->size.preemptions && !is_over(s);)
            if (try_edit(s, EDIT_GO_ON, from, from + chunk))
                smaller = true;
            else
                from += chunk;
        again = chunk > 1 || smaller;
        chunk = chunk > 1 ? (chunk + 1) / 2 : 1;
    }
}

static bool is_preempted(const shrinker *s, size_t index) {
    return index < s->segments.len && s->segments.items[index].preemption != NONE;
}

/* Puts off what an agent did before it was preempted, or when it had preempted another one. */
static bool put_off(shrinker *s) {
    bool smaller = false;
    for (size_t i = 0; i < s->segments.len && !is_over(s);)
        if ((is_preempted(s, i) || (i > 0 && is_preempted(s, i - 1))) &&
            try_edit(s, EDIT_DELAY, i, 0))
            smaller = true;
        else
            i++;
    return smaller;
}

/* Lets a segment end earlier: by half of its events, and less. */
static bool shorten(shrinker *s, size_t index) {
    bool smaller = false;
    for (uint64_t less = (s->segments.items[index].events + 1) / 2;
         less > 0 && index < s->segments.len && !is_over(s);) {
        uint64_t events = s->segments.items[index].events;
        if (less < events && try_edit(s, EDIT_SHORTEN, index, events - less))
            smaller = true;
        else
            less /= 2;
    }
    return smaller;
}

/* Leaves out, or shortens, what is not needed for the failure. */
static bool trim(shrinker *s) {
    bool smaller = false;
    for (size_t i = 0; i < s->segments.len && !is_over(s);) {
        if (try_edit(s, EDIT_DROP, i, 0)) {
            smaller = true;
            continue;
        }
        if (shorten(s, i)) smaller = true;
        i++;
    }
    return smaller;
}

static bool has_agents(const shrinker *s, uint64_t from, uint64_t to) {
    for (size_t i = 0; i < s->segments.len; i++)
        if (s->segments.items[i].agent >= from && s->segments.items[i].agent < to) return true;
    return false;
}

/* Leaves out the agents that do not matter: many at once, then fewer. What they do comes behind all
 * else, perhaps behind the failure. The first agent is what begins the others. */
static void forget(shrinker *s) {
    uint64_t agents = s->latest.len;
    for (uint64_t chunk = agents / 2; chunk > 0 && !is_over(s); chunk /= 2)
        for (uint64_t from = 1; from < agents && !is_over(s); from += chunk)
            if (has_agents(s, from, from + chunk)) try_edit(s, EDIT_FORGET, from, from + chunk);
}

static void search(shrinker *s) {
    /* The execution itself may end with its failure, which that of the original trace did not. */
    try_edit(s, EDIT_NOTHING, 0, 0);
    cut(s);
    leave_out(s);
    forget(s);
    do
        leave_out(s);
    while (!is_over(s) && (put_off(s) || trim(s)));
}

/* The execution that edits start from, and whose preemptions are known. */
static hd_status repeat_original(shrinker *s, hd_diag *diag) {
    hd_trace *actual = execute(s, s->original);
    if (!actual && s->failed) return hd_diag_nomem(diag);
    if (!actual) return hd_diag_set(diag, HD_FAILED, "the failure does not repeat itself");
    s->best = actual;
    return take_apart(s) ? HD_OK : hd_diag_nomem(diag);
}

hd_status hd_shrink(const hd_trace *failing, const hd_shrink_options *options, hd_trace **shrunk,
                    hd_shrink_summary *summary, hd_diag *diag) {
    shrinker s = {.options = options, .original = failing};
    s.most_executions = options->most_executions ? options->most_executions : MOST_EXECUTIONS;
    clock_gettime(CLOCK_MONOTONIC, &s.deadline);
    s.deadline.tv_sec += options->most_time / HD_SECOND;
    s.deadline.tv_nsec += options->most_time % HD_SECOND;
    if (s.deadline.tv_nsec >= HD_SECOND) {
        s.deadline.tv_nsec -= HD_SECOND;
        s.deadline.tv_sec++;
    }
    if (repeat_original(&s, diag) == HD_OK) {
        summary->before = s.size;
        search(&s);
        summary->after = s.size;
        summary->executions = s.executions;
        summary->bounded = s.bounded;
        if (s.failed) hd_diag_nomem(diag);
    }
    if (diag->status == HD_OK)
        *shrunk = s.best;
    else
        hd_trace_free(s.best);
    hd_vec_free(&s.moves);
    hd_vec_free(&s.segments);
    hd_vec_free(&s.latest);
    hd_vec_free(&s.emitted);
    return diag->status;
}
