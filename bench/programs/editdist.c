/* Dynamic programming: the edit distance (Levenshtein) of two strings of 1000 letters.
 *
 * A table filled row by row, where each cell is the least of three neighbours: loads from two
 * places, minimum, store. n is the number of pairs. */
#include <stddef.h>

#include "bench.h"

#define LENGTH 1000

static char left[LENGTH], right[LENGTH];
static uint32_t row[LENGTH + 1];

static uint32_t least(uint32_t a, uint32_t b) {
    return a < b ? a : b;
}

static uint32_t edit_distance(void) {
    for (size_t j = 0; j <= LENGTH; j++)
        row[j] = (uint32_t)j;
    for (size_t i = 1; i <= LENGTH; i++) {
        uint32_t diagonal = row[0];
        row[0] = (uint32_t)i;
        for (size_t j = 1; j <= LENGTH; j++) {
            uint32_t replace = diagonal + (left[i - 1] != right[j - 1]);
            diagonal = row[j];
            row[j] = least(replace, 1 + least(diagonal, row[j - 1]));
        }
    }
    return row[LENGTH];
}

int32_t run(int32_t n) {
    uint32_t seed = 1, sum = 0;
    for (int32_t i = 0; i < n; i++) {
        for (size_t j = 0; j < LENGTH; j++) {
            left[j] = (char)('a' + random_below(&seed, 4));
            right[j] = (char)('a' + random_below(&seed, 4));
        }
        sum = sum * 31 + edit_distance();
    }
    return checksum(sum);
}
