/* places.c: see places.h. */
#include "debug/places.h"

void hd_places_free(hd_places *p) {
    hd_map_free(&p->index);
    hd_vec_free(&p->list);
    hd_arena_free(&p->arena);
}

static const hd_place_info *fail(hd_places *p) {
    p->incomplete = true;
    return NULL;
}

const hd_place_info *hd_places_at(hd_places *p, const hd_module *module, uint32_t function,
                                  uint32_t offset) {
    struct {
        const hd_module *module;
        uint64_t offset;
    } key = {module, offset};
    hd_place_info *place = hd_map_get(&p->index, (const char *)&key, sizeof key);
    if (place) return place;
    char *kept = hd_arena_strndup(&p->arena, (const char *)&key, sizeof key);
    place = hd_arena_alloc(&p->arena, 1, sizeof *place);
    if (!kept || !place) return fail(p);
    *place = (hd_place_info){.id = (uint32_t)p->list.len + 1, .function = function};
    if (!hd_report_frame_take(module, function, offset, true, &p->arena, &place->frame) ||
        !hd_vec_push(&p->list, place))
        return fail(p);
    if (!hd_map_put(&p->index, kept, sizeof key, place, NULL)) {
        p->list.len--;
        return fail(p);
    }
    return place;
}

const hd_place_info *hd_places_of_agent(hd_places *p, const hd_world *world, uint32_t agent) {
    enum { DEPTH = 4 };
    hd_backtrace_frame frames[DEPTH];
    hd_task_view view = hd_world_view(world, agent);
    bool resumes = view.next && view.next->kind == HD_EVENT_RESUME;
    if (!view.member || view.state == HD_TASK_ENDED || view.state == HD_TASK_JOINING ||
        (view.state == HD_TASK_READY && !resumes))
        return NULL;
    size_t depth = hd_agent_backtrace(hd_member_agent(view.member), frames, DEPTH);
    for (size_t i = 0; i < depth && i < DEPTH; i++) {
        const hd_func *func = frames[i].func;
        if (func->instance)
            return hd_places_at(p, func->instance->module, func->index, frames[i].offset);
    }
    return NULL;
}

const hd_place_info *hd_places_get(const hd_places *p, uint32_t id) {
    return id > 0 && id <= p->list.len ? p->list.items[id - 1] : NULL;
}
