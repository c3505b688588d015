/* Indirect calls: objects of five classes, called through tables of functions.
 *
 * What virtual methods of C++ or closures of a functional language compile to: load the class, load
 * the function, call_indirect with its check of the type. The bodies are tiny and the classes come
 * in random order. n is the number of rounds over a thousand objects. */
#include <stddef.h>

#include "bench.h"

#define OBJECTS 1000

struct object;

struct class {
    int32_t (*area)(const struct object *);
    void (*grow)(struct object *, int32_t);
};

struct object {
    const struct class *class;
    int32_t width, height;
};

static int32_t rectangle_area(const struct object *o) {
    return o->width * o->height;
}

static int32_t triangle_area(const struct object *o) {
    return o->width * o->height / 2;
}

static int32_t frame_area(const struct object *o) {
    return 2 * (o->width + o->height) - 4;
}

static int32_t line_area(const struct object *o) {
    return o->width;
}

static int32_t point_area(const struct object *o) {
    (void)o;
    return 1;
}

static void grow_both(struct object *o, int32_t by) {
    o->width = (o->width + by) & 1023;
    o->height = (o->height + by) & 1023;
}

static void grow_width(struct object *o, int32_t by) {
    o->width = (o->width + by) & 1023;
}

static void grow_not(struct object *o, int32_t by) {
    (void)o;
    (void)by;
}

static const struct class classes[] = {
    {.area = rectangle_area, .grow = grow_both}, {.area = triangle_area, .grow = grow_both},
    {.area = frame_area, .grow = grow_both},     {.area = line_area, .grow = grow_width},
    {.area = point_area, .grow = grow_not},
};

static struct object objects[OBJECTS];

static void make_objects(void) {
    uint32_t seed = 1;
    for (size_t i = 0; i < OBJECTS; i++) {
        struct object *o = &objects[i];
        o->class = &classes[random_below(&seed, sizeof classes / sizeof *classes)];
        o->width = (int32_t)random_below(&seed, 1024);
        o->height = (int32_t)random_below(&seed, 1024);
    }
}

int32_t run(int32_t n) {
    uint32_t sum = 0;
    make_objects();
    for (int32_t i = 0; i < n; i++) {
        for (struct object *o = objects; o < objects + OBJECTS; o++) {
            sum += (uint32_t)o->class->area(o);
            o->class->grow(o, i & 15);
        }
    }
    return checksum(sum);
}
