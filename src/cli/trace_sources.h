/* trace_sources.h: the source lines that a page about a run shows. */
#ifndef HD_CLI_TRACE_SOURCES_H
#define HD_CLI_TRACE_SOURCES_H

#include "cli/input.h"
#include "report/page.h"

typedef struct hd_trace_sources {
    HD_VEC(hd_page_source) list;
    hd_arena arena;
    bool incomplete; /* memory was out */
} hd_trace_sources;

/* Collects, of each source file in which an event of the run stands, the lines around these places.
 * The text that was run (`input`, at `path`) is at hand; other files are read where they are named
 * by a path below the current folder, or one of --source-path, no part of which is hidden: a module
 * may name any file, and its page is made to be given away. Release with hd_trace_sources_free,
 * behind the page. */
void hd_trace_sources_take(hd_trace_sources *sources, const hd_recorded_run *run, const char *path,
                           const hd_input *input);
void hd_trace_sources_free(hd_trace_sources *sources);

#endif
