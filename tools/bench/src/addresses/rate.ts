/** Addresses per second of callers that each make the next call as soon as their last one is answered. */
export async function rate(
  calls: number,
  callers: number,
  batch: number,
  call: (number: number) => Promise<void>,
): Promise<number> {
  let next = 0;
  const caller = async () => {
    for (let number = next++; number < calls; number = next++) await call(number);
  };
  const from = performance.now();
  await Promise.all(Array.from({ length: callers }, caller));
  return (calls * batch * 1000) / (performance.now() - from);
}
