/* past.c: see past.h. */
#include "debug/past.h"

#include <string.h>

#include "debug/session.h"

enum { BLOCK = 1 << 14 }; /* events */

static void forget_end(hd_past *h) {
    hd_free(h->explanation);
    h->explanation = NULL;
    h->ends = h->claimed = false;
}

void hd_past_free(hd_past *h) {
    hd_past_cut(h, 0);
    for (size_t i = 0; i < h->blocks.len; i++)
        hd_free(h->blocks.items[i]);
    hd_vec_free(&h->blocks);
    hd_vec_free(&h->moves);
    hd_vec_free(&h->more);
    hd_vec_free(&h->incidents);
}

bool hd_past_add_move(hd_past *h, uint32_t agent, uint64_t events, bool timeout) {
    const hd_kept_move *last = h->moves.len > 0 ? &h->moves.items[h->moves.len - 1] : NULL;
    bool same = last && last->agent == agent && !last->timeout && !timeout;
    if (!same && !hd_vec_push(&h->moves, ((hd_kept_move){h->length, agent, timeout}))) return false;
    h->length += events;
    return true;
}

bool hd_past_take(hd_past *h, const hd_trace *trace) {
    hd_move move;
    hd_trace_cursor cursor = hd_trace_start(trace);
    while (hd_trace_next(&cursor, &move))
        if (!hd_past_add_move(h, move.agent, hd_move_events(&move), move.events == HD_TIMEOUT))
            return false;
    h->ends = h->claimed = hd_trace_outcome(trace, &h->outcome);
    return true;
}

size_t hd_past_find(const hd_past *h, uint64_t step) {
    size_t low = 0, high = h->moves.len;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (h->moves.items[middle].start <= step)
            low = middle;
        else
            high = middle;
    }
    return low;
}

uint64_t hd_past_events(const hd_past *h, size_t move, uint64_t before) {
    uint64_t start = h->moves.items[move].start;
    uint64_t end = move + 1 < h->moves.len ? h->moves.items[move + 1].start : h->length;
    if (before < end) end = before;
    return end > start ? end - start : 0;
}

hd_kept_event *hd_past_get(const hd_past *h, uint64_t step) {
    return &h->blocks.items[step / BLOCK][step % BLOCK];
}

bool hd_past_add_event(hd_past *h, const hd_kept_event *event) {
    if (h->known / BLOCK == h->blocks.len) {
        hd_kept_event *block = hd_calloc(BLOCK, sizeof *block);
        if (!block || !hd_vec_push(&h->blocks, block)) {
            hd_free(block);
            return false;
        }
    }
    *hd_past_get(h, h->known++) = *event;
    return true;
}

bool hd_past_add_incident(hd_past *h, uint64_t step, unsigned mark, const char *text) {
    char *copy = hd_strndup(text, strlen(text));
    if (copy && hd_vec_push(&h->incidents, ((hd_incident){step, mark, copy}))) return true;
    hd_free(copy);
    return false;
}

const char *hd_past_incident(const hd_past *h, uint64_t step, unsigned mark) {
    for (size_t i = h->incidents.len; i-- > 0 && h->incidents.items[i].step >= step;)
        if (h->incidents.items[i].step == step && h->incidents.items[i].mark == mark)
            return h->incidents.items[i].text;
    return NULL;
}

void hd_past_cut(hd_past *h, uint64_t step) {
    forget_end(h);
    while (h->moves.len > 0 && h->moves.items[h->moves.len - 1].start >= step)
        h->moves.len--;
    if (step < h->length) h->length = step;
    if (step < h->known) h->known = step;
    while (h->more.len > 0 && h->more.items[h->more.len - 1].step >= step)
        h->more.len--;
    while (h->incidents.len > 0 && h->incidents.items[h->incidents.len - 1].step >= step)
        hd_free(h->incidents.items[--h->incidents.len].text);
}

/* The first further access of a step. */
static size_t find_more(const hd_past *h, uint64_t step) {
    size_t low = 0, high = h->more.len;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (h->more.items[middle].step < step)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool hd_past_accesses(const hd_past *h, uint64_t step, hd_past_visit *visit, void *context) {
    const hd_kept_event *e = hd_past_get(h, step);
    if (!(e->marks & (HD_MARK_READS | HD_MARK_WRITES))) return false;
    hd_kept_access first = {.step = step,
                            .address = e->address,
                            .length = e->length,
                            .memory = e->memory - UINT32_C(1),
                            .reads = e->marks & HD_MARK_READS,
                            .writes = e->marks & HD_MARK_WRITES};
    if (first.length == UINT32_MAX) first.length = UINT64_MAX - first.address;
    if (visit(context, &first)) return true;
    if (!(e->marks & HD_MARK_MORE)) return false;
    for (size_t i = find_more(h, step); i < h->more.len && h->more.items[i].step == step; i++)
        if (visit(context, &h->more.items[i])) return true;
    return false;
}
