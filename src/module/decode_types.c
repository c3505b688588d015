/* decode_types.c: types in the binary format (core specification 3.0, section 5.3) and the type
 * section; the threads proposal's flag of shared memories. */
#include <string.h>

#include "module/deftype.h"
#include "module/internal.h"

/* Makes the module's types keep a group, for which its number was asked; false when memory is out.
 */
static bool keep(hd_loader *l, hd_rectype *group) {
    if (group && hd_vec_push(&l->module->rectypes, group)) return true;
    if (group) hd_rectype_release(group);
    hd_loader_nomem(l);
    return false;
}

hd_valtype hd_loader_ref_to(hd_loader *l, uint32_t index) {
    hd_loaded_type *type = &l->loaded_types.items[index];
    if (!type->number && hd_loader_valid(l)) {
        /* A plain type: its parameters and results stand behind the other words. */
        const hd_functype *f = type->type;
        hd_rectype *group = hd_rectype_get(
            f->params - HD_WORDS, HD_WORDS + (size_t)f->param_count + f->result_count, 1, true);
        if (keep(l, group)) type->number = hd_rectype_number(group, 0);
    }
    return type->number ? hd_ref_null_to(type->number) : HD_FUNCREF;
}

hd_valtype hd_loader_resolve(hd_loader *l, uint64_t offset, hd_valtype type) {
    bool is_new =
        hd_is_ref(type) && type != HD_FUNCREF && type != HD_EXTERNREF && type != HD_EXNREF;
    if (is_new && !(l->features & HD_FEATURE_FUNCTION_REFERENCES)) {
        hd_reader_fail(&l->r, HD_MALFORMED, offset, "malformed value type");
        return HD_FUNCREF;
    }
    if (!hd_is_concrete(type)) return type;
    uint32_t index = hd_type_number(type), null = type & HD_NON_NULL;
    if (index - l->group_first < l->group_count)
        return (index - l->group_first) << HD_TYPE_SHIFT | HD_HEAP_REC | null;
    if (!hd_loader_index(l, offset, "type", index, (uint32_t)l->loaded_types.len))
        return HD_FUNCREF;
    return hd_loader_ref_to(l, index) | null;
}

const hd_valtype *hd_loader_single(hd_loader *l, hd_valtype type) {
    if (l->single && *l->single == type) return l->single;
    hd_valtype *single = hd_loader_alloc(l, 1, sizeof *single);
    if (single) *single = type;
    return l->single = single;
}

hd_valtype hd_decode_valtype(hd_loader *l) {
    uint64_t start = hd_reader_offset(&l->r);
    hd_valtype type = hd_read_valtype(&l->r);
    return hd_loader_resolve(l, start, type);
}

hd_valtype hd_decode_reftype(hd_loader *l) {
    uint64_t start = hd_reader_offset(&l->r);
    return hd_loader_resolve(l, start, hd_read_reftype(&l->r));
}

/* Appends a vector of value types to the words of the group and returns their number. */
static uint32_t load_type_list(hd_loader *l, const char *what) {
    uint64_t start = hd_reader_offset(&l->r);
    uint32_t count = hd_read_count(&l->r);
    if (count > HD_MAX_TYPE_ARITY) {
        hd_reader_fail(&l->r, HD_LIMIT, start, "too many %s in a function type: %u, at most %d",
                       what, count, HD_MAX_TYPE_ARITY);
        return 0;
    }
    if (!hd_vec_reserve(&l->scratch, count)) {
        hd_loader_nomem(l);
        return 0;
    }
    for (uint32_t i = 0; i < count; i++)
        l->scratch.items[l->scratch.len++] = hd_decode_valtype(l);
    return count;
}

