/* Deposit and withdrawal, each under the lock, but the withdrawal looks at the balance before it.
 */
#include "more.h"

static mutex guard = MUTEX;
static volatile int balance = 10;

static void *run(void *number) {
    if ((size_t)number == 0) {
        lock(&guard);
        balance += 5;
        unlock(&guard);
        return NULL;
    }
    if (balance >= 10) {
        lock(&guard);
        balance -= 10;
        CHECK(balance >= 0);
        unlock(&guard);
    }
    return NULL;
}

int main(void) {
    run_all(run, 3);
    return 0;
}
