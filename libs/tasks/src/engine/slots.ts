/** Places for work that runs at once; who comes when all are taken waits in line. */
export class Slots {
  private taken = 0;
  private readonly line: (() => void)[] = [];

  constructor(private readonly count: number) {}

  get free(): number {
    return Math.max(0, this.count - this.taken - this.line.length);
  }

  get inUse(): number {
    return this.taken;
  }

  async take(): Promise<void> {
    if (this.taken < this.count) {
      this.taken++;
      return;
    }
    // Whoever gives a place back hands it over: `taken` stays as it is.
    await new Promise<void>((resolve) => this.line.push(resolve));
  }

  give(): void {
    const next = this.line.shift();
    if (next) next();
    else this.taken--;
  }
}
