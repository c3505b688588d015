/* form.c: classes of executions whose loops may have gone round in vain.
 *
 * A round of several events without effect stays in an execution, since others may have moved in
 * between. If none had to, because nothing that happens after its first event happens before its
 * last one, the execution is alike one with the round in one piece, which counts as not made. So
 * such rounds are taken out, and what is left is brought to a normal form: of all orders of its
 * events the one that is least by the numbers of the agents. What is left need not be an execution:
 * where a round that stays is followed by one that was taken out, and the bytes have been changed
 * and changed back, the agent could not have gone on from there. Then nothing is lost, as others
 * have it go on without the former. */
#include <string.h>

#include "explore/parts.h"

typedef struct hd_forms {
    hd_arena arena;
    hd_map known;
    hd_bytes form;
    HD_VEC(uint32_t) steps; /* that are left */
    HD_VEC(uint64_t) after; /* of each of them, a set: those that it happens after */
    size_t words;           /* of such a set */
} hd_forms;

void hd_forms_free(hd_forms *f) {
    if (!f) return;
    hd_map_free(&f->known);
    hd_arena_free(&f->arena);
    hd_vec_free(&f->form);
    hd_vec_free(&f->steps);
    hd_vec_free(&f->after);
    hd_free(f);
}

static bool is_after(const hd_forms *f, size_t later, size_t earlier) {
    return f->after.items[later * f->words + earlier / 64] >> earlier % 64 & 1;
}

static bool depend(const hd_explorer *x, size_t a, size_t b) {
    const hd_step *first = &x->steps.items[a], *second = &x->steps.items[b];
    return first->agent == second->agent || first->barrier || second->barrier ||
           hd_footprints_depend(&first->own, &second->own) ||
           first->spawned & hd_agent_bit(second->agent);
}

/* Orders what is left; false when memory is out. */
static bool order(const hd_explorer *x, hd_forms *f) {
    size_t count = f->steps.len;
    f->words = (count + 63) / 64;
    f->after.len = 0;
    if (!hd_vec_reserve(&f->after, count * f->words + 1)) return false;
    memset(f->after.items, 0, count * f->words * sizeof *f->after.items);
    for (size_t j = 0; j < count; j++) {
        uint64_t *set = f->after.items + j * f->words;
        for (size_t i = j; i-- > 0;) {
            if (is_after(f, j, i) || !depend(x, f->steps.items[i], f->steps.items[j])) continue;
            set[i / 64] |= UINT64_C(1) << i % 64;
            for (size_t w = 0; w < f->words; w++)
                set[w] |= f->after.items[i * f->words + w];
        }
    }
    return true;
}

/* Where a step is among those that are left, or SIZE_MAX. */
static size_t find(const hd_forms *f, size_t step) {
    for (size_t i = 0; i < f->steps.len; i++)
        if (f->steps.items[i] == step) return i;
    return SIZE_MAX;
}

/* True if an event of another agent has to come between two that are left. */
static bool has_between(const hd_explorer *x, const hd_forms *f, size_t first, size_t last) {
    uint32_t agent = x->steps.items[f->steps.items[first]].agent;
    for (size_t i = first + 1; i < last; i++)
        if (x->steps.items[f->steps.items[i]].agent != agent && is_after(f, i, first) &&
            is_after(f, last, i))
            return true;
    return false;
}

/* The round that begins with a step. */
static const hd_round *round_of(const hd_explorer *x, size_t from) {
    size_t i = 0;
    while (x->rounds.items[i].from != from)
        i++;
    return &x->rounds.items[i];
}

/* Takes the first round out that others need not come between; false if there is none. */
static bool strip(const hd_explorer *x, hd_forms *f) {
    for (size_t r = 0; r < x->rounds.len; r++) {
        const hd_round *round = &x->rounds.items[r];
        size_t first = find(f, round->from), last = find(f, round->to), kept = 0;
        if (first == SIZE_MAX || last == SIZE_MAX || has_between(x, f, first, last)) continue;
        for (size_t i = 0; i < f->steps.len; i++) {
            uint32_t step = f->steps.items[i];
            bool part = step >= round->from && step <= round->to &&
                        x->steps.items[step].agent == round->agent;
            if (!part) f->steps.items[kept++] = step;
        }
        f->steps.len = kept;
        return true;
    }
    return false;
}

/* Appends the agents of what is left in the least order. Nothing is taken before what it happens
 * after. */
static bool write_form(const hd_explorer *x, hd_forms *f) {
    size_t count = f->steps.len;
    HD_VEC(uint64_t) done = {0};
    bool good = hd_vec_reserve(&done, f->words + 1);
    if (good) memset(done.items, 0, f->words * sizeof *done.items);
    f->form.len = 0;
    for (size_t n = 0; good && n < count; n++) {
        size_t best = SIZE_MAX;
        for (size_t i = 0; i < count; i++) {
            uint32_t agent = x->steps.items[f->steps.items[i]].agent;
            if (done.items[i / 64] >> i % 64 & 1) continue;
            if (best != SIZE_MAX && x->steps.items[f->steps.items[best]].agent <= agent) continue;
            bool ready = true;
            for (size_t w = 0; w < f->words && ready; w++)
                ready = !(f->after.items[i * f->words + w] & ~done.items[w]);
            if (ready) best = i;
        }
        uint8_t agent = (uint8_t)x->steps.items[f->steps.items[best]].agent;
        done.items[best / 64] |= UINT64_C(1) << best % 64;
        good = hd_bytes_add(&f->form, &agent, 1);
    }
    hd_vec_free(&done);
    return good;
}

static bool make_form(const hd_explorer *x, hd_forms *f) {
    f->steps.len = 0;
    for (size_t i = 0; i < x->depth; i++)
        if (!hd_vec_push(&f->steps, (uint32_t)i)) return false;
    do
        if (!order(x, f)) return false;
    while (strip(x, f));
    return write_form(x, f);
}

/* True if a round that is left is followed by an event that its agent could not have made without
 * the rounds that were taken out: then there is no such execution. */
static bool is_impossible(const hd_explorer *x, const hd_forms *f) {
    for (size_t i = 0; i < x->stays.len; i++) {
        size_t at = find(f, x->stays.items[i].round), next = find(f, x->stays.items[i].step);
        if (at == SIZE_MAX || next == SIZE_MAX) continue;
        const hd_round *round = round_of(x, x->stays.items[i].round);
        uint32_t agent = round->agent;
        while (++at < next && (f->steps.items[at] <= round->to ||
                               x->steps.items[f->steps.items[at]].agent != agent))
            continue;
        if (at == next) return true;
    }
    return false;
}

bool hd_forms_add(hd_explorer *x, bool *is_new) {
    if (!x->forms) x->forms = hd_calloc(1, sizeof *x->forms);
    hd_forms *f = x->forms;
    if (!f || !make_form(x, f)) return hd_explorer_nomem(x);
    const char *form = (const char *)f->form.items;
    *is_new = !is_impossible(x, f);
    if (!*is_new) return true;
    *is_new = f->form.len == 0 || !hd_map_get(&f->known, form, f->form.len);
    if (!*is_new || f->form.len == 0) return true;
    char *key = hd_arena_strndup(&f->arena, form, f->form.len);
    return (key && hd_map_put(&f->known, key, f->form.len, f, NULL)) || hd_explorer_nomem(x);
}
