/* functions.h: which functions of a module are the program's own, and which belong to its C
 * library.
 *
 * By debug information where there is any: the path of the source; otherwise by name. A stripped
 * module has functions of its own only. Never more than a preference: verdicts do not depend on it.
 */
#ifndef HD_SCHED_FUNCTIONS_H
#define HD_SCHED_FUNCTIONS_H

#include "exec/agent.h"

typedef enum hd_function_class {
    HD_FUNCTION_UNKNOWN, /* nobody has asked yet */
    HD_FUNCTION_OWN,     /* of the program */
    HD_FUNCTION_SYNC,    /* of the library: locks, conditions, semaphores for its caller */
    HD_FUNCTION_DATA,    /* of the library: copies, compares or fills its caller's data */
    HD_FUNCTION_LIBRARY, /* of the library, for itself */
} hd_function_class;

/* Classes of the functions of one module; zero-initialized. Those of other modules are own. */
typedef struct hd_functions {
    uint8_t *classes; /* hd_function_class by index */
    uint32_t count;
    bool own_source; /* the program's own functions have debug information */
} hd_functions;

/* The class of a function. Takes the first module it is asked about that has a function of the
 * library. Not thread-safe. */
hd_function_class hd_functions_learn(hd_functions *functions, const hd_func *func);

/* The same of what was learnt, and by name alone for what was not. Any number of threads. */
hd_function_class hd_functions_class(const hd_functions *functions, const hd_func *func);

/* Learns the classes of the functions that an agent is in, as far as they matter to the next one.
 */
void hd_functions_learn_stack(hd_functions *functions, const hd_agent *agent);

/* True if an agent stands in a function of the program, or in one of the library that does
 * something with the caller's locks or data. */
bool hd_functions_is_own(const hd_functions *functions, const hd_agent *agent);

void hd_functions_free(hd_functions *functions);

#endif
