/* suites.h: the suites of the unit tests, one per file test/unit/test_NAME.c.
 *
 * A new file adds a prototype here, a row in main.c and its name in test/local.mk. */
#ifndef HD_TEST_SUITES_H
#define HD_TEST_SUITES_H

#include <check.h>

Suite *base_suite(void);
Suite *output_suite(void);
Suite *module_suite(void);
Suite *source_suite(void);
Suite *text_suite(void);
Suite *code_suite(void);
Suite *numeric_suite(void);
Suite *simd_suite(void);
Suite *runtime_suite(void);
Suite *exec_suite(void);
Suite *agents_suite(void);
Suite *sched_suite(void);
Suite *race_suite(void);
Suite *record_suite(void);
Suite *session_suite(void);
Suite *stuck_suite(void);
Suite *wasi_suite(void);
Suite *program_suite(void);
Suite *outside_suite(void);
Suite *explore_suite(void);
Suite *weak_suite(void);

/* Cases of suites that take more than one file. */
TCase *exec_nan_case(void);

#endif
