/* module.c: the plan of a module, and its sections. */
#include <stdlib.h>
#include <string.h>

#include "generator.h"

enum {
    SECTION_TYPE = 1,
    SECTION_IMPORT,
    SECTION_FUNCTION,
    SECTION_TABLE,
    SECTION_MEMORY,
    SECTION_GLOBAL,
    SECTION_EXPORT,
    SECTION_ELEMENT = 9,
    SECTION_CODE,
    SECTION_DATA,
    SECTION_DATA_COUNT
};

enum { EXTERN_FUNCTION, EXTERN_TABLE, EXTERN_MEMORY, EXTERN_GLOBAL };

/* --- the plan */

static bool same_list(const gen_list *a, const gen_list *b) {
    return a->count == b->count && memcmp(a->kinds, b->kinds, a->count) == 0;
}

static bool same_signature(const gen_signature *a, const gen_signature *b) {
    return same_list(&a->params, &b->params) && same_list(&a->results, &b->results);
}

/* Types that differ in kinds may be equal for WebAssembly, and some are written twice. */
uint32_t gen_type_index(gen_module *m, const gen_signature *signature) {
    if (!gen_chance(&m->random, 3))
        for (uint32_t i = 0; i < m->type_count; i++)
            if (same_signature(&m->types[i], signature)) return i;
    m->types = gen_enlarge(m->types, m->type_count, sizeof *m->types);
    m->types[m->type_count] = *signature;
    return m->type_count++;
}

const gen_signature *gen_signature_of(const gen_module *m, uint32_t function) {
    return &m->types[m->functions[function].type];
}

/* What passes between functions is settled: it may meet any instruction there. */
static gen_list some_list(gen_module *m, unsigned most) {
    static const uint8_t kinds[] = {GEN_I32, GEN_I32, GEN_I64, GEN_X32, GEN_X64, GEN_REF, GEN_V128};
    gen_list list = {.count = (uint8_t)gen_below(&m->random, most + 1)};
    for (unsigned i = 0; i < list.count; i++)
        list.kinds[i] = kinds[gen_below(&m->random, sizeof kinds - !m->features.simd)];
    return list;
}

static gen_signature some_signature(gen_module *m) {
    const gen_module *library = m->library;
    if (library && gen_chance(&m->random, 40))
        return *gen_signature_of(library, gen_below(&m->random, library->function_count));
    if (m->function_count > 0 && gen_chance(&m->random, 35))
        return *gen_signature_of(m, gen_below(&m->random, m->function_count));
    gen_signature s;
    s.params = some_list(m, gen_chance(&m->random, 15) ? GEN_MAX_LIST : 4);
    s.results = some_list(m, gen_chance(&m->random, 70) ? 1 : 4);
    return s;
}

static void add_function(gen_module *m, const gen_signature *signature) {
    gen_function function = {.type = gen_type_index(m, signature)};
    function.leaf = gen_chance(&m->random, 30);
    m->functions = gen_enlarge(m->functions, m->function_count, sizeof *m->functions);
    m->functions[m->function_count++] = function;
}

/* Functions that take their arguments and do nothing that a module could see. */
static void import_from_host(gen_module *m) {
    static const struct {
        const char *name;
        gen_signature signature;
    } functions[] = {
        {"print", {{0}, {0}}},
        {"print_i32", {{1, {GEN_I32}}, {0}}},
        {"print_i64", {{1, {GEN_I64}}, {0}}},
        {"print_i32_f32", {{2, {GEN_I32, GEN_X32}}, {0}}},
        {"print_f64_f64", {{2, {GEN_X64, GEN_X64}}, {0}}},
    };
    for (uint32_t n = gen_below(&m->random, 3); n > 0; n--) {
        uint32_t i = gen_below(&m->random, sizeof functions / sizeof *functions);
        add_function(m, &functions[i].signature);
        m->functions[m->function_count - 1].host = functions[i].name;
    }
}

static void plan_functions(gen_module *m) {
    for (uint32_t i = 0; m->library && i < m->library->function_count; i++)
        add_function(m, gen_signature_of(m->library, i));
    if (gen_chance(&m->random, 30)) import_from_host(m);
    m->imported_functions = m->function_count;
    for (uint32_t n = 2 + gen_below(&m->random, 6); n > 0; n--) {
        gen_signature signature = some_signature(m);
        add_function(m, &signature);
    }
    for (unsigned i = 0; i < GEN_FAMILIES; i++)
        m->families[i] = m->functions[gen_below(&m->random, m->function_count)].type;
}

