/* test_module.c: the suite of module/: what a loaded module describes, and what is refused, with
 * which words and where. Modules are written as hexadecimal bytes, see `assemble`. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "base/alloc.h"
#include "module/demangle.h"
#include "module/module.h"
#include "suites.h"

TCase *module_opcodes_case(void);
TCase *module_types_case(void);

#define ROWS(table) (int)(sizeof(table) / sizeof *(table))

enum { NO_MARK = -1 };

typedef struct image {
    uint8_t bytes[1 << 15];
    size_t length;
    long mark;
} image;

/* Writes the length of what follows `start` before it, which moves a mark that was set since. */
static void close_length(image *to, size_t start, bool marked_before) {
    uint8_t prefix[5];
    size_t content = to->length - start, size = 0;
    for (size_t rest = content; size == 0 || rest > 0; rest >>= 7)
        prefix[size++] = (uint8_t)((rest & 0x7F) | (rest > 0x7F ? 0x80 : 0));
    memmove(to->bytes + start + size, to->bytes + start, content);
    memcpy(to->bytes + start, prefix, size);
    to->length += size;
    if (to->mark != NO_MARK && !marked_before) to->mark += (long)size;
}

/* Assembles a module after its header: hexadecimal bytes, 'text', and {…} for a length and as many
 * bytes. `@` marks the offset where an error is expected. */
static void assemble(image *to, const char *text) {
    static const uint8_t header[] = {0, 'a', 's', 'm', 1, 0, 0, 0};
    struct {
        size_t start;
        bool marked;
    } open[16];
    size_t depth = 0;
    memcpy(to->bytes, header, sizeof header);
    to->length = sizeof header;
    to->mark = NO_MARK;
    while (*text) {
        if (*text == '{') {
            open[depth].start = to->length;
            open[depth++].marked = to->mark != NO_MARK;
        } else if (*text == '}') {
            depth--;
            close_length(to, open[depth].start, open[depth].marked);
        } else if (*text == '@') {
            to->mark = (long)to->length;
        } else if (*text == '\'') {
            while (*++text != '\'')
                to->bytes[to->length++] = (uint8_t)*text;
        } else if (isxdigit((unsigned char)*text)) {
            char pair[] = {text[0], text[1], '\0'};
            to->bytes[to->length++] = (uint8_t)strtoul(pair, NULL, 16);
            text++;
        }
        text++;
    }
}

static hd_module *load(const char *text) {
    image made;
    hd_module *module;
    hd_diag diag = HD_DIAG_INIT;
    assemble(&made, text);
    hd_status status = hd_module_load(made.bytes, made.length, &module, &diag);
    ck_assert_msg(status == HD_OK, "%s at %d: %s", text, (int)diag.offset, diag.message);
    return module;
}

static void refuse(const char *text, hd_features features, hd_status status, const char *message) {
    image made;
    hd_module *module;
    hd_diag diag = HD_DIAG_INIT;
    assemble(&made, text);
    hd_status got = hd_module_load_features(made.bytes, made.length, features, &module, &diag);
    ck_assert_msg(got == status && strncmp(diag.message, message, strlen(message)) == 0,
                  "%s: expected %s '%s', got %s '%s'", text, hd_status_name(status), message,
                  hd_status_name(got), diag.message);
    ck_assert_int_eq(diag.status, status);
    ck_assert_ptr_null(module);
    if (made.mark != NO_MARK)
        ck_assert_msg((long)diag.offset == made.mark, "%s: expected '%s' at %ld, got it at %ld",
                      text, message, made.mark, (long)diag.offset);
}

/* --- what a module describes */

/* One of everything: function 0, memory 0 and global 0 are imported. */
static const char everything[] =
    "01 { 04  60 02 7f 7f 01 7f  60 00 00  60 02 7f 7f 01 7f  60 01 7b 02 7b 7e }"
    "02 { 03  {'env'} {'f'} 00 01  {'env'} {'m'} 02 03 01 02  {'env'} {'g'} 03 7f 00 }"
    "00 { {'odd'} aa bb }"
    "03 { 02  02 03 }"
    "04 { 02  70 01 01 05  6f 00 02 }"
    "05 { 01  00 01 }"
    "06 { 02  7e 01 42 07 0b  7f 00 23 00 41 01 6a 0b }"
    "07 { 03  {'add'} 00 01  {'mem'} 02 01  {} 03 01 }"
    "08 { 00 }"
    "09 { 03  00 41 00 0b 02 01 00  05 70 02 d2 02 0b d0 70 0b  03 00 01 02 }"
    "0c { 02 }"
    "0a { 02  { 00 20 00 20 01 6a 0b }  { 02 02 7e 01 7d  20 00 02 40 03 40 0b 0b 20 01 0b } }"
    "0b { 02  01 {'abc'}  02 01 41 05 0b {'z'} }"
    "00 { {'name'} 00 { {'mod'} } 01 { 02 00 {'imp'} 01 {'sum'} } }";

static hd_module *loaded;

static void load_everything(void) {
    loaded = load(everything);
}

static void free_everything(void) {
    hd_module_free(loaded);
}

static void assert_name(hd_name name, const char *expected) {
    ck_assert_uint_eq(name.length, strlen(expected));
    if (name.length > 0) ck_assert_mem_eq(name.bytes, expected, name.length);
}

START_TEST(types_that_are_equal_share_one_pointer) {
    char text[64];
    ck_assert_uint_eq(loaded->type_count, 4);
    ck_assert_ptr_eq(loaded->types[0], loaded->types[2]);
    ck_assert_ptr_ne(loaded->types[0], loaded->types[1]);
    ck_assert_str_eq(hd_functype_format(loaded->types[0], text, sizeof text), "(i32 i32) -> (i32)");
    ck_assert_str_eq(hd_functype_format(loaded->types[1], text, sizeof text), "() -> ()");
    ck_assert_uint_eq(loaded->types[3]->param_slots, 2);
    ck_assert_uint_eq(loaded->types[3]->result_slots, 3);
}
END_TEST

