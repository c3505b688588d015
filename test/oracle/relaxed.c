/* relaxed.c: candidate executions of a program: what agents do when reads give any value that may
 * be there.
 *
 * Which values may be at a byte is the least fixpoint: the initial one, and what agents write when
 * they read such values. So a read may take a value from a write that comes later (load buffering),
 * and no value comes from nowhere. */
#include "relaxed.h"

#include <stdlib.h>
#include <string.h>

#include "machine.h"

enum { STEPS = 50000000, TRACES = 20000 };

typedef struct trace {
    ora_access accesses[ORA_ACCESSES];
    int count;
    uint64_t outs[ORA_OUTS];
    int out_count;
    uint64_t result;
} trace;

typedef struct traces {
    trace *items;
    size_t count, capacity;
} traces;

typedef struct enumeration {
    const ora_program *program;
    bool possible[ORA_BYTES][256];
    traces agents[ORA_AGENTS];
    uint64_t steps;
    ora_relaxed_result result;
} enumeration;

static void keep(enumeration *e, int agent, const trace *made, const ora_state *state) {
    traces *to = &e->agents[agent];
    if (to->count == TRACES) {
        e->result.refused = "too many executions";
        return;
    }
    if (to->count == to->capacity) {
        to->capacity = 2 * to->capacity + 16;
        to->items = ora_resize(to->items, to->capacity, sizeof *to->items);
    }
    trace *kept = &to->items[to->count++];
    *kept = *made;
    kept->out_count = state->agents[agent].out_count;
    kept->result = state->agents[agent].result;
    memcpy(kept->outs, state->agents[agent].outs, sizeof kept->outs);
}

static void run(enumeration *e, int agent, const ora_state *state, const trace *so_far);

/* Makes the next event, with the memory as it is; the bytes of a read are what was put there. */
static void make(enumeration *e, int agent, const ora_state *state, const trace *so_far) {
    ora_state next = *state;
    trace longer = *so_far;
    next.count = 0; /* dependence is not asked for */
    ora_step(&next, agent);
    const ora_event *event = &next.events[0];
    if (event->kind != ORA_E_FENCE) {
        ora_access *access = &longer.accesses[longer.count++];
        *access = (ora_access){.agent = event->agent,
                               .address = event->address,
                               .width = event->width,
                               .atomic = event->atomic,
                               .reads = event->kind != ORA_E_WRITE,
                               .writes = event->kind != ORA_E_READ};
        memcpy(access->read, state->memory + event->address, event->width);
        memcpy(access->written, next.memory + event->address, event->width);
    }
    run(e, agent, &next, &longer);
}

/* Puts every possible value at a byte of the next read, and at those behind it. */
static void read_bytes(enumeration *e, int agent, ora_state *state, const trace *so_far,
                       unsigned at, unsigned end) {
    if (e->result.refused) return;
    if (at == end) {
        make(e, agent, state, so_far);
        return;
    }
    for (unsigned value = 0; value < 256; value++) {
        if (!e->possible[at][value]) continue;
        state->memory[at] = (uint8_t)value;
        read_bytes(e, agent, state, so_far, at + 1, end);
    }
}

static void run(enumeration *e, int agent, const ora_state *state, const trace *so_far) {
    const ora_agent_state *a = &state->agents[agent];
    if (e->result.refused) return;
    if (a->status == ORA_ENDED) {
        keep(e, agent, so_far, state);
        return;
    }
    if (a->status != ORA_READY || so_far->count == ORA_ACCESSES) {
        if (a->status == ORA_READY) e->result.refused = "too many accesses";
        return;
    }
    const ora_op *op = &e->program->agents[agent].ops[a->pc];
    uint64_t offset =
        op->address.index >= 0 ? a->registers[op->address.index] * op->address.scale : 0;
    unsigned at = (unsigned)(op->address.base + offset);
    if (op->code == ORA_WAIT || op->code == ORA_NOTIFY) {
        e->result.refused = "it waits or notifies";
    } else if (op->code == ORA_STORE || op->code == ORA_FENCE) {
        make(e, agent, state, so_far);
    } else if (offset >= ORA_BYTES || at + op->width > e->program->bytes) {
        e->result.refused = "an access may be out of bounds";
    } else {
        ora_state scratch = *state;
        read_bytes(e, agent, &scratch, so_far, at, at + op->width);
    }
}

