/* assemble_fields.c: the fields of a module in the text format (core specification, section 6.6).
 * See assembler.h. */
#include <string.h>

#include "text/assembler.h"

enum {
    IMPORTS = 2,
    FUNCTIONS = 3,
    TABLES = 4,
    MEMORIES = 5,
    GLOBALS = 6,
    EXPORTS = 7,
    START = 8,
    ELEMENTS = 9,
    CODE = 10,
    DATA = 11,
    TAGS = 13,
};

typedef enum segment_kind { SEGMENT_ACTIVE, SEGMENT_PASSIVE, SEGMENT_DECLARED } segment_kind;

/* The bytes of a section, which gets one more entry. Its place is the field's; that there is no
 * memory for it is found at the end, in the diagnostics. */
static hd_bytes *add_to(hd_assembler *a, int id) {
    hd_section_text *section = &a->sections[id];
    section->count++;
    if (a->mapping) hd_asm_note(a, &section->map, section->bytes.len, a->field);
    return &section->bytes;
}

static const struct {
    const char *keyword;
    hd_space_kind kind;
} kinds[] = {{"func", HD_SPACE_FUNC},
             {"table", HD_SPACE_TABLE},
             {"memory", HD_SPACE_MEMORY},
             {"global", HD_SPACE_GLOBAL},
             {"tag", HD_SPACE_TAG}};

/* The kind of external thing that the current keyword names; false if it names none. */
static bool extern_kind(const hd_assembler *a, hd_space_kind *kind) {
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (!hd_asm_word(a, kinds[i].keyword)) continue;
        *kind = kinds[i].kind;
        return true;
    }
    return false;
}

/* The first walk: numbers for everything. */

/* The parenthesis that closes the one at a->at - 1 or, in the walk, before the keyword. */
static size_t close_of(const hd_assembler *a, size_t open) {
    return a->words.items[open].close;
}

static bool collect_import(hd_assembler *a) {
    hd_space_kind kind;
    hd_symbol name;
    if (a->defined) return hd_asm_fail(a, HD_MALFORMED, "import after a definition");
    hd_asm_enter(a);
    for (int i = 0; i < 2; i++)
        if (!hd_asm_expect(a, HD_TOKEN_STRING, "a string")) return false;
    if (!hd_asm_expect(a, HD_TOKEN_OPEN, "(")) return false;
    if (!extern_kind(a, &kind)) return hd_asm_unexpected(a, "func, table, memory, global or tag");
    a->at++;
    return hd_asm_name(a, &name) && hd_asm_bind(a, kind, &name);
}

/* Whether one of the parentheses directly in a field opens with a keyword. */
static bool holds(const hd_assembler *a, size_t open, const char *keyword) {
    size_t close = close_of(a, open);
    for (size_t i = open + 1; i < close; i++) {
        if (a->words.items[i].token.kind != HD_TOKEN_OPEN) continue;
        if (hd_token_is(&a->words.items[i + 1].token, keyword)) return true;
        i = a->words.items[i].close;
    }
    return false;
}

static bool collect_definition(hd_assembler *a, hd_space_kind kind) {
    size_t open = a->at;
    hd_symbol name;
    static const hd_symbol none = {"", 0, 0};
    hd_asm_enter(a);
    if (!hd_asm_name(a, &name) || !hd_asm_bind(a, kind, &name)) return false;
    bool imported = kind <= HD_SPACE_TAG && holds(a, open, "import");
    if (kind > HD_SPACE_TAG) return true;
    if (!imported) a->defined = true;
    if (imported && a->defined) return hd_asm_fail(a, HD_MALFORMED, "import after a definition");
    if (kind == HD_SPACE_TABLE && !imported && holds(a, open, "elem"))
        return hd_asm_bind(a, HD_SPACE_ELEM, &none);
    if (kind == HD_SPACE_MEMORY && !imported && holds(a, open, "data"))
        return hd_asm_bind(a, HD_SPACE_DATA, &none);
    return true;
}

/* A type is only numbered now, so that types may refer to each other. */
static bool collect_type(hd_assembler *a) {
    hd_symbol name;
    hd_asm_enter(a);
    return hd_asm_name(a, &name) && hd_asm_bind(a, HD_SPACE_TYPE, &name);
}

