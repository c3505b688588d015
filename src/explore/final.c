/* final.c: the distinct final states of whole executions.
 *
 * A final state is how the execution ended, what shared memories hold, and what the subject adds.
 * Only bytes that some event has written so far are looked at; of them those are listed that are
 * not zero, with their places, so that it does not matter when a byte was written first. */
#include <stdlib.h>
#include <string.h>

#include "explore/parts.h"
#include "runtime/memory.h"

typedef struct hd_finals {
    hd_arena arena; /* of the keys */
    hd_map states;
    HD_VEC(hd_span) touched; /* ascending, apart from each other */
    hd_bytes state;
} hd_finals;

void hd_finals_free(hd_finals *f) {
    if (!f) return;
    hd_map_free(&f->states);
    hd_arena_free(&f->arena);
    hd_vec_free(&f->touched);
    hd_vec_free(&f->state);
    hd_free(f);
}

static hd_finals *get(hd_explorer *x) {
    if (!x->finals) x->finals = hd_calloc(1, sizeof *x->finals);
    return x->finals;
}

/* The first of the touched spans that ends at a place or behind it. */
static size_t find(const hd_finals *f, uint64_t place) {
    size_t low = 0, high = f->touched.len;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (f->touched.items[middle].to < place)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool touch(hd_finals *f, uint64_t from, uint64_t to) {
    size_t at = find(f, from), end = at;
    while (end < f->touched.len && f->touched.items[end].from <= to) {
        hd_span *s = &f->touched.items[end++];
        if (s->from < from) from = s->from;
        if (s->to > to) to = s->to;
    }
    if (at == end) {
        if (!hd_vec_reserve(&f->touched, 1)) return false;
        f->touched.len++;
        memmove(f->touched.items + at + 1, f->touched.items + at,
                (f->touched.len - at - 1) * sizeof(hd_span));
    } else {
        memmove(f->touched.items + at + 1, f->touched.items + end,
                (f->touched.len - end) * sizeof(hd_span));
        f->touched.len -= end - at - 1;
    }
    f->touched.items[at] = (hd_span){from, to, 1};
    return true;
}

void hd_finals_touch(hd_explorer *x, const hd_span *spans, size_t count) {
    uint32_t memory;
    uint64_t address;
    hd_finals *f = get(x);
    for (size_t i = 0; i < count; i++) {
        const hd_span *s = &spans[i];
        if (!s->writes || !hd_place_is_byte(s->from, &memory, &address)) continue;
        size_t at = f ? find(f, s->from) : 0;
        if (f && at < f->touched.len && f->touched.items[at].from <= s->from &&
            f->touched.items[at].to >= s->to)
            continue;
        if (!f || !touch(f, s->from, s->to)) x->recorder.incomplete = true;
    }
}

/* Appends the bytes of a span that are not zero. */
static bool add_bytes(hd_explorer *x, const hd_span *span, hd_bytes *to) {
    uint32_t number;
    uint64_t address;
    hd_place_is_byte(span->from, &number, &address);
    const hd_memory *memory = x->subject->memory(x->execution, number);
    uint64_t end = address + (span->to - span->from);
    if (!memory) return true;
    if (end > atomic_load(&memory->length)) end = atomic_load(&memory->length);
    for (; address < end; address++)
        if (memory->base[address] &&
            !(hd_bytes_add_varint(to, hd_place_byte(number, address) + 1) &&
              hd_bytes_add(to, &memory->base[address], 1)))
            return false;
    return true;
}

static bool add_state(hd_explorer *x, uint32_t kind, hd_bytes *to) {
    hd_finals *f = x->finals;
    to->len = 0;
    if (!hd_bytes_add_varint(to, kind)) return false;
    for (uint32_t i = 0; x->subject->memory(x->execution, i); i++)
        if (!hd_bytes_add_varint(to, atomic_load(&x->subject->memory(x->execution, i)->length)))
            return false;
    for (size_t i = 0; i < f->touched.len; i++)
        if (!add_bytes(x, &f->touched.items[i], to)) return false;
    return hd_bytes_add_varint(to, 0) &&
           (!x->subject->add_state || x->subject->add_state(x->execution, to));
}

bool hd_finals_add(hd_explorer *x, uint32_t kind, bool *is_new) {
    hd_finals *f = get(x);
    *is_new = false;
    if (!f || !add_state(x, kind, &f->state)) return hd_explorer_nomem(x);
    if (hd_map_get(&f->states, (char *)f->state.items, f->state.len)) return true;
    char *key = hd_arena_strndup(&f->arena, (char *)f->state.items, f->state.len);
    if (!key || !hd_map_put(&f->states, key, f->state.len, f, NULL)) return hd_explorer_nomem(x);
    *is_new = true;
    x->result->final_states++;
    return true;
}
