/* Floating point, double precision: the sun and the four outer planets.
 *
 * Multiplications, additions, a square root and a division per pair of bodies, on operands that
 * live in memory. n is the number of time steps; the checksum is made of the bits of the energy
 * at the end, where a wrong rounding on the way shows. */
#include <stddef.h>

#include "bench.h"

#define BODIES 5
#define DAYS_PER_YEAR 365.24
#define SOLAR_MASS (4 * 3.141592653589793 * 3.141592653589793)

struct body {
    double x, y, z;    /* astronomical units */
    double vx, vy, vz; /* astronomical units a year */
    double mass;
};

static struct body bodies[BODIES];

/* Position and velocity (a day) of the planets at one instant, and their mass in suns. */
static const double planets[BODIES - 1][7] = {
    /* Jupiter */
    {4.84143144246472090e+00, -1.16032004402742839e+00, -1.03622044471123109e-01,
     1.66007664274403694e-03, 7.69901118419740425e-03, -6.90460016972063023e-05,
     9.54791938424326609e-04},
    /* Saturn */
    {8.34336671824457987e+00, 4.12479856412430479e+00, -4.03523417114321381e-01,
     -2.76742510726411863e-03, 4.99852801234917238e-03, 2.30417297573763929e-05,
     2.85885980666130812e-04},
    /* Uranus */
    {1.28943695621391310e+01, -1.51111514016986312e+01, -2.23307578892655734e-01,
     2.96460137564761618e-03, 2.37847173959480950e-03, -2.96589568540237556e-05,
     4.36624404335156298e-05},
    /* Neptune */
    {1.53796971148509165e+01, -2.59193146099879641e+01, 1.79258772950371181e-01,
     2.68067772490389322e-03, 1.62824170038242295e-03, -9.51592254519715870e-05,
     5.15138902046611451e-05},
};

/* Puts the planets in place and gives the sun the opposite of their momentum. */
static void set_up(void) {
    struct body *sun = &bodies[0];
    sun->x = sun->y = sun->z = sun->vx = sun->vy = sun->vz = 0;
    sun->mass = SOLAR_MASS;
    for (size_t i = 1; i < BODIES; i++) {
        const double *planet = planets[i - 1];
        struct body *b = &bodies[i];
        b->x = planet[0];
        b->y = planet[1];
        b->z = planet[2];
        b->vx = planet[3] * DAYS_PER_YEAR;
        b->vy = planet[4] * DAYS_PER_YEAR;
        b->vz = planet[5] * DAYS_PER_YEAR;
        b->mass = planet[6] * SOLAR_MASS;
        sun->vx -= b->vx * b->mass / SOLAR_MASS;
        sun->vy -= b->vy * b->mass / SOLAR_MASS;
        sun->vz -= b->vz * b->mass / SOLAR_MASS;
    }
}

static void attract(struct body *a, struct body *b, double dt) {
    double dx = a->x - b->x, dy = a->y - b->y, dz = a->z - b->z;
    double square = dx * dx + dy * dy + dz * dz;
    double pull = dt / (square * __builtin_sqrt(square));
    a->vx -= dx * b->mass * pull;
    a->vy -= dy * b->mass * pull;
    a->vz -= dz * b->mass * pull;
    b->vx += dx * a->mass * pull;
    b->vy += dy * a->mass * pull;
    b->vz += dz * a->mass * pull;
}

static void advance(double dt) {
    for (size_t i = 0; i < BODIES; i++)
        for (size_t j = i + 1; j < BODIES; j++)
            attract(&bodies[i], &bodies[j], dt);
    for (struct body *b = bodies; b < bodies + BODIES; b++) {
        b->x += dt * b->vx;
        b->y += dt * b->vy;
        b->z += dt * b->vz;
    }
}

static double energy(void) {
    double e = 0;
    for (size_t i = 0; i < BODIES; i++) {
        const struct body *a = &bodies[i];
        e += 0.5 * a->mass * (a->vx * a->vx + a->vy * a->vy + a->vz * a->vz);
        for (size_t j = i + 1; j < BODIES; j++) {
            const struct body *b = &bodies[j];
            double dx = a->x - b->x, dy = a->y - b->y, dz = a->z - b->z;
            e -= a->mass * b->mass / __builtin_sqrt(dx * dx + dy * dy + dz * dz);
        }
    }
    return e;
}

int32_t run(int32_t n) {
    set_up();
    for (int32_t i = 0; i < n; i++)
        advance(0.01);
    union {
        double number;
        uint64_t bits;
    } e = {.number = energy()};
    return checksum((uint32_t)(e.bits ^ e.bits >> 32));
}
