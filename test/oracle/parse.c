/* parse.c: reads programs of the tiny language; README.md has the grammar. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "language.h"

enum { WORDS = 32 };

typedef struct parser {
    const char *path, *text;
    int line;
    char buffer[256]; /* the current line, cut into words */
    char *words[WORDS];
    int count, at;
    const char *rest; /* of the current line in the text: behind the first two words */
    size_t rest_length;
} parser;

_Noreturn static void wrong(const parser *p, const char *format, ...) ORA_PRINTF(2);
static void wrong(const parser *p, const char *format, ...) {
    char message[200];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    ora_die("%s:%d: %s", p->path, p->line, message);
}

static void find_rest(parser *p, const char *line, size_t length) {
    size_t at = 0;
    for (int word = 0; word < 2; word++) {
        at += strspn(line + at, " ");
        at += strcspn(line + at, " \n");
    }
    at += strspn(line + at, " ");
    if (at > length) at = length;
    p->rest = line + at;
    p->rest_length = length - at;
}

/* Moves to the next line that has words; false at the end of the text. `*before` gets where that
 * line begins. */
static bool next_line(parser *p, const char **before) {
    while (*p->text) {
        const char *line = p->text;
        size_t length = strcspn(line, "\n");
        p->text += length + (line[length] == '\n');
        p->line++;
        if (length >= sizeof p->buffer) wrong(p, "line too long");
        memcpy(p->buffer, line, length);
        p->buffer[length] = 0;
        p->buffer[strcspn(p->buffer, "#")] = 0;
        p->count = p->at = 0;
        char *state;
        for (char *word = strtok_r(p->buffer, " \t\r", &state); word;
             word = strtok_r(NULL, " \t\r", &state)) {
            if (p->count == WORDS) wrong(p, "too many words");
            p->words[p->count++] = word;
        }
        if (p->count == 0) continue;
        find_rest(p, line, length);
        *before = line;
        return true;
    }
    return false;
}

static bool more(const parser *p) {
    return p->at < p->count;
}

static const char *word(parser *p, const char *what) {
    if (!more(p)) wrong(p, "%s is missing", what);
    return p->words[p->at++];
}

static bool accept(parser *p, const char *text) {
    if (!more(p) || strcmp(p->words[p->at], text) != 0) return false;
    p->at++;
    return true;
}

static uint64_t number(parser *p, const char *text) {
    char *end;
    uint64_t value = strtoull(text, &end, 0);
    if (end == text || *end) wrong(p, "`%s` is no number", text);
    return value;
}

static int register_index(const char *text) {
    if (text[0] != 'r' || text[1] < '0' || text[1] >= '0' + ORA_REGISTERS || text[2]) return -1;
    return text[1] - '0';
}

static ora_operand operand(parser *p, const char *what) {
    const char *text = word(p, what);
    int index = register_index(text);
    if (index >= 0) return (ora_operand){ORA_REGISTER, (uint64_t)index};
    if (strcmp(text, "me") == 0) return (ora_operand){ORA_ME, 0};
    if (strcmp(text, "all") == 0) return (ora_operand){ORA_CONSTANT, UINT32_MAX};
    return (ora_operand){ORA_CONSTANT, number(p, text)};
}

/* a32, p8 and so on: atomic or plain, and how many bits. */
static void access_kind(parser *p, ora_op *op) {
    const char *text = word(p, "kind of access");
    uint64_t bits = text[0] ? number(p, text + 1) : 0;
    if ((text[0] != 'a' && text[0] != 'p') || (bits != 8 && bits != 16 && bits != 32 && bits != 64))
        wrong(p, "`%s` is no kind of access", text);
    op->atomic = text[0] == 'a';
    op->width = (unsigned)bits / 8;
}

/* [4] or [4+r0*8] or [4+me*8]; the last one is kept as a register, so an agent has to set it. */
static void address(parser *p, ora_op *op) {
    const char *text = word(p, "address");
    char copy[40];
    size_t length = strlen(text);
    if (length < 3 || length > sizeof copy || text[0] != '[' || text[length - 1] != ']')
        wrong(p, "`%s` is no address", text);
    memcpy(copy, text + 1, length - 2);
    copy[length - 2] = 0;
    char *plus = strchr(copy, '+'), *times = strchr(copy, '*');
    if (plus) *plus = 0;
    op->address = (ora_address){(uint32_t)number(p, copy), -1, 1};
    if (!plus) return;
    if (times) {
        *times = 0;
        op->address.scale = (uint32_t)number(p, times + 1);
    }
    op->address.index = register_index(plus + 1);
    if (op->address.index < 0) wrong(p, "`%s` is no register", plus + 1);
}

