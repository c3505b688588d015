/* json.c: what the reports in JSON share. */
#include "cli/json.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"

/* The length of the UTF-8 sequence at `bytes` (core specification, section 5.2.4), or 0 if it is
 * none. */
static size_t sequence_length(const unsigned char *bytes, size_t left) {
    static const struct {
        unsigned char first, last, least, most, length;
    } rows[] = {
        {0x00, 0x7F, 0x00, 0x00, 1}, {0xC2, 0xDF, 0x80, 0xBF, 2}, {0xE0, 0xE0, 0xA0, 0xBF, 3},
        {0xE1, 0xEC, 0x80, 0xBF, 3}, {0xED, 0xED, 0x80, 0x9F, 3}, {0xEE, 0xEF, 0x80, 0xBF, 3},
        {0xF0, 0xF0, 0x90, 0xBF, 4}, {0xF1, 0xF3, 0x80, 0xBF, 4}, {0xF4, 0xF4, 0x80, 0x8F, 4},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (bytes[0] < rows[i].first || bytes[0] > rows[i].last) continue;
        if (rows[i].length == 1) return 1;
        if (left < rows[i].length || bytes[1] < rows[i].least || bytes[1] > rows[i].most) return 0;
        for (size_t j = 2; j < rows[i].length; j++)
            if ((bytes[j] & 0xC0) != 0x80) return 0;
        return rows[i].length;
    }
    return 0;
}

void hd_json_text(cJSON *object, const char *member, const char *bytes, size_t length) {
    static const char replacement[] = "\xEF\xBF\xBD";
    char *clean = hd_calloc(3 * length + 1, 1), *out = clean;
    if (!clean) return;
    for (size_t i = 0; i < length;) {
        size_t step = sequence_length((const unsigned char *)bytes + i, length - i);
        bool good = step > 0 && bytes[i];
        memcpy(out, good ? bytes + i : replacement, good ? step : 3);
        out += good ? step : 3;
        i += good ? step : 1;
    }
    cJSON_AddStringToObject(object, member, clean);
    hd_free(clean);
}

void hd_json_diag(cJSON *object, const hd_diag *diag) {
    cJSON_AddStringToObject(object, "error", hd_status_name(diag->status));
    hd_json_text(object, "message", diag->message, strlen(diag->message));
    if (diag->line) {
        cJSON_AddNumberToObject(object, "line", diag->line);
        cJSON_AddNumberToObject(object, "column", diag->column);
    } else if (diag->offset != HD_NO_OFFSET) {
        cJSON_AddNumberToObject(object, "offset", (double)diag->offset);
    }
}

bool hd_json_print(cJSON *value) {
    char *text = cJSON_Print(value);
    cJSON_Delete(value);
    if (!text) {
        fputs("heddle: out of memory\n", stderr);
        return false;
    }
    puts(text);
    cJSON_free(text);
    return true;
}
