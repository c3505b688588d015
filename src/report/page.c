/* page.c: see page.h. The page's script and style are page.js and page.css. */
#include "report/page.h"

#include <inttypes.h>
#include <string.h>

#include "check/race_report.h"
#include "report/event_words.h"
#include "report/graph.h"
#include "report/markup.h"

enum { MOST_NODES = 1000 }; /* of the graph */

typedef struct page {
    FILE *to;
    const hd_recorded_run *run;
    const hd_page_options *options;
} page;

static const char style[] =
#include "src/report/page_css.inc"
    ;

static const char script[] =
#include "src/report/page_js.inc"
    ;

/* The data: JSON. */

static void put_bytes(const page *p, const uint8_t *bytes, unsigned count, unsigned known) {
    fputc('"', p->to);
    for (unsigned i = 0; i < count; i++)
        if (known >> i & 1)
            fprintf(p->to, "%02x", bytes[i]);
        else
            fputs("??", p->to);
    fputc('"', p->to);
}

static void put_member(const page *p, const char *name, const char *text) {
    fprintf(p->to, "\"%s\":", name);
    hd_markup_json(p->to, text ? text : "", SIZE_MAX);
}

static void put_changes(const page *p, const hd_recorded_event *event) {
    fputs(",\"changes\":[", p->to);
    for (size_t i = 0; i < event->change_count; i++) {
        const hd_recorded_change *change = &event->changes[i];
        fprintf(p->to, "%s{\"line\":%zu,\"bytes\":", i ? "," : "", change->line);
        put_bytes(p, change->bytes, p->run->lines.items[change->line].count, UINT32_MAX);
        fputc('}', p->to);
    }
    fputs("]", p->to);
}

/* Numbers of 64 bits are strings: those of the page's script have 53. */
static void put_accesses(const page *p, const hd_record_event *e) {
    fputs(",\"accesses\":[", p->to);
    for (size_t i = 0; i < e->access_count; i++) {
        const hd_record_access *a = &e->accesses[i];
        fprintf(p->to,
                "%s{\"memory\":%" PRIu32 ",\"address\":\"%" PRIu64 "\",\"length\":\"%" PRIu64
                "\",\"writes\":%s}",
                i ? "," : "", a->memory, a->address, a->length, a->writes ? "true" : "false");
    }
    fputs("]", p->to);
}

static void put_preempted(const page *p, const hd_record_event *e) {
    char place[HD_EVENT_WORDS];
    for (size_t i = 0; e->preempts && i < e->other_count; i++) {
        const hd_record_other *other = &e->others[i];
        size_t column = hd_recorded_run_agent(p->run, other->agent);
        if (other->agent != e->before || column == HD_NOT_KEPT) continue;
        fprintf(p->to, ",\"preempted\":{\"agent\":%zu,", column);
        put_member(p, "place", hd_place_words(other->place, place));
        fputc('}', p->to);
    }
}

static void put_source_place(const page *p, const hd_record_event *e) {
    const hd_source_frame *source = e->place ? hd_place_source(e->place) : NULL;
    for (size_t i = 0; source && source->file && i < p->options->source_count; i++)
        if (strcmp(p->options->sources[i].file, source->file) == 0) {
            fprintf(p->to, ",\"file\":%zu,\"line\":%" PRIu32, i, source->line);
            return;
        }
}

static void put_event(const page *p, const hd_recorded_event *event) {
    const hd_record_event *e = &event->e;
    char words[HD_EVENT_WORDS], place[HD_EVENT_WORDS];
    bool ended = e->event.kind == HD_EVENT_END || e->event.kind == HD_EVENT_EXIT;
    fprintf(p->to, "{\"step\":%" PRIu64 ",\"agent\":%zu,", e->step,
            hd_recorded_run_agent(p->run, e->agent));
    put_member(p, "words", hd_event_words(e, words));
    fputc(',', p->to);
    put_member(p, "place", hd_place_words(e->place, place));
    fputs(",\"text\":", p->to);
    /* The lines of the text: their ends are no control characters that are to be shown. */
    fputs("[", p->to);
    for (const char *line = event->text ? event->text : ""; *line;) {
        size_t length = strcspn(line, "\n");
        if (line != event->text) fputc(',', p->to);
        hd_markup_json(p->to, line, length);
        line += length + (line[length] == '\n');
    }
    fputs("]", p->to);
    if (event->waits) fputs(",\"waits\":true", p->to);
    if (ended && event->next == HD_NOT_KEPT) fputs(",\"last\":true", p->to);
    if (hd_recorded_run_races(p->run, e->step)) fputs(",\"racing\":true", p->to);
    put_preempted(p, e);
    put_source_place(p, e);
    put_accesses(p, e);
    put_changes(p, event);
    fputc('}', p->to);
}

static void put_agents(const page *p) {
    fputs("\"agents\":[", p->to);
    for (size_t i = 0; i < p->run->agents.len; i++) {
        const hd_recorded_agent *agent = &p->run->agents.items[i];
        fprintf(p->to, "%s{\"number\":%" PRIu32 ",", i ? "," : "", agent->number);
        put_member(p, "name", agent->name);
        fputc('}', p->to);
    }
    fputs("],\n", p->to);
}

