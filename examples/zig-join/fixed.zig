// Main starts a thread and joins it; the thread does not end before main's call of spawn has returned. See README.md.
const std = @import("std");

var memory: [4 * 65536]u8 = undefined;
var total: u32 = 0;
var spawned: u32 = 0;
threadlocal var mine: u32 = 1;

fn add(n: u32) void {
    while (@atomicLoad(u32, &spawned, .SeqCst) == 0) wait(&spawned, 0);
    mine += n;
    _ = @atomicRmw(u32, &total, .Add, mine, .SeqCst);
}

pub fn main() !void {
    var heap = std.heap.FixedBufferAllocator.init(&memory);
    var n: u32 = 4;
    const thread = try std.Thread.spawn(.{ .allocator = heap.allocator(), .stack_size = 65536 }, add, .{n});
    @atomicStore(u32, &spawned, 1, .SeqCst);
    notify(&spawned);
    thread.join();
    if (@atomicLoad(u32, &total, .SeqCst) != 5) @panic("the thread did nothing");
}

// Volatile: they are there for what they do, not for a result.

fn wait(word: *u32, expected: u32) void {
    asm volatile (
        \\ local.get %[word]
        \\ local.get %[expected]
        \\ i64.const -1
        \\ memory.atomic.wait32 0
        \\ drop
        :
        : [word] "r" (word),
          [expected] "r" (expected),
        : "memory"
    );
}

fn notify(word: *u32) void {
    asm volatile (
        \\ local.get %[word]
        \\ i32.const -1
        \\ memory.atomic.notify 0
        \\ drop
        :
        : [word] "r" (word),
        : "memory"
    );
}
