/* throw.c: throwing, and the search for who catches.
 *
 * Core specification 3.0, sections 4.4.8 ("throw", "throw_ref") and 4.5.7. Nothing is unwound
 * before a clause is found: what nobody catches leaves all frames as they are, for the backtrace.
 */
#include "exec/machine.h"
#include "runtime/exception.h"

/* Where a frame stands: the unit of its code at which it throws or calls. */
typedef struct place {
    hd_slot *fp;
    const hd_insn *pc; /* in callers: behind the call */
    bool is_caller;
} place;

/* The place of the caller; `fp` NULL: there is none. */
static place caller_of(const hd_agent *agent, place p) {
    const hd_frame *frame = hd_frame_at(p.fp);
    hd_slot *fp = frame->caller;
    /* A call into another instance left its way back in the caller's frame. */
    const hd_insn *pc = fp && frame->ret == &agent->reload ? hd_frame_at(fp)->resume : frame->ret;
    return (place){fp, pc, true};
}

/* The first clause of a stretch that catches the tag, or NULL. */
static const hd_clause *matching(const hd_code *code, const hd_instance *instance,
                                 const hd_try *stretch, const hd_tag *tag) {
    for (uint32_t i = stretch->clause; i != HD_NO_CLAUSE; i = code->clauses[i].next) {
        const hd_clause *clause = &code->clauses[i];
        if (clause->tag == HD_CATCH_ALL || instance->tags[clause->tag] == tag) return clause;
    }
    return NULL;
}

/* The clause of a frame that catches the tag, or NULL. */
static const hd_clause *find(place p, const hd_tag *tag) {
    const hd_func *func = hd_frame_at(p.fp)->func;
    const hd_code *code = func->code;
    uint32_t unit = (uint32_t)(p.pc - code->begin) - p.is_caller, depth = HD_NO_DELEGATE;
    for (uint32_t i = 0; i < code->try_count; i++) {
        const hd_try *stretch = &code->tries[i];
        if (unit < stretch->begin || unit >= stretch->end || stretch->depth > depth) continue;
        const hd_clause *clause = matching(code, func->instance, stretch, tag);
        if (clause) return clause;
        if (stretch->delegate != HD_NO_DELEGATE) depth = stretch->delegate;
    }
    return NULL;
}

/* Goes on at a clause, with what it takes along. */
static void land(hd_agent *agent, place p, const hd_clause *clause, const hd_exception *e,
                 uint64_t cell) {
    const hd_func *func = hd_frame_at(p.fp)->func;
    hd_slot *to = p.fp + clause->first;
    if (agent->undo && p.fp < agent->low) hd_agent_save_frames(agent, p.fp);
    if (clause->ref_before) (to++)->i64 = cell;
    if (clause->tag != HD_CATCH_ALL) {
        uint32_t slots = e->tag->type->param_slots;
        for (uint32_t i = 0; i < slots; i++)
            to[i] = e->values[i];
        to += slots;
    }
    if (clause->ref_after) to->i64 = cell;
    hd_enter_instance(agent, func->instance);
    agent->fp = p.fp;
    agent->pc = func->code->begin + clause->target;
}

/* Finds who catches the exception that is in flight. */
static hd_trapcode unwind(hd_agent *agent, const hd_store *store, const hd_insn *pc, hd_slot *fp) {
    const hd_exception *e = hd_store_exception(store, agent->exception);
    for (place p = {fp, pc, false}; p.fp; p = caller_of(agent, p)) {
        const hd_clause *clause = find(p, e->tag);
        if (!clause) continue;
        land(agent, p, clause, e, agent->exception);
        agent->exception = 0;
        return HD_TRAP_NONE;
    }
    return HD_TRAP_UNCAUGHT;
}

/* The byte offset of the instruction at `pc` of the function whose frame is at `fp`. */
static uint32_t offset_of(const hd_slot *fp, const hd_insn *pc) {
    const hd_code *code = hd_frame_at((hd_slot *)fp)->func->code;
    return code->base ? hd_code_offset(code, pc) : 0;
}

/* Makes an exception; what nothing refers to any more goes before. False when memory is out. */
static bool make(hd_agent *agent, hd_store *store, const hd_tag *tag, const hd_slot *values,
                 const hd_insn *pc, hd_slot *fp) {
    if (hd_store_has_garbage(store)) {
        const hd_func *func = hd_frame_at(fp)->func;
        hd_store_mark(store, agent->stack, (size_t)(fp - agent->stack) + func->code->frame_slots);
        hd_store_sweep(store);
    }
    agent->exception =
        hd_store_new_exception(store, tag, values, hd_frame_at(fp)->func, offset_of(fp, pc));
    if (agent->exception) return true;
    hd_diag_nomem(&agent->detail);
    return false;
}

hd_trapcode hd_do_throw(hd_agent *agent, const hd_insn *pc, hd_slot *fp) {
    hd_store *store = agent->instance->store;
    hd_diag_reset(&agent->detail);
    if (!make(agent, store, agent->instance->tags[pc->imm], fp + pc->a, pc, fp))
        return HD_TRAP_HOST;
    return unwind(agent, store, pc, fp);
}

hd_trapcode hd_do_throw_ref(hd_agent *agent, const hd_insn *pc, hd_slot *fp) {
    agent->exception = fp[pc->a].i64;
    if (!agent->exception) return HD_TRAP_NULL_EXCEPTION;
    return unwind(agent, agent->instance->store, pc, fp);
}

hd_trapcode hd_do_throw_on(hd_agent *agent, const hd_insn *pc, hd_slot *fp) {
    return unwind(agent, agent->store, pc, fp);
}

hd_trapcode hd_agent_throw(hd_agent *agent, hd_store *store, const hd_tag *tag,
                           const hd_slot *values, hd_diag *diag) {
    agent->store = store;
    if (make(agent, store, tag, values, agent->pc, agent->fp)) return HD_TRAP_UNCAUGHT;
    hd_diag_nomem(diag);
    return HD_TRAP_HOST;
}

uint64_t hd_agent_exception(const hd_agent *agent) {
    return agent->trap == HD_TRAP_UNCAUGHT ? agent->exception : 0;
}
