/* sources.c: --source-path. One setting for the program: the options of the command line that runs
 * a trace again come from the trace, and say nothing of this machine's folders. */
#include "cli/sources.h"

#include <pthread.h>
#include <string.h>
#include <unistd.h>

static hd_source_paths shown;
static pthread_once_t once = PTHREAD_ONCE_INIT;

bool hd_option_source_path(const hd_subcommand *self, const char *value) {
    const char *equals = strchr(value, '=');
    if (!equals || equals == value) {
        hd_usage_error(self, "--source-path needs OLD=NEW, not '%s'", value);
        return false;
    }
    hd_source_map map = {hd_strndup(value, (size_t)(equals - value)), equals + 1};
    if (map.from && hd_vec_push(&shown.maps, map)) return true;
    hd_free((char *)map.from);
    hd_usage_error(self, "out of memory");
    return false;
}

static void find_directory(void) {
    static char directory[4096];
    if (getcwd(directory, sizeof directory)) shown.directory = directory;
}

const hd_source_paths *hd_shown_sources(void) {
    pthread_once(&once, find_directory);
    return &shown;
}
