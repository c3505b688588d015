/* control.c: controlled executions. */
#include "cli/control.h"

#include <string.h>

bool hd_control_option(const hd_subcommand *self, hd_control_options *o, int key, const char *value,
                       bool *taken) {
    *taken = true;
    switch (key) {
    case HD_SCHED_KEY: o->strategy = strcmp(value, "host") == 0 ? NULL : value; return true;
    case HD_SEED_KEY: return hd_option_count(self, "seed", value, 0, UINT64_MAX, &o->seed);
    case HD_RUNS_KEY: return hd_option_count(self, "runs", value, 1, UINT32_MAX, &o->runs);
    case HD_LENGTH_KEY: return hd_option_count(self, "length", value, 1, UINT32_MAX, &o->length);
    case HD_STEPS_KEY: return hd_option_count(self, "steps", value, 0, UINT64_MAX, &o->steps);
    case HD_KEEP_GOING_KEY: o->keep_going = true; return true;
    case HD_MAIN_CANNOT_BLOCK_KEY: o->main_cannot_block = true; return true;
    default: *taken = false; return true;
    }
}

bool hd_control_options_check(const hd_subcommand *self, const hd_control_options *o) {
    hd_diag diag = HD_DIAG_INIT;
    if (!o->strategy) {
        if (o->runs == 1) return true;
        hd_usage_error(self, "--runs needs --sched: runs on host threads have no seed");
        return false;
    }
    hd_strategy *strategy = hd_strategy_parse(o->strategy, o->seed, o->length, &diag);
    hd_strategy_free(strategy);
    if (!strategy) hd_usage_error(self, "%s", diag.message);
    return strategy != NULL;
}

hd_status hd_execution_begin(hd_execution *e, const hd_control_options *options, uint64_t seed,
                             hd_diag *diag) {
    hd_strategy *strategy = hd_strategy_parse(options->strategy, seed, options->length, diag);
    if (!strategy) return diag->status;
    hd_status status = hd_execution_begin_with(e, options, strategy, NULL, 0, diag);
    e->seed = seed;
    if (status != HD_OK) hd_strategy_free(strategy);
    return status;
}

hd_status hd_execution_begin_with(hd_execution *e, const hd_control_options *options,
                                  hd_strategy *strategy, const hd_observer *observers,
                                  size_t observer_count, hd_diag *diag) {
    *e = (hd_execution){.options = options, .strategy = strategy};
    hd_sched_options sched = {.strategy = strategy,
                              .observers = observers,
                              .observer_count = observer_count,
                              .step_limit = options->steps,
                              .main_cannot_block = options->main_cannot_block};
    e->sched = hd_sched_new(&sched);
    return e->sched ? HD_OK : hd_diag_nomem(diag);
}

void hd_execution_end(hd_execution *e) {
    hd_sched_free(e->sched);
    hd_strategy_free(e->strategy);
}

void hd_execution_control(hd_execution *e, hd_cluster *cluster) {
    hd_cluster_control(cluster, hd_sched_controller(e->sched));
}

const char *hd_execution_failure(const hd_execution *e) {
    switch (hd_sched_outcome(e->sched)) {
    case HD_OUTCOME_DEADLOCK: return "deadlock: no agent can move";
    case HD_OUTCOME_LIVELOCK:
        return "livelock: the only agent that can move repeats itself for ever";
    case HD_OUTCOME_STEP_LIMIT: return "given up: the limit on events was reached";
    case HD_OUTCOME_GIVEN_UP: return "given up: the schedule does not fit";
    default: return NULL;
    }
}
