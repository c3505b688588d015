/* dwarf_header.c: headers of line tables, checked before libdwarf reads them (DWARF 5, section
 * 6.2.4): it trusts their counts of folders and files. */
#include <inttypes.h>

#include "module/dwarf_internal.h"

enum { FORMATS = 16 }; /* of an entry; DWARF defines five */

static void skip_text(hd_reader *r) {
    while (hd_read_u8(r) != 0 && r->diag->status == HD_OK) {
    }
}

/* Passes a value in one of the forms that stand in line tables. */
static void skip_value(hd_reader *r, uint64_t form) {
    switch (form) {
    case DW_FORM_string: skip_text(r); break;
    case DW_FORM_strp:
    case DW_FORM_line_strp:
    case DW_FORM_data4: hd_read_bytes(r, 4); break;
    case DW_FORM_udata: hd_read_u64(r); break;
    case DW_FORM_data1: hd_read_bytes(r, 1); break;
    case DW_FORM_data2: hd_read_bytes(r, 2); break;
    case DW_FORM_data8: hd_read_bytes(r, 8); break;
    case DW_FORM_data16: hd_read_bytes(r, 16); break;
    case DW_FORM_block: hd_read_bytes(r, hd_read_u64(r)); break;
    default: hd_reader_fail(r, HD_MALFORMED, hd_reader_offset(r), "unknown form");
    }
}

/* Passes a list of folders or files: the forms of an entry's parts, a count, the entries. */
static void check_entries(hd_reader *r) {
    uint64_t forms[FORMATS];
    uint8_t parts = hd_read_u8(r);
    if (parts > FORMATS) hd_reader_fail(r, HD_LIMIT, hd_reader_offset(r), "%u parts", parts);
    for (unsigned i = 0; i < parts && r->diag->status == HD_OK; i++) {
        hd_read_u64(r); /* what it means */
        forms[i] = hd_read_u64(r);
    }
    uint64_t count = hd_read_u64(r);
    /* An entry takes a byte or more. */
    if (count > (parts ? hd_reader_left(r) : 0))
        hd_reader_fail(r, HD_MALFORMED, hd_reader_offset(r), "too many entries");
    for (uint64_t i = 0; i < count && r->diag->status == HD_OK; i++)
        for (unsigned j = 0; j < parts; j++)
            skip_value(r, forms[j]);
}

/* From the version on. */
static void check_header(hd_reader *r) {
    unsigned low = hd_read_u8(r), version = low | (unsigned)hd_read_u8(r) << 8;
    if (version < 2 || version > 5)
        hd_reader_fail(r, HD_MALFORMED, hd_reader_offset(r), "version %u", version);
    if (version == 5 && hd_read_u8(r) != 4)
        hd_reader_fail(r, HD_MALFORMED, hd_reader_offset(r), "addresses of other than 4 bytes");
    if (version == 5) hd_read_u8(r); /* size of segment selectors */
    uint32_t length = hd_read_fixed32(r);
    if (length > hd_reader_left(r))
        hd_reader_fail(r, HD_MALFORMED, hd_reader_offset(r), "header of %u bytes", length);
    if (r->diag->status != HD_OK) return;
    hd_reader header = {r->pos, r->pos + length, r->origin, r->diag};
    hd_read_bytes(&header, version >= 4 ? 4 : 3);
    uint8_t line_range = hd_read_u8(&header), opcode_base = hd_read_u8(&header);
    if (line_range == 0 || opcode_base == 0)
        hd_reader_fail(&header, HD_MALFORMED, hd_reader_offset(&header), "impossible opcodes");
    hd_read_bytes(&header, opcode_base - 1u);
    if (version < 5) return; /* its lists end with an empty text */
    check_entries(&header);
    check_entries(&header);
}

bool hd_dwarf_check_lines(hd_dwarf *d, uint64_t offset) {
    hd_diag diag = HD_DIAG_INIT;
    const hd_custom *custom = hd_module_custom(d->module, ".debug_line");
    if (!custom) return false;
    if (offset > custom->length) return hd_dwarf_damaged(d, "a line table is beyond its section");
    hd_reader r = {custom->content + offset, custom->content + custom->length, custom->content,
                   &diag};
    uint32_t length = hd_read_fixed32(&r);
    if (diag.status != HD_OK || length > hd_reader_left(&r))
        return hd_dwarf_damaged(d, "a line table is longer than its section");
    if (length > HD_DWARF_LINE_BYTES)
        return hd_dwarf_damaged(d, "a line table of %u bytes is too long", length);
    if (length > d->line_bytes) return hd_dwarf_damaged(d, "its line tables are too long");
    r.end = r.pos + length;
    check_header(&r);
    if (diag.status != HD_OK)
        return hd_dwarf_damaged(d, "header of the line table at 0x%" PRIx64 " of .debug_line: %s",
                                offset, diag.message);
    d->line_bytes -= length;
    return true;
}
