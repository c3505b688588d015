/* emit.c: programs of the tiny language as modules in text format.
 *
 * Agent i is the exported function `t` + i, which returns its result: what `out` was given, mixed
 * as in machine.c. All share one memory of one page, which is imported; the bytes of the program
 * lie at its start. `stuck` waits at a place of the agent's own. */
#include "language.h"

enum { STUCK_AT = 1024, STUCK_STRIDE = 64, LONG_TIME = 1000000000 };

typedef struct writer {
    FILE *to;
    int agent, indent;
} writer;

static void line_begin(const writer *w) {
    fprintf(w->to, "%*s", 2 * w->indent, "");
}

static void operand64(const writer *w, ora_operand operand) {
    switch (operand.kind) {
    case ORA_CONSTANT: fprintf(w->to, "(i64.const %lld)", (long long)operand.value); break;
    case ORA_REGISTER: fprintf(w->to, "(local.get $r%d)", (int)operand.value); break;
    case ORA_ME: fprintf(w->to, "(i64.const %d)", w->agent); break;
    }
}

static void operand32(const writer *w, ora_operand operand) {
    if (operand.kind == ORA_CONSTANT) {
        fprintf(w->to, "(i32.const %d)", (int)(uint32_t)operand.value);
        return;
    }
    fputs("(i32.wrap_i64 ", w->to);
    operand64(w, operand);
    fputc(')', w->to);
}

static void operand(const writer *w, const ora_op *op, ora_operand operand) {
    if (op->width == 8)
        operand64(w, operand);
    else
        operand32(w, operand);
}

static void address(const writer *w, const ora_address *address) {
    fprintf(w->to, "offset=%u ", address->base);
    if (address->index < 0)
        fputs("(i32.const 0)", w->to);
    else
        fprintf(w->to, "(i32.wrap_i64 (i64.mul (local.get $r%d) (i64.const %u)))", address->index,
                address->scale);
}

static void relation(const writer *w, const ora_op *op) {
    static const char *const words[] = {"", "eq", "ne", "lt_u", "le_u", "gt_u", "ge_u"};
    if (op->relation == ORA_ALWAYS) {
        fputs("(i32.const 1)", w->to);
        return;
    }
    fprintf(w->to, "(i64.%s ", words[op->relation]);
    operand64(w, op->a);
    fputc(' ', w->to);
    operand64(w, op->b);
    fputc(')', w->to);
}

/* The name of a load, store or read-modify-write. */
static void mnemonic(const writer *w, const ora_op *op) {
    static const char *const rmw[] = {"add", "sub", "", "", "and", "or", "xor", "xchg"};
    unsigned bits = op->width * 8;
    bool narrow = bits < 32;
    fprintf(w->to, "(%s", bits == 64 ? "i64" : "i32");
    if (op->atomic) fputs(".atomic", w->to);
    switch (op->code) {
    case ORA_LOAD: fputs(".load", w->to); break;
    case ORA_STORE: fputs(".store", w->to); break;
    default: fputs(".rmw", w->to);
    }
    if (narrow) fprintf(w->to, "%u", bits);
    if (op->code == ORA_RMW) fprintf(w->to, ".%s", rmw[op->arithmetic]);
    if (op->code == ORA_CAS) fputs(".cmpxchg", w->to);
    if (narrow && op->code != ORA_STORE) fputs("_u", w->to);
    fputc(' ', w->to);
}

static void event(const writer *w, const ora_op *op) {
    switch (op->code) {
    case ORA_FENCE: fputs("(atomic.fence", w->to); break;
    case ORA_NOTIFY:
        fputs("(memory.atomic.notify ", w->to);
        address(w, &op->address);
        operand32(w, op->a);
        break;
    case ORA_WAIT:
        fprintf(w->to, "(memory.atomic.wait%u ", op->width * 8);
        address(w, &op->address);
        operand(w, op, op->a);
        fprintf(w->to, " (i64.const %d)", op->timed ? LONG_TIME : -1);
        break;
    default:
        mnemonic(w, op);
        address(w, &op->address);
        if (op->code != ORA_LOAD) operand(w, op, op->a);
        if (op->code == ORA_CAS) operand(w, op, op->b);
    }
    fputc(')', w->to);
}

