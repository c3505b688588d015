/* overflow.c: see overflow.h.
 *
 * A write is looked at if it lies between the agent's stack pointer and the top of its stack, which
 * is where its frames are: then it must not lie in a region that belongs to somebody else. What is
 * known of stacks that a module makes for its threads is their tops: the pointer when it was first
 * seen far from where every instance has it at first. */
#include "check/overflow.h"

#include <inttypes.h>
#include <string.h>

#include "base/vec.h"

/* A pointer that is so near to its first value is taken for a frame on the module's own stack. */
enum { NEAR = 4096 };

typedef struct stack {
    const uint32_t *pointer; /* NULL: unknown, or the agent has ended */
    const hd_memory *memory;
    uint32_t first;        /* value of the pointer in every fresh instance */
    uint64_t low;          /* end of the stack, 0 if it is unknown */
    uint64_t top;          /* highest byte + 1 */
    uint64_t home;         /* the same of the stack that it began with */
    uint64_t lowest;       /* the pointer was seen to be */
    bool borrowed;         /* spawned, and the pointer was not set yet */
    HD_VEC(uint32_t) told; /* of these: regions by number, data first, then agents' stacks */
} stack;

struct hd_overflows {
    hd_world *world;
    hd_arena *arena;
    HD_VEC(stack) stacks; /* by agent */
    HD_VEC(hd_region) data;
    HD_VEC(hd_overflow) found;
    bool out_of_memory;
};

static stack *stack_of(hd_overflows *o, uint32_t agent) {
    while (o->stacks.len <= agent)
        if (!hd_vec_push(&o->stacks, (stack){0})) return o->out_of_memory = true, NULL;
    return &o->stacks.items[agent];
}

void hd_overflows_enter(hd_overflows *o, const hd_memory *memory, const uint32_t *pointer,
                        hd_region region, bool spawned) {
    stack *s = stack_of(o, hd_world_current(o->world));
    if (!s) return;
    s->memory = memory;
    s->pointer = pointer;
    s->first = *pointer;
    s->low = region.from;
    s->top = s->home = region.to ? region.to : *pointer;
    s->lowest = s->top;
    s->borrowed = spawned;
    hd_world_hear(o->world); /* there is more to look at now */
}

void hd_overflows_add_data(hd_overflows *o, hd_region data) {
    if (data.to > data.from && !hd_vec_push(&o->data, data)) o->out_of_memory = true;
    if (o->world) hd_world_hear(o->world);
}

/* Follows the stack pointer: a stack begins where the pointer is when it has been set. An agent
 * that has gone to a stack elsewhere, as coroutines do, may come back to the one that it began
 * with. */
static void follow(stack *s, uint64_t pointer) {
    if (s->borrowed && pointer != s->first && (pointer > s->first || s->first - pointer >= NEAR)) {
        s->borrowed = false;
        s->top = s->home = s->lowest = pointer;
    }
    if (pointer > s->top)
        s->top = pointer;
    else if (pointer <= s->home)
        s->top = s->home;
    if (pointer < s->lowest) s->lowest = pointer;
}

static bool holds(hd_region region, uint64_t address) {
    return address >= region.from && address < region.to;
}

/* What an agent uses of its stack: from its pointer up. */
static hd_region used(const stack *s) {
    uint64_t pointer = *s->pointer;
    return (hd_region){pointer < s->low ? s->low : pointer, s->top};
}

static bool told(const stack *s, uint32_t number) {
    for (size_t i = 0; i < s->told.len; i++)
        if (s->told.items[i] == number) return true;
    return false;
}

static const char *name_of(hd_overflows *o, uint32_t agent) {
    const char *name = hd_world_view(o->world, agent).name;
    const char *copy = hd_arena_strndup(o->arena, name, strlen(name));
    return copy ? copy : "";
}

static void add(hd_overflows *o, uint32_t agent, uint64_t step, const hd_event *e,
                hd_overflow_kind kind, hd_region region, uint32_t other) {
    stack *s = &o->stacks.items[agent];
    uint32_t number = other == HD_NO_AGENT ? UINT32_MAX - kind : other;
    if (told(s, number)) return;
    hd_overflow found = {.kind = kind,
                         .agent = agent,
                         .other = other,
                         .agent_name = name_of(o, agent),
                         .other_name = other == HD_NO_AGENT ? "" : name_of(o, other),
                         .step = step,
                         .stack_pointer = *s->pointer,
                         .address = e->address,
                         .length = e->length,
                         .stack = {s->low, s->top},
                         .region = region};
    const hd_member *member = hd_world_view(o->world, agent).member;
    if (member) hd_backtrace_take(hd_member_agent(member), o->arena, &found.backtrace);
    if (!hd_vec_push(&s->told, number) || !hd_vec_push(&o->found, found)) o->out_of_memory = true;
}

/* Looks at a write among the agent's frames; whose the bytes are matters more than that they are
 * beyond its end. */
