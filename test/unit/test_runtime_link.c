/* test_runtime_link.c: tests of import matching and of constant expressions, through modules of one
 * import or one global. */
#include <string.h>

#include "code/regops.h"
#include "runtime/store.h"
#include "suites.h"

TCase *runtime_link_case(void);

static const void *const no_handlers[HD_REGOP_COUNT];

/* A module in the making. */
typedef struct assembly {
    uint8_t bytes[512];
    size_t length;
} assembly;

static void add_bytes(assembly *a, const char *bytes, size_t length) {
    ck_assert_uint_le(a->length + length, sizeof a->bytes);
    memcpy(a->bytes + a->length, bytes, length);
    a->length += length;
}

/* Adds a section of one entry that consists of two parts; its size is less than 128. */
static void add_section(assembly *a, char id, const char *head, size_t head_length,
                        const char *rest, size_t rest_length) {
    size_t size = 1 + head_length + rest_length;
    ck_assert_uint_lt(size, 128);
    add_bytes(a, (const char[]){id, (char)size, 1}, 3);
    add_bytes(a, head, head_length);
    add_bytes(a, rest, rest_length);
}

#define BYTES(literal) literal, sizeof literal - 1

/* Type 0: [] -> [], 1: [i32] -> [], 2: [i64] -> [], 3: [i32] -> [i32]. */
static const char header[] = "\0asm\1\0\0\0"
                             "\x01\x11\x04"
                             "\x60\0\0"
                             "\x60\1\x7F\0"
                             "\x60\1\x7E\0"
                             "\x60\1\x7F\1\x7F";

typedef struct bench {
    hd_store *store;
    hd_module *module;
    hd_codebase *codebase;
    hd_instance *instance;
    hd_diag diag;
} bench;

static bool resolve_one(void *context, const hd_import *import, hd_extern *value) {
    (void)import;
    if (!context) return false;
    *value = *(const hd_extern *)context;
    return true;
}

/* Loads a module and instantiates it with `value` (may be NULL) for every import. */
static hd_status instantiate(bench *b, const assembly *a, hd_extern *value) {
    b->diag = (hd_diag)HD_DIAG_INIT;
    hd_status status = hd_module_load(a->bytes, a->length, &b->module, &b->diag);
    ck_assert_msg(status == HD_OK, "%s at %llx", b->diag.message,
                  (unsigned long long)b->diag.offset);
    b->codebase = hd_codebase_new(b->module, no_handlers);
    return hd_instantiate(b->store, b->codebase, resolve_one, value, &b->instance, &b->diag);
}

static void dismantle(bench *b) {
    hd_store_free(b->store);
    hd_codebase_free(b->codebase);
    hd_module_free(b->module);
}

/* The external values that rows name. */
typedef enum given {
    NOTHING,
    FUNC_I32,      /* func (param i32) */
    TABLE,         /* table 10 20 funcref */
    TABLE_OPEN,    /* table 10 funcref */
    TABLE_GROWN,   /* table 10 20 funcref, grown to 12 */
    TABLE_EXTERN,  /* table 10 externref */
    MEMORY,        /* memory 1 2 */
    MEMORY_OPEN,   /* memory 2 */
    MEMORY_GROWN,  /* memory 1 4, grown to 3 */
    MEMORY_SHARED, /* memory 1 2 shared */
    MEMORY_SHARED_GROWN,
    GLOBAL,     /* global i32 */
    GLOBAL_MUT, /* global (mut i64) */
} given;

static hd_extern new_table(hd_store *store, hd_valtype element, hd_limits limits, uint32_t grow) {
    hd_tabletype type = {element, limits};
    hd_table *table = hd_store_table(store, &type, NULL);
    ck_assert_uint_eq(hd_table_grow(table, grow, NULL), limits.min);
    return (hd_extern){HD_EXTERN_TABLE, {.table = table}};
}

static hd_extern new_memory(hd_store *store, hd_limits limits, uint32_t grow) {
    hd_diag diag = HD_DIAG_INIT;
    hd_memory *memory = hd_memory_new(&limits, &diag);
    ck_assert(hd_store_memory(store, memory));
    hd_memory_release(memory);
    ck_assert_uint_eq(hd_memory_grow(memory, grow), limits.min);
    return (hd_extern){HD_EXTERN_MEMORY, {.memory = memory}};
}

static hd_extern new_global(hd_store *store, hd_valtype type, bool mutable) {
    hd_slot value[2] = {{.i64 = 0}};
    hd_global *global = hd_store_global(store, (hd_globaltype){type, mutable}, value);
    return (hd_extern){HD_EXTERN_GLOBAL, {.global = global}};
}

