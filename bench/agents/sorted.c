/* Private work, then a meeting: each agent sorts a part of an array in place, on a stack of its own
 * in memory, and all wait for each other under a lock and a condition; then pairs of parts are
 * merged. */
#include "../strategies/runtime.h"

/* -DTIMES=N: as much work. */
enum { SIZE = 20 * TIMES };

enum { PART = 4096, TOTAL = AGENTS * PART };

static unsigned values[TOTAL], merged[TOTAL];
static lock meeting;
static condition all_here;
static int here, round_number;

static void meet(void) {
    acquire(&meeting);
    int now = round_number;
    if (++here == AGENTS) {
        here = 0;
        round_number++;
        signal_all(&all_here);
    }
    while (now == round_number)
        await(&all_here, &meeting);
    release(&meeting);
}

static void sort(unsigned *v, int low, int high) {
    struct {
        int low, high;
    } stack[32];
    volatile int depth = 0; /* in memory, as locals whose address is taken are */
    stack[depth].low = low;
    stack[depth].high = high;
    depth++;
    while (depth > 0) {
        depth--;
        low = stack[depth].low;
        high = stack[depth].high;
        while (low < high) {
            unsigned pivot = v[low + (high - low) / 2];
            int i = low, j = high;
            while (i <= j) {
                while (v[i] < pivot)
                    i++;
                while (v[j] > pivot)
                    j--;
                if (i > j) break;
                unsigned swap = v[i];
                v[i++] = v[j];
                v[j--] = swap;
            }
            bool left = j - low < high - i;
            stack[depth].low = left ? i : low;
            stack[depth].high = left ? high : j;
            depth++;
            if (left)
                high = j;
            else
                low = i;
        }
    }
}

static void merge(const unsigned *a, const unsigned *b, int count, unsigned *to) {
    for (int i = 0, j = 0; i + j < 2 * count;)
        if (j == count || (i < count && a[i] <= b[j]))
            *to++ = a[i++];
        else
            *to++ = b[j++];
}

static void work(int number) {
    unsigned *part = values + number * PART, state = 1 + (unsigned)number;
    for (int i = 0; i < SIZE; i++) {
        for (int k = 0; k < PART; k++)
            part[k] = state = state * 1664525u + 1013904223u;
        sort(part, 0, PART - 1);
        meet();
        if (number % 2 == 0) merge(part, part + PART, PART, merged + number * PART);
        meet();
    }
}

void program(void) {
    run_all(work);
    for (int i = 0; i < TOTAL; i++)
        CHECK(i % (2 * PART) == 0 || merged[i - 1] <= merged[i]);
}
