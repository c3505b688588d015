/* stuck_print.c: reports on stuck executions as text. */
#include <inttypes.h>
#include <string.h>

#include "base/alloc.h"
#include "check/stuck.h"

/* What the printer knows beside its arguments. */
typedef struct printer {
    FILE *to;
    const hd_stuck_report *report;
} printer;

/* Parts of sentences. */

static void put_agent(const printer *p, uint32_t number) {
    const char *name = p->report->agents[number].name;
    fprintf(p->to, *name ? "agent %" PRIu32 " (%s)" : "agent %" PRIu32, number, name);
}

static void put_place(const printer *p, const hd_stuck_place *place) {
    fprintf(p->to, "0x%" PRIx64, place->address);
    if (p->report->memory_count > 1) fprintf(p->to, " of memory %" PRIu32, place->memory);
}

static const char *plural(uint64_t count) {
    return count == 1 ? "" : "s";
}

/* "woke nobody" */
static void put_woken(const printer *p, uint32_t woken) {
    if (woken == 0)
        fprintf(p->to, "woke nobody");
    else
        fprintf(p->to, "woke %" PRIu32 " waiter%s", woken, plural(woken));
}

/* "agent 1 (b) stored 5 at step 3" */
static void put_act(const printer *p, const hd_stuck_act *act) {
    put_agent(p, act->agent);
    if (act->notify) {
        fprintf(p->to, " notified at step %" PRIu64 " and ", act->step);
        put_woken(p, act->woken);
    } else {
        fprintf(p->to, " stored %" PRIu64 " at step %" PRIu64, act->value, act->step);
    }
}

static void put_event(const printer *p, hd_event_kind kind, const hd_stuck_place *place) {
    static const char *const names[HD_EVENT_KINDS] = {
        [HD_EVENT_LOAD] = "a load",
        [HD_EVENT_STORE] = "a store",
        [HD_EVENT_ATOMIC_LOAD] = "an atomic load",
        [HD_EVENT_ATOMIC_STORE] = "an atomic store",
        [HD_EVENT_RMW] = "an atomic read-modify-write",
        [HD_EVENT_CMPXCHG] = "a compare-exchange",
        [HD_EVENT_WAIT] = "a wait",
        [HD_EVENT_NOTIFY] = "a notify",
        [HD_EVENT_FENCE] = "a fence",
        [HD_EVENT_SIZE] = "memory.size",
        [HD_EVENT_GROW] = "memory.grow",
        [HD_EVENT_FILL] = "a bulk write",
        [HD_EVENT_COPY] = "a bulk read",
        [HD_EVENT_HOST] = "a call of the host",
    };
    fprintf(p->to, "%s", names[kind]);
    bool placed = kind != HD_EVENT_FENCE && kind != HD_EVENT_SIZE && kind != HD_EVENT_GROW &&
                  kind != HD_EVENT_HOST;
    if (!placed) return;
    fprintf(p->to, " of %" PRIu64 " byte%s at ", place->length, plural(place->length));
    put_place(p, place);
}

/* What became of an agent, behind its name: "has ended". */
static void put_fate(const printer *p, uint32_t number) {
    const hd_stuck_agent *agent = &p->report->agents[number];
    switch (agent->state) {
    case HD_TASK_ENDED:
        fprintf(p->to, agent->trapped ? "has trapped" : "has ended");
        if (agent->last_step != HD_NO_STEP)
            fprintf(p->to, " (its last event was step %" PRIu64 ")", agent->last_step);
        break;
    case HD_TASK_WAITING:
        fprintf(p->to, "waits on ");
        put_place(p, &agent->wait.place);
        break;
    case HD_TASK_JOINING:
        fprintf(p->to, "waits for ");
        put_agent(p, agent->holder);
        fprintf(p->to, " to end");
        break;
    case HD_TASK_BLOCKED: fprintf(p->to, "is blocked in a call of the host"); break;
    default:
        if (agent->loops)
            fprintf(p->to, "loops for ever");
        else
            fprintf(p->to, agent->class == HD_STUCK_RUNNING ? "can move" : "spins");
        break;
    }
}

/* Whole lines on waiters. */

static void put_wait(const printer *p, const hd_stuck_agent *agent) {
    const hd_stuck_wait *wait = &agent->wait;
    fprintf(p->to, "  waits on ");
    put_place(p, &wait->place);
    fprintf(p->to, " since step %" PRIu64, wait->since);
    if (wait->timeout < 0)
        fprintf(p->to, ", without a time limit");
    else
        fprintf(p->to, ", for %" PRId64 " ns", wait->timeout);
    fprintf(p->to, ": i%d, expected %" PRIu64 ", memory holds %" PRIu64 " now\n",
            wait->place.length == 8 ? 64 : 32, wait->expected, wait->value);
}

