/* trace_sources.c: see trace_sources.h. */
#include "cli/trace_sources.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/sources.h"
#include "report/event_words.h"

enum {
    AROUND = 15,          /* lines before and behind the place of an event */
    MOST_LINES = 2000,    /* of a file */
    MOST_BYTES = 4 << 20, /* of one that is read */
    TAB = 8,
};

/* Which files may be read. */

/* True if a path lies below a folder; both are real paths. */
static bool is_below(const char *path, const char *folder) {
    size_t length = strlen(folder);
    if (length == 1 && *folder == '/') return false; /* everything is */
    return strncmp(path, folder, length) == 0 && path[length] == '/';
}

static bool is_in_folder(const char *path, const char *folder) {
    char real[PATH_MAX];
    return realpath(folder, real) && is_below(path, real) &&
           strstr(path + strlen(real), "/.") == NULL;
}

/* True if a file is one of those that are shown; `real` receives its real path. */
static bool may_be_read(const char *path, char real[PATH_MAX]) {
    const hd_source_paths *shown = hd_shown_sources();
    struct stat info;
    if (!realpath(path, real) || stat(real, &info) != 0) return false;
    if (!S_ISREG(info.st_mode) || info.st_size > MOST_BYTES) return false;
    if (is_in_folder(real, ".")) return true;
    for (size_t i = 0; i < shown->maps.len; i++)
        if (is_in_folder(real, shown->maps.items[i].to)) return true;
    return false;
}

/* Lines. */

/* The places of events in a file. */
typedef HD_VEC(uint32_t) line_list;

static const hd_source_frame *source_of(const hd_recorded_event *event) {
    const hd_source_frame *source = event->e.place ? hd_place_source(event->e.place) : NULL;
    return source && source->file ? source : NULL;
}

static int by_number(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* The lines of a file's events, ascending. */
static bool find_lines(const hd_recorded_run *run, const char *file, line_list *lines) {
    for (size_t i = 0; i < run->events.len; i++) {
        const hd_source_frame *source = source_of(&run->events.items[i]);
        if (source && strcmp(source->file, file) == 0 && !hd_vec_push(lines, source->line))
            return false;
    }
    if (lines->len) qsort(lines->items, lines->len, sizeof *lines->items, by_number);
    return true;
}

/* True if a line is near one of those of events; `*at` is the first that is not far before it. */
static bool is_near(const line_list *lines, uint32_t number, size_t *at) {
    while (*at < lines->len && lines->items[*at] + (uint64_t)AROUND < number)
        ++*at;
    return *at < lines->len && lines->items[*at] <= number + (uint64_t)AROUND;
}

/* A line with spaces for its tabs; NULL when memory is out. */
static const char *expand(hd_arena *arena, const char *text, size_t *length) {
    size_t tabs = 0, used = 0;
    for (size_t i = 0; i < *length; i++)
        tabs += text[i] == '\t';
    char *line = hd_arena_alloc(arena, *length + tabs * TAB + 1, 1);
    for (size_t i = 0; line && i < *length; i++)
        if (text[i] == '\t') do
                line[used++] = ' ';
            while (used % TAB != 0);
        else
            line[used++] = text[i];
    *length = used;
    return line;
}

/* Takes the lines of a text that are near events. */
static bool take_lines(hd_trace_sources *s, const line_list *wanted, const char *text,
                       size_t length, hd_page_source *source) {
    HD_VEC(hd_page_line) lines = {0};
    bool good = true;
    size_t at = 0;
    uint32_t number = 1;
    for (const char *end = text + length; good && text < end; number++) {
        const char *stop = memchr(text, '\n', (size_t)(end - text));
        size_t size = stop ? (size_t)(stop - text) : (size_t)(end - text);
        if (is_near(wanted, number, &at) && lines.len < MOST_LINES) {
            hd_page_line line = {.number = number, .length = size};
            if (size > 0 && text[size - 1] == '\r') line.length--;
            line.text = expand(&s->arena, text, &line.length);
            good = line.text && hd_vec_push(&lines, line);
        }
        text += size + 1;
    }
    hd_page_line *kept = hd_arena_alloc(&s->arena, lines.len + 1, sizeof *kept);
    if (kept && lines.len) memcpy(kept, lines.items, lines.len * sizeof *kept);
    source->lines = kept;
    source->count = kept ? lines.len : 0;
    hd_vec_free(&lines);
    return good && kept;
}

static bool take_file(hd_trace_sources *s, const line_list *lines, hd_page_source *source) {
    char real[PATH_MAX];
    hd_diag diag = HD_DIAG_INIT;
    hd_input input;
    source->missing = "this file is not here, or not below the current folder";
    if (!may_be_read(source->file, real)) return true;
    if (hd_input_read(real, &input, &diag) != HD_OK) return diag.status != HD_NOMEM;
    source->missing = NULL;
    bool good = take_lines(s, lines, input.bytes, input.length, source);
    hd_free(input.bytes);
    return good;
}

/* Takes a file, if it was not taken yet. */
static bool take(hd_trace_sources *s, const hd_recorded_run *run, const hd_source_frame *from,
                 const char *path, const hd_input *input) {
    line_list lines = {0};
    for (size_t i = 0; i < s->list.len; i++)
        if (strcmp(s->list.items[i].file, from->file) == 0) return true;
    hd_page_source source = {.file = from->file};
    bool own = from->text && strcmp(from->file, hd_input_name(path)) == 0;
    bool good = find_lines(run, from->file, &lines) &&
                (own ? take_lines(s, &lines, input->bytes, input->length, &source)
                     : take_file(s, &lines, &source)) &&
                hd_vec_push(&s->list, source);
    hd_vec_free(&lines);
    return good;
}

void hd_trace_sources_take(hd_trace_sources *s, const hd_recorded_run *run, const char *path,
                           const hd_input *input) {
    enum { MOST_FILES = 64 };
    *s = (hd_trace_sources){0};
    for (size_t i = 0; i < run->events.len && s->list.len < MOST_FILES && !s->incomplete; i++) {
        const hd_source_frame *source = source_of(&run->events.items[i]);
        if (source && !take(s, run, source, path, input)) s->incomplete = true;
    }
}

void hd_trace_sources_free(hd_trace_sources *s) {
    hd_vec_free(&s->list);
    hd_arena_free(&s->arena);
}
