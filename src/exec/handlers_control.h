/* handlers_control.h: handlers that move values, branch, call and return. Included by each flavour,
 * with what handlers_memory.h needs, and
 *
 *   SAVE_GLOBAL(global)   its value is about to be changed
 *   SAVE_CALLER(caller)   the agent is about to return to the frame there, NULL: to the outside
 *   CLEARED_CELLS         how many cells of a new frame are zeroed, all locals at least
 *   CLEAR_RESUME(frame)   of a new frame, if it is to be zeroed
 *
 * defined. */

OP(copy) {
    FP[PC->d].i64 = FP[PC->a].i64;
    NEXT(1);
}

OP(copy_wide) {
    RESULT_v128(PC->d, CELL_v128(PC->a));
    NEXT(1);
}

OP(const_imm) {
    FP[PC->d].i64 = CONST_i64;
    NEXT(1);
}

OP(const_wide) {
    FP[PC->d].i64 = PC[1].wide;
    NEXT(2);
}

OP(select_s) {
    RESULT_i64(PC->d, CELL_i32(PC->c) ? CELL_i64(PC->a) : CELL_i64(PC->b));
    NEXT(1);
}

OP(select_r) {
    RESULT_i64(PC->d, ACC_i32 ? CELL_i64(PC->a) : CELL_i64(PC->b));
    NEXT(1);
}

OP(select_wide) {
    RESULT_v128(PC->d, CELL_v128(CELL_i32(PC->c) ? PC->a : PC->b));
    NEXT(1);
}

OP(global_get) {
    RESULT_i64(PC->d, AG->globals[PC->imm]->value[0].i64);
    NEXT(1);
}

OP(global_get_wide) {
    RESULT_v128(PC->d, hd_get_v128(AG->globals[PC->imm]->value));
    NEXT(1);
}

OP(global_set) {
    SAVE_GLOBAL(AG->globals[PC->imm]);
    AG->globals[PC->imm]->value[0].i64 = CELL_i64(PC->a);
    NEXT(1);
}

OP(global_set_wide) {
    SAVE_GLOBAL(AG->globals[PC->imm]);
    memcpy(AG->globals[PC->imm]->value, &FP[PC->a], sizeof(hd_v128));
    NEXT(1);
}

OP(ref_func) {
    FP[PC->d].ref = AG->funcs[PC->imm];
    NEXT(1);
}

OP(ref_is_null) {
    FP[PC->d].i64 = FP[PC->a].ref == NULL;
    NEXT(1);
}

OP(ref_as_non_null) {
    if (HD_UNLIKELY(!FP[PC->a].ref)) TRAP(NULL_REFERENCE);
    NEXT(1);
}

OP(br) {
    BRANCH();
}

OP(br_if_s) {
    DO_BRANCH(CELL_i32(PC->a) != 0, 1);
}

OP(br_if_r) {
    DO_BRANCH(ACC_i32 != 0, 1);
}

OP(br_unless_s) {
    DO_BRANCH(CELL_i32(PC->a) == 0, 1);
}

OP(br_unless_r) {
    DO_BRANCH(ACC_i32 == 0, 1);
}

OP(br_null) {
    DO_BRANCH(FP[PC->a].ref == NULL, 1);
}

OP(br_non_null) {
    DO_BRANCH(FP[PC->a].ref != NULL, 1);
}

OP(br_table) {
    uint32_t index = CELL_i32(PC->a), count = (uint32_t)PC->imm;
    PC += 1 + (index < count ? index : count);
    BRANCH();
}

OP(unreachable) {
    TRAP(UNREACHABLE);
}

/* Goes on where an exception is caught: a branch, at which the agent can be stopped. */
#define GO_ON_CAUGHT()                                                                             \
    do {                                                                                           \
        PC = AG->pc;                                                                               \
        FP = AG->fp;                                                                               \
        LOAD_MEMORY();                                                                             \
        if (HD_UNLIKELY(!atomic_load_explicit(&AG->limit, memory_order_relaxed))) TRAP(STOPPED);   \
        NEXT(0);                                                                                   \
    } while (0)
#define THROW(id)                                                                                  \
    OP(id) {                                                                                       \
        hd_trapcode trap = hd_do_##id(AG, PC, FP);                                                 \
        if (HD_UNLIKELY(trap != HD_TRAP_NONE)) LEAVE(trap);                                        \
        GO_ON_CAUGHT();                                                                            \
    }

THROW(throw)
THROW(throw_ref)