static void put_since(const printer *p, const hd_stuck_agent *agent) {
    const hd_stuck_wait *wait = &agent->wait;
    if (wait->notify_before.step != HD_NO_STEP && agent->class != HD_STUCK_LOST) {
        fprintf(p->to, "  before its wait, ");
        put_act(p, &wait->notify_before);
        fprintf(p->to, "\n");
    }
    if (wait->writes + wait->notifies == 0) {
        fprintf(p->to, "  since then nobody stored or notified there\n");
        return;
    }
    fprintf(p->to, "  since then %" PRIu64 " store%s and %" PRIu64 " notif%s there%s:\n",
            wait->writes, plural(wait->writes), wait->notifies, wait->notifies == 1 ? "y" : "ies",
            wait->since_count < wait->writes + wait->notifies ? ", at last" : "");
    for (size_t i = 0; i < wait->since_count; i++) {
        fprintf(p->to, "    ");
        put_act(p, &wait->since_acts[i]);
        fprintf(p->to, "\n");
    }
}

static void put_changed(const printer *p, const hd_stuck_agent *agent) {
    const hd_stuck_wait *wait = &agent->wait;
    fprintf(p->to, "  the value has changed, and nobody notified after that: ");
    if (wait->write.step != HD_NO_STEP)
        put_act(p, &wait->write);
    else
        fprintf(p->to, "by the host, in no event");
    fprintf(p->to, "\n  a wait that began now would not sleep; each store that waiters wait for "
                   "needs a notify behind it\n");
}

static void put_lost(const printer *p, const hd_stuck_agent *agent) {
    const hd_stuck_wait *wait = &agent->wait;
    fprintf(p->to, "  ");
    put_act(p, &wait->notify_before);
    fprintf(p->to, ", before this wait at step %" PRIu64 "\n", wait->since);
    if (wait->value != wait->expected) {
        fprintf(p->to, "  only then the value changed: ");
        put_act(p, &wait->write);
        fprintf(p->to, "\n  the store must come first, then the notify\n");
        return;
    }
    fprintf(p->to, "  a notify is not remembered; it reaches only agents that wait already. Change "
                   "the value before the\n  notify, so that a later wait finds it changed and does "
                   "not sleep\n");
}

static void put_taken(const printer *p, const hd_stuck_agent *agent) {
    const hd_stuck_act *taken = &agent->wait.taken;
    fprintf(p->to, "  another waiter took the wake-up: ");
    put_agent(p, taken->by);
    fprintf(p->to, " notified at step %" PRIu64 " and woke ", taken->step);
    put_agent(p, taken->agent);
    fprintf(p->to, ", which stood before it in the queue\n  ");
    put_agent(p, taken->agent);
    fprintf(p->to, " ");
    put_fate(p, taken->agent);
    fprintf(p->to, "; notify all that are concerned, or have each one notify the next\n");
}

static void put_abandoned(const printer *p, const hd_stuck_agent *agent) {
    fprintf(p->to, "  ");
    if (agent->tie == HD_TIE_NONE) {
        fprintf(p->to, "all others that ever stored or notified there have ended\n");
        return;
    }
    put_agent(p, agent->holder);
    if (agent->tie == HD_TIE_LOCK) {
        fprintf(p->to, " took it at step %" PRIu64 " and never gave it back: it ", agent->tie_step);
        put_fate(p, agent->holder);
        fprintf(p->to, "\n");
        return;
    }
    fprintf(p->to, ", the last to %s there (step %" PRIu64 "), ",
            agent->tie == HD_TIE_NOTIFIER ? "notify" : "store", agent->tie_step);
    put_fate(p, agent->holder);
    fprintf(p->to, "; so has everybody else that ever did\n");
}

static void put_behind(const printer *p, const hd_stuck_agent *agent) {
    static const char *const deeds[] = {
        [HD_TIE_LOCK] = "took it",
        [HD_TIE_NOTIFIER] = "notified there before",
        [HD_TIE_WRITER] = "stored there before",
    };
    if (agent->tie == HD_TIE_JOIN) {
        fprintf(p->to, "  waits for ");
        put_agent(p, agent->holder);
        fprintf(p->to, " to end, which itself ");
    } else {
        fprintf(p->to, "  ");
        put_agent(p, agent->holder);
        fprintf(p->to, " %s (step %" PRIu64 "), but itself ", deeds[agent->tie], agent->tie_step);
    }
    put_fate(p, agent->holder);
    fprintf(p->to, "\n");
}

