/* race_sum.c: the races of many runs. */
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

static hd_race_entry *find(hd_race_sum *sum, const char *key, hd_race_grade grade) {
    for (size_t i = 0; i < sum->entries.len; i++)
        if (sum->entries.items[i].grade == grade && strcmp(sum->entries.items[i].key, key) == 0)
            return &sum->entries.items[i];
    return NULL;
}

/* Takes over of a run's counts what is no sum. */
static void add_counts(hd_race_counts *to, const hd_race_counts *from) {
    to->nameless = to->nameless || from->nameless;
    if (from->beyond > to->beyond) to->beyond = from->beyond;
    to->show_suppressed = from->show_suppressed;
    to->show_fenced = from->show_fenced;
}

hd_race_sum hd_race_sum_of_run(const hd_race_detector *detector, uint64_t seed, bool json) {
    hd_race_sum run = {.counts = hd_race_get_counts(detector)};
    for (size_t i = 0; i < hd_race_count(detector); i++) {
        const hd_race_report *report = hd_race_get(detector, i);
        bool shown = hd_race_is_shown(detector, report);
        hd_race_entry entry = {
            .key = key_of(report), .grade = report->grade, .seed = seed, .rank = i};
        /* The same code of two modules is one pair here. */
        if (!entry.key || find(&run, entry.key, entry.grade)) {
            hd_free(entry.key);
            continue;
        }
        if (shown) entry.text = text_of(report);
        if (shown && json) entry.json = hd_race_to_json(report);
        if ((shown && !entry.text) || !hd_vec_push(&entry.seeds, seed) ||
            !hd_vec_push(&run.entries, entry))
            free_entry(&entry);
    }
    return run;
}

void hd_race_sum_add(hd_race_sum *sum, hd_race_sum *run) {
    add_counts(&sum->counts, &run->counts);
    for (size_t i = 0; i < run->entries.len; i++) {
        hd_race_entry *entry = &run->entries.items[i];
        hd_race_entry *known = find(sum, entry->key, entry->grade);
        if (!known) {
            if (!hd_vec_push(&sum->entries, *entry)) free_entry(entry);
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
    hd_vec_free(&run->entries);
}

static int by_first(const void *a, const void *b) {
    const hd_race_entry *x = a, *y = b;
    if (x->seed != y->seed) return (x->seed > y->seed) - (x->seed < y->seed);
    return (x->rank > y->rank) - (x->rank < y->rank);
}

/* Forgets what a pair counted as in some runs if it was graver in others. */
static void drop_less_grave(hd_race_sum *sum) {
    size_t kept = 0;
    for (size_t i = 0; i < sum->entries.len; i++) {
        hd_race_entry entry = sum->entries.items[i];
        bool graver = false;
        for (size_t j = 0; j < sum->entries.len && !graver; j++)
            graver = j != i && (j < kept || j > i) && sum->entries.items[j].grade < entry.grade &&
                     strcmp(sum->entries.items[j].key, entry.key) == 0;
        if (graver)
            free_entry(&entry);
        else
            sum->entries.items[kept++] = entry;
    }
    sum->entries.len = kept;
}

void hd_race_sum_finish(hd_race_sum *sum, uint64_t last) {
    size_t kept = 0;
    for (size_t i = 0; i < sum->entries.len; i++) {
        hd_race_entry *entry = &sum->entries.items[i];
        size_t runs = 0;
        for (size_t j = 0; j < entry->seeds.len; j++)
            if (entry->seeds.items[j] <= last) runs++;
        entry->seeds.len = runs; /* from here on only how many */
        if (runs > 0)
            sum->entries.items[kept++] = *entry;
        else
            free_entry(entry);
    }
    sum->entries.len = kept;
    drop_less_grave(sum);
    kept = sum->entries.len;
    for (size_t i = 0; i < kept; i++)
        sum->counts.graded[sum->entries.items[i].grade]++;
    if (kept > 0) qsort(sum->entries.items, kept, sizeof *sum->entries.items, by_first);
}

void hd_race_sum_print(FILE *to, const hd_race_sum *sum, uint64_t runs) {
    for (size_t i = 0; i < sum->entries.len; i++) {
        const hd_race_entry *entry = &sum->entries.items[i];
        if (!entry->text) continue;
        fprintf(to, "%s  in %zu of %" PRIu64 " runs, first with seed %" PRIu64 "\n", entry->text,
                entry->seeds.len, runs, entry->seed);
    }
    if (sum->counts.graded[HD_RACE_NOTE] > 0)
        fprintf(to, "races: %zu error%s, %zu note%s\n", sum->counts.graded[HD_RACE_ERROR],
                sum->counts.graded[HD_RACE_ERROR] == 1 ? "" : "s", sum->counts.graded[HD_RACE_NOTE],
                sum->counts.graded[HD_RACE_NOTE] == 1 ? "" : "s");
    hd_race_counts_print(to, &sum->counts);
}

void hd_race_sum_free(hd_race_sum *sum) {
    for (size_t i = 0; i < sum->entries.len; i++)
        free_entry(&sum->entries.items[i]);
    hd_vec_free(&sum->entries);
}
