/* machine.h: the inside of an agent, and the registers and macros that handlers are written in.
 *
 * A handler does one operation of register code and goes on to the next. Its registers are
 *
 *   PC   the operation            FP   the frame (see code.h)
 *   MEM  base of memory 0         LEN  its length as last seen, which may lag behind growth
 *   AG   the agent                R0, X0  the accumulators: latest integer and float results
 *
 * Where the compiler turns the last call of a handler into a jump, registers are arguments that
 * stay in the processor's registers from handler to handler. Where it does not (no optimisation,
 * sanitizers), a handler returns to a loop and registers lie in memory. The handlers do not know
 * which. */
#ifndef HD_EXEC_MACHINE_H
#define HD_EXEC_MACHINE_H

#include "code/regops.h"
#include "exec/event.h"
#include "runtime/access.h"

#if defined(__SANITIZE_ADDRESS__) || defined(HD_TSAN) || !defined(__OPTIMIZE__)
#define HD_LOOP_DISPATCH 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer)
#define HD_LOOP_DISPATCH 1
#endif
#endif

#define HD_LIKELY(x) __builtin_expect(!!(x), 1)
#define HD_UNLIKELY(x) __builtin_expect(!!(x), 0)

/* The float accumulator: an f32 or f64 in its lowest lane. */
typedef float hd_x __attribute__((vector_size(16)));
typedef double hd_x_f64 __attribute__((vector_size(16)));
typedef uint64_t hd_x_u64 __attribute__((vector_size(16)));

struct hd_agent {
    /* The first cell behind the usable stack, or NULL when the agent is to stop or to pause: one
     * word to test at calls and branches. Written by any thread, read relaxed by the handlers: the
     * stop need only be seen soon. */
    _Atomic(hd_slot *) limit;
    atomic_bool stopping; /* the stop is for good (hd_agent_stop), no pause */
    bool passes;          /* the next call is made although the agent is to stop */

    hd_undo *undo;  /* what is overwritten is saved here; NULL: nowhere. If so, … */
    uint64_t epoch; /* … in which epoch of the log the agent was saved last … */
    hd_slot *low;   /* … and the lowest cell of its stack that was saved then */

    /* What follows is saved, up to `end_of_saved`. Of the function that runs. */
    hd_instance *instance;
    hd_func **funcs;
    hd_global **globals;
    hd_memory *memory; /* memory 0, or NULL */
    bool shared;       /* memory 0 is shared, and observed */

    /* Of observed code. */
    uint64_t credit;  /* events that may still happen before the agent stops */
    uint64_t granted; /* credit at the last resume */
    uint64_t cut;     /* credit that was taken away unused */
    const hd_hooks *hooks;
    hd_event event; /* that comes next */
    bool cannot_block;

    /* Registers of a machine that does not run. */
    const hd_insn *pc;
    hd_slot *fp;
    uint64_t r0;
    hd_x x0;

    /* Units that calls return to when there is no unit of a caller: `finish` ends the run; `reload`
     * goes back into the caller's instance. */
    hd_insn finish, reload;

    hd_trapcode trap; /* why the machine does not run; HD_TRAP_NONE: the outermost call returned */
    uint64_t fault;   /* of an access out of bounds or unaligned: effective address and width */
    uint32_t fault_width; /* 0: none */
    const hd_memory *fault_memory;
    bool waiting; /* stopped within the wait described here */
    uint64_t wait_address, wait_expected;
    uint32_t wait_width;
    uint32_t result_slots; /* of the outermost call */
    _Atomic int state;     /* hd_agent_state, relaxed: for display */
    uint64_t exception;    /* in flight, or that nobody caught: a cell; 0: none */
    hd_store *store;       /* whose exception a host function has thrown */
    char end_of_saved[1];

    hd_diag detail; /* what a host function or the translator has to say of the trap */

    hd_slot *stack;
    size_t cells;
    hd_slot
        *reach; /* behind the cells that were ever used; at least `limit`, if that is not NULL */
    hd_waiter waiter;
    char *name;
};

#ifdef HD_LOOP_DISPATCH

typedef struct hd_registers {
    const hd_insn *pc;
    hd_slot *fp;
    uint8_t *mem;
    uint64_t len;
    hd_agent *ag;
    uint64_t r0;
    hd_x x0;
} hd_registers;

#define HD_PARAMETERS hd_registers *regs
#define HD_REGISTERS regs
#define PC (regs->pc)
#define FP (regs->fp)
#define MEM (regs->mem)
#define LEN (regs->len)
#define AG (regs->ag)
#define R0 (regs->r0)
#define X0 (regs->x0)
#define NEXT(units)                                                                                \
    do {                                                                                           \
        PC += (units);                                                                             \
        return;                                                                                    \
    } while (0)
#define TAIL_CALL(function)                                                                        \
    do {                                                                                           \
        function(HD_REGISTERS);                                                                    \
        return;                                                                                    \
    } while (0)

#else

#define HD_PARAMETERS                                                                              \
    const hd_insn *pc, hd_slot *fp, uint8_t *mem, uint64_t len, hd_agent *ag, uint64_t r0, hd_x x0