static void put_unnotified(const printer *p) {
    fprintf(p->to, "  nobody is left to notify it");
    const char *link = ": ";
    for (uint32_t i = 0; i < p->report->agent_count; i++)
        if (p->report->agents[i].class == HD_STUCK_SPINNING) {
            fprintf(p->to, "%s", link);
            put_agent(p, i);
            fprintf(p->to, p->report->agents[i].loops ? " loops for ever"
                                                      : " moves, but only repeats itself");
            link = ", ";
        }
    fprintf(p->to, "%s\n", *link == ':' ? ": all others have ended or are stuck too" : "");
}

static void put_pending(const printer *p, const hd_stuck_agent *agent) {
    if (agent->state == HD_TASK_JOINING) {
        fprintf(p->to, "  waits for ");
        put_agent(p, agent->holder);
        fprintf(p->to, " to end\n");
        return;
    }
    if (agent->wait.timeout >= 0) fprintf(p->to, "  it would have timed out\n");
    for (uint32_t i = 0; i < p->report->agent_count; i++)
        if (p->report->agents[i].class == HD_STUCK_RUNNING ||
            p->report->agents[i].class == HD_STUCK_OUTSIDE) {
            fprintf(p->to, "  it might still have been woken: not all others are blocked\n");
            return;
        }
}

/* Who holds what an agent waits for, spins on or joins. */
static void put_held(const printer *p, uint32_t number) {
    const hd_stuck_agent *agent = &p->report->agents[number];
    if (agent->tie == HD_TIE_JOIN) {
        fprintf(p->to, "  waits for ");
        put_agent(p, agent->holder);
        fprintf(p->to, " to end\n");
        return;
    }
    fprintf(p->to, "  ");
    put_place(p, &agent->tie_place);
    fprintf(p->to, " was taken by ");
    if (agent->holder == number)
        fprintf(p->to, "itself");
    else
        put_agent(p, agent->holder);
    fprintf(p->to, " at step %" PRIu64 "\n", agent->tie_step);
}

/* "agent 0 (a) waits on 0x4, which agent 1 (b) took at step 3" */
static void put_link(const printer *p, uint32_t number) {
    const hd_stuck_agent *agent = &p->report->agents[number];
    put_agent(p, number);
    if (agent->tie == HD_TIE_JOIN) {
        fprintf(p->to, " waits for ");
        put_agent(p, agent->holder);
        fprintf(p->to, " to end");
        return;
    }
    fprintf(p->to, agent->state == HD_TASK_WAITING ? " waits on " : " spins on ");
    put_place(p, &agent->tie_place);
    fprintf(p->to, ", which ");
    if (agent->holder == number)
        fprintf(p->to, "it");
    else
        put_agent(p, agent->holder);
    fprintf(p->to, " took at step %" PRIu64 "%s", agent->tie_step,
            agent->holder == number ? " itself" : "");
}

static void put_cycle(const printer *p, const hd_stuck_cycle *cycle) {
    if (cycle->count == 1)
        fprintf(p->to, "cycle: an agent waits for itself\n");
    else
        fprintf(p->to,
                "cycle of %zu agents, each of which waits for the next, the last for the "
                "first\n",
                cycle->count);
    for (size_t i = 0; i < cycle->count; i++) {
        fprintf(p->to, "  ");
        put_link(p, cycle->agents[i]);
        fprintf(p->to, "\n");
    }
}

/* Whole lines on agents that can move. */

/* True if an agent waits, perhaps by way of others, for the given one. */
static bool waits_for(const printer *p, uint32_t number, uint32_t other) {
    const hd_stuck_report *r = p->report;
    for (uint32_t hops = 0; hops < r->agent_count; hops++) {
        const hd_stuck_agent *agent = &r->agents[number];
        if (agent->tie != HD_TIE_LOCK && agent->tie != HD_TIE_JOIN) return false;
        number = agent->holder;
        if (number == other) return true;
    }
    return false;
}

/* Who could change what a spinning agent reads. */
static void put_rescuers(const printer *p, uint32_t number) {
    size_t alive = 0, dependent = 0;
    for (uint32_t i = 0; i < p->report->agent_count; i++) {
        if (i == number || p->report->agents[i].state == HD_TASK_ENDED) continue;
        fprintf(p->to, alive == 0 ? "  only others could change that: " : ", ");
        put_agent(p, i);
        fprintf(p->to, ", which ");
        put_fate(p, i);
        alive++;
        dependent += waits_for(p, i, number);
    }
    if (alive == 0)
        fprintf(p->to, "  nobody can change that: every other agent has ended\n");
    else if (alive == dependent)
        fprintf(p->to, "; so each of them waits, in the end, for this one\n");
    else
        fprintf(p->to, "\n");
}

