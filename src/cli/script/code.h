/* code.h: the modules of a script, loaded and translated once for all runs of it.
 *
 * What a `(module …)` command comes to depends on its text alone. So it is read, decoded, validated
 * and, function by function, translated when it is first run, and shared by all agents and all runs
 * after that, on any thread. */
#ifndef HD_CLI_SCRIPT_CODE_H
#define HD_CLI_SCRIPT_CODE_H

#include "agents/cluster.h"
#include "module/module.h"
#include "text/script.h"

typedef struct hd_script_code hd_script_code;

/* Makes the code of a script, which must outlive it; NULL when memory is out. */
hd_script_code *hd_script_code_new(const hd_script *script, hd_features features);

/* Releases it after all clusters that ran it; NULL is ignored. */
void hd_script_code_free(hd_script_code *code);

/* The code of a module of the script, with the handlers that members of the cluster need. An error
 * is the same each time, but for HD_NOMEM. Thread-safe. */
hd_status hd_script_code_load(hd_script_code *code, const hd_script_module *module,
                              const hd_cluster *cluster, hd_codebase **base, hd_diag *diag);

#endif
