/* wat.h: modules for tests, written as text. */
#ifndef HD_TEST_WAT_H
#define HD_TEST_WAT_H

#include "exec/agent.h"

/* Loads a module from its text; fails the test when that does not work. Release with hd_module_free. */
hd_module *load_wat(const char *text);

/* A module instantiated in a store of its own, and an agent to call it. */
typedef struct fixture {
    hd_module *module;
    hd_codebase *codebase;
    hd_store *store;
    hd_instance *instance;
    hd_agent *agent;
} fixture;

/* Makes a fixture of a module without imports, and releases it. */
fixture fixture_new(const char *text);
void fixture_free(fixture *f);

/* Instantiates with the exports of another instance as imports, by field name alone (NULL: nothing is found). */
fixture fixture_over(const char *text, const hd_instance *exporter);

/* The function that the fixture exports under a name. */
const hd_func *fixture_func(const fixture *f, const char *name);

/* Calls it with one i32, of which it may make no use, and returns its result as an i32, failing the test on a
 * trap. */
uint32_t fixture_call(const fixture *f, const char *name, uint32_t argument);

#endif
