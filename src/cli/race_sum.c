/* race_sum.c: the data races of many runs. */
#include "cli/race_sum.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/output.h"
#include "check/race_report.h"
#include "cli/report_json.h"

/* An access as one word. Modules are loaded anew for each run, so a location is told by what is the
 * same in all of them. */
static void format_access(char *to, size_t size, const hd_race_access *a) {
    snprintf(to, size, "%" PRIu32 ":%" PRIu32 ":%d:%s", a->function, a->offset, (int)a->kind,
             a->label);
}

static char *key_of(const hd_race_report *report) {
    char one[200], other[200];
    format_access(one, sizeof one, &report->earlier);
    format_access(other, sizeof other, &report->later);
    bool swap = strcmp(one, other) > 0;
    return hd_format("%d %" PRIu32 " %s %s", (int)report->class, report->memory, swap ? other : one,
                     swap ? one : other);
}

static char *text_of(const hd_race_report *report) {
    hd_output output;
    FILE *to = hd_output_open(&output);
    if (to) hd_race_print(to, report);
    return hd_output_take(&output, NULL);
}

static void free_entry(hd_race_entry *entry) {
    hd_free(entry->key);
    hd_free(entry->text);
    cJSON_Delete(entry->json);
    hd_vec_free(&entry->seeds);
}

static hd_race_entry *find(hd_race_sum *sum, const char *key) {
    for (size_t i = 0; i < sum->len; i++)
        if (strcmp(sum->items[i].key, key) == 0) return &sum->items[i];
    return NULL;
}

hd_race_sum hd_race_sum_of_run(const hd_race_detector *detector, uint64_t seed, bool json) {
    hd_race_sum run = {0};
    for (size_t i = 0; i < hd_race_count(detector); i++) {
        const hd_race_report *report = hd_race_get(detector, i);
        hd_race_entry entry = {.key = key_of(report), .seed = seed, .rank = i};
        /* The same code of two modules is one pair here. */
        if (!entry.key || find(&run, entry.key)) {
            hd_free(entry.key);
            continue;
        }
        entry.text = text_of(report);
        if (json) entry.json = hd_race_to_json(report);
        if (!entry.text || !hd_vec_push(&entry.seeds, seed) || !hd_vec_push(&run, entry))
            free_entry(&entry);
    }
    return run;
}

void hd_race_sum_add(hd_race_sum *sum, hd_race_sum *run) {
    for (size_t i = 0; i < run->len; i++) {
        hd_race_entry *entry = &run->items[i], *known = find(sum, entry->key);
        if (!known) {
            if (!hd_vec_push(sum, *entry)) free_entry(entry);
            continue;
        }
        if (entry->seed < known->seed) {
            hd_race_entry first = *known;
            known->text = entry->text, entry->text = first.text;
            known->json = entry->json, entry->json = first.json;
            known->seed = entry->seed;
            known->rank = entry->rank;
        }
        (void)hd_vec_push(&known->seeds, entry->seeds.items[0]); /* else a run less is counted */
        free_entry(entry);
    }
    hd_vec_free(run);
}

static int by_first(const void *a, const void *b) {
    const hd_race_entry *x = a, *y = b;
    if (x->seed != y->seed) return (x->seed > y->seed) - (x->seed < y->seed);
    return (x->rank > y->rank) - (x->rank < y->rank);
}

void hd_race_sum_finish(hd_race_sum *sum, uint64_t last) {
    size_t kept = 0;
    for (size_t i = 0; i < sum->len; i++) {
        hd_race_entry *entry = &sum->items[i];
        size_t runs = 0;
        for (size_t j = 0; j < entry->seeds.len; j++)
            if (entry->seeds.items[j] <= last) runs++;
        entry->seeds.len = runs; /* from here on only how many */
        if (runs > 0)
            sum->items[kept++] = *entry;
        else
            free_entry(entry);
    }
    sum->len = kept;
    if (kept > 0) qsort(sum->items, kept, sizeof *sum->items, by_first);
}

void hd_race_sum_print(FILE *to, const hd_race_sum *sum, uint64_t runs) {
    for (size_t i = 0; i < sum->len; i++) {
        const hd_race_entry *entry = &sum->items[i];
        fprintf(to, "%s  in %zu of %" PRIu64 " runs, first with seed %" PRIu64 "\n", entry->text,
                entry->seeds.len, runs, entry->seed);
    }
}

void hd_race_sum_free(hd_race_sum *sum) {
    for (size_t i = 0; i < sum->len; i++)
        free_entry(&sum->items[i]);
    hd_vec_free(sum);
}
