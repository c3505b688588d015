/* decode_sections.c: the sections that declare and define (core specification, section 5.5), but
 * for types and segments. */
#include "module/internal.h"

/* What the import section adds to the index spaces. */
typedef struct imported {
    HD_VEC(hd_funcdef) functions;
    HD_VEC(hd_tabledef) tables;
    HD_VEC(hd_limits) memories;
    HD_VEC(hd_globaldef) globals;
    HD_VEC(hd_tagdef) tags;
} imported;

/* Reads the index of a function's type; NULL if there is none, or reading failed. */
static const hd_functype *load_type_index(hd_loader *l, uint32_t *at) {
    uint64_t start = hd_reader_offset(&l->r);
    uint32_t index = *at = hd_read_u32(&l->r);
    bool known = hd_loader_index(l, start, "type", index, l->module->type_count);
    return known && hd_loader_ok(l) ? l->module->types[index] : NULL;
}

/* Reads a tag's type (core specification 3.0, section 5.3.14). */
static const hd_functype *load_tag_type(hd_loader *l) {
    uint64_t start = hd_reader_offset(&l->r);
    if (hd_read_u8(&l->r) != 0)
        hd_reader_fail(&l->r, HD_MALFORMED, start, "malformed tag attribute");
    uint32_t index;
    const hd_functype *type = load_type_index(l, &index);
    if (type && type->result_count > 0)
        hd_loader_invalid(l, start, "non-empty tag result type: %u results", type->result_count);
    return type;
}

/* Reads what follows an import's names; false when memory is out. */
static bool load_import(hd_loader *l, imported *to, hd_import *import) {
    uint64_t start = hd_reader_offset(&l->r);
    uint8_t kind = hd_read_u8(&l->r);
    hd_funcdef function = {0};
    hd_tabledef table = {0};
    hd_limits memory = {0};
    hd_globaldef global = {0};
    hd_tagdef tag = {0};
    import->kind = (hd_externkind)kind;
    if (kind == HD_EXTERN_TAG && !(l->features & HD_FEATURE_EXCEPTIONS)) kind = UINT8_MAX;
    switch (kind) {
    case HD_EXTERN_FUNC:
        import->index = (uint32_t)to->functions.len;
        function.type = load_type_index(l, &function.type_index);
        return hd_vec_push(&to->functions, function);
    case HD_EXTERN_TABLE:
        import->index = (uint32_t)to->tables.len;
        hd_decode_tabletype(l, &table.type);
        return hd_vec_push(&to->tables, table);
    case HD_EXTERN_MEMORY:
        import->index = (uint32_t)to->memories.len;
        hd_decode_memtype(l, &memory);
        return hd_vec_push(&to->memories, memory);
    case HD_EXTERN_GLOBAL:
        import->index = (uint32_t)to->globals.len;
        hd_decode_globaltype(l, &global.type);
        return hd_vec_push(&to->globals, global);
    case HD_EXTERN_TAG:
        import->index = (uint32_t)to->tags.len;
        tag.type = load_tag_type(l);
        return hd_vec_push(&to->tags, tag);
    default:
        hd_reader_fail(&l->r, HD_MALFORMED, start, "malformed import kind 0x%02x", kind);
        return true;
    }
}

/* More than one memory is a feature. */
static void check_memory_count(hd_loader *l, uint64_t offset) {
    if (l->module->memory_count > 1 && !(l->features & HD_FEATURE_MULTI_MEMORY))
        hd_loader_invalid(l, offset, "multiple memories: %u", l->module->memory_count);
}

#define TAKE(l, vec, array, total, part)                                                           \
    ((array) = hd_loader_extend((l), (vec).items, (uint32_t)(vec).len, 0, sizeof *(array), 1),     \
     (total) = (part) = (uint32_t)(vec).len)

void hd_decode_imports(hd_loader *l) {
    hd_module *m = l->module;
    imported to = {0};
    uint64_t start = hd_reader_offset(&l->r);
    uint32_t count = hd_read_count(&l->r);
    hd_import *imports = hd_loader_extend(l, NULL, 0, count, sizeof *imports, 4);
    for (uint32_t i = 0; i < count && hd_loader_ok(l); i++) {
        imports[i].module = hd_decode_name(&l->r);
        imports[i].field = hd_decode_name(&l->r);
        if (!load_import(l, &to, &imports[i])) hd_loader_nomem(l);
    }
    m->imports = imports;
    m->import_count = count;
    TAKE(l, to.functions, m->functions, m->function_count, m->imported_functions);
    TAKE(l, to.tables, m->tables, m->table_count, m->imported_tables);
    TAKE(l, to.memories, m->memories, m->memory_count, m->imported_memories);
    TAKE(l, to.globals, m->globals, m->global_count, m->imported_globals);
    TAKE(l, to.tags, m->tags, m->tag_count, m->imported_tags);
    check_memory_count(l, start);
    hd_vec_free(&to.functions);
    hd_vec_free(&to.tables);
    hd_vec_free(&to.memories);
    hd_vec_free(&to.globals);
    hd_vec_free(&to.tags);
}