static void event_line(const writer *w, const ora_op *op) {
    bool value = op->code != ORA_STORE && op->code != ORA_FENCE;
    bool wide = op->width == 8 && op->code != ORA_WAIT;
    if (!value) {
        event(w, op);
    } else if (op->dest < 0) {
        fputs("(drop ", w->to);
        event(w, op);
        fputc(')', w->to);
    } else {
        fprintf(w->to, "(local.set $r%d %s", op->dest, wide ? "" : "(i64.extend_i32_u ");
        event(w, op);
        fputs(wide ? ")" : "))", w->to);
    }
}

static void set_line(const writer *w, const ora_op *op) {
    static const char *const words[] = {"add", "sub", "mul", "rem_u", "and", "or", "xor"};
    fprintf(w->to, "(local.set $r%d (i64.%s ", op->dest, words[op->arithmetic]);
    operand64(w, op->a);
    operand64(w, op->b);
    fputs("))", w->to);
}

static void stuck_line(const writer *w, const ora_op *op) {
    fputs("(if ", w->to);
    relation(w, op);
    fprintf(w->to,
            " (then (drop (memory.atomic.wait32 offset=%d (i32.const 0) (i32.const 0) (i64.const "
            "-1)))))",
            STUCK_AT + STUCK_STRIDE * w->agent);
}

static void control_line(writer *w, const ora_agent *agent, int at) {
    const ora_op *op = &agent->ops[at];
    switch (op->code) {
    case ORA_LOOP: fprintf(w->to, "(block $leave%d (loop $again%d", at, at); break;
    case ORA_IF:
        fputs("(if ", w->to);
        relation(w, op);
        fputs(" (then", w->to);
        break;
    case ORA_ELSE: fputs(") (else", w->to); break;
    case ORA_END:
        if (agent->ops[op->partner].code == ORA_LOOP) fprintf(w->to, "(br $again%d)", op->partner);
        fputs("))", w->to);
        break;
    case ORA_LEAVE:
    case ORA_AGAIN:
        fprintf(w->to, "(br_if $%s%d ", op->code == ORA_LEAVE ? "leave" : "again", op->partner);
        relation(w, op);
        fputc(')', w->to);
        break;
    case ORA_RETURN:
        fputs("(if ", w->to);
        relation(w, op);
        fputs(" (then (return (local.get $result))))", w->to);
        break;
    default: stuck_line(w, op);
    }
}

static void op_line(writer *w, const ora_agent *agent, int at) {
    const ora_op *op = &agent->ops[at];
    line_begin(w);
    if (ora_is_event(op->code)) {
        event_line(w, op);
    } else if (op->code == ORA_SET) {
        set_line(w, op);
    } else if (op->code == ORA_OUT) {
        fputs("(local.set $result (i64.add (i64.mul (local.get $result) (i64.const 1000003)) ",
              w->to);
        operand64(w, op->a);
        fputs("))", w->to);
    } else {
        control_line(w, agent, at);
    }
    fputc('\n', w->to);
}

static void function(const ora_program *program, int number, FILE *to) {
    const ora_agent *agent = &program->agents[number];
    writer w = {to, number, 2};
    fprintf(to, "  (func (export \"t%d\") (result i64)\n    (local $result i64)", number);
    for (int r = 0; r < ORA_REGISTERS; r++)
        fprintf(to, " (local $r%d i64)", r);
    fputc('\n', to);
    for (int i = 0; i < agent->count; i++) {
        ora_opcode code = agent->ops[i].code;
        if (code == ORA_END || code == ORA_ELSE) w.indent--;
        op_line(&w, agent, i);
        if (code == ORA_LOOP || code == ORA_IF || code == ORA_ELSE) w.indent++;
    }
    fputs("    (local.get $result))\n", to);
}

void ora_print_module(const ora_program *program, FILE *to) {
    for (uint32_t i = 0; i < ORA_BYTES; i++)
        if (program->memory[i])
            ora_die(
                "program %s: initial values cannot be written as a module: agents would write them",
                program->name);
    fprintf(to, ";; %s\n(module\n  (import \"env\" \"memory\" (memory 1 1 shared))\n",
            program->name);
    for (int a = 0; a < program->agent_count; a++)
        function(program, a, to);
    fputs(")\n", to);
}