START_TEST(imports_come_first_in_their_index_spaces) {
    ck_assert_uint_eq(loaded->import_count, 3);
    assert_name(loaded->imports[1].module, "env");
    assert_name(loaded->imports[1].field, "m");
    ck_assert_int_eq(loaded->imports[1].kind, HD_EXTERN_MEMORY);
    ck_assert_uint_eq(loaded->imports[2].index, 0);
    ck_assert_uint_eq(loaded->function_count, 3);
    ck_assert_uint_eq(loaded->imported_functions, 1);
    ck_assert_ptr_eq(loaded->functions[0].type, loaded->types[1]);
    ck_assert_ptr_null(loaded->functions[0].body.start);
    ck_assert_uint_eq(loaded->memory_count * 10 + loaded->imported_memories, 21);
    ck_assert(loaded->memories[0].shared && loaded->memories[0].has_max);
    ck_assert_uint_eq(loaded->memories[0].max, 2);
    ck_assert(!loaded->memories[1].shared && !loaded->memories[1].has_max);
    ck_assert_uint_eq(loaded->table_count * 10 + loaded->imported_tables, 20);
    ck_assert_int_eq(loaded->tables[1].type.element, HD_EXTERNREF);
    ck_assert_uint_eq(loaded->global_count * 10 + loaded->imported_globals, 31);
    ck_assert(loaded->globals[1].type.is_mutable);
    ck_assert_int_eq(loaded->globals[1].type.type, HD_I64);
    ck_assert_uint_eq((size_t)(loaded->globals[2].init.end - loaded->globals[2].init.start), 6);
    ck_assert_ptr_null(loaded->globals[0].init.start);
}
END_TEST

START_TEST(imports_and_exports_have_types) {
    size_t count;
    const hd_import *imports = hd_module_imports(loaded, &count);
    ck_assert_uint_eq(count, 3);
    hd_externtype type = hd_module_type(loaded, imports[1].kind, imports[1].index);
    ck_assert(type.kind == HD_EXTERN_MEMORY && type.memory.shared && type.memory.max == 2);
    const hd_export *exports = hd_module_exports(loaded, &count);
    ck_assert_uint_eq(count, 3);
    for (size_t i = 0; i < count; i++) {
        type = hd_module_type(loaded, exports[i].kind, exports[i].index);
        ck_assert_int_eq(type.kind, exports[i].kind);
        if (type.kind == HD_EXTERN_FUNC)
            ck_assert_ptr_eq(type.func, loaded->functions[exports[i].index].type);
    }
}
END_TEST

START_TEST(bodies_are_described) {
    const hd_funcdef *f = &loaded->functions[1], *g = &loaded->functions[2];
    static const uint8_t add[] = {0x20, 0, 0x20, 1, 0x6A, 0x0B};
    ck_assert_uint_eq((size_t)(f->body.end - f->body.start), sizeof add);
    ck_assert_mem_eq(f->body.start, add, sizeof add);
    ck_assert_uint_eq(f->local_run_count, 0);
    ck_assert_uint_eq(f->max_height * 10 + f->max_labels, 21);
    ck_assert_uint_eq(g->local_run_count, 2);
    ck_assert_uint_eq(g->locals[0].count, 2);
    ck_assert_int_eq(g->locals[0].type, HD_I64);
    ck_assert_int_eq(g->locals[1].type, HD_F32);
    ck_assert_uint_eq(g->max_height * 10 + g->max_labels, 33);
    ck_assert_uint_eq(loaded->start, 0);
    /* The payload of the code section begins with its count, two bytes before a body's locals. */
    ck_assert_ptr_eq(loaded->bytes + loaded->code_offset + 3, f->body.start);
}
END_TEST

START_TEST(exports_are_found_by_name) {
    const hd_export *e = hd_module_export(loaded, "mem", 3);
    ck_assert_ptr_nonnull(e);
    ck_assert_int_eq(e->kind, HD_EXTERN_MEMORY);
    ck_assert_uint_eq(e->index, 1);
    ck_assert_ptr_eq(hd_module_export(loaded, "", 0), &loaded->exports[2]);
    ck_assert_ptr_null(hd_module_export(loaded, "me", 2));
    ck_assert_uint_eq(loaded->export_count, 3);
}
END_TEST

START_TEST(segments_are_described) {
    const hd_elemdef *e = loaded->elements;
    ck_assert_uint_eq(loaded->element_count, 3);
    ck_assert_int_eq(e[0].mode, HD_SEGMENT_ACTIVE);
    ck_assert_uint_eq(e[0].count, 2);
    ck_assert_uint_eq(e[0].functions[0] * 10 + e[0].functions[1], 10);
    ck_assert_int_eq(e[1].mode, HD_SEGMENT_PASSIVE);
    ck_assert_ptr_null(e[1].functions);
    ck_assert_uint_eq(e[1].expressions[1].start[0], 0xD0);
    ck_assert_int_eq(e[2].mode, HD_SEGMENT_DECLARATIVE);
    ck_assert_uint_eq(loaded->data_count, 2);
    ck_assert_int_eq(loaded->data[0].mode, HD_SEGMENT_PASSIVE);
    ck_assert_mem_eq(loaded->data[0].bytes, "abc", 3);
    ck_assert_uint_eq(loaded->data[1].memory, 1);
    ck_assert_uint_eq(loaded->data[1].length, 1);
    ck_assert_uint_eq((size_t)(loaded->data[1].offset.end - loaded->data[1].offset.start), 3);
}
END_TEST

START_TEST(custom_sections_are_kept_and_names_taken) {
    ck_assert_uint_eq(loaded->custom_count, 2);
    assert_name(loaded->customs[0].name, "odd");
    ck_assert_uint_eq(loaded->customs[0].length, 2);
    ck_assert_uint_eq(loaded->customs[0].content[1], 0xBB);
    assert_name(loaded->name, "mod");
    assert_name(loaded->functions[0].name, "imp");
    assert_name(loaded->functions[1].name, "sum");
    assert_name(loaded->functions[2].name, "");
}
END_TEST

START_TEST(an_empty_module_is_a_module) {
    hd_module *module = load("");
    ck_assert_uint_eq(module->start, HD_NO_START);
    ck_assert_uint_eq(module->code_offset, 0);
    ck_assert_ptr_null(hd_module_export(module, "a", 1));
    hd_module_free(module);
    hd_module_free(NULL);
}
END_TEST

