/* session_stride.c: moves by lines and calls. */
#include <string.h>

#include "debug/session_parts.h"

/* An agent that has come nowhere by then, perhaps waits for another one. */
enum { MOST_EVENTS = 10 * 1000 * 1000 };

/* Where an agent is. */
typedef struct position {
    const hd_place_info *place; /* NULL: between two calls */
    size_t depth;
} position;

static position position_of(hd_session *s, uint32_t agent) {
    position p = {.place = hd_session_place(s, agent)};
    hd_task_view view = hd_world_view(s->world, agent);
    if (p.place && view.member) p.depth = hd_agent_backtrace(hd_member_agent(view.member), NULL, 0);
    return p;
}

/* The innermost line of a source, inlined or not. */
static const hd_source_frame *line_of(const hd_place_info *place) {
    return place->frame.inlined_count > 0 ? &place->frame.inlined[0] : &place->frame.source;
}

/* Without a source each instruction is a line. */
static bool same_line(const hd_place_info *a, const hd_place_info *b) {
    const hd_source_frame *x = line_of(a), *y = line_of(b);
    if (!x->file || !y->file) return a == b;
    return x->line == y->line && strcmp(x->file, y->file) == 0;
}

static bool is_there(hd_stride stride, const position *from, const position *to) {
    if (!to->place || !from->place) return true;
    if (stride == HD_STRIDE_OUT) return to->depth < from->depth;
    if (stride == HD_STRIDE_OVER && to->depth > from->depth) return false;
    return to->depth != from->depth || !same_line(from->place, to->place);
}

hd_halt hd_session_stride(hd_session *s, uint32_t agent, hd_stride stride) {
    hd_halt halt;
    if (!s->world || agent >= hd_world_count(s->world)) return hd_session_move(s, agent, 1, false);
    position from = position_of(s, agent), to;
    for (uint32_t i = 0; i < MOST_EVENTS; i++) {
        halt = hd_session_move(s, agent, 1, false);
        if (halt.reason == HD_HALT_REFUSED && i > 0) return hd_halt_at(s, HD_HALT_MOVED, NULL);
        if (halt.reason != HD_HALT_MOVED) return halt;
        to = position_of(s, agent);
        if (is_there(stride, &from, &to)) break;
    }
    return halt;
}
