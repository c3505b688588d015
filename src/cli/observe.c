/* observe.c: see observe.h. */
#include "cli/observe.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/store.h"

/* Reads a number and the colon behind it. */
static bool read_number(const char **text, uint64_t *number) {
    char *end;
    errno = 0;
    if (!isdigit((unsigned char)**text)) return false;
    *number = strtoull(*text, &end, 0);
    if (errno || *end != ':') return false;
    *text = end + 1;
    return true;
}

static bool read_type(const char *text, hd_observation *o) {
    static const struct {
        const char *name;
        unsigned width;
    } types[] = {{"8", 1}, {"16", 2}, {"32", 4}, {"64", 8}};
    if (*text != 'i' && *text != 'u') return false;
    o->is_signed = *text++ == 'i';
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strcmp(text, types[i].name) == 0) o->width = types[i].width;
    return o->width > 0;
}

bool hd_observe_option(const hd_subcommand *self, hd_observations *list, const char *value) {
    hd_observation o = {.text = value};
    const char *rest = value;
    uint64_t number;
    list->wanted = true;
    if (strcmp(value, "results") == 0) return true;
    bool good = read_number(&rest, &o.address);
    if (good && read_number(&rest, &number)) {
        good = o.address <= UINT32_MAX;
        o.memory = (uint32_t)o.address;
        o.address = number;
    }
    if (!good || !read_type(rest, &o)) {
        hd_usage_error(self,
                       "--observe needs `results`, or [MEMORY:]ADDR:TYPE with a type i8, "
                       "u8, ... u64, not '%s'",
                       value);
        return false;
    }
    if (hd_vec_push(&list->items, o)) return true;
    hd_usage_error(self, "out of memory");
    return false;
}

void hd_observe_free(hd_observations *list) {
    hd_vec_free(&list->items);
}

void hd_observe_words(const hd_observations *list, hd_words *words) {
    if (list->wanted && list->items.len == 0) hd_words_add(words, "--observe=results");
    for (size_t i = 0; i < list->items.len; i++)
        hd_words_add(words, "--observe=%s", list->items.items[i].text);
}

hd_memory *hd_observe_memory(const hd_world *world, uint32_t number) {
    if (hd_world_count(world) == 0) return NULL;
    const hd_member *first = hd_world_view(world, 0).member;
    return first ? hd_store_shared_memory(hd_member_store(first), number) : NULL;
}

/* The value as it stands there, little endian. */
static void print_value(FILE *to, const hd_observation *o, const hd_memory *memory) {
    uint64_t value = 0;
    memcpy(&value, memory->base + o->address, o->width);
    unsigned unused = 64 - 8 * o->width;
    if (o->is_signed)
        fprintf(to, "%" PRId64, (int64_t)(value << unused) >> unused);
    else
        fprintf(to, "%" PRIu64, value);
}

void hd_observe_print(FILE *to, const hd_observations *list, const hd_world *world) {
    for (size_t i = 0; i < list->items.len; i++) {
        const hd_observation *o = &list->items.items[i];
        const hd_memory *memory = hd_observe_memory(world, o->memory);
        uint64_t length = memory ? atomic_load(&memory->length) : 0;
        fprintf(to, "%s = ", o->text);
        if (o->address <= length && o->width <= length - o->address)
            print_value(to, o, memory);
        else
            fputs("nothing", to);
        fputc('\n', to);
    }
}
