/* code.h: register code, what the machine runs.
 *
 * A validated body is translated once, on its first call, from stack code to register code: the
 * operands of an instruction name cells of the frame, so that local.get, local.set and constants
 * mostly vanish. The frame of a call, seen from its frame pointer `fp` (an hd_slot *):
 *
 *     fp[-A] ... fp[-1]   parameters, later results; A = max of their cells. The caller's operand
 *                         stack holds them, so that passing them copies nothing.
 *     fp[0] ... fp[3]     hd_frame: what the return and a backtrace need
 *     fp[4] ...           the other locals, then the operand stack
 *
 * The translation knows nothing of handlers but their addresses: exec/ gives a table of them for
 * each flavour of the machine, and a codebase is the code of one module in one flavour. */
#ifndef HD_CODE_CODE_H
#define HD_CODE_CODE_H

#include <stdatomic.h>

#include "base/diag.h"
#include "module/module.h"

/* An instruction of 16 bytes. Cells are counted from fp, in slots. Which fields an operation uses
 * stands with its row in regops.h; a 64-bit constant follows in a unit of its own. */
typedef struct hd_insn {
    const void *handler;
    union {
        struct {
            int16_t d, a, b, c;
        };
        struct {
            int16_t d_, a_;
            int32_t imm;
        };
        uint64_t wide;
    };
} hd_insn;

/* A table of handlers by hd_regop; the type of a handler is the machine's secret. */
typedef const void *const *hd_handlers;

/* What the machine keeps of a call in fp[0] to fp[3]. */
typedef struct hd_frame {
    hd_slot *caller;    /* the caller's fp */
    const hd_insn *ret; /* where the caller goes on */
    const struct hd_func *func;
    const hd_insn *resume; /* set by a frame that calls into another instance: where it goes on */
} hd_frame;

enum { HD_FRAME_SLOTS = sizeof(hd_frame) / sizeof(hd_slot) };

/* A stretch of a function's code whose exceptions are caught, or passed to a stretch around it.
 * Those of a function stand in the order in which they end, so that of two that hold a unit the
 * inner one comes first. */
typedef struct hd_try {
    uint32_t begin, end; /* units of the code: from `begin` on, without `end` */
    uint32_t depth;      /* of its label: how many are open around it */
    uint32_t delegate;   /* only stretches whose depth is at most this are asked; HD_NO_DELEGATE */
    uint32_t clause;     /* index of its first clause, or HD_NO_CLAUSE */
} hd_try;

#define HD_NO_DELEGATE UINT32_MAX
#define HD_NO_CLAUSE UINT32_MAX

/* What catches exceptions of one tag, or all. */
typedef struct hd_clause {
    uint32_t tag;    /* index in the module, or HD_CATCH_ALL */
    uint32_t target; /* unit where it goes on */
    uint32_t next;   /* clause of the same stretch that is tried next, or HD_NO_CLAUSE */
    int16_t first;   /* cell of the first value that it takes along: parameters of the tag */
    bool ref_before; /* and before them a reference to the exception (legacy form), */
    bool ref_after;  /* or after them */
} hd_clause;

/* The code of one function. */
typedef struct hd_code {
    /* The first instruction: until the function is first called, one that has it translated.
     * Written once with release order, read with acquire order: it publishes all the rest. */
    _Atomic(const hd_insn *) entry;
    const hd_insn *begin, *end;
    const uint32_t *offsets; /* of begin[i]: its byte offset in the module */
    const hd_try *tries;     /* NULL: none */
    const hd_clause *clauses;
    uint32_t try_count;
    uint32_t frame_slots; /* that the frame needs from fp on */
    uint32_t function;    /* index in the module */
    struct hd_codebase *base;
    uint64_t *live; /* see liveness.h; NULL: nobody has asked yet */
} hd_code;

/* Returns the number of cells that the parameters, later the results, of a call take below fp. */
static inline uint32_t hd_call_area(const hd_functype *type) {
    return type->param_slots > type->result_slots ? type->param_slots : type->result_slots;
}

/* Makes an empty codebase for a module, which must outlive it. NULL when memory is out. */
hd_codebase *hd_codebase_new(const hd_module *module, hd_handlers handlers);

/* Releases a codebase and all its code; no agent may run it any more. NULL is ignored. */
void hd_codebase_free(hd_codebase *base);

/* The module that a codebase belongs to. */
const hd_module *hd_codebase_module(const hd_codebase *base);

/* The code of a function of the module that is not imported; never NULL, perhaps untranslated. */
hd_code *hd_codebase_function(hd_codebase *base, uint32_t index);

/* Translates a function unless that is done. HD_NOMEM when memory is out. Thread-safe. */
hd_status hd_code_translate(hd_code *code, hd_diag *diag);

/* The byte offset in the module of an instruction of this code. */
uint32_t hd_code_offset(const hd_code *code, const hd_insn *insn);

#endif
