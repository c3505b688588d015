/* report.h: what agents were doing: backtraces, and the states of a cluster's members.
 *
 * A report is taken from agents that no longer run and holds no pointer into them or their modules:
 * it lives in the arena it was taken into, and may be printed when the cluster is gone. */
#ifndef HD_AGENTS_REPORT_H
#define HD_AGENTS_REPORT_H

#include <stdio.h>

#include "agents/cluster.h"
#include "base/arena.h"
#include "module/source.h"

/* A frame: the function's label, and the byte offset of the instruction in its module. A function
 * of the host has no offset. Where debug information tells, the place in the source, and the
 * functions of the source that were inlined there, innermost first. */
typedef struct hd_report_frame {
    const char *function;
    bool host;
    uint32_t offset;
    hd_source_frame source; /* its function is no other than above, and NULL */
    hd_source_frame *inlined;
    size_t inlined_count;
    const char *warning; /* of debug information that is damaged, once for a module; or NULL */
} hd_report_frame;

/* The innermost frames of an agent's stack, innermost first, of `depth` in all. */
typedef struct hd_backtrace {
    hd_report_frame *frames;
    size_t count, depth;
} hd_backtrace;

/* Describes an instruction of a module, by the index of its function and its byte offset, all but
 * `host`; its source only if that is wanted, since the first look at it takes time. False when
 * memory is out. */
bool hd_report_frame_take(const hd_module *module, uint32_t function, uint32_t offset, bool source,
                          hd_arena *arena, hd_report_frame *frame);

/* Prints where a frame stands: ` at FILE:LINE:COLUMN (0xOFFSET)`, without the offset in a module
 * that was text, or ` at 0xOFFSET`. */
void hd_report_frame_print_place(FILE *to, const hd_report_frame *frame);

/* Takes the backtrace of an agent that does not run. False when memory is out. */
bool hd_backtrace_take(const hd_agent *agent, hd_arena *arena, hd_backtrace *backtrace);

/* Copies a backtrace into another arena; false when memory is out: the copy is empty. */
bool hd_backtrace_copy(const hd_backtrace *from, hd_arena *arena, hd_backtrace *to);

/* Prints a backtrace, one indented line a frame, and before it one for each function that was
 * inlined there, with the same number. */
void hd_backtrace_print(FILE *to, const hd_backtrace *backtrace);

typedef enum hd_member_state {
    HD_MEMBER_FINISHED, /* it had ended by itself */
    HD_MEMBER_IDLE,     /* between two calls */
    HD_MEMBER_RUNNING,
    HD_MEMBER_WAITING, /* in memory.atomic.wait */
    HD_MEMBER_JOINING, /* for another member to end */
    HD_MEMBER_TRAPPED, /* its last call trapped */
} hd_member_state;

typedef struct hd_member_report {
    const char *name;
    hd_member_state state;
    uint64_t address, expected; /* waiting: on this address, for a value that is still this one */
    unsigned width;             /* waiting: bytes of the operand, 4 or 8 */
    const char *joining;        /* joining: the other member's name */
    hd_backtrace backtrace;     /* empty when no call was under way */
} hd_member_report;

/* Describes what a member did when its cluster was stopped; for after hd_cluster_run. False when
 * memory is out. */
bool hd_member_report_take(const hd_member *member, hd_arena *arena, hd_member_report *report);

/* The state's name: "finished", "idle", "running", "waiting", "joining", "trapped"; static storage.
 */
const char *hd_member_state_name(hd_member_state state);

/* Writes the state as a phrase, such as `waiting on address 0x10 (i32 expected 0)`, cut to `size`
 * bytes, and returns `buffer`. */
const char *hd_member_report_phrase(const hd_member_report *report, char *buffer, size_t size);

#endif
