const PATIENCE_MS = 120_000;

/** Waits until as many threads as take part have come. The last one wakes the others. */
export function meet({ arrived, meetings, size }) {
  const meeting = Atomics.load(meetings, 0);
  if (Atomics.add(arrived, 0, 1) + 1 < size) {
    sleepWhile(meetings, meeting);
    return;
  }
  Atomics.store(arrived, 0, 0);
  Atomics.add(meetings, 0, 1);
  Atomics.notify(meetings, 0);
}

/** Waits until the main thread has let go of `round`. */
export function awaitRelease({ released }, round) {
  for (let last = Atomics.load(released, 0); last < round; last = Atomics.load(released, 0)) sleepWhile(released, last);
}

function sleepWhile(word, value) {
  if (Atomics.wait(word, 0, value, PATIENCE_MS) === "timed-out")
    throw new Error("Somebody did not come to the meeting.");
}

/** Until the main thread terminates this one. */
export function stayForEver() {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)), 0, 0);
}
