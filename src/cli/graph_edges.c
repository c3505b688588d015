/* graph_edges.c: happens-before of an execution, and its graph in the language of Graphviz.
 *
 * doc/events.md, "Races", has the rules, fences included; the detector of races, which has its own
 * way to them (check/race.c), knows suppressions besides. An event has a clock: how many events of
 * each agent happen before it, or are it. Program order and synchronizes-with are drawn as they are
 * and happens-before, their closure, only between accesses that conflict: of each other agent the
 * latest one before. Those that it does not order race. */
#include "cli/graph_edges.h"

#include <inttypes.h>
#include <string.h>

#include "base/alloc.h"
#include "cli/dot.h"

typedef enum relation { RELATION_SW, RELATION_RF, RELATION_HB, RELATION_RACE } relation;

typedef struct edge {
    size_t from, to;
    relation relation;
} edge;

typedef struct drawing {
    const hd_graph *graph;
    uint32_t *clocks;   /* of each node, a row of so many numbers as there are agents; … */
    uint32_t *released; /* … of a write: what whoever reads it and fences then knows; … */
    uint32_t *fenced;   /* … of an agent: its clock at its last fence */
    uint32_t *ordinals; /* of each node among those of its agent, from 1 */
    size_t *last;       /* of each agent: one more than its last node so far, or 0 */
    bool *has_fenced;   /* of each agent */
    HD_VEC(edge) edges;
    bool incomplete;
} drawing;

static const hd_graph_node *node(const drawing *d, size_t i) {
    return &d->graph->nodes.items[i];
}

static uint32_t *row(const drawing *d, uint32_t *rows, size_t i) {
    return rows + i * d->graph->agents;
}

static void join(const drawing *d, uint32_t *clock, const uint32_t *other) {
    for (uint32_t i = 0; i < d->graph->agents; i++)
        if (other[i] > clock[i]) clock[i] = other[i];
}

static bool is_before(const drawing *d, size_t from, size_t to) {
    return row(d, d->clocks, to)[node(d, from)->agent] >= d->ordinals[from];
}

static void draw(drawing *d, size_t from, size_t to, relation kind) {
    for (size_t i = 0; i < d->edges.len; i++) {
        const edge *e = &d->edges.items[i];
        if (e->from == from && e->to == to && e->relation == kind) return;
    }
    if (!hd_vec_push(&d->edges, ((edge){from, to, kind}))) d->incomplete = true;
}

static void synchronize(drawing *d, size_t from, size_t to) {
    join(d, row(d, d->clocks, to), row(d, d->clocks, from));
    if (node(d, from)->agent != node(d, to)->agent) draw(d, from, to, RELATION_SW);
}

/* The node of a step, or SIZE_MAX: every event is a node. */
static size_t find(const drawing *d, uint64_t step) {
    for (size_t i = 0; step != HD_NO_EVENT && i < d->graph->nodes.len; i++)
        if (node(d, i)->step == step) return i;
    return SIZE_MAX;
}

static bool is_atomic(const hd_graph_node *n) {
    return n->kind == HD_EVENT_ATOMIC_LOAD || n->kind == HD_EVENT_ATOMIC_STORE ||
           n->kind == HD_EVENT_RMW || n->kind == HD_EVENT_CMPXCHG || n->kind == HD_EVENT_WAIT;
}

static const hd_graph_access *access_of(const drawing *d, const hd_graph_node *n, size_t i) {
    return &d->graph->accesses.items[n->first + i];
}

static bool overlap(const hd_graph_access *a, const hd_graph_access *b) {
    return a->memory == b->memory && a->address < b->address + b->length &&
           b->address < a->address + a->length;
}

/* True if both are one atomic access of the same range. */
static bool same_range(const drawing *d, size_t i, size_t k) {
    const hd_graph_node *a = node(d, i), *b = node(d, k);
    if (!is_atomic(a) || !is_atomic(b) || a->count != 1 || b->count != 1) return false;
    const hd_graph_access *x = access_of(d, a, 0), *y = access_of(d, b, 0);
    return x->memory == y->memory && x->address == y->address && x->length == y->length;
}

