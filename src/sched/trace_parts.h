/* trace_parts.h: what a trace is made of, for the files trace*.c alone. */
#ifndef HD_SCHED_TRACE_PARTS_H
#define HD_SCHED_TRACE_PARTS_H

#include "base/bytes.h"
#include "sched/trace.h"

enum { HD_TRACE_DIGEST = 16 };

/* An encoded move begins with its head, a varint: `value << 2 | form`. Most moves are one byte. */
enum {
    HD_MOVE_BACK,   /* `value` events of the agent before the last one (at first 1) */
    HD_MOVE_NEXT,   /* `value` events of the agent after the last one in number */
    HD_MOVE_AGENT,  /* `value` events; a varint with the agent's number follows */
    HD_MOVE_REPEAT, /* the last head, of the first two forms, `value` + 1 times more */
};

typedef struct hd_input {
    uint32_t kind;
    size_t start, length; /* in the bytes of all inputs */
} hd_input;

/* The moves lie in three parts, in this order: encoded, held back because they may be repeated, and
 * the one that may still grow. */
struct hd_trace {
    uint8_t digest[HD_TRACE_DIGEST];
    uint8_t outcome; /* 0: unknown, else 1 + hd_outcome */
    hd_failure failure;
    uint8_t output[HD_TRACE_DIGEST]; /* digest of what the execution printed, or all zero */
    char *strategy;
    uint64_t seed;
    HD_VEC(char *) arguments;

    hd_bytes encoded;
    bool has_held, has_open;
    uint64_t held, held_repeats;
    hd_move open;
    uint32_t last, before; /* the agents of the last two moves that are not open */
    uint64_t moves, events;

    HD_VEC(hd_input) inputs;
    hd_bytes input_bytes;
    HD_VEC(uint64_t) preemptions;
    bool incomplete;
};

/* Appends what is not encoded yet of a trace's moves. */
bool hd_trace_encode_rest(const hd_trace *trace, hd_bytes *bytes);

#endif
