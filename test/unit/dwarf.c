/* dwarf.c: see dwarf.h. Numbers are those of the DWARF 5 standard, section 7. */
#include "dwarf.h"

#include <string.h>

static void u8(bytes *to, unsigned value) {
    to->data[to->length++] = (uint8_t)value;
}

static void fixed(bytes *to, uint64_t value, unsigned width) {
    for (unsigned i = 0; i < width; i++)
        u8(to, (uint8_t)(value >> 8 * i));
}

static void uleb(bytes *to, uint64_t value) {
    for (; value > 0x7F; value >>= 7)
        u8(to, (unsigned)(value & 0x7F) | 0x80);
    u8(to, (unsigned)value);
}

static void text(bytes *to, const char *string) {
    size_t length = strlen(string) + 1;
    memcpy(to->data + to->length, string, length);
    to->length += length;
}

static void raw(bytes *to, const void *data, size_t length) {
    memcpy(to->data + to->length, data, length);
    to->length += length;
}

/* Sets the 32-bit length at `at` to what follows it. */
static void close_unit(bytes *to, size_t at) {
    uint32_t length = (uint32_t)(to->length - at - 4);
    memcpy(to->data + at, &length, sizeof length);
}

enum {
    TAG_UNIT = 0x11,
    TAG_INLINED = 0x1D,
    TAG_SUBPROGRAM = 0x2E,
    AT_NAME = 0x03,
    AT_STMT_LIST = 0x10,
    AT_LOW_PC = 0x11,
    AT_HIGH_PC = 0x12,
    AT_COMP_DIR = 0x1B,
    AT_ORIGIN = 0x31,
    AT_RANGES = 0x55,
    AT_CALL_COLUMN = 0x57,
    AT_CALL_FILE = 0x58,
    AT_CALL_LINE = 0x59,
    AT_STR_OFFSETS_BASE = 0x72,
    AT_ADDR_BASE = 0x73,
    AT_RNGLISTS_BASE = 0x74,
    FORM_ADDR = 0x01,
    FORM_DATA4 = 0x06,
    FORM_STRING = 0x08,
    FORM_DATA1 = 0x0B,
    FORM_REF4 = 0x13,
    FORM_SEC_OFFSET = 0x17,
    FORM_STRX = 0x1A,
    FORM_ADDRX = 0x1B,
    FORM_LINE_STRP = 0x1F,
    FORM_RNGLISTX = 0x23,
};

/* An abbreviation: number, tag, whether it has children, and pairs of attribute and form up to 0.
 */
static void abbreviation(bytes *to, unsigned number, unsigned tag, bool children,
                         const uint8_t *pairs) {
    uleb(to, number);
    uleb(to, tag);
    u8(to, children);
    for (; *pairs; pairs++)
        uleb(to, *pairs);
    fixed(to, 0, 2);
}

enum { UNIT = 1, ABSTRACT, FUNCTION, CALL, LEAF };

static void make_abbrev(dwarf_image *image) {
    bytes *to = &image->sections[DWARF_ABBREV];
    bool v5 = image->version == 5;
    const uint8_t string = v5 ? FORM_STRX : FORM_STRING, address = v5 ? FORM_ADDRX : FORM_ADDR;
    abbreviation(to, UNIT, TAG_UNIT, true,
                 v5 ? (const uint8_t[]){AT_NAME, string, AT_COMP_DIR, FORM_LINE_STRP, AT_STMT_LIST,
                                        FORM_SEC_OFFSET, AT_LOW_PC, FORM_ADDR, AT_RANGES,
                                        FORM_RNGLISTX, AT_STR_OFFSETS_BASE, FORM_SEC_OFFSET,
                                        AT_ADDR_BASE, FORM_SEC_OFFSET, AT_RNGLISTS_BASE,
                                        FORM_SEC_OFFSET, 0}
                    : (const uint8_t[]){AT_NAME, string, AT_COMP_DIR, FORM_STRING, AT_STMT_LIST,
                                        FORM_SEC_OFFSET, AT_LOW_PC, FORM_ADDR, AT_RANGES,
                                        FORM_SEC_OFFSET, 0});
    abbreviation(to, ABSTRACT, TAG_SUBPROGRAM, false, (const uint8_t[]){AT_NAME, string, 0});
    abbreviation(to, FUNCTION, TAG_SUBPROGRAM, true,
                 (const uint8_t[]){AT_NAME, string, AT_LOW_PC, address, AT_HIGH_PC, FORM_DATA4, 0});
    abbreviation(to, CALL, TAG_INLINED, false,
                 (const uint8_t[]){AT_ORIGIN, FORM_REF4, AT_LOW_PC, address, AT_HIGH_PC, FORM_DATA4,
                                   AT_CALL_FILE, FORM_DATA1, AT_CALL_LINE, FORM_DATA1,
                                   AT_CALL_COLUMN, FORM_DATA1, 0});
    abbreviation(to, LEAF, TAG_SUBPROGRAM, false,
                 (const uint8_t[]){AT_NAME, string, AT_LOW_PC, address, AT_HIGH_PC, FORM_DATA4, 0});
    u8(to, 0);
}

