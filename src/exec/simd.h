/* simd.h: what the vector instructions compute (core specification, section 4.3, and the loads and
 * stores of section 4.4.7 as far as they convert bytes).
 *
 * One pure function hd_<id> for each row of opcodes.def with an operand or result v128:
 *   UN, VSPLAT    R hd_<id>(A a)
 *   BIN           hd_v128 hd_<id>(hd_v128 a, hd_v128 b)
 *   VTERN         hd_v128 hd_<id>(hd_v128 a, hd_v128 b, hd_v128 c)
 *   VSHIFT        hd_v128 hd_<id>(hd_v128 a, uint32_t n)
 *   VEXTRACT      R hd_<id>(hd_v128 a, unsigned lane)
 *   VREPLACE      hd_v128 hd_<id>(hd_v128 a, A x, unsigned lane)
 *   VSHUFFLE      hd_v128 hd_<id>(hd_v128 a, hd_v128 b, const uint8_t lanes[16])
 *   VLOAD         hd_v128 hd_<id>(const uint8_t *bytes)
 *   VSTORE        void hd_<id>(hd_v128 a, uint8_t *bytes)
 *   VLOADLANE     hd_v128 hd_<id>(hd_v128 a, const uint8_t *bytes, unsigned lane)
 *   VSTORELANE    void hd_<id>(hd_v128 a, uint8_t *bytes, unsigned lane)
 * with scalar types as in numeric.h. Lane numbers are those of a validated module; `bytes` are the
 * row's width in number, in memory order, at any address. */
#ifndef HD_EXEC_SIMD_H
#define HD_EXEC_SIMD_H

#include "exec/simd_convert.h"
#include "exec/simd_float.h"
#include "exec/simd_int.h"
#include "exec/simd_lane.h"
#include "exec/simd_relaxed.h"

#undef HD_VUN
#undef HD_VBIN
#undef HD_VHALF
#undef HD_VPICK

#endif
