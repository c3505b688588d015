/* place.c: moves the world, and takes it back. */
#include <inttypes.h>
#include <string.h>

#include "explore/parts.h"
#include "runtime/memory.h"

enum { MOST_HIDDEN = 4096 }; /* plain accesses in a row that are no events */

bool hd_explorer_fail(hd_explorer *x, const char *what) {
    hd_diag_set(x->diag, HD_FAILED, "the exploration is wrong: %s, at depth %zu", what, x->at);
    return false;
}

bool hd_explorer_nomem(hd_explorer *x) {
    hd_diag_nomem(x->diag);
    return false;
}

/* Room. */

/* Makes rows of another width. */
static void *widen(void *rows, size_t count, size_t from, size_t to, size_t size) {
    char *wide = hd_calloc(count * to, size);
    for (size_t i = 0; wide && rows && i < count; i++)
        memcpy(wide + i * to * size, (char *)rows + i * from * size, from * size);
    return wide;
}

/* Exchanges rows for such as `agents` agents have room in; false when memory is out. */
static bool resize(hd_explorer *x, size_t rows, uint32_t agents) {
    void *clocks, *before, *asleep, *present;
    size_t kept = x->rows < rows ? x->rows : rows;
    clocks = widen(NULL, rows, 0, agents, sizeof *x->clocks);
    before = widen(NULL, rows, 0, agents, sizeof *x->before);
    asleep = widen(NULL, rows, 0, agents, sizeof *x->asleep);
    present = widen(x->present, agents, x->agents, agents, sizeof *x->present);
    bool made = clocks && before && asleep && present;
    for (size_t i = 0; made && i < kept; i++) {
        uint32_t n = x->agents;
        memcpy((uint32_t *)clocks + i * agents, x->clocks + i * n, n * sizeof *x->clocks);
        memcpy((uint32_t *)before + i * agents, x->before + i * n, n * sizeof *x->before);
        memcpy((hd_footprint *)asleep + i * agents, x->asleep + i * n, n * sizeof *x->asleep);
    }
    if (!made) {
        hd_free(clocks), hd_free(before), hd_free(asleep), hd_free(present);
        return false;
    }
    hd_free(x->clocks), hd_free(x->before), hd_free(x->asleep), hd_free(x->present);
    x->clocks = clocks, x->before = before, x->asleep = asleep, x->present = present;
    x->rows = rows;
    x->agents = agents;
    return true;
}

bool hd_explorer_reserve(hd_explorer *x, size_t depth) {
    uint32_t agents = x->agents ? x->agents : 4, count = hd_world_count(x->world);
    size_t rows = x->rows ? x->rows : 64;
    while (agents < count)
        agents *= 2;
    while (rows < depth + 2)
        rows *= 2;
    if (count > HD_EXPLORE_MOST_AGENTS) {
        hd_diag_set(x->diag, HD_LIMIT, "more than %d agents cannot be explored",
                    HD_EXPLORE_MOST_AGENTS);
        return false;
    }
    if ((agents > x->agents || rows > x->rows) && !resize(x, rows, agents))
        return hd_explorer_nomem(x);
    if (x->steps.len < rows) {
        size_t more = rows - x->steps.len;
        if (!hd_vec_reserve(&x->steps, more)) return hd_explorer_nomem(x);
        memset(x->steps.items + x->steps.len, 0, more * sizeof *x->steps.items);
        x->steps.len = rows;
    }
    return true;
}

/* Moving. */

