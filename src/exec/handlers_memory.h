/* handlers_memory.h: handlers of loads, stores and atomic accesses. Included by each flavour, with
 *
 *   BEFORE(kind, shared, memory, address, length)         the chance to stop before an event
 *   AFTER(kind, shared, memory, address, length, writes)  the event has happened
 *   FAILED(shared)                                        the event traps: it counts as one
 *   DONE(units, …as AFTER)                                the same, and on to the next operation
 *   SAVE_BYTES(memory, address, length)                   these, in bounds, are about to be written
 *
 * defined; `shared` says whether it is an event at all. The operation is run again from its start
 * after a stop, so nothing may have changed before BEFORE. */

/* An access beyond LEN: perhaps the memory has grown meanwhile (it never shrinks); then once more.
 */
__attribute__((noinline)) OP(check_length) {
    uint64_t length = atomic_load(&AG->memory->length);
    AG->fault_memory = AG->memory;
    if (length == LEN) {
        FAILED(AG->shared);
        TRAP(MEMORY_OOB);
    }
    LEN = length;
    NEXT(0);
}

/* Traps unless the access lies in memory 0. */
#define CHECK_BOUNDS(address_, width_)                                                             \
    if (HD_UNLIKELY((address_) + (width_) > LEN)) {                                                \
        AG->fault = (address_);                                                                    \
        AG->fault_width = (width_);                                                                \
        TAIL_CALL(op_check_length);                                                                \
    }

/* The second unit of an operation: offset and memory. */
#define PAIR_LOW ((uint32_t)PC[1].wide)
#define PAIR_HIGH ((uint32_t)(PC[1].wide >> 32))

/* The same where addresses have 64 bits: the whole of `wide` is the offset. */
#define PLACE_INDEX ((uintptr_t)PC[1].handler)

/* What an operation with a second unit accesses, by whether addresses have 32 bits (PAIR) or 64
 * (WIDE): is it memory 0, which memory is it, and where. */
#define IS_FIRST_PAIR (PAIR_HIGH == 0)
#define IS_FIRST_WIDE (PLACE_INDEX == 0)
#define MEMORY_PAIR (AG->instance->memories[PAIR_HIGH])
#define MEMORY_WIDE (AG->instance->memories[PLACE_INDEX])
#define ADDRESS_PAIR ((uint64_t)CELL_i32(PC->a) + PAIR_LOW)
#define ADDRESS_WIDE hd_wide_address(CELL_i64(PC->a), PC[1].wide)
#define SHARED(mode) (HD_LIKELY(IS_FIRST_##mode) ? AG->shared : MEMORY_##mode->type.shared)

/* Sets `base` to that of the memory that the second unit names, and traps unless the access lies in
 * it. */
