/* One allocator, one lock: agents build, walk and take down binary trees of nodes that come from a
 * free list which all share, and hand some of them to each other in a box under a lock. */
#include "../strategies/runtime.h"

/* -DTIMES=N: as much work. */
enum { SIZE = 60 * TIMES };

enum { NODES = 1 << 15, DEPTH = 8 };

typedef struct node {
    struct node *left, *right;
    int value;
} node;

static node nodes[NODES];
static node *free_nodes;
static lock free_lock, box_lock;
static node *box;
static int total;

/* A chain of so many nodes, linked by `right`. */
static node *take_nodes(int count) {
    acquire(&free_lock);
    node *first = free_nodes, *last = first;
    for (int i = 1; i < count; i++)
        last = last->right;
    free_nodes = last->right;
    release(&free_lock);
    last->right = NULL;
    return first;
}

static void give_back(node *n) {
    acquire(&free_lock);
    n->right = free_nodes;
    free_nodes = n;
    release(&free_lock);
}

static node *build(node **pool, int depth, int value) {
    node *n = *pool;
    *pool = n->right;
    n->value = value;
    n->left = n->right = NULL;
    if (depth > 1) {
        n->left = build(pool, depth - 1, 2 * value);
        n->right = build(pool, depth - 1, 2 * value + 1);
    }
    return n;
}

static int sum(const node *n) {
    return n ? n->value + sum(n->left) + sum(n->right) : 0;
}

static void take_down(node *n) {
    if (!n) return;
    take_down(n->left);
    take_down(n->right);
    give_back(n);
}

static void work(int number) {
    for (int i = 0; i < SIZE; i++) {
        node *pool = take_nodes((1 << DEPTH) - 1), *tree = build(&pool, DEPTH, 1), *other;
        int all = 0;
        for (int k = 0; k < 8; k++)
            all += sum(tree);
        acquire(&box_lock);
        other = box;
        box = tree;
        total += all;
        release(&box_lock);
        if (other) take_down(other);
    }
    (void)number;
}

void program(void) {
    for (int i = 0; i < NODES; i++)
        nodes[i].right = i + 1 < NODES ? &nodes[i + 1] : NULL;
    free_nodes = nodes;
    run_all(work);
    int one = ((1 << DEPTH) - 1) * (1 << DEPTH) / 2;
    CHECK(total == AGENTS * SIZE * 8 * one);
}
