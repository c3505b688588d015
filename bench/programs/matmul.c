/* Floating point, single precision: products of dense matrices.
 *
 * Three nested loops over arrays: address arithmetic, two f32 loads, a multiplication and an
 * addition each time round. n is the number of products. */
#include <stddef.h>

#include "bench.h"

#define ORDER 128

typedef float matrix[ORDER][ORDER];

static matrix state[2], step;

static void multiply(matrix product, matrix a, matrix b) {
    for (size_t i = 0; i < ORDER; i++) {
        for (size_t j = 0; j < ORDER; j++) {
            float sum = 0;
            for (size_t k = 0; k < ORDER; k++)
                sum += a[i][k] * b[k][j];
            product[i][j] = sum;
        }
    }
}

/* Random entries, then every row divided by its sum: products of such matrices neither grow nor
 * vanish. */
static void fill(matrix m, uint32_t *seed) {
    for (size_t i = 0; i < ORDER; i++) {
        float sum = 0;
        for (size_t j = 0; j < ORDER; j++)
            sum += m[i][j] = (float)(1 + random_below(seed, 1000));
        for (size_t j = 0; j < ORDER; j++)
            m[i][j] /= sum;
    }
}

int32_t run(int32_t n) {
    uint32_t seed = 1, sum = 0;
    fill(state[0], &seed);
    fill(step, &seed);
    for (int32_t i = 0; i < n; i++)
        multiply(state[~i & 1], state[i & 1], step);
    for (size_t i = 0; i < ORDER; i++)
        for (size_t j = 0; j < ORDER; j++)
            sum = sum * 31 + (uint32_t)(state[n & 1][i][j] * 1e8f);
    return checksum(sum);
}
