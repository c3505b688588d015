/* Each agent adds up its part of an array and clears it. Bug: the parts overlap by one element,
 * which two agents may both add. */
#include "runtime.h"

enum { PART = 5 };
static volatile int array[AGENTS * PART + 1];
static lock guard;
static int total;

static void worker(int number) {
    int sum = 0;
    for (int i = number * PART; i <= (number + 1) * PART; i++) {
        int value = array[i];
        if (value == 0) continue;
        sum += value;
        array[i] = 0;
    }
    acquire(&guard);
    total += sum;
    release(&guard);
}

void program(void) {
    int wanted = 0;
    for (int i = 0; i <= AGENTS * PART; i++) {
        array[i] = i + 1;
        wanted += i + 1;
    }
    run_all(worker);
    CHECK(total == wanted);
}