/* Adds what a trace writes to what may be there; true if something was new. */
static bool add_written(enumeration *e, const trace *made) {
    bool grown = false;
    for (int i = 0; i < made->count; i++) {
        const ora_access *access = &made->accesses[i];
        for (int byte = 0; access->writes && byte < access->width; byte++) {
            bool *possible = &e->possible[access->address + byte][access->written[byte]];
            grown |= !*possible;
            *possible = true;
        }
    }
    return grown;
}

static bool run_agents(enumeration *e) {
    ora_state state;
    bool grown = false;
    ora_state_begin(&state, e->program, ORA_REFINED);
    for (int a = 0; a < e->program->agent_count; a++) {
        trace empty = {.count = 0};
        e->agents[a].count = 0;
        run(e, a, &state, &empty);
    }
    for (int a = 0; a < e->program->agent_count; a++)
        for (size_t i = 0; i < e->agents[a].count; i++)
            grown |= add_written(e, &e->agents[a].items[i]);
    return grown;
}

/* A value that some candidate reads was handed on by at most as many writes as a candidate has. */
static void run_to_fixpoint(enumeration *e) {
    for (uint32_t byte = 0; byte < ORA_BYTES; byte++)
        e->possible[byte][e->program->memory[byte]] = true;
    for (int round = 0; round <= ORA_ACCESSES && !e->result.refused; round++)
        if (!run_agents(e)) return;
}

static void try_candidate(enumeration *e, const trace *const chosen[]) {
    ora_candidate candidate = {.count = 0};
    ora_text text = {0}, results = {0};
    memcpy(candidate.init, e->program->memory, sizeof candidate.init);
    for (int a = 0; a < e->program->agent_count; a++) {
        const trace *made = chosen[a];
        if (candidate.count + made->count > ORA_ACCESSES) {
            e->result.refused = "too many accesses";
            break;
        }
        memcpy(candidate.accesses + candidate.count, made->accesses,
               (size_t)made->count * sizeof *made->accesses);
        candidate.count += made->count;
        for (int i = 0; i < made->out_count; i++)
            ora_text_add(&text, "%s%llu", text.length ? " " : "",
                         (unsigned long long)made->outs[i]);
        ora_text_add(&results, "%s%llu", a ? " " : "", (unsigned long long)made->result);
    }
    bool is_new;
    const char *outcome = text.bytes ? text.bytes : "";
    bool known =
        e->result.refused || (ora_set_has(&e->result.outcomes, outcome, text.length) &&
                              ora_set_has(&e->result.results, results.bytes, results.length));
    if (!known && ora_consistent(&candidate, &e->steps)) {
        ora_set_add(&e->result.outcomes, outcome, text.length, &is_new);
        ora_set_add(&e->result.results, results.bytes, results.length, &is_new);
    }
    if (e->steps == 0) e->result.refused = "too many candidate executions";
    ora_text_free(&text);
    ora_text_free(&results);
}

static void choose_traces(enumeration *e, const trace *chosen[], int agent) {
    if (agent == e->program->agent_count) {
        if (e->steps > 0) e->steps--;
        try_candidate(e, chosen);
        return;
    }
    for (size_t i = 0; i < e->agents[agent].count && !e->result.refused; i++) {
        chosen[agent] = &e->agents[agent].items[i];
        choose_traces(e, chosen, agent + 1);
    }
}

ora_relaxed_result ora_relaxed(const ora_program *program) {
    enumeration *e = ora_resize(NULL, 1, sizeof *e);
    memset(e, 0, sizeof *e);
    e->program = program;
    e->steps = STEPS;
    run_to_fixpoint(e);
    const trace *chosen[ORA_AGENTS];
    if (!e->result.refused) choose_traces(e, chosen, 0);
    ora_relaxed_result result = e->result;
    for (int a = 0; a < program->agent_count; a++)
        free(e->agents[a].items);
    free(e);
    return result;
}

void ora_relaxed_free(ora_relaxed_result *result) {
    ora_set_free(&result->outcomes);
    ora_set_free(&result->results);
}

bool ora_is_relaxed(const ora_program *program, int most) {
    int events = 0;
    for (int a = 0; a < program->agent_count; a++)
        for (int i = 0; i < program->agents[a].count; i++) {
            ora_opcode code = program->agents[a].ops[i].code;
            if (code == ORA_LOOP || code == ORA_WAIT || code == ORA_NOTIFY || code == ORA_FENCE)
                return false;
            events += ora_is_event(code);
        }
    return events <= most;
}