static hd_extern make(hd_store *store, given kind) {
    /* Not the module's type, but equal to it. */
    static const hd_valtype params[] = {HD_I32};
    static const hd_functype type = {.param_count = 1, .param_slots = 1, .params = params};
    const hd_limits open = {.min = 10}, closed = {.min = 10, .max = 20, .has_max = true};
    switch (kind) {
    case TABLE: return new_table(store, HD_FUNCREF, closed, 0);
    case TABLE_OPEN: return new_table(store, HD_FUNCREF, open, 0);
    case TABLE_GROWN: return new_table(store, HD_FUNCREF, closed, 2);
    case TABLE_EXTERN: return new_table(store, HD_EXTERNREF, open, 0);
    case MEMORY:
        return new_memory(store, (hd_limits){.min = 1, .max = 2, .has_max = true, .shared = false},
                          0);
    case MEMORY_OPEN: return new_memory(store, (hd_limits){.min = 2}, 0);
    case MEMORY_GROWN:
        return new_memory(store, (hd_limits){.min = 1, .max = 4, .has_max = true, .shared = false},
                          2);
    case MEMORY_SHARED:
        return new_memory(store, (hd_limits){.min = 1, .max = 2, .has_max = true, .shared = true},
                          0);
    case MEMORY_SHARED_GROWN:
        return new_memory(store, (hd_limits){.min = 1, .max = 2, .has_max = true, .shared = true},
                          1);
    case GLOBAL: return new_global(store, HD_I32, false);
    case GLOBAL_MUT: return new_global(store, HD_I64, true);
    default: break;
    }
    hd_func *func = hd_store_host_function(store, "m.x", &type, NULL, NULL);
    return (hd_extern){HD_EXTERN_FUNC, {.func = func}};
}

#define MATCHES NULL
#define INCOMPATIBLE "incompatible import type: \"m\".\"x\": expected "

/* An import "m" "x" of a type in the binary format, what it is given, and the message. */
static const struct {
    const char *type;
    size_t length;
    given given;
    const char *message;
} match_rows[] = {
    {BYTES("\0\1"), FUNC_I32, MATCHES},
    {BYTES("\0\2"), FUNC_I32, INCOMPATIBLE "(i64) -> (), got (i32) -> ()"},
    {BYTES("\0\0"), FUNC_I32, INCOMPATIBLE "() -> (), got (i32) -> ()"},
    {BYTES("\0\3"), FUNC_I32, INCOMPATIBLE "(i32) -> (i32), got (i32) -> ()"},
    {BYTES("\0\1"), GLOBAL, INCOMPATIBLE "(i32) -> (), got global i32"},
    {BYTES("\0\1"), NOTHING, "unknown import: \"m\".\"x\": expected (i32) -> ()"},

    {BYTES("\1\x70\0\12"), TABLE, MATCHES},
    {BYTES("\1\x70\0\5"), TABLE, MATCHES},
    {BYTES("\1\x70\1\0\24"), TABLE, MATCHES},
    {BYTES("\1\x70\1\12\31"), TABLE, MATCHES},
    {BYTES("\1\x70\1\12\17"), TABLE, INCOMPATIBLE "table 10 15 funcref, got table 10 20 funcref"},
    {BYTES("\1\x70\0\14"), TABLE, INCOMPATIBLE "table 12 funcref, got table 10 20 funcref"},
    {BYTES("\1\x70\0\14"), TABLE_GROWN, MATCHES},
    {BYTES("\1\x70\0\15"), TABLE_GROWN, INCOMPATIBLE "table 13 funcref, got table 12 20 funcref"},
    {BYTES("\1\x70\1\12\24"), TABLE_OPEN, INCOMPATIBLE "table 10 20 funcref, got table 10 funcref"},
    {BYTES("\1\x70\0\12"), TABLE_EXTERN, INCOMPATIBLE "table 10 funcref, got table 10 externref"},
    {BYTES("\1\x6F\0\12"), TABLE_EXTERN, MATCHES},
    {BYTES("\1\x70\0\1"), MEMORY, INCOMPATIBLE "table 1 funcref, got memory 1 2"},

    {BYTES("\2\0\0"), MEMORY, MATCHES},
    {BYTES("\2\1\1\2"), MEMORY, MATCHES},
    {BYTES("\2\1\0\3"), MEMORY, MATCHES},
    {BYTES("\2\0\2"), MEMORY, INCOMPATIBLE "memory 2, got memory 1 2"},
    {BYTES("\2\1\1\1"), MEMORY, INCOMPATIBLE "memory 1 1, got memory 1 2"},
    {BYTES("\2\1\2\3"), MEMORY_OPEN, INCOMPATIBLE "memory 2 3, got memory 2"},
    {BYTES("\2\0\3"), MEMORY_GROWN, MATCHES},
    {BYTES("\2\0\4"), MEMORY_GROWN, INCOMPATIBLE "memory 4, got memory 3 4"},
    {BYTES("\2\3\1\2"), MEMORY_SHARED, MATCHES},
    {BYTES("\2\3\2\2"), MEMORY_SHARED, INCOMPATIBLE "memory 2 2 shared, got memory 1 2 shared"},
    {BYTES("\2\3\2\2"), MEMORY_SHARED_GROWN, MATCHES},
    {BYTES("\2\3\1\1"), MEMORY_SHARED, INCOMPATIBLE "memory 1 1 shared, got memory 1 2 shared"},
    {BYTES("\2\1\1\2"), MEMORY_SHARED, INCOMPATIBLE "memory 1 2, got memory 1 2 shared"},
    {BYTES("\2\3\1\2"), MEMORY, INCOMPATIBLE "memory 1 2 shared, got memory 1 2"},
    {BYTES("\2\3\1\2"), NOTHING, "unknown import: \"m\".\"x\": expected memory 1 2 shared"},

    {BYTES("\3\x7F\0"), GLOBAL, MATCHES},
    {BYTES("\3\x7E\0"), GLOBAL, INCOMPATIBLE "global i64, got global i32"},
    {BYTES("\3\x7F\1"), GLOBAL, INCOMPATIBLE "global mut i32, got global i32"},
    {BYTES("\3\x7E\1"), GLOBAL_MUT, MATCHES},
    {BYTES("\3\x7E\0"), GLOBAL_MUT, INCOMPATIBLE "global i64, got global mut i64"},
    {BYTES("\3\x7F\0"), FUNC_I32, INCOMPATIBLE "global i32, got (i32) -> ()"},
};

