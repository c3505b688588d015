/* recorded_run.c: see recorded_run.h. */
#include "report/recorded_run.h"

#include <stdlib.h>
#include <string.h>

enum { LINES_OF_ACCESS = 64 }; /* of a longer one, the first */

/* Copies. */

static void *copy(hd_recorded_run *run, const void *from, size_t count, size_t size) {
    if (count == 0) return NULL;
    void *to = hd_arena_alloc(&run->arena, count, size);
    if (to)
        memcpy(to, from, count * size);
    else
        run->incomplete = true;
    return to;
}

/* Copies a list of an event: its items and, where there is no memory, its length. */
#define COPY(run, event, list, count)                                                              \
    do {                                                                                           \
        (event)->list = copy(run, (event)->list, (event)->count, sizeof *(event)->list);           \
        if (!(event)->list) (event)->count = 0;                                                    \
    } while (0)

/* Memory. */

/* A line of a memory; NULL: there are too many, or memory is out. */
static hd_recorded_line *line_at(hd_recorded_run *run, const hd_record_access *a, uint64_t address,
                                 bool *made) {
    struct {
        uint64_t memory, address;
    } key = {a->memory, address};
    size_t index = (size_t)(uintptr_t)hd_map_get(&run->line_index, (const char *)&key, sizeof key);
    *made = index == 0;
    if (index > 0) return &run->lines.items[index - 1];
    if (run->lines.len == HD_RECORDED_LINES) {
        run->lines_left_out = true;
        return NULL;
    }
    hd_recorded_line line = {.memory = a->memory, .address = address};
    char *kept = hd_arena_strndup(&run->arena, (const char *)&key, sizeof key);
    index = run->lines.len + 1;
    if (!kept || !hd_vec_reserve(&run->lines, 1) ||
        !hd_map_put(&run->line_index, kept, sizeof key, (void *)(uintptr_t)index, NULL)) {
        run->incomplete = true;
        return NULL;
    }
    run->lines.items[run->lines.len++] = line;
    return &run->lines.items[index - 1];
}

/* What a line held before the access that touches it first. */
static void take_before(hd_recorded_line *line, const hd_record_access *a, const uint8_t *now) {
    for (unsigned i = 0; i < line->count; i++) {
        uint64_t in = line->address + i - a->address; /* wraps for bytes before the access */
        bool written = a->writes && in < a->length;
        if (written && !(a->found_known && in < a->width)) continue;
        line->before[i] = written ? (uint8_t)(a->found >> 8 * in) : now[i];
        line->known |= (uint16_t)(1u << i);
    }
}

/* Keeps the lines that an access touches. The changes of the event stand in one array, which is
 * that of `changes` with room for all. */
static void take_lines(hd_recorded_run *run, hd_recorded_event *to, const hd_record_access *a) {
    uint64_t size, first = a->address - a->address % HD_RECORDED_LINE;
    const uint8_t *bytes = hd_memory_data(a->bytes, &size);
    for (unsigned n = 0; n < LINES_OF_ACCESS; n++) {
        uint64_t address = first + (uint64_t)n * HD_RECORDED_LINE;
        bool made;
        if (address >= size || (address > a->address && address - a->address >= a->length)) return;
        hd_recorded_line *line = line_at(run, a, address, &made);
        if (!line) return;
        if (made) {
            line->count =
                size - address < HD_RECORDED_LINE ? (unsigned)(size - address) : HD_RECORDED_LINE;
            take_before(line, a, bytes + address);
        }
        if (!a->writes) continue;
        hd_recorded_change *change = &to->changes[to->change_count++];
        change->line = (size_t)(line - run->lines.items);
        memcpy(change->bytes, bytes + address, line->count);
    }
    run->lines_left_out = true;
}

static void take_memory(hd_recorded_run *run, hd_recorded_event *to) {
    size_t room = 0;
    for (size_t i = 0; i < to->e.access_count; i++) {
        const hd_record_access *a = &to->e.accesses[i];
        if (!a->writes) continue;
        uint64_t lines = a->length / HD_RECORDED_LINE + 2;
        room += lines < LINES_OF_ACCESS ? (size_t)lines : LINES_OF_ACCESS;
    }
    if (room > 0 && !(to->changes = hd_arena_alloc(&run->arena, room, sizeof *to->changes))) {
        run->incomplete = true;
        return;
    }
    for (size_t i = 0; i < to->e.access_count; i++)
        take_lines(run, to, &to->e.accesses[i]);
}

