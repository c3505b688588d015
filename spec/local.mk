# Our own conformance scripts: see spec/README.md. `heddle wast spec/` runs them all.
spec_scripts = \
	spec/agents-nested.wast \
	spec/agents.wast \
	spec/atomic-binary-leb128.wast \
	spec/atomic-binary.wast \
	spec/atomic-fence.wast \
	spec/atomic-invalid-align.wast \
	spec/atomic-invalid-memory.wast \
	spec/atomic-invalid-type.wast \
	spec/atomic-load.wast \
	spec/atomic-offset.wast \
	spec/atomic-rmw-add.wast \
	spec/atomic-rmw-and.wast \
	spec/atomic-rmw-cmpxchg-unshared.wast \
	spec/atomic-rmw-cmpxchg.wast \
	spec/atomic-rmw-or.wast \
	spec/atomic-rmw-race.wast \
	spec/atomic-rmw-sub.wast \
	spec/atomic-rmw-xchg.wast \
	spec/atomic-rmw-xor.wast \
	spec/atomic-store.wast \
	spec/barrier.wast \
	spec/bulk.wast \
	spec/import-limits.wast \
	spec/import-shared.wast \
	spec/litmus-2+2w.wast \
	spec/litmus-corr.wast \
	spec/litmus-iriw.wast \
	spec/litmus-lb.wast \
	spec/litmus-mp.wast \
	spec/litmus-sb.wast \
	spec/litmus-tearing.wast \
	spec/litmus-wrc.wast \
	spec/memory-grow-race.wast \
	spec/memory-grow.wast \
	spec/multi-memory-agents.wast \
	spec/multi-memory-bounds.wast \
	spec/multi-memory.wast \
	spec/mutex.wast \
	spec/notify-fifo.wast \
	spec/notify.wast \
	spec/once.wast \
	spec/queue-mpmc.wast \
	spec/queue-spsc.wast \
	spec/semaphore.wast \
	spec/shared-load.wast \
	spec/shared-memory.wast \
	spec/shared-store.wast \
	spec/wait-notify-order.wast \
	spec/wait-notify-stress.wast \
	spec/wait-notify.wast \
	spec/wait-timeout.wast \
	spec/wait.wast

EXTRA_DIST += spec/README.md $(spec_scripts)
