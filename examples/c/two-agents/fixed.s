# median_of(agent, seed): sets the stack pointer of this instance before any code in C runs, to the end of the agent's
# own stack in `stacks` (fixed.c), and calls median(seed).

	.globaltype	__stack_pointer, i32
	.functype	median (i32) -> (i32)

	.section	.text.median_of,"",@
	.globl	median_of
	.type	median_of,@function
	.export_name	median_of, median_of
median_of:
	.functype	median_of (i32, i32) -> (i32)
	local.get	0
	i32.const	1024
	i32.mul
	i32.const	stacks+1024
	i32.add
	global.set	__stack_pointer
	local.get	1
	call	median
	end_function
