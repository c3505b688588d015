/* utf8.h: UTF-8, and text of any origin as text that a terminal may see. */
#ifndef HD_BASE_UTF8_H
#define HD_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of the character that begins at `bytes`, of which `left` are there, at least one; or 0 if
 * it is not UTF-8: truncated, overlong, a surrogate or beyond U+10FFFF. `*code` (may be NULL)
 * receives the character. */
size_t hd_utf8_decode(const char *bytes, size_t left, uint32_t *code);

/* True if a text is UTF-8, all of it. */
bool hd_utf8_is_valid(const char *bytes, size_t length);

/* True for characters that a terminal obeys instead of showing them: control characters (C0, DEL
 * and C1), those that change the direction of text, and the separators of lines and paragraphs. */
bool hd_is_control(uint32_t code);

/* The most bytes that a byte of a text takes when it is escaped: U+061C, of two, is `\u{61c}`. */
enum { HD_ESCAPE_MOST = 4 };

/* Writes the first character of a text as hd_escape does, without a NUL, and returns its bytes;
 * `*length` receives how many bytes of the text it takes. */
enum { HD_ESCAPE_ROOM = 12 };
size_t hd_escape_next(char to[HD_ESCAPE_ROOM], const char *bytes, size_t left, size_t *length);

/* Writes a text, which may hold any bytes, so that it can be shown: a control character becomes
 * `\1b` or `\u{202e}`, a byte that is not UTF-8 `\ff`, as in module text. Nothing else is changed,
 * so what is escaped already stays as it is. Cuts it to `size` bytes with the NUL at the end,
 * between two characters; `size` is at least 1. Returns the bytes written, without the NUL. */
size_t hd_escape(char *to, size_t size, const char *bytes, size_t length);

#endif
