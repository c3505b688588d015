/* walk.c: opens one component after the other, and follows symbolic links by itself.
 *
 * Each directory on the way is held open, so ".." goes back to where the walk came from, and not to
 * where that directory has been moved meanwhile. Nothing is opened in a way that follows a symbolic
 * link: what is one is read, and its text takes the component's place. */
#include "host/wasi/walk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/wasi/path.h"

typedef struct walk {
    int held[HD_PATH_DEPTH + 1]; /* the start, which is not ours, and the directories below it */
    int depth;
    int links;
    int flags;
    mode_t mode;
    char left[HD_PATH_ROOM]; /* what is still to be walked */
    char name[HD_PATH_ROOM]; /* the component that is */
} walk;

enum { GO_ON = -0x20000 }; /* no result yet */

static int here(const walk *w) {
    return w->held[w->depth];
}

/* Takes the next component off; true if no other one follows, whether or not slashes do. */
static bool take(walk *w, bool *slash) {
    char *rest = w->left + strspn(w->left, "/");
    size_t length = strcspn(rest, "/");
    memcpy(w->name, rest, length);
    w->name[length] = '\0';
    rest += length;
    *slash = *rest == '/';
    memmove(w->left, rest, strlen(rest) + 1);
    return w->left[strspn(w->left, "/")] == '\0';
}

/* Goes down into a directory, whose descriptor is the walk's from now on. */
static int enter(walk *w, int descriptor) {
    if (w->depth == HD_PATH_DEPTH) {
        close(descriptor);
        return -ENAMETOOLONG;
    }
    w->held[++w->depth] = descriptor;
    return GO_ON;
}

static int leave(walk *w) {
    if (w->depth == 0) return HD_PATH_ESCAPES;
    close(w->held[w->depth--]);
    return GO_ON;
}

/* Puts the text of a symbolic link in front of what is left. */
static int follow(walk *w, int link) {
    char text[HD_PATH_ROOM];
    if (++w->links > HD_PATH_LINKS) return -ELOOP;
    ssize_t length = readlinkat(link, "", text, sizeof text);
    if (length < 0) return -errno;
    if (length == 0) return -ENOENT;
    if (text[0] == '/') return HD_PATH_ESCAPES;
    size_t rest = strlen(w->left);
    if ((size_t)length + rest >= sizeof w->left) return -ENAMETOOLONG;
    memmove(w->left + length, w->left, rest + 1);
    memcpy(w->left, text, (size_t)length);
    return GO_ON;
}

static int open_here(const walk *w, const char *name, int flags) {
    int descriptor;
    do
        descriptor = openat(here(w), name, flags | O_NOFOLLOW | O_CLOEXEC, w->mode);
    while (descriptor < 0 && errno == EINTR);
    return descriptor < 0 ? -errno : descriptor;
}

/* What a name is now: its descriptor, and its mode. */
static int look(const walk *w, mode_t *mode) {
    struct stat status;
    int descriptor = open_here(w, w->name, O_PATH);
    if (descriptor < 0) return descriptor;
    if (fstat(descriptor, &status) != 0) {
        int error = -errno;
        close(descriptor);
        return error;
    }
    *mode = status.st_mode;
    return descriptor;
}

/* A component before the last. */
static int step(walk *w) {
    mode_t mode;
    if (!strcmp(w->name, ".")) return GO_ON;
    if (!strcmp(w->name, "..")) return leave(w);
    int descriptor = look(w, &mode);
    if (descriptor < 0) return descriptor;
    if (S_ISDIR(mode)) return enter(w, descriptor);
    int result = S_ISLNK(mode) ? follow(w, descriptor) : -ENOTDIR;
    close(descriptor);
    return result;
}

/* The last component, a symbolic link. */
static int end_at_link(walk *w, int link, bool follows) {
    bool creates_new = (w->flags & (O_CREAT | O_EXCL)) == (O_CREAT | O_EXCL);
    int result;
    if (creates_new)
        result = -EEXIST;
    else if (follows)
        result = follow(w, link);
    else if (w->flags & O_DIRECTORY)
        result = -ENOTDIR;
    else if (w->flags & O_PATH)
        return link;
    else
        result = -ELOOP;
    close(link);
    return result;
}

/* The last component, which exists and is no symbolic link, or was none just now. */
static int end_at_file(walk *w, int found, mode_t mode, bool slash, bool follows) {
    if ((slash || w->flags & O_DIRECTORY) && !S_ISDIR(mode)) {
        close(found);
        return -ENOTDIR;
    }
    if (w->flags & O_PATH) return found;
    close(found);
    int descriptor = open_here(w, w->name, w->flags);
    if (descriptor != -ELOOP || !follows) return descriptor;
    /* A symbolic link has taken its place: have another look, but not for ever. */
    if (++w->links > HD_PATH_LINKS) return -ELOOP;
    size_t rest = strlen(w->left), length = strlen(w->name);
    if (rest + length >= sizeof w->left) return -ENAMETOOLONG;
    memmove(w->left + length, w->left, rest + 1);
    memcpy(w->left, w->name, length);
    return GO_ON;
}

/* The last component; the slash behind it asks for a directory, and so follows. */
static int end(walk *w, bool slash) {
    mode_t mode;
    bool follows = slash || !(w->flags & O_NOFOLLOW);
    if (!strcmp(w->name, "..")) {
        int result = leave(w);
        return result == GO_ON ? open_here(w, ".", w->flags) : result;
    }
    if (!strcmp(w->name, ".")) return open_here(w, ".", w->flags);
    int descriptor = look(w, &mode);
    if (descriptor == -ENOENT && w->flags & O_CREAT)
        return slash ? -EISDIR : open_here(w, w->name, w->flags);
    if (descriptor < 0) return descriptor;
    if (S_ISLNK(mode)) return end_at_link(w, descriptor, follows);
    return end_at_file(w, descriptor, mode, slash, follows);
}

int hd_walk_open(int directory, const char *path, int flags, mode_t mode) {
    walk w = {.held = {directory}, .flags = flags, .mode = flags & O_CREAT ? mode : 0};
    if (strlen(path) >= sizeof w.left) return -ENAMETOOLONG;
    memcpy(w.left, path, strlen(path) + 1);
    int result;
    bool slash;
    do
        result = take(&w, &slash) ? end(&w, slash) : step(&w);
    while (result == GO_ON);
    while (w.depth > 0)
        close(w.held[w.depth--]);
    return result;
}
