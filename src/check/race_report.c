/* race_report.c: races as text. */
#include "check/race_report.h"

#include <inttypes.h>
#include <string.h>

const char *hd_race_class_name(hd_race_class class) {
    static const char *const names[] = {
        [HD_RACE_DATA] = "data race",
        [HD_RACE_MIXED] = "mixed-size race",
        [HD_RACE_GROWTH] = "growth race",
        [HD_RACE_PLAIN_READ] = "race",
    };
    return names[class];
}

const char *hd_race_grade_name(hd_race_grade grade) {
    static const char *const names[] = {
        [HD_RACE_ERROR] = "error",           [HD_RACE_NOTE] = "note",
        [HD_RACE_SUPPRESSED] = "suppressed", [HD_RACE_LIBRARY] = "suppressed in wasi-libc",
        [HD_RACE_FENCED] = "fenced",
    };
    return names[grade];
}

const char *hd_race_kind_name(hd_event_kind kind) {
    static const char *const names[HD_EVENT_KINDS] = {
        [HD_EVENT_LOAD] = "load",
        [HD_EVENT_STORE] = "store",
        [HD_EVENT_ATOMIC_LOAD] = "atomic load",
        [HD_EVENT_ATOMIC_STORE] = "atomic store",
        [HD_EVENT_RMW] = "atomic read-modify-write",
        [HD_EVENT_CMPXCHG] = "atomic compare-exchange",
        [HD_EVENT_WAIT] = "atomic wait",
        [HD_EVENT_NOTIFY] = "atomic notify",
        [HD_EVENT_FENCE] = "atomic fence",
        [HD_EVENT_SIZE] = "memory.size",
        [HD_EVENT_GROW] = "memory.grow",
        [HD_EVENT_FILL] = "bulk write",
        [HD_EVENT_COPY] = "bulk read",
        [HD_EVENT_HOST] = "call of the host",
    };
    return names[kind];
}

const char *hd_race_sync_name(hd_race_sync_kind kind) {
    static const char *const names[] = {
        [HD_RACE_SYNC_NONE] = "none",   [HD_RACE_SYNC_ATOMIC] = "atomic",
        [HD_RACE_SYNC_QUEUE] = "queue", [HD_RACE_SYNC_LENGTH] = "length",
        [HD_RACE_SYNC_SPAWN] = "spawn", [HD_RACE_SYNC_JOIN] = "join",
        [HD_RACE_SYNC_FENCE] = "fence", [HD_RACE_SYNC_LIBRARY] = "library",
    };
    return names[kind];
}

static void print_agent(FILE *to, uint32_t number, const char *name) {
    fprintf(to, "agent %" PRIu32, number);
    if (name[0]) fprintf(to, " (%s)", name);
}

static void print_value(FILE *to, const hd_race_access *a) {
    if (a->value_width == 0) return;
    fprintf(to, ": %s 0x%0*" PRIx64, a->writes ? "left" : "read", (int)a->value_width * 2,
            a->value);
    if (a->value_address != a->address || a->value_width != a->length)
        fprintf(to, " in the %u byte%s at 0x%" PRIx64, a->value_width,
                a->value_width == 1 ? "" : "s", a->value_address);
}

static void print_bytes(FILE *to, uint64_t address, uint64_t length) {
    fprintf(to, "%" PRIu64 " byte%s at 0x%" PRIx64, length, length == 1 ? "" : "s", address);
}

static void print_access(FILE *to, const hd_race_access *a) {
    fputs("  ", to);
    print_agent(to, a->agent, a->agent_name);
    fprintf(to, ", step %" PRIu64 ": ", a->step);
    if (a->trapped)
        fputs("trapped at an access out of bounds of ", to);
    else
        fprintf(to, "%s%s of ", a->kind == HD_EVENT_CMPXCHG && !a->writes ? "failed " : "",
                hd_race_kind_name(a->kind));
    print_bytes(to, a->address, a->length);
    print_value(to, a);
    fputc('\n', to);
    hd_backtrace_print(to, &a->stack);
}

static void print_step(FILE *to, uint64_t step) {
    if (step == HD_RACE_NO_STEP)
        fputs("before its first step", to);
    else
        fprintf(to, "at step %" PRIu64, step);
}

