import type { Effects } from './fault.effects.js';
import { type FaultEffect, type FaultRule, type Target, fits, parseFaultHeader } from './fault.rules.js';

/** Everything that disturbs one request. */
export interface Disturbance {
  /** Done by the handlers. */
  effects: Effects;
  /** Answered instead of the handler's answer; the handler does not run. */
  status?: { status: number; retryAfter?: number; message?: string };
  slowMs: number;
  hang: boolean;
  reset: boolean;
  dropAnswer: boolean;
  expireToken: boolean;
  /** How old the page may be that is answered, in milliseconds. */
  staleMs: number;
  /** Ids of the rules that struck, for the journal. */
  rules: string[];
}

interface ActiveRule {
  rule: FaultRule;
  seen: number;
  struck: number;
}

/** The rules in force, and which of them strike a request. */
export class FaultEngine {
  readonly #active = new Map<string, ActiveRule>();
  #last = 0;

  constructor(private readonly random: () => number) {}

  nextId(): string {
    return `fault-${++this.#last}`;
  }

  add(rule: FaultRule): void {
    this.#active.set(rule.id, { rule, seen: 0, struck: 0 });
  }

  remove(id: string): boolean {
    return this.#active.delete(id);
  }

  clear(): void {
    this.#active.clear();
  }

  list(): (FaultRule & { seen: number; struck: number })[] {
    return [...this.#active.values()].map(({ rule, seen, struck }) => ({ ...rule, seen, struck }));
  }

  /** What strikes this request: the rules that fit, and what its own header asks for. */
  strike(target: Target, header: string | undefined): Disturbance {
    const disturbance = calm();
    for (const active of this.#active.values()) {
      if (!this.#strikes(active, target)) continue;
      disturbance.rules.push(active.rule.id);
      apply(disturbance, active.rule.effect);
    }
    for (const effect of header ? parseFaultHeader(header) : []) apply(disturbance, effect);
    return disturbance;
  }

  #strikes(active: ActiveRule, target: Target): boolean {
    const { rule } = active;
    if (!fits(rule, target)) return false;
    if (active.seen++ < (rule.after ?? 0)) return false;
    if (rule.times !== undefined && active.struck >= rule.times) return false;
    if (rule.probability !== undefined && this.random() >= rule.probability) return false;
    active.struck++;
    return true;
  }
}

function calm(): Disturbance {
  return {
    effects: {},
    slowMs: 0,
    hang: false,
    reset: false,
    dropAnswer: false,
    expireToken: false,
    staleMs: 0,
    rules: [],
  };
}

function apply(to: Disturbance, effect: FaultEffect): void {
  switch (effect.kind) {
    case 'status':
      to.status = effect;
      break;
    case 'slow':
      to.slowMs += effect.ms;
      break;
    case 'hang':
      to.hang = true;
      break;
    case 'reset':
      to.reset = true;
      break;
    case 'drop-answer':
      to.dropAnswer = true;
      break;
    case 'expired-token':
      to.expireToken = true;
      break;
    case 'stale-page':
      to.staleMs = effect.ms;
      break;
    case 'no-valid-host':
      to.effects.noValidHost = true;
      break;
    case 'quota':
      to.effects.quota = true;
      break;
    case 'short-page':
      to.effects.shortPage = { keep: effect.keep, silent: effect.silent ?? false };
      break;
    case 'down-cell':
      to.effects.downCells = new Set([...(to.effects.downCells ?? []), effect.cell]);
      break;
  }
}
