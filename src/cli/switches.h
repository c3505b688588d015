/* switches.h: the switches of a run that failed, in a few lines: who was left, where, for whom, and
 * who could have gone on as well. `heddle trace` has all of it. */
#ifndef HD_CLI_SWITCHES_H
#define HD_CLI_SWITCHES_H

#include "cli/campaign.h"

/* Starts zeroed; release with hd_switches_free. */
struct hd_switches {
    char *text;     /* lines; NULL: there are none */
    uint64_t count; /* switches, of the events that were looked at */
    uint64_t preemptions;
    uint64_t from;   /* these events are those from this step on */
    unsigned shown;  /* switches that the text tells: all, or else the last preemptions, or else the
                        last ones */
    bool preemptive; /* these are preemptions */
};

/* Finds the switches of a run that a campaign's body can be repeated for, by executing its trace
 * once more. What that prints is not seen. HD_OK, or HD_NOMEM. */
hd_status hd_switches_take(hd_switches *switches, const hd_control_options *options,
                           const hd_trace *trace, hd_campaign_body *body, void *context,
                           hd_diag *diag);
void hd_switches_free(hd_switches *switches);

/* Prints them, and how to see more: with the trace of this path (NULL: there is none). */
void hd_switches_print(FILE *to, const hd_switches *switches, const char *trace);

#endif