/* The first operation of a function: is there room for its frame, is the agent to stop? */
OP(enter) {
    hd_slot *limit = atomic_load_explicit(&AG->limit, memory_order_relaxed);
    if (HD_UNLIKELY(FP + PC->imm > limit)) {
        if (!limit && !AG->passes) TRAP(STOPPED);
        AG->passes = false;
        if (FP + PC->imm > AG->stack + AG->cells) TRAP(STACK);
        hd_agent_reach(AG, FP + PC->imm);
    }
    for (int32_t i = 0; i < CLEARED_CELLS; i++) {
        FP[HD_FRAME_SLOTS + i].i64 = 0;
        __asm__(""); /* a loop, not a call of memset: that would cost all registers */
    }
    NEXT(1);
}

#define RETURN()                                                                                   \
    do {                                                                                           \
        const hd_frame *frame_ = hd_frame_at(FP);                                                  \
        SAVE_CALLER(frame_->caller);                                                               \
        PC = frame_->ret;                                                                          \
        FP = frame_->caller;                                                                       \
        NEXT(0);                                                                                   \
    } while (0)

OP(ret) {
    RETURN();
}

OP(ret_s) {
    FP[PC->d].i64 = CELL_i64(PC->a);
    RETURN();
}

OP(ret_r) {
    FP[PC->d].i64 = R0;
    RETURN();
}

OP(ret_x) {
    FP[PC->d].i64 = ((hd_x_u64)X0)[0];
    RETURN();
}

OP(ret_i) {
    FP[PC->d].i64 = CONST_i64;
    RETURN();
}

/* Results move down: in ascending order none is overwritten before it is read. */
OP(ret_many) {
    for (int32_t i = 0; i < PC->imm; i++)
        FP[PC->d + i].i64 = FP[PC->a + i].i64;
    RETURN();
}

/* Goes on in a function of the same instance, whose frame is at `callee_fp`. */
#define ENTER_FUNCTION(function_, callee_fp, return_to)                                            \
    do {                                                                                           \
        hd_slot *fp_ = (callee_fp);                                                                \
        hd_frame *frame_ = hd_frame_at(fp_);                                                       \
        frame_->caller = FP;                                                                       \
        frame_->ret = (return_to);                                                                 \
        frame_->func = (function_);                                                                \
        CLEAR_RESUME(frame_);                                                                      \
        FP = fp_;                                                                                  \
        PC = atomic_load_explicit(&(function_)->code->entry, memory_order_acquire);                \
        NEXT(0);                                                                                   \
    } while (0)

OP(call) {
    const hd_func *callee = AG->funcs[PC->imm];
    ENTER_FUNCTION(callee, FP + PC->d, PC + 1);
}

/* A call of a function that may belong to another instance or to the host. */
#define ENTER_OTHER(function_, callee_fp, return_to)                                               \
    do {                                                                                           \
        const hd_func *function__ = (function_);                                                   \
        hd_frame_at(FP)->resume = (return_to);                                                     \
        if (function__->instance) {                                                                \
            hd_enter_instance(AG, function__->instance);                                           \
            LOAD_MEMORY();                                                                         \
        }                                                                                          \
        ENTER_FUNCTION(function__, callee_fp, &AG->reload);                                        \
    } while (0)

OP(call_import) {
    ENTER_OTHER(AG->funcs[PC->imm], FP + PC->d, PC + 1);
}

/* Sets `callee` to the element that an indirect call names, after the checks that it demands. */
#define INDIRECT_CALLEE(index_)                                                                    \
    const hd_table *table = AG->instance->tables[PAIR_HIGH];                                       \
    uint64_t index = (index_);                                                                     \
    AG->fault = index;                                                                             \
    if (HD_UNLIKELY(index >= table->size)) TRAP(UNDEFINED_ELEMENT);                                \
    const hd_func *callee = table->elements[index];                                                \
    if (HD_UNLIKELY(!callee)) TRAP(UNINIT_ELEMENT);                                                \
    const hd_functype *expected = AG->instance->module->types[PAIR_LOW];                           \
    if (HD_UNLIKELY(callee->type != expected && !hd_functype_matches(callee->type, expected)))     \
    TRAP(INDIRECT_TYPE)

#define CALL_INDIRECT(id, index_)                                                                  \
    OP(id) {                                                                                       \
        INDIRECT_CALLEE(index_);                                                                   \
        hd_slot *callee_fp = FP + PC->d;                                                           \
        const hd_insn *return_to = PC + 2;                                                         \
        if (HD_UNLIKELY(callee->instance != AG->instance))                                         \
            ENTER_OTHER(callee, callee_fp, return_to);                                             \
        ENTER_FUNCTION(callee, callee_fp, return_to);                                              \
    }