/* Calls `each` for the types of `(rec (type …)…)`, and sets how many there are. */
static bool each_of_group(hd_assembler *a, bool (*each)(hd_assembler *a), uint32_t *count) {
    size_t end = close_of(a, a->at);
    uint32_t number = 0;
    hd_asm_enter(a);
    for (; hd_asm_opens(a, "type"); number++) {
        size_t close = close_of(a, a->at);
        if (each && !each(a)) return false;
        a->at = close + 1;
    }
    if (a->at != end) return hd_asm_unexpected(a, "(type");
    if (count) *count = number;
    return true;
}

static bool collect_field(hd_assembler *a) {
    hd_space_kind kind;
    if (hd_asm_opens(a, "import")) return collect_import(a);
    if (hd_asm_opens(a, "type")) return collect_type(a);
    if (hd_asm_opens(a, "rec")) return each_of_group(a, collect_type, NULL);
    if (hd_asm_opens(a, "elem")) return collect_definition(a, HD_SPACE_ELEM);
    if (hd_asm_opens(a, "data")) return collect_definition(a, HD_SPACE_DATA);
    if (hd_asm_opens(a, "export") || hd_asm_opens(a, "start")) return true;
    a->at++;
    bool known = extern_kind(a, &kind);
    if (!known && hd_asm_is(a, HD_TOKEN_KEYWORD)) return hd_asm_unexpected(a, "a module field");
    if (!known) return hd_asm_unexpected(a, "a module field");
    a->at--;
    return collect_definition(a, kind);
}

/* Calls `each` for every field of the module. */
static bool walk(hd_assembler *a, bool (*each)(hd_assembler *a)) {
    bool wrapped = hd_asm_opens(a, "module");
    a->at = 0;
    if (wrapped) {
        hd_asm_enter(a);
        a->at += hd_asm_word(a, "definition");
        if (!hd_asm_name(a, &a->name)) return false;
    }
    while (hd_asm_is(a, HD_TOKEN_OPEN)) {
        size_t close = close_of(a, a->at);
        if (!each(a)) return false;
        a->at = close + 1;
    }
    if (wrapped && !hd_asm_close(a)) return false;
    return hd_asm_is(a, HD_TOKEN_END) || hd_asm_unexpected(a, "the end of the module");
}

static bool define_one(hd_assembler *a, uint32_t group) {
    hd_symbol name;
    hd_asm_enter(a);
    return hd_asm_name(a, &name) && hd_asm_define_type(a, group) && hd_asm_close(a);
}

static bool define_types(hd_assembler *a) {
    if (hd_asm_opens(a, "type")) return define_one(a, 1);
    if (!hd_asm_opens(a, "rec")) return true;
    size_t open = a->at;
    uint32_t count = 0;
    if (!each_of_group(a, NULL, &count)) return false;
    a->at = open;
    hd_asm_enter(a);
    for (uint32_t i = 0; i < count; i++) {
        size_t close = close_of(a, a->at);
        if (!define_one(a, i == 0 ? count : 0)) return false;
        a->at = close + 1;
    }
    return true;
}

bool hd_asm_collect(hd_assembler *a) {
    if (!walk(a, collect_field)) return false;
    a->at = 0;
    return walk(a, define_types);
}

/* The second walk: encoding. */

/* (export "name")…, of the thing with this number. */
static bool inline_exports(hd_assembler *a, hd_space_kind kind, uint32_t index) {
    while (hd_asm_opens(a, "export")) {
        hd_bytes *to = add_to(a, EXPORTS);
        hd_asm_enter(a);
        if (!hd_asm_string(a, to) || !hd_asm_put_u8(a, to, (uint8_t)kind) ||
            !hd_asm_put_u64(a, to, index) || !hd_asm_close(a))
            return false;
    }
    return true;
}

static void clear_locals(hd_assembler *a) {
    hd_space *locals = &a->spaces[HD_SPACE_LOCAL];
    hd_map_free(&locals->names);
    locals->symbols.len = 0;
    locals->count = 0;
}

