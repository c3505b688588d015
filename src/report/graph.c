/* graph.c: see graph.h. */
#include "report/graph.h"

#include <inttypes.h>

#include "check/race_report.h"
#include "report/event_words.h"
#include "report/markup.h"

/* Sizes, in the picture's units; characters are at most so wide. */
enum {
    MARGIN = 60, /* on the left, for steps */
    COLUMN = 240,
    ROW = 30,
    BOX = 200,
    HEIGHT = 22,
    TOP = 90,
    CHARACTERS = 30, /* in a box */
};

typedef struct graph {
    FILE *to;
    const hd_recorded_run *run;
} graph;

/* The middle of a node. */
typedef struct point {
    size_t x, y;
} point;

static point node(const graph *g, size_t index) {
    size_t column = hd_recorded_run_agent(g->run, g->run->events.items[index].e.agent);
    return (point){MARGIN + column * COLUMN + COLUMN / 2, TOP + index * ROW + ROW / 2};
}

/* Edges. */

/* An arrow between two events of different agents, with what it means. */
static void put_arrow(const graph *g, size_t from, size_t to, const char *class,
                      const char *meaning) {
    point a = node(g, from), b = node(g, to);
    bool right = b.x > a.x;
    size_t x1 = right ? a.x + BOX / 2 : a.x - BOX / 2;
    size_t x2 = right ? b.x - BOX / 2 : b.x + BOX / 2;
    size_t c1 = right ? x1 + COLUMN / 6 : x1 - COLUMN / 6;
    size_t c2 = right ? x2 - COLUMN / 6 : x2 + COLUMN / 6;
    const hd_record_event *e = &g->run->events.items[from].e, *f = &g->run->events.items[to].e;
    fprintf(
        g->to,
        "<path class=\"%s\" d=\"M%zu %zuC%zu %zu %zu %zu %zu %zu\" marker-end=\"url(#head-%s)\">"
        "<title>%s: step %" PRIu64 " to step %" PRIu64 "</title></path>\n",
        class, x1, a.y, c1, a.y, c2, b.y, x2, b.y, class, meaning, e->step, f->step);
}

/* What happened before what, between agents: to the event from that of a step. */
static void put_edge(const graph *g, uint64_t from_step, size_t to, const char *class,
                     const char *meaning) {
    size_t from = from_step == HD_NO_EVENT ? HD_NOT_KEPT : hd_recorded_run_find(g->run, from_step);
    if (from == HD_NOT_KEPT) return;
    if (g->run->events.items[from].e.agent == g->run->events.items[to].e.agent) return;
    put_arrow(g, from, to, class, meaning);
}

static bool is_atomic(hd_event_kind kind) {
    switch (kind) {
    case HD_EVENT_ATOMIC_LOAD:
    case HD_EVENT_ATOMIC_STORE:
    case HD_EVENT_RMW:
    case HD_EVENT_CMPXCHG:
    case HD_EVENT_WAIT: return true;
    default: return false;
    }
}

/* synchronizes-with: an atomic read takes its value from an atomic write of the same range. */
static bool synchronizes(const graph *g, const hd_record_event *e, const hd_record_access *a) {
    size_t from = hd_recorded_run_find(g->run, a->from_step);
    if (from == HD_NOT_KEPT || !is_atomic(e->event.kind)) return false;
    const hd_record_event *w = &g->run->events.items[from].e;
    return is_atomic(w->event.kind) && w->access_count == 1 && w->accesses[0].writes &&
           w->accesses[0].memory == a->memory && w->accesses[0].address == a->address &&
           w->accesses[0].length == a->length;
}

static void put_reads(const graph *g, size_t index) {
    const hd_record_event *e = &g->run->events.items[index].e;
    for (size_t i = 0; i < e->access_count; i++) {
        const hd_record_access *a = &e->accesses[i];
        if (!a->reads || a->from_step == HD_NO_EVENT) continue;
        put_edge(g, a->from_step, index, "rf", "reads-from");
        if (synchronizes(g, e, a))
            put_edge(g, a->from_step, index, "sw", "synchronizes-with (reads-from)");
    }
}

