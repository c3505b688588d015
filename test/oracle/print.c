/* print.c: writes programs of the tiny language as ora_parse reads them. */
#include "language.h"

static void print_operand(ora_operand operand, FILE *to) {
    switch (operand.kind) {
    case ORA_CONSTANT: fprintf(to, " %llu", (unsigned long long)operand.value); break;
    case ORA_REGISTER: fprintf(to, " r%llu", (unsigned long long)operand.value); break;
    case ORA_ME: fputs(" me", to); break;
    }
}

static void print_address(const ora_address *address, FILE *to) {
    fprintf(to, " [%u", address->base);
    if (address->index >= 0) fprintf(to, "+r%d*%u", address->index, address->scale);
    fputc(']', to);
}

static void print_condition(const ora_op *op, FILE *to) {
    static const char *const words[] = {"", " ==", " !=", " <", " <=", " >", " >="};
    if (op->relation == ORA_ALWAYS) return;
    print_operand(op->a, to);
    fputs(words[op->relation], to);
    print_operand(op->b, to);
}

static void print_access(const char *word, const ora_op *op, FILE *to) {
    fprintf(to, "%s %c%u", word, op->atomic ? 'a' : 'p', op->width * 8);
    print_address(&op->address, to);
    if (op->code == ORA_LOAD) return;
    print_operand(op->a, to);
    if (op->code == ORA_CAS) print_operand(op->b, to);
    if (op->timed) fputs(" timed", to);
}

static void print_op(const ora_op *op, FILE *to) {
    static const char *const rmw[] = {"add", "sub", "", "", "and", "or", "xor", "xchg"};
    static const char *const signs[] = {"+", "-", "*", "%", "&", "|", "^", ""};
    static const char *const control[] = {
        [ORA_LOOP] = "loop",     [ORA_IF] = "if",       [ORA_ELSE] = "else",
        [ORA_END] = "end",       [ORA_LEAVE] = "leave", [ORA_AGAIN] = "again",
        [ORA_RETURN] = "return", [ORA_STUCK] = "stuck"};
    if (op->dest >= 0) fprintf(to, "r%d = ", op->dest);
    switch (op->code) {
    case ORA_STORE: print_access("store", op, to); break;
    case ORA_LOAD: print_access("load", op, to); break;
    case ORA_RMW: print_access(rmw[op->arithmetic], op, to); break;
    case ORA_CAS: print_access("cas", op, to); break;
    case ORA_WAIT: print_access("wait", op, to); break;
    case ORA_NOTIFY:
        fputs("notify", to);
        print_address(&op->address, to);
        print_operand(op->a, to);
        break;
    case ORA_FENCE: fputs("fence", to); break;
    case ORA_SET:
        print_operand(op->a, to);
        fprintf(to, " %s", signs[op->arithmetic]);
        print_operand(op->b, to);
        break;
    case ORA_OUT:
        fputs("out", to);
        print_operand(op->a, to);
        break;
    default: fputs(control[op->code], to); print_condition(op, to);
    }
    fputc('\n', to);
}

void ora_print(const ora_program *program, FILE *to) {
    fprintf(to, "program %s\nbytes %u\n", program->name, program->bytes);
    for (uint32_t i = 0; i < ORA_BYTES; i++)
        if (program->memory[i]) fprintf(to, "init p8 [%u] %u\n", i, program->memory[i]);
    for (int a = 0; a < program->agent_count; a++) {
        fputs("agent\n", to);
        int indent = 1;
        for (int i = 0; i < program->agents[a].count; i++) {
            const ora_op *op = &program->agents[a].ops[i];
            bool back = op->code == ORA_END || op->code == ORA_ELSE;
            if (back) indent--;
            fprintf(to, "%*s", 2 * indent, "");
            print_op(op, to);
            if (op->code == ORA_LOOP || op->code == ORA_IF || op->code == ORA_ELSE) indent++;
        }
    }
}
