/* campaign_shrink.h: the search for a simpler trace of a run's failure. */
#ifndef HD_CLI_CAMPAIGN_SHRINK_H
#define HD_CLI_CAMPAIGN_SHRINK_H

#include "cli/campaign.h"
#include "sched/shrink.h"

/* Searches for a simpler trace with the failure of the one that the options have, in at most so
 * many executions (0: as many as hd_shrink makes) of the body; `subject` is what is run, NULL: it
 * cannot have changed. HD_OK and the trace, which has the
 * same origin; HD_FAILED when the failure does not repeat itself; HD_NOMEM. */
hd_status hd_campaign_shrink_trace(const hd_control_options *options, const hd_subject *subject,
                                   hd_campaign_body *body, void *context, uint64_t most_executions,
                                   hd_trace **shrunk, hd_shrink_summary *summary, hd_diag *diag);

/* Searches for a simpler trace with the failure of the one that the options have, writes it where
 * the purpose says (hd_control_get_purpose; NULL: into a new file beside it) and prints what came
 * of it. HD_FAILED when the failure does not repeat itself, with the reason, such as that the
 * subject is another one by now; HD_IO, HD_NOMEM. */
hd_status hd_campaign_shrink(const hd_control_options *options, const hd_subject *subject,
                             hd_campaign_body *body, void *context, hd_diag *diag);

#endif