static const char *const arithmetic_words[] = {"+", "-", "*", "%", "&", "|", "^"};
static const char *const rmw_words[] = {[ORA_ADD] = "add", [ORA_SUB] = "sub", [ORA_AND] = "and",
                                        [ORA_OR] = "or",   [ORA_XOR] = "xor", [ORA_XCHG] = "xchg"};
static const char *const relation_words[] = {[ORA_EQ] = "==", [ORA_NE] = "!=", [ORA_LT] = "<",
                                             [ORA_LE] = "<=", [ORA_GT] = ">",  [ORA_GE] = ">="};

static int find(const char *text, const char *const *words, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (words[i] && strcmp(text, words[i]) == 0) return (int)i;
    return -1;
}

#define FIND(text, words) find(text, words, sizeof(words) / sizeof *(words))

static void condition(parser *p, ora_op *op) {
    if (!more(p)) return;
    op->a = operand(p, "operand");
    const char *text = word(p, "relation");
    int found = FIND(text, relation_words);
    if (found < 0) wrong(p, "`%s` is no relation", text);
    op->relation = (ora_relation)found;
    op->b = operand(p, "operand");
}

static void set(parser *p, ora_op *op) {
    op->code = ORA_SET;
    op->a = operand(p, "operand");
    op->arithmetic = ORA_ADD;
    if (!more(p)) return;
    const char *text = word(p, "operation");
    int found = FIND(text, arithmetic_words);
    if (found < 0) wrong(p, "`%s` is no operation", text);
    op->arithmetic = (ora_arithmetic)found;
    op->b = operand(p, "operand");
}

static void memory_op(parser *p, ora_op *op, ora_opcode code) {
    op->code = code;
    access_kind(p, op);
    address(p, op);
    if (code == ORA_LOAD) return;
    op->a = operand(p, "value");
    if (code == ORA_CAS) op->b = operand(p, "replacement");
    if (code == ORA_WAIT) op->timed = accept(p, "timed");
    if (!op->atomic && code != ORA_STORE) wrong(p, "only loads and stores can be plain");
}

static bool control(parser *p, ora_op *op) {
    static const char *const words[] = {
        [ORA_LOOP] = "loop",     [ORA_IF] = "if",       [ORA_ELSE] = "else",
        [ORA_END] = "end",       [ORA_LEAVE] = "leave", [ORA_AGAIN] = "again",
        [ORA_RETURN] = "return", [ORA_STUCK] = "stuck"};
    int found = FIND(p->words[p->at], words);
    if (found < 0) return false;
    p->at++;
    op->code = (ora_opcode)found;
    if (op->code != ORA_LOOP && op->code != ORA_ELSE && op->code != ORA_END) condition(p, op);
    return true;
}

static void statement(parser *p, ora_op *op) {
    if (p->count >= 2 && strcmp(p->words[1], "=") == 0) {
        op->dest = register_index(p->words[0]);
        if (op->dest < 0) wrong(p, "`%s` is no register", p->words[0]);
        p->at = 2;
    } else if (control(p, op)) {
        return;
    }
    const char *text = word(p, "operation");
    int rmw = FIND(text, rmw_words);
    if (rmw >= 0) {
        op->arithmetic = (ora_arithmetic)rmw;
        memory_op(p, op, ORA_RMW);
    } else if (strcmp(text, "load") == 0) {
        memory_op(p, op, ORA_LOAD);
    } else if (strcmp(text, "store") == 0 && op->dest < 0) {
        memory_op(p, op, ORA_STORE);
    } else if (strcmp(text, "cas") == 0) {
        memory_op(p, op, ORA_CAS);
    } else if (strcmp(text, "wait") == 0) {
        memory_op(p, op, ORA_WAIT);
        if (op->width < 4) wrong(p, "waits have 32 or 64 bits");
    } else if (strcmp(text, "notify") == 0) {
        op->code = ORA_NOTIFY;
        address(p, op);
        op->a = operand(p, "count");
    } else if (strcmp(text, "fence") == 0 && op->dest < 0) {
        op->code = ORA_FENCE;
    } else if (strcmp(text, "out") == 0 && op->dest < 0) {
        op->code = ORA_OUT;
        op->a = operand(p, "operand");
    } else if (op->dest >= 0) {
        p->at--;
        set(p, op);
    } else {
        wrong(p, "`%s` is no operation", text);
    }
}

