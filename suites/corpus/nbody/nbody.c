/* Bodies that attract each other, moved by the symplectic Euler method in 64-bit
   floats: divisions and square roots. Input: steps, bodies, seed. */
#include "bench.h"

enum { MOST = 32 };

typedef struct { double x, y, z, vx, vy, vz, mass; } body_t;

static uint32_t steps, count;
static body_t bodies[MOST];

/* From -1 to 1. */
static double random_coordinate(uint64_t *state) {
    return ((double)random_next(state) - 2147483648.0) / 2147483648.0;
}

void prepare(void) {
    steps = next_number(10000000);
    count = next_number(MOST);
    uint64_t state = random_seed(next_number(UINT32_MAX));
    for (uint32_t i = 0; i < count; i++) {
        body_t *body = &bodies[i];
        body->x = random_coordinate(&state);
        body->y = random_coordinate(&state);
        body->z = random_coordinate(&state);
        body->vx = random_coordinate(&state) / 8;
        body->vy = random_coordinate(&state) / 8;
        body->vz = random_coordinate(&state) / 8;
        body->mass = (1.0 + random_coordinate(&state)) / 16 + 0.001;
    }
}

static void step(double dt) {
    for (uint32_t i = 0; i < count; i++) {
        body_t *a = &bodies[i];
        for (uint32_t j = i + 1; j < count; j++) {
            body_t *b = &bodies[j];
            double dx = a->x - b->x, dy = a->y - b->y, dz = a->z - b->z;
            /* Softened, so that a close encounter does not throw both away. */
            double square = dx * dx + dy * dy + dz * dz + 0.0625;
            double pull = dt / (square * __builtin_sqrt(square));
            a->vx -= dx * (b->mass * pull);
            a->vy -= dy * (b->mass * pull);
            a->vz -= dz * (b->mass * pull);
            b->vx += dx * (a->mass * pull);
            b->vy += dy * (a->mass * pull);
            b->vz += dz * (a->mass * pull);
        }
    }
    for (uint32_t i = 0; i < count; i++) {
        body_t *body = &bodies[i];
        body->x += dt * body->vx;
        body->y += dt * body->vy;
        body->z += dt * body->vz;
    }
}

void work(void) {
    for (uint32_t i = 0; i < steps; i++) step(0.0078125);
}

void answer(void) {
    for (uint32_t i = 0; i < count; i++) {
        print_hex(bits_f64(bodies[i].x), 16);
        print(" ");
        print_hex(bits_f64(bodies[i].y), 16);
        print(" ");
        print_hex(bits_f64(bodies[i].z), 16);
        print("\n");
    }
}