#define HD_REGISTERS pc, fp, mem, len, ag, r0, x0
#define PC pc
#define FP fp
#define MEM mem
#define LEN len
#define AG ag
#define R0 r0
#define X0 x0
#ifdef __clang__
#define HD_MUSTTAIL __attribute__((musttail))
#else
#define HD_MUSTTAIL
#endif
#define TAIL_CALL(function)                                                                        \
    do {                                                                                           \
        HD_MUSTTAIL return function(HD_REGISTERS);                                                 \
    } while (0)
#define NEXT(units)                                                                                \
    do {                                                                                           \
        PC += (units);                                                                             \
        TAIL_CALL(((hd_handler *)PC->handler));                                                    \
    } while (0)

#endif

typedef void hd_handler(HD_PARAMETERS);

#define OP(name) static void op_##name(HD_PARAMETERS)

/* Lets an agent use its stack up to `top`, which is within it. */
void hd_agent_reach(hd_agent *agent, const hd_slot *top);

/* Leaves the machine at PC, which is where it would go on. */
void hd_leave(HD_PARAMETERS);

#define LEAVE(why)                                                                                 \
    do {                                                                                           \
        AG->trap = (why);                                                                          \
        TAIL_CALL(hd_leave);                                                                       \
    } while (0)
#define TRAP(id) LEAVE(HD_TRAP_##id)

static inline hd_frame *hd_frame_at(hd_slot *fp) {
    return (hd_frame *)fp;
}

/* Addresses of 64 bits. No memory reaches HD_BEYOND: a sum that does, or overflows, becomes an
 * address from there on with the same alignment, to which a width can be added. */
#define HD_BEYOND (((uint64_t)INT64_MAX) & ~UINT64_C(15))

static inline uint64_t hd_wide_address(uint64_t address, uint64_t offset) {
    uint64_t sum;
    if (HD_UNLIKELY(__builtin_add_overflow(address, offset, &sum) || sum >= HD_BEYOND))
        return HD_BEYOND | (sum & 15);
    return sum;
}

/* An address, index or length in a cell, of the type that the memory or table has. */
static inline uint64_t hd_address_of(const hd_limits *limits, hd_slot cell) {
    return limits->is64 ? cell.i64 : cell.i32;
}

/* The same of a length that both may have, of the narrower type. */
static inline uint64_t hd_length_of(const hd_limits *a, const hd_limits *b, hd_slot cell) {
    return a->is64 && b->is64 ? cell.i64 : cell.i32;
}

/* Sets what the agent caches of the instance whose function is about to run. */
static inline void hd_enter_instance(hd_agent *agent, hd_instance *instance) {
    agent->instance = instance;
    agent->funcs = instance->funcs;
    agent->globals = instance->globals;
    agent->memory = instance->module->memory_count > 0 ? instance->memories[0] : NULL;
    agent->shared = agent->memory && agent->memory->type.shared;
}

/* Sets MEM and LEN after the instance or the memory's length has changed. */
#define LOAD_MEMORY()                                                                              \
    do {                                                                                           \
        MEM = AG->memory ? AG->memory->base : NULL;                                                \
        LEN = AG->memory ? atomic_load(&AG->memory->length) : 0;                                   \
    } while (0)

/* What handlers call for the rare and the long. They do not see the registers, so that a handler
 * which calls them keeps its own. slow.c: */
hd_trapcode hd_do_translate(hd_agent *agent, hd_code *code);
hd_trapcode hd_do_host_call(hd_agent *agent, const hd_func *func, hd_slot *fp);
hd_trapcode hd_do_wait(hd_agent *agent, const hd_insn *pc, hd_slot *fp, hd_memory *memory,
                       uint64_t address, unsigned width);
hd_trapcode hd_do_notify(hd_agent *agent, const hd_insn *pc, hd_slot *fp, hd_memory *memory,
                         uint64_t address);
hd_trapcode hd_do_table(hd_agent *agent, hd_regop op, const hd_insn *pc, hd_slot *fp);
/* A growth failed. Under control that is never for the host's lack of memory, which a replay on
 * another host would not have: true if the agent has to end with HD_TRAP_HOST, out of memory. */
bool hd_refuse_growth(hd_agent *agent, const hd_memory *memory, uint64_t delta);
hd_trapcode hd_do_bulk(hd_agent *agent, hd_regop op, const hd_insn *pc, hd_slot *fp);
/* throw.c: each sets where the agent goes on, or fails with HD_TRAP_UNCAUGHT. hd_do_throw_on is for
 * what a host function has thrown. */
hd_trapcode hd_do_throw(hd_agent *agent, const hd_insn *pc, hd_slot *fp);
hd_trapcode hd_do_throw_ref(hd_agent *agent, const hd_insn *pc, hd_slot *fp);
hd_trapcode hd_do_throw_on(hd_agent *agent, const hd_insn *pc, hd_slot *fp);

/* undo.c: saves the frames of a logged agent down to the one at `fp`, in which it goes on. */
void hd_agent_save_frames(hd_agent *agent, const hd_slot *fp);

/* Saves all frames: the stack is used anew from its beginning. */
void hd_agent_save_stack(hd_agent *agent);

#endif