static const struct {
    const char *custom, *label;
    size_t size;
} labels[] = {
    {"", "\"ex\"", 64}, /* the export's name, in quotes */
    {"00 { {'name'} 01 { 01 00 {'fun'} } }", "$fun", 64},
    {"00 { {'name'} 01 { 01 00 {'fun'} } }", "$f", 3},
    {"00 { {'name'} 01 { 01 00 {'fun'} } }", "", 1},
    {"00 { {'name'} 01 { 01 00 {} } }", "\"ex\"", 64},
    {"00 { {'name'} 01 { 01 00 { 61 0a 7f c2 85 c3 a9 } } }", "$a\\0a\\7f\\u{85}\xC3\xA9", 64},
    {"00 { {'name'} 01 { 01 00 { 61 c3 a9 } } }", "$a", 4}, /* no half characters */
    /* Names before what is malformed stay, names of no function are passed over. */
    {"00 { {'name'} 01 { 03 05 {'no'} 00 {'fun'} 01 { ff } } }", "$fun", 64},
    {"00 { {'name'} 01 { 02 00 { ff } } }", "\"ex\"", 64},
    {"00 { {'name'} 07 { 00 } 01 { 01 00 {'fun'} } }", "$fun", 64},
    {"00 { {'name'} 01 ff }", "\"ex\"", 64},
};

/* Names as compilers mangle them, and what their source calls them; NULL: no mangled name. */
static const struct {
    const char *mangled, *name;
} mangled[] = {
    {"_ZN4core3fmt5write17h0123456789abcdefE", "core::fmt::write"},
    {"_ZN9mutex_lck4lock17h1234567890abcdefE.llvm.123", "mutex_lck::lock"},
    {"_RNvCs1234_7mycrate3foo", "mycrate::foo"},
    {"_RNvMs_NtNtNtNtCs1_3std3sys4sync5mutex5futexNtB4_5Mutex4lock",
     "<std::sys::sync::mutex::futex::Mutex>::lock"},
    {"_ZNKSt3__15mutex4lockEv", "std::__1::mutex::lock() const"},
    {"_Z3addii", "add(int, int)"},
    {"main", NULL},
    {"_start", NULL},
    {"_Z", NULL},
    {"_ZN", NULL},
    {"_R", NULL},
    {"__wasm_call_ctors", NULL},
    {"", NULL},
};

START_TEST(names_are_demangled) {
    char text[256];
    if (!hd_demangle_available()) {
        fprintf(stderr, "names_are_demangled: skipped: built without libiberty\n");
        return;
    }
    for (size_t i = 0; i < sizeof mangled / sizeof *mangled; i++) {
        const char *name = mangled[i].mangled;
        bool is_mangled = hd_demangle(name, strlen(name), text, sizeof text);
        ck_assert_msg(is_mangled == (mangled[i].name != NULL), "%s: %s", name, text);
        ck_assert_str_eq(text, is_mangled ? mangled[i].name : "");
        /* All of it, or nothing. */
        if (is_mangled) ck_assert(!hd_demangle(name, strlen(name), text, strlen(text)));
        ck_assert_str_eq(text, "");
    }
    ck_assert(!hd_demangle("_Z3addii\0x", 10, text, sizeof text));
    /* In reports, with what is hidden in names escaped. */
    hd_module *module = load("01 { 01 60 00 00 } 03 { 01 00 } 0a { 01 { 00 0b } } "
                             "00 { {'name'} 01 { 01 00 {'_Z3addii'} } }");
    ck_assert_str_eq(hd_module_function_label(module, 0, text, sizeof text), "$add(int, int)");
    hd_module_free(module);
}
END_TEST

/* A name that stands for 2^40 characters is shown as it is, at once; so is one that nests deeply.
 */
