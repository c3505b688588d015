/* search.c: all executions of a program, up to equivalence or one by one. */
#include "search.h"

#include <stdlib.h>
#include <string.h>

typedef struct search {
    const ora_options *options;
    ora_result result;
} search;

/* The normal form: again and again the lowest agent whose next event has everything that it depends
 * on behind it. */
static void normal_form(const ora_state *state, ora_footprints footprints,
                        uint8_t form[ORA_EVENTS]) {
    uint64_t done = 0;
    for (int length = 0; length < state->count; length++) {
        int best = -1;
        for (int i = 0; i < state->count; i++) {
            const ora_event *event = &state->events[i];
            if ((done >> i & 1) || (event->before[footprints] & ~done)) continue;
            if (best < 0 || event->agent < state->events[best].agent) best = i;
        }
        done |= UINT64_C(1) << best;
        form[length] = state->events[best].agent;
    }
}

static void print_bytes(const ora_state *state, ora_text *text) {
    for (uint32_t i = 0; i < state->program->bytes; i++)
        ora_text_add(text, "%02x", state->memory[i]);
}

static void print_agent_end(const ora_state *state, int number, ora_text *text) {
    const ora_agent_state *agent = &state->agents[number];
    const ora_address *at = &state->program->agents[number].ops[agent->pc].address;
    switch (agent->status) {
    case ORA_ENDED: ora_text_add(text, " %llu", (unsigned long long)agent->result); break;
    case ORA_WAITING:
        ora_text_add(
            text, " waiting:%llu",
            (unsigned long long)(at->base +
                                 (at->index >= 0 ? agent->registers[at->index] * at->scale : 0)));
        break;
    case ORA_ASSUMED: ora_text_add(text, " stuck"); break;
    default: ora_text_add(text, " spinning");
    }
}

static void add_text(ora_set *set, ora_text *text) {
    bool is_new;
    ora_set_add(set, text->bytes ? text->bytes : "", text->length, &is_new);
    ora_text_free(text);
}

static void note_outcome(const ora_state *state, ora_set *outcomes) {
    ora_text text = {0};
    for (int a = 0; a < state->program->agent_count; a++)
        for (int i = 0; i < state->agents[a].out_count; i++)
            ora_text_add(&text, "%s%llu", text.length ? " " : "",
                         (unsigned long long)state->agents[a].outs[i]);
    add_text(outcomes, &text);
}

static ora_end note_end(search *s, const ora_state *state, bool counts) {
    ora_text text = {0};
    bool stuck = false, spins = false;
    print_bytes(state, &text);
    for (int a = 0; a < state->program->agent_count; a++) {
        stuck |= state->agents[a].status != ORA_ENDED;
        spins |= state->agents[a].status == ORA_READY;
        print_agent_end(state, a, &text);
    }
    add_text(stuck ? &s->result.stucks : &s->result.finals, &text);
    if (!stuck) note_outcome(state, &s->result.outcomes);
    ora_races(state, &s->result.races);
    s->result.executions++;
    if (counts) {
        s->result.complete += !stuck;
        s->result.stuck += stuck;
        s->result.livelocks += spins;
    }
    return stuck ? ORA_STUCK_END : ORA_COMPLETE;
}

static ora_node *new_node(search *s, size_t number, const ora_state *state) {
    ora_result *r = &s->result;
    if (number >= r->node_room) {
        r->node_room = 2 * number + 64;
        r->nodes = ora_resize(r->nodes, r->node_room, sizeof *r->nodes);
    }
    ora_node *node = &r->nodes[number];
    *node = (ora_node){.length = (uint8_t)state->count};
    memset(node->next, -1, sizeof node->next);
    return node;
}

/* Agents that can move; `*alone`: that could go on if nobody else moved. One that could not may
 * still begin a round, since what others do between its events may let it leave. */
static uint16_t enabled(const ora_state *state, int kept_rounds, uint16_t *alone) {
    uint16_t agents = 0;
    *alone = 0;
    for (int a = 0; a < state->program->agent_count; a++) {
        if (!ora_can_move(state, a)) continue;
        agents |= (uint16_t)(1u << a);
        if (kept_rounds > 0 || !ora_is_blocked(state, a)) *alone |= (uint16_t)(1u << a);
    }
    return *alone ? agents : 0;
}

static bool at_limit(search *s, const ora_state *state) {
    size_t made = s->options->every_interleaving ? s->result.executions : s->result.classes.count;
    if (state->count == ORA_EVENTS || (s->options->limit > 0 && made > s->options->limit))
        s->result.cut = true;
    return s->result.cut;
}

