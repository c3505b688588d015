/* clock.h: vector clocks, shared until they change.
 *
 * A clock says how much of each agent happens before a point of the execution: for agent i, all its
 * events up to the stamp of i. Stamps grow with the execution; 0 is before everything, and NULL is
 * the clock of all zeros. What an agent publishes by an atomic store is its clock of that moment:
 * so clocks are counted references, copied only when their owner learns something new. */
#ifndef HD_CHECK_CLOCK_H
#define HD_CHECK_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct hd_clock {
    uint32_t references;
    uint32_t length, size_class; /* stamps in use; room is HD_CLOCK_ROOM(size_class) */
    struct hd_clock *next_free;  /* among the clocks that nobody uses */
    uint64_t stamps[];
} hd_clock;

enum { HD_CLOCK_CLASSES = 16 }; /* agents are numbered in 16 bits */
#define HD_CLOCK_ROOM(size_class) (UINT32_C(2) << (size_class))

/* Clocks that nobody uses any more, by size: a clock lives for a few events only. */
typedef struct hd_clocks {
    hd_clock *free[HD_CLOCK_CLASSES];
} hd_clocks;

/* An epoch: an event, as its agent and its stamp in one word. 0 is none. */
#define HD_EPOCH(agent, stamp) ((uint64_t)(agent) << 48 | (stamp))
#define HD_EPOCH_AGENT(epoch) ((uint32_t)((epoch) >> 48))
#define HD_EPOCH_STAMP(epoch) ((epoch) & ((UINT64_C(1) << 48) - 1))

static inline uint64_t hd_clock_get(const hd_clock *clock, uint32_t agent) {
    return clock && agent < clock->length ? clock->stamps[agent] : 0;
}

/* True if the clock covers the event. */
static inline bool hd_clock_covers(const hd_clock *clock, uint64_t epoch) {
    return hd_clock_get(clock, HD_EPOCH_AGENT(epoch)) >= HD_EPOCH_STAMP(epoch);
}

/* Adds a reference. */
static inline hd_clock *hd_clock_retain(hd_clock *clock) {
    if (clock) clock->references++;
    return clock;
}

/* Drops a reference; NULL is ignored. */
void hd_clock_release(hd_clocks *clocks, hd_clock *clock);

/* Makes `*clock` cover all that `other` covers, and the event. False when memory is out: `*clock`
 * is as it was. */
bool hd_clock_join(hd_clocks *clocks, hd_clock **clock, const hd_clock *other, uint64_t epoch);

/* True if a clock covers all that `other` covers, but for the events of one agent. */
bool hd_clock_includes(const hd_clock *clock, const hd_clock *other, uint32_t except);

/* Releases the clocks that nobody uses. */
void hd_clocks_free(hd_clocks *clocks);

#endif
