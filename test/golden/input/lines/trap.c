/* Divides by its argument, in a function that is inlined into another one. */
static int counts[4] = {1, 2, 3, 4};

static inline __attribute__((always_inline)) int divide(int sum, int count) {
    return sum / count;
}

__attribute__((noinline)) static int average(int count) {
    int sum = 0;
    for (int i = 0; i < 4; i++)
        sum += counts[i];
    return divide(sum, count);
}

__attribute__((export_name("average"))) int average_plus_one(int count) {
    counts[count & 3]++;
    return average(count) + 1;
}
