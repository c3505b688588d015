/* stepper.c: the stepping core. */
#include "debug/stepper.h"

#include "base/vec.h"

struct hd_stepper {
    hd_strategy strategy; /* first: hd_strategy's functions get a pointer to it */
    hd_front *front;
    void *context;
    const hd_world *world;
    HD_VEC(hd_move) moves;
    size_t replayed;   /* moves of an earlier execution that this one has made again */
    hd_strategy *rest; /* decides from now on, if not NULL */
    bool timeout;      /* the move under way is one */
    hd_event between;  /* it is this event, of which the machine does not tell … */
    bool is_between;   /* … if it is such a one */
    bool undone, quit, out_of_memory;
    hd_event last;
    bool any;
    uint32_t last_agent;
    uint64_t last_step;
};

/* Makes the next of the earlier moves again: for as many events as it came to, which are
 * granted again. */
static bool replay(hd_stepper *s, hd_pick *pick) {
    if (s->replayed == s->moves.len) return false;
    const hd_move *m = &s->moves.items[s->replayed];
    *pick = (hd_pick){m->agent, hd_move_events(m)};
    return true;
}

static bool take_back(hd_stepper *s) {
    if (s->moves.len > 0) s->moves.len--;
    s->undone = true;
    return false;
}

static bool decide(hd_stepper *s, const hd_choice *choice, hd_pick *answer) {
    if (s->out_of_memory) return false;
    if (replay(s, answer)) return true;
    if (s->rest) return s->rest->pick(s->rest, choice, answer);
    hd_answer order = {.order = HD_ORDER_QUIT};
    s->front(s->context, s, choice, &order);
    switch (order.order) {
    case HD_ORDER_MOVE: *answer = (hd_pick){order.agent, order.events}; return true;
    case HD_ORDER_UNDO: return take_back(s);
    case HD_ORDER_CONTINUE: s->rest = order.strategy; return s->rest->pick(s->rest, choice, answer);
    default: s->quit = true; return false;
    }
}

static bool pick(hd_strategy *self, const hd_choice *choice, hd_pick *answer) {
    hd_stepper *s = (hd_stepper *)self;
    if (!decide(s, choice, answer)) return false;
    hd_task_view view = hd_world_view(s->world, answer->agent);
    s->timeout = hd_world_is_timed(s->world, answer->agent);
    s->is_between = view.state == HD_TASK_READY || view.state == HD_TASK_WAITING;
    if (view.state == HD_TASK_READY)
        s->between = *view.next;
    else
        s->between = (hd_event){.kind = HD_EVENT_RESUME};
    return true;
}

static void note(hd_stepper *s, uint32_t agent, uint64_t step, const hd_event *event) {
    s->last = *event;
    s->last_agent = agent;
    s->last_step = step;
    s->any = true;
}

static void moved(hd_strategy *self, const hd_pick *answer, uint64_t events) {
    hd_stepper *s = (hd_stepper *)self;
    if (s->is_between && events > 0)
        note(s, answer->agent, hd_world_steps(s->world) - 1, &s->between);
    if (s->replayed < s->moves.len) {
        s->replayed++;
        return;
    }
    if (s->rest && s->rest->moved) s->rest->moved(s->rest, answer, events);
    if (!hd_vec_push(&s->moves, ((hd_move){answer->agent, s->timeout ? HD_TIMEOUT : events})))
        s->out_of_memory = true;
    else
        s->replayed = s->moves.len;
}

static void keep(hd_strategy *self) {
    (void)self; /* belongs to the stepper */
}

hd_stepper *hd_stepper_new(hd_front *front, void *context) {
    hd_stepper *s = hd_calloc(1, sizeof *s);
    if (!s) return NULL;
    s->strategy = (hd_strategy){.pick = pick, .moved = moved, .free = keep};
    s->front = front;
    s->context = context;
    return s;
}

void hd_stepper_free(hd_stepper *s) {
    if (!s) return;
    hd_strategy_free(s->rest);
    hd_vec_free(&s->moves);
    hd_free(s);
}

hd_strategy *hd_stepper_strategy(hd_stepper *s) {
    return &s->strategy;
}

static void on_event(void *context, uint32_t agent, uint64_t step, const hd_event *event) {
    note(context, agent, step, event);
}

hd_observer hd_stepper_observer(hd_stepper *s) {
    return (hd_observer){.context = s, .event = on_event};
}

void hd_stepper_attach(hd_stepper *s, const hd_world *world) {
    s->world = world;
    s->replayed = 0;
    s->undone = s->any = false;
}

const hd_world *hd_stepper_world(const hd_stepper *s) {
    return s->world;
}

bool hd_stepper_again(hd_stepper *s) {
    return s->undone;
}

bool hd_stepper_quit(const hd_stepper *s) {
    return s->quit;
}

const hd_move *hd_stepper_moves(const hd_stepper *s, size_t *count) {
    *count = s->moves.len;
    return s->moves.items;
}

const hd_event *hd_stepper_last_event(const hd_stepper *s, uint32_t *agent, uint64_t *step) {
    *agent = s->last_agent;
    *step = s->last_step;
    return s->any ? &s->last : NULL;
}