/* True if a plain access is to be an event of its own. */
static bool is_promoted(const hd_explorer *x, const hd_span *span) {
    size_t low = 0, high = x->options->promoted_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        const hd_span *p = &x->options->promoted[middle];
        if (p->from < span->to && span->from < p->to) return true;
        if (p->to <= span->from)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

/* Whether a plain write of few bytes leaves them as they are cannot be known before it. */
static bool run_plain(hd_explorer *x, uint32_t agent, const hd_span *span, uint64_t *events) {
    uint8_t bytes[64];
    uint32_t number;
    uint64_t address, length = span->to - span->from;
    hd_place_is_byte(span->from, &number, &address);
    const hd_memory *memory = x->subject->memory(x->execution, number);
    bool compares = span->writes && length <= sizeof bytes;
    if (compares) memcpy(bytes, memory->base + address, length);
    *events += hd_world_step(x->world, agent, 1);
    x->result->hidden = true;
    if (span->writes && x->hides && !hd_vec_push(&x->hidden, ((hd_hidden){x->at, *span})))
        x->recorder.incomplete = true;
    return span->writes && (!compares || memcmp(bytes, memory->base + address, length) != 0);
}

/* Runs what is no event on; true if it has changed memory. */
static bool run_hidden(hd_explorer *x, uint32_t agent, uint64_t *events) {
    hd_span span;
    bool changes = false;
    if (x->options->granularity == HD_GRANULARITY_MEMORY) return false;
    for (int i = 0; i < MOST_HIDDEN && hd_recorder_is_plain(&x->recorder, agent, &span) &&
                    !is_promoted(x, &span);
         i++)
        changes |= run_plain(x, agent, &span, events);
    return changes;
}

static bool is_valued(hd_event_kind kind) {
    switch (kind) {
    case HD_EVENT_LOAD:
    case HD_EVENT_STORE:
    case HD_EVENT_ATOMIC_LOAD:
    case HD_EVENT_ATOMIC_STORE:
    case HD_EVENT_RMW:
    case HD_EVENT_FENCE:
    case HD_EVENT_SIZE:
    case HD_EVENT_FILL:
    case HD_EVENT_COPY:
    case HD_EVENT_INSTANTIATE:
    case HD_EVENT_SPAWN:
    case HD_EVENT_JOIN:
    case HD_EVENT_END: return false;
    default: return true;
    }
}

/* The next event of an agent that has left an await depends on all that it has read there. */
static bool add_awaited(hd_explorer *x, uint32_t agent, hd_footprint *footprint) {
    const hd_parking *p = hd_explorer_parking(x, agent);
    for (size_t i = p->from; i < p->to; i++) {
        const hd_past *past = &x->past.items[i];
        uint64_t from = hd_place_byte(past->read.memory, past->read.address);
        if (past->agent == agent && past->read.known &&
            !hd_vec_push(&x->recorder.now.spans, ((hd_span){from, from + past->read.length, 0})))
            return hd_explorer_nomem(x);
    }
    x->loose &= ~hd_agent_bit(agent);
    bool program = footprint->program;
    if (!hd_footprint_make(&x->pool, x->recorder.now.spans.items, x->recorder.now.spans.len,
                           footprint))
        return hd_explorer_nomem(x);
    footprint->program = program;
    return true;
}

static bool can_undo(const hd_explorer *x) {
    return !x->options->no_undo && x->subject->can_undo && hd_world_get_log(x->world) &&
           x->subject->can_undo(x->execution);
}

/* Before each step. */
static bool keep_place(hd_explorer *x) {
    if (!can_undo(x)) return true;
    hd_place place = {hd_world_mark(x->world), x->past.len, x->states.len};
    x->places.len = x->at;
    return hd_vec_push(&x->places, place);
}

bool hd_explorer_execute(hd_explorer *x, hd_step *s, uint32_t agent, bool barrier) {
    const hd_happening *now = &x->recorder.now;
    if (!keep_place(x)) return hd_explorer_nomem(x);
    if (!hd_explorer_remember(x, agent)) return hd_explorer_nomem(x);
    s->agent = agent;
    s->barrier = barrier;
    hd_recorder_begin(&x->recorder, agent);
    s->events = hd_world_step(x->world, agent, 1);
    if (s->events == 0 || hd_world_stopped(x->world)) {
        hd_diag_set(x->diag, HD_STOPPED, "the execution was stopped");
        return false;
    }
    if (!hd_recorder_end(&x->recorder, &s->footprint)) return hd_explorer_nomem(x);
    s->own = s->footprint;
    if (x->loose & hd_agent_bit(agent) && !add_awaited(x, agent, &s->footprint)) return false;
    s->valued = is_valued(now->kind) || hd_explorer_reads_in_loop(x);
    s->atomic = now->kind == HD_EVENT_ATOMIC_STORE || now->kind == HD_EVENT_RMW ||
                now->kind == HD_EVENT_CMPXCHG;
    s->join = now->kind == HD_EVENT_JOIN;
    s->waits = s->join || (now->kind == HD_EVENT_RESUME && !now->timeout);
    s->cut = now->kind == HD_EVENT_EXIT;
    s->timeout = now->timeout;
    /* Who waits, and times out, has done nothing. */
    s->effect = now->changes && now->kind != HD_EVENT_WAIT;
    s->spawned = 0;
    for (size_t i = 0; i < now->spawned.len; i++)
        if (now->spawned.items[i] < HD_EXPLORE_MOST_AGENTS)
            s->spawned |= hd_agent_bit(now->spawned.items[i]);
    uint64_t other = 0;
    x->hides = !x->astray;
    s->effect |= run_hidden(x, agent, &s->events);
    for (hd_agents left = s->spawned; left; left &= left - 1)
        run_hidden(x, (uint32_t)__builtin_ctzll(left), &other);
    x->hides = false;
    hd_finals_touch(x, now->spans.items, now->spans.len);
    if (now->kind == HD_EVENT_RESUME && s->timeout) s->effect = false;
    hd_explorer_note(x, s->effect, now->kind == HD_EVENT_RESUME && s->timeout);
    x->looping |= hd_explorer_reads_in_loop(x);
    if (s->effect && (x->parked | x->loose)) hd_explorer_unpark(x);
    x->result->events += s->events;
    x->at++;
    return true;
}

/* Who can move. */

static hd_agents set_of(const uint32_t *agents, size_t count) {
    hd_agents set = 0;
    for (size_t i = 0; i < count; i++)
        set |= hd_agent_bit(agents[i] % HD_EXPLORE_MOST_AGENTS);
    return set;
}

hd_agents hd_explorer_enabled(hd_explorer *x, bool *barrier) {
    size_t count;
    *barrier = false;
    x->spent = 0;
    if (hd_world_exited(x->world)) return 0;
    const uint32_t *agents = hd_world_enabled(x->world, &count);
    hd_agents set = set_of(agents, count);
    if (x->options->timeouts == HD_TIMEOUTS_ANY) {
        agents = hd_world_timed(x->world, &count);
        set |= set_of(agents, count);
    }
    set &= ~x->parked;
    x->spent = hd_explorer_spent(x, set);
    set &= ~x->spent;
    if (set || x->options->timeouts != HD_TIMEOUTS_LAST) return set;
    uint32_t due = hd_world_due(x->world, true);
    if (due == HD_NO_AGENT) return 0;
    x->spent |= hd_explorer_spent(x, hd_agent_bit(due));
    if (x->spent & hd_agent_bit(due)) return 0;
    *barrier = true;
    return hd_agent_bit(due);
}

/* Going back. */

void hd_explorer_restore(hd_explorer *x, const hd_step *step) {
    x->parked = step->parked;
    x->loose = step->loose;
    x->parkings.len = step->parkings;
    x->ghosts.len = step->ghosts;
    x->rounds.len = step->rounds;
    x->stays.len = step->stays;
    if (x->past.len > step->past) {
        x->states.len = x->past.items[step->past].state;
        x->past.len = step->past;
    }
}

/* Begins a new execution. */
static bool restart(hd_explorer *x) {
    if (x->execution) {
        x->subject->end(x->execution);
        x->result->restarts++;
    }
    x->world = NULL;
    x->execution = x->subject->start(x->subject->context, &x->observer, 1, &x->world, x->diag);
    if (!x->execution) return false;
    x->recorder.world = x->world;
    x->recorder.context = x->execution;
    x->recorder.now.spans.len = 0;
    x->at = 0;
    x->astray = false;
    hd_world_settle(x->world);
    size_t count;
    uint64_t events = 0;
    const uint32_t *agents = hd_world_enabled(x->world, &count);
    hd_agents first = set_of(agents, count);
    for (; first; first &= first - 1)
        run_hidden(x, (uint32_t)__builtin_ctzll(first), &events);
    hd_finals_touch(x, x->recorder.now.spans.items, x->recorder.now.spans.len);
    return true;
}

bool hd_explorer_start(hd_explorer *x) {
    return restart(x);
}

/* Makes a step again. What an agent did is remembered anew, since states name places in memory. */
static bool repeat(hd_explorer *x, const hd_step *s) {
    uint64_t events = 0, other = 0;
    if (!keep_place(x)) return hd_explorer_nomem(x);
    if (!hd_explorer_remember(x, s->agent)) return hd_explorer_nomem(x);
    hd_recorder_begin(&x->recorder, s->agent);
    if (hd_world_step(x->world, s->agent, 1) == 0)
        return hd_explorer_fail(x, "an execution could not be repeated");
    run_hidden(x, s->agent, &events);
    for (hd_agents left = s->spawned; left; left &= left - 1)
        run_hidden(x, (uint32_t)__builtin_ctzll(left), &other);
    hd_explorer_note(x, s->effect, s->timeout && !s->effect);
    if (!x->options->no_awaits) x->past.items[x->past.len - 1].closes = s->closes;
    x->at++;
    return true;
}

/* Takes back what was not on the way to a depth; false: that is impossible. */
static bool take_back(hd_explorer *x, size_t depth) {
    size_t to = x->astray && x->astray_at < depth ? x->astray_at : depth;
    if (!can_undo(x)) return false;
    if (to < x->at) {
        const hd_place *place = &x->places.items[to];
        if (!hd_world_undo(x->world, place->mark)) return false;
        x->past.len = place->past;
        x->states.len = place->states;
        x->recorder.now.spans.len = 0;
        x->at = to;
    }
    x->astray = false;
    return true;
}

bool hd_explorer_seek(hd_explorer *x, size_t depth) {
    if ((x->at > depth || x->astray) && !take_back(x, depth)) {
        if (!restart(x)) return false;
        x->past.len = x->states.len = 0;
    }
    while (x->at < depth)
        if (!repeat(x, &x->steps.items[x->at])) return false;
    return true;
}
