/* Floating point in registers: the Mandelbrot set.
 *
 * A short loop of double-precision arithmetic that touches no memory, and leaves at a point that is
 * hard to predict. n is the side of the square picture in pixels; the checksum counts iterations.
 */
#include "bench.h"

#define ITERATIONS 200

static uint32_t escape_time(double cx, double cy) {
    double x = 0, y = 0;
    uint32_t i = 0;
    while (i < ITERATIONS && x * x + y * y <= 4) {
        double next = x * x - y * y + cx;
        y = 2 * x * y + cy;
        x = next;
        i++;
    }
    return i;
}

int32_t run(int32_t n) {
    uint32_t sum = 0;
    for (int32_t row = 0; row < n; row++)
        for (int32_t column = 0; column < n; column++)
            sum += escape_time(3.0 * column / n - 2.0, 3.0 * row / n - 1.5);
    return checksum(sum);
}
