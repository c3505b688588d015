/* toolchain.c: see toolchain.h. */
#include "host/toolchain.h"

#include <string.h>

#include "module/instr.h"
#include "runtime/store.h"

static uint32_t find_global(const hd_module *m, const char *name, bool mutable) {
    const hd_export *e = hd_module_export(m, name, strlen(name));
    uint32_t found = e && e->kind == HD_EXTERN_GLOBAL ? e->index : HD_NO_INDEX;
    for (uint32_t i = 0; found == HD_NO_INDEX && i < m->global_count; i++)
        if (hd_name_is(m->globals[i].name, name)) found = i;
    if (found == HD_NO_INDEX || m->globals[found].type.type != HD_I32) return HD_NO_INDEX;
    return mutable && !m->globals[found].type.is_mutable ? HD_NO_INDEX : found;
}

static bool has_type(const hd_functype *type, uint32_t params) {
    return type->result_count == 0 && type->param_count == params &&
           (params == 0 || type->params[0] == HD_I32);
}

static uint32_t exported_function(const hd_module *m, const char *name, uint32_t params) {
    const hd_export *e = hd_module_export(m, name, strlen(name));
    if (!e || e->kind != HD_EXTERN_FUNC || !has_type(m->functions[e->index].type, params))
        return HD_NO_INDEX;
    return e->index;
}

static uint32_t find_function(const hd_module *m, const char *name, uint32_t params) {
    uint32_t found = exported_function(m, name, params);
    for (uint32_t i = 0; found == HD_NO_INDEX && i < m->function_count; i++)
        if (hd_name_is(m->functions[i].name, name) && has_type(m->functions[i].type, params))
            found = i;
    return found;
}

void hd_toolchain_find(const hd_module *m, hd_toolchain *t) {
    *t = (hd_toolchain){
        .stack_pointer = find_global(m, "__stack_pointer", true),
        .tls_base = find_global(m, "__tls_base", true),
        .tls_size = find_global(m, "__tls_size", false),
        .tls_align = find_global(m, "__tls_align", false),
        .init_tls = find_function(m, "__wasm_init_tls", 1),
        .initialize = exported_function(m, "_initialize", 0),
    };
    if (t->initialize == HD_NO_INDEX) t->initialize = exported_function(m, "__wasm_call_ctors", 0);
    for (uint32_t i = 0; i < m->data_count; i++)
        if (m->data[i].mode == HD_SEGMENT_ACTIVE && m->memories[m->data[i].memory].shared &&
            m->data[i].length > 0)
            t->active_data = true;
}

/* Data: segments, and the start function. */

/* A constant expression of one i32.const. */
static bool constant_offset(const hd_module *m, hd_expr expr, uint32_t *value) {
    hd_diag ignored = HD_DIAG_INIT;
    hd_reader r = {expr.start, expr.end, m->bytes, &ignored};
    hd_instr in;
    if (!hd_instr_read(&r, HD_FEATURES_ALL, &in) || in.opcode != HD_OP_i32_const) return false;
    *value = (uint32_t)in.bits;
    return hd_instr_read(&r, HD_FEATURES_ALL, &in) && in.opcode == HD_OP_end;
}

/* The value of an immutable global, which LLD gives as one constant. */
static uint32_t constant(const hd_module *m, uint32_t global, uint32_t otherwise) {
    uint32_t value;
    if (global == HD_NO_INDEX || m->globals[global].type.is_mutable || global < m->imported_globals ||
        !constant_offset(m, m->globals[global].init, &value))
        return otherwise;
    return value;
}

