/* enumerate.c: all candidate executions of a program, and what they end in. See weak.h. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "weak/parts.h"

/* Bytes chosen for reads, and steps of looking at candidates: some seconds. */
enum { MOST_READS = 30000000, MOST_STEPS = 20000000 };

bool hd_weak_refuse(hd_weak *w, const char *format, ...) {
    va_list list;
    if (w->result->refused[0]) return false;
    va_start(list, format);
    vsnprintf(w->result->refused, sizeof w->result->refused, format, list);
    va_end(list);
    return false;
}

bool hd_weak_nomem(hd_weak *w) {
    hd_diag_nomem(w->diag);
    return false;
}

/* Outcomes. */

/* What was read, agent by agent: each one's reads stand in program order. */
static bool add_reads(const hd_weak *w, hd_bytes *to) {
    for (uint32_t a = 0; a < HD_WEAK_AGENTS; a++) {
        for (size_t i = 0; i < w->at.count; i++) {
            const hd_weak_event *e = &w->candidate.events[i];
            if (e->agent == a && e->reads &&
                !(hd_bytes_add_varint(to, e->length) && hd_bytes_add(to, e->read, e->length)))
                return false;
        }
        if (!hd_bytes_add_varint(to, 0)) return false;
    }
    return true;
}

/* The subject's text, and all that tells the outcome from others. */
static bool take_outcome(hd_weak *w, hd_bytes *text, hd_bytes *key, bool *ended) {
    const hd_explore_subject *s = w->subject;
    const char *failure = s->failure ? s->failure(w->execution) : NULL;
    bool cut = hd_world_exited(w->world) && failure;
    *ended = cut;
    if (cut && !hd_bytes_add(text, failure, strlen(failure))) return false;
    if (!cut && s->add_state && !s->add_state(w->execution, text)) return false;
    return hd_bytes_add(key, text->items, text->len) && hd_bytes_add(key, "", 1) &&
           (cut || !w->options->reads || add_reads(w, key)) && hd_bytes_add(text, "", 1);
}

static hd_weak_outcome *find_outcome(hd_weak *w, const hd_bytes *text, const hd_bytes *key) {
    hd_weak_result *r = w->result;
    void *known = hd_map_get(&w->outcomes, (const char *)key->items, key->len);
    if (known) return &r->outcomes.items[(uintptr_t)known - 1];
    hd_weak_outcome o = {.length = key->len};
    o.text = hd_strndup((const char *)text->items, text->len - 1);
    o.key = hd_strndup((const char *)key->items, key->len);
    if (o.text && o.key && hd_vec_reserve(&r->outcomes, 1) &&
        hd_map_put(&w->outcomes, o.key, o.length, (void *)(uintptr_t)(r->outcomes.len + 1), NULL)) {
        r->outcomes.items[r->outcomes.len] = o;
        return &r->outcomes.items[r->outcomes.len++];
    }
    hd_free(o.text);
    hd_free(o.key);
    return NULL;
}

static bool locate(hd_weak *w, hd_weak_event *e) {
    hd_report_frame *frame = e->module ? hd_arena_alloc(&w->result->arena, 1, sizeof *frame) : NULL;
    e->place = frame;
    if (!e->module) return true;
    if (frame) *frame = (hd_report_frame){0};
    return frame &&
           hd_report_frame_take(e->module, e->function, e->offset, true, &w->result->arena, frame);
}

/* Keeps the candidate as the one that shows an outcome. */
static bool keep(hd_weak *w, hd_weak_outcome *o, const hd_weak_witness *witness) {
    if (!o->execution) o->execution = hd_calloc(1, sizeof *o->execution);
    if (!o->witness) o->witness = hd_calloc(1, sizeof *o->witness);
    if (!o->execution || !o->witness) return false;
    *o->execution = w->candidate;
    *o->witness = *witness;
    for (size_t i = 0; i < o->execution->count; i++)
        if (!locate(w, &o->execution->events[i])) return false;
    return true;
}

static bool name_agents(hd_weak *w) {
    for (uint32_t i = (uint32_t)w->result->agents.len; i < hd_world_count(w->world); i++) {
        const char *name = hd_world_view(w->world, i).name;
        char *copy = hd_strndup(name, strlen(name));
        if (!copy) return false;
        if (!hd_vec_push(&w->result->agents, copy)) {
            hd_free(copy);
            return false;
        }
    }
    return true;
}

/* True if each byte that is read was written by somebody, perhaps. */
static bool has_sources(const hd_weak_execution *c) {
    for (size_t r = 0; r < c->count; r++) {
        const hd_weak_event *e = &c->events[r];
        for (uint32_t b = 0; e->reads && b < e->length; b++) {
            bool found = e->read[b] == e->initial[b];
            for (size_t i = 0; i < c->count && !found; i++) {
                const hd_weak_event *x = &c->events[i];
                found = i != r && x->writes && hd_weak_covers(x, e->memory, e->address + b) &&
                        x->written[e->address + b - x->address] == e->read[b];
            }
            if (!found) return false;
        }
    }
    return true;
}

