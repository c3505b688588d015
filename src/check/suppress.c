/* suppress.c: reading and matching suppressions. */
#include "check/suppress.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "module/source.h"

enum { LABEL = 256 };

/* Reading. */

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

static const struct {
    const char *mark;
    hd_suppression_kind kind;
} marks[] = {
    {"fn:", HD_SUPPRESS_FUNCTION},
    {"file:", HD_SUPPRESS_FILE},
    {"addr:", HD_SUPPRESS_ADDRESS},
    {"out:", HD_SUPPRESS_OUT},
    {"weak:", HD_SUPPRESS_WEAK},
    {"stream:", HD_SUPPRESS_STREAM},
    {"stream-lock:", HD_SUPPRESS_STREAM_LOCK},
    {"helper:", HD_SUPPRESS_HELPER},
    {"if:", HD_SUPPRESS_IF},
};

/* Takes a suppression's text apart, of a kind up to the last one; false if it is none. */
static bool read_item(hd_suppression *item, hd_suppression_kind last) {
    for (size_t i = 0; i < sizeof marks / sizeof *marks && marks[i].kind <= last; i++) {
        size_t length = strlen(marks[i].mark);
        if (strncmp(item->text, marks[i].mark, length) != 0) continue;
        item->kind = marks[i].kind;
        item->value = item->text + length;
        item->plain = !strpbrk(item->value, "*?[\\");
        if (item->kind == HD_SUPPRESS_ADDRESS)
            return read_range(item->value, &item->from, &item->to);
        return *item->value;
    }
    return false;
}

static bool push(hd_suppressions *s, hd_suppression *item) {
    if (item->kind == HD_SUPPRESS_IF) s->groups++;
    item->group = s->groups;
    return hd_vec_push(&s->list, *item);
}

static hd_status add(hd_suppressions *s, const char *text, size_t length, hd_suppression_kind last,
                     hd_diag *diag) {
    hd_suppression item = {.text = hd_strndup(text, length)};
    if (!item.text) return hd_diag_nomem(diag);
    if (!read_item(&item, last))
        hd_diag_set(diag, HD_FAILED,
                    "bad suppression '%s': want fn:PATTERN, file:PATTERN, addr:ADDRESS or "
                    "addr:FROM-TO",
                    item.text);
    else if (push(s, &item))
        return HD_OK;
    else
        hd_diag_nomem(diag);
    hd_free(item.text);
    return diag->status;
}

hd_status hd_suppressions_add(hd_suppressions *s, const char *text, hd_diag *diag) {
    return add(s, text, strlen(text), HD_SUPPRESS_ADDRESS, diag);
}

static hd_status add_lines(hd_suppressions *s, const char *text, size_t length,
                           hd_suppression_kind last, hd_diag *diag) {
    const char *end = text + length;
    for (uint32_t line = 1; text < end; line++) {
        const char *stop = memchr(text, '\n', (size_t)(end - text));
        if (!stop) stop = end;
        const char *from = text, *to = stop;
        while (from < to && (*from == ' ' || *from == '\t'))
            from++;
        while (from < to && (to[-1] == ' ' || to[-1] == '\t' || to[-1] == '\r'))
            to--;
        hd_diag found = HD_DIAG_INIT;
        if (from < to && *from != '#' && add(s, from, (size_t)(to - from), last, &found) != HD_OK)
            return hd_diag_set(diag, found.status, "line %u: %s", line, found.message);
        text = stop + 1;
    }
    return HD_OK;
}

hd_status hd_suppressions_read(hd_suppressions *s, const char *text, size_t length, hd_diag *diag) {
    return add_lines(s, text, length, HD_SUPPRESS_ADDRESS, diag);
}

static const char wasi_libc[] =
#include "src/check/wasi_libc.inc"
    ;

hd_status hd_suppressions_add_wasi_libc(hd_suppressions *s, hd_diag *diag) {
    return add_lines(s, wasi_libc, sizeof wasi_libc - 1, HD_SUPPRESS_IF, diag);
}

/* Matching. */

static bool is_called(const hd_suppression *item, const char *name) {
    return item->plain ? strcmp(item->value, name) == 0 : fnmatch(item->value, name, 0) == 0;
}

/* The kinds that have a name in some groups, as bits. */
static unsigned kinds_of(const hd_suppressions *s, uint32_t groups, const char *name) {
    unsigned kinds = 0;
    for (size_t i = 0; name && i < s->list.len; i++) {
        const hd_suppression *item = &s->list.items[i];
        if ((groups >> item->group & 1) && item->kind != HD_SUPPRESS_ADDRESS &&
            is_called(item, name))
            kinds |= HD_SUPPRESS_BIT(item->kind);
    }
    return kinds;
}

static bool has(const hd_suppressions *s, hd_suppression_kind kind, const char *name) {
    return kinds_of(s, UINT32_MAX, name) & HD_SUPPRESS_BIT(kind);
}

/* The name in a label, without the mark, in `name`. */
static const char *bare(const char *label, char name[LABEL]) {
    size_t length = strlen(label);
    if (label[0] == '$') return label + 1;
    if (length < 2 || length > LABEL || label[0] != '"' || label[length - 1] != '"') return label;
    memcpy(name, label + 1, length - 2);
    name[length - 2] = '\0';
    return name;
}