void hd_decode_functions(hd_loader *l) {
    enum { LEAST_BODY = 3 }; /* size, locals, end */
    hd_module *m = l->module;
    uint64_t start = hd_reader_offset(&l->r);
    uint32_t count = hd_read_count(&l->r);
    /* A description is large for the one byte that may declare it: look ahead for the body's. */
    if (count > hd_reader_left(&l->r) / (1 + LEAST_BODY)) {
        hd_reader_fail(&l->r, HD_MALFORMED, start,
                       "function and code section have inconsistent lengths: %u functions in %zu "
                       "bytes",
                       count, hd_reader_left(&l->r));
        return;
    }
    m->functions =
        hd_loader_extend(l, m->functions, m->function_count, count, sizeof *m->functions, 1);
    for (uint32_t i = 0; i < count && hd_loader_ok(l); i++) {
        hd_funcdef *function = &m->functions[m->function_count++];
        function->type = load_type_index(l, &function->type_index);
    }
}

/* Tables that begin with another element than null have a form of their own. */
static void load_table(hd_loader *l, hd_tabledef *table) {
    enum { INITIALIZED = 0x40 };
    bool typed = l->features & HD_FEATURE_FUNCTION_REFERENCES;
    uint64_t start = hd_reader_offset(&l->r);
    bool initialized = typed && hd_reader_left(&l->r) > 0 && *l->r.pos == INITIALIZED;
    if (initialized) {
        l->r.pos++;
        if (hd_read_u8(&l->r) != 0)
            hd_reader_fail(&l->r, HD_MALFORMED, start, "malformed table: zero byte expected");
    }
    if (!hd_decode_tabletype(l, &table->type)) return;
    if (initialized)
        table->init = hd_decode_constexpr(l, table->type.element);
    else if (!hd_is_nullable(table->type.element))
        hd_loader_invalid(l, start, "type mismatch: a table of %s needs an initial element",
                          hd_valtype_name(table->type.element));
}

void hd_decode_tables(hd_loader *l) {
    hd_module *m = l->module;
    uint32_t count = hd_read_count(&l->r);
    m->tables = hd_loader_extend(l, m->tables, m->table_count, count, sizeof *m->tables, 3);
    for (uint32_t i = 0; i < count && hd_loader_ok(l); i++)
        load_table(l, &m->tables[m->table_count++]);
}

void hd_decode_memories(hd_loader *l) {
    hd_module *m = l->module;
    uint64_t start = hd_reader_offset(&l->r);
    uint32_t count = hd_read_count(&l->r);
    m->memories = hd_loader_extend(l, m->memories, m->memory_count, count, sizeof *m->memories, 2);
    for (uint32_t i = 0; i < count && hd_loader_ok(l); i++)
        hd_decode_memtype(l, &m->memories[m->memory_count++]);
    check_memory_count(l, start);
}

void hd_decode_tags(hd_loader *l) {
    hd_module *m = l->module;
    uint32_t count = hd_read_count(&l->r);
    m->tags = hd_loader_extend(l, m->tags, m->tag_count, count, sizeof *m->tags, 2);
    for (uint32_t i = 0; i < count && hd_loader_ok(l); i++)
        m->tags[m->tag_count++].type = load_tag_type(l);
}

void hd_decode_globals(hd_loader *l) {
    hd_module *m = l->module;
    uint32_t count = hd_read_count(&l->r);
    m->globals = hd_loader_extend(l, m->globals, m->global_count, count, sizeof *m->globals, 3);
    for (uint32_t i = 0; i < count && hd_loader_ok(l); i++) {
        /* Its own expression may only read the globals before it. */
        hd_globaldef *global = &m->globals[m->global_count];
        if (hd_decode_globaltype(l, &global->type))
            global->init = hd_decode_constexpr(l, global->type.type);
        m->global_count++;
    }
}

/* Things of the index space that an export names. */
static uint32_t count_of(const hd_module *m, hd_externkind kind) {
    switch (kind) {
    case HD_EXTERN_FUNC: return m->function_count;
    case HD_EXTERN_TABLE: return m->table_count;
    case HD_EXTERN_MEMORY: return m->memory_count;
    case HD_EXTERN_GLOBAL: return m->global_count;
    case HD_EXTERN_TAG: return m->tag_count;
    }
    return 0;
}