enum { MATCH_ROWS = sizeof match_rows / sizeof *match_rows };

START_TEST(import_matches_or_says_why) {
    bench b = {.store = hd_store_new(no_handlers)};
    assembly a = {0};
    add_bytes(&a, BYTES(header));
    add_section(&a, 2, BYTES("\1m\1x"), match_rows[_i].type, match_rows[_i].length);
    hd_extern value = {0};
    if (match_rows[_i].given != NOTHING) value = make(b.store, match_rows[_i].given);
    hd_status status = instantiate(&b, &a, match_rows[_i].given == NOTHING ? NULL : &value);
    if (match_rows[_i].message) {
        ck_assert_int_eq(status, HD_UNLINKABLE);
        ck_assert_str_eq(b.diag.message, match_rows[_i].message);
        ck_assert_ptr_null(b.instance);
    } else {
        ck_assert_msg(status == HD_OK, "%s", b.diag.message);
        ck_assert_ptr_nonnull(b.instance);
    }
    dismantle(&b);
}
END_TEST

START_TEST(names_in_messages_are_harmless) {
    bench b = {.store = hd_store_new(no_handlers)};
    assembly a = {0};
    char import[1 + 100 + 2];
    memset(import, 'n', sizeof import);
    memcpy(import, "\x64\xC3\xBC", 3); /* 100 bytes, the first two of them an umlaut */
    memcpy(import + 101, "\0\0", 2);
    add_bytes(&a, BYTES(header));
    add_section(&a, 2, BYTES("\6\33[\"\\\n\177"), import, sizeof import);
    ck_assert_int_eq(instantiate(&b, &a, NULL), HD_UNLINKABLE);
    const char *start = "unknown import: \"\\1b[\"\\\\0a\\7f\".\"\xC3\xBCnn";
    ck_assert_msg(strncmp(b.diag.message, start, strlen(start)) == 0, "%s", b.diag.message);
    ck_assert_msg(strstr(b.diag.message, "n\"\xE2\x80\xA6: expected () -> ()") != NULL, "%s",
                  b.diag.message);
    dismantle(&b);
}
END_TEST

/* A constant expression, without its end; imported globals 0 and 1 hold 666 as i64 and 0x1234 and
 * 0x5678 as v128, function 0 exists. */