/* A path, or its end behind any of its slashes. */
static bool has_file(const hd_suppressions *s, const char *path) {
    while (path) {
        if (has(s, HD_SUPPRESS_FILE, path)) return true;
        path = strchr(path, '/');
        if (path) path++;
    }
    return false;
}

static bool has_function_or_file(const hd_suppressions *s) {
    for (size_t i = 0; i < s->list.len; i++)
        if (s->list.items[i].kind <= HD_SUPPRESS_FILE) return true;
    return false;
}

bool hd_suppressions_have_place(const hd_suppressions *s, const hd_location *location) {
    hd_source_frame frames[HD_SOURCE_FRAMES];
    char label[LABEL], name[LABEL];
    if (!location->module || !has_function_or_file(s)) return false;
    hd_module_function_label(location->module, location->function, label, sizeof label);
    if (has(s, HD_SUPPRESS_FUNCTION, label) || has(s, HD_SUPPRESS_FUNCTION, bare(label, name)))
        return true;
    /* As the compiler has mangled it. */
    hd_name mangled = location->module->functions[location->function].name;
    if (mangled.length > 0 &&
        has(s, HD_SUPPRESS_FUNCTION, hd_name_format(mangled, name, sizeof name)))
        return true;
    size_t count = hd_module_locate(location->module, location->offset, frames, HD_SOURCE_FRAMES);
    for (size_t i = 0; i < count; i++)
        if (has(s, HD_SUPPRESS_FUNCTION, frames[i].function) || has_file(s, frames[i].file))
            return true;
    return false;
}

uint32_t hd_suppressions_groups(const hd_suppressions *s, const hd_module *module) {
    uint32_t groups = 1;
    char name[LABEL];
    for (uint32_t f = module->imported_functions; s->groups > 0 && f < module->function_count;
         f++) {
        hd_name_format(hd_module_function_name(module, f), name, sizeof name);
        for (size_t i = 0; name[0] && i < s->list.len; i++)
            if (s->list.items[i].kind == HD_SUPPRESS_IF && is_called(&s->list.items[i], name))
                groups |= 1u << s->list.items[i].group;
    }
    return groups;
}

unsigned hd_suppressions_innermost(const hd_suppressions *s, uint32_t groups,
                                   const hd_location *location) {
    hd_source_frame frames[HD_SOURCE_FRAMES];
    const hd_module *m = location->module;
    if (!m || location->function >= m->function_count) return 0;
    char text[LABEL];
    const char *name = NULL;
    if (m->functions[location->function].name.length > 0) {
        name = hd_name_format(m->functions[location->function].name, text, sizeof text);
        /* The names of a section are there at once, those of debug information must be looked for:
         * what is inlined into a function that is not listed is taken for its own. */
        if (!kinds_of(s, groups, name)) return 0;
    }
    size_t count = hd_module_locate(m, location->offset, frames, HD_SOURCE_FRAMES);
    for (size_t i = 0; i + 1 < count; i++) {
        unsigned kinds = kinds_of(s, groups, frames[i].function);
        if (!(kinds & HD_SUPPRESS_BIT(HD_SUPPRESS_HELPER))) return kinds;
    }
    if (!name && count > 0) name = frames[count - 1].function;
    return kinds_of(s, groups, name);
}

bool hd_suppressions_pair(unsigned one, unsigned other, bool passing) {
    const unsigned function = HD_SUPPRESS_BIT(HD_SUPPRESS_FUNCTION);
    const unsigned listed =
        function | HD_SUPPRESS_BIT(HD_SUPPRESS_OUT) | HD_SUPPRESS_BIT(HD_SUPPRESS_WEAK);
    const unsigned stream = HD_SUPPRESS_BIT(HD_SUPPRESS_STREAM);
    const unsigned lock = HD_SUPPRESS_BIT(HD_SUPPRESS_STREAM_LOCK);
    if ((one & listed) && (other & listed) && ((one | other) & function)) return true;
    return passing && (((one & stream) && (other & lock)) || ((one & lock) && (other & stream)));
}

bool hd_suppressions_have_address(const hd_suppressions *s, uint64_t address, uint64_t length) {
    for (size_t i = 0; i < s->list.len; i++) {
        const hd_suppression *item = &s->list.items[i];
        if (item->kind == HD_SUPPRESS_ADDRESS && address <= item->to &&
            (item->from <= address || item->from - address < length))
            return true;
    }
    return false;
}

static bool imports_wasi(const hd_module *m) {
    for (uint32_t i = 0; i < m->import_count; i++)
        if (m->imports[i].kind == HD_EXTERN_FUNC &&
            hd_name_is(m->imports[i].module, "wasi_snapshot_preview1"))
            return true;
    return false;
}

bool hd_location_is_nameless(const hd_location *location) {
    hd_source_frame frame;
    const hd_module *m = location->module;
    if (!m || !imports_wasi(m)) return false;
    for (uint32_t i = m->imported_functions; i < m->function_count; i++)
        if (m->functions[i].name.length > 0) return false;
    return hd_module_locate(m, location->offset, &frame, 1) == 0 || frame.text;
}

void hd_suppressions_free(hd_suppressions *s) {
    for (size_t i = 0; i < s->list.len; i++)
        hd_free(s->list.items[i].text);
    hd_vec_free(&s->list);
    s->groups = 0;
}
