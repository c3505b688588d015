/* cmd_version.c: `heddle version`. */
#include <config.h>
#include <stdio.h>

#include "cli/command.h"
#include "module/demangle.h"
#include "module/source.h"

static bool no_options(const hd_subcommand *self, void *context, int key, const char *value) {
    (void)context, (void)key, (void)value;
    hd_usage_error(self, "takes no options");
    return false;
}

static int run(const hd_subcommand *self, int argc, char **argv) {
    int count;
    int status = hd_options_read(self, argc, argv, no_options, NULL, &count);
    if (status != HD_OPTIONS_READ) return status;
    if (count > 0) return hd_usage_error(self, "takes no operands");
    puts(PACKAGE_NAME " " PACKAGE_VERSION);
    printf("source lines in reports: %s\n",
           hd_source_available() ? "yes, by libdwarf" : "no, built without libdwarf");
    printf("demangled names of C++ and Rust: %s\n",
           hd_demangle_available() ? "yes, by libiberty" : "no, built without libiberty");
    return HD_EXIT_OK;
}

const hd_subcommand hd_version_subcommand = {
    .name = "version",
    .summary = "print the version",
    .usage = "",
    .details = "Prints the name and the version of this program, and what it was built with;\n"
               "`heddle --version` does the same.",
    .examples = "$ heddle version",
    .run = run,
};