/* The type of something imported, from where the text tells it on. */
static bool import_type(hd_assembler *a, hd_space_kind kind, hd_bytes *to) {
    uint32_t type;
    clear_locals(a);
    if (!hd_asm_put_u8(a, to, (uint8_t)kind)) return false;
    switch (kind) {
    case HD_SPACE_FUNC: return hd_asm_type_use(a, true, &type) && hd_asm_put_u64(a, to, type);
    case HD_SPACE_TABLE: return hd_asm_tabletype(a, to);
    case HD_SPACE_MEMORY: return hd_asm_memtype(a, to);
    case HD_SPACE_GLOBAL: return hd_asm_globaltype(a, to);
    default:
        return hd_asm_put_u8(a, to, 0) && hd_asm_type_use(a, true, &type) &&
               hd_asm_put_u64(a, to, type);
    }
}

static bool import(hd_assembler *a) {
    hd_bytes *to = add_to(a, IMPORTS);
    hd_space_kind kind;
    hd_symbol name;
    hd_asm_enter(a);
    if (!hd_asm_string(a, to) || !hd_asm_string(a, to)) return false;
    a->at++;
    extern_kind(a, &kind);
    a->at++;
    a->spaces[kind].next++;
    return hd_asm_name(a, &name) && import_type(a, kind, to) && hd_asm_close(a) && hd_asm_close(a);
}

/* Functions. */

/* A run of locals of one type, of the code section. */
static bool put_run(hd_assembler *a, hd_bytes *to, uint64_t count, const uint8_t *type,
                    size_t length) {
    return hd_asm_put_u64(a, to, count) && hd_asm_put(a, to, type, length);
}

/* (local …)…, in runs of equal types; the number of runs comes first. */
static bool locals(hd_assembler *a, hd_bytes *to) {
    hd_bytes runs = {0}, type = {0}, last = {0};
    uint64_t run_count = 0, count = 0;
    bool good = true;
    while (good && hd_asm_opens(a, "local")) {
        hd_symbol name;
        hd_asm_enter(a);
        good = hd_asm_name(a, &name);
        bool named = good && name.length > 0;
        for (bool more = named || !hd_asm_is(a, HD_TOKEN_CLOSE); good && more;
             more = !named && !hd_asm_is(a, HD_TOKEN_CLOSE)) {
            good = !named || hd_asm_bind(a, HD_SPACE_LOCAL, &name);
            if (good && !named) a->spaces[HD_SPACE_LOCAL].count++;
            type.len = 0;
            good = good && hd_asm_valtype(a, &type);
            bool same = good && count > 0 && type.len == last.len &&
                        memcmp(type.items, last.items, type.len) == 0;
            if (good && !same) {
                if (count > 0) good = put_run(a, &runs, count, last.items, last.len);
                run_count++;
                count = 0;
                last.len = 0;
                good = good && hd_asm_put(a, &last, type.items, type.len);
            }
            count++;
        }
        good = good && hd_asm_close(a);
    }
    if (good && count > 0) good = put_run(a, &runs, count, last.items, last.len);
    good = good && hd_asm_put_u64(a, to, run_count) && hd_asm_put(a, to, runs.items, runs.len);
    hd_vec_free(&runs);
    hd_vec_free(&type);
    hd_vec_free(&last);
    return good;
}

/* Notes the names of the locals of a function for the name section. */
static bool note_locals(hd_assembler *a, uint32_t function) {
    const hd_space *space = &a->spaces[HD_SPACE_LOCAL];
    hd_bytes *to = &a->names[0];
    if (space->symbols.len == 0) return true;
    a->local_names++;
    if (!hd_asm_put_u64(a, to, function) || !hd_asm_put_u64(a, to, space->symbols.len))
        return false;
    for (size_t i = 0; i < space->symbols.len; i++) {
        const hd_symbol *s = &space->symbols.items[i];
        if (!hd_asm_put_u64(a, to, s->index) || !hd_asm_put_u64(a, to, s->length) ||
            !hd_asm_put(a, to, s->bytes, s->length))
            return false;
    }
    return true;
}

/* Starts an expression or body, in whose scope only the outermost label is. */
static bool begin_expression(hd_assembler *a) {
    static const hd_label_name none = {"", 0};
    a->code.len = a->held.len = a->labels.len = 0;
    a->depth = 1;
    return hd_vec_push(&a->labels, none) || hd_asm_nomem(a);
}