/* Who learnt of whom, and how. */
static void print_sync(FILE *to, const hd_race_report *r) {
    const hd_race_sync *s = &r->sync;
    const hd_race_access *from = s->from == r->earlier.agent ? &r->earlier : &r->later;
    const hd_race_access *learner = from == &r->earlier ? &r->later : &r->earlier;
    if (s->kind == HD_RACE_SYNC_NONE) {
        fputs("  the two agents have not synchronized before\n", to);
        return;
    }
    fputs("  last synchronization: ", to);
    print_agent(to, learner->agent, learner->agent_name);
    fputc(' ', to);
    print_step(to, s->to_step);
    switch (s->kind) {
    case HD_RACE_SYNC_ATOMIC:
        fprintf(to, " read atomically from 0x%" PRIx64 " what ", s->address);
        print_agent(to, from->agent, from->agent_name);
        fputs(" wrote there ", to);
        break;
    case HD_RACE_SYNC_QUEUE:
        fprintf(to, " came to the wait queue of 0x%" PRIx64 " after ", s->address);
        print_agent(to, from->agent, from->agent_name);
        fputc(' ', to);
        break;
    case HD_RACE_SYNC_LENGTH:
        fputs(" saw the memory.grow of ", to);
        print_agent(to, from->agent, from->agent_name);
        fputc(' ', to);
        break;
    case HD_RACE_SYNC_FENCE:
        fprintf(to, " made a fence after it had read at 0x%" PRIx64 " what ", s->address);
        print_agent(to, from->agent, from->agent_name);
        fputs(" released ", to);
        break;
    case HD_RACE_SYNC_LIBRARY:
        fprintf(to, " read in wasi-libc at 0x%" PRIx64 " what ", s->address);
        print_agent(to, from->agent, from->agent_name);
        fputs(" released ", to);
        break;
    case HD_RACE_SYNC_SPAWN:
        fputs(" was started by ", to);
        print_agent(to, from->agent, from->agent_name);
        fputs(", which stood ", to);
        break;
    default:
        fputs(" had joined ", to);
        print_agent(to, from->agent, from->agent_name);
        fputs(", which ended ", to);
    }
    print_step(to, s->from_step);
    fputc('\n', to);
}

void hd_race_print(FILE *to, const hd_race_report *r) {
    static const char *const about[] = {
        [HD_RACE_DATA] = "",
        [HD_RACE_MIXED] = ": atomic accesses of different ranges",
        [HD_RACE_GROWTH] = ": in bounds or not depends on a memory.grow",
        [HD_RACE_PLAIN_READ] = ": a plain read against an atomic write",
    };
    static const char *const graded[] = {
        [HD_RACE_ERROR] = "",
        [HD_RACE_NOTE] = "",
        [HD_RACE_SUPPRESSED] = " [suppressed]",
        [HD_RACE_LIBRARY] = " [within wasi-libc]",
        [HD_RACE_FENCED] = " [ordered by a fence alone]",
    };
    const char *grade = r->grade == HD_RACE_FENCED && r->sync.kind == HD_RACE_SYNC_LIBRARY
                            ? " [ordered by a plain read in wasi-libc alone]"
                            : graded[r->grade];
    if (r->grade == HD_RACE_NOTE) fputs("note: ", to);
    fprintf(to, "%s on ", hd_race_class_name(r->class));
    print_bytes(to, r->address, r->length);
    if (r->memory > 0) fprintf(to, " of shared memory %" PRIu32, r->memory);
    fputs(about[r->class], to);
    fputs(grade, to);
    if (r->count > 1) fprintf(to, " (%" PRIu64 " times)", r->count);
    fputc('\n', to);
    print_access(to, &r->earlier);
    print_access(to, &r->later);
    print_sync(to, r);
}

static void print_count(FILE *to, size_t count, const char *one, const char *many, bool shown,
                        const char *option) {
    if (count == 0) return;
    fprintf(to, "%zu %s", count, count == 1 ? one : many);
    fprintf(to, shown ? "\n" : " not shown: --races-show=%s\n", option);
}

void hd_race_counts_print(FILE *to, const hd_race_counts *c) {
    print_count(to, c->graded[HD_RACE_LIBRARY], "race within wasi-libc", "races within wasi-libc",
                c->show_suppressed, "suppressed");
    print_count(to, c->graded[HD_RACE_SUPPRESSED], "suppressed race", "suppressed races",
                c->show_suppressed, "suppressed");
    print_count(to, c->graded[HD_RACE_FENCED],
                "pair of accesses that only a fence, or a plain read in wasi-libc, orders (an "
                "engine may move plain loads)",
                "pairs of accesses that only a fence, or a plain read in wasi-libc, orders (an "
                "engine may move plain loads)",
                c->show_fenced, "fenced");
    if (c->beyond > 0)
        fprintf(to, "%" PRIu64 " more races of further pairs not shown\n", c->beyond);
    if (c->nameless)
        fputs("nothing was suppressed of wasi-libc: the module has neither function names nor "
              "debug information\n",
              to);
}
