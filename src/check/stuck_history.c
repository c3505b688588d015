/* stuck_history.c: the past of words and agents, event by event. */
#include "check/stuck_history.h"


/* Words that nobody has waited on yet are kept in mind up to the first number, all up to the
 * second. */
enum { MOST_WORDS = 1 << 14, MOST_WAITED = 1 << 16 };

#define NOT_SEEN UINT64_MAX

/* Aligned words of up to eight bytes lie within one granule. */
enum { GRANULE = 8 };

void hd_history_free(hd_history *h) {
    hd_vec_free(&h->words);
    hd_vec_free(&h->pasts);
    hd_vec_free(&h->memories);
    hd_free(h->buckets);
    *h = (hd_history){0};
}

/* Acts. */

static void add_act(hd_acts *acts, hd_stuck_act act) {
    acts->items[acts->total++ % HD_KEPT_ACTS] = act;
}

hd_stuck_act hd_acts_last(const hd_acts *acts, uint64_t n) {
    if (n >= acts->total || n >= HD_KEPT_ACTS) return (hd_stuck_act){.step = HD_NO_STEP};
    return acts->items[(acts->total - 1 - n) % HD_KEPT_ACTS];
}

static uint64_t actor_bit(uint32_t agent) {
    return UINT64_C(1) << (agent < 63 ? agent : 63);
}

/* The table of words. */

static size_t bucket_of(const hd_history *h, const hd_memory *memory, uint64_t address) {
    uint64_t hash = ((uintptr_t)memory >> 4) * 0x9E3779B97F4A7C15 + address / GRANULE;
    hash *= 0xD6E8FEB86659FD93;
    return (size_t)(hash >> 32) & (h->bucket_count - 1);
}

static void link_word(hd_history *h, uint32_t index) {
    hd_word *word = &h->words.items[index];
    uint32_t *first = &h->buckets[bucket_of(h, word->memory, word->address)];
    word->next = *first;
    *first = index + 1;
}

static bool widen_table(hd_history *h) {
    size_t count = h->bucket_count ? h->bucket_count * 2 : 64;
    uint32_t *buckets = hd_calloc(count, sizeof *buckets);
    if (!buckets) return false;
    hd_free(h->buckets);
    h->buckets = buckets;
    h->bucket_count = count;
    for (uint32_t i = 0; i < h->words.len; i++)
        link_word(h, i);
    return true;
}

static hd_word *find_word(const hd_history *h, const hd_memory *memory, uint64_t address) {
    if (h->bucket_count == 0) return NULL;
    for (uint32_t i = h->buckets[bucket_of(h, memory, address)]; i > 0;) {
        hd_word *word = &h->words.items[i - 1];
        if (word->memory == memory && word->address == address) return word;
        i = word->next;
    }
    return NULL;
}

const hd_word *hd_history_word(const hd_history *h, const hd_memory *memory, uint64_t address) {
    return find_word(h, memory, address);
}

/* The word at an address, made if there is none; NULL when there is no room for it. */
static hd_word *need_word(hd_history *h, const hd_memory *memory, uint64_t address, size_t most) {
    hd_word *word = find_word(h, memory, address);
    if (word) return word;
    bool room = h->words.len < most && (h->words.len < h->bucket_count || widen_table(h)) &&
                hd_vec_reserve(&h->words, 1);
    if (!room) {
        h->incomplete = true;
        return NULL;
    }
    word = &h->words.items[h->words.len];
    *word = (hd_word){.memory = memory, .address = address, .seen = NOT_SEEN, .owner = HD_NO_AGENT};
    link_word(h, (uint32_t)h->words.len++);
    return word;
}

static hd_past *need_past(hd_history *h, uint32_t agent) {
    while (h->pasts.len <= agent)
        if (!hd_vec_push(&h->pasts, ((hd_past){.last_step = HD_NO_STEP,
                                               .notify_before.step = HD_NO_STEP,
                                               .write_before.step = HD_NO_STEP}))) {
            h->incomplete = true;
            return NULL;
        }
    return &h->pasts.items[agent];
}

const hd_past *hd_history_past(const hd_history *h, uint32_t agent) {
    return agent < h->pasts.len ? &h->pasts.items[agent] : NULL;
}

uint32_t hd_history_memory(const hd_history *h, const hd_memory *memory) {
    size_t i = 0;
    while (i < h->memories.len && h->memories.items[i] != memory)
        i++;
    return (uint32_t)i;
}

static void meet_memory(hd_history *h, const hd_memory *memory) {
    if (memory && hd_history_memory(h, memory) == h->memories.len &&
        !hd_vec_push(&h->memories, memory))
        h->incomplete = true;
}

/* Locks. */

static uint64_t distance(uint64_t a, uint64_t b) {
    return a > b ? a - b : b - a;
}