/* All but the fuel are the module's own. */
static void plan_globals(gen_module *m) {
    for (uint32_t n = 1 + gen_below(&m->random, 5); m->global_count < n + 1; m->global_count++) {
        unsigned kinds = m->features.simd ? 5 : 4;
        static const uint8_t kind[] = {GEN_I32, GEN_I64, GEN_X32, GEN_X64, GEN_V128};
        gen_global global = {.kind = kind[gen_below(&m->random, kinds)]};
        global.mutable = gen_chance(&m->random, 85);
        if (m->global_count == GEN_FUEL) global = (gen_global){GEN_I32, true};
        m->globals = gen_enlarge(m->globals, m->global_count, sizeof *m->globals);
        m->globals[m->global_count] = global;
    }
}

static void plan_memory(gen_module *m) {
    const gen_module *library = m->library;
    m->imports_memory = library && gen_chance(&m->random, 25);
    m->imports_table = library && gen_chance(&m->random, 50);
    m->first_call_slot = m->imports_table ? GEN_CALL_SLOTS : 0;
    m->shared = m->features.atomics && gen_chance(&m->random, 60);
    m->pages = 1 + gen_below(&m->random, 2);
    m->max_pages = m->pages + gen_below(&m->random, 3);
    if (m->imports_memory) {
        m->shared = library->shared;
        m->pages = library->pages;
        m->max_pages = library->max_pages;
    }
}

static void plan(gen_module *m, gen_features features) {
    static const unsigned traps[] = {0, 0, 2, 2, 10, 30, 150};
    m->features.simd = features.simd && gen_chance(&m->random, 35);
    m->features.atomics = features.atomics && gen_chance(&m->random, 25);
    m->features.tail_calls = features.tail_calls && gen_chance(&m->random, 50);
    m->traps = traps[gen_below(&m->random, sizeof traps / sizeof *traps)];
    plan_memory(m);
    plan_globals(m);
    plan_functions(m);
    m->runs = 2 + gen_below(&m->random, 5);
}

/* --- sections */

static void section(gen_bytes *to, unsigned id, gen_bytes *content) {
    gen_byte(to, id);
    gen_u32(to, (uint32_t)content->length);
    gen_raw(to, content->items, content->length);
    gen_free(content);
}

static void counted_section(gen_bytes *to, unsigned id, uint32_t count, gen_bytes *content) {
    gen_bytes all = {0};
    gen_u32(&all, count);
    gen_raw(&all, content->items, content->length);
    gen_free(content);
    section(to, id, &all);
}

static void write_list(gen_bytes *to, const gen_list *list) {
    gen_u32(to, list->count);
    for (unsigned i = 0; i < list->count; i++)
        gen_byte(to, gen_valtype(list->kinds[i]));
}

static void types(const gen_module *m, gen_bytes *to) {
    gen_bytes content = {0};
    for (uint32_t i = 0; i < m->type_count; i++) {
        gen_byte(&content, 0x60);
        write_list(&content, &m->types[i].params);
        write_list(&content, &m->types[i].results);
    }
    counted_section(to, SECTION_TYPE, m->type_count, &content);
}

static void limits(gen_bytes *to, uint32_t min, uint32_t max, bool shared) {
    gen_byte(to, shared ? 3 : 1);
    gen_u32(to, min);
    gen_u32(to, max);
}

static void import(gen_bytes *to, const char *module, const char *name, unsigned kind) {
    gen_name(to, module);
    gen_name(to, name);
    gen_byte(to, kind);
}

static void call_table(gen_bytes *to) {
    gen_byte(to, HD_FUNCREF);
    limits(to, 2 * GEN_CALL_SLOTS, 2 * GEN_CALL_SLOTS + 3, false);
}

