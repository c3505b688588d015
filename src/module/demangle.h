/* demangle.h: names of C++ and Rust as their source has them.
 *
 * Compilers encode scope and types into names: by the C++ ABI for Itanium (section 5.1), and for
 * Rust by that too, or by RFC 2603. LLD decodes C++'s in the name section unless it is told not
 * to, and rustc tells it. */
#ifndef HD_MODULE_DEMANGLE_H
#define HD_MODULE_DEMANGLE_H

#include <stdbool.h>
#include <stddef.h>

/* Writes what a name of `length` bytes, which may hold anything, stands for as text that ends with
 * 0; hashes of Rust are left out. False, and an empty text, if the name is not mangled, or stands for
 * more than the buffer's `size` (at least 1), or Heddle was built without a demangler. Any thread. */
bool hd_demangle(const char *name, size_t length, char *buffer, size_t size);

/* True if Heddle was built with a demangler. */
bool hd_demangle_available(void);

#endif
