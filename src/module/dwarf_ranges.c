/* dwarf_ranges.c: the addresses that an entry covers (DWARF 5, section 2.17; lists: 7.25 and 7.28,
 * in DWARF 4 section 2.17.3). */
#include "module/dwarf_internal.h"

/* Below every function there are at least a count and a length, so a range from 0 belongs to code
 * that the linker threw away; other linkers give such code the highest addresses. */
static bool add_range(hd_dwarf_ranges *ranges, uint64_t low, uint64_t high) {
    if (low == 0 || low >= high || high >= UINT32_MAX - 1) return true;
    hd_dwarf_range range = {(uint32_t)low, (uint32_t)high};
    return hd_vec_push(ranges, range);
}

/* A reader of a section from an offset on; of none, if it ends before. */
static hd_reader read_section(const hd_dwarf *d, const char *name, uint64_t offset, hd_diag *diag) {
    const hd_custom *custom = hd_module_custom(d->module, name);
    hd_reader r = {.diag = diag};
    if (!custom || offset > custom->length) {
        hd_diag_set(diag, HD_MALFORMED, "beyond its end");
        return r;
    }
    r.pos = r.origin = custom->content + offset;
    r.end = custom->content + custom->length;
    return r;
}

static bool read_list_4(hd_reader *r, uint64_t base, hd_dwarf_ranges *ranges) {
    while (r->diag->status == HD_OK && ranges->len < HD_DWARF_RANGES) {
        uint32_t low = hd_read_fixed32(r), high = hd_read_fixed32(r);
        if (r->diag->status != HD_OK || (low == 0 && high == 0)) return true;
        if (low == UINT32_MAX)
            base = high;
        else if (!add_range(ranges, base + low, base + high))
            return false;
    }
    return true;
}

/* The address of an index into .debug_addr; 0, which is no code, if there is none. */
static uint64_t address_at(const hd_dwarf *d, const hd_dwarf_unit *unit, uint64_t index) {
    hd_diag ignored = HD_DIAG_INIT;
    uint64_t offset = index > UINT32_MAX ? UINT64_MAX : unit->addr_base + 4 * index;
    hd_reader r = read_section(d, ".debug_addr", offset, &ignored);
    return hd_read_fixed32(&r);
}

static bool read_list_5(const hd_dwarf *d, const hd_dwarf_unit *unit, hd_reader *r,
                        hd_dwarf_ranges *ranges) {
    uint64_t base = unit->low_pc, low, high;
    while (r->diag->status == HD_OK && ranges->len < HD_DWARF_RANGES) {
        low = high = 0;
        uint8_t kind = hd_read_u8(r);
        switch (kind) {
        case DW_RLE_end_of_list: return true;
        case DW_RLE_base_addressx: base = address_at(d, unit, hd_read_u64(r)); continue;
        case DW_RLE_startx_endx:
            low = address_at(d, unit, hd_read_u64(r));
            high = address_at(d, unit, hd_read_u64(r));
            break;
        case DW_RLE_startx_length:
            low = address_at(d, unit, hd_read_u64(r));
            high = low + (uint32_t)hd_read_u64(r);
            break;
        case DW_RLE_offset_pair:
            low = base + (uint32_t)hd_read_u64(r);
            high = base + (uint32_t)hd_read_u64(r);
            break;
        case DW_RLE_base_address: base = hd_read_fixed32(r); continue;
        case DW_RLE_start_end:
            low = hd_read_fixed32(r);
            high = hd_read_fixed32(r);
            break;
        case DW_RLE_start_length:
            low = hd_read_fixed32(r);
            high = low + (uint32_t)hd_read_u64(r);
            break;
        default: hd_reader_fail(r, HD_MALFORMED, hd_reader_offset(r), "kind 0x%02x", kind);
        }
        if (r->diag->status == HD_OK && !add_range(ranges, low, high)) return false;
    }
    return true;
}

/* Reads the list that an entry's DW_AT_ranges names. */
static bool read_list(hd_dwarf *d, const hd_dwarf_unit *unit, uint64_t offset, bool is_index,
                      hd_dwarf_ranges *ranges) {
    hd_diag diag = HD_DIAG_INIT;
    const char *name = unit->version < 5 ? ".debug_ranges" : ".debug_rnglists";
    if (is_index) {
        uint64_t at = offset > UINT32_MAX ? UINT64_MAX : unit->rnglists_base + 4 * offset;
        hd_reader table = read_section(d, name, at, &diag);
        offset = unit->rnglists_base + hd_read_fixed32(&table);
    }
    hd_reader r = read_section(d, name, offset, &diag);
    bool ok = unit->version < 5 ? read_list_4(&r, unit->low_pc, ranges)
                                : read_list_5(d, unit, &r, ranges);
    if (diag.status != HD_OK) hd_dwarf_damaged(d, "a list in %s: %s", name, diag.message);
    return ok;
}

/* True if an entry says where its ranges stand: at an offset, or at an index of the unit's table.
 */
static bool find_list(hd_dwarf *d, Dwarf_Die die, uint64_t *value, bool *is_index) {
    Dwarf_Error error;
    Dwarf_Attribute attribute;
    Dwarf_Half form = 0;
    if (!hd_dwarf_ok(d, dwarf_attr(die, DW_AT_ranges, &attribute, &error), &error)) return false;
    hd_dwarf_ok(d, dwarf_whatform(attribute, &form, &error), &error);
    dwarf_dealloc_attribute(attribute);
    *is_index = form == DW_FORM_rnglistx;
    return hd_dwarf_number(d, die, DW_AT_ranges, value);
}

bool hd_dwarf_ranges_of(hd_dwarf *d, const hd_dwarf_unit *unit, Dwarf_Die die,
                        hd_dwarf_ranges *ranges) {
    Dwarf_Error error;
    Dwarf_Addr low, high;
    Dwarf_Half form;
    enum Dwarf_Form_Class class;
    uint64_t offset;
    bool is_index;
    if (find_list(d, die, &offset, &is_index)) return read_list(d, unit, offset, is_index, ranges);
    if (!hd_dwarf_ok(d, dwarf_lowpc(die, &low, &error), &error) ||
        !hd_dwarf_ok(d, dwarf_highpc_b(die, &high, &form, &class, &error), &error))
        return true;
    return add_range(ranges, low, class == DW_FORM_CLASS_CONSTANT ? low + (uint32_t)high : high);
}
