/* weak_picture.c: see weak_picture.h. */
#include "cli/weak_picture.h"

#include <inttypes.h>
#include <string.h>

#include "base/output.h"
#include "cli/dot.h"
#include "cli/message.h"
#include "cli/step_screen.h"

const char *hd_weak_edge_name(hd_weak_edge_kind kind) {
    static const char *const names[] = {
        [HD_WEAK_PROGRAM_ORDER] = "program order", [HD_WEAK_STARTS] = "spawned or joined",
        [HD_WEAK_READS_FROM] = "reads-from",       [HD_WEAK_SYNCHRONIZES] = "synchronizes-with",
        [HD_WEAK_OVERWRITTEN] = "read before",
    };
    return names[kind];
}

const char *hd_weak_event_name(int event, char *buffer, size_t size) {
    if (event == HD_WEAK_INIT)
        snprintf(buffer, size, "initial");
    else
        snprintf(buffer, size, "%c", 'a' + event);
    return buffer;
}

/* Edges. */

static bool add(hd_weak_edges *edges, hd_weak_edge_kind kind, int from, int to) {
    for (size_t i = 0; i < edges->len; i++) {
        const hd_weak_edge *e = &edges->items[i];
        if (e->kind == kind && e->from == from && e->to == to) return true;
    }
    return hd_vec_push(edges, ((hd_weak_edge){kind, from, to}));
}

/* True if nothing stands between two events that are ordered by agents alone. */
static bool are_neighbours(const hd_weak_execution *e, size_t a, size_t b) {
    if (!(e->before[b] >> a & 1)) return false;
    for (size_t i = 0; i < e->count; i++)
        if (e->before[b] >> i & 1 && e->before[i] >> a & 1) return false;
    return true;
}

static bool add_orders(const hd_weak_execution *e, hd_weak_edges *edges) {
    for (size_t b = 0; b < e->count; b++)
        for (size_t a = 0; a < e->count; a++) {
            bool same = e->events[a].agent == e->events[b].agent;
            hd_weak_edge_kind kind = same ? HD_WEAK_PROGRAM_ORDER : HD_WEAK_STARTS;
            if (are_neighbours(e, a, b) && !add(edges, kind, (int)a, (int)b)) return false;
        }
    return true;
}

static bool synchronizes(const hd_weak_event *a, const hd_weak_event *b) {
    return a->atomic && b->atomic && a->memory == b->memory && a->address == b->address &&
           a->length == b->length;
}

/* A read of a byte, and the writes that come after the one it reads from. */
static bool add_read(const hd_weak_outcome *o, size_t reader, uint32_t byte, hd_weak_edges *edges) {
    const hd_weak_execution *e = o->execution;
    const hd_weak_event *r = &e->events[reader];
    int from = o->witness->from[reader][byte];
    if (!add(edges, HD_WEAK_READS_FROM, from, (int)reader)) return false;
    if (from != HD_WEAK_INIT && synchronizes(&e->events[from], r) &&
        !add(edges, HD_WEAK_SYNCHRONIZES, from, (int)reader))
        return false;
    for (size_t w = 0; w < e->count; w++) {
        bool later = from == HD_WEAK_INIT || o->witness->before[w] >> from & 1;
        if (w != reader && later && e->events[w].writes &&
            hd_weak_covers(&e->events[w], r->memory, r->address + byte) &&
            !add(edges, HD_WEAK_OVERWRITTEN, (int)reader, (int)w))
            return false;
    }
    return true;
}

bool hd_weak_edges_of(const hd_weak_outcome *o, hd_weak_edges *edges) {
    if (!add_orders(o->execution, edges)) return false;
    for (size_t r = 0; r < o->execution->count; r++)
        for (uint32_t b = 0; o->execution->events[r].reads && b < o->execution->events[r].length;
             b++)
            if (!add_read(o, r, b, edges)) return false;
    return true;
}

/* Events. */

