/* Two agents count in one memory, without care. */
static int counter;

__attribute__((noinline)) static void add(int *to, int n) {
    *to += n;
}

__attribute__((export_name("count"))) void count(void) {
    add(&counter, 1);
}

__attribute__((export_name("await"))) int await(void) {
    int result = __builtin_wasm_memory_atomic_wait32(&counter, 0, -1);
    return result + counter;
}
