/* session_points.c: breakpoints, watchpoints, and what is caught. */
#include <string.h>

#include "debug/session_parts.h"

void hd_session_catch(hd_session *s, hd_halt_reason reason, bool caught) {
    s->caught = caught ? s->caught | 1U << reason : s->caught & ~(1U << reason);
}

bool hd_session_catches(const hd_session *s, hd_halt_reason reason) {
    return s->caught >> reason & 1;
}

uint32_t hd_session_add_point(hd_session *s, const hd_point *point) {
    hd_kept_point kept = {0};
    hd_point p = *point;
    bool good = hd_vec_reserve(&s->points, 1) && hd_vec_reserve(&s->kept, 1);
    if (good && p.name) good = (kept.name = hd_strndup(p.name, strlen(p.name))) != NULL;
    if (good && p.changes && p.length <= HD_MOST_WATCHED)
        good = (kept.before = hd_calloc(p.length, 1)) != NULL;
    if (!good) {
        hd_free(kept.name);
        return 0;
    }
    p.name = kept.name;
    p.number = ++s->last_number;
    p.hits = 0;
    s->points.items[s->points.len++] = p;
    s->kept.items[s->kept.len++] = kept;
    return p.number;
}

bool hd_session_remove_point(hd_session *s, uint32_t number) {
    for (size_t i = 0; i < s->points.len; i++) {
        if (s->points.items[i].number != number) continue;
        hd_free(s->kept.items[i].name);
        hd_free(s->kept.items[i].before);
        size_t behind = --s->points.len - i;
        s->kept.len--;
        memmove(&s->points.items[i], &s->points.items[i + 1], behind * sizeof *s->points.items);
        memmove(&s->kept.items[i], &s->kept.items[i + 1], behind * sizeof *s->kept.items);
        return true;
    }
    return false;
}

const hd_point *hd_session_points(const hd_session *s, size_t *count) {
    *count = s->points.len;
    return s->points.items;
}

/* Places. */

/* True if a label, `$name` or `"name"`, is a name, which may have its marks or not. */
static bool is_named(const char *label, const char *name) {
    size_t length = strlen(name);
    if (!label) return false;
    if (strcmp(label, name) == 0) return true;
    if (*label == '$') return strcmp(label + 1, name) == 0;
    return *label == '"' && strncmp(label + 1, name, length) == 0 &&
           strcmp(label + 1 + length, "\"") == 0;
}

static bool is_in_function(const hd_point *p, const hd_place_info *place) {
    if (!p->name) return place->function == p->where;
    for (size_t i = 0; i < place->frame.inlined_count; i++)
        if (is_named(place->frame.inlined[i].function, p->name)) return true;
    return is_named(place->frame.function, p->name);
}

/* True if a path is a file, or one of that name in some folder. */
static bool is_file(const char *path, const char *name) {
    size_t length = strlen(path), tail = strlen(name);
    if (length < tail || strcmp(path + length - tail, name) != 0) return false;
    return length == tail || path[length - tail - 1] == '/';
}

static bool is_at_line(const hd_point *p, const hd_source_frame *frame) {
    return frame->file && frame->line == p->where && (!p->name || is_file(frame->file, p->name));
}

static bool is_on_line(const hd_point *p, const hd_place_info *place) {
    for (size_t i = 0; i < place->frame.inlined_count; i++)
        if (is_at_line(p, &place->frame.inlined[i])) return true;
    return is_at_line(p, &place->frame.source);
}

/* True if an agent that goes from one place to another, either perhaps NULL, comes to a point. Who
 * stays in a function, or goes on within a line, does not come to it; but to an instruction. */
static bool comes_to(const hd_point *p, const hd_place_info *from, const hd_place_info *to) {
    if (!to) return false;
    switch (p->kind) {
    case HD_POINT_FUNCTION: return is_in_function(p, to) && !(from && is_in_function(p, from));
    case HD_POINT_OFFSET: return to->frame.offset == p->where;
    case HD_POINT_LINE:
        return is_on_line(p, to) &&
               !(from && is_on_line(p, from) && from->frame.offset < to->frame.offset);
    default: return false;
    }
}

/* Bytes. */

typedef struct range {
    uint32_t memory;
    uint64_t address, length;
    bool reads, writes;
} range;

static bool overlaps(void *context, const hd_kept_access *a) {
    const range *r = context;
    if (a->memory != r->memory || !((r->reads && a->reads) || (r->writes && a->writes)))
        return false;
    return a->address - r->address < r->length || r->address - a->address < a->length;
}

bool hd_session_touches(const hd_session *s, uint64_t step, uint32_t memory, uint64_t address,
                        uint64_t length, bool reads, bool writes) {
    range r = {memory, address, length, reads, writes};
    return hd_past_accesses(&s->history, step, overlaps, &r);
}

