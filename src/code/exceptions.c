/* exceptions.c: instructions that throw and catch.
 *
 * Entering a try costs nothing: for each stretch of code whose exceptions are caught the function
 * keeps an hd_try and its clauses, beside the code. Whoever throws looks for a clause, puts what it
 * carries into the homes that the values of the clause's label have, and goes on where the label
 * ends, or a loop starts. What lies below those homes is as it was when the label was opened, for
 * entries that stand for locals were brought home then. */
#include "code/translator.h"

/* Adds a clause; returns its index. */
static uint32_t add_clause(translator *t, hd_clause clause) {
    if (!hd_vec_push(&t->clauses, clause)) t->out_of_memory = true;
    return (uint32_t)t->clauses.len - 1;
}

/* Records the code since a label was opened as a stretch whose exceptions go to the label's
 * clauses, or are delegated. */
void hd_close_try(translator *t, const label *l, uint32_t delegate) {
    hd_try stretch = {.begin = l->begin,
                      .end = (uint32_t)t->code.len,
                      .depth = (uint32_t)(l - t->labels),
                      .delegate = delegate,
                      .clause = l->clause};
    if (stretch.clause == HD_NO_CLAUSE && delegate == HD_NO_DELEGATE) return;
    if (!hd_vec_push(&t->tries, stretch)) t->out_of_memory = true;
}

/* The clauses that lead to the end of a label arrive here. */
void hd_land_catches(translator *t, label *l) {
    for (uint32_t i = l->catches, next; i != HD_NO_CLAUSE && !t->out_of_memory; i = next) {
        hd_clause *clause = &t->clauses.items[i];
        next = clause->target;
        clause->target = (uint32_t)t->code.len;
    }
    l->catches = HD_NO_CLAUSE;
    hd_mark_target(t);
}

/* Directs a clause to a label: at once to a loop's head, later to an end that is still to come. */
static void clause_to(translator *t, const hd_catch *from, bool last) {
    label *to = hd_label_at(t, from->label);
    bool loop = to->opcode == HD_OP_loop;
    hd_clause clause = {.tag = from->tag,
                        .target = loop ? to->target : to->catches,
                        .next = HD_NO_CLAUSE,
                        .first = to->home,
                        .ref_after = from->with_ref};
    if (!last) clause.next = (uint32_t)t->clauses.len + 1;
    uint32_t index = add_clause(t, clause);
    if (loop || t->out_of_memory) return;
    to->catches = index;
    to->targeted = true;
}

static void try_table(translator *t) {
    hd_reader clauses = {t->instr.items, t->reader.end, t->reader.origin, t->diag};
    uint32_t first = (uint32_t)t->clauses.len, count = t->instr.count;
    for (uint32_t i = 0; i < count; i++) {
        hd_catch clause = hd_read_catch(&clauses);
        clause_to(t, &clause, i + 1 == count);
    }
    label *l = hd_open_label(t, HD_OP_try_table, 0);
    if (count > 0) l->clause = first;
}

/* catch and catch_all of the legacy form. The exception is kept in the label's first home, for
 * rethrow; what it carries stands above it. */
static void legacy_catch(translator *t) {
    label *l = hd_label_at(t, 0);
    bool first = l->opcode == HD_OP_try, all = t->instr.opcode == HD_OP_catch_all;
    uint32_t end = (uint32_t)t->code.len;
    if (t->reachable) hd_jump(t, l);
    uint32_t index = add_clause(t, (hd_clause){.tag = all ? HD_CATCH_ALL : t->instr.index,
                                               .target = (uint32_t)t->code.len,
                                               .next = HD_NO_CLAUSE,
                                               .first = l->home,
                                               .ref_before = true});
    if (t->out_of_memory) return;
    if (!first) t->clauses.items[l->clause].next = index;
    l->clause = index;
    if (first) {
        hd_close_try(t, l, HD_NO_DELEGATE);
        if (t->out_of_memory) return;
        t->tries.items[t->tries.len - 1].end = end;
    }
    l->opcode = HD_OP_catch;
    l->targeted = true;
    hd_mark_target(t);
    hd_drop_to(t, l->base);
    hd_push_home(t, HD_EXNREF, NO_UNIT);
    if (!all) {
        const hd_functype *type = t->module->tags[t->instr.index].type;
        hd_push_homes(t, type->param_count, type->params);
    }
    t->reachable = true;
}

/* Labels are counted from outside of the try. */
static void delegate(translator *t) {
    label *l = hd_label_at(t, 0);
    const label *to = hd_label_at(t, t->instr.index + 1);
    hd_close_try(t, l, (uint32_t)(to - t->labels));
    hd_close_label(t);
}

static void throw_(translator *t) {
    const hd_functype *type = t->module->tags[t->instr.index].type;
    hd_settle_top(t, type->param_count);
    for (uint32_t i = 0; i < type->param_count; i++)
        hd_pop(t);
    hd_emit_imm(t, HD_R_throw, 0, hd_next_home(t), (int32_t)t->instr.index);
}

/* Translates an instruction on exceptions; false if it is none. */
bool hd_translate_exception(translator *t) {
    switch (t->instr.opcode) {
    case HD_OP_try_table: try_table(t); return true;
    case HD_OP_try: hd_open_label(t, HD_OP_try, 0); return true;
    case HD_OP_catch:
    case HD_OP_catch_all: legacy_catch(t); return true;
    case HD_OP_delegate: delegate(t); return true;
    case HD_OP_throw: throw_(t); break;
    case HD_OP_throw_ref:
        hd_settle_if_const(t, hd_top(t, 0));
        hd_emit(t, HD_R_throw_ref, 0, hd_pop(t).cell, 0, 0);
        break;
    case HD_OP_rethrow:
        hd_emit(t, HD_R_throw_ref, 0, hd_label_at(t, t->instr.index)->home, 0, 0);
        break;
    default: return false;
    }
    /* Control does not come here. */
    t->reachable = false;
    return true;
}
