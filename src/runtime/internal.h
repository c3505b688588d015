/* internal.h: what the files of runtime/ share with each other and with nobody else. */
#ifndef HD_RUNTIME_INTERNAL_H
#define HD_RUNTIME_INTERNAL_H

#include "runtime/store.h"

/* Evaluates a validated constant expression (core specification, section 3.3.10) in an instance
 * whose functions are allocated and of whose globals those are that it reads. Unused bytes of
 * `value` are zero. False when memory is out. */
bool hd_constexpr_eval(const hd_instance *instance, hd_expr expr, hd_slot value[2]);

/* Matches an external value with the import that it is to satisfy (section 3.2.8, "Import
 * Subtyping"). HD_UNLINKABLE ("incompatible import type", with names and both types) if it does
 * not. */
hd_status hd_import_match(const hd_module *module, const hd_import *import, const hd_extern *value,
                          hd_diag *diag);

/* Reports that there is no external value for an import; returns HD_UNLINKABLE. */
hd_status hd_import_unknown(const hd_module *module, const hd_import *import, hd_diag *diag);

#endif