/* Copies bytes of the present; those beyond the memory's end are 0. */
static void copy(const hd_session *s, uint32_t number, uint64_t address, uint64_t length,
                 uint8_t *to) {
    hd_memory *memory = hd_session_memory(s, number);
    uint64_t size = 0;
    const uint8_t *bytes = memory ? hd_memory_data(memory, &size) : NULL;
    memset(to, 0, length);
    if (address >= size) return;
    memcpy(to, bytes + address, length < size - address ? length : size - address);
}

bool hd_session_changed(hd_session *s, uint64_t step, uint32_t memory, uint64_t address,
                        uint64_t length, bool *changed) {
    uint8_t before[HD_MOST_WATCHED], after[HD_MOST_WATCHED];
    if (length > HD_MOST_WATCHED) length = HD_MOST_WATCHED;
    if (!hd_session_go_to(s, step)) return false;
    copy(s, memory, address, length, before);
    if (!hd_session_go_to(s, step + 1)) return false;
    copy(s, memory, address, length, after);
    *changed = memcmp(before, after, length) != 0;
    return true;
}

void hd_session_keep_watched(hd_session *s) {
    for (size_t i = 0; i < s->points.len; i++) {
        const hd_point *p = &s->points.items[i];
        hd_kept_point *k = &s->kept.items[i];
        if (k->before) copy(s, p->memory, p->address, p->length, k->before);
    }
}

void hd_session_compare_watched(hd_session *s) {
    uint8_t now[HD_MOST_WATCHED];
    for (size_t i = 0; i < s->points.len; i++) {
        const hd_point *p = &s->points.items[i];
        hd_kept_point *k = &s->kept.items[i];
        if (!k->before) continue;
        copy(s, p->memory, p->address, p->length, now);
        k->changed = memcmp(k->before, now, p->length) != 0;
    }
}

/* Whether an event touches the bytes of a point as that wants; false after a failure, too. */
static bool is_watched(hd_session *s, size_t index, uint64_t step, bool fresh) {
    const hd_point *p = &s->points.items[index];
    bool changed = true;
    if (!hd_session_touches(s, step, p->memory, p->address, p->length, p->reads, p->writes))
        return false;
    if (!p->changes || !s->kept.items[index].before) return true;
    if (fresh) return s->kept.items[index].changed;
    return hd_session_changed(s, step, p->memory, p->address, p->length, &changed) && changed;
}

/* Halting. */

static bool catches(const hd_session *s, unsigned marks, hd_halt_reason *reason) {
    static const struct {
        unsigned mark;
        hd_halt_reason reason;
    } all[] = {{HD_MARK_CHECK, HD_HALT_CHECK},
               {HD_MARK_RACE, HD_HALT_RACE},
               {HD_MARK_TRAP, HD_HALT_TRAP},
               {HD_MARK_SPAWN, HD_HALT_SPAWN},
               {HD_MARK_END, HD_HALT_END}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (marks & all[i].mark && s->caught >> all[i].reason & 1) {
            *reason = all[i].reason;
            return true;
        }
    return false;
}

/* The point at which the event of a step halts a move; its index, or SIZE_MAX. */
static size_t find_point(hd_session *s, uint64_t step, bool fresh) {
    const hd_kept_event e = *hd_past_get(&s->history, step);
    const hd_place_info *from = hd_places_get(&s->places, e.place);
    const hd_place_info *to = hd_places_get(&s->places, e.arrival);
    for (size_t i = 0; i < s->points.len; i++) {
        const hd_point *p = &s->points.items[i];
        if (p->kind == HD_POINT_WATCH ? is_watched(s, i, step, fresh) : comes_to(p, from, to))
            return i;
    }
    return SIZE_MAX;
}

bool hd_session_halts(hd_session *s, uint64_t step, bool fresh, hd_halt *halt) {
    const hd_kept_event *e = hd_past_get(&s->history, step);
    static const unsigned said[] = {[HD_HALT_CHECK] = HD_MARK_CHECK, [HD_HALT_RACE] = HD_MARK_RACE};
    *halt = (hd_halt){.step = step + 1, .agent = e->agent};
    if (catches(s, e->marks, &halt->reason)) {
        if (halt->reason == HD_HALT_CHECK || halt->reason == HD_HALT_RACE)
            halt->text = hd_past_incident(&s->history, step, said[halt->reason]);
        return true;
    }
    size_t point = s->points.len > 0 ? find_point(s, step, fresh) : SIZE_MAX;
    if (point == SIZE_MAX) return false;
    hd_point *p = &s->points.items[point];
    p->hits++;
    halt->point = p->number;
    halt->reason = p->kind == HD_POINT_WATCH ? HD_HALT_WATCH : HD_HALT_BREAK;
    return true;
}