static void check_export(hd_loader *l, uint64_t start, const hd_export *export) {
    static const char *const spaces[] = {"function", "table", "memory", "global", "tag"};
    hd_module *m = l->module;
    uint32_t count = count_of(m, export->kind);
    char name[128];
    void *earlier;
    if (!hd_loader_index(l, start, spaces[export->kind], export->index, count)) return;
    if (export->kind == HD_EXTERN_FUNC) hd_loader_declare(l, export->index);
    if (!hd_map_put(&m->export_index, export->name.bytes, export->name.length, (void *)export,
                    &earlier))
        hd_loader_nomem(l);
    else if (earlier)
        hd_loader_invalid(l, start, "duplicate export name \"%s\"",
                          hd_name_format(export->name, name, sizeof name));
}

void hd_decode_exports(hd_loader *l) {
    hd_module *m = l->module;
    uint32_t count = hd_read_count(&l->r);
    hd_export *exports = hd_loader_extend(l, NULL, 0, count, sizeof *exports, 3);
    for (uint32_t i = 0; i < count && hd_loader_ok(l); i++) {
        uint64_t start = hd_reader_offset(&l->r);
        exports[i].name = hd_decode_name(&l->r);
        uint64_t at = hd_reader_offset(&l->r);
        uint8_t kind = hd_read_u8(&l->r);
        bool tags = l->features & HD_FEATURE_EXCEPTIONS;
        if (kind > (tags ? HD_EXTERN_TAG : HD_EXTERN_GLOBAL))
            hd_reader_fail(&l->r, HD_MALFORMED, at, "malformed export kind 0x%02x", kind);
        exports[i].kind = (hd_externkind)kind;
        exports[i].index = hd_read_u32(&l->r);
        if (hd_loader_ok(l) && hd_loader_valid(l)) check_export(l, start, &exports[i]);
    }
    m->exports = exports;
    m->export_count = count;
}

void hd_decode_start(hd_loader *l) {
    hd_module *m = l->module;
    uint64_t start = hd_reader_offset(&l->r);
    char text[128];
    m->start = hd_read_u32(&l->r);
    if (!hd_loader_ok(l) || !hd_loader_valid(l)) return;
    if (!hd_loader_index(l, start, "function", m->start, m->function_count)) return;
    const hd_functype *type = m->functions[m->start].type;
    if (type->param_count > 0 || type->result_count > 0)
        hd_loader_invalid(l, start, "start function %u must be () -> (), is %s", m->start,
                          hd_functype_format(type, text, sizeof text));
}

static void load_locals(hd_loader *l, hd_funcdef *function) {
    uint64_t start = hd_reader_offset(&l->r), total = 0;
    uint32_t count = hd_read_count(&l->r);
    if (count == 0) return;
    hd_local_run *runs = hd_loader_extend(l, NULL, 0, count, sizeof *runs, 2);
    for (uint32_t i = 0; i < count && hd_loader_ok(l); i++) {
        runs[i].count = hd_read_u32(&l->r);
        runs[i].type = hd_decode_valtype(l);
        total += runs[i].count;
    }
    if (total > UINT32_MAX)
        hd_reader_fail(&l->r, HD_MALFORMED, start, "too many locals: %llu",
                       (unsigned long long)total);
    function->locals = runs;
    function->local_run_count = count;
}

static void load_body(hd_loader *l, hd_funcdef *function) {
    uint32_t size = hd_read_count(&l->r);
    const uint8_t *content = l->r.pos;
    load_locals(l, function);
    if (!hd_loader_ok(l)) return;
    function->body.start = l->r.pos;
    hd_validate_body(l, function);
    function->body.end = l->r.pos;
    size_t read = (size_t)(l->r.pos - content);
    if (hd_loader_ok(l) && read != size)
        hd_reader_fail(&l->r, HD_MALFORMED, (uint64_t)(content - l->r.origin),
                       "section size mismatch: function body of %u bytes declared, %zu read", size,
                       read);
}

void hd_decode_code(hd_loader *l) {
    hd_module *m = l->module;
    uint64_t start = hd_reader_offset(&l->r);
    uint32_t count = hd_read_count(&l->r), defined = m->function_count - m->imported_functions;
    if (count != defined)
        hd_reader_fail(&l->r, HD_MALFORMED, start,
                       "function and code section have inconsistent lengths: %u and %u", defined,
                       count);
    for (uint32_t i = m->imported_functions; i < m->function_count && hd_loader_ok(l); i++)
        load_body(l, &m->functions[i]);
}
