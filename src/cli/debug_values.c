/* debug_values.c: orders that show what an agent computes with. */
#include <inttypes.h>

#include "cli/debug.h"
#include "cli/message.h"
#include "cli/value.h"
#include "exec/inspect.h"

/* Finds a frame of the agent that the arguments name; false after a message. */
static bool find_frame(hd_debugger *d, char *arguments, hd_frame_view *view) {
    uint32_t agent;
    uint64_t number = 0;
    const char *name = hd_next_word(&arguments), *frame = hd_next_word(&arguments);
    const hd_world *world = hd_session_world(d->session);
    if (!hd_read_agent(d, name, &agent)) return false;
    hd_task_view task = hd_world_view(world, agent);
    bool calls = task.member && task.state != HD_TASK_ENDED && task.state != HD_TASK_JOINING;
    /* Between two calls the latest one has left its frames. */
    if (task.state == HD_TASK_READY && !hd_session_place(d->session, agent)) calls = false;
    if ((frame && !hd_read_whole(frame, &number)) || !calls ||
        !hd_agent_frame(hd_member_agent(task.member), number, view)) {
        hd_debugger_refuse("agent %" PRIu32 " has no frame %" PRIu64, agent, number);
        return false;
    }
    return true;
}

static void print_value(hd_valtype type, const hd_slot *value) {
    char text[HD_VALUE_TEXT];
    printf("%s ", hd_valtype_name(type));
    hd_print_string(stdout, hd_value_text(type, value, text));
    if (type == HD_I32 && value->i32 > 9) printf(" (0x%" PRIx32 ")", value->i32);
    if (type == HD_I64 && value->i64 > 9) printf(" (0x%" PRIx64 ")", value->i64);
    putchar('\n');
}

void hd_order_locals(hd_debugger *d, char *arguments) {
    hd_frame_view view;
    hd_slot value[2];
    if (!find_frame(d, arguments, &view)) return;
    uint32_t parameters = view.func->type->param_count;
    for (uint32_t i = 0; i < view.local_count; i++) {
        hd_valtype type = hd_frame_local(&view, i, value);
        printf("  %" PRIu32 "%s: ", i, i < parameters ? " (parameter)" : "");
        print_value(type, value);
    }
    if (view.local_count == 0) hd_debugger_refuse("it has no locals");
}

void hd_order_globals(hd_debugger *d, char *arguments) {
    hd_frame_view view;
    char name[128];
    if (!find_frame(d, arguments, &view)) return;
    const hd_instance *instance = view.func->instance;
    const hd_module *module = instance->module;
    for (uint32_t i = 0; i < module->global_count; i++) {
        const hd_global *global = instance->globals[i];
        const hd_name *named = &module->globals[i].name;
        printf("  %" PRIu32 "%s%s: ", i, named->length ? " $" : "",
               named->length ? hd_name_format(*named, name, sizeof name) : "");
        print_value(global->type.type, global->value);
    }
    if (module->global_count == 0) hd_debugger_refuse("the module has no globals");
}
