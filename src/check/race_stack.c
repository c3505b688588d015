/* race_stack.c: code locations and call stacks. The one file of this room that knows the inside of
 * an agent: an event must not cost a walk through hd_agent_backtrace. */
#include "check/race_stack.h"

#include <string.h>

#include "exec/machine.h"

enum { RECENT = 4096, FIRST_ROOM = 256, MAX_NODES = 1 << 22 };

/* What has been found for an instruction under a stack of callers. */
typedef struct hd_stack_recent {
    const hd_insn *insn;
    uint32_t caller;
    hd_place place;
} recent;

static size_t mix(uint64_t a, uint64_t b) {
    return (size_t)((a * UINT64_C(0x9E3779B97F4A7C15) ^ b) * UINT64_C(0xD6E8FEB86659FD93) >> 24);
}

static size_t hash_location(const hd_location *l) {
    return mix((uintptr_t)l->module, l->module ? l->offset : l->offset ^ l->function);
}

static size_t hash_node(const hd_stack_node *n) {
    return mix(n->caller, n->location);
}

/* One for locations and one for nodes: finds an element of a vector, or appends it. The position is
 * UINT32_MAX when memory is out. */
#define DEFINE_INTERN(name, type, vector, index, hash, equal)                                      \
    static bool grow_##name(hd_stacks *s) {                                                        \
        size_t room = s->index.room ? s->index.room * 2 : FIRST_ROOM;                              \
        uint32_t *slots = hd_calloc(room, sizeof *slots);                                          \
        if (!slots) return false;                                                                  \
        for (size_t p = 0; p < s->vector.len; p++) {                                               \
            size_t i = hash(&s->vector.items[p]) & (room - 1);                                     \
            while (slots[i])                                                                       \
                i = (i + 1) & (room - 1);                                                          \
            slots[i] = (uint32_t)p + 1;                                                            \
        }                                                                                          \
        hd_free(s->index.slots);                                                                   \
        s->index.slots = slots;                                                                    \
        s->index.room = room;                                                                      \
        return true;                                                                               \
    }                                                                                              \
    static uint32_t intern_##name(hd_stacks *s, type key) {                                        \
        if (s->vector.len * 2 >= s->index.room && !grow_##name(s)) return UINT32_MAX;              \
        size_t i = hash(&key) & (s->index.room - 1);                                               \
        for (; s->index.slots[i]; i = (i + 1) & (s->index.room - 1)) {                             \
            const type *found = &s->vector.items[s->index.slots[i] - 1];                           \
            if (equal(found, &key)) return s->index.slots[i] - 1;                                  \
        }                                                                                          \
        if (!hd_vec_push(&s->vector, key)) return UINT32_MAX;                                      \
        s->index.slots[i] = (uint32_t)s->vector.len;                                               \
        return (uint32_t)s->vector.len - 1;                                                        \
    }

#define SAME_LOCATION(a, b)                                                                        \
    ((a)->module == (b)->module && (a)->function == (b)->function && (a)->offset == (b)->offset)
#define SAME_NODE(a, b) ((a)->caller == (b)->caller && (a)->location == (b)->location)

DEFINE_INTERN(location, hd_location, locations, by_location, hash_location, SAME_LOCATION)
DEFINE_INTERN(node, hd_stack_node, nodes, by_node, hash_node, SAME_NODE)

/* Stands for no stack: is equal to no node that is looked for. */
static const hd_stack_node no_stack = {UINT32_MAX, UINT32_MAX};

/* The node of a location under a stack of callers; too many stacks, and it stands alone. */
static bool find_place(hd_stacks *s, uint32_t caller, hd_location location, hd_place *place) {
    if (s->nodes.len == 0 && !hd_vec_push(&s->nodes, no_stack)) return false;
    place->location = intern_location(s, location);
    if (place->location == UINT32_MAX) return false;
    if (s->nodes.len >= MAX_NODES) caller = 0;
    place->stack = intern_node(s, (hd_stack_node){caller, place->location});
    return place->stack != UINT32_MAX;
}

bool hd_stacks_numbered(hd_stacks *s, uint32_t number, hd_place *place) {
    return find_place(s, 0, (hd_location){NULL, 0, number}, place);
}

/* A place in the host. There are few of its functions, and they are looked for seldom. */
static bool find_host(hd_stacks *s, uint32_t caller, const char *name, hd_place *place) {
    uint32_t i = 0;
    while (i < s->hosts.len && strcmp(s->hosts.items[i], name) != 0)
        i++;
    if (i == s->hosts.len) {
        char *copy = hd_strndup(name, strlen(name));
        if (!copy || !hd_vec_push(&s->hosts, copy)) {
            hd_free(copy);
            return false;
        }
    }
    return find_place(s, caller, (hd_location){NULL, i + 1, 0}, place);
}

static bool find_insn(hd_stacks *s, uint32_t caller, const hd_func *func, const hd_insn *insn,
                      hd_place *place) {
    const hd_code *code = func->code;
    if (!code->base) return find_host(s, caller, func->host_name, place);
    hd_location location = {hd_codebase_module(code->base), code->function,
                            hd_code_offset(code, insn)};
    return find_place(s, caller, location, place);
}

