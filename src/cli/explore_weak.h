/* explore_weak.h: `heddle explore --weak`: outcomes that the relaxed memory model allows. */
#ifndef HD_CLI_EXPLORE_WEAK_H
#define HD_CLI_EXPLORE_WEAK_H

#include "cli/step_subject.h"

/* Enumerates and reports, in words or as one JSON object, the outcomes of a subject that is loaded;
 * `dot` (NULL: nowhere) is a file for pictures of those beyond sequential consistency. Returns the
 * exit status; HD_EXIT_INPUT after a diagnosis, or a message. */
int hd_explore_weak(hd_step_subject *subject, bool json, const char *dot, hd_diag *diag);

#endif