/* What an event reads, and from whom. */
static void draw_reads(drawing *d, size_t to) {
    const hd_graph_node *n = node(d, to);
    for (size_t i = 0; i < n->count; i++) {
        const hd_graph_access *a = access_of(d, n, i);
        size_t from = a->reads ? find(d, a->from) : SIZE_MAX;
        if (from == SIZE_MAX) continue;
        if (node(d, from)->agent != n->agent) draw(d, from, to, RELATION_RF);
        if (same_range(d, from, to)) synchronize(d, from, to);
    }
}

/* True if the event enters, leaves or wakes in a wait queue. */
static bool is_of_queue(const drawing *d, size_t i) {
    const hd_graph_node *n = node(d, i);
    if (n->kind == HD_EVENT_RESUME) return n->memory != NULL;
    if (n->kind == HD_EVENT_NOTIFY) return n->woke;
    if (n->kind != HD_EVENT_WAIT) return false;
    for (size_t k = i + 1; k < d->graph->nodes.len; k++)
        if (node(d, k)->agent == n->agent) return node(d, k)->kind == HD_EVENT_RESUME;
    return true;
}

static bool reads_length(const hd_graph_node *n) {
    return n->kind == HD_EVENT_SIZE || n->kind == HD_EVENT_GROW || n->kind == HD_EVENT_INSTANTIATE;
}

/* The order of queues and lengths: the latest one before. */
static void draw_objects(drawing *d, size_t to) {
    const hd_graph_node *n = node(d, to);
    bool queue = is_of_queue(d, to), length = reads_length(n) && n->memory;
    for (size_t i = to; i-- > 0 && (queue || length);) {
        const hd_graph_node *other = node(d, i);
        if (other->memory != n->memory) continue;
        if (queue && other->address == n->address && is_of_queue(d, i)) {
            synchronize(d, i, to);
            queue = false;
        }
        if (length && other->kind == HD_EVENT_GROW && other->changes) {
            synchronize(d, i, to);
            length = false;
        }
    }
}

/* A fence knows what was released by writes that its agent has read from before. */
static void draw_fence(drawing *d, size_t to) {
    uint32_t agent = node(d, to)->agent;
    for (size_t i = 0; i < to; i++) {
        const hd_graph_node *n = node(d, i);
        for (size_t k = 0; n->agent == agent && k < n->count; k++) {
            const hd_graph_access *a = access_of(d, n, k);
            size_t from = a->reads ? find(d, a->from) : SIZE_MAX;
            if (from == SIZE_MAX || node(d, from)->agent == agent || same_range(d, from, i))
                continue;
            if (!is_atomic(node(d, from)) && !d->has_fenced[node(d, from)->agent]) continue;
            join(d, row(d, d->clocks, to), row(d, d->released, from));
            draw(d, from, to, RELATION_SW);
        }
    }
}

/* Gives an event its clock. */
static void order(drawing *d, size_t i) {
    const hd_graph_node *n = node(d, i);
    uint32_t *clock = row(d, d->clocks, i);
    size_t bytes = d->graph->agents * sizeof *clock;
    if (d->last[n->agent] > 0) memcpy(clock, row(d, d->clocks, d->last[n->agent] - 1), bytes);
    d->ordinals[i] = d->last[n->agent] > 0 ? d->ordinals[d->last[n->agent] - 1] + 1 : 1;
    size_t cause = find(d, n->cause);
    if (cause != SIZE_MAX) synchronize(d, cause, i);
    draw_reads(d, i);
    draw_objects(d, i);
    if (n->kind == HD_EVENT_FENCE) draw_fence(d, i);
    clock[n->agent] = d->ordinals[i];
    if (n->kind == HD_EVENT_FENCE) {
        memcpy(row(d, d->fenced, n->agent), clock, bytes);
        d->has_fenced[n->agent] = true;
    }
    memcpy(row(d, d->released, i), is_atomic(n) ? clock : row(d, d->fenced, n->agent), bytes);
    d->last[n->agent] = i + 1;
}

static bool conflict(const drawing *d, size_t i, size_t k) {
    const hd_graph_node *a = node(d, i), *b = node(d, k);
    for (size_t x = 0; x < a->count; x++)
        for (size_t y = 0; y < b->count; y++) {
            const hd_graph_access *p = access_of(d, a, x), *q = access_of(d, b, y);
            if (overlap(p, q) && (p->writes || q->writes)) return true;
        }
    return false;
}

static bool is_drawn(const drawing *d, size_t from, size_t to) {
    for (size_t i = 0; i < d->edges.len; i++)
        if (d->edges.items[i].from == from && d->edges.items[i].to == to &&
            d->edges.items[i].relation == RELATION_SW)
            return true;
    return false;
}

