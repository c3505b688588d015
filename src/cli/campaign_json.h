/* campaign_json.h: the sum of controlled runs as JSON. */
#ifndef HD_CLI_CAMPAIGN_JSON_H
#define HD_CLI_CAMPAIGN_JSON_H

#include "cli/campaign.h"

/* Returns a campaign as an object; `trace` is the path that the trace was written to, or NULL.
 * NULL, or members missing, when memory is out. */
cJSON *hd_campaign_to_json(const hd_campaign *campaign, const char *trace);

#endif
