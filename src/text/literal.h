/* literal.h: numbers of the text format to bits.
 *
 * Section 6.3.1 and 6.3.2 of the core specification (integers, floating-point). */
#ifndef HD_TEXT_LITERAL_H
#define HD_TEXT_LITERAL_H

#include <locale.h>
#include <stddef.h>
#include <stdint.h>

#define HD_LITERAL_PRINTED_MAX 48

typedef enum hd_literal {
    HD_LITERAL_OK,
    HD_LITERAL_SYNTAX, /* not a number of this kind */
    HD_LITERAL_RANGE,  /* a number that does not fit */
    HD_LITERAL_NOMEM,
} hd_literal;

/* Reads an integer of `width` bits (8 to 64), signed or unsigned; stores its two's complement in
 * the low `width` bits. */
hd_literal hd_literal_int(const char *text, size_t length, unsigned width, uint64_t *bits);

/* Reads an integer without a sign that fits in 32 bits: an index, a limit, an offset. */
hd_literal hd_literal_u32(const char *text, size_t length, uint32_t *value);

/* Reads a number of `width` 32 or 64, rounded to nearest, ties to even; inf, nan and nan:0x… too.
 * Stores the bits, zero-extended. */
hd_literal hd_literal_float(const char *text, size_t length, unsigned width, uint64_t *bits);

/* Writes a finite number of `width` 32 or 64 as a hexadecimal literal that stands for its bits and
 * has no digit more than fits. */
void hd_literal_print(uint64_t bits, unsigned width, char text[HD_LITERAL_PRINTED_MAX]);

/* The "C" locale, in which a decimal point is a point whatever the program has chosen; 0 if the
 * host has none. Lives forever. */
locale_t hd_c_locale(void);

#endif