static bool judge(hd_weak *w, hd_weak_outcome *o) {
    hd_weak_witness witness;
    bool known = o->execution != NULL;
    bool sequential = hd_weak_sequential(&w->candidate, &w->steps);
    if (w->steps > 0 && !sequential && known) return true;
    bool consistent = w->steps > 0 && hd_weak_consistent(&w->candidate, &witness, &w->steps);
    if (w->steps == 0) return hd_weak_refuse(w, "it is too large: too many candidate executions");
    if (sequential && !consistent) {
        hd_diag_set(w->diag, HD_FAILED,
                    "the enumeration is wrong: what is sequentially consistent is not allowed");
        return false;
    }
    if (!consistent) return true;
    o->sequential |= sequential;
    if (!o->execution && w->found_outcomes++ == HD_WEAK_OUTCOMES) {
        w->result->crowded = true;
        return hd_weak_refuse(w, "it is too large: it has more than %d outcomes", HD_WEAK_OUTCOMES);
    }
    return keep(w, o, &witness) || hd_weak_nomem(w);
}

bool hd_weak_consider(hd_weak *w) {
    size_t writes = 0;
    for (size_t i = 0; i < w->at.count; i++)
        writes += w->candidate.events[i].writes;
    if (writes > w->most_writes) w->most_writes = writes;
    if (w->at.count > w->result->most_events) w->result->most_events = w->at.count;
    w->ended = true;
    if (!name_agents(w)) return hd_weak_nomem(w);
    if (w->learning) return true;
    hd_bytes text = {0}, key = {0};
    w->candidate.count = w->at.count;
    w->result->candidates++;
    if (!has_sources(&w->candidate)) return true;
    bool cut;
    hd_weak_outcome *o = take_outcome(w, &text, &key, &cut) ? find_outcome(w, &text, &key) : NULL;
    if (o) o->cut = cut;
    hd_vec_free(&text);
    hd_vec_free(&key);
    if (!o) return hd_weak_nomem(w);
    return o->sequential || judge(w, o);
}

/* Outcomes of candidates that are not allowed are none. */
static void drop_impossible(hd_weak_result *result) {
    size_t kept = 0;
    for (size_t i = 0; i < result->outcomes.len; i++) {
        hd_weak_outcome *o = &result->outcomes.items[i];
        if (o->execution) {
            result->outcomes.items[kept++] = *o;
        } else {
            hd_free(o->text);
            hd_free(o->key);
        }
    }
    result->outcomes.len = kept;
}

/* The rounds. */

static bool run_round(hd_weak *w) {
    size_t mark = hd_world_mark(w->world);
    hd_weak_place place = w->at;
    bool good = hd_weak_follow(w);
    w->at = place;
    w->past.len = w->states.len = 0;
    return good && hd_world_undo(w->world, mark);
}

/* Has each agent read all that it may find, the others what lets it go on. */
static bool learn(hd_weak *w) {
    uint32_t agents = 1;
    for (w->focus = 0; w->focus < agents; w->focus++) {
        w->ended = false;
        if (!run_round(w)) return false;
        if (agents < w->agents) agents = w->agents;
    }
    return true;
}

/* A value that some candidate reads was handed on by at most as many writes as it has. */
static bool run(hd_weak *w) {
    size_t rounds = 0;
    w->learning = true;
    w->reads = MOST_READS;
    w->steps = MOST_STEPS;
    do {
        if (!learn(w)) return false;
    } while (hd_weak_values_admit(&w->values) && rounds++ <= w->most_writes);
    w->learning = false;
    w->reads = MOST_READS;
    return run_round(w);
}

hd_status hd_weak_enumerate(const hd_explore_subject *subject, const hd_weak_options *options,
                            hd_weak_result *result, hd_diag *diag) {
    hd_weak w = {.subject = subject, .options = options, .result = result, .diag = diag};
    *result = (hd_weak_result){.arena = HD_ARENA_INIT};
    bool good = hd_weak_begin(&w) && run(&w);
    if (!good && diag->status == HD_OK && !result->refused[0])
        hd_diag_set(diag, HD_NOMEM, "the execution is too long to be gone back");
    hd_map_free(&w.outcomes);
    drop_impossible(result);
    if (w.execution) subject->end(w.execution);
    hd_weak_values_free(&w.values);
    hd_vec_free(&w.past);
    hd_vec_free(&w.states);
    return diag->status;
}

void hd_weak_result_free(hd_weak_result *result) {
    for (size_t i = 0; i < result->outcomes.len; i++) {
        hd_free(result->outcomes.items[i].text);
        hd_free(result->outcomes.items[i].key);
        hd_free(result->outcomes.items[i].execution);
        hd_free(result->outcomes.items[i].witness);
    }
    for (size_t i = 0; i < result->agents.len; i++)
        hd_free(result->agents.items[i]);
    hd_vec_free(&result->outcomes);
    hd_vec_free(&result->agents);
    hd_arena_free(&result->arena);
}