CALL_INDIRECT(call_indirect, CELL_i32(PC->a))
CALL_INDIRECT(call_indirect_wide, CELL_i64(PC->a))

/* Its type is known from validation. */
OP(call_ref) {
    const hd_func *callee = FP[PC->a].ref;
    if (HD_UNLIKELY(!callee)) TRAP(NULL_FUNCTION);
    hd_slot *callee_fp = FP + PC->d;
    const hd_insn *return_to = PC + 2;
    if (HD_UNLIKELY(callee->instance != AG->instance)) ENTER_OTHER(callee, callee_fp, return_to);
    ENTER_FUNCTION(callee, callee_fp, return_to);
}

/* A tail call takes the place of the frame that makes it: the arguments move down to where that
 * frame's were, and the callee returns to its caller; by way of `reload` if that belongs to another
 * instance. */
#define ENTER_TAIL(function_, area_cell, arguments_cell)                                           \
    do {                                                                                           \
        const hd_func *function__ = (function_);                                                   \
        hd_frame from = *hd_frame_at(FP);                                                          \
        hd_slot *area = FP + (area_cell), *arguments = FP + (arguments_cell);                      \
        for (uint32_t i = 0; i < function__->type->param_slots; i++)                               \
            area[i] = arguments[i];                                                                \
        if (function__->instance != AG->instance) {                                                \
            if (from.caller && from.ret != &AG->reload) {                                          \
                hd_frame_at(from.caller)->resume = from.ret;                                       \
                from.ret = &AG->reload;                                                            \
            }                                                                                      \
            if (function__->instance) {                                                            \
                hd_enter_instance(AG, function__->instance);                                       \
                LOAD_MEMORY();                                                                     \
            }                                                                                      \
        }                                                                                          \
        FP = from.caller;                                                                          \
        ENTER_FUNCTION(function__, area + hd_call_area(function__->type), from.ret);               \
    } while (0)

OP(tail_call) {
    ENTER_TAIL(AG->funcs[PC->imm], PC->d, PC->a);
}

OP(tail_call_indirect) {
    INDIRECT_CALLEE(CELL_i32(PC->b));
    ENTER_TAIL(callee, PC->d, PC->a);
}

OP(tail_call_indirect_wide) {
    INDIRECT_CALLEE(CELL_i64(PC->b));
    ENTER_TAIL(callee, PC->d, PC->a);
}

OP(tail_call_ref) {
    const hd_func *callee = FP[PC->b].ref;
    if (HD_UNLIKELY(!callee)) TRAP(NULL_FUNCTION);
    ENTER_TAIL(callee, PC->d, PC->a);
}

OP(translate) {
    const hd_func *function = hd_frame_at(FP)->func;
    hd_trapcode trap = hd_do_translate(AG, function->code);
    if (HD_UNLIKELY(trap != HD_TRAP_NONE)) LEAVE(trap);
    PC = atomic_load_explicit(&function->code->entry, memory_order_acquire);
    NEXT(0);
}

OP(host) {
    const hd_func *function = hd_frame_at(FP)->func;
    BEFORE(HOST, true, NULL, 0, 0);
    /* The function may ask where the agent stands. */
    AG->pc = PC;
    AG->fp = FP;
    hd_trapcode trap = hd_do_host_call(AG, function, FP);
    if (HD_UNLIKELY(trap != HD_TRAP_NONE)) {
        if (trap == HD_TRAP_UNCAUGHT) trap = hd_do_throw_on(AG, PC, FP);
        if (trap == HD_TRAP_NONE) {
            AFTER(HOST, true, NULL, 0, 0, false);
            GO_ON_CAUGHT();
        }
        FAILED(true);
        LEAVE(trap);
    }
    AFTER(HOST, true, NULL, 0, 0, false);
    RETURN();
}

OP(reload) {
    const hd_frame *frame = hd_frame_at(FP);
    hd_enter_instance(AG, frame->func->instance);
    LOAD_MEMORY();
    PC = frame->resume;
    NEXT(0);
}

OP(finish) {
    LEAVE(HD_TRAP_NONE);
}

