/* assemble_types.c: types in the text format (core specification, section 6.4). See assembler.h. */
#include <string.h>

#include "text/assembler.h"

static const struct {
    const char *keyword;
    uint8_t code;
    bool reference;
} value_types[] = {
    {"i32", HD_I32, false},
    {"i64", HD_I64, false},
    {"f32", HD_F32, false},
    {"f64", HD_F64, false},
    {"v128", HD_V128, false},
    {"funcref", HD_FUNCREF, true},
    {"externref", HD_EXTERNREF, true},
    {"exnref", HD_EXNREF, true},
    {"nullfuncref", HD_NULLFUNCREF, true},
    {"nullexternref", HD_NULLEXTERNREF, true},
    {"nullexnref", HD_NULLEXNREF, true},
};

/* Abstract heap types; their codes are those of the references to them with null. */
static const struct {
    const char *keyword;
    uint8_t code;
} heap_types[] = {
    {"func", HD_FUNCREF},       {"extern", HD_EXTERNREF},       {"exn", HD_EXNREF},
    {"nofunc", HD_NULLFUNCREF}, {"noextern", HD_NULLEXTERNREF}, {"noexn", HD_NULLEXNREF},
};

/* Heap types of proposals that are not there. */
static const char *const other_heap_types[] = {
    "any", "eq", "i31", "struct", "array", "none", "cont", "nocont",
};
static const char *const other_types[] = {
    "anyref",  "eqref", "i31ref", "structref", "arrayref",
    "nullref", "i8",    "i16",    "contref",   "nullcontref",
};

static bool is_one_of(const hd_token *token, const char *const *words, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (hd_token_is(token, words[i])) return true;
    return false;
}

static bool unsupported(hd_assembler *a) {
    return hd_asm_fail(a, HD_UNSUPPORTED, "the garbage collection proposal is not supported");
}

bool hd_asm_at_reftype(const hd_assembler *a) {
    for (size_t i = 0; i < sizeof value_types / sizeof *value_types; i++)
        if (value_types[i].reference && hd_asm_word(a, value_types[i].keyword)) return true;
    const hd_token *token = hd_asm_token(a);
    return hd_asm_opens(a, "ref") ||
           is_one_of(token, other_types, sizeof other_types / sizeof *other_types);
}

bool hd_asm_heaptype(hd_assembler *a, hd_bytes *to) {
    for (size_t i = 0; i < sizeof heap_types / sizeof *heap_types; i++) {
        if (!hd_asm_word(a, heap_types[i].keyword)) continue;
        a->at++;
        return hd_asm_put_u8(a, to, heap_types[i].code);
    }
    if (hd_asm_index_next(a)) {
        uint32_t index;
        if (!hd_asm_index(a, HD_SPACE_TYPE, &index)) return false;
        if (index >= a->last_type) a->refers_ahead = true;
        return hd_asm_put_s64(a, to, index);
    }
    if (is_one_of(hd_asm_token(a), other_heap_types,
                  sizeof other_heap_types / sizeof *other_heap_types))
        return unsupported(a);
    return hd_asm_unexpected(a, "a heap type");
}

/* (ref null? heaptype) */
static bool long_reftype(hd_assembler *a, hd_bytes *to) {
    enum { REF = 0x64, REF_NULL = 0x63 };
    hd_asm_enter(a);
    bool null = hd_asm_word(a, "null");
    a->at += null;
    /* The short form, where there is one. */
    bool prefixed = !null || hd_asm_index_next(a);
    return (!prefixed || hd_asm_put_u8(a, to, null ? REF_NULL : REF)) && hd_asm_heaptype(a, to) &&
           hd_asm_close(a);
}

