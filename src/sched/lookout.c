/* lookout.c: who runs for long, and the close look at an agent that paused. */
#include "sched/lookout.h"

#include <time.h>

#include "sched/cycle.h"

/* After a close look, an agent is left alone for so many times as long as that took. */
enum { REST = 100 };

/* In units of hd_cycle: at first the loop is taken to be a short one. */
enum { FIRST_WINDOW = 16 };

static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

/* Marks the agent that runs; one that still bears the mark the next time has run since. */
void hd_lookout_tick(hd_lookout *l) {
    uintptr_t running = atomic_load(&l->running);
    if (!running) return;
    if (!(running & 1))
        atomic_compare_exchange_strong(&l->running, &running, running | 1);
    else if (now() >= atomic_load(&l->rest))
        hd_agent_pause((hd_agent *)(running & ~(uintptr_t)1));
}

void hd_lookout_interrupt(hd_lookout *l) {
    uintptr_t running = atomic_load(&l->running);
    if (running) hd_agent_pause((hd_agent *)(running & ~(uintptr_t)1));
}

/* The close look: goes on lap by lap until the work that was granted is done, and says how the last
 * lap ended. True if the agent repeats itself: no event lies between the two states, since what an
 * event reads may be changed by others. */
static bool look(hd_cycle *cycle, hd_cycle_work *work, hd_agent *agent, const hd_store *store,
                 hd_run_end *end) {
    uint64_t events = hd_agent_events(agent);
    hd_cycle_agent state = {agent, store};
    hd_cycle_subject subject = hd_cycle_of_agent(&state);
    hd_cycle_verdict verdict = HD_CYCLE_OPEN;
    while (*end == HD_RUN_STOPPED && hd_agent_paused(agent) && hd_agent_events(agent) == events) {
        verdict = hd_cycle_look(cycle, work, &subject);
        if (verdict != HD_CYCLE_OPEN) break;
        *end = hd_agent_lap(agent);
    }
    return verdict == HD_CYCLE_FOUND;
}

hd_run_end hd_lookout_examine(hd_lookout *l, hd_agent *agent, const hd_store *store,
                              const atomic_bool *stopped, bool *loops) {
    hd_run_end end = HD_RUN_STOPPED;
    hd_cycle cycle = {0};
    hd_cycle_work work;
    hd_cycle_grant(&work, FIRST_WINDOW);
    while (end == HD_RUN_STOPPED && hd_agent_paused(agent) && !atomic_load(stopped)) {
        int64_t start = now();
        *loops = look(&cycle, &work, agent, store, &end);
        if (*loops) break;
        atomic_store(&l->rest, now() + (now() - start) * REST);
        hd_cycle_widen(&work);
        hd_cycle_forget(&cycle);
        if (end == HD_RUN_STOPPED) end = hd_agent_go_on(agent);
    }
    hd_cycle_free(&cycle);
    return end;
}
