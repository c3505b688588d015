/* A library for others to call, which knows nothing of agents: it sorts twelve numbers and returns
 * the median. Two agents of one module call it at the same time. See README.md. */

enum { COUNT = 12 };

__attribute__((noinline)) static void sort(int *numbers) {
    for (int i = 1; i < COUNT; i++) {
        int number = numbers[i], j = i;
        for (; j > 0 && numbers[j - 1] > number; j--)
            numbers[j] = numbers[j - 1];
        numbers[j] = number;
    }
}

/* Sorts numbers that follow from the seed. */
__attribute__((export_name("median"))) int median(int seed) {
    int numbers[COUNT];
    for (int i = 0; i < COUNT; i++)
        numbers[i] = seed + 5 * i % COUNT;
    sort(numbers);
    return numbers[COUNT / 2];
}