/* Hands the places of the body's instructions to the section that the body is appended to. */
static bool put_marks(hd_assembler *a, hd_section_text *section) {
    for (size_t i = 0; i < a->marks.places.len; i++) {
        hd_text_place place = a->marks.places.items[i];
        place.offset += (uint32_t)section->bytes.len;
        if (!hd_vec_push(&section->map.places, place)) return hd_asm_nomem(a);
    }
    return true;
}

static bool body(hd_assembler *a) {
    hd_bytes *to = add_to(a, CODE);
    a->marking = a->mapping;
    a->marks.places.len = 0;
    bool good = begin_expression(a) && locals(a, &a->code) && hd_asm_instructions(a) &&
                hd_asm_mark(a, a->at) && hd_asm_opcode(a, HD_OP_end, &a->code) &&
                hd_asm_put_u64(a, to, a->code.len) && put_marks(a, &a->sections[CODE]) &&
                hd_asm_put(a, to, a->code.items, a->code.len);
    a->marking = false;
    return good;
}

static bool function(hd_assembler *a, uint32_t index) {
    hd_type_use use;
    clear_locals(a);
    bool good = hd_asm_read_use(a, true, &use) && hd_asm_settle_use(a, &use);
    /* Parameters that only the named type tells of have no names, but numbers. */
    if (good && a->spaces[HD_SPACE_LOCAL].count < use.param_count)
        a->spaces[HD_SPACE_LOCAL].count = use.param_count;
    good = good && hd_asm_put_u64(a, add_to(a, FUNCTIONS), use.index);
    hd_asm_free_use(&use);
    return good && body(a) && note_locals(a, index);
}

/* Segments. */

/* (i32.const 0), or of a 64-bit table or memory (i64.const 0), as an offset. */
static bool put_zero(hd_assembler *a, bool wide, hd_bytes *to) {
    return hd_asm_opcode(a, wide ? HD_OP_i64_const : HD_OP_i32_const, to) &&
           hd_asm_put_u8(a, to, 0) && hd_asm_opcode(a, HD_OP_end, to);
}

/* An expression, to a buffer. */
static bool expression_to(hd_assembler *a, const char *keyword, hd_bytes *to) {
    clear_locals(a);
    return begin_expression(a) && hd_asm_expression(a, keyword) &&
           hd_asm_put(a, to, a->code.items, a->code.len);
}

/* What an element segment holds. */
typedef struct elements {
    hd_bytes type;      /* encoded; empty: function indices */
    hd_bytes functions; /* as indices, as long as there are only ref.func */
    hd_bytes items;     /* as expressions */
    uint32_t count;
    bool only_functions;
} elements;

static void free_elements(elements *e) {
    hd_vec_free(&e->type);
    hd_vec_free(&e->functions);
    hd_vec_free(&e->items);
}

static bool element_functions(hd_assembler *a, elements *e) {
    if (e->type.len == 0 && !hd_asm_put_u8(a, &e->type, HD_FUNCREF)) return false;
    for (; hd_asm_index_next(a); e->count++) {
        uint32_t index;
        if (!hd_asm_index(a, HD_SPACE_FUNC, &index) || !hd_asm_put_u64(a, &e->functions, index) ||
            !hd_asm_opcode(a, HD_OP_ref_func, &e->items) || !hd_asm_put_u64(a, &e->items, index) ||
            !hd_asm_opcode(a, HD_OP_end, &e->items))
            return false;
    }
    return true;
}

/* True if an expression is one ref.func; gives its index. */
static bool is_ref_func(const uint8_t *code, size_t length, const uint8_t **index, size_t *bytes) {
    if (length < 3 || code[0] != (uint8_t)hd_opcode_info[HD_OP_ref_func].code) return false;
    size_t end = 1;
    while (end < length && code[end] & 0x80)
        end++;
    *index = code + 1;
    *bytes = end;
    return end + 2 == length;
}

static bool element_items(hd_assembler *a, elements *e) {
    for (; hd_asm_is(a, HD_TOKEN_OPEN); e->count++) {
        size_t before = e->items.len, bytes;
        const uint8_t *index;
        if (!expression_to(a, "item", &e->items)) return false;
        if (!is_ref_func(e->items.items + before, e->items.len - before, &index, &bytes))
            e->only_functions = false;
        else if (!hd_asm_put(a, &e->functions, index, bytes))
            return false;
    }
    return true;
}

