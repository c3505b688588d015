/* Work on private data, results under locks: each agent makes up words in a buffer of its own,
 * hashes them byte by byte and counts them in one hash table with a lock for each of its sixty-four
 * parts. */
#include "../strategies/runtime.h"

/* -DTIMES=N: as much work. */
enum { SIZE = 30000 * TIMES };

enum { PARTS = 64, SLOTS = 64, LONGEST = 24, WORDS = 1500 };

typedef struct {
    unsigned hash;
    int count;
    unsigned char length;
    char text[LONGEST];
} entry;

static struct {
    lock lock;
    int used;
    entry entries[SLOTS];
} parts[PARTS];

static char buffers[AGENTS][LONGEST + 8];

static unsigned make_word(char *to, unsigned number) {
    unsigned length = 0, state = number * 2654435761u + 12345;
    do {
        to[length++] = (char)('a' + state % 26);
        state = state * 1664525u + 1013904223u;
    } while (length < LONGEST && state >> 28);
    return length;
}

static unsigned hash_of(const char *text, unsigned length) {
    unsigned hash = 2166136261u;
    for (unsigned i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)text[i]) * 16777619u;
    return hash;
}

static bool same(const char *a, const char *b, unsigned length) {
    for (unsigned i = 0; i < length; i++)
        if (a[i] != b[i]) return false;
    return true;
}

static void count(const char *text, unsigned length) {
    unsigned hash = hash_of(text, length), part = hash % PARTS, i = hash / PARTS % SLOTS;
    acquire(&parts[part].lock);
    entry *e = parts[part].entries;
    while (e[i].count &&
           !(e[i].hash == hash && e[i].length == length && same(e[i].text, text, length)))
        i = (i + 1) % SLOTS;
    if (e[i].count++ == 0) {
        parts[part].used++;
        e[i].hash = hash;
        e[i].length = (unsigned char)length;
        for (unsigned k = 0; k < length; k++)
            e[i].text[k] = text[k];
        CHECK(parts[part].used < SLOTS);
    }
    release(&parts[part].lock);
}

static void work(int number) {
    unsigned state = 1 + (unsigned)number;
    for (int i = 0; i < SIZE; i++) {
        state = state * 1664525u + 1013904223u;
        unsigned length = make_word(buffers[number], (state >> 8) % WORDS);
        count(buffers[number], length);
    }
}

void program(void) {
    int sum = 0;
    run_all(work);
    for (int p = 0; p < PARTS; p++)
        for (int i = 0; i < SLOTS; i++)
            sum += parts[p].entries[i].count;
    CHECK(sum == AGENTS * SIZE);
}