static bool type_of(hd_assembler *a, bool reference, hd_bytes *to) {
    if (hd_asm_opens(a, "ref")) return long_reftype(a, to);
    for (size_t i = 0; i < sizeof value_types / sizeof *value_types; i++) {
        if (!hd_asm_word(a, value_types[i].keyword)) continue;
        if (reference && !value_types[i].reference) break;
        a->at++;
        return hd_asm_put_u8(a, to, value_types[i].code);
    }
    if (is_one_of(hd_asm_token(a), other_types, sizeof other_types / sizeof *other_types))
        return unsupported(a);
    return hd_asm_unexpected(a, reference ? "a reference type" : "a value type");
}

bool hd_asm_valtype(hd_assembler *a, hd_bytes *to) {
    return type_of(a, false, to);
}

bool hd_asm_reftype(hd_assembler *a, hd_bytes *to) {
    return type_of(a, true, to);
}

/* Function types. */

static bool at_type(const hd_assembler *a) {
    return !hd_asm_is(a, HD_TOKEN_CLOSE);
}

/* (param $x t) or (param t…) */
static bool read_param(hd_assembler *a, bool locals, bool names, hd_type_use *use) {
    hd_symbol name;
    hd_asm_enter(a);
    if (!names && hd_asm_is(a, HD_TOKEN_NAME)) return hd_asm_unexpected(a, "a value type");
    if (!hd_asm_name(a, &name)) return false;
    if (name.length > 0) {
        if (locals && !hd_asm_bind(a, HD_SPACE_LOCAL, &name)) return false;
        use->param_count++;
        return hd_asm_valtype(a, &use->params) && hd_asm_close(a);
    }
    for (; at_type(a); use->param_count++) {
        if (!hd_asm_valtype(a, &use->params)) return false;
        if (locals && !hd_asm_bind(a, HD_SPACE_LOCAL, &name)) return false;
    }
    return hd_asm_close(a);
}

static bool read_signature(hd_assembler *a, bool locals, bool names, hd_type_use *use) {
    while (hd_asm_opens(a, "param")) {
        use->inline_ = true;
        if (!read_param(a, locals, names, use)) return false;
    }
    while (hd_asm_opens(a, "result")) {
        use->inline_ = true;
        hd_asm_enter(a);
        for (; at_type(a); use->result_count++)
            if (!hd_asm_valtype(a, &use->results)) return false;
        if (!hd_asm_close(a)) return false;
    }
    return true;
}

/* The encoding of the type, in the arena. */
static bool encode(hd_assembler *a, const hd_type_use *use, hd_text_type *type) {
    enum { FUNCTION = 0x60 };
    hd_bytes *to = &a->scratch;
    to->len = 0;
    if (!hd_asm_put_u8(a, to, FUNCTION) || !hd_asm_put_u64(a, to, use->param_count) ||
        !hd_asm_put(a, to, use->params.items, use->params.len) ||
        !hd_asm_put_u64(a, to, use->result_count) ||
        !hd_asm_put(a, to, use->results.items, use->results.len))
        return false;
    char *key = hd_arena_strndup(&a->arena, (const char *)to->items, to->len);
    if (!key) return hd_asm_nomem(a);
    *type = (hd_text_type){(const uint8_t *)key, to->len, use->param_count, NULL, 0, 1};
    return true;
}

/* Appends a type; of equal ones the first is found later, if it is a group of its own, has no
 * supertype and does not refer to itself (section 6.4.6). */
static bool append(hd_assembler *a, const hd_text_type *type, bool found) {
    uintptr_t number = a->types.len + 1;
    if (!hd_vec_push(&a->types, *type)) return hd_asm_nomem(a);
    if (!found) return true;
    if (hd_map_get(&a->type_index, (const char *)type->key, type->length)) return true;
    return hd_map_put(&a->type_index, (const char *)type->key, type->length, (void *)number,
                      NULL) ||
           hd_asm_nomem(a);
}

void hd_asm_free_use(hd_type_use *use) {
    hd_vec_free(&use->params);
    hd_vec_free(&use->results);
}