OP(memory_size) {
    hd_memory *memory = AG->instance->memories[PC->imm];
    BEFORE(SIZE, memory->type.shared, memory, 0, 0);
    FP[PC->d].i64 = atomic_load(&memory->length) / HD_PAGE_SIZE;
    DONE(1, SIZE, memory->type.shared, memory, 0, 0, false);
}

OP(memory_grow) {
    hd_memory *memory = AG->instance->memories[PC->imm];
    uint64_t delta = hd_address_of(&memory->type, FP[PC->a]);
    uint64_t bytes = delta < HD_MAX_PAGES_64 / 2 ? delta * HD_PAGE_SIZE : HD_BEYOND;
    BEFORE(GROW, memory->type.shared, memory, 0, bytes);
    uint64_t old = hd_memory_grow(memory, delta);
    if (HD_UNLIKELY(old == UINT64_MAX) && hd_refuse_growth(AG, memory, delta)) LEAVE(HD_TRAP_HOST);
    FP[PC->d].i64 = memory->type.is64 ? old : (uint32_t)old;
    LOAD_MEMORY();
    AFTER(GROW, memory->type.shared, memory, old * HD_PAGE_SIZE, bytes,
          old != UINT64_MAX && delta > 0);
    NEXT(1);
}

/* Bulk and table instructions are long or rare: they run out of line. */
#define OUT_OF_LINE(id, function, units)                                                           \
    OP(id) {                                                                                       \
        hd_trapcode trap = function(AG, HD_R_##id, PC, FP);                                        \
        if (HD_UNLIKELY(trap != HD_TRAP_NONE)) LEAVE(trap);                                        \
        NEXT(units);                                                                               \
    }
/* A length that an event can tell, whatever a program asks for. */
#define SPAN(address_, length_)                                                                    \
    ((length_) <= UINT64_MAX - (address_) ? (length_) : UINT64_MAX - (address_))
#define BULK(id, to_, count_, units)                                                               \
    OP(id) {                                                                                       \
        hd_memory *to = AG->instance->memories[to_];                                               \
        uint64_t target = hd_address_of(&to->type, FP[PC->a]), count = (count_);                   \
        BEFORE(FILL, to->type.shared, to, target, SPAN(target, count));                            \
        hd_trapcode trap = hd_do_bulk(AG, HD_R_##id, PC, FP);                                      \
        if (HD_UNLIKELY(trap != HD_TRAP_NONE)) {                                                   \
            FAILED(to->type.shared);                                                               \
            LEAVE(trap);                                                                           \
        }                                                                                          \
        AFTER(FILL, to->type.shared, to, target, count, true);                                     \
        NEXT(units);                                                                               \
    }

BULK(memory_fill, PC->imm, hd_address_of(&to->type, FP[PC->a + 2]), 1)
BULK(memory_init, PAIR_HIGH, CELL_i32(PC->a + 2), 2)

/* Two events in one step: the written side and the read side. */
OP(memory_copy) {
    hd_memory *to = AG->instance->memories[PAIR_LOW], *from = MEMORY_PAIR;
    uint64_t target = hd_address_of(&to->type, FP[PC->a]);
    uint64_t source = hd_address_of(&from->type, FP[PC->a + 1]);
    uint64_t count = hd_length_of(&to->type, &from->type, FP[PC->a + 2]);
    BEFORE(COPY, from->type.shared, from, source, SPAN(source, count));
    BEFORE(FILL, to->type.shared, to, target, SPAN(target, count));
    hd_trapcode trap = hd_do_bulk(AG, HD_R_memory_copy, PC, FP);
    if (HD_UNLIKELY(trap != HD_TRAP_NONE)) {
        FAILED(to->type.shared || from->type.shared);
        LEAVE(trap);
    }
    AFTER(FILL, to->type.shared, to, target, count, true);
    ALSO(COPY, to->type.shared && from->type.shared, from, source, count, false);
    AFTER(COPY, !to->type.shared && from->type.shared, from, source, count, false);
    NEXT(2);
}

OUT_OF_LINE(data_drop, hd_do_bulk, 1)
OUT_OF_LINE(table_get, hd_do_table, 1)
OUT_OF_LINE(table_set, hd_do_table, 1)
OUT_OF_LINE(table_size, hd_do_table, 1)
OUT_OF_LINE(table_grow, hd_do_table, 1)
OUT_OF_LINE(table_fill, hd_do_table, 1)
OUT_OF_LINE(table_copy, hd_do_table, 2)
OUT_OF_LINE(table_init, hd_do_table, 2)
OUT_OF_LINE(elem_drop, hd_do_table, 1)