/* Reads the supertypes of type `own` of the module; 0: there is none. */
static hd_valtype load_supers(hd_loader *l, uint32_t own) {
    hd_valtype super = 0;
    uint64_t start = hd_reader_offset(&l->r);
    uint32_t count = hd_read_count(&l->r);
    for (uint32_t i = 0; i < count; i++) {
        uint64_t at = hd_reader_offset(&l->r);
        uint32_t index = hd_read_u32(&l->r);
        if (!hd_loader_ok(l)) return 0;
        if (index >= own)
            hd_loader_invalid(l, at, "unknown type %u: not before its sub type %u", index, own);
        else
            super = hd_loader_resolve(l, at, hd_ref_null_to(index));
    }
    if (count > 1) hd_loader_invalid(l, start, "sub type with several super types: %u", count);
    return super;
}

static void check_form(hd_loader *l, uint64_t start, uint8_t form) {
    enum { FUNCTION = 0x60, CONT = 0x5D };
    if (form & 0x80)
        hd_reader_fail(&l->r, HD_MALFORMED, start, "integer representation too long: type code");
    else if (l->features != HD_FEATURES_NONE && form >= 0x4C && form <= 0x5F && form != CONT)
        hd_reader_fail(&l->r, HD_UNSUPPORTED, start,
                       "the garbage collection proposal is not supported");
    else if (l->features != HD_FEATURES_NONE && form == CONT)
        hd_reader_fail(&l->r, HD_UNSUPPORTED, start,
                       "the stack switching proposal is not supported");
    else if (form != FUNCTION)
        hd_reader_fail(&l->r, HD_MALFORMED, start, "malformed function type 0x%02x", form);
}

/* Appends the words of type `own` of the module. */
static void load_subtype(hd_loader *l, uint32_t own) {
    enum { SUB_FINAL = 0x4F, SUB = 0x50 };
    uint32_t words[HD_WORDS] = {[HD_WORD_FINAL] = 1};
    size_t at = l->scratch.len;
    uint64_t start = hd_reader_offset(&l->r);
    uint8_t form = hd_read_u8(&l->r);
    bool typed = l->features & HD_FEATURE_FUNCTION_REFERENCES;
    if (typed && (form == SUB || form == SUB_FINAL)) {
        words[HD_WORD_FINAL] = form == SUB_FINAL;
        words[HD_WORD_SUPER] = load_supers(l, own);
        start = hd_reader_offset(&l->r);
        form = hd_read_u8(&l->r);
    }
    check_form(l, start, form);
    if (!hd_vec_reserve(&l->scratch, HD_WORDS)) hd_loader_nomem(l);
    if (!hd_loader_ok(l)) return;
    l->scratch.len += HD_WORDS;
    words[HD_WORD_PARAMS] = load_type_list(l, "parameters");
    words[HD_WORD_RESULTS] = load_type_list(l, "results");
    memcpy(l->scratch.items + at, words, sizeof words);
}

static uint32_t count_slots(const hd_valtype *types, uint32_t count) {
    uint32_t slots = 0;
    for (uint32_t i = 0; i < count; i++)
        slots += hd_slots_of(types[i]);
    return slots;
}

/* Makes a plain type of the words that were read. */
static const hd_functype *new_functype(hd_loader *l) {
    size_t size = l->scratch.len * sizeof *l->scratch.items;
    hd_functype *type = hd_loader_alloc(l, 1, sizeof *type);
    uint32_t *words = hd_loader_alloc(l, l->scratch.len, sizeof *words);
    if (!type || !words) return NULL;
    memcpy(words, l->scratch.items, size);
    uint32_t params = words[HD_WORD_PARAMS], results = words[HD_WORD_RESULTS];
    const hd_valtype *types = words + HD_WORDS;
    *type = (hd_functype){
        .param_count = params,
        .result_count = results,
        .param_slots = count_slots(types, params),
        .result_slots = count_slots(types + params, results),
        .params = types,
        .results = types + params,
    };
    if (!hd_map_put(&l->types, (const char *)words, size, type, NULL)) return hd_loader_nomem(l);
    return type;
}

