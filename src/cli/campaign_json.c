/* campaign_json.c: the sum of controlled runs as JSON. */
#include "cli/campaign_json.h"

#include "cli/report_json.h"

static cJSON *outcome_to_json(const hd_campaign *c, const hd_campaign_outcome *outcome) {
    cJSON *row = cJSON_CreateObject();
    hd_json_text(row, "outcome", outcome->text, outcome->length);
    cJSON_AddBoolToObject(row, "good", outcome->good);
    cJSON_AddNumberToObject(row, "runs", (double)outcome->count);
    hd_json_u64(row, "first_seed", outcome->first_seed);
    if (!outcome->good && outcome->failure < c->failures.len)
        cJSON_AddNumberToObject(row, "failure", (double)outcome->failure);
    return row;
}

static cJSON *failures_to_json(const hd_campaign *c) {
    cJSON *rows = cJSON_CreateArray();
    for (size_t i = 0; i < c->failures.len; i++) {
        const hd_campaign_failure *f = &c->failures.items[i];
        cJSON *row = hd_failure_to_json(&f->failure);
        hd_json_string(row, "trace", f->path);
        cJSON_AddNumberToObject(row, "runs", (double)f->count);
        cJSON_AddBoolToObject(row, "agents_vary", f->varies);
        hd_json_u64(row, "first_seed", f->first_seed);
        cJSON_AddItemToArray(rows, row);
    }
    return rows;
}

static cJSON *races_to_json(const hd_race_sum *races) {
    cJSON *rows = cJSON_CreateArray();
    for (size_t i = 0; i < races->entries.len; i++) {
        const hd_race_entry *entry = &races->entries.items[i];
        cJSON *row = cJSON_Duplicate(entry->json, true);
        if (!row) continue;
        cJSON_AddNumberToObject(row, "runs", (double)entry->seeds.len);
        hd_json_u64(row, "first_seed", entry->seed);
        cJSON_AddItemToArray(rows, row);
    }
    return rows;
}

cJSON *hd_campaign_to_json(const hd_campaign *c, const char *trace) {
    cJSON *row = cJSON_CreateObject();
    cJSON_AddNumberToObject(row, "runs", (double)c->runs);
    cJSON_AddNumberToObject(row, "failed", (double)c->failed);
    cJSON_AddNumberToObject(row, "events", (double)c->events);
    if (c->coverage.runs > 0)
        cJSON_AddItemToObject(row, "coverage",
                              hd_coverage_to_json(&c->coverage, c->profile, c->length));
    cJSON *outcomes = cJSON_AddArrayToObject(row, "outcomes");
    for (size_t i = 0; i < c->outcomes.len; i++)
        cJSON_AddItemToArray(outcomes, outcome_to_json(c, &c->outcomes.items[i]));
    cJSON_AddItemToObject(row, "failures", failures_to_json(c));
    if (c->failed) hd_json_u64(row, "first_failure", c->first_failure);
    if (trace) hd_json_string(row, "trace", trace);
    if (c->own) cJSON_AddItemToObject(row, "own_failure", cJSON_Duplicate(c->own, true));
    if (c->stuck) cJSON_AddItemToObject(row, "stuck", cJSON_Duplicate(c->stuck, true));
    if (c->overflows) cJSON_AddItemToObject(row, "overflows", cJSON_Duplicate(c->overflows, true));
    cJSON_AddItemToObject(row, "races", races_to_json(&c->races));
    cJSON_AddItemToObject(row, "race_counts", hd_race_counts_to_json(&c->races.counts));
    return row;
}
