/* wast_expect.h: failures of scripts that are known (`--expect=FILE`).
 *
 * A file of lines, each `SCRIPT:LINE` for a command that fails, or `SCRIPT` for a script that
 * cannot be read or runs into the time limit, with `#` before a comment. SCRIPT is a path, or the
 * end of one from a `/` on, so that the file does not depend on the folder that it is used in. */
#ifndef HD_CLI_WAST_EXPECT_H
#define HD_CLI_WAST_EXPECT_H

#include "cli/wast_files.h"

typedef struct hd_expected hd_expected;

/* Reads the list; NULL with a diagnosis. Release with hd_expected_free, which takes NULL too. */
hd_expected *hd_expected_read(const char *path, hd_diag *diag);
void hd_expected_free(hd_expected *expected);

/* Settles the outcome of a script that was run with rows: what fails as expected is counted as
 * known and no failure, what is listed and did not fail becomes a failure. Thread-safe. */
void hd_expected_apply(const hd_expected *expected, hd_wast_file *file);

#endif
