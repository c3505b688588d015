/* lanes.c: see lanes.h. */
#include "report/lanes.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "base/utf8.h"
#include "check/race_report.h"
#include "report/event_words.h"

enum {
    LEAST_WIDTH = 40,
    STEP = 8,          /* characters before the first column: a mark, the step, a space */
    LEAST_COLUMN = 22, /* for words in it */
    MOST_MARKS = 16,   /* columns of marks; agents beyond share the last one */
    CELL = 512,
    FIRST_WIDE = 0x1100, /* characters from here on may take two columns */
};

/* Colours of terminals. */
#define RED "31"
#define YELLOW "33"
#define DIM "2"
#define BOLD "1"

typedef struct lanes {
    FILE *to;
    const hd_recorded_run *run;
    const hd_lanes_options *options;
    unsigned width;
    size_t columns;
    unsigned column; /* characters of one; 2: marks */
    size_t at;       /* the event whose row is printed */
} lanes;

static void paint(const lanes *l, const char *colour) {
    if (l->options->colour) fprintf(l->to, "\033[%sm", colour);
}

static void plain(const lanes *l) {
    if (l->options->colour) fputs("\033[0m", l->to);
}

/* The next character of a text as it is shown, and how many columns it takes; `*bytes` of it, which
 * are
 * `*step` of the text. */
static unsigned next_character(const char *text, size_t left, char to[HD_ESCAPE_ROOM],
                               size_t *bytes, size_t *step) {
    uint32_t code = 0;
    *bytes = hd_escape_next(to, text, left, step);
    if (to[0] == '\\') return (unsigned)*bytes;
    hd_utf8_decode(text, left, &code);
    return code < FIRST_WIDE ? 1 : 2;
}

static unsigned width_of(const char *text) {
    size_t length = strlen(text), bytes, step;
    char character[HD_ESCAPE_ROOM];
    unsigned width = 0;
    for (size_t i = 0; i < length && width < CELL; i += step)
        width += next_character(text + i, length - i, character, &bytes, &step);
    return width;
}

/* Prints a text, cut to so many columns with `..` at its end; returns how many it takes. */
static unsigned put(const lanes *l, const char *text, unsigned room) {
    size_t length = strlen(text), bytes, step;
    char character[HD_ESCAPE_ROOM];
    bool cut = width_of(text) > room;
    unsigned used = 0, end = !cut ? room : room > 2 ? room - 2 : 0;
    for (size_t i = 0; i < length; i += step) {
        unsigned wide = next_character(text + i, length - i, character, &bytes, &step);
        if (used + wide > end) break;
        fwrite(character, 1, bytes, l->to);
        used += wide;
    }
    for (; cut && used < room; used++)
        fputc('.', l->to);
    return used;
}

static void pad(const lanes *l, unsigned from, unsigned to) {
    for (; from < to; from++)
        fputc(' ', l->to);
}

static size_t column_of(const lanes *l, uint32_t agent) {
    size_t index = hd_recorded_run_agent(l->run, agent);
    return index < l->columns ? index : l->columns - 1;
}

/* What a column is beside the event of the row: by the latest event of its agent, and its next. */
typedef enum lane_state { LANE_ABSENT, LANE_LIVES, LANE_WAITS } lane_state;

typedef HD_VEC(size_t) latest_list;

static lane_state state_of(const lanes *l, size_t column, const latest_list *latest) {
    size_t index = latest->items[column];
    if (index == HD_NOT_KEPT) return LANE_ABSENT;
    const hd_recorded_event *event = &l->run->events.items[index];
    bool ended = event->e.event.kind == HD_EVENT_END || event->e.event.kind == HD_EVENT_EXIT;
    if (ended && event->next == HD_NOT_KEPT) return LANE_ABSENT;
    return event->waits ? LANE_WAITS : LANE_LIVES;
}

static char sign_of(lane_state state) {
    return state == LANE_ABSENT ? ' ' : state == LANE_WAITS ? ':' : '|';
}

/* Of what was preempted in the row: who, and where it stood; NULL: nobody. */
static const hd_record_other *preempted(const hd_record_event *e) {
    for (size_t i = 0; e->preempts && i < e->other_count; i++)
        if (e->others[i].agent == e->before) return &e->others[i];
    return NULL;
}

