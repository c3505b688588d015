/* program_options.c: see program_options.h. */
#include "cli/program_options.h"

#include <inttypes.h>
#include <string.h>

#include "cli/features.h"

static bool add_directory(const hd_subcommand *self, hd_program_options_cli *o, const char *value) {
    const char *colons = strstr(value, "::");
    size_t length = colons ? (size_t)(colons - value) : strlen(value);
    if (length == 0 || (colons && !colons[2])) {
        hd_usage_error(self, "--dir needs HOST or HOST::GUEST, not '%s'", value);
        return false;
    }
    hd_wasi_preopen preopen = {hd_arena_strndup(&o->arena, value, length),
                               colons ? colons + 2 : value};
    if (preopen.host && hd_vec_push(&o->preopens, preopen)) return true;
    hd_usage_error(self, "out of memory");
    return false;
}

static bool add_variable(const hd_subcommand *self, hd_program_options_cli *o, const char *value) {
    const char *equals = strchr(value, '=');
    if (!equals || equals == value) {
        hd_usage_error(self, "--env needs NAME=VALUE, not '%s'", value);
        return false;
    }
    if (hd_vec_push(&o->environment, value)) return true;
    hd_usage_error(self, "out of memory");
    return false;
}

/* MODULE.NAME, where the module's name has no dot. */
static bool take_spawn_import(const hd_subcommand *self, hd_program_options_cli *o,
                              const char *value) {
    const char *dot = strchr(value, '.');
    if (!dot || dot == value || !dot[1]) {
        hd_usage_error(self, "--spawn-import needs MODULE.NAME, not '%s'", value);
        return false;
    }
    o->spawn.module = hd_arena_strndup(&o->arena, value, (size_t)(dot - value));
    o->spawn.field = dot + 1;
    if (o->spawn.module) return true;
    hd_usage_error(self, "out of memory");
    return false;
}

/* trap or zero, then perhaps `:MODULE` or `:MODULE.NAME`, where the module's name has no dot. */
static bool add_stub_rule(const hd_subcommand *self, hd_program_options_cli *o, const char *value) {
    size_t length = strcspn(value, ":");
    const char *module = value[length] ? value + length + 1 : NULL;
    bool zero = length == 4 && strncmp(value, "zero", 4) == 0;
    if ((!zero && (length != 4 || strncmp(value, "trap", 4) != 0)) || (module && !*module)) {
        hd_usage_error(self,
                       "--stub-imports needs trap or zero, perhaps of :MODULE or :MODULE.NAME, "
                       "not '%s'",
                       value);
        return false;
    }
    hd_stub_rule rule = {.zero = zero, .module = module};
    const char *dot = module ? strchr(module, '.') : NULL;
    if (dot) {
        rule.module = hd_arena_strndup(&o->arena, module, (size_t)(dot - module));
        rule.field = dot + 1;
    }
    if ((!dot || rule.module) && hd_vec_push(&o->stubs, rule)) return true;
    hd_usage_error(self, "out of memory");
    return false;
}

bool hd_program_option(const hd_subcommand *self, hd_program_options_cli *o, int key,
                       const char *value, bool *taken) {
    uint64_t cells;
    *taken = true;
    switch (key) {
    case HD_INVOKE_KEY: o->invoke = value; return true;
    case HD_AGENT_KEY:
        if (hd_vec_push(&o->agents, value)) return true;
        hd_usage_error(self, "out of memory");
        return false;
    case HD_INSTANCES_KEY: return hd_option_count(self, "instances", value, 1, 1000, &o->instances);
    case HD_DIR_KEY: return add_directory(self, o, value);
    case HD_ENV_KEY: return add_variable(self, o, value);
    case HD_STDIN_KEY: o->input = value; return true;
    case HD_SPAWN_IMPORT_KEY: return take_spawn_import(self, o, value);
    case HD_SPAWN_EXPORT_KEY: o->spawn.start = value; return true;
    case HD_AGENTS_KEY:
        return hd_option_count(self, "max-agents", value, 1, 30000, &o->most_agents);
    case HD_AGENT_STACK_KEY:
        return hd_option_count(self, "agent-stack", value, 16, 1 << 30, &o->agent_stack);
    case HD_SHARE_MEMORY_KEY: o->share_memory = true; return true;
    case HD_STUB_IMPORTS_KEY: return add_stub_rule(self, o, value);
    case HD_EXPECT_STATUS_KEY:
        o->expects_status = true;
        return hd_option_count(self, "expect-status", value, 0, 255, &o->expected_status);
    case HD_NO_TLS_KEY: o->no_tls = true; return true;
    case HD_REPORT_TLS_KEY: o->report_tls = true; return true;
    case HD_STACK_KEY:
        if (!hd_option_stack(self, value, &cells)) return false;
        o->stack = cells;
        return true;
    default: *taken = false; return true;
    }
}