static void put_cause(const graph *g, size_t index) {
    const hd_record_event *e = &g->run->events.items[index].e;
    put_edge(g, e->cause, index, "sw",
             e->event.kind == HD_EVENT_RESUME ? "synchronizes-with (notify)"
             : e->event.kind == HD_EVENT_JOIN ? "synchronizes-with (end and join)"
                                              : "synchronizes-with (spawn)");
}

/* Growth synchronizes with whoever reads the length behind it. */
static void put_lengths(const graph *g) {
    size_t grown = HD_NOT_KEPT;
    for (size_t i = 0; i < g->run->events.len; i++) {
        const hd_event *e = &g->run->events.items[i].e.event;
        bool length = e->kind == HD_EVENT_SIZE || e->kind == HD_EVENT_GROW;
        if (length && grown != HD_NOT_KEPT &&
            g->run->events.items[grown].e.event.memory == e->memory)
            put_edge(g, g->run->events.items[grown].e.step, i, "sw",
                     "synchronizes-with (memory.grow)");
        if (e->kind == HD_EVENT_GROW && e->writes) grown = i;
    }
}

static void put_program_order(const graph *g, size_t index) {
    size_t next = g->run->events.items[index].next;
    if (next == HD_NOT_KEPT) return;
    point a = node(g, index), b = node(g, next);
    fprintf(g->to, "<path class=\"%s\" d=\"M%zu %zuV%zu\"/>\n",
            g->run->events.items[index].waits ? "po waits" : "po", a.x, a.y + HEIGHT / 2,
            b.y - HEIGHT / 2);
}

static void put_race(const graph *g, const hd_recorded_race *race) {
    size_t from = hd_recorded_run_find(g->run, race->earlier);
    size_t to = hd_recorded_run_find(g->run, race->later);
    if (from == HD_NOT_KEPT || to == HD_NOT_KEPT || race->earlier_agent == race->later_agent)
        return;
    bool error = race->grade == HD_RACE_ERROR;
    char meaning[96];
    snprintf(meaning, sizeof meaning, "%s, no happens-before", hd_race_class_name(race->class));
    put_arrow(g, from, to, error ? "race" : "note", meaning);
    point a = node(g, from), b = node(g, to);
    fprintf(g->to, "<text class=\"%s\" x=\"%zu\" y=\"%zu\">", error ? "race" : "note",
            (a.x + b.x) / 2, (a.y + b.y) / 2 - 4);
    fputs(hd_race_class_name(race->class), g->to);
    fputs("</text>\n", g->to);
}

/* Nodes. */

static void put_node(const graph *g, size_t index) {
    char words[HD_EVENT_WORDS], place[HD_EVENT_WORDS], both[2 * HD_EVENT_WORDS];
    const hd_recorded_event *event = &g->run->events.items[index];
    const hd_record_event *e = &event->e;
    point p = node(g, index);
    snprintf(both, sizeof both, "%s%s", hd_event_words(e, words), hd_place_words(e->place, place));
    fprintf(g->to,
            "<text class=\"step\" x=\"%d\" y=\"%zu\">%" PRIu64 "</text>\n"
            "<g class=\"event%s%s\" data-step=\"%" PRIu64 "\"><title>",
            MARGIN - 6, p.y + 4, e->step, hd_recorded_run_races(g->run, e->step) ? " racing" : "",
            e->preempts ? " preempts" : "", e->step);
    hd_markup_text(g->to, event->text ? event->text : both, SIZE_MAX);
    fprintf(g->to,
            "</title><rect x=\"%zu\" y=\"%zu\" width=\"%d\" height=\"%d\" rx=\"3\"/>"
            "<text x=\"%zu\" y=\"%zu\">",
            p.x - BOX / 2, p.y - HEIGHT / 2, BOX, HEIGHT, p.x, p.y + 4);
    hd_markup_text(g->to, both, CHARACTERS);
    fputs("</text></g>\n", g->to);
}

static void put_agent(const graph *g, size_t column) {
    const hd_recorded_agent *agent = &g->run->agents.items[column];
    fprintf(g->to, "<text class=\"agent\" x=\"%zu\" y=\"%d\">%" PRIu32 " ",
            MARGIN + column * COLUMN + COLUMN / 2, TOP - 14, agent->number);
    hd_markup_text(g->to, agent->name, CHARACTERS - 8);
    fputs("</text>\n", g->to);
}

/* Around them. */

