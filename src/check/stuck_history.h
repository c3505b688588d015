/* stuck_history.h: what the diagnosis of stuck executions keeps of the past. Internal to check/.
 *
 * Two things: *words*, which are addresses that were waited on, notified, or written atomically,
 * each with its latest writes, notifies and wake-ups and with who holds it as a lock; and *pasts*,
 * one per agent, with what it read lately and what its present wait found. Both are bounded,
 * however long the execution. */
#ifndef HD_CHECK_STUCK_HISTORY_H
#define HD_CHECK_STUCK_HISTORY_H

#include "base/vec.h"
#include "check/stuck.h"

enum {
    HD_KEPT_ACTS = 4,  /* of each kind, per word */
    HD_KEPT_READS = 8, /* distinct places, per agent */
};

/* The latest few acts of one kind, in a circle. */
typedef struct hd_acts {
    hd_stuck_act items[HD_KEPT_ACTS];
    uint64_t total;
} hd_acts;

typedef struct hd_word {
    const hd_memory *memory;
    uint64_t address;
    uint32_t next;  /* of the same bucket */
    uint8_t width;  /* bytes: 1, 2, 4 or 8, the widest atomic access so far */
    bool contended; /* cmpxchg was used on it, or an exchange found it taken: it may be a lock */
    uint64_t value, seen; /* what it holds, if seen in the present epoch */

    /* As a lock: held since a read-modify-write took it away from its resting value. */
    uint32_t owner; /* HD_NO_AGENT: nobody */
    uint64_t taken_step;
    uint64_t rest;
    bool rest_known;

    hd_acts writes, notifies, wakes;
    uint64_t actors; /* agents that wrote or notified: bit n is agent n, bit 63 all from 63 on */
} hd_word;

typedef struct hd_past_read {
    const hd_memory *memory; /* NULL: unused */
    uint64_t address, length, last_step, times;
    uint64_t tried; /* step of the latest update there that changed nothing, or HD_NO_STEP */
    hd_event_kind kind;
} hd_past_read;

typedef struct hd_past {
    uint64_t last_step; /* HD_NO_STEP: no event yet */
    uint64_t quiet;
    hd_past_read reads[HD_KEPT_READS];
    bool spared; /* since its latest event that was told, it may have made others */
    unsigned latest_read;
    /* As its latest wait found the word. */
    hd_stuck_act notify_before, write_before;
    uint64_t writes_before, notifies_before;
} hd_past;

typedef struct hd_history {
    HD_VEC(hd_word) words;
    uint32_t *buckets; /* first word of each + 1, or 0 */
    size_t bucket_count;
    HD_VEC(hd_past) pasts;
    HD_VEC(const hd_memory *) memories;
    uint64_t epoch; /* host calls, which may write unseen, so far */
    bool spares;    /* not all is told of the one agent that moves */
    bool incomplete;
} hd_history;

void hd_history_free(hd_history *history);

/* What hd_observer asks for. */
void hd_history_event(hd_history *history, uint32_t agent, uint64_t step, const hd_event *event);
/* HD_NO_AGENT: all is told again. */
void hd_history_spare(hd_history *history, uint32_t agent);
void hd_history_woken(hd_history *history, uint32_t agent, uint32_t by, uint64_t step,
                      const hd_memory *memory, uint64_t address);

/* The word at an address, or NULL. Valid until the next event. */
const hd_word *hd_history_word(const hd_history *history, const hd_memory *memory,
                               uint64_t address);

/* A word's holder as a lock, or HD_NO_AGENT. */
uint32_t hd_word_owner(const hd_word *word);

/* What is known of an agent, or NULL if nothing is. */
const hd_past *hd_history_past(const hd_history *history, uint32_t agent);

/* When the agent last tried in vain to take the word at an address, or HD_NO_STEP. */
uint64_t hd_past_tried(const hd_past *past, const hd_memory *memory, uint64_t address);

/* A memory's number; those that no event has touched share the one after the last. */
uint32_t hd_history_memory(const hd_history *history, const hd_memory *memory);

/* The n-th last act, from 0, or one at HD_NO_STEP. */
hd_stuck_act hd_acts_last(const hd_acts *acts, uint64_t n);

#endif