static void put_memories(const page *p) {
    uint32_t memories = 0;
    fputs("\"lines\":[", p->to);
    for (size_t i = 0; i < p->run->lines.len; i++) {
        const hd_recorded_line *line = &p->run->lines.items[i];
        if (line->memory >= memories) memories = line->memory + 1;
        fprintf(p->to,
                "%s{\"memory\":%" PRIu32 ",\"address\":\"%" PRIu64 "\",\"before\":", i ? "," : "",
                line->memory, line->address);
        put_bytes(p, line->before, line->count, line->known);
        fputc('}', p->to);
    }
    fprintf(p->to, "],\n\"memories\":%" PRIu32 ",\n", memories);
}

static void put_sources(const page *p) {
    fputs("\"files\":[", p->to);
    for (size_t i = 0; i < p->options->source_count; i++) {
        const hd_page_source *source = &p->options->sources[i];
        fputs(i ? ",\n{" : "{", p->to);
        put_member(p, "name", source->file);
        fputc(',', p->to);
        put_member(p, "missing", source->missing);
        fputs(",\"lines\":[", p->to);
        for (size_t k = 0; k < source->count; k++) {
            const hd_page_line *line = &source->lines[k];
            fprintf(p->to, "%s[%" PRIu32 ",", k ? "," : "", line->number);
            hd_markup_json(p->to, line->text, line->length);
            fputc(']', p->to);
        }
        fputs("]}", p->to);
    }
    fputs("],\n", p->to);
}

/* The event that is chosen at first: the later one of the first race, or else the last one (-1). */
static void put_first(const page *p) {
    size_t first = HD_NOT_KEPT;
    for (size_t i = 0; first == HD_NOT_KEPT && i < p->run->races.len; i++)
        if (p->run->races.items[i].grade == HD_RACE_ERROR)
            first = hd_recorded_run_find(p->run, p->run->races.items[i].later);
    if (first == HD_NOT_KEPT)
        fputs("\"first\":-1", p->to);
    else
        fprintf(p->to, "\"first\":%zu", first);
}

static void put_data(const page *p) {
    fputs("<script type=\"application/json\" id=\"run\">{\n", p->to);
    put_agents(p);
    put_memories(p);
    put_sources(p);
    fputs("\"events\":[\n", p->to);
    for (size_t i = 0; i < p->run->events.len; i++) {
        if (i > 0) fputs(",\n", p->to);
        put_event(p, &p->run->events.items[i]);
    }
    fputs("],\n", p->to);
    put_first(p);
    fputs("}\n</script>\n", p->to);
}

/* The page. */

static void put_lines(const page *p, const char *text) {
    for (const char *line = text; *line;) {
        size_t length = strcspn(line, "\n");
        hd_markup_bytes(p->to, line, length);
        fputc('\n', p->to);
        line += length + (line[length] == '\n');
    }
}

static void put_head(const page *p) {
    fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
          "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
          "style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n<title>",
          p->to);
    hd_markup_text(p->to, p->run->subject ? p->run->subject : "run", SIZE_MAX);
    fputs(": ", p->to);
    hd_markup_text(p->to, p->run->end ? p->run->end : "", SIZE_MAX);
    fputs("</title>\n<style>\n", p->to);
    fputs(style, p->to);
    fputs("</style>\n</head>\n<body>\n<header>\n<h1>", p->to);
    hd_markup_text(p->to, p->run->subject ? p->run->subject : "run", SIZE_MAX);
    fputs(": ", p->to);
    hd_markup_text(p->to, p->run->end ? p->run->end : "", SIZE_MAX);
    fputs("</h1>\n", p->to);
    if (p->run->left_out > 0)
        fprintf(p->to, "<p class=\"left-out\">%" PRIu64 " events are left out</p>\n",
                p->run->left_out);
    if (p->run->lines_left_out)
        fputs("<p class=\"left-out\">not all bytes of memory are shown</p>\n", p->to);
    if (p->run->findings && *p->run->findings) {
        fputs("<details><summary>what was found</summary><pre id=\"findings\">", p->to);
        put_lines(p, p->run->findings);
        fputs("</pre></details>\n", p->to);
    }
    fputs("<button id=\"first\">first</button> <button id=\"back\">back</button> "
          "<label>step <input id=\"step\" size=\"8\"></label> "
          "<button id=\"forward\">forward</button> <button id=\"last\">last</button> "
          "<button id=\"preemption\">next preemption</button> "
          "<button id=\"race\">next race</button>\n"
          "<noscript>This page needs its script.</noscript>\n</header>\n",
          p->to);
}

void hd_page_print(FILE *to, const hd_recorded_run *run, const hd_page_options *options) {
    page p = {to, run, options};
    put_head(&p);
    fputs("<main>\n<div id=\"lanes\"></div>\n<div id=\"panes\">\n<h2>Event</h2>\n"
          "<pre id=\"event\"></pre>\n<h2>Memory behind it</h2>\n<div id=\"memory\"></div>\n"
          "<h2>Source</h2>\n<div id=\"source\"></div>\n</div>\n</main>\n<div id=\"graph\">\n",
          to);
    if (run->events.len <= MOST_NODES) hd_event_graph_print(to, run, true);
    fputs("</div>\n<footer>made by heddle ", to);
    hd_markup_text(to, options->version, SIZE_MAX);
    fputs("</footer>\n", to);
    put_data(&p);
    fputs("<script>\n", to);
    fputs(script, to);
    fputs("</script>\n</body>\n</html>\n", to);
}