/* What stands before the function type in `(sub final? $super* (func …))`, which was passed up to
 * there, as bytes of the binary format. */
static bool read_sub(hd_assembler *a, bool *final, hd_bytes *to) {
    enum { SUB_FINAL = 0x4F, SUB = 0x50 };
    hd_bytes supers = {0};
    uint64_t count = 0;
    hd_asm_enter(a);
    *final = hd_asm_word(a, "final");
    a->at += *final;
    bool good = true;
    for (; good && hd_asm_index_next(a); count++) {
        uint32_t index;
        good = hd_asm_index(a, HD_SPACE_TYPE, &index) && hd_asm_put_u64(a, &supers, index);
    }
    /* A final type without a supertype needs nothing. */
    if (good && (!*final || count > 0))
        good = hd_asm_put_u8(a, to, *final ? SUB_FINAL : SUB) && hd_asm_put_u64(a, to, count) &&
               hd_asm_put(a, to, supers.items, supers.len);
    hd_vec_free(&supers);
    return good;
}

static bool define_function_type(hd_assembler *a, uint32_t group, const hd_bytes *prefix) {
    if (hd_asm_opens(a, "struct") || hd_asm_opens(a, "array")) return unsupported(a);
    if (hd_asm_opens(a, "cont"))
        return hd_asm_fail(a, HD_UNSUPPORTED, "the stack switching proposal is not supported");
    if (!hd_asm_opens(a, "func")) return hd_asm_unexpected(a, "(func");
    hd_type_use use = {0};
    hd_text_type type;
    hd_asm_enter(a);
    a->last_type = (uint32_t)a->types.len;
    a->refers_ahead = false;
    bool good = read_signature(a, false, true, &use) && hd_asm_close(a) && encode(a, &use, &type);
    bool alone = group == 1 && prefix->len == 0 && !a->refers_ahead;
    a->last_type = UINT32_MAX;
    if (good && prefix->len > 0) {
        char *copy = hd_arena_strndup(&a->arena, (const char *)prefix->items, prefix->len);
        if (!copy) good = hd_asm_nomem(a);
        type.prefix = (const uint8_t *)copy;
        type.prefix_length = prefix->len;
    }
    type.group = group;
    good = good && append(a, &type, alone);
    hd_asm_free_use(&use);
    return good;
}

bool hd_asm_define_type(hd_assembler *a, uint32_t group) {
    hd_bytes prefix = {0};
    bool sub = hd_asm_opens(a, "sub"), final = true;
    bool good = (!sub || read_sub(a, &final, &prefix)) && define_function_type(a, group, &prefix) &&
                (!sub || hd_asm_close(a));
    hd_vec_free(&prefix);
    return good;
}

static bool read_use(hd_assembler *a, bool locals, bool names, hd_type_use *use) {
    *use = (hd_type_use){0};
    if (hd_asm_opens(a, "type")) {
        hd_asm_enter(a);
        use->explicit = true;
        if (!hd_asm_index(a, HD_SPACE_TYPE, &use->index) || !hd_asm_close(a)) return false;
    }
    return read_signature(a, locals, names, use);
}

bool hd_asm_read_use(hd_assembler *a, bool locals, hd_type_use *use) {
    return read_use(a, locals, true, use);
}

bool hd_asm_settle_use(hd_assembler *a, hd_type_use *use) {
    hd_text_type type;
    bool known = use->explicit && use->index < a->types.len;
    if (known && !use->inline_) {
        use->param_count = a->types.items[use->index].param_count;
        return true;
    }
    if (use->explicit && !known) {
        if (!use->inline_) return true; /* for validation to judge */
        return hd_asm_fail(a, HD_MALFORMED, "unknown type %u", use->index);
    }
    if (!encode(a, use, &type)) return false;
    if (known) {
        const hd_text_type *named = &a->types.items[use->index];
        if (named->length == type.length && memcmp(named->key, type.key, type.length) == 0)
            return true;
        return hd_asm_fail(a, HD_MALFORMED,
                           "inline function type does not match the type that is named");
    }
    void *found = hd_map_get(&a->type_index, (const char *)type.key, type.length);
    use->index = found ? (uint32_t)(uintptr_t)found - 1 : (uint32_t)a->types.len;
    return found || append(a, &type, true);
}