/* Prints words and a place, of which the words are cut first; returns the columns that they take.
 */
static unsigned put_words(const lanes *l, const char *words, const char *place, unsigned room) {
    unsigned tail = width_of(place), used = put(l, words, tail + 8 <= room ? room - tail : room);
    return used + tail <= room ? used + put(l, place, room - used) : used;
}

/* Columns with words. */

/* The columns that the words of a cell may take: in the last one, all that is left. */
static unsigned room_of(const lanes *l, size_t column) {
    if (column + 1 == l->columns) return l->width - STEP - (unsigned)column * l->column;
    return l->column - 1;
}

static unsigned put_event_cell(const lanes *l, size_t column, const hd_record_event *e) {
    char words[HD_EVENT_WORDS], place[HD_EVENT_WORDS];
    hd_event_words(e, words);
    paint(l, hd_recorded_run_races(l->run, e->step) || e->trapped ? RED : BOLD);
    unsigned used = put_words(l, words, hd_place_words(e->place, place), room_of(l, column));
    plain(l);
    return used;
}

static unsigned put_preempted_cell(const lanes *l, size_t column, const hd_record_other *other) {
    char place[HD_EVENT_WORDS];
    paint(l, YELLOW);
    unsigned used =
        put_words(l, "^ preempted", hd_place_words(other->place, place), room_of(l, column));
    plain(l);
    return used;
}

static unsigned put_sign(const lanes *l, lane_state state) {
    if (state != LANE_ABSENT) paint(l, DIM);
    fputc(sign_of(state), l->to);
    if (state != LANE_ABSENT) plain(l);
    return 1;
}

static void put_columns(const lanes *l, const hd_record_event *e, const latest_list *latest) {
    const hd_record_other *left = preempted(e);
    size_t own = column_of(l, e->agent), other = left ? column_of(l, left->agent) : HD_NOT_KEPT;
    /* Nothing is printed behind the last cell that has something in it. */
    size_t end = own;
    for (size_t i = 0; i < l->columns; i++)
        if (i == other || state_of(l, i, latest) != LANE_ABSENT) end = i > end ? i : end;
    for (size_t i = 0; i <= end; i++) {
        unsigned used = i == own     ? put_event_cell(l, i, e)
                        : i == other ? put_preempted_cell(l, i, left)
                                     : put_sign(l, state_of(l, i, latest));
        if (i < end) pad(l, used, l->column);
    }
}

/* Columns of marks, with words behind them. */
static void put_marks(const lanes *l, const hd_record_event *e, const latest_list *latest) {
    char words[HD_EVENT_WORDS], place[HD_EVENT_WORDS], cell[CELL];
    const hd_record_other *left = preempted(e);
    size_t own = column_of(l, e->agent), other = left ? column_of(l, left->agent) : HD_NOT_KEPT;
    for (size_t i = 0; i < l->columns; i++) {
        char sign = i == own ? '*' : i == other ? '^' : sign_of(state_of(l, i, latest));
        if (i == own) paint(l, hd_recorded_run_races(l->run, e->step) ? RED : BOLD);
        if (i == other && i != own) paint(l, YELLOW);
        fputc(sign, l->to);
        if (i == own || i == other) plain(l);
        fputc(' ', l->to);
    }
    snprintf(cell, sizeof cell, "%" PRIu32 ": %s", e->agent, hd_event_words(e, words));
    unsigned room = l->width - STEP - (unsigned)l->columns * l->column;
    put_words(l, cell, hd_place_words(e->place, place), room);
}

static void put_row(const lanes *l, const latest_list *latest) {
    const hd_record_event *e = &l->run->events.items[l->at].e;
    bool races = hd_recorded_run_races(l->run, e->step);
    fputc(e->step == l->options->present ? '>' : races ? '!' : ' ', l->to);
    fprintf(l->to, "%6" PRIu64 " ", e->step);
    if (l->column > 2)
        put_columns(l, e, latest);
    else
        put_marks(l, e, latest);
    fputc('\n', l->to);
}

/* Above and below. */

