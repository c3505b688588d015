/* wat.c: modules for tests. */
#include "wat.h"

#include <string.h>

#include <check.h>

#include "base/alloc.h"
#include "text/wat.h"

hd_module *load_wat(const char *text) {
    hd_diag diag = HD_DIAG_INIT;
    unsigned char *wasm;
    size_t length;
    hd_module *module = NULL;
    if (hd_wat_to_wasm(text, strlen(text), 1, 1, &wasm, &length, NULL, &diag) == HD_OK) {
        hd_module_load(wasm, length, &module, &diag);
        hd_free(wasm);
    }
    ck_assert_msg(module != NULL, "%s", diag.message);
    return module;
}

static bool resolve(void *context, const hd_import *import, hd_extern *value) {
    const hd_instance *exporter = context;
    return exporter &&
           hd_instance_export(exporter, import->field.bytes, import->field.length, value);
}

fixture fixture_over(const char *text, const hd_instance *exporter) {
    hd_diag diag = HD_DIAG_INIT;
    fixture f = {.module = load_wat(text)};
    f.codebase = hd_codebase_new(f.module, hd_plain_handlers);
    f.store = hd_store_new(hd_plain_handlers);
    f.agent = hd_agent_new("tester", 0);
    ck_assert(f.codebase && f.store && f.agent);
    hd_instantiate(f.store, f.codebase, resolve, (void *)exporter, &f.instance, &diag);
    ck_assert_msg(diag.status == HD_OK, "%s", diag.message);
    return f;
}

fixture fixture_new(const char *text) {
    return fixture_over(text, NULL);
}

void fixture_free(fixture *f) {
    hd_agent_free(f->agent);
    hd_store_free(f->store);
    hd_codebase_free(f->codebase);
    hd_module_free(f->module);
}

const hd_func *fixture_func(const fixture *f, const char *name) {
    hd_extern value;
    ck_assert_msg(hd_instance_export(f->instance, name, strlen(name), &value), "no %s", name);
    return value.func;
}

uint32_t fixture_call(const fixture *f, const char *name, uint32_t argument) {
    hd_diag diag = HD_DIAG_INIT;
    hd_slot cells[4] = {{.i64 = argument}};
    hd_agent_call(f->agent, fixture_func(f, name), cells, &diag);
    ck_assert_msg(diag.status == HD_OK, "%s: %s", name, diag.message);
    return cells[0].i32;
}