uint32_t hd_word_owner(const hd_word *word) {
    return word->contended ? word->owner : HD_NO_AGENT;
}

static void take(hd_word *word, uint32_t agent, uint64_t step, bool old_known, uint64_t old) {
    word->owner = agent;
    word->taken_step = step;
    /* Memory starts zeroed, so a lock that was never seen before rested at 0, unless that is what
     * it holds now. */
    word->rest_known = old_known || word->value != 0;
    word->rest = old_known ? old : 0;
}

/* A read-modify-write of exactly this word. The first one that takes a free word away from where it
 * rests makes its agent the owner; the word is free again when it is back there. In between, others
 * may mark it (`cmpxchg 1 -> 2`: there are waiters), which changes no owner. Counters move as well,
 * but no exchange ever finds them unchanged: what makes a word a lock is that somebody failed to
 * take it, or cmpxchg. */
static void follow_lock(hd_word *word, uint32_t agent, uint64_t step, hd_event_kind kind,
                        bool old_known, uint64_t old) {
    uint64_t now = word->value;
    if (kind == HD_EVENT_CMPXCHG) word->contended = true;
    if (old_known && old == now) {
        if (word->owner != HD_NO_AGENT) word->contended = true;
        return;
    }
    if (word->owner == HD_NO_AGENT) {
        take(word, agent, step, old_known, old);
        return;
    }
    bool released;
    if (!word->rest_known)
        released = word->owner == agent;
    else if (now == word->rest)
        released = true;
    else /* one of several steps back, such as `sub 1` before the store of 0 */
        released = word->owner == agent && kind == HD_EVENT_RMW && old_known &&
                   distance(now, word->rest) < distance(old, word->rest);
    if (released) word->owner = HD_NO_AGENT;
}

/* Writes. */

static void see(const hd_history *h, hd_word *word) {
    word->value = hd_memory_peek(word->memory, word->address, word->width, NULL);
    word->seen = h->epoch;
}

/* A write that overlaps a word has happened; returns whether it changed the word. */
static bool write_word(const hd_history *h, hd_word *word, uint32_t agent, uint64_t step,
                       const hd_event *e) {
    uint64_t old = word->value;
    bool old_known = word->seen == h->epoch;
    bool exact = e->address == word->address && e->length == word->width;
    see(h, word);
    bool changed = !old_known || word->value != old;
    bool updates = e->kind == HD_EVENT_RMW || e->kind == HD_EVENT_CMPXCHG;
    if (updates && exact)
        follow_lock(word, agent, step, e->kind, old_known, old);
    else
        word->owner = HD_NO_AGENT;
    if (changed || !updates) {
        add_act(&word->writes, (hd_stuck_act){.step = step, .agent = agent, .value = word->value});
        word->actors |= actor_bit(agent);
    }
    return changed;
}

static bool overlaps(const hd_word *word, const hd_event *e) {
    return word->memory == e->memory && e->address < word->address + word->width &&
           word->address < e->address + e->length;
}

static void write_range(hd_history *h, uint32_t agent, uint64_t step, const hd_event *e) {
    for (size_t i = 0; i < h->words.len; i++)
        if (overlaps(&h->words.items[i], e)) write_word(h, &h->words.items[i], agent, step, e);
}

/* As write_range, but looks at the buckets of the range only; returns whether anything may have
 * changed that is not known to be as it was. */
static bool write_granules(hd_history *h, uint32_t agent, uint64_t step, const hd_event *e) {
    bool unchanged = false;
    uint64_t last = (e->address + e->length - 1) / GRANULE;
    for (uint64_t granule = e->address / GRANULE; granule <= last; granule++)
        for (uint32_t i = h->buckets[bucket_of(h, e->memory, granule * GRANULE)]; i > 0;) {
            hd_word *word = &h->words.items[i - 1];
            i = word->next;
            /* A bucket may serve several granules. */
            if (word->address / GRANULE != granule || !overlaps(word, e)) continue;
            bool covers = word->address <= e->address &&
                          e->address + e->length <= word->address + word->width;
            unchanged |= !write_word(h, word, agent, step, e) && covers;
        }
    return !unchanged;
}

static bool on_write(hd_history *h, uint32_t agent, uint64_t step, const hd_event *e) {
    bool atomic =
        e->kind == HD_EVENT_ATOMIC_STORE || e->kind == HD_EVENT_RMW || e->kind == HD_EVENT_CMPXCHG;
    if (e->length == 0) return false;
    if (atomic) {
        hd_word *word = need_word(h, e->memory, e->address, MOST_WORDS);
        if (word && word->width < e->length) {
            word->width = (uint8_t)e->length;
            word->seen = NOT_SEEN;
        }
    }
    if (h->words.len == 0) return true;
    if (e->length / GRANULE <= 2) return write_granules(h, agent, step, e);
    write_range(h, agent, step, e);
    return true;
}