/* func and indices, or a reference type and expressions, or indices alone. */
static bool read_elements(hd_assembler *a, bool bare, elements *e) {
    e->only_functions = true;
    if (hd_asm_word(a, "func")) {
        a->at++;
        return element_functions(a, e);
    }
    if (hd_asm_at_reftype(a)) {
        if (!hd_asm_reftype(a, &e->type)) return false;
        e->only_functions = false; /* indices would say that null is none of them */
        return element_items(a, e);
    }
    if (bare) return element_functions(a, e);
    return hd_asm_unexpected(a, "func or a reference type");
}

/* Encodes a segment: `table` of an active one, whose offset is in `offset`. */
static bool put_elements(hd_assembler *a, const elements *e, segment_kind kind, uint32_t table,
                         const hd_bytes *offset) {
    enum { NOT_ACTIVE = 1, INDEX = 2, DECLARED = 2, EXPRESSIONS = 4 };
    bool functions = e->type.items[0] == HD_FUNCREF && e->type.len == 1;
    uint8_t flags = e->only_functions ? 0 : EXPRESSIONS;
    if (kind == SEGMENT_ACTIVE)
        flags |= table != 0 || !functions ? INDEX : 0;
    else
        flags |= NOT_ACTIVE | (kind == SEGMENT_DECLARED ? DECLARED : 0);
    hd_bytes *to = add_to(a, ELEMENTS);
    bool good = hd_asm_put_u8(a, to, flags);
    if (kind == SEGMENT_ACTIVE) {
        if (flags & INDEX) good = good && hd_asm_put_u64(a, to, table);
        good = good && hd_asm_put(a, to, offset->items, offset->len);
    }
    if (flags & (NOT_ACTIVE | INDEX))
        good = good && (e->only_functions ? hd_asm_put_u8(a, to, 0)
                                          : hd_asm_put(a, to, e->type.items, e->type.len));
    const hd_bytes *content = e->only_functions ? &e->functions : &e->items;
    return good && hd_asm_put_u64(a, to, e->count) &&
           hd_asm_put(a, to, content->items, content->len);
}

/* (elem $x? (table t)? offset elements), (elem $x? declare elements), (elem $x? elements) */
static bool element_segment(hd_assembler *a) {
    hd_symbol name;
    elements e = {0};
    hd_bytes offset = {0};
    uint32_t table = 0;
    segment_kind kind = SEGMENT_PASSIVE;
    hd_asm_enter(a);
    bool good = hd_asm_name(a, &name);
    bool named = false;
    if (good && hd_asm_opens(a, "table")) {
        hd_asm_enter(a);
        named = true;
        good = hd_asm_index(a, HD_SPACE_TABLE, &table) && hd_asm_close(a);
    } else if (good && hd_asm_is(a, HD_TOKEN_NUMBER)) {
        named = true;
        good = hd_asm_index(a, HD_SPACE_TABLE, &table);
    }
    if (good && hd_asm_word(a, "declare") && !named) {
        kind = SEGMENT_DECLARED;
        a->at++;
    } else if (good && (named || (hd_asm_is(a, HD_TOKEN_OPEN) && !hd_asm_opens(a, "ref")))) {
        kind = SEGMENT_ACTIVE;
        good = expression_to(a, "offset", &offset);
    }
    good = good && read_elements(a, kind == SEGMENT_ACTIVE, &e) &&
           put_elements(a, &e, kind, table, &offset) && hd_asm_close(a);
    free_elements(&e);
    hd_vec_free(&offset);
    return good;
}

