/* evidence.c: see evidence.h. */
#include "cli/evidence.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/output.h"

enum { MOST_STEM = 128 };

/* Tries one name after the other. */
static hd_status save_numbered(const hd_trace *trace, const char *stem, char **path,
                               hd_diag *diag) {
    for (unsigned n = 1;; n++) {
        bool exists;
        char *name = n == 1 ? hd_format("%s.trace", stem) : hd_format("%s-%u.trace", stem, n);
        if (!name) return hd_diag_nomem(diag);
        if (hd_trace_save_new(trace, name, &exists, diag) == HD_OK && !exists) {
            *path = name;
            return HD_OK;
        }
        hd_free(name);
        if (diag->status != HD_OK) return diag->status;
    }
}

/* The last part of a path without its extension: what of it, and how long. */
static const char *stem_of(const char *path, int *length) {
    const char *slash = strrchr(path, '/'), *base = slash && slash[1] ? slash + 1 : path;
    const char *dot = strrchr(base, '.');
    size_t whole = dot && dot > base ? (size_t)(dot - base) : strlen(base);
    *length = (int)(whole < MOST_STEM ? whole : MOST_STEM);
    return base;
}

hd_status hd_evidence_save(const hd_trace *trace, const char *folder, const char *subject,
                           hd_failure_kind kind, char **path, hd_diag *diag) {
    int length;
    if (!folder) return save_numbered(trace, "heddle", path, diag);
    const char *base = stem_of(subject, &length);
    char *stem = hd_format("%s/%.*s-%s", folder, length, base, hd_failure_kind_name(kind));
    if (!stem) return hd_diag_nomem(diag);
    if (mkdir(folder, 0777) != 0 && errno != EEXIST)
        hd_diag_set(diag, HD_IO, "cannot make the folder: %s", strerror(errno));
    else
        save_numbered(trace, stem, path, diag);
    hd_free(stem);
    return diag->status;
}

hd_status hd_evidence_save_shrunk(const hd_trace *trace, const char *original, char **path,
                                  hd_diag *diag) {
    size_t length = strlen(original);
    if (length > 6 && strcmp(original + length - 6, ".trace") == 0) length -= 6;
    char *stem = hd_format("%.*s-shrunk", (int)length, original);
    if (!stem) return hd_diag_nomem(diag);
    save_numbered(trace, stem, path, diag);
    hd_free(stem);
    return diag->status;
}