#define ANY_MEMORY(mode, base_, address_, width_)                                                  \
    uint8_t *base_ = MEM;                                                                          \
    if (HD_LIKELY(IS_FIRST_##mode)) {                                                              \
        CHECK_BOUNDS(address_, width_);                                                            \
    } else {                                                                                       \
        hd_memory *memory_ = MEMORY_##mode;                                                        \
        base_ = memory_->base;                                                                     \
        if (HD_UNLIKELY((address_) + (width_) > atomic_load(&memory_->length))) {                  \
            AG->fault = (address_);                                                                \
            AG->fault_width = (width_);                                                            \
            AG->fault_memory = memory_;                                                            \
            FAILED(memory_->type.shared);                                                          \
            TRAP(MEMORY_OOB);                                                                      \
        }                                                                                          \
    }

/* Names of the accesses in access.h: by width, and of whole values by type. */
#define ACCESS_1 u8
#define ACCESS_2 u16
#define ACCESS_4 u32
#define ACCESS_8 u64
#define UNSIGNED_1 uint8_t
#define UNSIGNED_2 uint16_t
#define UNSIGNED_4 uint32_t
#define UNSIGNED_8 uint64_t
#define PASTE_(a, b) a##b
#define PASTE(a, b) PASTE_(a, b)
#define ATOMIC(what, width) PASTE(PASTE(PASTE(hd_atomic_, what), _), ACCESS_##width)

/* What a load makes of the bytes at p. */
#define LOAD_i32_load(p) hd_load_u32(p)
#define LOAD_i64_load(p) hd_load_u64(p)
#define LOAD_f32_load(p) hd_load_f32(p)
#define LOAD_f64_load(p) hd_load_f64(p)
#define LOAD_i32_load8_s(p) (uint32_t)(int8_t) hd_load_u8(p)
#define LOAD_i32_load8_u(p) hd_load_u8(p)
#define LOAD_i32_load16_s(p) (uint32_t)(int16_t) hd_load_u16(p)
#define LOAD_i32_load16_u(p) hd_load_u16(p)
#define LOAD_i64_load8_s(p) (uint64_t)(int8_t) hd_load_u8(p)
#define LOAD_i64_load8_u(p) hd_load_u8(p)
#define LOAD_i64_load16_s(p) (uint64_t)(int16_t) hd_load_u16(p)
#define LOAD_i64_load16_u(p) hd_load_u16(p)
#define LOAD_i64_load32_s(p) (uint64_t)(int32_t) hd_load_u32(p)
#define LOAD_i64_load32_u(p) hd_load_u32(p)

#define STORE_i32_store(p, v) hd_store_u32((p), (v))
#define STORE_i64_store(p, v) hd_store_u64((p), (v))
#define STORE_f32_store(p, v) hd_store_f32((p), (v))
#define STORE_f64_store(p, v) hd_store_f64((p), (v))
#define STORE_i32_store8(p, v) hd_store_u8((p), (uint8_t)(v))
#define STORE_i32_store16(p, v) hd_store_u16((p), (uint16_t)(v))
#define STORE_i64_store8(p, v) hd_store_u8((p), (uint8_t)(v))
#define STORE_i64_store16(p, v) hd_store_u16((p), (uint16_t)(v))
#define STORE_i64_store32(p, v) hd_store_u32((p), (uint32_t)(v))

#define EFFECTIVE(address_) ((uint64_t)(uint32_t)(address_) + (uint32_t)PC->imm)

#define LOAD_FORM(form, id, R, width, address_)                                                    \
    OP(id##_##form) {                                                                              \
        uint64_t address = (address_);                                                             \
        bool shared = AG->shared;                                                                  \
        BEFORE(LOAD, shared, AG->memory, address, width);                                          \
        CHECK_BOUNDS(address, width);                                                              \
        RESULT_##R(PC->d, LOAD_##id(MEM + address));                                               \
        DONE(1, LOAD, shared, AG->memory, address, width, false);                                  \
    }
#define LOAD_PLACE_FORM(form, mode, id, R, width)                                                  \
    OP(id##_##form) {                                                                              \
        uint64_t address = ADDRESS_##mode;                                                         \
        BEFORE(LOAD, SHARED(mode), MEMORY_##mode, address, width);                                 \
        ANY_MEMORY(mode, base, address, width);                                                    \
        RESULT_##R(PC->d, LOAD_##id(base + address));                                              \
        PLACE_DONE(mode, LOAD, width, false);                                                      \
    }
#define HANDLE_LOAD(id, A, R, width)                                                               \
    LOAD_FORM(s, id, R, width, EFFECTIVE(CELL_i32(PC->a)))                                         \
    LOAD_FORM(r, id, R, width, EFFECTIVE(ACC_i32))                                                 \
    LOAD_FORM(i, id, R, width, (uint32_t)PC->imm)                                                  \
    LOAD_PLACE_FORM(m, PAIR, id, R, width)                                                         \
    LOAD_PLACE_FORM(w, WIDE, id, R, width)

/* Constants of stores stand in `d`; a float's are never there. */
#define STORE_CONST_i32 ((uint32_t)(int32_t)PC->d)
#define STORE_CONST_i64 ((uint64_t)(int64_t)PC->d)
#define STORE_CONST_f32 0
#define STORE_CONST_f64 0

#define STORE_FORM(form, id, A, width, address_, value)                                            \
    OP(id##_##form) {                                                                              \
        uint64_t address = (address_);                                                             \
        bool shared = AG->shared;                                                                  \
        BEFORE(STORE, shared, AG->memory, address, width);                                         \
        CHECK_BOUNDS(address, width);                                                              \
        SAVE_BYTES(AG->memory, address, width);                                                    \
        STORE_##id(MEM + address, value);                                                          \
        DONE(1, STORE, shared, AG->memory, address, width, true);                                  \
    }
#define STORE_PLACE_FORM(form, mode, id, A, width)                                                 \
    OP(id##_##form) {                                                                              \
        uint64_t address = ADDRESS_##mode;                                                         \
        BEFORE(STORE, SHARED(mode), MEMORY_##mode, address, width);                                \
        ANY_MEMORY(mode, base, address, width);                                                    \
        SAVE_BYTES(MEMORY_##mode, address, width);                                                 \
        STORE_##id(base + address, CELL_##A(PC->d));                                               \
        PLACE_DONE(mode, STORE, width, true);                                                      \
    }
#define HANDLE_STORE(id, A, R, width)                                                              \
    STORE_FORM(ss, id, A, width, EFFECTIVE(CELL_i32(PC->a)), CELL_##A(PC->d))                      \
    STORE_FORM(sr, id, A, width, EFFECTIVE(CELL_i32(PC->a)), ACC_##A)                              \
    STORE_FORM(si, id, A, width, EFFECTIVE(CELL_i32(PC->a)), STORE_CONST_##A)                      \
    STORE_FORM(rs, id, A, width, EFFECTIVE(ACC_i32), CELL_##A(PC->d))                              \
    STORE_FORM(rr, id, A, width, EFFECTIVE(ACC_i32), ACC_##A)                                      \
    STORE_FORM(ri, id, A, width, EFFECTIVE(ACC_i32), STORE_CONST_##A)                              \
    STORE_FORM(is, id, A, width, (uint32_t)PC->imm, CELL_##A(PC->d))                               \
    STORE_FORM(ir, id, A, width, (uint32_t)PC->imm, ACC_##A)                                       \
    STORE_FORM(ii, id, A, width, (uint32_t)PC->imm, STORE_CONST_##A)                               \
    STORE_PLACE_FORM(m, PAIR, id, A, width)                                                        \
    STORE_PLACE_FORM(w, WIDE, id, A, width)

/* Atomic accesses: alignment is checked before bounds, as the reference interpreter does. */
#define CHECK_ALIGNED(address_, width_)                                                            \
    if (HD_UNLIKELY((address_) % (width_) != 0)) {                                                 \
        AG->fault = (address_);                                                                    \
        AG->fault_width = (width_);                                                                \
        TRAP(UNALIGNED_ATOMIC);                                                                    \
    }
#define ATOMIC_PLACE(mode, kind, width)                                                            \
    uint64_t address = ADDRESS_##mode;                                                             \
    CHECK_ALIGNED(address, width);                                                                 \
    BEFORE(kind, SHARED(mode), MEMORY_##mode, address, width);                                     \
    ANY_MEMORY(mode, base, address, width);                                                        \
    uint8_t *place = base + address
#define PLACE_DONE(mode, kind, width, writes)                                                      \
    DONE(2, kind, SHARED(mode), MEMORY_##mode, address, width, writes)

#define ALOAD_FORM(form, mode, id, A, R, width)                                                    \
    OP(id##_##form) {                                                                              \
        ATOMIC_PLACE(mode, ATOMIC_LOAD, width);                                                    \
        RESULT_##R(PC->d, ATOMIC(load, width)(place));                                             \
        PLACE_DONE(mode, ATOMIC_LOAD, width, false);                                               \
    }
#define HANDLE_ALOAD(id, A, R, width)                                                              \
    ALOAD_FORM(s, PAIR, id, A, R, width)                                                           \
    ALOAD_FORM(w, WIDE, id, A, R, width)
#define ASTORE_FORM(form, mode, id, A, R, width)                                                   \
    OP(id##_##form) {                                                                              \
        ATOMIC_PLACE(mode, ATOMIC_STORE, width);                                                   \
        SAVE_BYTES(MEMORY_##mode, address, width);                                                 \
        ATOMIC(store, width)(place, (UNSIGNED_##width)CELL_##A(PC->b));                            \
        PLACE_DONE(mode, ATOMIC_STORE, width, true);                                               \
    }
#define HANDLE_ASTORE(id, A, R, width)                                                             \
    ASTORE_FORM(s, PAIR, id, A, R, width)                                                          \
    ASTORE_FORM(w, WIDE, id, A, R, width)

/* The operation of each read-modify-write instruction, from its name. */
#define RMW_NAMES(op)                                                                              \
    RMW_i32_atomic_rmw_##op = RMW_##op, RMW_i64_atomic_rmw_##op = RMW_##op,                        \
    RMW_i32_atomic_rmw8_##op##_u = RMW_##op, RMW_i32_atomic_rmw16_##op##_u = RMW_##op,             \
    RMW_i64_atomic_rmw8_##op##_u = RMW_##op, RMW_i64_atomic_rmw16_##op##_u = RMW_##op,             \
    RMW_i64_atomic_rmw32_##op##_u = RMW_##op
enum {
    RMW_add,
    RMW_sub,
    RMW_and,
    RMW_or,
    RMW_xor,
    RMW_xchg,
    RMW_NAMES(add),
    RMW_NAMES(sub),
    RMW_NAMES(and),
    RMW_NAMES(or),
    RMW_NAMES(xor),
    RMW_NAMES(xchg),
};

/* Reads, combines, writes; returns the value found. The operation is a constant of the handler. */
#define RMW(operation, width, place, operand)                                                      \
    ((operation) == RMW_add   ? ATOMIC(add, width)(place, operand)                                 \
     : (operation) == RMW_sub ? ATOMIC(sub, width)(place, operand)                                 \
     : (operation) == RMW_and ? ATOMIC(and, width)(place, operand)                                 \
     : (operation) == RMW_or  ? ATOMIC(or, width)(place, operand)                                  \
     : (operation) == RMW_xor ? ATOMIC(xor, width)(place, operand)                                 \
                              : ATOMIC(xchg, width)(place, operand))

#define ARMW_FORM(form, mode, id, A, R, width)                                                     \
    OP(id##_##form) {                                                                              \
        ATOMIC_PLACE(mode, RMW, width);                                                            \
        SAVE_BYTES(MEMORY_##mode, address, width);                                                 \
        UNSIGNED_##width operand = (UNSIGNED_##width)CELL_##A(PC->b);                              \
        RESULT_##R(PC->d, RMW(RMW_##id, width, place, operand));                                   \
        PLACE_DONE(mode, RMW, width, true);                                                        \
    }
#define HANDLE_ARMW(id, A, R, width)                                                               \
    ARMW_FORM(s, PAIR, id, A, R, width)                                                            \
    ARMW_FORM(w, WIDE, id, A, R, width)
/* The expected value of a narrow access is wrapped to its width before it is compared. */
#define ACMPXCHG_FORM(form, mode, id, A, R, width)                                                 \
    OP(id##_##form) {                                                                              \
        ATOMIC_PLACE(mode, CMPXCHG, width);                                                        \
        SAVE_BYTES(MEMORY_##mode, address, width);                                                 \
        UNSIGNED_##width expected = (UNSIGNED_##width)CELL_##A(PC->b);                             \
        UNSIGNED_##width replacement = (UNSIGNED_##width)CELL_##A(PC->c);                          \
        UNSIGNED_##width found = ATOMIC(cmpxchg, width)(place, expected, replacement);             \
        RESULT_##R(PC->d, found);                                                                  \
        PLACE_DONE(mode, CMPXCHG, width, found == expected);                                       \
    }
#define HANDLE_ACMPXCHG(id, A, R, width)                                                           \
    ACMPXCHG_FORM(s, PAIR, id, A, R, width)                                                        \
    ACMPXCHG_FORM(w, WIDE, id, A, R, width)

/* An agent that goes to sleep on its host thread does so within hd_do_wait; one that is controlled
 * leaves the machine, and hd_agent_wake finishes the instruction for it. */
#define WAIT_FORM(form, mode, id, A, R, width)                                                     \
    OP(id##_##form) {                                                                              \
        uint64_t address = ADDRESS_##mode;                                                         \
        BEFORE(WAIT, SHARED(mode), MEMORY_##mode, address, width);                                 \
        hd_trapcode trap = hd_do_wait(AG, PC, FP, MEMORY_##mode, address, width);                  \
        if (HD_UNLIKELY(trap != HD_TRAP_NONE && trap != HD_TRAP_BLOCKED)) {                        \
            FAILED(SHARED(mode));                                                                  \
            LEAVE(trap);                                                                           \
        }                                                                                          \
        AFTER(WAIT, SHARED(mode), MEMORY_##mode, address, width, trap == HD_TRAP_BLOCKED);         \
        if (trap == HD_TRAP_BLOCKED) LEAVE(trap);                                                  \
        R0 = FP[PC->d].i32;                                                                        \
        NEXT(2);                                                                                   \
    }
#define HANDLE_WAIT(id, A, R, width)                                                               \
    WAIT_FORM(s, PAIR, id, A, R, width)                                                            \
    WAIT_FORM(w, WIDE, id, A, R, width)
#define NOTIFY_FORM(form, mode, id, A, R, width)                                                   \
    OP(id##_##form) {                                                                              \
        uint64_t address = ADDRESS_##mode;                                                         \
        BEFORE(NOTIFY, SHARED(mode), MEMORY_##mode, address, width);                               \
        hd_trapcode trap = hd_do_notify(AG, PC, FP, MEMORY_##mode, address);                       \
        if (HD_UNLIKELY(trap != HD_TRAP_NONE)) {                                                   \
            FAILED(SHARED(mode));                                                                  \
            LEAVE(trap);                                                                           \
        }                                                                                          \
        R0 = FP[PC->d].i32;                                                                        \
        PLACE_DONE(mode, NOTIFY, width, R0 != 0);                                                  \
    }
#define HANDLE_NOTIFY(id, A, R, width)                                                             \
    NOTIFY_FORM(s, PAIR, id, A, R, width)                                                          \
    NOTIFY_FORM(w, WIDE, id, A, R, width)
#define HANDLE_FENCE(id, A, R, width)                                                              \
    OP(id##_s) {                                                                                   \
        BEFORE(FENCE, true, NULL, 0, 0);                                                           \
        hd_atomic_fence();                                                                         \
        DONE(1, FENCE, true, NULL, 0, 0, false);                                                   \
    }

/* Vector memory instructions work on a copy of the bytes, moved in accesses of eight bytes at most.
 */
static inline void fetch_bytes(uint8_t *to, const uint8_t *from, unsigned width) {
    uint64_t value;
    switch (width) {
    case 16:
        value = hd_load_u64(from + 8);
        memcpy(to + 8, &value, 8);
        /* fall through */
    case 8: value = hd_load_u64(from); break;
    case 4: value = hd_load_u32(from); break;
    case 2: value = hd_load_u16(from); break;
    default: value = hd_load_u8(from); break;
    }
    memcpy(to, &value, width < 8 ? width : 8);
}

static inline void put_bytes(uint8_t *to, const uint8_t *from, unsigned width) {
    uint64_t value = 0;
    memcpy(&value, from, width < 8 ? width : 8);
    switch (width) {
    case 16:
        hd_store_u64(to, value);
        memcpy(&value, from + 8, 8);
        hd_store_u64(to + 8, value);
        break;
    case 8: hd_store_u64(to, value); break;
    case 4: hd_store_u32(to, (uint32_t)value); break;
    case 2: hd_store_u16(to, (uint16_t)value); break;
    default: hd_store_u8(to, (uint8_t)value); break;
    }
}

#define VECTOR_PLACE(mode, kind, width)                                                            \
    uint64_t address = ADDRESS_##mode;                                                             \
    BEFORE(kind, SHARED(mode), MEMORY_##mode, address, width);                                     \
    ANY_MEMORY(mode, base, address, width);                                                        \
    uint8_t bytes[width]
#define VLOAD_FORM(form, mode, id, A, R, width)                                                    \
    OP(id##_##form) {                                                                              \
        VECTOR_PLACE(mode, LOAD, width);                                                           \
        fetch_bytes(bytes, base + address, width);                                                 \
        RESULT_v128(PC->d, hd_##id(bytes));                                                        \
        PLACE_DONE(mode, LOAD, width, false);                                                      \
    }
#define HANDLE_VLOAD(id, A, R, width)                                                              \
    VLOAD_FORM(s, PAIR, id, A, R, width)                                                           \
    VLOAD_FORM(w, WIDE, id, A, R, width)
#define VSTORE_FORM(form, mode, id, A, R, width)                                                   \
    OP(id##_##form) {                                                                              \
        VECTOR_PLACE(mode, STORE, width);                                                          \
        SAVE_BYTES(MEMORY_##mode, address, width);                                                 \
        memcpy(bytes, &FP[PC->b], width);                                                          \
        put_bytes(base + address, bytes, width);                                                   \
        PLACE_DONE(mode, STORE, width, true);                                                      \
    }
#define HANDLE_VSTORE(id, A, R, width)                                                             \
    VSTORE_FORM(s, PAIR, id, A, R, width)                                                          \
    VSTORE_FORM(w, WIDE, id, A, R, width)
#define VLOADLANE_FORM(form, mode, id, A, R, width)                                                \
    OP(id##_##form) {                                                                              \
        VECTOR_PLACE(mode, LOAD, width);                                                           \
        fetch_bytes(bytes, base + address, width);                                                 \
        RESULT_v128(PC->d, hd_##id(CELL_v128(PC->b), bytes, (unsigned)PC->c));                     \
        PLACE_DONE(mode, LOAD, width, false);                                                      \
    }
#define HANDLE_VLOADLANE(id, A, R, width)                                                          \
    VLOADLANE_FORM(s, PAIR, id, A, R, width)                                                       \
    VLOADLANE_FORM(w, WIDE, id, A, R, width)
#define VSTORELANE_FORM(form, mode, id, A, R, width)                                               \
    OP(id##_##form) {                                                                              \
        VECTOR_PLACE(mode, STORE, width);                                                          \
        SAVE_BYTES(MEMORY_##mode, address, width);                                                 \
        hd_##id(CELL_v128(PC->b), bytes, (unsigned)PC->c);                                         \
        put_bytes(base + address, bytes, width);                                                   \
        PLACE_DONE(mode, STORE, width, true);                                                      \
    }
#define HANDLE_VSTORELANE(id, A, R, width)                                                         \
    VSTORELANE_FORM(s, PAIR, id, A, R, width)                                                      \
    VSTORELANE_FORM(w, WIDE, id, A, R, width)