static const char style[] =
    "<style>"
    ".graph text{font:11px monospace;text-anchor:middle;fill:#222}"
    ".graph .head,.graph .key{text-anchor:start}.graph .head,.graph .agent{font-weight:bold}"
    ".graph .step{text-anchor:end;fill:#777}"
    ".graph path{fill:none;stroke-width:1.5}"
    ".graph .event rect{fill:#f4f4f4;stroke:#888}.graph .preempts rect{stroke:#b70;stroke-width:2}"
    ".graph .racing rect{fill:#fee;stroke:#c00;stroke-width:2}"
    ".graph .po{stroke:#999}.graph .waits{stroke-dasharray:2 3}"
    ".graph .rf{stroke:#36c;stroke-dasharray:5 3}.graph .sw{stroke:#283}"
    ".graph text.race,.graph text.note{paint-order:stroke;stroke:#fff;stroke-width:3px}"
    ".graph path.race{stroke:#c00;stroke-width:3;stroke-dasharray:9 4}.graph text.race{fill:#c00}"
    ".graph path.note{stroke:#b70;stroke-dasharray:9 4}.graph text.note{fill:#b70}"
    ".graph .rf-head{fill:#36c}.graph .sw-head{fill:#283}.graph .race-head{fill:#c00}"
    ".graph .note-head{fill:#b70}"
    "</style>\n";

static void put_heads(const graph *g) {
    static const char *const classes[] = {"rf", "sw", "race", "note"};
    fputs("<defs>\n", g->to);
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
        fprintf(
            g->to,
            "<marker id=\"head-%s\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"8\" "
            "markerHeight=\"8\" markerUnits=\"userSpaceOnUse\" orient=\"auto\">"
            "<path class=\"%s-head\" d=\"M0 0L8 4L0 8z\"/></marker>\n",
            classes[i], classes[i]);
    fputs("</defs>\n", g->to);
}

static void put_key(const graph *g) {
    static const struct {
        const char *class, *meaning;
    } key[] = {{"po", "program order"},
               {"rf", "reads-from"},
               {"sw", "synchronizes-with"},
               {"race", "race: no happens-before"}};
    size_t x = MARGIN;
    for (size_t i = 0; i < sizeof key / sizeof *key; i++, x += 150)
        fprintf(g->to,
                "<path class=\"%s\" d=\"M%zu 46h24\"/><text class=\"key\" x=\"%zu\" "
                "y=\"50\">%s</text>\n",
                key[i].class, x, x + 30, key[i].meaning);
}

static void put_head(const graph *g) {
    fprintf(g->to, "<text class=\"head\" x=\"%d\" y=\"22\">", MARGIN);
    if (g->run->subject) {
        hd_markup_text(g->to, g->run->subject, 60);
        fputs(": ", g->to);
    }
    if (g->run->end) hd_markup_text(g->to, g->run->end, 80);
    if (g->run->left_out > 0)
        fprintf(g->to, " (%" PRIu64 " events are left out)", g->run->left_out);
    fputs("</text>\n", g->to);
}

void hd_event_graph_print(FILE *to, const hd_recorded_run *run, bool inside) {
    enum { LEAST_WIDTH = 720 };
    graph g = {to, run};
    size_t width = MARGIN + run->agents.len * COLUMN, height = TOP + run->events.len * ROW + 10;
    if (width < LEAST_WIDTH) width = LEAST_WIDTH;
    if (!inside) fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n", to);
    fprintf(to,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"graph\" width=\"%zu\" "
            "height=\"%zu\" viewBox=\"0 0 %zu %zu\">\n",
            width, height, width, height);
    fputs(style, to);
    put_heads(&g);
    if (!inside) {
        fputs("<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n", to);
        put_head(&g);
    }
    put_key(&g);
    for (size_t i = 0; i < run->agents.len; i++)
        put_agent(&g, i);
    for (size_t i = 0; i < run->events.len; i++)
        put_program_order(&g, i);
    for (size_t i = 0; i < run->events.len; i++)
        put_node(&g, i);
    for (size_t i = 0; i < run->events.len; i++) {
        put_reads(&g, i);
        put_cause(&g, i);
    }
    put_lengths(&g);
    for (size_t i = 0; i < run->races.len; i++)
        put_race(&g, &run->races.items[i]);
    fputs("</svg>\n", to);
}