/* Whether the words of one type are those of a plain one (deftype.h). */
static bool is_plain(const hd_loader *l) {
    const uint32_t *words = l->scratch.items;
    if (!words[HD_WORD_FINAL] || words[HD_WORD_SUPER]) return false;
    for (size_t i = HD_WORDS; i < l->scratch.len; i++)
        if (hd_is_concrete(words[i]) || (words[i] & HD_HEAP_MASK) == HD_HEAP_REC) return false;
    return true;
}

static void add_plain(hd_loader *l) {
    const hd_functype *type = hd_map_get(&l->types, (const char *)l->scratch.items,
                                         l->scratch.len * sizeof *l->scratch.items);
    if (!type) type = new_functype(l);
    hd_loaded_type loaded = {type, 0};
    if (type && !hd_vec_push(&l->loaded_types, loaded)) hd_loader_nomem(l);
}

static bool all_match(const hd_valtype *types, const hd_valtype *supers, uint32_t count) {
    for (uint32_t i = 0; i < count; i++)
        if (!hd_valtype_matches(types[i], supers[i])) return false;
    return true;
}

/* A type must be what it says that it is: a subtype of its supertype (section 3.3.12). */
static void check_super(hd_loader *l, uint64_t start, const hd_deftype *type) {
    char text[96], super_text[96];
    if (!type->super) return;
    const hd_deftype *super = hd_deftype_at(type->super);
    const hd_functype *f = &type->func, *s = &super->func;
    if (type->depth > HD_MAX_SUBTYPING_DEPTH)
        hd_reader_fail(&l->r, HD_LIMIT, start, "sub type below more than %d others",
                       HD_MAX_SUBTYPING_DEPTH);
    else if (super->final)
        hd_loader_invalid(l, start, "sub type of a type that is final: %s",
                          hd_functype_format(s, text, sizeof text));
    else if (f->param_count != s->param_count || f->result_count != s->result_count ||
             !all_match(s->params, f->params, f->param_count) ||
             !all_match(f->results, s->results, f->result_count))
        hd_loader_invalid(l, start, "sub type %s does not match super type %s",
                          hd_functype_format(f, text, sizeof text),
                          hd_functype_format(s, super_text, sizeof super_text));
}

/* Adds the types of a group that is not plain. */
static void add_group(hd_loader *l, uint64_t start, uint32_t count) {
    static const hd_functype none;
    hd_rectype *group = NULL;
    if (hd_loader_valid(l)) {
        group = hd_rectype_get(l->scratch.items, l->scratch.len, count, false);
        if (!keep(l, group)) return;
    }
    for (uint32_t i = 0; i < count && hd_loader_ok(l); i++) {
        hd_loaded_type loaded = {&none, group ? hd_rectype_number(group, i) : 0};
        if (group) loaded.type = &hd_deftype_at(loaded.number)->func;
        if (!hd_vec_push(&l->loaded_types, loaded)) hd_loader_nomem(l);
    }
    for (uint32_t i = 0; group && i < count && hd_loader_ok(l); i++)
        check_super(l, start, hd_deftype_at(hd_rectype_number(group, i)));
}

/* Reads a recursive group, most often one type alone. */
static void load_group(hd_loader *l) {
    enum { REC = 0x4E };
    bool typed = l->features & HD_FEATURE_FUNCTION_REFERENCES;
    uint64_t start = hd_reader_offset(&l->r);
    uint32_t count = 1, first = (uint32_t)l->loaded_types.len;
    if (typed && hd_reader_left(&l->r) > 0 && *l->r.pos == REC) {
        l->r.pos++;
        count = hd_read_count(&l->r);
    }
    if (count > HD_MAX_TYPES - first)
        hd_reader_fail(&l->r, HD_LIMIT, start, "more than %d types", HD_MAX_TYPES);
    l->scratch.len = 0;
    l->group_first = first;
    l->group_count = count;
    for (uint32_t i = 0; i < count && hd_loader_ok(l); i++)
        load_subtype(l, first + i);
    l->group_count = 0;
    if (!hd_loader_ok(l)) return;
    if (count == 1 && is_plain(l))
        add_plain(l);
    else
        add_group(l, start, count);
}