/* A string, in place or by its index. */
static void put_string(dwarf_image *image, const char *string) {
    bytes *info = &image->sections[DWARF_INFO], *offsets = &image->sections[DWARF_STR_OFFSETS];
    if (image->version < 5) {
        text(info, string);
        return;
    }
    uleb(info, (offsets->length - 8) / 4);
    fixed(offsets, image->sections[DWARF_STR].length, 4);
    text(&image->sections[DWARF_STR], string);
}

/* An address, in place or by its index. */
static void put_address(dwarf_image *image, uint32_t address) {
    bytes *info = &image->sections[DWARF_INFO], *addresses = &image->sections[DWARF_ADDR];
    if (image->version < 5) {
        fixed(info, address, 4);
        return;
    }
    uleb(info, (addresses->length - 8) / 4);
    fixed(addresses, address, 4);
}

static void make_unit(dwarf_image *image) {
    bytes *info = &image->sections[DWARF_INFO];
    bool v5 = image->version == 5;
    uleb(info, UNIT);
    put_string(image, "main.c");
    if (v5)
        fixed(info, 0, 4); /* comp_dir: the first of .debug_line_str */
    else
        text(info, "/home/me");
    fixed(info, 0, 4); /* stmt_list */
    fixed(info, 0, 4); /* low_pc */
    if (!v5) {
        fixed(info, 0, 4); /* ranges */
        return;
    }
    uleb(info, 0); /* ranges: the first list */
    fixed(info, 8, 4);
    fixed(info, 8, 4);
    fixed(info, 12, 4);
}

static void make_info(dwarf_image *image) {
    bytes *info = &image->sections[DWARF_INFO];
    bool v5 = image->version == 5;
    fixed(info, 0, 4);
    fixed(info, image->version, 2);
    if (v5) {
        u8(info, 1); /* DW_UT_compile */
        u8(info, 4);
        fixed(info, 0, 4);
    } else {
        fixed(info, 0, 4);
        u8(info, 4);
    }
    make_unit(image);
    uint32_t inner = (uint32_t)info->length;
    uleb(info, ABSTRACT);
    put_string(image, "inner");
    uleb(info, FUNCTION);
    put_string(image, "outer");
    put_address(image, OUTER);
    fixed(info, OUTER_END - OUTER, 4);
    uleb(info, CALL);
    fixed(info, inner, 4);
    put_address(image, INNER);
    fixed(info, INNER_END - INNER, 4);
    u8(info, v5 ? 0 : 1); /* main.c:20:3 */
    u8(info, 20);
    u8(info, 3);
    u8(info, 0);
    uleb(info, LEAF);
    put_string(image, "second");
    put_address(image, SECOND);
    fixed(info, SECOND_END - SECOND, 4);
    u8(info, 0);
    close_unit(info, 0);
}

static void make_ranges(dwarf_image *image) {
    bytes *to = &image->sections[DWARF_RANGES];
    if (image->version < 5) {
        const uint32_t list[] = {OUTER, OUTER_END,           UINT32_MAX, SECOND,
                                 0,     SECOND_END - SECOND, 0,          0};
        raw(to, list, sizeof list);
        return;
    }
    fixed(to, 0, 4);
    fixed(to, 5, 2);
    u8(to, 4);
    u8(to, 0);
    fixed(to, 1, 4); /* one list, at 4 from here */
    fixed(to, 4, 4);
    u8(to, 7); /* DW_RLE_start_length */
    fixed(to, OUTER, 4);
    uleb(to, OUTER_END - OUTER);
    u8(to, 5); /* DW_RLE_base_address */
    fixed(to, SECOND, 4);
    u8(to, 4); /* DW_RLE_offset_pair */
    uleb(to, 0);
    uleb(to, SECOND_END - SECOND);
    u8(to, 0);
    close_unit(to, 0);
}

static void make_files(dwarf_image *image) {
    bytes *to = &image->sections[DWARF_LINE];
    if (image->version < 5) {
        text(to, "inc");
        u8(to, 0);
        text(to, "main.c");
        fixed(to, 0, 3); /* folder, time, size */
        text(to, "lib.h");
        u8(to, 1);
        fixed(to, 0, 2);
        u8(to, 0);
        return;
    }
    bytes *strings = &image->sections[DWARF_LINE_STR];
    text(strings, "/home/me");
    u8(to, 1);
    u8(to, 1); /* DW_LNCT_path */
    u8(to, FORM_LINE_STRP);
    u8(to, 2); /* folders */
    fixed(to, 0, 4);
    fixed(to, strings->length, 4);
    text(strings, "inc");
    u8(to, 2);
    u8(to, 1); /* DW_LNCT_path */
    u8(to, FORM_LINE_STRP);
    u8(to, 2); /* DW_LNCT_directory_index */
    u8(to, FORM_DATA1);
    u8(to, 2); /* files */
    fixed(to, strings->length, 4);
    u8(to, 0);
    text(strings, "main.c");
    fixed(to, strings->length, 4);
    u8(to, 1);
    text(strings, "lib.h");
}

