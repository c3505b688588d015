/* sources.h: how paths of source files are shown in reports: the option --source-path. */
#ifndef HD_CLI_SOURCES_H
#define HD_CLI_SOURCES_H

#include "cli/command.h"
#include "module/source.h"

enum { HD_SOURCE_PATH_KEY = 350 };

/* The row of --source-path for tables of options. */
#define HD_SOURCE_PATH_OPTION                                                                      \
    {                                                                                              \
        HD_SOURCE_PATH_KEY, "source-path", "OLD=NEW",                                              \
            "show source files below OLD as below NEW; the first\n"                                \
            "that fits counts"                                                                     \
    }

/* Takes the option's value; false after an hd_usage_error. Before any module is loaded. */
bool hd_option_source_path(const hd_subcommand *self, const char *value);

/* How every module that is loaded shows its sources: as the options said, then relative to the
 * current folder where they are below it. Any thread; lives as long as the program. */
const hd_source_paths *hd_shown_sources(void);

#endif
