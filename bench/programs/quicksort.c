/* Sorting: quicksort of 256 Ki random integers, with insertion sort for short ranges.
 *
 * Data-dependent branches, loads and stores through two moving indices, and a little recursion. n
 * is the number of arrays. */
#include "bench.h"

#define COUNT (256 * 1024)
#define SHORT 12

static uint32_t array[COUNT];

/* Sorts array[from] to array[to - 1]. */
static void insertion_sort(int32_t from, int32_t to) {
    for (int32_t i = from + 1; i < to; i++) {
        uint32_t moving = array[i];
        int32_t j = i;
        for (; j > from && array[j - 1] > moving; j--)
            array[j] = array[j - 1];
        array[j] = moving;
    }
}

static uint32_t median(uint32_t a, uint32_t b, uint32_t c) {
    if (a > b) {
        uint32_t t = a;
        a = b, b = t;
    }
    return c < a ? a : c > b ? b : c;
}

static void sort(int32_t from, int32_t to) {
    while (to - from > SHORT) {
        uint32_t pivot = median(array[from], array[from + (to - from) / 2], array[to - 1]);
        int32_t i = from - 1, j = to;
        for (;;) {
            do
                i++;
            while (array[i] < pivot);
            do
                j--;
            while (array[j] > pivot);
            if (i >= j) break;
            uint32_t t = array[i];
            array[i] = array[j];
            array[j] = t;
        }
        /* Recurse into the shorter part, so that the depth stays below log2(COUNT). */
        if (j + 1 - from < to - (j + 1)) {
            sort(from, j + 1);
            from = j + 1;
        } else {
            sort(j + 1, to);
            to = j + 1;
        }
    }
    insertion_sort(from, to);
}

int32_t run(int32_t n) {
    uint32_t seed = 1, sum = 0;
    for (int32_t i = 0; i < n; i++) {
        for (int32_t j = 0; j < COUNT; j++)
            array[j] = next_random(&seed);
        sort(0, COUNT);
        for (int32_t j = 1; j < COUNT; j++) {
            if (array[j - 1] > array[j]) return 0; /* not sorted */
            sum += array[j] ^ (uint32_t)j;
        }
    }
    return checksum(sum);
}
