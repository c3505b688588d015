/* scope.h: what one agent of a script knows, and how its commands are run.
 *
 * A scope is used by its agent's thread alone until the cluster has ended. */
#ifndef HD_CLI_SCRIPT_SCOPE_H
#define HD_CLI_SCRIPT_SCOPE_H

#include "cli/script/code.h"
#include "cli/script/match.h"
#include "cli/script/names.h"
#include "cli/script/runner.h"
#include "host/spectest.h"

typedef struct hd_scope {
    const hd_script *script;
    const hd_wast_options *options;
    const char *agent; /* NULL: main */
    const hd_command *commands;
    size_t command_count;

    hd_member *member;
    hd_arena arena;      /* of cells for calls */
    hd_slot *largest;    /* the latest of them, … */
    size_t room;         /* … so many */
    hd_slot no_cells[1]; /* of start functions */
    hd_names instances; /* $name → hd_instance; NULL: its module failed, so that an older module of
                         * the name is not taken for it */
    hd_names definitions; /* $name → hd_codebase; NULL: likewise */
    hd_names registry;    /* name → hd_instance, likewise */
    hd_names threads;     /* $name → hd_member */
    hd_wast_result result;
    uint64_t epoch; /* of the cluster's log in which the scope was saved last */

    /* What follows is saved, to the end. */
    const hd_command *command; /* the present one */
    size_t at;                 /* its number; the next one's, before it is begun */
    bool begun;                /* it is, and what it asked for is under way */
    bool told;                 /* its verdict is recorded */
    bool starting;             /* that is the start function of … */
    hd_codebase *loaded;       /* … the module with this code, … */
    hd_instance *made;         /* … which has this instance, once it is made */
    hd_instance *current;      /* the latest module, or NULL */
    hd_codebase *defined;      /* the latest one that was loaded, or NULL: it failed */
    hd_slot *cells;            /* arguments, later results, of the call */
    hd_member *latest_thread;
    hd_spectest *spectest; /* made when first imported from */
} hd_scope;

/* Makes a scope for commands of a script; NULL when memory is out. */
hd_scope *hd_scope_new(const hd_script *script, const hd_wast_options *options, const char *agent,
                       const hd_command *commands, size_t count);
void hd_scope_free(hd_scope *scope);

/* Saves a scope, once it has a member, before it is changed; nothing without a log. */
void hd_scope_save(hd_scope *scope);

/* The body of a member whose context is a scope: its commands, one after the other. */
extern const hd_body hd_scope_body;

/* Names an instance, NULL meaning that there is none since its module failed; `name` NULL: only
 * makes it the current one. */
void hd_scope_bind(hd_scope *scope, const char *name, hd_instance *instance);

/* Names a module that was loaded, NULL meaning that it failed; `name` NULL: only makes it the
 * latest. */
void hd_scope_define(hd_scope *scope, const char *name, hd_codebase *module);

/* The module of a name, or the latest for NULL; NULL after reporting a failure. */
hd_codebase *hd_scope_definition(hd_scope *scope, const char *name);

/* Names an instance that is shared with a thread, for the thread and for its parent: what imports
 * from "Name" finds $Name, where nothing is registered under it, as in wasmtime. */
void hd_scope_share(hd_scope *scope, const char *name, hd_instance *instance);

/* The instance of a name, or the current one for NULL; NULL after reporting a failure. */
hd_instance *hd_scope_instance(hd_scope *scope, const char *name);

/* Makes an instance importable as a module of this name. */
void hd_scope_register(hd_scope *scope, hd_text name, hd_instance *instance);

/* Finds imports in the registry, then among the shared modules, then in spectest; an hd_resolver
 * whose context is the scope. */
bool hd_scope_resolve(void *context, const hd_import *import, hd_extern *value);

/* Record the verdict on the present command. All texts are copied. hd_scope_differ records values
 * other than the expected ones, hd_scope_pass_values those that are as expected,
 * hd_scope_chose which one of several results that are allowed came, hd_scope_differ_words another
 * message than the text of the command; hd_scope_note a difference of wording, which is no failure.
 */
void hd_scope_pass(hd_scope *scope);
void hd_scope_pass_values(hd_scope *scope, const char *expected, const char *got);
void hd_scope_chose(hd_scope *scope, const hd_script_value *either, size_t taken);
void hd_scope_unreadable(hd_scope *scope, const char *message);
void hd_scope_skip(hd_scope *scope, const char *format, ...) __attribute__((format(printf, 2, 3)));
void hd_scope_fail(hd_scope *scope, const char *format, ...) __attribute__((format(printf, 2, 3)));
void hd_scope_differ(hd_scope *scope, const char *what, const char *expected, const char *got);
void hd_scope_differ_words(hd_scope *scope, const char *what, const char *got);
void hd_scope_note(hd_scope *scope, const char *what, const char *got);

/* After a command: one that has no verdict is done. */
void hd_scope_done(hd_scope *scope);

/* Adds to the latest failure where the agent's call trapped. */
void hd_scope_add_backtrace(hd_scope *scope);

/* How the commands of a kind are carried out. */
typedef struct hd_command_handler {
    /* Begins a command. True: it needs this step, after which `end` is called; false: it is done.
     */
    bool (*begin)(hd_scope *scope, const hd_command *command, hd_body_step *step);
    /* Carries out a step that is neither a call nor a join; NULL: there are none. */
    void (*perform)(hd_scope *scope, const hd_command *command, hd_diag *diag);
    /* Goes on after a step that ended so; as `begin`. NULL: it is done. */
    bool (*end)(hd_scope *scope, const hd_command *command, const hd_diag *last,
                hd_body_step *step);
} hd_command_handler;

extern const hd_command_handler hd_command_module, hd_command_register, hd_command_action,
    hd_command_return, hd_command_trap, hd_command_exception, hd_command_malformed,
    hd_command_unlinkable, hd_command_uninstantiable, hd_command_thread, hd_command_wait,
    hd_command_unknown;

/* True if the expected text is a prefix of the message, or means what another one means that is. */
bool hd_message_matches(const char *message, hd_text expected);

#endif
