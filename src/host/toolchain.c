/* toolchain.c: see toolchain.h. */
#include "host/toolchain.h"

#include <string.h>

#include "base/reader.h"
#include "runtime/store.h"

static bool is_called(hd_name name, const char *wanted) {
    return name.length == strlen(wanted) && memcmp(name.bytes, wanted, name.length) == 0;
}

static uint32_t find_global(const hd_module *m, const char *name, bool mutable) {
    const hd_export *e = hd_module_export(m, name, strlen(name));
    uint32_t found = e && e->kind == HD_EXTERN_GLOBAL ? e->index : HD_NO_INDEX;
    for (uint32_t i = 0; found == HD_NO_INDEX && i < m->global_count; i++)
        if (is_called(m->globals[i].name, name)) found = i;
    if (found == HD_NO_INDEX || m->globals[found].type.type != HD_I32) return HD_NO_INDEX;
    return mutable && !m->globals[found].type.mutable ? HD_NO_INDEX : found;
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
        if (is_called(m->functions[i].name, name) && has_type(m->functions[i].type, params))
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

/* The value of an immutable global, which LLD gives as one constant. */
static uint32_t constant(const hd_module *m, uint32_t global, uint32_t otherwise) {
    if (global == HD_NO_INDEX || m->globals[global].type.mutable) return otherwise;
    hd_expr init = m->globals[global].init;
    hd_diag ignored = HD_DIAG_INIT;
    hd_reader r = {init.start, init.end, m->bytes, &ignored};
    enum { I32_CONST = 0x41 };
    if (init.start == init.end || hd_read_u8(&r) != I32_CONST) return otherwise;
    int32_t value = hd_read_s32(&r);
    return ignored.status == HD_OK ? (uint32_t)value : otherwise;
}

static uint32_t tls_size(const hd_toolchain *t, const hd_module *m) {
    return t->init_tls == HD_NO_INDEX ? 0 : constant(m, t->tls_size, 0);
}

enum { STACK_ALIGN = 16, PAGE_MASK = HD_ROOM_ALIGN - 1 };

uint64_t hd_toolchain_room_size(const hd_toolchain *t, const hd_module *m, uint32_t stack) {
    if (t->stack_pointer == HD_NO_INDEX) stack = 0;
    uint64_t size = ((uint64_t)stack + STACK_ALIGN - 1) / STACK_ALIGN * STACK_ALIGN;
    uint64_t tls = tls_size(t, m), align = constant(m, t->tls_align, 1);
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
    if (tls_size(t, m) > 0) room.tls = (end + align - 1) & ~(align - 1);
    return room;
}

hd_status hd_toolchain_enter(const hd_toolchain *t, hd_member *member, hd_instance *instance,
                             const hd_agent_room *room, hd_diag *diag) {
    if (room->stack_high) instance->globals[t->stack_pointer]->value[0].i64 = room->stack_high;
    if (!room->tls) return HD_OK;
    if (t->tls_base != HD_NO_INDEX && instance->globals[t->tls_base]->value[0].i32 != 0)
        return HD_OK;
    hd_slot cells[1] = {{.i64 = room->tls}};
    return hd_member_call(member, instance->funcs[t->init_tls], cells, diag);
}