static void check_write(hd_overflows *o, uint32_t agent, uint64_t step, const hd_event *e) {
    const stack *s = &o->stacks.items[agent];
    size_t before = o->found.len;
    for (size_t i = 0; i < o->data.len; i++) {
        hd_region data = o->data.items[i];
        /* A stack may have been made within static data. */
        if (holds(data, e->address) && !holds(data, s->top - 1))
            add(o, agent, step, e, HD_OVERFLOW_DATA, data, HD_NO_AGENT);
    }
    for (uint32_t i = 0; i < o->stacks.len; i++) {
        const stack *other = &o->stacks.items[i];
        if (i == agent || !other->pointer || other->memory != s->memory || other->borrowed)
            continue;
        hd_region region = used(other);
        if (!holds(region, e->address)) continue;
        hd_overflow_kind kind = HD_OVERFLOW_STACK;
        if (s->borrowed)
            kind = HD_OVERFLOW_BORROWED;
        else if (holds(region, s->top - 1))
            continue; /* the same stack: one within the other */
        add(o, agent, step, e, kind, region, i);
    }
    if (e->address < s->low && before == o->found.len)
        add(o, agent, step, e, HD_OVERFLOW_END, (hd_region){*s->pointer, s->low}, HD_NO_AGENT);
}

static void on_event(void *context, uint32_t agent, uint64_t step, const hd_event *e) {
    hd_overflows *o = context;
    if (agent >= o->stacks.len || o->out_of_memory) return;
    stack *s = &o->stacks.items[agent];
    if (!s->pointer) return;
    uint64_t pointer = *s->pointer;
    uint64_t top = s->top;
    if (pointer != top) follow(s, pointer);
    if (s->top != top) hd_world_hear(o->world);
    if (e->writes && e->memory == s->memory && e->address >= pointer && e->address < s->top)
        check_write(o, agent, step, e);
}

/* Only an agent whose pointer has come down into static data, or to the end of its stack, can write
 * beyond it there. Stacks of others may be anywhere. */
static bool on_spare(void *context, uint32_t agent, hd_sparse *sparse) {
    const hd_overflows *o = context;
    if (agent >= o->stacks.len || !o->stacks.items[agent].pointer) return true;
    const stack *s = &o->stacks.items[agent];
    uint64_t floor = s->low;
    for (size_t i = 0; i < o->data.len; i++) {
        hd_region data = o->data.items[i];
        if (data.from < s->top && !holds(data, s->top - 1) && data.to > floor) floor = data.to;
    }
    for (uint32_t i = 0; i < o->stacks.len; i++)
        if (i != agent && o->stacks.items[i].pointer) return false;
    sparse->word = s->pointer;
    sparse->floor = floor < UINT32_MAX ? (uint32_t)floor : UINT32_MAX;
    return !s->borrowed;
}

static void on_ended(void *context, uint32_t agent) {
    hd_overflows *o = context;
    if (agent >= o->stacks.len) return;
    o->stacks.items[agent].pointer = NULL;
    hd_vec_free(&o->stacks.items[agent].told);
}

hd_overflows *hd_overflows_new(hd_arena *arena) {
    hd_overflows *o = hd_calloc(1, sizeof *o);
    if (o) o->arena = arena;
    return o;
}

void hd_overflows_free(hd_overflows *o) {
    if (!o) return;
    for (size_t i = 0; i < o->stacks.len; i++)
        hd_vec_free(&o->stacks.items[i].told);
    hd_vec_free(&o->stacks);
    hd_vec_free(&o->data);
    hd_vec_free(&o->found);
    hd_free(o);
}

hd_observer hd_overflows_observer(hd_overflows *o) {
    return (hd_observer){.context = o, .event = on_event, .spare = on_spare, .ended = on_ended};
}

void hd_overflows_attach(hd_overflows *o, hd_world *world) {
    o->world = world;
}

size_t hd_overflows_count(const hd_overflows *o) {
    return o->found.len;
}

const hd_overflow *hd_overflows_get(const hd_overflows *o, size_t index) {
    return &o->found.items[index];
}

static void print_agent(FILE *to, uint32_t number, const char *name) {
    fprintf(to, *name ? "agent %" PRIu32 " (%s)" : "agent %" PRIu32, number, name);
}

void hd_overflow_print(FILE *to, const hd_overflow *f) {
    fputs(f->kind == HD_OVERFLOW_BORROWED ? "shadow stack of another agent in use: "
                                          : "shadow stack overflow: ",
          to);
    print_agent(to, f->agent, f->agent_name);
    fprintf(to, ", step %" PRIu64 ", writes %" PRIu64 " byte%s at 0x%" PRIx64 "\n", f->step,
            f->length, f->length == 1 ? "" : "s", f->address);
    fprintf(to, "  its __stack_pointer is 0x%" PRIx64, f->stack_pointer);
    if (f->kind == HD_OVERFLOW_BORROWED)
        fputs(", near the value of a fresh instance: nobody has set it for this agent", to);
    else if (f->stack.from)
        fprintf(to, ", its stack lies from 0x%" PRIx64 " to 0x%" PRIx64, f->stack.from,
                f->stack.to);
    else
        fprintf(to, ", its stack begins at 0x%" PRIx64 " and grows down", f->stack.to);
    fprintf(to, "\n  the bytes from 0x%" PRIx64 " to 0x%" PRIx64, f->region.from, f->region.to);
    switch (f->kind) {
    case HD_OVERFLOW_DATA: fputs(" are static data\n", to); break;
    case HD_OVERFLOW_END: fputs(" are none of it\n", to); break;
    default:
        fputs(" are in use as the stack of ", to);
        print_agent(to, f->other, f->other_name);
        fputc('\n', to);
    }
    hd_backtrace_print(to, &f->backtrace);
}