int hd_program_options_check(const hd_subcommand *self, hd_program_options_cli *o, char **operands,
                             int count) {
    if (count == 0) return hd_usage_error(self, "a file is needed");
    o->path = operands[0];
    o->arguments = operands + 1;
    o->argument_count = (size_t)count - 1;
    if (o->agents.len > 0 && o->invoke)
        return hd_usage_error(self, "--invoke and --agent exclude each other");
    if (o->agents.len > 0 && count > 1)
        return hd_usage_error(self, "unexpected operand '%s': --agent has its arguments within",
                              operands[1]);
    if (!o->spawn.module != !o->spawn.start)
        return hd_usage_error(self, "--spawn-import and --spawn-export go together");
    if (o->input && strcmp(o->path, "-") == 0)
        return hd_usage_error(self, "--stdin needs a module that is a file");
    return 0;
}

void hd_program_options_words(const hd_program_options_cli *o, hd_words *words) {
    if (o->stack) hd_words_add(words, "--stack=%zu", o->stack);
    hd_features_words(o->features, words);
    if (o->instances != 1) hd_words_add(words, "--instances=%" PRIu64, o->instances);
    if (o->no_tls) hd_words_add(words, "--no-tls");
    if (o->share_memory) hd_words_add(words, "--share-memory");
    for (size_t i = 0; i < o->stubs.len; i++) {
        const hd_stub_rule *r = &o->stubs.items[i];
        hd_words_add(words, "--stub-imports=%s%s%s%s%s", r->zero ? "zero" : "trap",
                     r->module ? ":" : "", r->module ? r->module : "", r->field ? "." : "",
                     r->field ? r->field : "");
    }
    if (o->expects_status) hd_words_add(words, "--expect-status=%" PRIu64, o->expected_status);
    if (o->report_tls) hd_words_add(words, "--report-tls");
    if (o->agent_stack) hd_words_add(words, "--agent-stack=%" PRIu64, o->agent_stack);
    if (o->most_agents) hd_words_add(words, "--max-agents=%" PRIu64, o->most_agents);
    if (o->spawn.module) {
        hd_words_add(words, "--spawn-import=%s.%s", o->spawn.module, o->spawn.field);
        hd_words_add(words, "--spawn-export=%s", o->spawn.start);
    }
    if (o->timeout >= 0) hd_words_add(words, "--timeout=%.9g", (double)o->timeout / 1e9);
    if (o->input) hd_words_add(words, "--stdin=%s", o->input);
    for (size_t i = 0; i < o->environment.len; i++)
        hd_words_add(words, "--env=%s", o->environment.items[i]);
    for (size_t i = 0; i < o->preopens.len; i++)
        hd_words_add(words, "--dir=%s::%s", o->preopens.items[i].host, o->preopens.items[i].guest);
    for (size_t i = 0; i < o->agents.len; i++)
        hd_words_add(words, "--agent=%s", o->agents.items[i]);
    if (o->invoke) hd_words_add(words, "--invoke=%s", o->invoke);
    hd_words_add(words, "--");
    hd_words_add(words, "%s", o->path);
    for (size_t i = 0; i < o->argument_count; i++)
        hd_words_add(words, "%s", o->arguments[i]);
}

void hd_program_options_free(hd_program_options_cli *o) {
    hd_vec_free(&o->agents);
    hd_vec_free(&o->stubs);
    hd_vec_free(&o->environment);
    hd_vec_free(&o->preopens);
    hd_shared_code_free(o->code);
    hd_arena_free(&o->arena);
}