/* Makes a move; false if it completes a round that is not part of an execution. */
static bool move(ora_state *next, const ora_state *state, int agent, int *kept_rounds) {
    *next = *state;
    ora_step(next, agent);
    if (!next->failed_await) return true;
    ora_keep_await(next, agent);
    return (*kept_rounds)-- > 0;
}

static int32_t follow_class(search *s, const ora_state *state, int kept_rounds) {
    uint8_t form[ORA_EVENTS];
    bool is_new;
    normal_form(state, s->options->footprints, form);
    size_t number = ora_set_add(&s->result.classes, form, (size_t)state->count, &is_new);
    if (!is_new) return (int32_t)number;
    uint16_t alone, agents = enabled(state, kept_rounds, &alone);
    new_node(s, number, state)->enabled = alone;
    if (agents == 0) {
        uint8_t end = note_end(s, state, true);
        s->result.nodes[number].end = end;
        return (int32_t)number;
    }
    if (at_limit(s, state)) return (int32_t)number;
    for (int a = 0; a < state->program->agent_count; a++) {
        ora_state next;
        int kept = kept_rounds;
        if (!(agents >> a & 1) || !move(&next, state, a, &kept)) continue;
        int32_t to = follow_class(s, &next, kept);
        s->result.nodes[number].next[a] = to; /* the nodes may have moved */
    }
    return (int32_t)number;
}

static void follow_every(search *s, const ora_state *state, int kept_rounds) {
    uint16_t alone, agents = enabled(state, kept_rounds, &alone);
    if (agents == 0) {
        uint8_t form[ORA_EVENTS];
        bool is_new;
        normal_form(state, s->options->footprints, form);
        ora_set_add(&s->result.classes, form, (size_t)state->count, &is_new);
        note_end(s, state, is_new);
        return;
    }
    for (int a = 0; a < state->program->agent_count && !at_limit(s, state); a++) {
        ora_state next;
        int kept = kept_rounds;
        if ((agents >> a & 1) && move(&next, state, a, &kept)) follow_every(s, &next, kept);
    }
}

ora_result ora_search(const ora_program *program, const ora_options *options) {
    search s = {.options = options};
    ora_state state;
    ora_state_begin(&state, program, options->footprints);
    if (options->every_interleaving)
        follow_every(&s, &state, options->kept_rounds);
    else
        follow_class(&s, &state, options->kept_rounds);
    return s.result;
}

void ora_result_free(ora_result *result) {
    ora_set_free(&result->classes);
    free(result->nodes);
    ora_set_free(&result->finals);
    ora_set_free(&result->stucks);
    ora_set_free(&result->outcomes);
    ora_set_free(&result->races);
    *result = (ora_result){.nodes = NULL};
}

/* --- preemptions */

enum { NOBODY = ORA_AGENTS, NEVER = 255 };

/* The least number of preemptions with which a node is reached, by the agent that moved last. */
typedef struct ora_least {
    uint8_t by[ORA_AGENTS + 1];
} ora_least;

static void relax(const ora_result *result, ora_least *least, size_t number) {
    const ora_node *node = &result->nodes[number];
    for (int last = 0; last <= NOBODY; last++) {
        uint8_t so_far = least[number].by[last];
        if (so_far == NEVER) continue;
        for (int a = 0; a < ORA_AGENTS; a++) {
            if (node->next[a] < 0) continue;
            bool preempts = last != NOBODY && last != a && (node->enabled >> last & 1);
            uint8_t *to = &least[node->next[a]].by[a], cost = (uint8_t)(so_far + preempts);
            if (cost < *to) *to = cost;
        }
    }
}

size_t ora_preemptions(const ora_result *result, size_t *counts, size_t room) {
    size_t nodes = result->classes.count, found = 0;
    ora_least *least = ora_resize(NULL, nodes, sizeof *least);
    memset(least, NEVER, nodes * sizeof *least);
    least[0].by[NOBODY] = 0;
    for (int length = 0; length <= ORA_EVENTS; length++)
        for (size_t i = 0; i < nodes; i++)
            if (result->nodes[i].length == length) relax(result, least, i);
    memset(counts, 0, room * sizeof *counts);
    for (size_t i = 0; i < nodes; i++) {
        if (result->nodes[i].end != ORA_COMPLETE) continue;
        uint8_t best = NEVER;
        for (int last = 0; last <= NOBODY; last++)
            if (least[i].by[last] < best) best = least[i].by[last];
        for (size_t k = best; k < room; k++)
            counts[k]++;
    }
    free(least);
    while (found < room && (found == 0 || counts[found - 1] < result->complete))
        found++;
    return found;
}
