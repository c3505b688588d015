/* flavour.h: all handlers and their table; a flavour defines HD_EVENT and HD_FLAVOUR_HANDLERS and
 * includes this once. */
#include "exec/numeric.h"
#include "exec/simd.h"
#include "exec/values.h"

#include "exec/canonical.h"

#include "exec/handlers_memory.h"
#include "exec/handlers_numeric.h"

/* Needs the two above. */
#include "exec/handlers_control.h"

#define HD_OP(code, id, text, shape, A, R, width) HANDLE_##shape(id, A, R, width)
#include "module/opcodes.def"
#undef HD_OP

const void *const HD_FLAVOUR_HANDLERS[] = {
#define HD_REGOP(name) [HD_R_##name] = op_##name,
#include "code/regops.def"
#undef HD_REGOP
};
