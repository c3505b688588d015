/* numeric.h: what the scalar numeric instructions compute (core specification, section 4.3).
 *
 * One pure function hd_<id> for each row of opcodes.def with the shape
 *   UN, TEST      R hd_<id>(A a)
 *   BIN, CMP      R hd_<id>(A a, A b)
 *   UNTRAP        hd_trapcode hd_<id>(A a, R *out)
 *   BINTRAP       hd_trapcode hd_<id>(A a, A b, R *out)
 * where i32 is uint32_t, i64 uint64_t, f32 float and f64 double. CMP and TEST give 0 or 1. One that
 * traps leaves *out alone. None knows of frames, agents or memories.
 *
 * The compiler must follow IEEE 754: no -ffast-math, and -ffp-contract=off. */
#ifndef HD_EXEC_NUMERIC_H
#define HD_EXEC_NUMERIC_H

#include "exec/numeric_convert.h"
#include "exec/numeric_float.h"
#include "exec/numeric_int.h"

#endif
