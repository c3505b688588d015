// Main starts a thread and joins it; the thread does not end before the other's call of spawn has returned. See
// README.md.
const std = @import("std");

var memory: [4 * 65536]u8 = undefined;
var total: u32 = 0;
var spawned: std.Thread.ResetEvent = .{};
threadlocal var mine: u32 = 1;

fn add(n: u32) void {
    spawned.wait();
    mine += n;
    _ = @atomicRmw(u32, &total, .Add, mine, .SeqCst);
}

pub fn main() !void {
    var heap = std.heap.FixedBufferAllocator.init(&memory);
    var n: u32 = 4;
    const thread = try std.Thread.spawn(.{ .allocator = heap.allocator(), .stack_size = 65536 }, add, .{n});
    spawned.set();
    thread.join();
    if (@atomicLoad(u32, &total, .SeqCst) != 5) @panic("the thread did nothing");
}