static void put_names(const lanes *l) {
    char cell[CELL];
    const hd_recorded_run *run = l->run;
    bool shared = run->agents.len > l->columns; /* the last column is */
    for (size_t i = 0; l->column == 2 && i < l->columns; i++) {
        const hd_recorded_agent *agent = &run->agents.items[i];
        if (shared && i + 1 == l->columns)
            snprintf(cell, sizeof cell, "column %zu: all others, from agent %" PRIu32 " on", i + 1,
                     agent->number);
        else
            snprintf(cell, sizeof cell, "column %zu: agent %" PRIu32 " %s", i + 1, agent->number,
                     agent->name);
        pad(l, 0, STEP);
        put(l, cell, l->width - STEP);
        fputc('\n', l->to);
    }
    if (l->column == 2) return;
    pad(l, 0, STEP);
    for (size_t i = 0; i < run->agents.len; i++) {
        const hd_recorded_agent *agent = &run->agents.items[i];
        snprintf(cell, sizeof cell, "%" PRIu32 " %s", agent->number, agent->name);
        paint(l, BOLD);
        unsigned used = put(l, cell, l->column - 1);
        plain(l);
        if (i + 1 < run->agents.len) pad(l, used, l->column);
    }
    fputc('\n', l->to);
}

static void put_line(const lanes *l, const char *colour, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static void put_line(const lanes *l, const char *colour, const char *format, ...) {
    char line[CELL];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    if (colour) paint(l, colour);
    put(l, line, l->width);
    if (colour) plain(l);
    fputc('\n', l->to);
}

static void put_end(const lanes *l) {
    const hd_recorded_run *run = l->run;
    if (run->left_out > 0)
        put_line(l, NULL, "   ...  %" PRIu64 " events are left out", run->left_out);
    if (run->end) put_line(l, NULL, "   end  %s", run->end);
    for (size_t i = 0; i < run->races.len; i++) {
        const hd_recorded_race *race = &run->races.items[i];
        put_line(l, race->grade == HD_RACE_ERROR ? RED : YELLOW,
                 "        %s: steps %" PRIu64 " and %" PRIu64 " are not ordered, %" PRIu64
                 " byte%s at 0x%" PRIx64,
                 hd_race_class_name(race->class), race->earlier, race->later, race->length,
                 race->length == 1 ? "" : "s", race->address);
    }
}

/* The latest event of each column before the first one that is shown. */
static bool start(const lanes *l, size_t first, latest_list *latest) {
    if (!hd_vec_reserve(latest, l->columns)) return false;
    latest->len = l->columns;
    for (size_t i = 0; i < l->columns; i++)
        latest->items[i] = HD_NOT_KEPT;
    for (size_t i = 0; i < first && i < l->run->events.len; i++)
        latest->items[column_of(l, l->run->events.items[i].e.agent)] = i;
    return true;
}

bool hd_lanes_print(FILE *to, const hd_recorded_run *run, const hd_lanes_options *options) {
    lanes l = {.to = to, .run = run, .options = options, .columns = run->agents.len};
    latest_list latest = {0};
    l.width = options->width < LEAST_WIDTH ? LEAST_WIDTH : options->width;
    size_t end = run->events.len;
    if (options->count > 0 && options->count < end - options->first)
        end = options->first + options->count;
    if (l.columns > 0) l.column = (l.width - STEP) / (unsigned)l.columns;
    if (l.column < LEAST_COLUMN) {
        l.column = 2;
        size_t most = (l.width - STEP) / 4 < MOST_MARKS ? (l.width - STEP) / 4 : MOST_MARKS;
        if (l.columns > most) l.columns = most;
    }
    bool good = l.columns == 0 || start(&l, options->first, &latest);
    if (good && l.columns > 0) put_names(&l);
    for (l.at = options->first; good && l.at < end; l.at++) {
        const hd_record_event *e = &run->events.items[l.at].e;
        if (l.at > 0 && e->step > run->events.items[l.at - 1].e.step + 1)
            put_line(&l, NULL, "   ...");
        put_row(&l, &latest);
        latest.items[column_of(&l, e->agent)] = l.at;
    }
    hd_vec_free(&latest);
    if (good) put_end(&l);
    return good;
}
