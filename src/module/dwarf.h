/* dwarf.h: the DWARF sections of a module; source.c is the only one to ask.
 *
 * DWARF 4 and 5, and "DWARF for WebAssembly": the sections are custom sections, addresses count
 * from the payload of the code section. Nothing here is thread-safe. */
#ifndef HD_MODULE_DWARF_H
#define HD_MODULE_DWARF_H

#include "module/source.h"

typedef struct hd_dwarf hd_dwarf;

/* Lists the units of a module, which must outlive this. NULL when memory is out. */
hd_dwarf *hd_dwarf_open(const hd_module *module);
void hd_dwarf_close(hd_dwarf *dwarf);

/* As hd_module_locate, for an address. */
size_t hd_dwarf_find(hd_dwarf *dwarf, uint64_t address, hd_source_frame *frames, size_t room);

/* What is wrong with what has been read so far, or NULL. */
const char *hd_dwarf_damage(const hd_dwarf *dwarf);

#endif
