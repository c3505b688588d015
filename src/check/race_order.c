/* race_order.c: what orders events: who learns of whom, and what fences add to that.
 *
 * Each agent has the clock of what it knows by the strict model and, as soon as a fence has taught
 * it more, a second one that holds that as well. So executions without fences cost nothing more,
 * and a pair that only the second clock orders is known for what it is. */
#include "check/race_internal.h"

static uint64_t step_of(uint64_t epoch) {
    return HD_EPOCH_STAMP(epoch) ? HD_RACE_STEP(epoch) : HD_RACE_NO_STEP;
}

static void remember_sync(hd_race_detector *d, hd_race_agent *agent, hd_race_sync sync) {
    if (!agent->syncs) agent->syncs = hd_calloc(HD_RACE_SYNCS, sizeof *agent->syncs);
    if (!agent->syncs) return hd_race_give_up(d, HD_RACE_NO_MEMORY);
    agent->syncs[sync.from % HD_RACE_SYNCS] = sync;
}

/* Makes the clock with fences cover a clock and an event. */
static void join_fenced(hd_race_detector *d, hd_race_agent *agent, const hd_clock *clock,
                        uint64_t epoch) {
    uint32_t number = HD_EPOCH_AGENT(agent->epoch);
    if (!agent->fenced) agent->fenced = hd_clock_retain(agent->clock);
    if (!hd_clock_join(&d->clocks, &agent->fenced, clock, epoch))
        return hd_race_give_up(d, HD_RACE_NO_MEMORY);
    if (!hd_clock_includes(agent->clock, agent->fenced, number)) return;
    hd_clock_release(&d->clocks, agent->fenced);
    agent->fenced = NULL;
}

void hd_race_order(hd_race_detector *d, hd_race_agent *agent, const hd_release *from,
                   hd_race_sync_kind kind, uint64_t address) {
    if (!hd_clock_join(&d->clocks, &agent->clock, from->clock, from->epoch))
        return hd_race_give_up(d, HD_RACE_NO_MEMORY);
    if (agent->fenced || from->fenced)
        join_fenced(d, agent, from->fenced ? from->fenced : from->clock, from->epoch);
    d->orders++;
    remember_sync(d, agent,
                  (hd_race_sync){kind, HD_EPOCH_AGENT(from->epoch), HD_EPOCH_AGENT(agent->epoch),
                                 step_of(from->epoch), step_of(agent->epoch), address});
}

void hd_race_acquire(hd_race_detector *d, hd_race_agent *agent, const hd_release *from,
                     hd_race_sync_kind kind, uint64_t address) {
    /* Whoever knows the event knows all that happens before it. */
    if (from->epoch == 0 || hd_race_ordered(d, agent, from->epoch)) return;
    hd_race_order(d, agent, from, kind, address);
}

static void replace(hd_race_detector *d, hd_clock **to, hd_clock *from) {
    if (*to == from) return;
    hd_clock_release(&d->clocks, *to);
    *to = hd_clock_retain(from);
}

void hd_race_publish(hd_race_detector *d, const hd_race_agent *agent, hd_release *to) {
    replace(d, &to->clock, agent->clock);
    replace(d, &to->fenced, agent->fenced);
    to->epoch = agent->epoch;
}

void hd_race_release(hd_race_detector *d, hd_release *release) {
    hd_clock_release(&d->clocks, release->clock);
    hd_clock_release(&d->clocks, release->fenced);
    *release = (hd_release){0};
}

/* Fences. */

static void remember_read(hd_race_detector *d, hd_race_agent *agent, hd_race_sync sync) {
    for (size_t i = 0; i < agent->reads.len; i++)
        if (agent->reads.items[i].from == sync.from) {
            agent->reads.items[i] = sync;
            return;
        }
    if (!hd_vec_push(&agent->reads, sync)) hd_race_give_up(d, HD_RACE_NO_MEMORY);
}

void hd_race_read_from(hd_race_detector *d, const hd_race_event *e, const hd_release *from) {
    hd_race_agent *agent = e->agent;
    if (hd_race_ordered(d, agent, from->epoch) || hd_race_fenced(agent, from->epoch)) return;
    const hd_clock *clock = from->fenced ? from->fenced : from->clock;
    hd_race_sync sync = {.kind = HD_RACE_SYNC_FENCE,
                         .from = HD_EPOCH_AGENT(from->epoch),
                         .to = HD_EPOCH_AGENT(agent->epoch),
                         .from_step = step_of(from->epoch),
                         .address = e->address};
    if (hd_suppressions_ordered(hd_race_library_kinds(d, e->place.location))) {
        join_fenced(d, agent, clock, from->epoch);
        sync.kind = HD_RACE_SYNC_LIBRARY;
        sync.to_step = step_of(agent->epoch);
        remember_sync(d, agent, sync);
    } else if (!hd_clock_covers(agent->unfenced, from->epoch)) {
        if (!hd_clock_join(&d->clocks, &agent->unfenced, clock, from->epoch))
            return hd_race_give_up(d, HD_RACE_NO_MEMORY);
        remember_read(d, agent, sync);
    }
}

/* Begins the plain writes behind a fence. */
static void begin_writes(hd_race_detector *d, hd_race_agent *agent) {
    if (!agent->fence || agent->fence->references > 1) {
        hd_writer *writer = hd_calloc(1, sizeof *writer);
        if (!writer) return hd_race_give_up(d, HD_RACE_NO_MEMORY);
        writer->references = 1;
        writer->width = HD_WIDTH_PLAIN;
        hd_writer_release(&d->clocks, agent->fence);
        agent->fence = writer;
    }
    hd_race_publish(d, agent, &agent->fence->release);
}

void hd_race_fence(hd_race_detector *d, hd_race_agent *agent) {
    if (d->options.strict) return;
    if (agent->unfenced) {
        join_fenced(d, agent, agent->unfenced, agent->epoch);
        hd_clock_release(&d->clocks, agent->unfenced);
        agent->unfenced = NULL;
        for (size_t i = 0; i < agent->reads.len; i++) {
            agent->reads.items[i].to_step = step_of(agent->epoch);
            remember_sync(d, agent, agent->reads.items[i]);
        }
        agent->reads.len = 0;
    }
    begin_writes(d, agent);
}

void hd_race_forget_clocks(hd_race_detector *d, hd_race_agent *agent) {
    hd_clock_release(&d->clocks, agent->clock);
    hd_clock_release(&d->clocks, agent->fenced);
    hd_clock_release(&d->clocks, agent->unfenced);
    hd_writer_release(&d->clocks, agent->fence);
    hd_vec_free(&agent->reads);
    agent->clock = agent->fenced = agent->unfenced = NULL;
    agent->fence = NULL;
}
