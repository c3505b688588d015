/* features.c: `--features=LIST`. */
#include "cli/features.h"

#include <stdio.h>
#include <string.h>

typedef struct feature_name {
    const char *name;
    hd_features bits;
} feature_name;

static const feature_name names[] = {
    {"multi-memory", HD_FEATURE_MULTI_MEMORY},
    {"tail-call", HD_FEATURE_TAIL_CALL},
    {"extended-const", HD_FEATURE_EXTENDED_CONST},
    {"exceptions", HD_FEATURE_EXCEPTIONS},
    {"memory64", HD_FEATURE_MEMORY64},
    {"relaxed-simd", HD_FEATURE_RELAXED_SIMD},
    {"acquire-release", HD_FEATURE_ACQUIRE_RELEASE},
    {"function-references", HD_FEATURE_FUNCTION_REFERENCES},
};

static bool is_word(const char *word, size_t length, const char *name) {
    return strlen(name) == length && memcmp(word, name, length) == 0;
}

static bool apply(const char *word, size_t length, hd_features *features) {
    if (is_word(word, length, "all")) return *features = HD_FEATURES_ALL, true;
    if (is_word(word, length, "wasm2")) return *features = HD_FEATURES_NONE, true;
    bool remove = length > 0 && *word == '-';
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (!is_word(word + remove, length - remove, names[i].name)) continue;
        if (remove)
            *features &= ~names[i].bits;
        else
            *features |= names[i].bits;
        return true;
    }
    return false;
}

void hd_features_words(hd_features features, hd_words *words) {
    char list[256] = "wasm2";
    if (features == HD_FEATURES_ALL) return;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        size_t used = strlen(list);
        if (features & names[i].bits)
            snprintf(list + used, sizeof list - used, ",%s", names[i].name);
    }
    hd_words_add(words, "--features=%s", list);
}

bool hd_option_features(const hd_subcommand *self, const char *value, hd_features *features) {
    *features = HD_FEATURES_ALL;
    for (const char *word = value;; word++) {
        size_t length = strcspn(word, ",");
        if (!apply(word, length, features)) {
            hd_usage_error(self, "unknown feature '%.*s'", (int)length, word);
            return false;
        }
        word += length;
        if (!*word) return true;
    }
}
