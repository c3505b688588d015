/* trapcode.c: the messages of traps. */
#include "heddle.h"

const char *hd_trap_message(hd_trapcode trap) {
    static const char *const messages[] = {[HD_TRAP_NONE] = "no trap",
#define HD_TRAP_ROW(id, message) [HD_TRAP_##id] = message,
                                           HD_TRAPS(HD_TRAP_ROW)
#undef HD_TRAP_ROW
    };
    return messages[trap];
}
