/* A lock-free stack of nodes that are used again: a node that comes back between the look at its
 * successor and the exchange is taken for the same (ABA), and nodes are lost or found twice. */
#include "more.h"

enum { NODES = 3 };
static atomic_int top = 1;
static atomic_int next[NODES + 1] = {0, 2, 3, 0};
static atomic_int owned[NODES + 1];

static mutex guard = MUTEX;
static int used;

static int pop(void) {
    for (;;) {
        int node = top;
        if (node == 0) return 0;
        int after = next[node];
        if (atomic_compare_exchange_strong(&top, &node, after)) return node;
    }
}

static void push(int node) {
    int old = top;
    do
        next[node] = old;
    while (!atomic_compare_exchange_strong(&top, &old, node));
}

static void own(int node) {
    if (node) CHECK(atomic_fetch_add(&owned[node], 1) == 0);
}

static void give_back(int node) {
    if (!node) return;
    owned[node]--;
    push(node);
}

static void *run(void *number) {
    (void)number;
    int one = pop(), two = pop();
    own(one);
    own(two);
    give_back(one);
    lock(&guard);
    used++;
    unlock(&guard);
    give_back(two);
    return NULL;
}

int main(void) {
    run_all(run, 3);
    return 0;
}
