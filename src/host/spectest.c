/* spectest.c: the objects of the `spectest` module, from tables, and its printing functions. */
#include "host/spectest.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name, *qualified_name;
    uint32_t param_count;
    hd_valtype params[2];
} print_rows[] = {
    {"print", "spectest.print", 0, {0}},
    {"print_i32", "spectest.print_i32", 1, {HD_I32}},
    {"print_i64", "spectest.print_i64", 1, {HD_I64}},
    {"print_f32", "spectest.print_f32", 1, {HD_F32}},
    {"print_f64", "spectest.print_f64", 1, {HD_F64}},
    {"print_i32_f32", "spectest.print_i32_f32", 2, {HD_I32, HD_F32}},
    {"print_f64_f64", "spectest.print_f64_f64", 2, {HD_F64, HD_F64}},
};

static const struct {
    const char *name;
    hd_valtype type;
    hd_slot value;
} global_rows[] = {
    {"global_i32", HD_I32, {.i64 = 666}},
    {"global_i64", HD_I64, {.i64 = 666}},
    {"global_f32", HD_F32, {.f32 = 666.6F}},
    {"global_f64", HD_F64, {.f64 = 666.6}},
};

static const struct {
    const char *name;
    hd_tabletype type;
} table_rows[] = {
    {"table", {HD_FUNCREF, {.min = 10, .max = 20, .has_max = true}}},
    {"table64", {HD_FUNCREF, {.min = 10, .max = 20, .has_max = true, .is64 = true}}},
};

static const struct {
    const char *name;
    hd_limits type;
} memory_rows[] = {
    {"memory", {.min = 1, .max = 2, .has_max = true}},
    {"shared_memory", {.min = 1, .max = 2, .has_max = true, .shared = true}},
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum { EXPORTS = COUNT(print_rows) + COUNT(global_rows) + COUNT(table_rows) + COUNT(memory_rows) };

/* What a printing function is called with. */
typedef struct printer {
    const char *name;
    const hd_functype *type;
    FILE *out;
} printer;

struct hd_spectest {
    uint32_t count;
    struct {
        const char *name;
        hd_extern value;
    } exports[EXPORTS];
};

/* Writes a decimal numeral that reads back as the same number, of 6 digits if they do. */
static int format_float(char *buffer, size_t size, double value, bool single) {
    if (isnan(value)) return snprintf(buffer, size, "%snan", signbit(value) ? "-" : "");
    int used = 0;
    for (int digits = 6; digits <= (single ? 9 : 17); digits++) {
        used = snprintf(buffer, size, "%.*g", digits, value);
        if (single ? strtof(buffer, NULL) == (float)value : strtod(buffer, NULL) == value) break;
    }
    return used;
}

static int format_value(char *buffer, size_t size, hd_valtype type, hd_slot value) {
    switch (type) {
    case HD_I32: return snprintf(buffer, size, "%d", (int32_t)value.i32);
    case HD_I64: return snprintf(buffer, size, "%lld", (long long)value.i64);
    case HD_F32: return format_float(buffer, size, value.f32, true);
    default: return format_float(buffer, size, value.f64, false);
    }
}

/* The printing functions: one line, given to the stream in one piece. */
static hd_trapcode print(struct hd_agent *agent, void *data, hd_slot *cells, hd_diag *diag) {
    (void)agent, (void)diag;
    const printer *p = data;
    if (!p->out) return HD_TRAP_NONE;
    char line[128];
    int used = snprintf(line, sizeof line, "%s", p->name);
    for (uint32_t i = 0; i < p->type->param_count; i++) {
        char value[40];
        format_value(value, sizeof value, p->type->params[i], cells[i]);
        used += snprintf(line + used, sizeof line - (size_t)used, "%s %s : %s", i > 0 ? "," : "",
                         value, hd_valtype_name(p->type->params[i]));
    }
    line[used++] = '\n';
    fwrite(line, 1, (size_t)used, p->out);
    return HD_TRAP_NONE;
}

/* Adds an export; `made` is the object, NULL when memory is out. */
static bool add(hd_spectest *s, const char *name, hd_extern value, const void *made) {
    s->exports[s->count].name = name;
    s->exports[s->count++].value = value;
    return made != NULL;
}

static bool add_functions(hd_spectest *s, hd_store *store, FILE *out) {
    hd_functype *types = hd_store_alloc(store, COUNT(print_rows), sizeof *types);
    printer *printers = hd_store_alloc(store, COUNT(print_rows), sizeof *printers);
    if (!types || !printers) return false;
    for (size_t i = 0; i < COUNT(print_rows); i++) {
        types[i] = (hd_functype){.param_count = print_rows[i].param_count,
                                 .param_slots = print_rows[i].param_count,
                                 .params = print_rows[i].params};
        printers[i] = (printer){print_rows[i].name, &types[i], out};
        hd_func *func = hd_store_host_function(store, print_rows[i].qualified_name, &types[i],
                                               print, &printers[i]);
        hd_extern value = {HD_EXTERN_FUNC, {.func = func}};
        if (!add(s, print_rows[i].name, value, func)) return false;
    }
    return true;
}

static bool add_globals(hd_spectest *s, hd_store *store) {
    for (size_t i = 0; i < COUNT(global_rows); i++) {
        hd_globaltype type = {global_rows[i].type, false};
        hd_slot cells[2] = {global_rows[i].value};
        hd_global *global = hd_store_global(store, type, cells);
        hd_extern value = {HD_EXTERN_GLOBAL, {.global = global}};
        if (!add(s, global_rows[i].name, value, global)) return false;
    }
    return true;
}

static bool add_tables(hd_spectest *s, hd_store *store) {
    for (size_t i = 0; i < COUNT(table_rows); i++) {
        hd_table *table = hd_store_table(store, &table_rows[i].type, NULL);
        hd_extern value = {HD_EXTERN_TABLE, {.table = table}};
        if (!add(s, table_rows[i].name, value, table)) return false;
    }
    return true;
}

static bool add_memories(hd_spectest *s, hd_store *store) {
    for (size_t i = 0; i < COUNT(memory_rows); i++) {
        hd_diag diag = HD_DIAG_INIT;
        hd_memory *memory = hd_store_own_memory(store, &memory_rows[i].type, &diag);
        hd_extern value = {HD_EXTERN_MEMORY, {.memory = memory}};
        if (!add(s, memory_rows[i].name, value, memory)) return false;
    }
    return true;
}

hd_spectest *hd_spectest_new(hd_store *store, FILE *out) {
    hd_spectest *s = hd_store_alloc(store, 1, sizeof *s);
    bool made = s && add_functions(s, store, out) && add_globals(s, store) &&
                add_tables(s, store) && add_memories(s, store);
    return made ? s : NULL;
}

bool hd_spectest_lookup(const hd_spectest *spectest, const char *name, size_t length,
                        hd_extern *value) {
    for (uint32_t i = 0; i < spectest->count; i++) {
        const char *candidate = spectest->exports[i].name;
        if (strlen(candidate) != length || memcmp(candidate, name, length) != 0) continue;
        *value = spectest->exports[i].value;
        return true;
    }
    return false;
}