static void put_read(const printer *p, const hd_stuck_read *read) {
    fprintf(p->to, "  %" PRIu64 " times it came to ", read->times);
    put_event(p, read->kind, &read->place);
    if (read->place.length <= 8) fprintf(p->to, ", which holds %" PRIu64, read->value);
    if (read->write.step != HD_NO_STEP) {
        fprintf(p->to, " since ");
        put_agent(p, read->write.agent);
        fprintf(p->to, " stored at step %" PRIu64, read->write.step);
    }
    fprintf(p->to, "\n");
}

static void put_moving(const printer *p, uint32_t number) {
    const hd_stuck_agent *agent = &p->report->agents[number];
    if (agent->state != HD_TASK_CALLING) {
        fprintf(p->to, "%s\n",
                agent->backtrace.count > 0 ? "  was stopped in a call"
                                           : "  is about to start, or between two calls");
        return;
    }
    if (agent->loops) {
        fprintf(p->to, "  loops for ever without touching shared memory: its own state comes again "
                       "and again, and nobody\n  can change that\n");
        return;
    }
    if (agent->next == HD_EVENT_KINDS) {
        fprintf(p->to, "  was stopped in its own code, between two events\n");
        return;
    }
    fprintf(p->to, "  stands before ");
    put_event(p, agent->next, &agent->next_place);
    if (agent->class == HD_STUCK_RUNNING) {
        fprintf(p->to, "\n");
        return;
    }
    fprintf(p->to, "; its last %" PRIu64 " event%s changed nothing\n", agent->quiet,
            plural(agent->quiet));
    for (size_t i = 0; i < agent->read_count; i++)
        put_read(p, &agent->reads[i]);
    if (agent->tie == HD_TIE_LOCK) put_held(p, number);
    if (agent->class == HD_STUCK_SPINNING) put_rescuers(p, number);
}

static void put_stuck_agent(const printer *p, uint32_t number) {
    const hd_stuck_agent *agent = &p->report->agents[number];
    put_agent(p, number);
    fprintf(p->to, ": %s\n", hd_stuck_class_name(agent->class));
    if (agent->state == HD_TASK_WAITING) put_wait(p, agent);
    switch (agent->class) {
    case HD_STUCK_CHANGED: put_changed(p, agent); break;
    case HD_STUCK_LOST: put_lost(p, agent); break;
    case HD_STUCK_TAKEN: put_taken(p, agent); break;
    case HD_STUCK_ABANDONED: put_abandoned(p, agent); break;
    case HD_STUCK_BEHIND: put_behind(p, agent); break;
    case HD_STUCK_UNNOTIFIED: put_unnotified(p); break;
    case HD_STUCK_PENDING: put_pending(p, agent); break;
    case HD_STUCK_OUTSIDE:
        fprintf(p->to, "  waits in a call of the host since step %" PRIu64 "\n",
                agent->blocked_since);
        break;
    case HD_STUCK_SPINNING:
    case HD_STUCK_RUNNING: put_moving(p, number); break;
    case HD_STUCK_CYCLE:
        if (agent->state == HD_TASK_CALLING)
            put_moving(p, number);
        else
            put_held(p, number);
        break;
    default: break;
    }
    if (agent->state == HD_TASK_WAITING) put_since(p, agent);
    hd_backtrace_print(p->to, &agent->backtrace);
}

/* "one agent repeats itself for ever, no other can move; ": all that can move do. */
static void put_repeaters(const printer *p) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < p->report->agent_count; i++)
        count += p->report->agents[i].state == HD_TASK_CALLING;
    if (count > 1)
        fprintf(p->to, "%" PRIu32 " agents repeat themselves for ever, ", count);
    else
        fprintf(p->to, "one agent repeats itself for ever, ");
    fprintf(p->to, "no other can move; ");
}

static void put_heading(const printer *p) {
    const hd_stuck_report *r = p->report;
    uint32_t alive = 0;
    for (uint32_t i = 0; i < r->agent_count; i++)
        alive += r->agents[i].state != HD_TASK_ENDED;
    fprintf(p->to, "%s after %" PRIu64 " event%s: ", hd_outcome_name(r->outcome), r->steps,
            plural(r->steps));
    if (r->outcome == HD_OUTCOME_DEADLOCK)
        fprintf(p->to, "no agent can move; ");
    else if (r->outcome == HD_OUTCOME_LIVELOCK)
        put_repeaters(p);
    else if (r->outcome == HD_OUTCOME_REPEATS)
        fprintf(p->to, "all is as it was before, and so will come again; ");
    fprintf(p->to, "%" PRIu32 " of %" PRIu32 " agent%s ha%s not ended\n", alive, r->agent_count,
            plural(r->agent_count), alive == 1 ? "s" : "ve");
}