static void print_bytes(FILE *to, const uint8_t *bytes, uint32_t length) {
    fputs("0x", to);
    for (uint32_t i = length; i-- > 0;)
        fprintf(to, "%02x", bytes[i]);
}

/* From where a read took its bytes. */
static void print_sources(FILE *to, const hd_weak_outcome *o, size_t reader) {
    const int8_t *from = o->witness->from[reader];
    uint32_t length = o->execution->events[reader].length;
    char name[16];
    const char *separator = " (";
    for (uint32_t i = 0, end; i < length; i = end) {
        for (end = i + 1; end < length && from[end] == from[i];)
            end++;
        fputs(separator, to);
        if (end == i + 1 && length > 1)
            fprintf(to, "byte %" PRIu32 " ", i);
        else if (end - i < length)
            fprintf(to, "bytes %" PRIu32 " to %" PRIu32 " ", i, end - 1);
        fprintf(to, "%s%s", from[i] == HD_WEAK_INIT ? "" : "from ",
                hd_weak_event_name(from[i], name, sizeof name));
        separator = ", ";
    }
    fputc(')', to);
}

void hd_weak_print_event(FILE *to, const hd_weak_outcome *o, size_t event) {
    const hd_weak_event *e = &o->execution->events[event];
    char text[160];
    hd_event phrase = {
        .kind = e->kind, .writes = e->writes, .address = e->address, .length = e->length};
    fputs(hd_event_phrase(&phrase, text, sizeof text), to);
    if (e->memory > 0) fprintf(to, " of memory %" PRIu32, e->memory);
    const char *separator = ": ";
    if (e->reads) {
        fputs(": read ", to);
        print_bytes(to, e->read, e->length);
        if (o->witness) print_sources(to, o, event);
        separator = ", ";
    }
    if (e->writes) {
        fprintf(to, "%swrote ", separator);
        print_bytes(to, e->written, e->length);
    }
}

static void print_place(FILE *to, const hd_report_frame *place) {
    if (!place) return;
    fprintf(to, ", in %s", place->function);
    hd_report_frame_print_place(to, place);
}

/* The outcome. */

/* Lines of the subject become one; its last line says no more than that it ended well. */
static const char *print_text(FILE *to, const char *text, const char *separator) {
    while (*text) {
        size_t length = strcspn(text, "\n");
        bool ok = text[length] == '\n' && !text[length + 1] && strncmp(text, "ok ", length) == 0;
        if (length > 0 && !ok) {
            fputs(separator, to);
            hd_print_text(to, text, length);
            separator = "; ";
        }
        text += length + (text[length] != 0);
    }
    return separator;
}

void hd_weak_print_outcome(FILE *to, const hd_weak_result *result, const hd_weak_outcome *o,
                           bool reads) {
    const char *separator = print_text(to, o->text, "");
    for (uint32_t a = 0; reads && !o->cut && a < result->agents.len; a++) {
        const char *between = "";
        for (size_t i = 0; i < o->execution->count; i++) {
            const hd_weak_event *e = &o->execution->events[i];
            if (e->agent != a || !e->reads) continue;
            if (!*between) {
                fputs(separator, to);
                hd_print_string(to, result->agents.items[a]);
                fputs(" reads ", to);
                separator = "; ";
            }
            fputs(between, to);
            print_bytes(to, e->read, e->length);
            between = ", ";
        }
    }
    if (!*separator) fputs("no failure", to);
}

/* Pictures. */

static void print_edges(FILE *to, const hd_weak_edges *edges, hd_weak_edge_kind kind) {
    char from[16], into[16];
    const char *separator = ": ";
    for (size_t i = 0; i < edges->len; i++) {
        const hd_weak_edge *e = &edges->items[i];
        if (e->kind != kind) continue;
        if (*separator == ':') fprintf(to, "    %s", hd_weak_edge_name(kind));
        fprintf(to, "%s%s -> %s", separator, hd_weak_event_name(e->from, from, sizeof from),
                hd_weak_event_name(e->to, into, sizeof into));
        separator = ", ";
    }
    if (*separator != ':') fputc('\n', to);
}