/* Where the caller of a frame goes on. */
static const hd_insn *return_of(const hd_agent *agent, const hd_frame *frame) {
    /* A call into another instance left its way back in the caller's frame. */
    if (frame->ret == &agent->reload && frame->caller) return hd_frame_at(frame->caller)->resume;
    return frame->ret;
}

/* Enters the callers of the innermost frame into the tree, outermost first. */
static bool find_callers(hd_stacks *s, const hd_agent *agent, hd_callers *callers) {
    hd_place place = {0};
    callers->count = 0;
    for (hd_slot *fp = agent->fp; fp && callers->count < HD_STACK_FRAMES;
         fp = hd_frame_at(fp)->caller) {
        callers->frames[callers->count].frame = fp;
        callers->frames[callers->count++].ret = return_of(agent, hd_frame_at(fp));
    }
    for (uint32_t i = callers->count; i-- > 0;) {
        hd_slot *fp = ((const hd_frame *)callers->frames[i].frame)->caller;
        const hd_insn *ret = callers->frames[i].ret;
        /* Callers stand behind their call: its last unit is the one before. */
        if (fp && !find_insn(s, place.stack, hd_frame_at(fp)->func, ret - 1, &place)) return false;
    }
    callers->node = place.stack;
    return true;
}

static bool same_callers(const hd_agent *agent, const hd_callers *callers) {
    uint32_t i = 0;
    for (hd_slot *fp = agent->fp; fp && i < HD_STACK_FRAMES; fp = hd_frame_at(fp)->caller, i++)
        if (i >= callers->count || callers->frames[i].frame != fp ||
            callers->frames[i].ret != return_of(agent, hd_frame_at(fp)))
            return false;
    return i == callers->count;
}

bool hd_stacks_here(hd_stacks *s, const hd_agent *agent, hd_callers *callers, hd_place *place) {
    if (!s->recent && !(s->recent = hd_calloc(RECENT, sizeof(recent)))) return false;
    if (!agent->fp) return find_host(s, 0, "instantiation", place);
    if (!same_callers(agent, callers) && !find_callers(s, agent, callers)) {
        callers->count = 0;
        return false;
    }
    recent *r = &s->recent[((uintptr_t)agent->pc / sizeof(hd_insn) + callers->node) % RECENT];
    if (r->insn != agent->pc || r->caller != callers->node) {
        const hd_func *func = hd_frame_at(agent->fp)->func;
        /* The functions of the host share their one instruction: it is never among the recent. */
        if (!func->code->base) return find_host(s, callers->node, func->host_name, place);
        r->insn = NULL;
        if (!find_insn(s, callers->node, func, agent->pc, &r->place)) return false;
        r->insn = agent->pc;
        r->caller = callers->node;
    }
    *place = r->place;
    return true;
}

static bool describe_location(const hd_stacks *s, const hd_location *location, bool full,
                              hd_arena *arena, hd_report_frame *to) {
    if (location->module)
        return hd_report_frame_take(location->module, location->function, location->offset, full,
                                    arena, to);
    to->host = location->function > 0;
    const char *name = to->host ? s->hosts.items[location->function - 1] : "";
    to->function = hd_arena_strndup(arena, name, strlen(name));
    to->offset = location->offset;
    return to->function;
}

bool hd_stacks_describe(const hd_stacks *s, uint32_t stack, bool full, hd_arena *arena,
                        hd_backtrace *backtrace) {
    size_t depth = 0;
    for (uint32_t n = stack; n; n = s->nodes.items[n].caller)
        depth++;
    *backtrace = (hd_backtrace){.count = depth, .depth = depth};
    backtrace->frames = hd_arena_alloc(arena, depth, sizeof *backtrace->frames);
    if (!backtrace->frames) return false;
    for (size_t i = 0; i < depth; i++, stack = s->nodes.items[stack].caller)
        if (!describe_location(s, &s->locations.items[s->nodes.items[stack].location], full, arena,
                               &backtrace->frames[i]))
            return false;
    return true;
}

bool hd_stacks_out_of_bounds(const hd_agent *agent, const hd_memory **memory, uint64_t *address,
                             uint32_t *width) {
    if (hd_agent_get_state(agent) != HD_AGENT_TRAPPED || agent->trap != HD_TRAP_MEMORY_OOB ||
        !agent->fault_width || !agent->fault_memory || !agent->fault_memory->type.shared)
        return false;
    *memory = agent->fault_memory;
    *address = agent->fault;
    *width = agent->fault_width;
    return true;
}

bool hd_stacks_keep(hd_stacks *s) {
    enum { MOST_KEPT = 1 << 16 };
    if (s->locations.len <= MOST_KEPT && s->nodes.len <= MOST_KEPT) return true;
    hd_stacks_free(s);
    return false;
}

void hd_stacks_free(hd_stacks *s) {
    hd_vec_free(&s->locations);
    hd_vec_free(&s->nodes);
    hd_free(s->by_location.slots);
    hd_free(s->by_node.slots);
    hd_free(s->recent);
    for (size_t i = 0; i < s->hosts.len; i++)
        hd_free(s->hosts.items[i]);
    hd_vec_free(&s->hosts);
    *s = (hd_stacks){0};
}
