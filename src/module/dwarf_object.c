/* dwarf_object.c: custom sections as an object file of libdwarf. The one file that knows which
 * libdwarf it is: the interface got other names, and wider numbers, after 2021. */
#include <string.h>

#include "module/dwarf_internal.h"

static const char *const names[HD_DWARF_SECTIONS] = {
    ".debug_info", ".debug_abbrev",      ".debug_line", ".debug_line_str",
    ".debug_str",  ".debug_str_offsets", ".debug_addr",
};

/* Section 0 is none, as in ELF. */
static const hd_custom *section(const hd_dwarf *d, uint64_t index) {
    return index > 0 && index <= HD_DWARF_SECTIONS ? d->sections[index - 1] : NULL;
}

static Dwarf_Small width(void *object) {
    (void)object;
    return 4;
}

static Dwarf_Unsigned count(void *object) {
    (void)object;
    return HD_DWARF_SECTIONS + 1;
}

/* Nothing is written to sections without relocations. */
static Dwarf_Small *content(const hd_custom *custom) {
    return (Dwarf_Small *)custom->content;
}

#ifdef HAVE_LIBDWARF_A_NAMES

static int info(void *object, Dwarf_Unsigned index, Dwarf_Obj_Access_Section_a *to, int *error) {
    (void)error;
    if (index > HD_DWARF_SECTIONS) return DW_DLV_NO_ENTRY;
    const hd_custom *custom = section(object, index);
    *to = (Dwarf_Obj_Access_Section_a){.as_name = index ? names[index - 1] : "",
                                       .as_size = custom ? custom->length : 0};
    return DW_DLV_OK;
}

static Dwarf_Small order(void *object) {
    (void)object;
    return DW_END_little;
}

static Dwarf_Unsigned file_size(void *object) {
    return ((const hd_dwarf *)object)->module->length;
}

static int load(void *object, Dwarf_Unsigned index, Dwarf_Small **bytes, int *error) {
    (void)error;
    const hd_custom *custom = section(object, index);
    if (!custom) return DW_DLV_NO_ENTRY;
    *bytes = content(custom);
    return DW_DLV_OK;
}

static const Dwarf_Obj_Access_Methods_a methods = {
    .om_get_section_info = info,
    .om_get_byte_order = order,
    .om_get_length_size = width,
    .om_get_pointer_size = width,
    .om_get_filesize = file_size,
    .om_get_section_count = count,
    .om_load_section = load,
};

#define INTERFACE(object)                                                                          \
    { object, &methods }
#define FINISH(debug, error) dwarf_object_finish(debug)
typedef Dwarf_Obj_Access_Interface_a object_interface;

#else

static int info(void *object, Dwarf_Half index, Dwarf_Obj_Access_Section *to, int *error) {
    (void)error;
    if (index > HD_DWARF_SECTIONS) return DW_DLV_NO_ENTRY;
    const hd_custom *custom = section(object, index);
    *to = (Dwarf_Obj_Access_Section){.name = index ? names[index - 1] : "",
                                     .size = custom ? custom->length : 0};
    return DW_DLV_OK;
}

static Dwarf_Endianness order(void *object) {
    (void)object;
    return DW_OBJECT_LSB;
}

static int load(void *object, Dwarf_Half index, Dwarf_Small **bytes, int *error) {
    (void)error;
    const hd_custom *custom = section(object, index);
    if (!custom) return DW_DLV_NO_ENTRY;
    *bytes = content(custom);
    return DW_DLV_OK;
}

static const Dwarf_Obj_Access_Methods methods = {
    .get_section_info = info,
    .get_byte_order = order,
    .get_length_size = width,
    .get_pointer_size = width,
    .get_section_count = count,
    .load_section = load,
};

#define INTERFACE(object)                                                                          \
    { object, &methods }
#define FINISH(debug, error) dwarf_object_finish(debug, error)
typedef Dwarf_Obj_Access_Interface object_interface;

#endif

bool hd_dwarf_object_open(hd_dwarf *d) {
    Dwarf_Error error = NULL;
    for (unsigned i = 0; i < HD_DWARF_SECTIONS; i++)
        d->sections[i] = hd_module_custom(d->module, names[i]);
    /* libdwarf keeps a pointer to it. */
    object_interface *interface = hd_arena_alloc(&d->arena, 1, sizeof *interface);
    if (!interface) return false;
    *interface = (object_interface)INTERFACE(d);
    int result = dwarf_object_init_b(interface, NULL, NULL, DW_GROUPNUMBER_ANY, &d->debug, &error);
    if (result != DW_DLV_OK) d->debug = NULL;
    hd_dwarf_ok(d, result, &error);
    return true;
}

void hd_dwarf_object_close(hd_dwarf *d) {
    Dwarf_Error error = NULL;
    (void)error;
    if (d->debug) FINISH(d->debug, &error);
}