bool hd_asm_type_use(hd_assembler *a, bool locals, uint32_t *index) {
    hd_type_use use;
    bool good = read_use(a, locals, locals, &use) && hd_asm_settle_use(a, &use);
    *index = use.index;
    hd_asm_free_use(&use);
    return good;
}

bool hd_asm_block_type(hd_assembler *a, hd_bytes *to) {
    enum { EMPTY = 0x40 };
    hd_type_use use;
    bool good = read_use(a, false, false, &use);
    if (good && !use.explicit && use.param_count == 0 && use.result_count <= 1) {
        good = use.result_count ? hd_asm_put(a, to, use.results.items, use.results.len)
                                : hd_asm_put_u8(a, to, EMPTY);
    } else if (good) {
        good = hd_asm_settle_use(a, &use) && hd_asm_put_s64(a, to, use.index);
    }
    hd_asm_free_use(&use);
    return good;
}

/* Limits of memories and tables. */

bool hd_asm_address_type(hd_assembler *a) {
    bool wide = hd_asm_word(a, "i64");
    a->at += wide || hd_asm_word(a, "i32");
    return wide;
}

/* Limits; `memory`: they may say shared, which needs a maximum in the binary format only by
 * validation. */
static bool limits(hd_assembler *a, bool wide, bool memory, hd_bytes *to) {
    enum { HAS_MAX = 1, SHARED = 2, WIDE = 4 };
    uint64_t min, max = 0;
    uint32_t narrow;
    uint8_t flags = wide ? WIDE : 0;
    if (!wide && hd_asm_is(a, HD_TOKEN_NUMBER)) {
        if (!hd_asm_u32(a, &narrow)) return false;
        min = narrow;
    } else if (!hd_asm_u64(a, &min)) {
        return false;
    }
    if (hd_asm_is(a, HD_TOKEN_NUMBER)) {
        flags |= HAS_MAX;
        if (!wide) {
            if (!hd_asm_u32(a, &narrow)) return false;
            max = narrow;
        } else if (!hd_asm_u64(a, &max)) {
            return false;
        }
    }
    if (memory && hd_asm_word(a, "shared")) {
        flags |= SHARED;
        a->at++;
    } else if (memory && hd_asm_word(a, "unshared")) {
        a->at++;
    }
    if (hd_asm_opens(a, "pagesize"))
        return hd_asm_fail(a, HD_UNSUPPORTED, "the custom page sizes proposal is not supported");
    return hd_asm_put_u8(a, to, flags) && hd_asm_put_u64(a, to, min) &&
           (!(flags & HAS_MAX) || hd_asm_put_u64(a, to, max));
}

bool hd_asm_memtype(hd_assembler *a, hd_bytes *to) {
    bool wide = hd_asm_address_type(a);
    return limits(a, wide, true, to);
}

bool hd_asm_tabletype(hd_assembler *a, hd_bytes *to) {
    hd_bytes size = {0};
    bool wide = hd_asm_address_type(a);
    bool good = limits(a, wide, false, &size) && hd_asm_reftype(a, to) &&
                hd_asm_put(a, to, size.items, size.len);
    hd_vec_free(&size);
    return good;
}

bool hd_asm_globaltype(hd_assembler *a, hd_bytes *to) {
    bool mutable = hd_asm_opens(a, "mut");
    if (mutable) hd_asm_enter(a);
    return hd_asm_valtype(a, to) && (!mutable || hd_asm_close(a)) && hd_asm_put_u8(a, to, mutable);
}
