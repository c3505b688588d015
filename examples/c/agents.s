# Where an agent begins and ends: the host calls wasi_thread_start in a new instance, with a number for the agent and
# what agents_host_spawn was given, the agent's record (agents.h).
#
# This cannot be written in C. Each instance has a stack pointer of its own, but all begin with the same value, that
# of the main agent's stack; so it must be set before any C code runs. And at the end the agent says that it has
# ended, whereupon whoever joins it may give its stack to another: no C code may run after that.

	.globaltype	__stack_pointer, i32
	.functype	agents_begin (i32) -> ()

	.section	.text.wasi_thread_start,"",@
	.globl	wasi_thread_start
	.type	wasi_thread_start,@function
	.export_name	wasi_thread_start, wasi_thread_start
wasi_thread_start:
	.functype	wasi_thread_start (i32, i32) -> ()
	local.get	1
	i32.load	0           # stack
	global.set	__stack_pointer
	local.get	1
	call	agents_begin
	local.get	1
	i32.const	0
	i32.atomic.store	4   # alive
	local.get	1
	i32.const	-1
	memory.atomic.notify	4
	drop
	end_function
