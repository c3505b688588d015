/* trace_picture.c: see trace_picture.h. */
#include "cli/trace_picture.h"

#include <config.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/output.h"
#include "cli/message.h"
#include "cli/trace_sources.h"
#include "cli/trace_text.h"
#include "report/graph.h"
#include "report/lanes.h"
#include "report/page.h"

/* The most events of a picture. */
static const uint64_t most_events[] = {
    [HD_PICTURE_LANES] = 100000, [HD_PICTURE_GRAPH] = 1000, [HD_PICTURE_PAGE] = 5000};

void hd_trace_picture_add(hd_trace_picture *p, const hd_record_event *e) {
    uint64_t most = most_events[p->kind];
    if (p->run.events.len >= most || e->step + most < p->total) {
        p->run.left_out++;
        return;
    }
    if (p->kind != HD_PICTURE_PAGE) {
        hd_recorded_run_add(&p->run, e, NULL);
        return;
    }
    hd_output output;
    FILE *to = hd_output_open(&output);
    if (to) hd_trace_print(to, e);
    char *text = hd_output_take(&output, NULL);
    hd_recorded_run_add(&p->run, e, text);
    if (!text) p->run.incomplete = true;
    hd_free(text);
}

static unsigned width_of_terminal(void) {
    enum { DEFAULT = 80 };
    struct winsize size;
    bool known = isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0;
    return known && size.ws_col > 0 ? size.ws_col : DEFAULT;
}

/* Prints the run as a page; false when memory is out. */
static bool print_page(const hd_trace_picture *p, const hd_step_subject *subject) {
    hd_trace_sources sources;
    hd_trace_sources_take(&sources, &p->run, subject->program.path, &subject->input);
    if (!sources.incomplete)
        hd_page_print(stdout, &p->run,
                      &(hd_page_options){.sources = sources.list.items,
                                         .source_count = sources.list.len,
                                         .version = PACKAGE_VERSION});
    bool complete = !sources.incomplete;
    hd_trace_sources_free(&sources);
    return complete;
}

bool hd_trace_picture_draw(hd_trace_picture *p, const hd_step_subject *subject, const char *end) {
    p->run.subject = subject->program.path;
    p->run.end = end;
    p->run.findings = subject->checks;
    if (!hd_recorded_run_finish(&p->run)) return false;
    hd_lanes_options lanes = {
        .width = width_of_terminal(), .colour = hd_channel_stdout().colour, .present = HD_NO_EVENT};
    if (p->kind == HD_PICTURE_LANES) return hd_lanes_print(stdout, &p->run, &lanes);
    if (p->kind == HD_PICTURE_PAGE) return print_page(p, subject);
    hd_event_graph_print(stdout, &p->run, false);
    return true;
}

void hd_trace_picture_free(hd_trace_picture *p) {
    hd_recorded_run_free(&p->run);
}
