/* strategy.h: what picks the next agent.
 *
 * At each scheduling point the driver (drive.h) asks its strategy which of the agents that can
 * move does, and for how many events at most. A strategy sees nothing of the execution but the
 * question: the same answers to the same questions give the same execution. What it leaves out, as
 * `points` does, it only prefers to leave out: a scheduling point at which nobody is switched is
 * still an event.
 *
 * doc/strategies.md says what each is good for. */
#ifndef HD_SCHED_STRATEGY_H
#define HD_SCHED_STRATEGY_H

#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "sched/profile.h"

/* What an agent is about to do. */
typedef struct hd_next {
    const hd_event *event; /* that it stands before; NULL: unknown, or it cannot move */
    const hd_agent *agent; /* to look where it stands; NULL: unknown */
    int64_t timeout;       /* of a timed one, in nanoseconds */
} hd_next;

/* How a strategy looks at agents; what it gets lives until the next move. */
typedef struct hd_outlook {
    hd_next (*next)(const void *context, uint32_t agent);
    const void *context;
} hd_outlook;

/* A question: agents are named by their numbers in the order of their start, from 0. */
typedef struct hd_choice {
    uint64_t step;           /* events that have happened */
    const uint32_t *enabled; /* agents that can move, ascending */
    size_t count;            /* of them, at least 1 */
    const uint32_t *timed;   /* agents whose wait, or sleep, may be let time out before its time */
    size_t timed_count;
    bool due;           /* the only agent is a timed one whose time is up */
    uint32_t last;      /* the agent that moved last, at first HD_NO_AGENT */
    bool last_enabled;  /* it can go on: picking another one preempts it */
    bool yielded;       /* it did nothing but let others move: it yielded, or spins */
    hd_outlook outlook; /* what agents are about to do; without a function: unknown */
} hd_choice;

/* What an agent is about to do, as far as it is known. */
static inline hd_next hd_choice_next(const hd_choice *choice, uint32_t agent) {
    const hd_outlook *o = &choice->outlook;
    return o->next ? o->next(o->context, agent) : (hd_next){0};
}

/* An answer: one of these agents. A timed one makes one event: it times out. The move also ends
 * when the agent blocks, ends, stands between two calls, or makes another one able to move. */
typedef struct hd_pick {
    uint32_t agent;
    uint64_t events; /* at most; at least 1 */
} hd_pick;

typedef struct hd_strategy hd_strategy;
struct hd_strategy {
    /* Answers; false to give the execution up, which a replay does when it diverges. */
    bool (*pick)(hd_strategy *self, const hd_choice *choice, hd_pick *pick);
    /* Hears what the move came to: how many events of it happened. May be NULL. */
    void (*moved)(hd_strategy *self, const hd_pick *pick, uint64_t events);
    /* Releases the strategy. */
    void (*free)(hd_strategy *self);
    /* Appends all that its answers depend on, beside who can move and who has moved last; false
     * when memory is out. NULL: on more than can be compared, such as chance. */
    bool (*add_state)(const hd_strategy *self, hd_bytes *to);
    hd_outcome given_up; /* what it means when it gives up; 0: HD_OUTCOME_GIVEN_UP */
};

/* How many events an agent makes in a row before it is believed to spin until another one has
 * moved: so many that nothing is switched for its sake in most programs. */
enum { HD_FAIR_EVENTS = 2000 };

/* All but round robin and replays also let timed waits and sleeps of less than a minute time out
 * early: in half of the executions never, else now and then, as the seed has it. */

/* Round robin: the next agent in order when the moving one blocks or ends, after `quantum` events,
 * or before it would end the program: then all others have their turn first. */
hd_strategy *hd_strategy_round_robin(uint64_t quantum);

/* A random walk: any agent that can move, with equal chance, before each event. */
hd_strategy *hd_strategy_random(uint64_t seed);

/* A random walk of long steps: before each event another agent is drawn with a chance of one in
 * `mean`, otherwise the same one goes on. */
hd_strategy *hd_strategy_sticky(uint64_t seed, uint64_t mean);

