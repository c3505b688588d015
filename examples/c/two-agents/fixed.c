/* The library of broken.c, which each agent calls on a stack of its own: see fixed.s, and README.md. */

#include "broken.c"

enum { AGENTS = 2, STACK = 1024 };

_Alignas(16) unsigned char stacks[AGENTS][STACK];
