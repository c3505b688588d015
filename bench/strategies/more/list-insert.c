/* A list with a compare-and-swap for its head. Bug: after a failed one the successor is not set
 * again. */
#include "more.h"

typedef struct node {
    struct node *next;
} node;
static node nodes[4];
static node *_Atomic head;

static void *run(void *number) {
    node *fresh = &nodes[(size_t)number], *old = head;
    fresh->next = old;
    while (!atomic_compare_exchange_strong(&head, &old, fresh)) {
    }
    return NULL;
}

int main(void) {
    run_all(run, 4);
    int length = 0;
    for (node *n = head; n; n = n->next)
        CHECK(++length <= 4);
    CHECK(length == 4);
    return 0;
}
