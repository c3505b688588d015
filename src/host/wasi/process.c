/* process.c: arguments, environment, clocks, chance, and the end of the program. */
#include <string.h>

#include "host/wasi/guest.h"

static hd_wasi_errno put_sizes(hd_wasi_call *call, const hd_slot *arguments,
                               const hd_wasi_strings *strings) {
    hd_wasi_errno error = hd_guest_put_u32(call, arguments[0].i32, strings->count);
    return error ? error : hd_guest_put_u32(call, arguments[1].i32, strings->length);
}

/* Writes pointers to the strings, and the strings. */
static hd_wasi_errno put_strings(hd_wasi_call *call, const hd_slot *arguments,
                                 const hd_wasi_strings *strings) {
    uint32_t pointers = arguments[0].i32, buffer = arguments[1].i32, offset = 0;
    hd_wasi_errno error = hd_guest_check(call, pointers, UINT64_C(4) * strings->count, 4);
    if (!error) error = hd_guest_write(call, buffer, strings->bytes, strings->length, 1);
    for (uint32_t i = 0; !error && i < strings->count; i++) {
        error = hd_guest_put_u32(call, pointers + 4 * i, buffer + offset);
        offset += (uint32_t)strlen(strings->bytes + offset) + 1;
    }
    return error;
}

hd_wasi_errno hd_wasi_do_args_sizes_get(hd_wasi_call *call, const hd_slot *arguments) {
    return put_sizes(call, arguments, &call->wasi->arguments);
}

hd_wasi_errno hd_wasi_do_args_get(hd_wasi_call *call, const hd_slot *arguments) {
    return put_strings(call, arguments, &call->wasi->arguments);
}

hd_wasi_errno hd_wasi_do_environ_sizes_get(hd_wasi_call *call, const hd_slot *arguments) {
    return put_sizes(call, arguments, &call->wasi->environment);
}

hd_wasi_errno hd_wasi_do_environ_get(hd_wasi_call *call, const hd_slot *arguments) {
    return put_strings(call, arguments, &call->wasi->environment);
}

/* `clockid` has the order of hd_clock. */
static bool is_clock(uint32_t id) {
    _Static_assert(HD_CLOCK_REALTIME == 0 && HD_CLOCK_THREAD == 3, "clockid");
    return id <= HD_CLOCK_THREAD;
}

hd_wasi_errno hd_wasi_do_clock_res_get(hd_wasi_call *call, const hd_slot *arguments) {
    const hd_outside *outside = call->outside;
    if (!is_clock(arguments[0].i32)) return HD_WASI_INVAL;
    uint64_t resolution = outside->resolution(outside->context, (hd_clock)arguments[0].i32);
    return hd_guest_put_u64(call, arguments[1].i32, resolution);
}

/* The precision that the module would be content with, arguments[1], makes no difference. */
hd_wasi_errno hd_wasi_do_clock_time_get(hd_wasi_call *call, const hd_slot *arguments) {
    const hd_outside *outside = call->outside;
    if (!is_clock(arguments[0].i32)) return HD_WASI_INVAL;
    uint64_t time = outside->now(outside->context, call->agent, (hd_clock)arguments[0].i32);
    return hd_guest_put_u64(call, arguments[2].i32, time);
}

hd_wasi_errno hd_wasi_do_random_get(hd_wasi_call *call, const hd_slot *arguments) {
    enum { PARTS_BETWEEN_STOPS = 256 };
    uint8_t part[4096];
    uint32_t address = arguments[0].i32, left = arguments[1].i32;
    hd_wasi_errno error = hd_guest_check(call, address, left, 1);
    for (unsigned n = 1; !error && left > 0; n++) {
        uint32_t size = left < sizeof part ? left : (uint32_t)sizeof part;
        call->outside->random(call->outside->context, call->agent, part, size);
        error = hd_guest_write(call, address, part, size, 1);
        address += size;
        left -= size;
        if (!error && n % PARTS_BETWEEN_STOPS == 0) error = hd_wasi_go_on(call);
    }
    return error;
}

hd_wasi_errno hd_wasi_do_sched_yield(hd_wasi_call *call, const hd_slot *arguments) {
    (void)arguments;
    call->outside->yield(call->outside->context, call->agent);
    return HD_WASI_SUCCESS;
}

hd_wasi_errno hd_wasi_do_proc_exit(hd_wasi_call *call, const hd_slot *arguments) {
    uint32_t status = arguments[0].i32;
    int64_t none = -1;
    atomic_compare_exchange_strong(&call->wasi->status, &none, (int64_t)status);
    hd_diag_set(call->diag, HD_EXITED, "exit status %u", status);
    return HD_WASI_TRAPPED;
}

/* There are no signals; the signal NONE asks for nothing. */
hd_wasi_errno hd_wasi_do_proc_raise(hd_wasi_call *call, const hd_slot *arguments) {
    (void)call;
    uint32_t signal = arguments[0].i32;
    if (signal > HD_SIGNAL_LAST) return HD_WASI_INVAL;
    return signal == 0 ? HD_WASI_SUCCESS : HD_WASI_NOTSUP;
}
