/* language.c: what parser, generator and machine share: arithmetic, structure, live registers. */
#include "language.h"

#include <stdlib.h>

uint64_t ora_arithmetic_do(ora_arithmetic arithmetic, uint64_t a, uint64_t b) {
    switch (arithmetic) {
    case ORA_ADD: return a + b;
    case ORA_SUB: return a - b;
    case ORA_MUL: return a * b;
    case ORA_REM: return b ? a % b : 0;
    case ORA_AND: return a & b;
    case ORA_OR: return a | b;
    case ORA_XOR: return a ^ b;
    case ORA_XCHG: return b;
    }
    return 0;
}

bool ora_relation_holds(ora_relation relation, uint64_t a, uint64_t b) {
    switch (relation) {
    case ORA_ALWAYS: return true;
    case ORA_EQ: return a == b;
    case ORA_NE: return a != b;
    case ORA_LT: return a < b;
    case ORA_LE: return a <= b;
    case ORA_GT: return a > b;
    case ORA_GE: return a >= b;
    }
    return false;
}

static const char *link_structure(ora_agent *agent) {
    int open[ORA_OPS], depth = 0, loops[ORA_LOOPS], loop_depth = 0;
    for (int i = 0; i < agent->count; i++) {
        ora_op *op = &agent->ops[i];
        switch (op->code) {
        case ORA_LOOP:
            if (loop_depth == ORA_LOOPS) return "loops are nested too deep";
            op->depth = loop_depth;
            loops[loop_depth++] = i;
            open[depth++] = i;
            break;
        case ORA_IF: open[depth++] = i; break;
        case ORA_ELSE:
            if (depth == 0 || agent->ops[open[depth - 1]].code != ORA_IF) return "no `if` is open";
            agent->ops[open[depth - 1]].partner = i;
            open[depth - 1] = i;
            break;
        case ORA_END:
            if (depth == 0) return "nothing is open";
            op->partner = open[--depth];
            agent->ops[op->partner].partner = i;
            if (agent->ops[op->partner].code == ORA_LOOP) op->depth = --loop_depth;
            break;
        case ORA_LEAVE:
        case ORA_AGAIN:
            if (loop_depth == 0) return "no loop is open";
            op->partner = loops[loop_depth - 1];
            op->depth = loop_depth - 1;
            break;
        default: break;
        }
    }
    return depth > 0 ? "an `end` is missing" : NULL;
}

static unsigned used(ora_operand operand) {
    return operand.kind == ORA_REGISTER ? 1u << operand.value : 0;
}

/* The ops that may come after the i-th one; `agent->count` stands for the agent's end. */
static int successors(const ora_agent *agent, int i, int next[2]) {
    const ora_op *op = &agent->ops[i];
    int count = 0;
    bool conditional = op->relation != ORA_ALWAYS;
    switch (op->code) {
    case ORA_IF:
        next[count++] = i + 1;
        next[count++] = op->partner + 1;
        break;
    case ORA_ELSE: next[count++] = op->partner; break;
    case ORA_END:
        next[count++] = agent->ops[op->partner].code == ORA_LOOP ? op->partner + 1 : i + 1;
        break;
    case ORA_LEAVE:
        next[count++] = agent->ops[op->partner].partner + 1;
        if (conditional) next[count++] = i + 1;
        break;
    case ORA_AGAIN:
        next[count++] = op->partner + 1;
        if (conditional) next[count++] = i + 1;
        break;
    case ORA_RETURN:
    case ORA_STUCK:
        if (conditional) next[count++] = i + 1;
        break;
    default: next[count++] = i + 1;
    }
    return count;
}

static unsigned live_before(const ora_agent *agent, int i) {
    const ora_op *op = &agent->ops[i];
    int next[2], count = successors(agent, i, next);
    unsigned live = 0;
    for (int s = 0; s < count; s++)
        if (next[s] < agent->count) live |= agent->ops[next[s]].live;
    if (op->dest >= 0) live &= ~(1u << op->dest);
    live |= used(op->a) | used(op->b);
    if (op->address.index >= 0) live |= 1u << op->address.index;
    return live;
}

const char *ora_agent_link(ora_agent *agent) {
    const char *wrong = link_structure(agent);
    if (wrong) return wrong;
    for (bool changed = true; changed;) {
        changed = false;
        for (int i = agent->count; i-- > 0;) {
            unsigned live = live_before(agent, i);
            changed |= live != agent->ops[i].live;
            agent->ops[i].live = live;
        }
    }
    return NULL;
}

ora_agent *ora_program_add_agent(ora_program *program) {
    int count = program->agent_count + 1;
    program->agents = ora_resize(program->agents, (size_t)count, sizeof *program->agents);
    program->agent_count = count;
    program->agents[count - 1] = (ora_agent){.count = 0};
    return &program->agents[count - 1];
}

void ora_program_free(ora_program *program) {
    free(program->agents);
    free(program->expect.statics);
    free(program->expect.refined);
    free(program->expect.preemptions);
    free(program->expect.outcomes);
    free(program->expect.weak);
    free(program->expect.races);
    *program = (ora_program){.agents = NULL};
}