static const struct {
    hd_valtype type;
    const char *code;
    size_t length;
    uint64_t low, high;
} constant_rows[] = {
    {HD_I32, BYTES("\x41\x7F"), 0xFFFFFFFF, 0},
    {HD_I32, BYTES("\x41\x80\x80\x80\x80\x78"), 0x80000000, 0},
    {HD_I64, BYTES("\x42\x7F"), UINT64_MAX, 0},
    {HD_F32, BYTES("\x43\0\0\xC0\x7F"), 0x7FC00000, 0},
    {HD_F64, BYTES("\x44\1\2\3\4\5\6\7\x80"), UINT64_C(0x8007060504030201), 0},
    {HD_V128, BYTES("\xFD\x0C\1\0\0\0\0\0\0\x80\2\0\0\0\0\0\0\x40"), UINT64_C(0x8000000000000001),
     UINT64_C(0x4000000000000002)},
    {HD_FUNCREF, BYTES("\xD0\x70"), 0, 0},
    {HD_EXTERNREF, BYTES("\xD0\x6F"), 0, 0},
    {HD_I64, BYTES("\x23\0"), 666, 0},
    {HD_V128, BYTES("\x23\1"), 0x1234, 0x5678},
    /* i32 wraps at 32 bits, i64 at 64. */
    {HD_I32, BYTES("\x41\x7F\x41\2\x6A"), 1, 0},
    {HD_I32, BYTES("\x41\0\x41\1\x6B"), 0xFFFFFFFF, 0},
    {HD_I32, BYTES("\x41\x7F\x41\x7F\x6C"), 1, 0},
    {HD_I64, BYTES("\x42\x7F\x42\1\x7C"), 0, 0},
    {HD_I64, BYTES("\x42\0\x42\1\x7D"), UINT64_MAX, 0},
    {HD_I64, BYTES("\x23\0\x42\2\x7E"), 1332, 0},
    /* (1 - (2 * (3 + 4))) and ((1 - 2) * 3) + 4 */
    {HD_I64, BYTES("\x42\1\x42\2\x42\3\x42\4\x7C\x7E\x7D"), (uint64_t)-13, 0},
    {HD_I32, BYTES("\x41\1\x41\2\x6B\x41\3\x6C\x41\4\x6A"), 1, 0},
};

enum { CONSTANT_ROWS = sizeof constant_rows / sizeof *constant_rows };

/* Either global, by the type that the import asks for. */
static bool resolve_globals(void *context, const hd_import *import, hd_extern *value) {
    *value = (hd_extern){HD_EXTERN_GLOBAL, {.global = ((hd_global **)context)[import->index]}};
    return true;
}

/* Evaluates an expression as the initialiser of global 2. */
static void evaluate(bench *b, hd_valtype type, const char *code, size_t length) {
    assembly a = {0};
    add_bytes(&a, BYTES(header));
    add_bytes(&a, BYTES("\2\17\2\1m\1a\3\x7E\0\1m\1b\3\x7B\0")); /* import section */
    add_section(&a, 3, BYTES("\0"), BYTES(""));                  /* function of type 0 */
    add_section(&a, 6, (const char[]){(char)type, 0}, 2, code, length);
    a.bytes[a.length - length - 4]++; /* the size, for the end */
    add_bytes(&a, BYTES("\x0B"));
    add_section(&a, 10, BYTES("\2\0\x0B"), BYTES(""));

    b->store = hd_store_new(no_handlers);
    hd_status status = hd_module_load(a.bytes, a.length, &b->module, &b->diag);
    ck_assert_msg(status == HD_OK, "%s", b->diag.message);
    b->codebase = hd_codebase_new(b->module, no_handlers);
    const hd_slot first[2] = {{.i64 = 666}}, second[2] = {{.i64 = 0x1234}, {.i64 = 0x5678}};
    hd_global *globals[] = {
        hd_store_global(b->store, (hd_globaltype){HD_I64, false}, first),
        hd_store_global(b->store, (hd_globaltype){HD_V128, false}, second),
    };
    status =
        hd_instantiate(b->store, b->codebase, resolve_globals, globals, &b->instance, &b->diag);
    ck_assert_msg(status == HD_OK, "%s", b->diag.message);
}

START_TEST(constant_expression_has_its_value) {
    bench b = {.diag = HD_DIAG_INIT};
    evaluate(&b, constant_rows[_i].type, constant_rows[_i].code, constant_rows[_i].length);
    const hd_slot *value = b.instance->globals[2]->value;
    ck_assert_uint_eq(value[0].i64, constant_rows[_i].low);
    ck_assert_uint_eq(value[1].i64, constant_rows[_i].high);
    dismantle(&b);
}
END_TEST

START_TEST(constant_expression_refers_to_functions) {
    bench b = {.diag = HD_DIAG_INIT};
    evaluate(&b, HD_FUNCREF, BYTES("\xD2\0"));
    const hd_func *func = b.instance->globals[2]->value[0].ref;
    ck_assert_ptr_eq(func, b.instance->funcs[0]);
    ck_assert(func->instance == b.instance && func->index == 0 && func->code && !func->host);
    ck_assert(hd_functype_equal(func->type, b.module->types[0]));
    dismantle(&b);
}
END_TEST

TCase *runtime_link_case(void) {
    TCase *link = tcase_create("link");
    tcase_add_loop_test(link, import_matches_or_says_why, 0, MATCH_ROWS);
    tcase_add_test(link, names_in_messages_are_harmless);
    tcase_add_loop_test(link, constant_expression_has_its_value, 0, CONSTANT_ROWS);
    tcase_add_test(link, constant_expression_refers_to_functions);
    return link;
}
