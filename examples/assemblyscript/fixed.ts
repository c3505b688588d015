// Two agents collect the primes in their half of the numbers below 24; main puts both lists together. See README.md.

// @ts-ignore: decorator
@external("wasi", "thread-spawn")
declare function thread_spawn(argument: usize): i32;

class Job {
  running: i32 = 1;
  count: i32 = 0;
  constructor(public from: i32, public to: i32, public primes: StaticArray<i32>) {}
}

function isPrime(n: i32): bool {
  for (let d = 2; d * d <= n; d++) {
    if (n % d == 0) return false;
  }
  return n >= 2;
}

// The host calls it in a new agent, which is an instance of this module of its own.
export function wasi_thread_start(id: i32, argument: usize): void {
  const job = changetype<Job>(argument);
  const primes = job.primes;
  for (let n = job.from; n < job.to; n++) {
    if (isPrime(n)) primes[job.count++] = n;
  }
  const running = argument + offsetof<Job>("running");
  atomic.store<i32>(running, 0);
  atomic.notify(running, -1);
}

// All memory is allocated here, by the main agent.
function spawn(from: i32, to: i32): Job {
  const job = new Job(from, to, new StaticArray<i32>(to - from));
  if (thread_spawn(changetype<usize>(job)) < 0) unreachable();
  return job;
}

function join(job: Job): void {
  const running = changetype<usize>(job) + offsetof<Job>("running");
  while (atomic.load<i32>(running)) atomic.wait<i32>(running, 1, -1);
}

function sum(job: Job): i32 {
  let total = 0;
  for (let i = 0; i < job.count; i++) total += job.primes[i];
  return total;
}

export function _start(): void {
  const low = spawn(0, 12);
  const high = spawn(12, 24);
  join(low);
  join(high);
  if (sum(low) + sum(high) != 2 + 3 + 5 + 7 + 11 + 13 + 17 + 19 + 23) unreachable();
}