/* (data $x? (memory m)? offset strings), (data $x? strings) */
static bool data_segment(hd_assembler *a) {
    enum { PASSIVE = 1, INDEX = 2 };
    hd_symbol name;
    uint32_t memory = 0;
    hd_bytes *to = add_to(a, DATA), bytes = {0};
    hd_asm_enter(a);
    if (!hd_asm_name(a, &name)) return false;
    bool named = hd_asm_opens(a, "memory") || hd_asm_is(a, HD_TOKEN_NUMBER);
    bool wrapped = hd_asm_opens(a, "memory");
    if (wrapped) hd_asm_enter(a);
    if (named && !hd_asm_index(a, HD_SPACE_MEMORY, &memory)) return false;
    if (wrapped && !hd_asm_close(a)) return false;
    bool active = named || hd_asm_is(a, HD_TOKEN_OPEN);
    if (!hd_asm_put_u8(a, to, !active ? PASSIVE : memory ? INDEX : 0)) return false;
    if (memory && !hd_asm_put_u64(a, to, memory)) return false;
    if (active && !expression_to(a, "offset", to)) return false;
    bool good = hd_asm_strings(a, &bytes) && hd_asm_put_u64(a, to, bytes.len) &&
                hd_asm_put(a, to, bytes.items, bytes.len) && hd_asm_close(a);
    hd_vec_free(&bytes);
    return good;
}

/* (table reftype (elem …)): as large as its elements. */
static bool table_of_elements(hd_assembler *a, bool wide, uint32_t index) {
    enum { HAS_MAX = 1, WIDE = 4 };
    elements e = {0};
    hd_bytes offset = {0}, type = {0};
    bool good = hd_asm_reftype(a, &type);
    if (good && !hd_asm_opens(a, "elem")) good = hd_asm_unexpected(a, "(elem");
    if (good) hd_asm_enter(a);
    e.only_functions = type.len == 1 && type.items[0] == HD_FUNCREF;
    good = good && hd_asm_put(a, &e.type, type.items, type.len) &&
           (hd_asm_is(a, HD_TOKEN_OPEN) ? element_items(a, &e) : element_functions(a, &e)) &&
           hd_asm_close(a) && put_zero(a, wide, &offset);
    hd_bytes *to = add_to(a, TABLES);
    good = good && hd_asm_put(a, to, type.items, type.len) &&
           hd_asm_put_u8(a, to, HAS_MAX | (wide ? WIDE : 0)) && hd_asm_put_u64(a, to, e.count) &&
           hd_asm_put_u64(a, to, e.count) && put_elements(a, &e, SEGMENT_ACTIVE, index, &offset);
    free_elements(&e);
    hd_vec_free(&offset);
    hd_vec_free(&type);
    return good;
}

static bool table(hd_assembler *a, uint32_t index) {
    size_t before = a->at;
    bool wide = hd_asm_address_type(a);
    if (hd_asm_at_reftype(a)) return table_of_elements(a, wide, index);
    a->at = before;
    hd_bytes type = {0}, *to = add_to(a, TABLES);
    bool good = hd_asm_tabletype(a, &type);
    /* An expression gives all elements but null to begin with. */
    bool initialized = good && !hd_asm_is(a, HD_TOKEN_CLOSE);
    if (initialized) good = hd_asm_put(a, to, "\x40", 2);
    good = good && hd_asm_put(a, to, type.items, type.len);
    if (good && initialized) {
        clear_locals(a);
        good = begin_expression(a) && hd_asm_instructions(a) &&
               hd_asm_opcode(a, HD_OP_end, &a->code) &&
               hd_asm_put(a, to, a->code.items, a->code.len);
    }
    hd_vec_free(&type);
    return good;
}

/* (memory (data …)): as large as its bytes. */
static bool memory_of_data(hd_assembler *a, bool wide, uint32_t index) {
    enum { HAS_MAX = 1, WIDE = 4, INDEX = 2 };
    hd_bytes bytes = {0};
    hd_asm_enter(a);
    bool good = hd_asm_strings(a, &bytes) && hd_asm_close(a);
    uint64_t pages = (bytes.len + HD_PAGE_SIZE - 1) / HD_PAGE_SIZE;
    hd_bytes *to = add_to(a, MEMORIES);
    good = good && hd_asm_put_u8(a, to, HAS_MAX | (wide ? WIDE : 0)) &&
           hd_asm_put_u64(a, to, pages) && hd_asm_put_u64(a, to, pages);
    to = add_to(a, DATA);
    good = good && hd_asm_put_u8(a, to, index ? INDEX : 0) &&
           (!index || hd_asm_put_u64(a, to, index)) && put_zero(a, wide, to) &&
           hd_asm_put_u64(a, to, bytes.len) && hd_asm_put(a, to, bytes.items, bytes.len);
    hd_vec_free(&bytes);
    return good;
}

