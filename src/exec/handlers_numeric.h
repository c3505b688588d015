/* handlers_numeric.h: handlers of the numeric instructions, from the table of opcodes. What an
 * instruction computes stands in numeric.h and simd.h; here is where its operands come from.
 * Included by each flavour. */

#define DO_UN(id, R, x)                                                                            \
    RESULT_##R(PC->d, HD_CANONICAL_##R(id, hd_##id(x)));                                           \
    HD_SETTLE_##R(id, 1);                                                                          \
    NEXT(1)
#define DO_UNTRAP(id, R, x)                                                                        \
    C_##R value;                                                                                   \
    hd_trapcode trap = hd_##id((x), &value);                                                       \
    if (HD_UNLIKELY(trap != HD_TRAP_NONE)) LEAVE(trap);                                            \
    RESULT_##R(PC->d, value);                                                                      \
    NEXT(1)
#define DO_BIN(id, R, x, y, units)                                                                 \
    RESULT_##R(PC->d, HD_CANONICAL_##R(id, hd_##id((x), (y))));                                    \
    HD_SETTLE_##R(id, units);                                                                      \
    NEXT(units)
#define DO_BINTRAP(id, R, x, y, units)                                                             \
    C_##R value;                                                                                   \
    hd_trapcode trap = hd_##id((x), (y), &value);                                                  \
    if (HD_UNLIKELY(trap != HD_TRAP_NONE)) LEAVE(trap);                                            \
    RESULT_##R(PC->d, value);                                                                      \
    NEXT(units)
#define DO_BRANCH(condition, units)                                                                \
    if (condition) BRANCH();                                                                       \
    NEXT(units)

