import { readFileSync } from 'node:fs';

/** All that is wrong with the environment, at once. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  constructor(readonly problems: readonly string[]) {
    super(`the configuration is not right:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
  }
}

interface Setting<T> {
  /** Used when the variable is absent or empty; without it the variable must be given. */
  default?: T;
  /** For the message when it is missing: what it is for. */
  what?: string;
}

/**
 * Reads the variables of a process one by one and collects what is wrong; `finish` throws it all at once. Every one may
 * be given as `NAME_FILE`, a file that holds the value, as container platforms hand out secrets.
 */
export class Env {
  private readonly problems: string[] = [];

  constructor(private readonly variables: NodeJS.ProcessEnv) {}

  text(name: string, setting: Setting<string> = {}): string {
    return this.read(name, setting, (value) => value, 'any text') ?? '';
  }

  optional(name: string): string | undefined {
    return this.raw(name);
  }

  integer(name: string, range: { min: number; max: number }, setting: Setting<number> = {}): number {
    const right = `a whole number from ${range.min} to ${range.max}`;
    const parse = (value: string) => {
      const number = Number(value);
      return Number.isInteger(number) && number >= range.min && number <= range.max ? number : undefined;
    };
    return this.read(name, setting, parse, right) ?? range.min;
  }

  oneOf<T extends string>(name: string, choices: readonly T[], setting: Setting<T> = {}): T {
    const parse = (value: string) => choices.find((choice) => choice === value);
    const [first] = choices;
    if (first === undefined) throw new Error(`${name} has no choices`);
    return this.read(name, setting, parse, `one of ${choices.join(', ')}`) ?? first;
  }

  /** Words separated by commas. */
  list<T extends string>(
    name: string,
    choices: readonly T[],
    setting: Setting<readonly T[]> = {},
  ): readonly T[] {
    const parse = (value: string) => {
      const words = value.split(',').map((word) => word.trim());
      const known = choices.filter((choice) => words.includes(choice));
      return known.length === new Set(words).size ? known : undefined;
    };
    return this.read(name, setting, parse, `a comma-separated list of ${choices.join(', ')}`) ?? [];
  }

  /** A URL with one of the schemes, such as `mysql` or `https`. */
  url(name: string, schemes: readonly string[], setting: Setting<string> = {}): string {
    const parse = (value: string) => {
      const scheme = URL.canParse(value) ? new URL(value).protocol.slice(0, -1) : '';
      return schemes.includes(scheme) ? value : undefined;
    };
    return this.read(name, setting, parse, `a URL such as ${schemes[0]}://host/…`) ?? '';
  }

  /** A key of so many bytes, in base64. */
  key(name: string, bytes: number, setting: Setting<Buffer> = {}): Buffer {
    const parse = (value: string) => {
      const key = Buffer.from(value, 'base64');
      return key.length === bytes ? key : undefined;
    };
    const right = `${bytes} bytes in base64 (make one with: openssl rand -base64 ${bytes})`;
    return this.read(name, setting, parse, right) ?? Buffer.alloc(bytes);
  }

  /** @throws ConfigError */
  finish(): void {
    if (this.problems.length > 0) throw new ConfigError(this.problems);
  }

  private read<T>(
    name: string,
    setting: Setting<T>,
    parse: (value: string) => T | undefined,
    right: string,
  ): T | undefined {
    const value = this.raw(name);
    if (value === undefined) {
      if ('default' in setting) return setting.default;
      this.problems.push(`${name} is missing; it must be ${right}${setting.what ? `: ${setting.what}` : ''}`);
      return undefined;
    }
    const parsed = parse(value);
    // The value itself is not shown: it may be a secret.
    if (parsed === undefined) this.problems.push(`${name} must be ${right}`);
    return parsed;
  }

  private raw(name: string): string | undefined {
    const file = this.variables[`${name}_FILE`];
    const value = this.variables[name];
    if (file && value) this.problems.push(`${name} and ${name}_FILE are both given; give one of them`);
    if (!file) return value === '' ? undefined : value;
    try {
      return readFileSync(file, 'utf8').trim() || undefined;
    } catch {
      this.problems.push(`${name}_FILE names a file that cannot be read: ${file}`);
      return undefined;
    }
  }
}