static void import_from_library(const gen_module *m, gen_bytes *to, uint32_t *count) {
    if (m->imports_table) {
        import(to, "library", "table", EXTERN_TABLE);
        call_table(to);
        ++*count;
    }
    if (m->imports_memory) {
        import(to, "library", "memory", EXTERN_MEMORY);
        limits(to, m->pages, m->max_pages, m->shared);
        ++*count;
    }
    import(to, "library", "fuel", EXTERN_GLOBAL);
    gen_byte(to, HD_I32);
    gen_byte(to, 1);
    ++*count;
}

static void imports(const gen_module *m, gen_bytes *to) {
    gen_bytes content = {0};
    uint32_t count = 0;
    for (; count < m->imported_functions; count++) {
        char name[] = {'f', (char)('a' + count / 26), (char)('a' + count % 26), '\0'};
        const char *host = m->functions[count].host;
        import(&content, host ? "spectest" : "library", host ? host : name, EXTERN_FUNCTION);
        gen_u32(&content, m->functions[count].type);
    }
    if (m->library) import_from_library(m, &content, &count);
    counted_section(to, SECTION_IMPORT, count, &content);
}

static void functions(gen_module *m, gen_bytes *to) {
    gen_bytes content = {0};
    for (uint32_t i = m->imported_functions; i < m->function_count; i++)
        gen_u32(&content, m->functions[i].type);
    gen_harness_types(m, &content);
    counted_section(to, SECTION_FUNCTION,
                    m->function_count - m->imported_functions + gen_harness_functions(m), &content);
}

static void tables(const gen_module *m, gen_bytes *to) {
    gen_bytes content = {0};
    if (!m->imports_table) call_table(&content);
    gen_byte(&content, HD_FUNCREF);
    limits(&content, GEN_SPARE_MIN, GEN_SPARE_MAX, false);
    counted_section(to, SECTION_TABLE, m->imports_table ? 1 : 2, &content);
}

static void memories(const gen_module *m, gen_bytes *to) {
    gen_bytes content = {0};
    if (m->imports_memory) return;
    for (uint32_t i = 0; i < m->memory; i++)
        limits(&content, i, 2, false);
    limits(&content, m->pages, m->max_pages, m->shared);
    counted_section(to, SECTION_MEMORY, m->memory + 1, &content);
}

static void globals(gen_module *m, gen_bytes *to) {
    gen_bytes content = {0};
    uint32_t imported = m->library ? 1 : 0;
    for (uint32_t i = imported; i < m->global_count; i++) {
        gen_byte(&content, gen_valtype(m->globals[i].kind));
        gen_byte(&content, m->globals[i].mutable);
        gen_constant(&content, &m->random, m->globals[i].kind);
        gen_opcode(&content, GEN_OP_end);
    }
    counted_section(to, SECTION_GLOBAL, m->global_count - imported, &content);
}

static void export(gen_bytes *to, const char *name, unsigned kind, uint32_t index) {
    gen_name(to, name);
    gen_byte(to, kind);
    gen_u32(to, index);
}

static void exports(const gen_module *m, gen_bytes *to) {
    gen_bytes content = {0};
    uint32_t count = 0;
    for (; count < m->function_count; count++) {
        char name[] = {'f', (char)('a' + count / 26), (char)('a' + count % 26), '\0'};
        export(&content, name, EXTERN_FUNCTION, count);
    }
    export(&content, "table", EXTERN_TABLE, 0);
    export(&content, "memory", EXTERN_MEMORY, m->memory);
    export(&content, "fuel", EXTERN_GLOBAL, GEN_FUEL);
    count += 3;
    gen_harness_exports(m, &content, &count);
    counted_section(to, SECTION_EXPORT, count, &content);
}

static void i32_offset(gen_bytes *to, uint32_t offset) {
    gen_opcode(to, GEN_OP_i32_const);
    gen_s64(to, (int32_t)offset);
    gen_opcode(to, GEN_OP_end);
}

/* A function of just this type. */
static uint32_t member_of(gen_module *m, uint32_t type) {
    uint32_t start = gen_below(&m->random, m->function_count);
    for (uint32_t n = 0;; n++) {
        uint32_t i = (start + n) % m->function_count;
        if (m->functions[i].type == type) return i;
    }
}