/* Agents that are as another one. */

/* So many of a kind, at least, are summed up. */
enum { LEAST_ALIKE = 3 };

static bool same_stack(const hd_backtrace *a, const hd_backtrace *b) {
    if (a->count != b->count || a->depth != b->depth) return false;
    for (size_t i = 0; i < a->count; i++)
        if (a->frames[i].offset != b->frames[i].offset ||
            strcmp(a->frames[i].function, b->frames[i].function) != 0)
            return false;
    return true;
}

static bool same_place(const hd_stuck_place *a, const hd_stuck_place *b) {
    return a->memory == b->memory && a->address == b->address && a->length == b->length;
}

/* True if two agents are stuck in the same place for the same reason, whenever they came there. */
static bool is_alike(const hd_stuck_agent *a, const hd_stuck_agent *b) {
    return a->class == b->class && a->state == b->state && a->loops == b->loops &&
           a->class != HD_STUCK_CYCLE && a->tie == b->tie && a->holder == b->holder &&
           same_place(&a->tie_place, &b->tie_place) && same_place(&a->wait.place, &b->wait.place) &&
           a->wait.expected == b->wait.expected && same_stack(&a->backtrace, &b->backtrace);
}

/* Finds for each agent that is stuck the first one that it is as, or itself; and how many there are
 * of each. Quadratic only in the kinds. NULL when memory is out. */
static uint32_t *find_alike(const hd_stuck_report *r, uint32_t *sizes) {
    uint32_t *first = hd_calloc(r->agent_count, sizeof *first);
    uint32_t *kinds = hd_calloc(r->agent_count, sizeof *kinds), count = 0;
    for (uint32_t i = 0; first && kinds && i < r->agent_count; i++) {
        uint32_t k = 0;
        if (r->agents[i].state == HD_TASK_ENDED) continue;
        while (k < count && !is_alike(&r->agents[kinds[k]], &r->agents[i]))
            k++;
        if (k == count) kinds[count++] = i;
        first[i] = kinds[k];
        sizes[kinds[k]]++;
    }
    if (!kinds) hd_free(first), first = NULL;
    hd_free(kinds);
    return first;
}

/* The others of a kind, of which one was told. */
static void put_alike(const printer *p, const uint32_t *first, uint32_t number, uint32_t size) {
    enum { NAMED = 3 };
    uint32_t named = 0;
    fprintf(p->to, "%" PRIu32 " agents as ", size - 1);
    put_agent(p, number);
    for (uint32_t i = number + 1; named < NAMED && i < p->report->agent_count; i++) {
        if (first[i] != number || p->report->agents[i].state == HD_TASK_ENDED) continue;
        fprintf(p->to, named++ == 0 ? ": " : ", ");
        put_agent(p, i);
    }
    fprintf(p->to, size - 1 > NAMED ? ", ...\n" : "\n");
}

static void put_agents(const printer *p, const uint32_t *first, const uint32_t *sizes) {
    for (uint32_t i = 0; i < p->report->agent_count; i++) {
        const hd_stuck_agent *agent = &p->report->agents[i];
        bool sums = first && sizes[first[i]] > LEAST_ALIKE;
        if (agent->state != HD_TASK_ENDED) {
            if (sums && first[i] != i) continue;
            put_stuck_agent(p, i);
            if (sums) put_alike(p, first, i, sizes[i]);
        } else if (agent->trapped) {
            put_agent(p, i);
            fprintf(p->to, ": trapped\n");
            hd_backtrace_print(p->to, &agent->backtrace);
        }
    }
}

void hd_stuck_print(FILE *to, const hd_stuck_report *report) {
    printer p = {to, report};
    put_heading(&p);
    for (size_t i = 0; i < report->cycle_count; i++)
        put_cycle(&p, &report->cycles[i]);
    /* Without memory for sums, all are told. */
    uint32_t *sizes = hd_calloc(report->agent_count, sizeof *sizes);
    uint32_t *first = sizes ? find_alike(report, sizes) : NULL;
    put_agents(&p, first, sizes);
    hd_free(first);
    hd_free(sizes);
    if (report->incomplete)
        fprintf(to, "note: so many addresses were in use that not all could be kept in mind\n");
}
