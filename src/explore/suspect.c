/* suspect.c: races of awaits that executions as they are made do not show.
 *
 * A read of an await that fails counts as not made, and is made where the search happens to come
 * by. It may race with a write before which it was not made, and which later reads are ordered
 * after. So in each execution, reads in loops are compared with writes that neither of them is
 * ordered before. If a pair is none of two atomic accesses of one range, such reads have to be
 * events like others: then they stay in executions, which are turned around and looked at, though
 * they do not count (form.c). Only happens-before can tell whether it is a race, and the detector
 * knows that. */
#include "explore/parts.h"

bool hd_explorer_keeps(const hd_explorer *x, const hd_read *read) {
    uint64_t from = hd_place_byte(read->memory, read->address);
    for (size_t i = 0; i < x->kept->len; i++)
        if (x->kept->items[i].from < from + read->length && from < x->kept->items[i].to)
            return true;
    return false;
}

/* A read in a loop. */
typedef struct candidate {
    const hd_read *read;
    uint32_t agent, ordinal; /* of the step that it was; 0: it was undone, and comes last */
    const uint32_t *before;  /* the agent's clock */
} candidate;

/* True if a step and the read might come one right after the other in some order. */
static bool is_unordered(const hd_explorer *x, const candidate *c, size_t k) {
    const hd_step *s = &x->steps.items[k];
    return s->agent != c->agent && c->before[s->agent] < s->ordinal &&
           !(c->ordinal && hd_explorer_clock(x, k)[c->agent] >= c->ordinal);
}

static bool overlaps(const hd_span *a, const hd_span *b) {
    return a->from < b->to && b->from < a->to;
}

static bool add(hd_explorer *x, const hd_span *span, const hd_span *hidden) {
    x->again = true;
    if (!hd_vec_push(x->kept, *span)) return hd_explorer_nomem(x);
    if (!x->options->again(x->options->again_context, hidden)) x->result->stopped = true;
    return true;
}

static bool compare(hd_explorer *x, const candidate *c) {
    uint64_t from = hd_place_byte(c->read->memory, c->read->address);
    hd_span span = {from, from + c->read->length, 0};
    for (size_t k = 0; k < x->depth; k++) {
        const hd_step *s = &x->steps.items[k];
        bool same = c->read->atomic && s->atomic && s->own.first.from == span.from &&
                    s->own.first.to == span.to;
        if (s->effect && !same && is_unordered(x, c, k) && hd_footprint_writes(&s->own, &span))
            return add(x, &span, NULL);
    }
    for (size_t i = 0; i < x->hidden.len; i++) {
        const hd_hidden *h = &x->hidden.items[i];
        if (overlaps(&h->span, &span) && is_unordered(x, c, h->step))
            return add(x, &span, &h->span);
    }
    return true;
}

/* Steps first, then what agents are in at the end. */
bool hd_explorer_suspect(hd_explorer *x) {
    if (!x->options->again || x->options->no_awaits || !x->looping) return true;
    for (size_t k = 0; k < x->depth && !x->again; k++) {
        const hd_step *s = &x->steps.items[k];
        candidate c = {&x->past.items[k].read, s->agent, s->ordinal,
                       hd_explorer_clock_before(x, k)};
        if (c.read->known && !hd_explorer_keeps(x, c.read) && !compare(x, &c)) return false;
    }
    for (hd_agents left = x->parked; left && !x->again; left &= left - 1) {
        const hd_parking *p = hd_explorer_parking(x, (uint32_t)__builtin_ctzll(left));
        candidate c = {&p->read, p->agent, 0, x->present + (size_t)p->agent * x->agents};
        if (p->single && !hd_explorer_keeps(x, &p->read) && !compare(x, &c)) return false;
    }
    return true;
}
