/* suppress.c: reading and matching suppressions. */
#include "check/suppress.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

static hd_status add(hd_suppressions *s, hd_suppression item, hd_diag *diag) {
    if (hd_vec_push(&s->list, item)) return HD_OK;
    hd_free(item.function);
    return hd_diag_nomem(diag);
}

/* A number at `*text`, which is moved behind it. */
static bool read_number(const char **text, uint64_t *number) {
    char *end;
    if (**text < '0' || **text > '9') return false;
    errno = 0;
    *number = strtoull(*text, &end, 0);
    *text = end;
    return errno == 0;
}

static bool read_range(const char *text, uint64_t *from, uint64_t *to) {
    if (!read_number(&text, from)) return false;
    *to = *from;
    if (*text == '-') {
        text++;
        if (!read_number(&text, to)) return false;
    }
    return *text == '\0' && *from <= *to;
}

hd_status hd_race_suppress_parse(hd_suppressions *s, const char *text, hd_diag *diag) {
    hd_suppression item = {0};
    if (strncmp(text, "fn:", 3) == 0 && text[3]) {
        item.function = hd_strndup(text + 3, strlen(text + 3));
        return item.function ? add(s, item, diag) : hd_diag_nomem(diag);
    }
    if (strncmp(text, "addr:", 5) == 0 && read_range(text + 5, &item.from, &item.to)) {
        s->addresses = true;
        return add(s, item, diag);
    }
    return hd_diag_set(diag, HD_FAILED,
                       "bad suppression '%s': want fn:PATTERN, addr:ADDRESS or addr:FROM-TO", text);
}

/* The name in a label, without the mark, in `name` of the label's size. */
static const char *bare(const char *label, char *name, size_t size) {
    size_t length = strlen(label);
    if (label[0] == '$') return label + 1;
    if (length < 2 || length > size || label[0] != '"' || label[length - 1] != '"') return label;
    memcpy(name, label + 1, length - 2);
    name[length - 2] = '\0';
    return name;
}

bool hd_race_suppress_function(const hd_suppressions *s, const char *label) {
    char room[256];
    const char *name = bare(label, room, sizeof room);
    for (size_t i = 0; i < s->list.len; i++) {
        const char *pattern = s->list.items[i].function;
        if (pattern && (fnmatch(pattern, name, 0) == 0 || fnmatch(pattern, label, 0) == 0))
            return true;
    }
    return false;
}

bool hd_race_suppress_address(const hd_suppressions *s, uint64_t address, uint64_t length) {
    for (size_t i = 0; i < s->list.len; i++) {
        const hd_suppression *item = &s->list.items[i];
        if (!item->function && address <= item->to &&
            (item->from <= address || item->from - address < length))
            return true;
    }
    return false;
}

void hd_suppressions_free(hd_suppressions *s) {
    for (size_t i = 0; i < s->list.len; i++)
        hd_free(s->list.items[i].function);
    hd_vec_free(&s->list);
    s->addresses = false;
}
