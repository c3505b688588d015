/* table.c: compares what the oracle finds with tables of what is known. */
#include "table.h"

#include <stdlib.h>
#include <string.h>

#include "relaxed.h"
#include "search.h"

enum { EXECUTIONS = 200000 };

static void check(ora_tally *tally, const ora_program *program, const char *what,
                  const char *expected, const ora_text *got) {
    if (!expected) return;
    const char *found = got->bytes ? got->bytes : "";
    if (strcmp(expected, found) == 0) {
        tally->passed++;
        return;
    }
    tally->failed++;
    printf("%s: %s: expected %s, got %s\n", program->name, what, expected, found);
}

static void print_set(const ora_set *set, ora_text *text) {
    size_t *order = ora_resize(NULL, set->count + 1, sizeof *order);
    ora_set_sort(set, order);
    for (size_t i = 0; i < set->count; i++) {
        size_t length;
        const char *string = ora_set_string(set, order[i], &length);
        ora_text_add(text, "%s%.*s", i ? " | " : "", (int)length, string);
    }
    free(order);
}

static void print_counts(const ora_result *result, ora_text *text) {
    ora_text_add(text, "%zu %zu%s", result->complete, result->stuck, result->cut ? " cut" : "");
}

static void print_preemptions(const ora_result *result, ora_text *text) {
    size_t counts[ORA_EVENTS], found = ora_preemptions(result, counts, ORA_EVENTS);
    for (size_t k = 0; k < found; k++)
        ora_text_add(text, "%s%zu", k ? " " : "", counts[k]);
}

/* How many pairs there are of each class. */
static void print_races(const ora_result *result, ora_text *text) {
    size_t data = 0, mixed = 0, note = 0;
    for (size_t i = 0; i < result->races.count; i++) {
        size_t length;
        switch (*ora_set_string(&result->races, i, &length)) {
        case 'd': data++; break;
        case 'm': mixed++; break;
        default: note++;
        }
    }
    ora_text_add(text, "%zu %zu %zu", data, mixed, note);
}

/* What relaxed.rst allows beyond sequential consistency. */
static void print_weak(const ora_relaxed_result *relaxed, const ora_result *consistent,
                       ora_text *text) {
    ora_set beyond = {0};
    for (size_t i = 0; i < relaxed->outcomes.count; i++) {
        size_t length;
        bool is_new;
        const char *outcome = ora_set_string(&relaxed->outcomes, i, &length);
        if (!ora_set_has(&consistent->outcomes, outcome, length))
            ora_set_add(&beyond, outcome, length, &is_new);
    }
    if (relaxed->refused)
        ora_text_add(text, "refused: %s", relaxed->refused);
    else if (beyond.count == 0)
        ora_text_add(text, "none");
    else
        print_set(&beyond, text);
    ora_set_free(&beyond);
}

static void check_weak(const ora_program *program, const ora_result *consistent, ora_tally *tally) {
    if (!program->expect.weak) return;
    ora_relaxed_result relaxed = ora_relaxed(program);
    ora_text text = {0};
    print_weak(&relaxed, consistent, &text);
    check(tally, program, "weak outcomes", program->expect.weak, &text);
    ora_text_free(&text);
    ora_relaxed_free(&relaxed);
}

static void check_program(const ora_program *program, ora_tally *tally) {
    ora_options statics = {.footprints = ORA_STATIC}, refined = {.footprints = ORA_REFINED},
                races = {.footprints = ORA_REFINED, .kept_rounds = 1};
    ora_result by_static = ora_search(program, &statics),
               by_refined = ora_search(program, &refined),
               with_rounds = ora_search(program, &races);
    ora_text text[5] = {0};
    print_counts(&by_static, &text[0]);
    print_counts(&by_refined, &text[1]);
    print_preemptions(&by_refined, &text[2]);
    print_set(&by_refined.outcomes, &text[3]);
    print_races(&with_rounds, &text[4]);
    check(tally, program, "static", program->expect.statics, &text[0]);
    check(tally, program, "refined", program->expect.refined, &text[1]);
    check(tally, program, "preemptions", program->expect.preemptions, &text[2]);
    check(tally, program, "outcomes", program->expect.outcomes, &text[3]);
    check(tally, program, "races", program->expect.races, &text[4]);
    check_weak(program, &by_refined, tally);
    for (int i = 0; i < 5; i++)
        ora_text_free(&text[i]);
    ora_result_free(&by_static);
    ora_result_free(&by_refined);
    ora_result_free(&with_rounds);
}

static bool same(const ora_program *program, const char *what, bool holds) {
    if (!holds) printf("%s: %s differ\n", program->name, what);
    return holds;
}

static bool same_ends(const ora_program *program, const ora_result *a, const ora_result *b) {
    return same(program, "final states", ora_set_equal(&a->finals, &b->finals)) &&
           same(program, "stuck states", ora_set_equal(&a->stucks, &b->stucks)) &&
           same(program, "outcomes", ora_set_equal(&a->outcomes, &b->outcomes)) &&
           same(program, "races", ora_set_equal(&a->races, &b->races));
}

/* Beginnings followed once against every interleaving, by one of the footprints. */
static bool same_classes(const ora_program *program, const ora_result *result,
                         ora_footprints footprints, size_t limit) {
    ora_options options = {.footprints = footprints, .every_interleaving = true, .limit = limit};
    ora_result every = ora_search(program, &options);
    bool agree =
        every.cut ||
        (same_ends(program, result, &every) &&
         same(program, "numbers of complete classes", result->complete == every.complete) &&
         same(program, "numbers of stuck classes", result->stuck == every.stuck));
    ora_result_free(&every);
    return agree;
}

/* relaxed.rst allows what is sequentially consistent, and nothing else to programs without races of
 * any class. */
static bool relaxed_agrees(const ora_program *program, const ora_result *consistent) {
    if (!ora_is_relaxed(program, 7)) return true;
    ora_relaxed_result relaxed = ora_relaxed(program);
    bool agree =
        relaxed.refused || (same(program, "sequentially consistent outcomes and allowed ones",
                                 ora_set_within(&consistent->outcomes, &relaxed.outcomes)) &&
                            same(program, "outcomes, though there is no race,",
                                 consistent->races.count > 0 ||
                                     ora_set_equal(&consistent->outcomes, &relaxed.outcomes)));
    ora_relaxed_free(&relaxed);
    return agree;
}

bool ora_check_agreement(const ora_program *program, size_t limit) {
    ora_options statics = {.footprints = ORA_STATIC, .limit = limit},
                refined = {.footprints = ORA_REFINED, .limit = limit};
    ora_result a = ora_search(program, &statics), b = ora_search(program, &refined);
    bool agree = a.cut || b.cut ||
                 (same_ends(program, &a, &b) &&
                  same(program, "numbers of classes, more refined than static ones,",
                       b.complete <= a.complete && b.stuck <= a.stuck) &&
                  same_classes(program, &a, ORA_STATIC, limit) &&
                  same_classes(program, &b, ORA_REFINED, limit) && relaxed_agrees(program, &b));
    ora_result_free(&a);
    ora_result_free(&b);
    return agree;
}

void ora_check_table(const char *path, ora_tally *tally) {
    char *text = ora_read_file(path);
    const char *at = text;
    int line = 0;
    ora_program program;
    while (ora_parse(path, &at, &line, &program)) {
        check_program(&program, tally);
        if (ora_check_agreement(&program, EXECUTIONS))
            tally->passed++;
        else
            tally->failed++;
        ora_program_free(&program);
    }
    free(text);
}