/* Of each other agent the latest event before that conflicts. */
static void compare(drawing *d, size_t to) {
    for (uint32_t agent = 0; agent < d->graph->agents; agent++) {
        size_t from = to;
        while (from > 0 && !(node(d, from - 1)->agent == agent && conflict(d, from - 1, to)))
            from--;
        if (from == 0 || agent == node(d, to)->agent) continue;
        from--;
        if (!is_before(d, from, to)) {
            if (!same_range(d, from, to)) draw(d, from, to, RELATION_RACE);
        } else if (!is_drawn(d, from, to)) {
            draw(d, from, to, RELATION_HB);
        }
    }
}

/* Text. */

static void print_agent(FILE *to, const drawing *d, uint32_t agent) {
    bool any = false;
    for (size_t i = 0; i < d->graph->nodes.len; i++) {
        const hd_graph_node *n = node(d, i);
        if (n->agent != agent) continue;
        if (!any) {
            fprintf(to, "  subgraph cluster_%" PRIu32 " {\n    color=gray;\n    label=", agent);
            hd_dot_text(to, n->name, true);
            fputs(";\n", to);
        }
        any = true;
        fprintf(to, "    e%zu [label=", i);
        hd_dot_text(to, n->label, true);
        fputs("];\n", to);
    }
    if (any) fputs("  }\n", to);
}

static void print_program_order(FILE *to, const drawing *d) {
    memset(d->last, 0, d->graph->agents * sizeof *d->last);
    for (size_t i = 0; i < d->graph->nodes.len; i++) {
        size_t *last = &d->last[node(d, i)->agent];
        if (*last > 0) fprintf(to, "  e%zu -> e%zu [weight=10];\n", *last - 1, i);
        *last = i + 1;
    }
}

static void print_edge(FILE *to, const edge *e) {
    static const char *const styles[] = {
        [RELATION_SW] = "color=blue, fontcolor=blue, label=sw",
        [RELATION_RF] = "color=darkgreen, fontcolor=darkgreen, label=rf, constraint=false",
        [RELATION_HB] = "color=gray, fontcolor=gray, label=hb, style=dashed, constraint=false",
        [RELATION_RACE] = "color=red, fontcolor=red, label=race, dir=none, constraint=false",
    };
    fprintf(to, "  e%zu -> e%zu [%s];\n", e->from, e->to, styles[e->relation]);
}

static void print_drawing(FILE *to, const drawing *d) {
    fputs("digraph execution {\n"
          "  // black: program order; rf: reads-from; sw: synchronizes-with; hb: happens-before\n"
          "  node [shape=box, fontname=monospace, fontsize=10];\n"
          "  edge [fontname=monospace, fontsize=9];\n",
          to);
    for (uint32_t i = 0; i < d->graph->agents; i++)
        print_agent(to, d, i);
    print_program_order(to, d);
    for (size_t i = 0; i < d->edges.len; i++)
        print_edge(to, &d->edges.items[i]);
    fputs("}\n", to);
}

bool hd_graph_print(const hd_graph *g, FILE *to) {
    size_t nodes = g->nodes.len + 1, agents = g->agents + 1;
    drawing d = {.graph = g,
                 .clocks = hd_calloc(nodes * agents, sizeof *d.clocks),
                 .released = hd_calloc(nodes * agents, sizeof *d.released),
                 .fenced = hd_calloc(agents * agents, sizeof *d.fenced),
                 .ordinals = hd_calloc(nodes, sizeof *d.ordinals),
                 .last = hd_calloc(agents, sizeof *d.last),
                 .has_fenced = hd_calloc(agents, sizeof *d.has_fenced)};
    bool good = d.clocks && d.released && d.fenced && d.ordinals && d.last && d.has_fenced;
    for (size_t i = 0; good && i < g->nodes.len; i++)
        order(&d, i);
    for (size_t i = 0; good && i < g->nodes.len; i++)
        compare(&d, i);
    good = good && !d.incomplete;
    if (good) print_drawing(to, &d);
    hd_free(d.clocks), hd_free(d.released), hd_free(d.fenced);
    hd_free(d.ordinals), hd_free(d.last), hd_free(d.has_fenced);
    hd_vec_free(&d.edges);
    return good;
}
