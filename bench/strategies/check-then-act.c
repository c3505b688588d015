/* A map whose every operation takes its lock. Bug: who finds a key missing puts it in by a second
 * operation, which does not look again. */
#include "runtime.h"

enum { ROOM = 4 * AGENTS };
static struct {
    lock lock;
    int keys[ROOM], values[ROOM], length;
} map;

static int find(int key) {
    int found = -1;
    acquire(&map.lock);
    for (int i = 0; i < map.length; i++) {
        if (map.keys[i] == key) found = map.values[i];
    }
    release(&map.lock);
    return found;
}

static void insert(int key, int value) {
    acquire(&map.lock);
    map.keys[map.length] = key;
    map.values[map.length++] = value;
    release(&map.lock);
}

static void worker(int number) {
    insert(100 + number, number);
    if (find(7) < 0) insert(7, number);
    CHECK(find(100 + number) == number);
}

void program(void) {
    run_all(worker);
    CHECK(map.length == AGENTS + 1);
}
