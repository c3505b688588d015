/* race_options.c: the options for races. */
#include "cli/race_options.h"

#include <string.h>

#include "base/alloc.h"
#include "cli/input.h"

static const char *const modes[] = {"error", "warn", "off"};

#define GIVEN(key) (1u << ((key)-HD_RACES_KEY))

/* The position of a word of `length` bytes, or -1. */
static int find(const char *const *words, size_t count, const char *word, size_t length) {
    for (size_t i = 0; i < count; i++)
        if (strlen(words[i]) == length && memcmp(words[i], word, length) == 0) return (int)i;
    return -1;
}

/* The position of an option's value among two or three words; -1 after an hd_usage_error. */
static int choose(const hd_subcommand *self, const char *option, const char *value,
                  const char *const *words, size_t count) {
    int found = find(words, count, value, strlen(value));
    if (found >= 0) return found;
    hd_usage_error(self, "--%s: '%s' is none of %s, %s%s%s", option, value, words[0], words[1],
                   count > 2 ? ", " : "", count > 2 ? words[2] : "");
    return -1;
}

static bool show(const hd_subcommand *self, hd_race_choice *c, const char *value) {
    static const char *const words[] = {"suppressed", "fenced"};
    for (const char *word = value;; word++) {
        size_t length = strcspn(word, ",");
        int found = find(words, 2, word, length);
        if (found == 0) c->show_suppressed = true;
        if (found == 1) c->show_fenced = true;
        if (found < 0) {
            hd_usage_error(self, "--races-show: '%.*s' is none of suppressed, fenced", (int)length,
                           word);
            return false;
        }
        word += length;
        if (!*word) return true;
    }
}

static bool suppress(const hd_subcommand *self, hd_race_choice *c, const char *value) {
    hd_diag diag = HD_DIAG_INIT;
    if (hd_suppressions_add(&c->suppressions, value, &diag) == HD_OK) return true;
    hd_usage_error(self, "--suppress: %s", diag.message);
    return false;
}

static bool suppress_file(const hd_subcommand *self, hd_race_choice *c, const char *path) {
    hd_diag diag = HD_DIAG_INIT;
    hd_input input;
    if (hd_input_read(path, &input, &diag) == HD_OK) {
        hd_suppressions_read(&c->suppressions, input.bytes, input.length, &diag);
        hd_free(input.bytes);
    }
    if (diag.status == HD_OK) return true;
    hd_usage_error(self, "--suppress-file: %s: %s", path, diag.message);
    return false;
}

bool hd_race_option(const hd_subcommand *self, hd_race_choice *c, int key, const char *value,
                    bool *taken) {
    static const char *const models[] = {"default", "strict"};
    static const char *const grades[] = {"error", "note"};
    int found;
    *taken = key >= HD_RACES_KEY && key <= HD_SUPPRESS_FILE_KEY;
    if (!*taken) return true;
    c->given |= GIVEN(key);
    switch (key) {
    case HD_RACES_KEY:
        found = choose(self, "races", value, modes, 3);
        if (found >= 0) c->mode = (hd_race_mode)found;
        return found >= 0;
    case HD_RACE_MODEL_KEY:
        found = choose(self, "race-model", value, models, 2);
        c->strict = found == 1;
        return found >= 0;
    case HD_RACES_FAIL_ON_KEY:
        found = choose(self, "races-fail-on", value, grades, 2);
        c->fail_on_notes = found == 1;
        return found >= 0;
    case HD_RACES_SHOW_KEY: return show(self, c, value);
    case HD_SUPPRESS_KEY: return suppress(self, c, value);
    default: return suppress_file(self, c, value);
    }
}

bool hd_race_choice_override(hd_race_choice *c, hd_race_choice *by) {
    if (by->given & GIVEN(HD_RACES_KEY)) c->mode = by->mode;
    if (by->given & GIVEN(HD_RACE_MODEL_KEY)) c->strict = by->strict;
    if (by->given & GIVEN(HD_RACES_FAIL_ON_KEY)) c->fail_on_notes = by->fail_on_notes;
    c->show_suppressed = c->show_suppressed || by->show_suppressed;
    c->show_fenced = c->show_fenced || by->show_fenced;
    while (by->suppressions.list.len > 0) {
        if (!hd_vec_push(&c->suppressions.list, by->suppressions.list.items[0])) return false;
        by->suppressions.list.items[0] = by->suppressions.list.items[--by->suppressions.list.len];
    }
    return true;
}

hd_status hd_race_choice_prepare(hd_race_choice *c, hd_diag *diag) {
    if (c->mode == HD_RACES_OFF || c->library.list.len > 0) return HD_OK;
    return hd_suppressions_add_wasi_libc(&c->library, diag);
}

void hd_race_words(const hd_race_choice *c, hd_words *words) {
    hd_words_add(words, "--races=%s", modes[c->mode]);
    if (c->strict) hd_words_add(words, "--race-model=strict");
    if (c->fail_on_notes) hd_words_add(words, "--races-fail-on=note");
    if (c->show_suppressed) hd_words_add(words, "--races-show=suppressed");
    if (c->show_fenced) hd_words_add(words, "--races-show=fenced");
    for (size_t i = 0; i < c->suppressions.list.len; i++)
        hd_words_add(words, "--suppress=%s", c->suppressions.list.items[i].text);
}

hd_race_detector *hd_race_choice_detector(const hd_race_choice *c) {
    hd_race_options options = {.strict = c->strict,
                               .suppressions = &c->suppressions,
                               .library = &c->library,
                               .show_suppressed = c->show_suppressed,
                               .show_fenced = c->show_fenced};
    return hd_race_detector_new(&options);
}

const hd_race_report *hd_race_choice_failure(const hd_race_choice *c, const hd_race_detector *d) {
    for (size_t i = 0; c->mode == HD_RACES_ERROR && i < hd_race_count(d); i++) {
        const hd_race_report *report = hd_race_get(d, i);
        if (report->grade == HD_RACE_ERROR || (report->grade == HD_RACE_NOTE && c->fail_on_notes))
            return report;
    }
    return NULL;
}

void hd_race_choice_free(hd_race_choice *c) {
    hd_suppressions_free(&c->suppressions);
    hd_suppressions_free(&c->library);
}
