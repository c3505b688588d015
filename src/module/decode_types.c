/* decode_types.c: types in the binary format (core specification, section 5.3) and the type
 * section; the threads proposal's flag of shared memories. */
#include <string.h>

#include "module/internal.h"

/* Appends a vector of value types to the scratch buffer and returns their number. */
static uint32_t load_type_list(hd_loader *l, const char *what) {
    uint64_t start = hd_reader_offset(&l->r);
    uint32_t count = hd_read_count(&l->r);
    if (count > HD_MAX_TYPE_ARITY) {
        hd_reader_fail(&l->r, HD_LIMIT, start, "too many %s in a function type: %u, at most %d",
                       what, count, HD_MAX_TYPE_ARITY);
        return 0;
    }
    if (!hd_vec_reserve(&l->scratch, count + 1)) {
        hd_loader_nomem(l);
        return 0;
    }
    for (uint32_t i = 0; i < count; i++)
        l->scratch.items[l->scratch.len++] = hd_read_valtype(&l->r);
    return count;
}

static uint32_t count_slots(const hd_valtype *types, uint32_t count) {
    uint32_t slots = 0;
    for (uint32_t i = 0; i < count; i++)
        slots += hd_slots_of(types[i]);
    return slots;
}

/* Makes a function type of the scratch buffer: parameters, a zero, results. */
static hd_functype *new_functype(hd_loader *l, uint32_t param_count, uint32_t result_count) {
    hd_functype *type = hd_loader_alloc(l, 1, sizeof *type);
    hd_valtype *list = hd_loader_alloc(l, l->scratch.len, sizeof *list);
    if (!type || !list) return NULL;
    memcpy(list, l->scratch.items, l->scratch.len * sizeof *list);
    *type = (hd_functype){
        .param_count = param_count,
        .result_count = result_count,
        .param_slots = count_slots(list, param_count),
        .result_slots = count_slots(list + param_count + 1, result_count),
        .params = list,
        .results = list + param_count + 1,
    };
    if (!hd_map_put(&l->types, (const char *)list, l->scratch.len, type, NULL))
        return hd_loader_nomem(l);
    return type;
}

static const hd_functype *load_functype(hd_loader *l) {
    enum { FUNCTION = 0x60 };
    uint64_t start = hd_reader_offset(&l->r);
    uint8_t form = hd_read_u8(&l->r);
    if (form & 0x80)
        hd_reader_fail(&l->r, HD_MALFORMED, start, "integer representation too long: type code");
    else if (l->features != HD_FEATURES_NONE && form >= 0x4E && form <= 0x5F && form != 0x5D)
        hd_reader_fail(&l->r, HD_UNSUPPORTED, start,
                       "the garbage collection proposal is not supported");
    else if (l->features != HD_FEATURES_NONE && form == 0x5D)
        hd_reader_fail(&l->r, HD_UNSUPPORTED, start,
                       "the stack switching proposal is not supported");
    else if (form != FUNCTION)
        hd_reader_fail(&l->r, HD_MALFORMED, start, "malformed function type 0x%02x", form);
    l->scratch.len = 0;
    uint32_t params = load_type_list(l, "parameters");
    if (!hd_loader_ok(l)) return NULL;
    l->scratch.items[l->scratch.len++] = (hd_valtype)0;
    uint32_t results = load_type_list(l, "results");
    if (!hd_loader_ok(l)) return NULL;
    hd_functype *same = hd_map_get(&l->types, (const char *)l->scratch.items, l->scratch.len);
    return same ? same : new_functype(l, params, results);
}

void hd_decode_types(hd_loader *l) {
    hd_module *m = l->module;
    uint32_t count = hd_read_count(&l->r);
    m->types = hd_loader_extend(l, NULL, 0, count, sizeof *m->types, 3);
    for (uint32_t i = 0; i < count && hd_loader_ok(l); i++)
        m->types[i] = load_functype(l);
    m->type_count = count;
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
    type->element = hd_read_reftype(&l->r);
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
    type->type = hd_read_valtype(&l->r);
    uint64_t start = hd_reader_offset(&l->r);
    uint8_t mutable = hd_read_u8(&l->r);
    if (mutable > 1)
        hd_reader_fail(&l->r, HD_MALFORMED, start, "malformed mutability 0x%02x", mutable);
    type->is_mutable = mutable;
    return hd_loader_ok(l);
}
