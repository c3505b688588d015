/* An actor works off its mailbox and sleeps when that is empty; who sends wakes it if it sleeps.
 * Bug: it does not look into the mailbox again after it has said that it sleeps. */
#include "runtime.h"

static lock mailbox_lock;
static int mail, handled;
static atomic_int asleep;

static void actor(void) {
    while (handled < AGENTS - 1) {
        acquire(&mailbox_lock);
        int got = mail;
        mail = 0;
        release(&mailbox_lock);
        handled += got;
        if (got == 0) {
            asleep = 1;
            wait_while(&asleep, 1);
        }
    }
}

static void sender(void) {
    acquire(&mailbox_lock);
    mail++;
    release(&mailbox_lock);
    if (asleep) {
        asleep = 0;
        wake(&asleep, 1);
    }
}

static void agent(int number) {
    if (number == 0) {
        actor();
    } else {
        sender();
    }
}

void program(void) {
    run_all(agent);
    CHECK(handled == AGENTS - 1);
}