static bool memory(hd_assembler *a, uint32_t index) {
    size_t before = a->at;
    bool wide = hd_asm_address_type(a);
    if (hd_asm_opens(a, "pagesize"))
        return hd_asm_fail(a, HD_UNSUPPORTED, "the custom page sizes proposal is not supported");
    if (hd_asm_opens(a, "data")) return memory_of_data(a, wide, index);
    a->at = before;
    return hd_asm_memtype(a, add_to(a, MEMORIES));
}

static bool global(hd_assembler *a) {
    hd_bytes *to = add_to(a, GLOBALS);
    clear_locals(a);
    return begin_expression(a) && hd_asm_globaltype(a, to) && hd_asm_instructions(a) &&
           hd_asm_opcode(a, HD_OP_end, &a->code) && hd_asm_put(a, to, a->code.items, a->code.len);
}

static bool tag(hd_assembler *a) {
    uint32_t type;
    clear_locals(a);
    hd_bytes *to = add_to(a, TAGS);
    return hd_asm_type_use(a, true, &type) && hd_asm_put_u8(a, to, 0) &&
           hd_asm_put_u64(a, to, type);
}

/* A function, table, memory, global or tag, which may be imported. */
static bool definition(hd_assembler *a, hd_space_kind kind) {
    uint32_t index = a->spaces[kind].next++;
    hd_symbol name;
    hd_asm_enter(a);
    if (!hd_asm_name(a, &name) || !inline_exports(a, kind, index)) return false;
    if (hd_asm_opens(a, "import")) {
        hd_bytes *to = add_to(a, IMPORTS);
        hd_asm_enter(a);
        if (!hd_asm_string(a, to) || !hd_asm_string(a, to) || !hd_asm_close(a)) return false;
        return import_type(a, kind, to) && hd_asm_close(a);
    }
    bool good = false;
    switch (kind) {
    case HD_SPACE_FUNC: good = function(a, index); break;
    case HD_SPACE_TABLE: good = table(a, index); break;
    case HD_SPACE_MEMORY: good = memory(a, index); break;
    case HD_SPACE_GLOBAL: good = global(a); break;
    default: good = tag(a); break;
    }
    return good && hd_asm_close(a);
}

static bool export(hd_assembler *a) {
    hd_bytes *to = add_to(a, EXPORTS);
    hd_space_kind kind;
    uint32_t index;
    hd_asm_enter(a);
    if (!hd_asm_string(a, to) || !hd_asm_expect(a, HD_TOKEN_OPEN, "(")) return false;
    if (!extern_kind(a, &kind)) return hd_asm_unexpected(a, "func, table, memory, global or tag");
    a->at++;
    return hd_asm_index(a, kind, &index) && hd_asm_put_u8(a, to, (uint8_t)kind) &&
           hd_asm_put_u64(a, to, index) && hd_asm_close(a) && hd_asm_close(a);
}

static bool start(hd_assembler *a) {
    uint32_t index;
    if (a->started) return hd_asm_fail(a, HD_MALFORMED, "multiple start sections");
    a->started = true;
    hd_asm_enter(a);
    return hd_asm_index(a, HD_SPACE_FUNC, &index) && hd_asm_put_u64(a, add_to(a, START), index) &&
           hd_asm_close(a);
}

static bool encode_field(hd_assembler *a) {
    hd_space_kind kind;
    a->field = a->at;
    if (hd_asm_opens(a, "type") || hd_asm_opens(a, "rec")) return true;
    if (hd_asm_opens(a, "import")) return import(a);
    if (hd_asm_opens(a, "export")) return export(a);
    if (hd_asm_opens(a, "start")) return start(a);
    if (hd_asm_opens(a, "elem")) return element_segment(a);
    if (hd_asm_opens(a, "data")) return data_segment(a);
    a->at++;
    extern_kind(a, &kind);
    a->at--;
    return definition(a, kind);
}

bool hd_asm_encode(hd_assembler *a) {
    a->at = 0;
    return walk(a, encode_field);
}
