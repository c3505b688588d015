/* translator.h: the state of one translation, shared by the files of this room.
 *
 * The translator walks a validated body and keeps, instead of values, descriptions of where the
 * values of the operand stack will be at run time. An entry is a cell of its own (its home), a
 * local that has not changed since local.get, or a constant; only when someone needs it in its home
 * is code emitted that puts it there. */
#ifndef HD_CODE_TRANSLATOR_H
#define HD_CODE_TRANSLATOR_H

#include "base/vec.h"
#include "code/code.h"
#include "code/regops.h"
#include "module/instr.h"

typedef enum entry_kind { ENTRY_HOME, ENTRY_LOCAL, ENTRY_CONST } entry_kind;

#define NO_UNIT UINT32_MAX

typedef struct entry {
    hd_valtype type;
    uint8_t kind;   /* entry_kind */
    int16_t home;   /* its own cell */
    int16_t cell;   /* where the value is: home, or a local's cell */
    uint32_t local; /* ENTRY_LOCAL: which */
    uint32_t
        unit; /* ENTRY_HOME: the instruction that writes it and might write elsewhere, or NO_UNIT */
    uint64_t value; /* ENTRY_CONST: its bits; i32 zero-extended */
} entry;

typedef struct local {
    hd_valtype type;
    int16_t cell;
    uint32_t pending; /* entries of the stack that stand for it */
} local;

/* A control instruction that is open. */
typedef struct label {
    hd_opcode opcode; /* block, loop, if, else, try_table, try, catch; call: the function's body */
    hd_functype type;
    hd_valtype result;  /* where `type` points if the block type is a single result */
    uint32_t base;      /* entries below its parameters */
    int16_t home;       /* of its first parameter, later its first result */
    bool targeted;      /* a branch to its end was emitted */
    uint32_t target;    /* loop: first unit */
    uint32_t fixups;    /* branches to its end, chained through imm; NO_UNIT ends the chain */
    uint32_t otherwise; /* if: the branch to the else part, or NO_UNIT */
    uint32_t stub;      /* br_table: the unit that moves the values of a branch here, or NO_UNIT */
    uint32_t catches;   /* clauses that lead to its end, chained through `target` */
    uint32_t begin;     /* try, try_table: first unit */
    uint32_t clause;    /* try_table: first of its clauses; catch: the latest; or HD_NO_CLAUSE */
} label;

typedef struct translator {
    const hd_module *module;
    const hd_funcdef *function;
    hd_handlers handlers;
    hd_diag *diag;
    hd_reader reader;
    hd_instr instr; /* under translation */

    HD_VEC(hd_insn) code;
    HD_VEC(uint32_t) offsets;
    HD_VEC(hd_try) tries;
    HD_VEC(hd_clause) clauses;
    bool out_of_memory; /* one of these could not grow: the rest is for nothing */

    /* Sized by the validator's maxima before the walk begins. */
    entry *stack;
    uint32_t height;
    label *labels;
    uint32_t depth;
    local *locals;
    uint32_t local_count;
    uint32_t pending; /* entries of the stack that stand for locals */

    int16_t area;       /* cells of parameters and results below fp */
    int16_t first_home; /* of the operand stack */
    uint32_t frame_slots;

    bool reachable;         /* by the code before */
    uint32_t skipped;       /* blocks opened since the code is not */
    uint32_t offset;        /* of the instruction under translation */
    hd_regop last_op;       /* the operation emitted last, if nothing can jump behind it */
    uint32_t last_unit;     /* its unit, or NO_UNIT */
    int16_t r_cell, x_cell; /* cells that the accumulators hold too, or NO_CELL */
} translator;

enum { NO_CELL = INT16_MIN };

/* emit.c: units, branches, accumulators. */
uint32_t hd_emit_unit(translator *t, hd_insn insn);
uint32_t hd_emit(translator *t, hd_regop op, int d, int a, int b, int c);
uint32_t hd_emit_imm(translator *t, hd_regop op, int d, int a, int32_t imm);
void hd_emit_wide(translator *t, uint64_t wide);
void hd_emit_pair(translator *t, uint32_t low, uint32_t high);
void hd_emit_place(translator *t);
bool hd_in_wide_memory(const translator *t);
void hd_replace_last(translator *t, hd_regop op, hd_insn fields);
void hd_forget_accumulators(translator *t);
void hd_holds_result(translator *t, hd_valtype type, int16_t cell);
void hd_written(translator *t, int16_t cell, hd_valtype type);
void hd_mark_target(translator *t);
void hd_patch(translator *t, uint32_t unit, uint32_t target);
void hd_branch_to(translator *t, uint32_t unit, label *to);

/* operands.c: the stack of descriptions. */
entry *hd_top(translator *t, uint32_t depth);
entry hd_pop(translator *t);
int16_t hd_next_home(const translator *t);
void hd_push_home(translator *t, hd_valtype type, uint32_t unit);
void hd_push_result(translator *t, hd_valtype type, uint32_t unit);
void hd_push_plain(translator *t, hd_valtype type, uint32_t unit);
void hd_push_copied(translator *t, hd_valtype type, uint32_t unit);
void hd_push_const(translator *t, hd_valtype type, uint64_t value);
void hd_push_local(translator *t, uint32_t index);
void hd_emit_move(translator *t, const entry *from, int16_t to);
void hd_settle(translator *t, entry *e);
void hd_settle_if_const(translator *t, entry *e);
void hd_settle_top(translator *t, uint32_t count);
void hd_settle_locals(translator *t, uint32_t above);
void hd_assign_local(translator *t, uint32_t index, bool keep);
bool hd_in_accumulator(const translator *t, const entry *e);

/* regular.c: the instructions whose shape says all. */
void hd_translate_regular(translator *t);

/* fuse.c: comparisons and the branches that follow them. */
uint32_t hd_emit_branch_if(translator *t, bool taken_if);
bool hd_invert_comparison(translator *t);

/* control.c: labels. */
label *hd_label_at(translator *t, uint32_t depth);
bool hd_is_body(const label *l);
label *hd_open_label(translator *t, hd_opcode opcode, uint32_t above);
void hd_push_homes(translator *t, uint32_t count, const hd_valtype *types);
void hd_move_values(translator *t, uint32_t count, int16_t to);
void hd_jump(translator *t, label *to);
void hd_drop_to(translator *t, uint32_t base);
void hd_close_label(translator *t);

/* exceptions.c: what the end of a label means for exceptions. */
void hd_close_try(translator *t, const label *l, uint32_t delegate);
void hd_land_catches(translator *t, label *l);
bool hd_translate_exception(translator *t);

/* control.c, calls.c, bulk.c: the instructions of shape CTRL. */
bool hd_translate_control(translator *t);
bool hd_translate_call(translator *t);
bool hd_translate_bulk(translator *t);
bool hd_translate_variable(translator *t);
void hd_emit_return(translator *t);

#endif