static bool accesses(const hd_weak_execution *e, uint32_t agent) {
    for (size_t i = 0; i < e->count; i++)
        if (e->events[i].agent == agent) return true;
    return false;
}

bool hd_weak_print_picture(FILE *to, const hd_weak_result *result, const hd_weak_outcome *o) {
    hd_weak_edges edges = {0};
    char name[16];
    for (uint32_t a = 0; a < result->agents.len; a++) {
        if (!accesses(o->execution, a)) continue;
        fputs("    agent ", to);
        hd_print_string(to, result->agents.items[a]);
        fputc('\n', to);
        for (size_t i = 0; i < o->execution->count; i++) {
            if (o->execution->events[i].agent != a) continue;
            fprintf(to, "      %s  ", hd_weak_event_name((int)i, name, sizeof name));
            hd_weak_print_event(to, o, i);
            print_place(to, o->execution->events[i].place);
            fputc('\n', to);
        }
    }
    bool good = hd_weak_edges_of(o, &edges);
    for (hd_weak_edge_kind kind = 0; good && kind < HD_WEAK_EDGE_KINDS; kind++)
        print_edges(to, &edges, kind);
    hd_vec_free(&edges);
    return good;
}

static bool print_node(FILE *to, const hd_weak_outcome *o, size_t event) {
    hd_output output;
    char name[16];
    FILE *text = hd_output_open(&output);
    hd_weak_event_name((int)event, name, sizeof name);
    if (text) {
        fprintf(text, "%s  ", name);
        hd_weak_print_event(text, o, event);
    }
    char *label = hd_output_take(&output, NULL);
    if (label) hd_dot_node(to, name, label);
    hd_free(label);
    return label != NULL;
}

static void print_dot_edge(FILE *to, const hd_weak_edge *e) {
    static const struct {
        const char *colour, *style;
    } looks[] = {
        [HD_WEAK_PROGRAM_ORDER] = {"black", "solid"}, [HD_WEAK_STARTS] = {"gray", "solid"},
        [HD_WEAK_READS_FROM] = {"darkgreen", "bold"}, [HD_WEAK_SYNCHRONIZES] = {"blue", "bold"},
        [HD_WEAK_OVERWRITTEN] = {"red", "dashed"},
    };
    char from[16], into[16];
    hd_dot_edge(to, hd_weak_event_name(e->from, from, sizeof from),
                hd_weak_event_name(e->to, into, sizeof into), hd_weak_edge_name(e->kind),
                looks[e->kind].colour, looks[e->kind].style);
}

static char *title_of(const hd_weak_result *result, const hd_weak_outcome *o, bool reads) {
    hd_output output;
    FILE *text = hd_output_open(&output);
    if (text) hd_weak_print_outcome(text, result, o, reads);
    return hd_output_take(&output, NULL);
}

bool hd_weak_print_dot(FILE *to, const hd_weak_result *result, const hd_weak_outcome *o,
                       bool reads) {
    hd_weak_edges edges = {0};
    char *title = title_of(result, o, reads);
    bool good = title && hd_weak_edges_of(o, &edges);
    if (good) hd_dot_begin(to, title);
    for (uint32_t a = 0; good && a < result->agents.len; a++) {
        if (!accesses(o->execution, a)) continue;
        hd_dot_begin_group(to, a, result->agents.items[a]);
        for (size_t i = 0; good && i < o->execution->count; i++)
            if (o->execution->events[i].agent == a) good = print_node(to, o, i);
        hd_dot_end_group(to);
    }
    for (size_t i = 0; good && i < edges.len; i++)
        print_dot_edge(to, &edges.items[i]);
    if (good) hd_dot_end(to);
    hd_vec_free(&edges);
    hd_free(title);
    return good;
}