void hd_decode_types(hd_loader *l) {
    hd_module *m = l->module;
    uint32_t count = hd_read_count(&l->r);
    for (uint32_t i = 0; i < count && hd_loader_ok(l); i++)
        load_group(l);
    count = (uint32_t)l->loaded_types.len;
    m->types = hd_loader_alloc(l, count, sizeof *m->types);
    for (uint32_t i = 0; i < count && m->types; i++)
        m->types[i] = l->loaded_types.items[i].type;
    m->type_count = m->types ? count : 0;
}

/* Reads limits; their flags may say shared, which is for the caller to judge. */
static hd_limits load_limits(hd_loader *l) {
    enum { HAS_MAX = 1, SHARED = 2, IS64 = 4, PAGE_SIZE = 8 };
    uint64_t start = hd_reader_offset(&l->r);
    uint8_t flags = hd_read_u8(&l->r);
    uint8_t known = HAS_MAX | SHARED | (l->features & HD_FEATURE_MEMORY64 ? IS64 : 0);
    if (l->features != HD_FEATURES_NONE && (flags & ~known) == PAGE_SIZE)
        hd_reader_fail(&l->r, HD_UNSUPPORTED, start,
                       "the custom page sizes proposal is not supported");
    if (flags & ~known)
        hd_reader_fail(&l->r, HD_MALFORMED, start, "malformed limits flags 0x%02x", flags);
    hd_limits limits = {.has_max = flags & HAS_MAX, .shared = flags & SHARED, .is64 = flags & IS64};
    limits.min = limits.is64 ? hd_read_u64(&l->r) : hd_read_u32(&l->r);
    if (limits.has_max) limits.max = limits.is64 ? hd_read_u64(&l->r) : hd_read_u32(&l->r);
    return limits;
}

static void check_order(hd_loader *l, uint64_t start, const hd_limits *limits) {
    if (limits->has_max && limits->min > limits->max)
        hd_loader_invalid(l, start, "size minimum must not be greater than maximum: %llu > %llu",
                          (unsigned long long)limits->min, (unsigned long long)limits->max);
}

bool hd_decode_tabletype(hd_loader *l, hd_tabletype *type) {
    type->element = hd_decode_reftype(l);
    uint64_t start = hd_reader_offset(&l->r);
    type->limits = load_limits(l);
    if (!hd_loader_ok(l)) return false;
    if (type->limits.shared)
        hd_reader_fail(&l->r, HD_MALFORMED, start, "tables cannot be shared (yet)");
    check_order(l, start, &type->limits);
    return hd_loader_ok(l);
}

bool hd_decode_memtype(hd_loader *l, hd_limits *limits) {
    uint64_t start = hd_reader_offset(&l->r);
    *limits = load_limits(l);
    if (!hd_loader_ok(l)) return false;
    uint64_t most = limits->is64 ? HD_MAX_PAGES_64 : HD_MAX_PAGES;
    if (limits->min > most || (limits->has_max && limits->max > most))
        hd_loader_invalid(l, start, "memory size must be at most %s",
                          limits->is64 ? "2^48 pages" : "65536 pages (4GiB)");
    if (limits->shared && !limits->has_max)
        hd_loader_invalid(l, start, "shared memory must have maximum");
    check_order(l, start, limits);
    return true;
}

bool hd_decode_globaltype(hd_loader *l, hd_globaltype *type) {
    type->type = hd_decode_valtype(l);
    uint64_t start = hd_reader_offset(&l->r);
    uint8_t mutable = hd_read_u8(&l->r);
    if (mutable > 1)
        hd_reader_fail(&l->r, HD_MALFORMED, start, "malformed mutability 0x%02x", mutable);
    type->is_mutable = mutable;
    return hd_loader_ok(l);
}
