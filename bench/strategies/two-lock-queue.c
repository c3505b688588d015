/* A queue as a list with a lock for each end. Bug: whether there is an item is looked up before the
 * lock of the head is taken. The first agent puts items in, the others take one each. */
#include "runtime.h"

typedef struct node {
    struct node *_Atomic next;
    int value;
} node;

static node nodes[2 * AGENTS];
static node *head = &nodes[0], *tail = &nodes[0];
static lock head_lock, tail_lock;
static int got[AGENTS];

static void put(node *fresh, int value) {
    fresh->value = value;
    acquire(&tail_lock);
    tail->next = fresh;
    tail = fresh;
    release(&tail_lock);
}

/* An item, or 0 when there is none. */
static int take(void) {
    if (!((node *volatile *)&head)[0]->next) return 0;
    acquire(&head_lock);
    node *first = head->next;
    CHECK(first);
    int value = first->value;
    head = first;
    release(&head_lock);
    return value;
}

static void agent(int number) {
    if (number == 0) {
        for (int i = 1; i < AGENTS - 1; i++)
            put(&nodes[i], i);
    } else {
        got[number] = take();
    }
}

void program(void) {
    run_all(agent);
    for (int i = 1; i < AGENTS; i++) {
        for (int k = 1; k < i; k++)
            CHECK(got[i] == 0 || got[i] != got[k]);
    }
}
