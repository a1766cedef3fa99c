/**
 * Waits for `work`, but no longer than until the signal aborts; then throws what it was aborted with. Leaves no
 * listener.
 */
export async function untilAborted<T>(work: Promise<T> | T, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  const settled = Promise.resolve(work);
  settled.catch(() => {}); // nobody may be left to hear of it
  signal.throwIfAborted();
  const { promise, reject } = withReject();
  const abort = () => reject(signal.reason);
  signal.addEventListener("abort", abort);
  try {
    return await Promise.race([settled, promise]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

function withReject(): { promise: Promise<never>; reject: (reason: unknown) => void } {
  let reject: (reason: unknown) => void = () => {};
  const promise = new Promise<never>((_, rejectPromise) => {
    reject = rejectPromise;
  });
  return { promise, reject };
}
