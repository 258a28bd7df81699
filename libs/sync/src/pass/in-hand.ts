/** With more the next page of a list is got only when the one before has been written. */
const MANY = 5_000;

/**
 * How many items of lists the passes of this process have in memory. When everything is new (a cluster that was just
 * registered) the database is what they wait for, and pages that were got ahead would be most of what they hold.
 */
export class InHand {
  private items = 0;

  constructor(private readonly many = MANY) {}

  get isFull(): boolean {
    return this.items >= this.many;
  }

  take(items: number): void {
    this.items += items;
  }

  drop(items: number): void {
    this.items -= items;
  }
}
