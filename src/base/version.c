/* version.c: the version of the library. */
#include "config.h"
#include "heddle.h"

const char *hd_version(void) {
    return PACKAGE_VERSION;
}