static void init(parser *p, ora_program *program) {
    ora_op op = {.code = ORA_STORE};
    access_kind(p, &op);
    address(p, &op);
    uint64_t value = number(p, word(p, "value"));
    if (op.address.base > ORA_BYTES - op.width) wrong(p, "address out of bounds");
    for (unsigned i = 0; i < op.width; i++)
        program->memory[op.address.base + i] = (uint8_t)(value >> 8 * i);
}

static void expect(parser *p, ora_program *program) {
    ora_expectations *e = &program->expect;
    const char *what = word(p, "what is expected");
    char **to = strcmp(what, "static") == 0        ? &e->statics
                : strcmp(what, "refined") == 0     ? &e->refined
                : strcmp(what, "preemptions") == 0 ? &e->preemptions
                : strcmp(what, "outcomes") == 0    ? &e->outcomes
                : strcmp(what, "weak") == 0        ? &e->weak
                : strcmp(what, "races") == 0       ? &e->races
                                                   : NULL;
    if (!to) wrong(p, "`%s` cannot be expected", what);
    if (*to) wrong(p, "`%s` is expected twice", what);
    *to = ora_resize(NULL, p->rest_length + 1, 1);
    memcpy(*to, p->rest, p->rest_length);
    (*to)[p->rest_length] = 0;
    p->at = p->count;
}

static void finish(parser *p, ora_program *program, int copies) {
    if (program->agent_count == 0) return;
    const char *problem = ora_agent_link(&program->agents[program->agent_count - 1]);
    if (problem) wrong(p, "before this line: %s", problem);
    for (int i = 1; i < copies; i++) {
        ora_agent *agent = ora_program_add_agent(program);
        *agent = program->agents[program->agent_count - 2];
    }
    if (program->agent_count > ORA_AGENTS) wrong(p, "too many agents");
}

static void begin_agent(parser *p, ora_program *program, int *copies) {
    finish(p, program, *copies);
    *copies = 1;
    if (accept(p, "*")) *copies = (int)number(p, word(p, "number of agents"));
    if (*copies < 1 || *copies > ORA_AGENTS) wrong(p, "wrong number of agents");
    ora_program_add_agent(program);
}

static void add_statement(parser *p, ora_program *program) {
    if (program->agent_count == 0) wrong(p, "no agent is open");
    ora_agent *agent = &program->agents[program->agent_count - 1];
    if (agent->count == ORA_OPS) wrong(p, "the agent is too long");
    ora_op op = {.code = ORA_SET, .dest = -1, .address = {0, -1, 1}};
    statement(p, &op);
    agent->ops[agent->count++] = op;
}

bool ora_parse(const char *path, const char **text, int *line, ora_program *program) {
    parser p = {.path = path, .text = *text, .line = *line};
    const char *before;
    *program = (ora_program){.bytes = 16};
    if (!next_line(&p, &before)) return false;
    if (!accept(&p, "program")) wrong(&p, "`program NAME` is missing");
    snprintf(program->name, sizeof program->name, "%s", word(&p, "name"));
    int copies = 1;
    for (;;) {
        if (more(&p)) wrong(&p, "`%s` is too much", p.words[p.at]);
        if (!next_line(&p, &before)) break;
        if (strcmp(p.words[0], "program") == 0) {
            p.text = before;
            p.line--;
            break;
        }
        if (accept(&p, "agent"))
            begin_agent(&p, program, &copies);
        else if (accept(&p, "expect"))
            expect(&p, program);
        else if (accept(&p, "init"))
            init(&p, program);
        else if (accept(&p, "bytes"))
            program->bytes = (uint32_t)number(&p, word(&p, "number"));
        else
            add_statement(&p, program);
    }
    finish(&p, program, copies);
    if (program->agent_count == 0) wrong(&p, "the program has no agents");
    if (program->bytes == 0 || program->bytes > ORA_BYTES) wrong(&p, "wrong number of bytes");
    *text = p.text;
    *line = p.line;
    return true;
}
