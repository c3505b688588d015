/* debug_points.c: orders about what moves stop at. */
#include <inttypes.h>
#include <string.h>

#include "cli/debug.h"
#include "cli/message.h"

bool hd_read_range(const char *text, uint64_t length, uint32_t *memory, uint64_t *address,
                   uint64_t *count) {
    char copy[128], *at = copy;
    uint64_t number = 0;
    bool good = text && strlen(text) < sizeof copy;
    *count = length;
    if (good) {
        strcpy(copy, text);
        char *colon = strchr(copy, ':'), *plus = strchr(copy, '+');
        if (colon) *colon = '\0', at = colon + 1;
        if (plus) *plus = '\0';
        good = (!colon || hd_read_whole(copy, &number)) && number < HD_NO_MEMORY &&
               hd_read_whole(at, address) &&
               (!plus || (hd_read_whole(plus + 1, count) && *count > 0));
    }
    *memory = (uint32_t)number;
    if (good && *address <= UINT64_MAX - *count) return true;
    hd_debugger_refuse("bytes are [MEMORY:]ADDRESS[+LENGTH]%s%s%s", text ? ", not '" : "",
                       text ? text : "", text ? "'" : "");
    return false;
}

static void print_point(const hd_point *p) {
    printf("  %" PRIu32 ": ", p->number);
    switch (p->kind) {
    case HD_POINT_FUNCTION:
        if (p->name)
            fputs("function ", stdout), hd_print_string(stdout, p->name);
        else
            printf("function number %" PRIu64, p->where);
        break;
    case HD_POINT_OFFSET: printf("offset 0x%" PRIx64, p->where); break;
    case HD_POINT_LINE:
        fputs("line ", stdout);
        if (p->name) hd_print_string(stdout, p->name), fputc(':', stdout);
        printf("%" PRIu64, p->where);
        break;
    case HD_POINT_WATCH:
        printf("%s of ", p->changes              ? "changes"
                         : p->reads && p->writes ? "accesses"
                         : p->reads              ? "reads"
                                                 : "writes");
        if (p->memory > 0) printf("%" PRIu32 ":", p->memory);
        printf("0x%" PRIx64 "+%" PRIu64, p->address, p->length);
        break;
    }
    if (p->hits > 0) printf(", %" PRIu64 " time%s", p->hits, p->hits == 1 ? "" : "s");
    putchar('\n');
}

static void add(hd_debugger *d, hd_point *point) {
    point->number = hd_session_add_point(d->session, point);
    if (point->number == 0)
        hd_debugger_refuse("out of memory");
    else
        print_point(point);
}

void hd_order_break(hd_debugger *d, char *arguments) {
    char *word = hd_next_word(&arguments);
    hd_point point = {.kind = HD_POINT_FUNCTION};
    if (!word) {
        hd_debugger_refuse("break needs a function, a line, an offset or the number of a function");
        return;
    }
    char *colon = strrchr(word, ':');
    if (*word == '#') {
        if (!hd_read_whole(word + 1, &point.where)) {
            hd_debugger_refuse("'%s' is no number of a function", word);
            return;
        }
    } else if (strncmp(word, "0x", 2) == 0 && hd_read_whole(word, &point.where)) {
        point.kind = HD_POINT_OFFSET;
    } else if (hd_read_whole(colon ? colon + 1 : word, &point.where)) {
        point.kind = HD_POINT_LINE;
        if (colon) *colon = '\0', point.name = word;
    } else {
        point.name = word;
        if (*word == '$') point.name++;
    }
    add(d, &point);
}

void hd_order_watch(hd_debugger *d, char *arguments) {
    static const struct {
        const char *word;
        bool reads, writes, changes;
    } kinds[] = {{"change", false, true, true},
                 {"read", true, false, false},
                 {"write", false, true, false},
                 {"access", true, true, false}};
    hd_point point = {.kind = HD_POINT_WATCH, .writes = true, .changes = true};
    char *word = hd_next_word(&arguments);
    for (size_t i = 0; word && i < sizeof kinds / sizeof *kinds; i++) {
        if (strcmp(kinds[i].word, word) != 0) continue;
        point.reads = kinds[i].reads;
        point.writes = kinds[i].writes;
        point.changes = kinds[i].changes;
        word = hd_next_word(&arguments);
        break;
    }
    if (hd_read_range(word, 4, &point.memory, &point.address, &point.length)) add(d, &point);
}

static const struct {
    const char *word;
    hd_halt_reason reason;
} catchable[] = {{"race", HD_HALT_RACE},
                 {"failure", HD_HALT_CHECK},
                 {"trap", HD_HALT_TRAP},
                 {"spawn", HD_HALT_SPAWN},
                 {"end", HD_HALT_END}};
enum { CATCHABLE = sizeof catchable / sizeof *catchable };

static void set_catch(hd_debugger *d, char *arguments, bool caught) {
    const char *word = hd_next_word(&arguments);
    for (size_t i = 0; word && i < CATCHABLE; i++)
        if (strcmp(catchable[i].word, word) == 0) {
            hd_session_catch(d->session, catchable[i].reason, caught);
            return;
        }
    hd_debugger_refuse("what can be caught: race, failure, trap, spawn, end");
}

void hd_order_catch(hd_debugger *d, char *arguments) {
    set_catch(d, arguments, true);
}

void hd_order_uncatch(hd_debugger *d, char *arguments) {
    set_catch(d, arguments, false);
}

void hd_order_points(hd_debugger *d, char *arguments) {
    size_t count;
    const hd_point *points = hd_session_points(d->session, &count);
    (void)arguments;
    fputs("  caught:", stdout);
    for (size_t i = 0; i < CATCHABLE; i++)
        if (hd_session_catches(d->session, catchable[i].reason)) printf(" %s", catchable[i].word);
    putchar('\n');
    for (size_t i = 0; i < count; i++)
        print_point(&points[i]);
}

void hd_order_delete(hd_debugger *d, char *arguments) {
    const char *word = hd_next_word(&arguments);
    uint64_t number;
    if (!word || !hd_read_whole(word, &number) || number > UINT32_MAX ||
        !hd_session_remove_point(d->session, (uint32_t)number))
        hd_debugger_refuse("delete needs the number of a point");
}