/* Own functions in place of functions of the library that have the same type. */
static uint32_t replace_in_library(gen_module *m, gen_bytes *to) {
    const gen_module *library = m->library;
    if (!m->imports_table) return 0;
    uint32_t count = 0;
    for (unsigned family = 0; family < GEN_FAMILIES; family++) {
        const gen_signature *wanted = &library->types[library->families[family]];
        for (uint32_t i = m->imported_functions; i < m->function_count; i++) {
            if (!same_signature(gen_signature_of(m, i), wanted)) continue;
            gen_u32(to, 0);
            i32_offset(to, family * GEN_FAMILY + gen_below(&m->random, GEN_FAMILY));
            gen_u32(to, 1);
            gen_u32(to, i);
            count++;
        }
    }
    return count;
}

/* 0: families; 1: passive, of expressions; 2: declares all functions for ref.func. */
static void elements(gen_module *m, gen_bytes *to) {
    gen_bytes content = {0};
    gen_u32(&content, 0);
    i32_offset(&content, m->first_call_slot);
    gen_u32(&content, GEN_CALL_SLOTS);
    for (unsigned i = 0; i < GEN_CALL_SLOTS; i++)
        gen_u32(&content, member_of(m, m->families[i / GEN_FAMILY]));
    gen_u32(&content, 5);
    gen_byte(&content, HD_FUNCREF);
    gen_u32(&content, GEN_PASSIVE_REFS);
    for (unsigned i = 0; i < GEN_PASSIVE_REFS; i++) {
        bool null = gen_chance(&m->random, 30);
        gen_opcode(&content, null ? GEN_OP_ref_null : GEN_OP_ref_func);
        gen_u32(&content, null ? HD_FUNCREF : gen_below(&m->random, m->function_count));
        gen_opcode(&content, GEN_OP_end);
    }
    gen_u32(&content, 3);
    gen_byte(&content, 0);
    gen_u32(&content, m->function_count);
    for (uint32_t i = 0; i < m->function_count; i++)
        gen_u32(&content, i);
    uint32_t count = 3 + replace_in_library(m, &content);
    counted_section(to, SECTION_ELEMENT, count, &content);
}

static void random_bytes(gen_module *m, gen_bytes *to, uint32_t count) {
    gen_u32(to, count);
    while (count-- > 0)
        gen_byte(to, gen_chance(&m->random, 30) ? 0 : (uint8_t)gen_bits(&m->random));
}

/* 0: active; 1: passive. */
static void data(gen_module *m, gen_bytes *to) {
    gen_bytes content = {0};
    gen_u32(&content, m->memory ? 2 : 0);
    if (m->memory) gen_u32(&content, m->memory);
    i32_offset(&content, 0);
    random_bytes(m, &content, 300);
    gen_u32(&content, 1);
    random_bytes(m, &content, GEN_PASSIVE_BYTES);
    counted_section(to, SECTION_DATA, 2, &content);
}

static void code(gen_module *m, gen_bytes *to) {
    for (uint32_t i = m->imported_functions; i < m->function_count; i++) {
        gen_bytes body = {0};
        gen_function_body(m, i, &body);
        gen_u32(to, (uint32_t)body.length);
        gen_raw(to, body.items, body.length);
        gen_free(&body);
    }
    gen_harness_code(m, to);
}

void gen_module_make(gen_module *m, uint64_t seed, gen_features features, uint32_t memory,
                     const gen_module *library, gen_bytes *to) {
    *m = (gen_module){.random = {seed}, .library = library, .memory = memory};
    plan(m, features);
    /* Bodies and the harness add types, so they are made first. */
    gen_bytes code_content = {0}, rest = {0}, count = {0};
    code(m, &code_content);
    functions(m, &rest);
    tables(m, &rest);
    memories(m, &rest);
    globals(m, &rest);
    exports(m, &rest);
    elements(m, &rest);
    gen_u32(&count, 2);
    section(&rest, SECTION_DATA_COUNT, &count);
    counted_section(&rest, SECTION_CODE,
                    m->function_count - m->imported_functions + gen_harness_functions(m),
                    &code_content);
    data(m, &rest);
    gen_raw(to, "\0asm\1\0\0\0", 8);
    types(m, to);
    imports(m, to);
    gen_raw(to, rest.items, rest.length);
    gen_free(&rest);
}

void gen_module_free(gen_module *m) {
    free(m->types);
    free(m->functions);
    free(m->globals);
    *m = (gen_module){0};
}