enum { LNS_COPY = 1, LNS_ADVANCE_PC, LNS_ADVANCE_LINE, LNS_SET_FILE, LNS_SET_COLUMN };

/* A row; `line` moves by `lines`, at most 63 up or 64 down. */
static void put_row(bytes *to, unsigned advance, unsigned file, int lines, unsigned column) {
    u8(to, LNS_ADVANCE_PC);
    uleb(to, advance);
    u8(to, LNS_SET_FILE);
    uleb(to, file);
    u8(to, LNS_ADVANCE_LINE);
    u8(to, (unsigned)lines & 0x7F);
    u8(to, LNS_SET_COLUMN);
    uleb(to, column);
    u8(to, LNS_COPY);
}

static void begin_sequence(bytes *to, uint32_t address) {
    u8(to, 0);
    u8(to, 5);
    u8(to, 2); /* DW_LNE_set_address */
    fixed(to, address, 4);
}

static void end_sequence(bytes *to, unsigned advance) {
    u8(to, LNS_ADVANCE_PC);
    uleb(to, advance);
    u8(to, 0);
    u8(to, 1);
    u8(to, 1); /* DW_LNE_end_sequence */
}

static void make_lines(dwarf_image *image) {
    static const uint8_t operands[] = {0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1};
    bytes *to = &image->sections[DWARF_LINE];
    bool v5 = image->version == 5;
    unsigned main_file = v5 ? 0 : 1, library = v5 ? 1 : 2;
    fixed(to, 0, 4);
    fixed(to, image->version, 2);
    if (v5) fixed(to, 4, 2); /* sizes of an address and of a segment's selector */
    size_t header = to->length;
    fixed(to, 0, 4);
    u8(to, 1);
    u8(to, 1);
    u8(to, 1);
    u8(to, 0xFB); /* line_base -5 */
    u8(to, 14);
    u8(to, sizeof operands + 1);
    raw(to, operands, sizeof operands);
    make_files(image);
    close_unit(to, header);
    begin_sequence(to, OUTER);
    put_row(to, 0, main_file, 9, 1);
    put_row(to, 1, main_file, 1, 5);
    put_row(to, 2, library, -4, 9);
    put_row(to, 3, main_file, 14, 0);
    end_sequence(to, 4);
    begin_sequence(to, SECOND);
    put_row(to, 0, main_file, 29, 1);
    put_row(to, 2, main_file, -30, 0);
    put_row(to, 2, main_file, 31, 2);
    end_sequence(to, 6);
    close_unit(to, 0);
}

void dwarf_make(dwarf_image *image, unsigned version) {
    memset(image, 0, sizeof *image);
    image->version = version;
    if (version == 5) {
        bytes *offsets = &image->sections[DWARF_STR_OFFSETS];
        bytes *addresses = &image->sections[DWARF_ADDR];
        fixed(offsets, 0, 4);
        fixed(offsets, 5, 4);
        fixed(addresses, 0, 4);
        fixed(addresses, 5, 2);
        fixed(addresses, 4, 2);
    }
    make_abbrev(image);
    make_info(image);
    make_ranges(image);
    make_lines(image);
    if (version < 5) return;
    close_unit(&image->sections[DWARF_STR_OFFSETS], 0);
    close_unit(&image->sections[DWARF_ADDR], 0);
}

static void custom_section(bytes *to, const char *name, const bytes *content) {
    size_t length = strlen(name), size = 1 + length + content->length;
    u8(to, 0);
    uleb(to, size);
    uleb(to, length);
    raw(to, name, length);
    raw(to, content->data, content->length);
}

bytes dwarf_module(const dwarf_image *image, bool with_names) {
    static const char *const names[] = {".debug_info", ".debug_abbrev",   ".debug_line",
                                        ".debug_str",  ".debug_line_str", ".debug_str_offsets",
                                        ".debug_addr", ".debug_ranges"};
    static const uint8_t head[] = {
        0,  'a', 's', 'm',  1, 0, 0, 0,             /* one type, two functions of it */
        1,  4,   1,   0x60, 0, 0,                   /* */
        3,  3,   2,   0,    0,                      /* */
        10, 23,  2,                                 /* code */
        10, 0,   1,   1,    1, 1, 1, 1, 1, 1, 0x0B, /* */
        10, 0,   1,   1,    1, 1, 1, 1, 1, 1, 0x0B};
    static const bytes function_names = {{1, 8, 1, 0, 5, 'n', 'a', 'm', 'e', 'd'}, 10};
    bytes to = {.length = 0};
    raw(&to, head, sizeof head);
    for (unsigned i = 0; i < DWARF_SECTIONS; i++) {
        const bytes *section = &image->sections[i];
        bool lists = i == DWARF_RANGES && image->version == 5;
        if (section->length) custom_section(&to, lists ? ".debug_rnglists" : names[i], section);
    }
    if (with_names) custom_section(&to, "name", &function_names);
    return to;
}