/* `__wasm_init_memory` puts the operands of memory.init and memory.fill as three constants. */
static void data_of_start(const hd_module *m,
                          void (*found)(void *context, uint64_t from, uint64_t to), void *context) {
    hd_diag ignored = HD_DIAG_INIT;
    hd_expr body = m->functions[m->start].body;
    hd_reader r = {body.start, body.end, m->bytes, &ignored};
    uint32_t constants[3];
    unsigned count = 0; /* of constants in a row, as far as it matters */
    hd_instr in;
    while (hd_reader_left(&r) > 0 && hd_instr_read(&r, HD_FEATURES_ALL, &in)) {
        if (in.opcode == HD_OP_i32_const) {
            memmove(constants, constants + 1, 2 * sizeof *constants);
            constants[2] = (uint32_t)in.bits;
            count++;
            continue;
        }
        bool writes = in.opcode == HD_OP_memory_init || in.opcode == HD_OP_memory_fill;
        bool first = in.opcode == HD_OP_memory_init ? in.index2 == 0 : in.index == 0;
        if (writes && first && count >= 3)
            found(context, constants[0], (uint64_t)constants[0] + constants[2]);
        count = 0;
    }
}

void hd_toolchain_data(const hd_module *m, void (*found)(void *context, uint64_t from, uint64_t to),
                       void *context) {
    for (uint32_t i = 0; i < m->data_count; i++) {
        const hd_datadef *def = &m->data[i];
        uint32_t at;
        if (def->mode == HD_SEGMENT_ACTIVE && def->memory == 0 &&
            constant_offset(m, def->offset, &at))
            found(context, at, (uint64_t)at + def->length);
    }
    if (m->start != HD_NO_START && m->start >= m->imported_functions)
        data_of_start(m, found, context);
}

uint32_t hd_toolchain_tls_size(const hd_toolchain *t, const hd_module *m) {
    return t->init_tls == HD_NO_INDEX ? 0 : constant(m, t->tls_size, 0);
}

enum { STACK_ALIGN = 16, PAGE_MASK = HD_ROOM_ALIGN - 1 };

uint64_t hd_toolchain_room_size(const hd_toolchain *t, const hd_module *m, uint32_t stack) {
    if (t->stack_pointer == HD_NO_INDEX) stack = 0;
    uint64_t size = ((uint64_t)stack + STACK_ALIGN - 1) / STACK_ALIGN * STACK_ALIGN;
    uint64_t tls = hd_toolchain_tls_size(t, m), align = constant(m, t->tls_align, 1);
    if (tls > 0) size += tls + (align > STACK_ALIGN && align <= HD_ROOM_ALIGN ? align : 0);
    return (size + PAGE_MASK) & ~(uint64_t)PAGE_MASK;
}

/* The stack grows down, towards the beginning of the room: what overflows it leaves the room. */
hd_agent_room hd_toolchain_room(const hd_toolchain *t, const hd_module *m, uint32_t at,
                                uint32_t stack) {
    hd_agent_room room = {0};
    uint32_t align = constant(m, t->tls_align, 1);
    if (align < STACK_ALIGN || align > HD_ROOM_ALIGN || (align & (align - 1))) align = STACK_ALIGN;
    uint32_t end = at;
    if (t->stack_pointer != HD_NO_INDEX && stack > 0) {
        room.stack_low = at;
        end = room.stack_high = at + (stack + STACK_ALIGN - 1) / STACK_ALIGN * STACK_ALIGN;
    }
    if (hd_toolchain_tls_size(t, m) > 0) room.tls = (end + align - 1) & ~(align - 1);
    return room;
}

bool hd_toolchain_has_tls(const hd_toolchain *t, const hd_instance *instance) {
    return t->tls_base != HD_NO_INDEX && instance->globals[t->tls_base]->value[0].i32 != 0;
}

const hd_func *hd_toolchain_enter(const hd_toolchain *t, hd_instance *instance,
                                  const hd_agent_room *room, hd_slot cells[1]) {
    if (room->stack_high) {
        hd_global *pointer = instance->globals[t->stack_pointer];
        hd_global_save(hd_store_get_log(instance->store), pointer);
        pointer->value[0].i64 = room->stack_high;
    }
    if (!room->tls || hd_toolchain_has_tls(t, instance)) return NULL;
    cells[0].i64 = room->tls;
    return instance->funcs[t->init_tls];
}