/* Probabilistic concurrency testing (Burckhardt, Kothari, Musuvathi, Nagarakatte; ASPLOS 2010):
 * agents run by random priorities, and at `depth` - 1 random places among the first `length` events
 * the moving one falls behind all others. Finds a failure that takes `depth` ordering constraints
 * with a probability of at least 1 / (n * length ^ (depth - 1)) for n agents, in executions in
 * which nobody yields and no agent makes HD_FAIR_EVENTS in a row while others could move: such a
 * one, which perhaps spins until another has moved, falls behind all others too, and later as soon
 * as it seems to spin again. */
hd_strategy *hd_strategy_pct(uint64_t seed, unsigned depth, uint64_t length);

/* Partial order sampling (Yuan, Yang, Gu; CAV 2018): each event gets a random priority when its
 * agent comes to it, the highest goes first, and what conflicts with it gets a new one. */
hd_strategy *hd_strategy_pos(uint64_t seed);

/* Uniform random walk (Zhao, Wolff, Mathur, Roychoudhury; ASPLOS 2025): an agent is drawn with the
 * weight of the steps that it, and those that it will spawn, still have to make by the profile
 * (borrowed; NULL: unknown): of executions without blocking, each interleaving has the same chance.
 */
hd_strategy *hd_strategy_urw(uint64_t seed, const hd_profile *profile, hd_measure measure);

/* Selectively uniform random walk (ibidem): uniform in the order of the events that touch a few of
 * the bytes that agents conflict about, drawn anew for each execution; random in all others. */
hd_strategy *hd_strategy_surw(uint64_t seed, const hd_profile *profile);

/* Modifiers: each takes an inner strategy over and asks it. NULL when memory is out, and if the
 * inner one is NULL; then that one is released. */

/* Keeps agents that are spawned waiting, in most executions: until nobody else can move or all have
 * waited long enough, or for a number of events of their own; so that they exist together. */
hd_strategy *hd_strategy_lag(hd_strategy *inner, uint64_t seed);

/* True if with this seed it has all wait until nobody else can move. */
bool hd_strategy_lags_all(uint64_t seed);

/* Asks the inner strategy only where agents stand before an event that matters by the profile
 * (borrowed; hd_profile_is_point), and numbers steps by these; an agent that reads the same bytes
 * in vain, or yields, moves when no other can. */
hd_strategy *hd_strategy_points(hd_strategy *inner, const hd_profile *profile);

/* Counts the steps of the inner strategy by agents. */
hd_strategy *hd_strategy_metered(hd_strategy *inner, hd_meter *meter);

/* How to make a strategy. */
typedef struct hd_strategy_options {
    uint64_t seed;
    uint64_t length;           /* of an execution in events, for pct; 0: by the profile */
    const hd_profile *profile; /* borrowed; NULL: nothing is known of the program */
    hd_meter *meter; /* steps of the strategy before modifiers are counted here; or NULL */
} hd_strategy_options;

/* Makes a strategy from its name on the command line: `rr`, `rr:QUANTUM`, `random`, `sticky`,
 * `sticky:MEAN`, `pct`, `pct:DEPTH`, `pos`, `urw`, `surw`, each perhaps with `+lag` and `+points`
 * behind it; or `portfolio`, which is another one of these for each seed. NULL with a diagnosis. */
hd_strategy *hd_strategy_make(const char *text, const hd_strategy_options *options, hd_diag *diag);

/* The same without a profile. */
hd_strategy *hd_strategy_parse(const char *text, uint64_t seed, uint64_t length, hd_diag *diag);

/* The strategy that a name stands for with this seed: for `portfolio` one of its members, for any
 * other name that itself. */
const char *hd_strategy_member(const char *text, uint64_t seed);

/* What the strategy of this name wants to know of a program, with this `length`. */
typedef enum hd_wanted {
    HD_WANTS_NOTHING,
    HD_WANTS_LENGTH, /* HD_MEASURE_EVENTS */
    HD_WANTS_ALL,    /* places, and all measures */
} hd_wanted;

hd_wanted hd_strategy_wants(const char *text, uint64_t length);

/* The depth of a strategy that is pct, or 0; `*measure` receives what its steps are, at most. */
unsigned hd_strategy_depth(const char *text, hd_measure *measure);

/* Releases a strategy; NULL is ignored. */
void hd_strategy_free(hd_strategy *strategy);

#endif