START_TEST(hostile_names_are_not_demangled) {
    char name[4000] = "_Z1fI1AE1BIS0_S0_E", text[1000];
    for (int i = 1; i < 35; i++)
        snprintf(name + strlen(name), sizeof name - strlen(name), "1BIS%c_S%c_E",
                 "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[i],
                 "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[i]);
    ck_assert(!hd_demangle(name, strlen(name), text, sizeof text));
    strcpy(name, "_Z1f");
    memset(name + 4, 'P', 1900);
    strcpy(name + 1904, "i");
    ck_assert(!hd_demangle(name, strlen(name), text, sizeof text));
    memset(name + 4, 'P', 3900);
    ck_assert(!hd_demangle(name, 3900, text, sizeof text));
}
END_TEST

START_TEST(functions_have_labels) {
    char text[512], label[64];
    snprintf(text, sizeof text,
             "01 { 01 60 00 00 } 03 { 01 00 } 07 { 01 {'ex'} 00 00 } 0a { 01 { 00 0b } } %s",
             labels[_i].custom);
    hd_module *module = load(text);
    hd_module_function_label(module, 0, label, labels[_i].size);
    ck_assert_str_eq(label, labels[_i].label);
    ck_assert_str_eq(hd_module_function_label(module, 1, label, sizeof label), "func[1]");
    ck_assert_str_eq(hd_module_function_label(module, 1, label, 5), "func");
    hd_module_free(module);
}
END_TEST

START_TEST(types_are_formatted_within_the_buffer) {
    static const hd_valtype all[] = {HD_I32,  HD_I64,     HD_F32,      HD_F64,
                                     HD_V128, HD_FUNCREF, HD_EXTERNREF};
    const hd_functype type = {.param_count = 7, .params = all};
    static const char whole[] = "(i32 i64 f32 f64 v128 funcref externref) -> ()";
    char text[64];
    for (size_t size = 1; size <= sizeof text; size++) {
        size_t length = size - 1 < sizeof whole - 1 ? size - 1 : sizeof whole - 1;
        ck_assert_uint_eq(strlen(hd_functype_format(&type, text, size)), length);
        ck_assert_mem_eq(text, whole, length);
    }
    const hd_functype other = {.param_count = 6, .params = all};
    ck_assert(!hd_functype_equal(&type, &other));
    ck_assert(hd_functype_equal(&type, &(hd_functype){.param_count = 7, .params = all}));
}
END_TEST

START_TEST(kinds_have_names) {
    static const char *const names[] = {"func", "table", "memory", "global"};
    for (int kind = HD_EXTERN_FUNC; kind <= HD_EXTERN_GLOBAL; kind++)
        ck_assert_str_eq(hd_externkind_name((hd_externkind)kind), names[kind]);
    ck_assert_str_eq(hd_valtype_name(HD_EXTERNREF), "externref");
}
END_TEST

/* --- bodies: types () -> (), (i32) -> (i32), () -> (i32 v128); function 0 is the one checked, of
 * type 0; a table, a memory, an immutable i32, a mutable i64, an element and a data segment */

#define HOUSE                                                                                      \
    "01 { 03 60 00 00 60 01 7f 01 7f 60 00 02 7f 7b } 03 { 01 00 } 04 { 02 70 00 01 6f 00 01 }"    \
    "05 { 01 00 01 } 06 { 02 7f 00 41 00 0b 7e 01 42 00 0b } 09 { 01 05 70 00 } 0c { 01 }"
#define BODY_WITH(locals, code) HOUSE "0a { 01 { " locals code " } } 0b { 01 01 {} }"
#define BODY(code) BODY_WITH("00 ", code)

static const struct {
    const char *text;
    uint32_t height, labels;
} accepted[] = {
    {BODY("0b"), 0, 1},
    {BODY("41 00 41 00 1a 1a 0b"), 2, 1},
    {BODY("41 00 fd 0c 00000000 00000000 00000000 00000000 1a 1a 0b"), 3, 1},
    {BODY("02 40 03 40 41 01 04 40 05 0b 0b 0b 0b"), 1, 4},
    {BODY("02 40 0b 02 40 0b 0b"), 0, 2},
    {BODY("41 01 02 01 41 01 6a 0b 1a 0b"), 2, 2},       /* a block with a parameter */
    {BODY("03 02 0c 00 0b 1a 1a 0b"), 3, 2},             /* a loop's label carries nothing */
    {BODY("41 01 04 7f 41 01 05 41 02 0b 1a 0b"), 1, 2}, /* if with a result */
    {BODY("41 01 41 01 04 01 0b 1a 0b"), 2, 2},          /* if without else: (i32) -> (i32) */
    {BODY("00 6a 1a 0b"), 1, 1},                         /* operands out of nothing */
    {BODY("00 1b 1a 1b d1 1a 0b"), 2, 1},                /* of unknown type: may be a v128 */
    {BODY("02 7f 00 41 00 0e 01 00 00 0b 1a 0b"), 1, 2},
    {BODY("02 7f 41 01 41 00 0d 00 0b 1a 0b"), 2, 2},
    {BODY("0f 0c 00 0b"), 0, 1},
    {BODY("00 0e 02 00 00 00 0b"), 0, 1},
    {BODY("41 00 11 00 00 0b"), 1, 1},
    {BODY("12 00 0b"), 0, 1},
    {BODY("41 00 13 00 00 0b"), 1, 1},
    {BODY("d0 70 d0 70 41 00 1c 01 70 1a 0b"), 3, 1},
    {BODY("41 00 41 00 41 00 fc 08 00 00 fc 09 00 fc 0d 00 0b"), 3, 1},
    {BODY("41 00 41 00 41 00 fc 0c 00 00 0b"), 3, 1},
    {BODY("fc 10 00 d0 70 41 00 fc 0f 00 1a 1a 0b"), 3, 1},
    {BODY("41 00 25 01 1a 41 00 d0 70 41 00 fc 11 00 0b"), 3, 1},
    {BODY("41 00 41 00 41 00 fc 0a 00 00 0b"), 3, 1},
    {BODY("41 00 41 00 41 00 fc 0b 00 0b"), 3, 1},
    {BODY("41 00 28 42 00 00 1a 0b"), 1, 1}, /* names memory 0 */
    {BODY("41 00 41 00 fe 00 02 00 1a fe 03 00 0b"), 2, 1},
    {BODY("fe 83 80 00 00 0b"), 0, 1}, /* a code of three bytes */
    {BODY_WITH("03 00 7f 01 7e 00 7f ", "20 00 42 00 7c 21 00 0b"), 2, 1},
    /* 32751 locals: 256 of i32, 5 of i64, the rest f32. */
    {BODY_WITH("03 80 02 7f 05 7e ea fd 01 7d ",
               "20 ff 01 1a 20 80 02 a7 1a 20 84 02 a7 1a 20 85 02 20 ee ff 01 5b 1a 0b"),
     2, 1},
};

START_TEST(bodies_are_measured) {
    hd_module *module = load(accepted[_i].text);
    const hd_funcdef *f = &module->functions[0];
    ck_assert_msg(f->max_height == accepted[_i].height && f->max_labels == accepted[_i].labels,
                  "%s: %u, %u", accepted[_i].text, f->max_height, f->max_labels);
    hd_module_free(module);
}
END_TEST

#define V128_ZERO "fd 0c 00000000 00000000 00000000 00000000 "

static const struct {
    const char *text, *message;
} invalid[] = {
    {"01 { 01 60 01 @ 63 01 00 }", "unknown type 1"},
    {"01 { 01 60 01 @ 63 85 89 f4 01 00 }", "unknown type 1000000"},
    {"01 { 02 50 00 60 00 00 @ 50 01 00 60 01 7f 00 }", "sub type (i32) -> () does not match"},
    {"01 { 02 60 00 00 @ 50 01 00 60 00 00 }", "sub type of a type that is final"},
    {"01 { 01 50 01 @ 00 60 00 00 }", "unknown type 0"},
    {"01 { 03 50 00 60 00 00 50 00 60 00 00 50 @ 02 00 01 60 00 00 }",
     "sub type with several super types: 2"},
    {"01 { 01 60 00 00 } 04 { 01 @ 64 70 00 01 }", "type mismatch: a table of (ref func)"},
    {BODY_WITH("01 01 64 70 ", "@ 20 00 1a 0b"), "uninitialized local: 0"},
    {BODY_WITH("01 01 @ 64 09 ", "0b"), "unknown type 9"},
    {BODY("@ d0 09 1a 0b"), "unknown type 9"},
    {BODY("41 00 @ d4 1a 0b"), "type mismatch: expected a reference, got i32 in ref.as_non_null"},
    {BODY("d0 70 @ 14 00 0b"), "type mismatch: expected (ref null () -> ()), got funcref in call_ref"},
    {BODY("41 00 @ 6a 1a 0b"), "type mismatch: expected i32, got nothing in i32.add"},
    {BODY("42 00 @ 45 1a 0b"), "type mismatch: expected i32, got i64 in i32.eqz"},
    {BODY("@ 1a 0b"), "type mismatch: expected an operand, got nothing in drop"},
    {BODY("00 42 00 @ 6a 1a 0b"), "type mismatch: expected i32, got i64 in i32.add"},
    {BODY("41 00 @ 0b"), "type mismatch: 1 operands too many at the end of a block in end"},
    {BODY("02 7f 41 00 0b @ 0b"), "type mismatch: 1 operands too many"},
    {BODY("02 7f @ 0b 1a 0b"), "type mismatch: expected i32, got nothing in end"},
    {BODY("41 00 04 7f 41 00 @ 0b 1a 0b"), "type mismatch: if without else"},
    {BODY("41 00 02 40 @ 1a 0b 0b"), "type mismatch: expected an operand, got nothing"},
    {BODY("41 00 04 7f 41 00 05 42 00 @ 0b 1a 0b"), "type mismatch: expected i32, got i64"},
    {BODY("02 02 @ 0b 0b"), "type mismatch: expected v128, got nothing in end"},
    {BODY("@ 20 00 1a 0b"), "unknown local 0: the function has 0"},
    {BODY_WITH("01 80 04 7f ", "@ 22 80 04 1a 0b"), "unknown local 512: the function has 512"},
    {BODY_WITH("01 80 04 7f ", "42 00 @ 21 ff 03 0b"), "type mismatch: expected i32, got i64"},
    {BODY("@ 23 02 1a 0b"), "unknown global 2"},
    {BODY("41 00 @ 24 00 0b"), "global is immutable"},
    {BODY("41 00 @ 24 01 0b"), "type mismatch: expected i64, got i32 in global.set"},
    {BODY("@ 10 01 0b"), "unknown function 1"},
    {BODY("@ 0c 01 0b"), "unknown label 1"},
    {BODY("41 00 @ 0e 01 00 01 0b"), "unknown label 1"},
    {BODY("02 7f 41 00 41 00 @ 0e 01 01 00 0b 1a 0b"), "type mismatch: labels that carry 0 and 1"},
    {BODY("02 7f 42 00 41 00 @ 0e 00 00 0b 1a 0b"), "type mismatch: expected i32, got i64"},
    {BODY("@ 02 03 0b 0b"), "unknown type 3"},
    {BODY("41 00 @ 11 03 00 0b"), "unknown type 3"},
    {BODY("41 00 @ 11 00 02 0b"), "unknown table 2"},
    {BODY("41 00 @ 11 00 01 0b"), "type mismatch: table 1 is not of funcref"},
    {BODY("41 00 41 00 @ 13 01 00 0b"), "type mismatch: results differ"},
    {BODY("41 00 @ 28 03 00 1a 0b"), "alignment must not be larger than natural"},
    {BODY("41 00 @ fe 10 01 00 1a 0b"), "atomic alignment must be natural"},
    {BODY("41 00 @ fe 10 03 00 1a 0b"), "atomic alignment must be natural"},
    {BODY("41 00 @ 28 42 01 00 1a 0b"), "unknown memory 1"},
    {BODY("@ 3f 01 1a 0b"), "unknown memory 1"},
    {BODY("@ d2 00 1a 0b"), "undeclared function reference 0"},
    {BODY("@ d2 01 1a 0b"), "unknown function 1"},
    {BODY("41 00 @ d1 1a 0b"), "type mismatch: expected a reference, got i32"},
    {BODY("41 00 41 00 41 00 @ 1c 02 7f 7f 0b"), "invalid result arity 2"},
    {BODY("d0 70 d0 70 41 00 @ 1b 1a 0b"), "type mismatch: a reference"},
    {BODY("41 00 42 00 41 00 @ 1b 1a 0b"), "type mismatch: operands of types i32 and i64"},
    {BODY("41 00 41 00 41 00 @ fc 08 01 00 0b"), "unknown data segment 1"},
    {BODY("@ fc 09 01 0b"), "unknown data segment 1"},
    {BODY("@ fc 0d 01 0b"), "unknown elem segment 1"},
    {BODY("41 00 41 00 41 00 @ fc 0e 01 00 0b"), "type mismatch: funcref for a table of externref"},
    {BODY("41 00 @ 26 00 0b"), "type mismatch: expected funcref, got i32 in table.set"},
    {BODY(V128_ZERO "@ fd 15 10 1a 0b"), "invalid lane index 16 of 16 in i8x16.extract_lane_s"},
    {BODY(V128_ZERO "@ fd 21 02 1a 0b"), "invalid lane index 2 of 2 in f64x2.extract_lane"},
    {BODY("41 00 " V128_ZERO "@ fd 57 03 00 02 1a 0b"), "invalid lane index 2 of 2"},
    {BODY(V128_ZERO V128_ZERO "@ fd 0d 00000000 00000020 00000000 00000000 1a 0b"),
     "invalid lane index 32 of 32 in i8x16.shuffle"},
    {"02 { 01 {} {} 00 @ 00 }", "unknown type 0"},
    {"05 { 01 @ 02 00 }", "shared memory must have maximum"},
    {"05 { 01 @ 01 02 01 }", "size minimum must not be greater than maximum: 2 > 1"},
    {"04 { 01 70 @ 01 02 01 }", "size minimum must not be greater than maximum: 2 > 1"},
    {"05 { 01 @ 00 81 80 04 }", "memory size must be at most 65536 pages (4GiB)"},
    {"05 { 01 @ 01 00 81 80 04 }", "memory size must be at most 65536 pages (4GiB)"},
    {"06 { 01 7f 00 42 00 @ 0b }", "type mismatch: expected i32, got i64 in end"},
    {"06 { 01 7f 00 41 00 41 00 @ 0b }", "type mismatch: 1 operands too many"},
    {"06 { 01 7f 00 @ 23 00 0b }", "unknown global 0"},
    {"06 { 02 7f 00 41 00 0b 7f 00 @ 23 01 0b }", "unknown global 1"},
    {"06 { 01 7f 00 @ 01 41 00 0b }", "constant expression required, not nop"},
    {"06 { 01 7f 00 @ 02 40 0b 41 00 0b }", "constant expression required, not block"},
    {"02 { 01 {} {} 03 7f 01 } 06 { 01 7f 00 @ 23 00 0b }",
     "constant expression required: global 0 is mutable"},
    {"06 { 01 70 00 @ d2 00 0b }", "unknown function 0"},
    {"07 { 01 @ {'a'} 00 00 }", "unknown function 0"},
    {"07 { 01 @ {'a'} 02 00 }", "unknown memory 0"},
    {"02 { 01 {} {} 03 7f 00 } 07 { 02 {'a'} 03 00 @ {'a'} 03 00 }", "duplicate export name \"a\""},
    {"02 { 01 {} {} 03 7f 00 } 07 { 02 { 1b 5b 00 61 } 03 00 @ { 1b 5b 00 61 } 03 00 }",
     "duplicate export name \"\\1b[\\00a\""}, /* nothing that a terminal would obey */
    {"08 { @ 00 }", "unknown function 0"},
    {"01 { 01 60 01 7f 00 } 02 { 01 {} {} 00 00 } 08 { @ 00 }",
     "start function 0 must be () -> (), is (i32) -> ()"},
    {"09 { 01 @ 00 41 00 0b 00 }", "unknown table 0"},
    {"04 { 01 6f 00 00 } 09 { 01 @ 00 41 00 0b 00 }",
     "type mismatch: elements of type (ref func) for a table of externref"},
    {"09 { 01 01 00 01 @ 00 }", "unknown function 0"},
    {"09 { 01 05 70 01 d0 6f @ 0b }", "type mismatch: expected funcref, got externref"},
    {"0b { 01 @ 00 41 00 0b 00 }", "unknown memory 0"},
    {"05 { 01 00 00 } 0b { 01 @ 02 01 41 00 0b 00 }", "unknown memory 1"},
    {"05 { 01 00 00 } 0b { 01 00 42 00 @ 0b 00 }", "type mismatch: expected i32, got i64"},
    {"01 { 01 60 00 00 } 03 { 01 00 } 0a { 01 { 00 @ fc 09 00 0b } }", "unknown data segment 0"},
};

START_TEST(invalid_modules_are_refused) {
    refuse(invalid[_i].text, HD_FEATURES_ALL, HD_INVALID, invalid[_i].message);
}
END_TEST

static const struct {
    const char *text, *message;
} malformed[] = {
    {"01 { 01 60 01 64 @ 40 00 }", "malformed heap type 0x40"},
    {"01 { 01 60 01 63 @ bf 7f 00 }", "malformed heap type 0x"},
    {"01 { 01 4f 00 @ 61 00 00 }", "malformed function type 0x61"},
    {"01 { 01 60 00 00 } 04 { 01 @ 40 01 70 00 00 d0 70 0b }", "malformed table"},
    {BODY("02 64 @ 41 0b 0b"), "malformed heap type 0x41"},
    {BODY("@ 27 0b"), "illegal opcode 27"},
    {BODY("@ ff 0b"), "illegal opcode ff"},
    {BODY("@ fc 12 0b"), "illegal opcode fc 12"},
    {BODY("@ fe 05 0b"), "illegal opcode fe 05"},
    {BODY("@ fd 94 02 0b"), "illegal opcode fd 114"},
    {BODY("fc @ 87 80 80 80 80 00 0b"), "integer representation too long"},
    {BODY("@ 05 0b"), "END opcode expected"},
    {BODY("41 00 04 40 05 @ 05 0b 0b"), "END opcode expected"},
    {BODY("02 @ 50 0b 0b"), "malformed block type"},
    {BODY("02 @ ff ff ff ff 2f 0b 0b"), "integer too large"},
    {BODY("fe 03 @ 02 0b"), "malformed memory ordering 0x02"},
    {BODY("d0 @ 7f 1a 0b"), "malformed heap type 0x7f"},
    {BODY("41 00 41 00 41 00 1c 01 @ 40 1a 0b"), "malformed value type 0x40"},
    {BODY("41 00 28 @ 80 01 00 1a 0b"), "malformed memop flags 0x80"},
    {BODY("0e @ ff ff ff 00 00 0b"), "length out of bounds"},
    {BODY_WITH("@ 02 ff ff ff ff 0f 7f 01 7f ", "0b"), "too many locals: 4294967296"},
    {BODY_WITH("01 01 @ 40 ", "0b"), "malformed value type 0x40"},
    {BODY_WITH("@ 00 ", "0b 0b"), "section size mismatch: function body"},
    {BODY_WITH("@ 00 ", "01"), "section size mismatch: function body"}, /* ends in the next one */
    /* What is invalid before it does not hide what is malformed, nor how blocks nest. */
    {BODY("6a @ ff 0b"), "illegal opcode ff"},
    {BODY("6a 41 00 04 40 05 0b @ 05 0b"), "END opcode expected"},
    {"08 { 00 } 0c { 01 } @", "data count and data section have inconsistent lengths: 1 and 0"},
    {"@ 0e {}", "malformed section id 14"},
    {"01 { 00 } @ 01 { 00 }", "unexpected content after last section"},
    {"03 { 00 } @ 01 { 00 }", "unexpected content after last section"},
    {"0a { 00 } @ 0c { 00 }", "unexpected content after last section"},
    {"01 @ 05 00", "length out of bounds: 5, but 1 bytes remain"},
    {"01 02 01 @", "unexpected end of section or function"},
    {"01 { @ 00 00 }", "section size mismatch: 2 bytes declared, 1 read"},
    {"01 { 01 @ 61 00 00 }", "malformed function type 0x61"},
    {"01 { 01 @ e0 7f 00 00 }", "integer representation too long"},
    {"01 { 01 60 01 @ 40 00 }", "malformed value type 0x40"},
    {"01 { 01 60 01 @ ff 00 }", "integer representation too long"},
    {"02 { 01 {} {} @ 05 00 }", "malformed import kind 0x05"},
    {"02 { 01 {} {} 01 @ 7f 00 00 }", "malformed reference type 0x7f"},
    {"02 { 01 {} {} 01 70 @ 10 00 }", "malformed limits flags 0x10"},
    {"02 { 01 {} {} 01 70 @ 02 00 }", "tables cannot be shared (yet)"},
    {"02 { 01 { @ 80 } {} 00 00 }", "malformed UTF-8 encoding"},          /* continuation */
    {"02 { 01 { 61 @ c0 80 } {} 00 00 }", "malformed UTF-8 encoding"},    /* overlong */
    {"02 { 01 { @ ed a0 80 } {} 00 00 }", "malformed UTF-8 encoding"},    /* surrogate */
    {"02 { 01 { @ f4 90 80 80 } {} 00 00 }", "malformed UTF-8 encoding"}, /* above U+10FFFF */
    {"02 { 01 { @ e2 82 } {} 00 00 }", "malformed UTF-8 encoding"},       /* truncated */
    {"02 { 01 { @ f8 88 80 80 80 } {} 00 00 }", "malformed UTF-8 encoding"},
    {"06 { 01 7f @ 02 41 00 0b }", "malformed mutability 0x02"},
    {"01 { 01 60 00 00 } 03 { @ 01 00 }", "function and code section have inconsistent lengths"},
    {"01 { 01 60 00 00 } 03 { 01 00 } 0b { 00 } @ ",
     "function and code section have inconsistent lengths: 1 and none"},
    {"0a { @ 01 02 00 0b }", "function and code section have inconsistent lengths: 0 and 1"},
    {"07 { 01 {'a'} @ 05 00 }", "malformed export kind 0x05"},
    {"09 { 01 @ 08 00 }", "malformed elements segment kind 8"},
    {"09 { 01 01 @ 01 00 }", "malformed element kind 0x01"},
    {"09 { 01 05 @ 7f 00 }", "malformed reference type 0x7f"},
    {"0b { 01 @ 03 00 }", "malformed data segment kind 3"},
    {"05 { 01 00 00 } 0b { 01 00 41 00 0b @ 05 }", "length out of bounds: 5, but 0 bytes remain"},
    {"01 { 01 60 00 00 } 03 { 01 00 } 0a { 01 { 00 @ fc 09 00 0b } } 0b { 01 01 {} }",
     "data count section required"},
    {"00 {} @", "unexpected end of section or function"},
    {"00 { @ 05 'ab' }", "length out of bounds: 5, but 2 bytes remain"},
};

START_TEST(malformed_modules_are_refused) {
    refuse(malformed[_i].text, HD_FEATURES_ALL, HD_MALFORMED, malformed[_i].message);
}
END_TEST

static const struct {
    const char *bytes;
    size_t length;
    uint64_t offset;
    const char *message;
} headers[] = {
    {"", 0, 0, "unexpected end"},
    {"\0as", 3, 3, "unexpected end"},
    {"\0asm\1\0\0", 7, 7, "unexpected end"},
    {"asm\0\1\0\0\0", 8, 0, "magic header not detected"},
    {"\0asm\2\0\0\0", 8, 4, "unknown binary version"},
    {"\0asm\1\0\0\1", 8, 4, "unknown binary version"},
};

START_TEST(headers_are_checked) {
    hd_module *module;
    hd_diag diag = HD_DIAG_INIT;
    hd_status status =
        hd_module_load((const uint8_t *)headers[_i].bytes, headers[_i].length, &module, &diag);
    ck_assert_int_eq(status, HD_MALFORMED);
    ck_assert_str_eq(diag.message, headers[_i].message);
    ck_assert_uint_eq(diag.offset, headers[_i].offset);
}
END_TEST

/* What only holds with a feature, and how it is refused without. */
static const struct {
    const char *text;
    hd_features feature;
    hd_status status;
    const char *message;
} features[] = {
    {"05 { @ 02 00 00 00 00 }", HD_FEATURE_MULTI_MEMORY, HD_INVALID, "multiple memories"},
    {BODY("3f @ 80 00 1a 0b"), HD_FEATURE_MULTI_MEMORY, HD_MALFORMED, "zero byte expected"},
    {BODY("41 00 28 @ 42 00 00 1a 0b"), HD_FEATURE_MULTI_MEMORY, HD_MALFORMED,
     "malformed memop flags 0x42"},
    {BODY("@ 12 00 0b"), HD_FEATURE_TAIL_CALL, HD_MALFORMED, "illegal opcode 12"},
    {BODY("41 00 @ 13 00 00 0b"), HD_FEATURE_TAIL_CALL, HD_MALFORMED, "illegal opcode 13"},
    {"06 { 01 7e 00 42 00 42 00 @ 7e 0b }", HD_FEATURE_EXTENDED_CONST, HD_INVALID,
     "constant expression required, not i64.mul"},
    {BODY("d0 70 @ d4 1a 0b"), HD_FEATURE_FUNCTION_REFERENCES, HD_MALFORMED, "illegal opcode d4"},
    {BODY("00 @ 14 00 0b"), HD_FEATURE_FUNCTION_REFERENCES, HD_MALFORMED, "illegal opcode 14"},
    {"01 { 01 60 01 @ 64 70 00 }", HD_FEATURE_FUNCTION_REFERENCES, HD_MALFORMED,
     "malformed value type"},
    {"01 { 01 60 01 @ 73 00 }", HD_FEATURE_FUNCTION_REFERENCES, HD_MALFORMED,
     "malformed value type"},
};

START_TEST(features_can_be_off) {
    hd_features all = HD_FEATURES_ALL;
    refuse(features[_i].text, all & ~features[_i].feature, features[_i].status,
           features[_i].message);
    hd_module_free(load(features[_i].text));
}
END_TEST

/* --- limits and hostile input */

/* Writes a module whose first function () -> () calls the second one, () -> (i32 × results), a
 * number of times. */
static void many_results(image *to, uint32_t results, uint32_t calls) {
    static char text[1 << 16];
    char *end = text;
    end += sprintf(end, "01 { 02 60 00 00 60 00 %02x %02x ", (results & 0x7F) | 0x80, results >> 7);
    for (uint32_t i = 0; i < results; i++)
        end += sprintf(end, "7f");
    end += sprintf(end, "} 03 { 02 00 01 } 0a { 02 { 00 ");
    for (uint32_t i = 0; i < calls; i++)
        end += sprintf(end, "1001");
    sprintf(end, "00 0b } { 00 00 0b } }");
    assemble(to, text);
}

static hd_status load_image(const image *from, hd_module **module, hd_diag *diag) {
    hd_diag_reset(diag);
    return hd_module_load(from->bytes, from->length, module, diag);
}

START_TEST(function_types_have_a_limit) {
    static image made;
    hd_module *module;
    hd_diag diag;
    many_results(&made, HD_MAX_TYPE_ARITY, 3);
    ck_assert_int_eq(load_image(&made, &module, &diag), HD_OK);
    ck_assert_uint_eq(module->functions[0].max_height, 3 * HD_MAX_TYPE_ARITY);
    hd_module_free(module);
    many_results(&made, HD_MAX_TYPE_ARITY + 1, 3);
    ck_assert_int_eq(load_image(&made, &module, &diag), HD_LIMIT);
    ck_assert_str_eq(diag.message, "too many results in a function type: 1001, at most 1000");
    ck_assert_uint_eq(diag.offset, 17);
}
END_TEST

START_TEST(operand_stacks_have_a_limit) {
    enum { FIT = HD_MAX_OPERANDS / HD_MAX_TYPE_ARITY, FRAME = HD_MAX_FRAME / HD_MAX_TYPE_ARITY };
    static image made;
    hd_module *module;
    hd_diag diag;
    many_results(&made, HD_MAX_TYPE_ARITY, FRAME);
    ck_assert_int_eq(load_image(&made, &module, &diag), HD_OK);
    ck_assert_uint_eq(module->functions[0].max_height, FRAME * HD_MAX_TYPE_ARITY);
    hd_module_free(module);
    for (uint32_t calls = FRAME + 1; calls <= FIT; calls += FIT - FRAME - 1) {
        many_results(&made, HD_MAX_TYPE_ARITY, calls);
        ck_assert_int_eq(load_image(&made, &module, &diag), HD_LIMIT);
        ck_assert_msg(strstr(diag.message, "; the limit is 32759") != NULL, "%s", diag.message);
    }
    for (uint32_t calls = FIT + 1; calls <= 2 * FIT; calls += FIT - 1) {
        many_results(&made, HD_MAX_TYPE_ARITY, calls);
        ck_assert_int_eq(load_image(&made, &module, &diag), HD_LIMIT);
        ck_assert_str_eq(diag.message,
                         "too many operands on the stack of a function: more than 4194304 cells");
    }
}
END_TEST

/* Loads bytes that may be anything, from a block of just their size. */
static void load_anything(const uint8_t *bytes, size_t length) {
    uint8_t *exact = malloc(length ? length : 1);
    hd_module *module;
    hd_diag diag = HD_DIAG_INIT;
    memcpy(exact, bytes, length);
    hd_status status = hd_module_load(exact, length, &module, &diag);
    free(exact);
    ck_assert_int_eq(status, diag.status);
    ck_assert((module != NULL) == (status == HD_OK));
    hd_module_free(module);
    if (status == HD_OK) return;
    ck_assert(status == HD_MALFORMED || status == HD_INVALID || status == HD_LIMIT ||
              status == HD_UNSUPPORTED);
    ck_assert_uint_le(diag.offset, length);
    ck_assert_str_ne(diag.message, "");
}

static const char *const victims[] = {
    everything,
    BODY("41 01 04 7f 02 7f 41 00 41 00 0e 02 00 01 00 0b 05 00 0b 1a 20 00 0b"),
    BODY_WITH("02 02 7b 01 7e ", "20 00 20 01 fd 0d 00010203 04050607 08090a0b 0c0d0e0f 21 00"
                                 "41 00 20 02 42 00 fe 02 03 00 1a 0b"),
    BODY("41 00 41 00 41 00 fc 08 00 00 41 00 d0 70 26 00 41 00 11 00 00 0b"),
    "01 { 03 4e 02 60 00 01 63 01 50 00 60 01 63 00 00 50 01 01 60 01 63 00 00 60 00 00 }"
    "03 { 01 03 } 04 { 01 40 00 64 03 00 01 d2 00 0b } 06 { 01 63 00 00 d0 00 0b }"
    "09 { 01 06 00 41 00 0b 64 03 01 d2 00 0b }"
    "0a { 01 { 01 01 64 03 d2 00 21 00 20 00 14 03 02 64 03 20 00 d6 00 00 0b d5 00 1a 0b } }",
};

START_TEST(modules_cut_short_are_handled) {
    image made;
    assemble(&made, victims[_i]);
    for (size_t length = 0; length <= made.length; length++)
        load_anything(made.bytes, length);
}
END_TEST

START_TEST(modules_with_a_wrong_byte_are_handled) {
    static const uint8_t values[] = {0x00, 0x01, 0x0B, 0x05, 0x40, 0x70, 0x7B, 0x7F, 0x80, 0xFF};
    image made;
    assemble(&made, victims[_i]);
    for (size_t at = 8; at < made.length; at++) {
        uint8_t original = made.bytes[at];
        for (size_t i = 0; i < sizeof values; i++) {
            made.bytes[at] = values[i];
            load_anything(made.bytes, made.length);
        }
        for (int delta = -1; delta <= 1; delta += 2) {
            made.bytes[at] = (uint8_t)(original + delta);
            load_anything(made.bytes, made.length);
        }
        made.bytes[at] = (uint8_t)~original;
        load_anything(made.bytes, made.length);
        made.bytes[at] = original;
    }
}
END_TEST

START_TEST(lack_of_memory_is_an_error) {
    image made;
    hd_module *module;
    hd_diag diag;
    uint64_t failures = 0;
    assemble(&made, victims[_i]);
    for (;; failures++) {
        hd_alloc_fail_after(failures + 1);
        hd_status status = load_image(&made, &module, &diag);
        hd_alloc_fail_after(0);
        if (status != HD_NOMEM) break;
        ck_assert_ptr_null(module);
        ck_assert_str_eq(diag.message, "out of memory");
    }
    ck_assert_uint_gt(failures, 4);
    ck_assert(diag.status == HD_OK || diag.status == HD_INVALID);
    hd_module_free(module);
}
END_TEST

Suite *module_suite(void) {
    Suite *suite = suite_create("module");
    TCase *description = tcase_create("description"), *plain = tcase_create("load");
    TCase *hostile = tcase_create("hostile");
    tcase_add_checked_fixture(description, load_everything, free_everything);
    tcase_add_test(description, types_that_are_equal_share_one_pointer);
    tcase_add_test(description, imports_come_first_in_their_index_spaces);
    tcase_add_test(description, bodies_are_described);
    tcase_add_test(description, exports_are_found_by_name);
    tcase_add_test(description, imports_and_exports_have_types);
    tcase_add_test(description, segments_are_described);
    tcase_add_test(description, custom_sections_are_kept_and_names_taken);
    tcase_add_test(plain, an_empty_module_is_a_module);
    tcase_add_test(plain, types_are_formatted_within_the_buffer);
    tcase_add_test(plain, kinds_have_names);
    tcase_add_test(plain, names_are_demangled);
    tcase_add_loop_test(plain, functions_have_labels, 0, ROWS(labels));
    tcase_add_loop_test(plain, bodies_are_measured, 0, ROWS(accepted));
    tcase_add_loop_test(plain, invalid_modules_are_refused, 0, ROWS(invalid));
    tcase_add_loop_test(plain, malformed_modules_are_refused, 0, ROWS(malformed));
    tcase_add_loop_test(plain, headers_are_checked, 0, ROWS(headers));
    tcase_add_loop_test(plain, features_can_be_off, 0, ROWS(features));
    tcase_set_timeout(hostile, 60); /* seconds; sanitizers are slow */
    tcase_add_test(hostile, function_types_have_a_limit);
    tcase_add_test(hostile, hostile_names_are_not_demangled);
    tcase_add_test(hostile, operand_stacks_have_a_limit);
    tcase_add_loop_test(hostile, modules_cut_short_are_handled, 0, ROWS(victims));
    tcase_add_loop_test(hostile, modules_with_a_wrong_byte_are_handled, 0, ROWS(victims));
    tcase_add_loop_test(hostile, lack_of_memory_is_an_error, 0, ROWS(victims));
    suite_add_tcase(suite, description);
    suite_add_tcase(suite, plain);
    suite_add_tcase(suite, hostile);
    suite_add_tcase(suite, module_opcodes_case());
    suite_add_tcase(suite, module_types_case());
    return suite;
}
