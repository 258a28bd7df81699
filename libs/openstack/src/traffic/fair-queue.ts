/** A queue in which flows take turns: a flow with a hundred entries does not make one with a single entry wait. */
export class FairQueue<T> {
  private readonly flows = new Map<string, T[]>();
  private count = 0;

  get size(): number {
    return this.count;
  }

  push(flow: string, entry: T): void {
    const entries = this.flows.get(flow);
    if (entries) entries.push(entry);
    else this.flows.set(flow, [entry]);
    this.count += 1;
  }

  /** The first entry of the flow whose turn it is; that flow then goes to the back. */
  shift(): T | undefined {
    const first = this.flows.entries().next();
    if (first.done) return undefined;
    const [flow, entries] = first.value;
    const entry = entries.shift();
    this.flows.delete(flow);
    if (entries.length > 0) this.flows.set(flow, entries);
    this.count -= 1;
    return entry;
  }

  /** Takes out an entry that need not wait any longer. */
  remove(flow: string, entry: T): void {
    const entries = this.flows.get(flow);
    const at = entries?.indexOf(entry) ?? -1;
    if (!entries || at < 0) return;
    entries.splice(at, 1);
    this.count -= 1;
    if (entries.length === 0) this.flows.delete(flow);
  }
}
