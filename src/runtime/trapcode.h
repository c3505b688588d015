/* trapcode.h: why an execution traps, and the specification's words for it. */
#ifndef HD_RUNTIME_TRAPCODE_H
#define HD_RUNTIME_TRAPCODE_H

/* HD_TRAP_ROW(id, message) */
#define HD_TRAPS(HD_TRAP_ROW)                                                                      \
    HD_TRAP_ROW(UNREACHABLE, "unreachable")                                                        \
    HD_TRAP_ROW(DIV_BY_ZERO, "integer divide by zero")                                             \
    HD_TRAP_ROW(INT_OVERFLOW, "integer overflow")                                                  \
    HD_TRAP_ROW(BAD_CONVERSION, "invalid conversion to integer")                                   \
    HD_TRAP_ROW(MEMORY_OOB, "out of bounds memory access")                                         \
    HD_TRAP_ROW(TABLE_OOB, "out of bounds table access")                                           \
    HD_TRAP_ROW(UNDEFINED_ELEMENT, "undefined element")                                            \
    HD_TRAP_ROW(UNINIT_ELEMENT, "uninitialized element")                                           \
    HD_TRAP_ROW(INDIRECT_TYPE, "indirect call type mismatch")                                      \
    HD_TRAP_ROW(UNALIGNED_ATOMIC, "unaligned atomic")                                              \
    HD_TRAP_ROW(EXPECTED_SHARED, "expected shared memory")                                         \
    HD_TRAP_ROW(STACK, "call stack exhausted")                                                     \
    HD_TRAP_ROW(CANNOT_BLOCK, "the main agent may not block")                                      \
    /* Not traps: why the machine was left in the middle of a call. */                             \
    HD_TRAP_ROW(STOPPED, "stopped")                                                                \
    HD_TRAP_ROW(AT_EVENT, "before an event")                                                       \
    HD_TRAP_ROW(BLOCKED, "blocked")                                                                \
    HD_TRAP_ROW(HOST, "host function failed")

typedef enum hd_trapcode {
    HD_TRAP_NONE,
#define HD_TRAP_ROW(id, message) HD_TRAP_##id,
    HD_TRAPS(HD_TRAP_ROW)
#undef HD_TRAP_ROW
} hd_trapcode;

/* The specification's message for a trap; static storage. */
const char *hd_trap_message(hd_trapcode trap);

#endif