void hd_recorded_run_add(hd_recorded_run *run, const hd_record_event *event, const char *text) {
    hd_recorded_event kept = {.e = *event, .next = HD_NOT_KEPT};
    take_memory(run, &kept);
    COPY(run, &kept.e, accesses, access_count);
    COPY(run, &kept.e, woken, woken_count);
    COPY(run, &kept.e, spawned, spawned_count);
    COPY(run, &kept.e, others, other_count);
    if (text && !(kept.text = hd_arena_strndup(&run->arena, text, strlen(text))))
        run->incomplete = true;
    if (!hd_vec_push(&run->events, kept)) run->incomplete = true;
}

void hd_recorded_run_take_races(hd_recorded_run *run, const hd_race_detector *detector) {
    for (size_t i = 0; detector && i < hd_race_count(detector); i++) {
        const hd_race_report *r = hd_race_get(detector, i);
        if (r->grade != HD_RACE_ERROR && r->grade != HD_RACE_NOTE) continue;
        hd_recorded_race race = {.class = r->class,
                                 .grade = r->grade,
                                 .earlier = r->earlier.step,
                                 .later = r->later.step,
                                 .earlier_agent = r->earlier.agent,
                                 .later_agent = r->later.agent,
                                 .address = r->address,
                                 .length = r->length};
        if (!hd_vec_push(&run->races, race)) run->incomplete = true;
    }
}

/* The end. */

static int by_number(const void *a, const void *b) {
    uint32_t x = ((const hd_recorded_agent *)a)->number;
    uint32_t y = ((const hd_recorded_agent *)b)->number;
    return (x > y) - (x < y);
}

/* Links the events of each agent, and collects the agents. */
static bool link_events(hd_recorded_run *run) {
    HD_VEC(size_t)
    latest = {0}; /* by agent: the event that comes next, seen from behind; plus one */
    bool good = true;
    for (size_t i = run->events.len; good && i-- > 0;) {
        hd_recorded_event *event = &run->events.items[i];
        while (good && latest.len <= event->e.agent)
            good = hd_vec_push(&latest, 0);
        if (!good) break;
        size_t next = latest.items[event->e.agent];
        event->next = next ? next - 1 : HD_NOT_KEPT;
        latest.items[event->e.agent] = i + 1;
        event->waits = event->e.event.kind == HD_EVENT_WAIT && !event->e.timeout &&
                       (!next || run->events.items[next - 1].e.event.kind == HD_EVENT_RESUME);
    }
    for (size_t n = 0; good && n < latest.len; n++) {
        if (!latest.items[n]) continue;
        const hd_record_event *first = &run->events.items[latest.items[n] - 1].e;
        good = hd_vec_push(&run->agents,
                           ((hd_recorded_agent){first->agent, first->name, latest.items[n] - 1}));
    }
    if (run->agents.len > 0)
        qsort(run->agents.items, run->agents.len, sizeof *run->agents.items, by_number);
    hd_vec_free(&latest);
    return good;
}

bool hd_recorded_run_finish(hd_recorded_run *run) {
    if (!link_events(run)) run->incomplete = true;
    return !run->incomplete;
}

size_t hd_recorded_run_find(const hd_recorded_run *run, uint64_t step) {
    size_t low = 0, high = run->events.len;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (run->events.items[middle].e.step < step)
            low = middle + 1;
        else
            high = middle;
    }
    return low < run->events.len && run->events.items[low].e.step == step ? low : HD_NOT_KEPT;
}

size_t hd_recorded_run_agent(const hd_recorded_run *run, uint32_t number) {
    size_t low = 0, high = run->agents.len;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (run->agents.items[middle].number < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low < run->agents.len && run->agents.items[low].number == number ? low : HD_NOT_KEPT;
}

bool hd_recorded_run_races(const hd_recorded_run *run, uint64_t step) {
    for (size_t i = 0; i < run->races.len; i++) {
        const hd_recorded_race *race = &run->races.items[i];
        if (race->grade == HD_RACE_ERROR && (race->earlier == step || race->later == step))
            return true;
    }
    return false;
}

void hd_recorded_run_free(hd_recorded_run *run) {
    hd_vec_free(&run->events);
    hd_vec_free(&run->races);
    hd_vec_free(&run->agents);
    hd_vec_free(&run->lines);
    hd_map_free(&run->line_index);
    hd_arena_free(&run->arena);
}
