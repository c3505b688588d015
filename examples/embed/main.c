/* main.c: a program with a WebAssembly module inside, which calls a function of the program's:
 *
 *     cc main.c $(pkg-config --cflags --libs heddle) -o embed && ./embed 10 */
#include <heddle.h>
#include <stdlib.h>
#include <string.h>

/* The module in sum.wat: sums the squares that the host computes, and keeps the sum in a global. */
static const uint8_t bytes[] = {
    0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, 0x01, 0x0a, 0x02, 0x60, 0x01, 0x7e, 0x01, 0x7e,
    0x60, 0x01, 0x7e, 0x00, 0x02, 0x0f, 0x01, 0x04, 0x68, 0x6f, 0x73, 0x74, 0x06, 0x73, 0x71, 0x75,
    0x61, 0x72, 0x65, 0x00, 0x00, 0x03, 0x02, 0x01, 0x01, 0x05, 0x03, 0x01, 0x00, 0x01, 0x06, 0x06,
    0x01, 0x7e, 0x01, 0x42, 0x00, 0x0b, 0x07, 0x18, 0x03, 0x06, 0x6d, 0x65, 0x6d, 0x6f, 0x72, 0x79,
    0x02, 0x00, 0x05, 0x74, 0x6f, 0x74, 0x61, 0x6c, 0x03, 0x00, 0x03, 0x73, 0x75, 0x6d, 0x00, 0x01,
    0x0a, 0x1c, 0x01, 0x1a, 0x00, 0x03, 0x40, 0x23, 0x00, 0x20, 0x00, 0x10, 0x00, 0x7c, 0x24, 0x00,
    0x20, 0x00, 0x42, 0x01, 0x7d, 0x22, 0x00, 0x42, 0x00, 0x52, 0x0d, 0x00, 0x0b, 0x0b};

/* host.square, of type (i64) -> (i64): argument and result are in the same cell. It also counts its
 * calls in the caller's memory. */
static hd_trapcode square(hd_agent *agent, void *unused, hd_slot *cells, hd_diag *diag) {
    (void)unused;
    uint64_t length;
    uint8_t *memory = hd_memory_data(hd_instance_memory(hd_agent_caller(agent), 0), &length);
    if (cells[0].i64 > UINT32_MAX) {
        hd_diag_set(diag, HD_TRAP, "%llu is too large", (unsigned long long)cells[0].i64);
        return HD_TRAP_HOST;
    }
    memory[0]++;
    cells[0].i64 *= cells[0].i64;
    return HD_TRAP_NONE;
}

static bool resolve(void *store, const hd_import *import, hd_extern *value) {
    static const hd_valtype i64[] = {HD_I64};
    static const hd_functype type = {1, 1, 1, 1, i64, i64, 0}; /* (i64) -> (i64) */
    *value = (hd_extern){.kind = HD_EXTERN_FUNC};
    value->func = hd_store_host_function(store, "host.square", &type, square, NULL);
    return value->func && import->field.length == strlen("square") &&
           memcmp(import->field.bytes, "square", import->field.length) == 0;
}

static void list_exports(const hd_module *module) {
    size_t count;
    char text[64];
    const hd_export *exports = hd_module_exports(module, &count);
    for (size_t i = 0; i < count; i++) {
        hd_externtype type = hd_module_type(module, exports[i].kind, exports[i].index);
        bool func = type.kind == HD_EXTERN_FUNC;
        printf("%.*s %s\n", (int)exports[i].name.length, exports[i].name.bytes,
               func ? hd_functype_format(type.func, text, sizeof text) : "");
    }
}

int main(int argc, char **argv) {
    hd_diag diag = HD_DIAG_INIT;
    hd_instance *instance;
    hd_extern sum, total;
    hd_slot cells[2] = {{.i64 = argc > 1 ? strtoull(argv[1], NULL, 10) : 10}};
    hd_module *module;
    hd_module_load(bytes, sizeof bytes, &module, &diag);
    hd_cluster *cluster = hd_cluster_new(0);
    hd_member *member = cluster ? hd_cluster_attach(cluster, "main", &diag) : NULL;
    if (!module || !member) return fprintf(stderr, "%s\n", diag.message), 1;
    list_exports(module);
    hd_store *store = hd_member_store(member);
    if (hd_instantiate(store, hd_member_adopt(member, module), resolve, store, &instance, &diag) ==
            HD_OK &&
        hd_instance_export(instance, "sum", strlen("sum"), &sum) &&
        hd_instance_export(instance, "total", strlen("total"), &total) &&
        hd_member_call(member, sum.func, cells, &diag) == HD_OK) {
        hd_global_read(total.global, cells);
        printf("total %llu\n", (unsigned long long)cells[0].i64);
    } else {
        fprintf(stderr, "%s\n", diag.message);
        hd_agent_backtrace_print(hd_member_agent(member), stderr);
    }
    hd_cluster_free(cluster);
    return diag.status != HD_OK;
}
