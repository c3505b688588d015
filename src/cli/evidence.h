/* evidence.h: where traces of failures go: always into new files, so that none is lost.
 *
 * In a folder of the user's: SUBJECT-KIND.trace, after what was run and how it failed. Else here,
 * as heddle.trace. Where a file of that name exists, -2, -3, … stand before the `.trace`. */
#ifndef HD_CLI_EVIDENCE_H
#define HD_CLI_EVIDENCE_H

#include "sched/trace.h"

/* Writes the trace of a failure; the folder, NULL for none, is made if its parent exists. `*path`
 * receives where it is, to be released with hd_free. HD_OK, HD_IO, HD_NOMEM. */
hd_status hd_evidence_save(const hd_trace *trace, const char *folder, const char *subject,
                           hd_failure_kind kind, char **path, hd_diag *diag);

/* Writes a trace that was made of another one, whose path is given, beside it: NAME.trace becomes
 * NAME-shrunk.trace. */
hd_status hd_evidence_save_shrunk(const hd_trace *trace, const char *original, char **path,
                                  hd_diag *diag);

#endif