#define UN_FORMS(DO, id, A, R)                                                                     \
    OP(id##_s) {                                                                                   \
        DO(id, R, CELL_##A(PC->a));                                                                \
    }                                                                                              \
    OP(id##_r) {                                                                                   \
        DO(id, R, ACC_##A);                                                                        \
    }
#define BIN_FORMS(DO, id, A, R)                                                                    \
    OP(id##_ss) {                                                                                  \
        DO(id, R, CELL_##A(PC->a), CELL_##A(PC->b), 1);                                            \
    }                                                                                              \
    OP(id##_rs) {                                                                                  \
        DO(id, R, ACC_##A, CELL_##A(PC->b), 1);                                                    \
    }                                                                                              \
    OP(id##_sr) {                                                                                  \
        DO(id, R, CELL_##A(PC->a), ACC_##A, 1);                                                    \
    }                                                                                              \
    OP(id##_si) {                                                                                  \
        DO(id, R, CELL_##A(PC->a), CONST_##A, UNITS_##A);                                          \
    }                                                                                              \
    OP(id##_ri) {                                                                                  \
        DO(id, R, ACC_##A, CONST_##A, UNITS_##A);                                                  \
    }
#define TEST_BRANCHES(prefix, truth, id, A)                                                        \
    OP(prefix##_##id##_s) {                                                                        \
        DO_BRANCH((hd_##id(CELL_##A(PC->a)) != 0) == truth, 1);                                    \
    }                                                                                              \
    OP(prefix##_##id##_r) {                                                                        \
        DO_BRANCH((hd_##id(ACC_##A) != 0) == truth, 1);                                            \
    }
#define CMP_BRANCHES(prefix, truth, id, A)                                                         \
    OP(prefix##_##id##_ss) {                                                                       \
        DO_BRANCH((hd_##id(CELL_##A(PC->d), CELL_##A(PC->a)) != 0) == truth, 1);                   \
    }                                                                                              \
    OP(prefix##_##id##_rs) {                                                                       \
        DO_BRANCH((hd_##id(ACC_##A, CELL_##A(PC->a)) != 0) == truth, 1);                           \
    }                                                                                              \
    OP(prefix##_##id##_sr) {                                                                       \
        DO_BRANCH((hd_##id(CELL_##A(PC->d), ACC_##A) != 0) == truth, 1);                           \
    }                                                                                              \
    OP(prefix##_##id##_si) {                                                                       \
        DO_BRANCH((hd_##id(CELL_##A(PC->a), BRANCH_CONST_##A) != 0) == truth, UNITS_##A);          \
    }                                                                                              \
    OP(prefix##_##id##_ri) {                                                                       \
        DO_BRANCH((hd_##id(ACC_##A, BRANCH_CONST_##A) != 0) == truth, UNITS_##A);                  \
    }

/* Vector instructions of the shapes that scalars have too take their operands from cells only. */
#define SCALAR_UN(id, A, R) UN_FORMS(DO_UN, id, A, R)
#define SCALAR_BIN(id, A, R) BIN_FORMS(DO_BIN, id, A, R)
#define VECTOR_UN(id, R)                                                                           \
    OP(id##_s) {                                                                                   \
        DO_UN(id, R, CELL_v128(PC->a));                                                            \
    }
#define VECTOR_BIN(id, R)                                                                          \
    OP(id##_ss) {                                                                                  \
        DO_BIN(id, R, CELL_v128(PC->a), CELL_v128(PC->b), 1);                                      \
    }
#define UN_i32(id, R) SCALAR_UN(id, i32, R)
#define UN_i64(id, R) SCALAR_UN(id, i64, R)
#define UN_f32(id, R) SCALAR_UN(id, f32, R)
#define UN_f64(id, R) SCALAR_UN(id, f64, R)
#define UN_v128(id, R) VECTOR_UN(id, R)
#define BIN_i32(id, R) SCALAR_BIN(id, i32, R)
#define BIN_i64(id, R) SCALAR_BIN(id, i64, R)
#define BIN_f32(id, R) SCALAR_BIN(id, f32, R)
#define BIN_f64(id, R) SCALAR_BIN(id, f64, R)
#define BIN_v128(id, R) VECTOR_BIN(id, R)

#define HANDLE_CTRL(id, A, R, width)
#define HANDLE_CONST(id, A, R, width)
#define HANDLE_UN(id, A, R, width) UN_##A(id, R)
#define HANDLE_UNTRAP(id, A, R, width) UN_FORMS(DO_UNTRAP, id, A, R)
#define HANDLE_BIN(id, A, R, width) BIN_##A(id, R)
#define HANDLE_BINTRAP(id, A, R, width) BIN_FORMS(DO_BINTRAP, id, A, R)
#define HANDLE_TEST(id, A, R, width)                                                               \
    UN_FORMS(DO_UN, id, A, R) TEST_BRANCHES(t, true, id, A) TEST_BRANCHES(f, false, id, A)
#define HANDLE_CMP(id, A, R, width)                                                                \
    BIN_FORMS(DO_BIN, id, A, R) CMP_BRANCHES(t, true, id, A) CMP_BRANCHES(f, false, id, A)
#define HANDLE_VTERN(id, A, R, width)                                                              \
    OP(id##_s) {                                                                                   \
        RESULT_v128(PC->d, HD_CANONICAL_v128(id, hd_##id(CELL_v128(PC->a), CELL_v128(PC->b),       \
                                                         CELL_v128(PC->c))));                      \
        NEXT(1);                                                                                   \
    }
#define HANDLE_VSHIFT(id, A, R, width)                                                             \
    OP(id##_s) {                                                                                   \
        RESULT_v128(PC->d, hd_##id(CELL_v128(PC->a), CELL_i32(PC->b)));                            \
        NEXT(1);                                                                                   \
    }
#define HANDLE_VSPLAT(id, A, R, width)                                                             \
    OP(id##_s) {                                                                                   \
        RESULT_v128(PC->d, hd_##id(CELL_##A(PC->a)));                                              \
        NEXT(1);                                                                                   \
    }
#define HANDLE_VEXTRACT(id, A, R, width)                                                           \
    OP(id##_s) {                                                                                   \
        RESULT_##R(PC->d, hd_##id(CELL_v128(PC->a), (unsigned)PC->b));                             \
        NEXT(1);                                                                                   \
    }
#define HANDLE_VREPLACE(id, A, R, width)                                                           \
    OP(id##_s) {                                                                                   \
        RESULT_v128(PC->d, hd_##id(CELL_v128(PC->a), CELL_##A(PC->b), (unsigned)PC->c));           \
        NEXT(1);                                                                                   \
    }
#define HANDLE_VSHUFFLE(id, A, R, width)                                                           \
    OP(id##_s) {                                                                                   \
        RESULT_v128(PC->d, hd_##id(CELL_v128(PC->a), CELL_v128(PC->b), (const uint8_t *)&PC[1]));  \
        NEXT(2);                                                                                   \
    }
