/** What a matched fault asks of the handlers; what concerns the wire (delay, reset, …) is done by the server. */
export interface Effects {
  noValidHost?: boolean;
  quota?: boolean;
  shortPage?: { keep: number; silent: boolean };
  /** Names of cells that do not answer. */
  downCells?: ReadonlySet<string>;
}
