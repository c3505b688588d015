/* json.c: what the reports in JSON share. */
#include "cli/json.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/utf8.h"

void hd_json_text(cJSON *object, const char *member, const char *bytes, size_t length) {
    static const char replacement[] = "\xEF\xBF\xBD";
    char *clean = hd_calloc(3 * length + 1, 1), *out = clean;
    if (!clean) return;
    for (size_t i = 0; i < length;) {
        size_t step = hd_utf8_decode(bytes + i, length - i, NULL);
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

/* Prints JSON, in which control characters that it may hold as they are (C1, and those that change
 * the direction of text) are escaped: they stand in strings only. */
static void print_json(const char *text) {
    for (const char *from = text, *end = text + strlen(text); from < end;) {
        uint32_t code = 0;
        size_t step = hd_utf8_decode(from, (size_t)(end - from), &code);
        if (code >= 0x7F && hd_is_control(code))
            printf("\\u%04x", code);
        else
            fwrite(from, 1, step ? step : 1, stdout);
        from += step ? step : 1;
    }
    putchar('\n');
}

bool hd_json_print(cJSON *value) {
    char *text = hd_alloc_failures() > 0 ? NULL : cJSON_Print(value);
    cJSON_Delete(value);
    if (!text) {
        fputs("heddle: out of memory\n", stderr);
        return false;
    }
    print_json(text);
    cJSON_free(text);
    return true;
}

void hd_json_init(void) {
    static cJSON_Hooks hooks = {hd_alloc, hd_free};
    cJSON_InitHooks(&hooks);
}
