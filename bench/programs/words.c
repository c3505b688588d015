/* Strings: counting the words of a text.
 *
 * Makes up 64 KiB of text, then splits it, folds the case, and counts each word in a hash table
 * with strings for keys: byte loads and stores, compares, short loops with unpredictable exits. n
 * is the number of texts. */
#include <stddef.h>

#include "bench.h"

#define TEXT (64 * 1024)
#define LONGEST 16 /* bytes of a word, and of the zero after it */
#define SLOTS 4096 /* a power of two, well above the number of different words */

struct entry {
    char word[LONGEST];
    uint32_t count;
};

static char text[TEXT];
static struct entry table[SLOTS];

/* Words of one to three syllables out of eight: 584 different ones, some capitalised, with a stop
 * now and then. */
static void write_text(uint32_t *seed) {
    static const char syllables[8][4] = {"he", "dle", "we", "ft", "war", "sel", "ve", "dge"};
    size_t at = 0;
    while (at < TEXT - LONGEST) {
        size_t start = at;
        for (uint32_t more = 1 + random_below(seed, 3); more > 0; more--)
            for (const char *s = syllables[random_below(seed, 8)]; *s; s++)
                text[at++] = *s;
        uint32_t mood = random_below(seed, 16);
        if (mood < 4) text[start] = (char)(text[start] - 'a' + 'A');
        if (mood == 0) text[at++] = '.';
        text[at++] = mood == 1 ? '\n' : ' ';
    }
    text[at] = '\0';
}

static int is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static int same(const char *a, const char *b) {
    while (*a && *a == *b)
        a++, b++;
    return *a == *b;
}

/* FNV-1a. */
static uint32_t hash(const char *s) {
    uint32_t h = 2166136261u;
    for (; *s; s++)
        h = (h ^ (uint8_t)*s) * 16777619u;
    return h;
}

static void count(const char *word) {
    uint32_t slot = hash(word) & (SLOTS - 1);
    while (table[slot].count && !same(table[slot].word, word))
        slot = (slot + 1) & (SLOTS - 1);
    struct entry *e = &table[slot];
    if (!e->count++) {
        char *to = e->word;
        while ((*to++ = *word++))
            continue;
    }
}

static void count_words(const char *s) {
    while (*s) {
        char word[LONGEST];
        size_t length = 0;
        for (; is_letter(*s); s++)
            word[length++] = (char)(*s | 0x20);
        word[length] = '\0';
        if (length) count(word);
        while (*s && !is_letter(*s))
            s++;
    }
}

int32_t run(int32_t n) {
    uint32_t seed = 1, sum = 0;
    for (size_t i = 0; i < SLOTS; i++)
        table[i].count = 0;
    for (int32_t i = 0; i < n; i++) {
        write_text(&seed);
        count_words(text);
    }
    for (size_t i = 0; i < SLOTS; i++)
        if (table[i].count) sum += hash(table[i].word) * table[i].count;
    return checksum(sum);
}
