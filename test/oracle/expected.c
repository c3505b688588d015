/* expected.c: writes what an exploration has to find. */
#include "expected.h"

#include <stdlib.h>
#include <string.h>

#include "search.h"

static void print_lines(const char *key, const ora_set *set, FILE *to) {
    size_t *order = ora_resize(NULL, set->count + 1, sizeof *order);
    ora_set_sort(set, order);
    for (size_t i = 0; i < set->count; i++) {
        size_t length;
        const char *string = ora_set_string(set, order[i], &length);
        fprintf(to, "%s %.*s\n", key, (int)length, string);
    }
    free(order);
}

static void print_counts(const char *footprints, const ora_result *result, FILE *to) {
    fprintf(to, "%s.complete %zu\n%s.deadlocked %zu\n", footprints, result->complete, footprints,
            result->stuck);
}

static void print_preemptions(const ora_result *result, FILE *to) {
    size_t counts[ORA_EVENTS], found = ora_preemptions(result, counts, ORA_EVENTS);
    fputs("preemptions", to);
    for (size_t k = 0; k < found; k++)
        fprintf(to, " %zu", counts[k]);
    fputc('\n', to);
}

/* What the program is made of, for whoever compares only some of them. */
static void print_traits(const ora_program *program, FILE *to) {
    bool loops = false, waits = false, timed = false, plain = false;
    for (int a = 0; a < program->agent_count; a++)
        for (int i = 0; i < program->agents[a].count; i++) {
            const ora_op *op = &program->agents[a].ops[i];
            loops |= op->code == ORA_LOOP;
            waits |= op->code == ORA_WAIT;
            timed |= op->timed;
            plain |= (op->code == ORA_LOAD || op->code == ORA_STORE) && !op->atomic;
        }
    fprintf(to, "traits%s%s%s%s\n", loops ? " loops" : "", waits ? " waits" : "",
            timed ? " timed" : "", plain ? " plain" : "");
}

bool ora_print_expected(const ora_program *program, size_t limit, FILE *to) {
    ora_options statics = {.footprints = ORA_STATIC, .limit = limit},
                refined = {.footprints = ORA_REFINED, .limit = limit},
                races = {.footprints = ORA_REFINED, .kept_rounds = 1, .limit = limit};
    ora_result by_static = ora_search(program, &statics),
               by_refined = ora_search(program, &refined),
               with_rounds = ora_search(program, &races);
    bool whole = !by_static.cut && !by_refined.cut && !with_rounds.cut;
    if (whole) {
        fprintf(to, "oracle 1\nprogram %s\nagents %d\nbytes %u\n", program->name,
                program->agent_count, program->bytes);
        print_traits(program, to);
        print_counts("static", &by_static, to);
        print_counts("refined", &by_refined, to);
        fprintf(to, "livelocks %zu\n", by_refined.livelocks);
        print_preemptions(&by_refined, to);
        print_lines("final", &by_refined.finals, to);
        print_lines("stuck", &by_refined.stucks, to);
        print_lines("race", &with_rounds.races, to);
        fputs("end\n", to);
    }
    ora_result_free(&by_static);
    ora_result_free(&by_refined);
    ora_result_free(&with_rounds);
    return whole;
}