/* Reads. */

static void on_read(hd_past *past, uint64_t step, const hd_event *e) {
    hd_past_read *read = &past->reads[past->latest_read], *oldest = read;
    for (unsigned i = 0;
         read->memory != e->memory || read->address != e->address || read->length != e->length;
         i++) {
        if (i == HD_KEPT_READS) {
            *oldest = (hd_past_read){.memory = e->memory,
                                     .address = e->address,
                                     .length = e->length,
                                     .tried = HD_NO_STEP};
            read = oldest;
            break;
        }
        read = &past->reads[i];
        if (!read->memory || (oldest->memory && read->last_step < oldest->last_step)) oldest = read;
    }
    past->latest_read = (unsigned)(read - past->reads);
    read->kind = e->kind;
    read->last_step = step;
    read->times++;
    if (e->kind == HD_EVENT_CMPXCHG || e->kind == HD_EVENT_RMW) read->tried = step;
}

uint64_t hd_past_tried(const hd_past *past, const hd_memory *memory, uint64_t address) {
    for (unsigned i = 0; i < HD_KEPT_READS; i++)
        if (past->reads[i].memory == memory && past->reads[i].address == address)
            return past->reads[i].tried;
    return HD_NO_STEP;
}

/* A read of exactly one word that is kept in mind shows its value. */
static hd_word *on_look(hd_history *h, const hd_event *e, size_t most) {
    hd_word *word = need_word(h, e->memory, e->address, most);
    if (!word) return NULL;
    if (word->width < e->length) word->width = (uint8_t)e->length;
    see(h, word);
    return word;
}

static void on_wait(hd_history *h, hd_past *past, const hd_event *e) {
    const hd_word *word = on_look(h, e, MOST_WAITED);
    past->notify_before.step = past->write_before.step = HD_NO_STEP;
    if (!word || !e->writes) return;
    past->notify_before = hd_acts_last(&word->notifies, 0);
    past->write_before = hd_acts_last(&word->writes, 0);
    past->notifies_before = word->notifies.total;
    past->writes_before = word->writes.total;
}

static void on_notify(hd_history *h, uint32_t agent, uint64_t step, const hd_event *e) {
    hd_word *word = on_look(h, e, MOST_WORDS);
    if (!word) return;
    add_act(&word->notifies,
            (hd_stuck_act){.step = step, .agent = agent, .woken = e->count, .notify = true});
    word->actors |= actor_bit(agent);
}

void hd_history_event(hd_history *h, uint32_t agent, uint64_t step, const hd_event *e) {
    hd_past *past = need_past(h, agent);
    if (!past) return;
    bool effect = false, reads = false;
    if (h->memories.len == 0 || h->memories.items[0] != e->memory) meet_memory(h, e->memory);
    switch (e->kind) {
    case HD_EVENT_LOAD:
    case HD_EVENT_ATOMIC_LOAD:
    case HD_EVENT_COPY: reads = true; break;
    case HD_EVENT_STORE:
    case HD_EVENT_ATOMIC_STORE:
    case HD_EVENT_FILL: effect = on_write(h, agent, step, e); break;
    case HD_EVENT_RMW:
        effect = on_write(h, agent, step, e);
        reads = !effect;
        break;
    case HD_EVENT_CMPXCHG:
        reads = !e->writes;
        if (e->writes) {
            effect = on_write(h, agent, step, e);
        } else {
            hd_word *word = on_look(h, e, MOST_WORDS);
            if (word) word->contended = true;
        }
        break;
    case HD_EVENT_WAIT:
        on_wait(h, past, e);
        effect = e->writes;
        reads = !effect;
        break;
    case HD_EVENT_NOTIFY:
        on_notify(h, agent, step, e);
        effect = e->count > 0;
        break;
    case HD_EVENT_GROW: effect = e->writes; break;
    case HD_EVENT_HOST:
        effect = true;
        h->epoch++;
        break;
    default: break;
    }
    if (reads) on_read(past, step, e);
    bool missed = past->spared && step > past->last_step + 1;
    past->spared = h->spares;
    past->last_step = step;
    past->quiet = effect ? 0 : missed ? 1 : past->quiet + 1;
}

void hd_history_spare(hd_history *h, uint32_t agent) {
    hd_past *past = agent == HD_NO_AGENT ? NULL : need_past(h, agent);
    h->spares = past != NULL;
    if (past) past->spared = true;
}

void hd_history_woken(hd_history *h, uint32_t agent, uint32_t by, uint64_t step,
                      const hd_memory *memory, uint64_t address) {
    hd_word *word = find_word(h, memory, address);
    if (word) add_act(&word->wakes, (hd_stuck_act){.step = step, .agent = agent, .by = by});
}
