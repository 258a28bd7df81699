import { OneOf, Part, Text } from '../http/field/field.decorator.js';

export class AliveBody {
  @OneOf(['ok'], { description: 'The process runs.' })
  status!: string;
}

const STATES = ['ok', 'down'] as const;

export class PartHealth {
  @OneOf(STATES, { description: 'Whether it answers.' })
  status!: string;

  @Text({ description: 'What follows from it.', optional: true, max: 1000 })
  note?: string;
}

export class HealthParts {
  @Part(() => PartHealth, { description: 'Everything is kept in it.' })
  database!: PartHealth;

  @Part(() => PartHealth, { description: 'It only makes things quicker.' })
  redis!: PartHealth;
}

export class ReadyBody {
  @OneOf(['ok', 'degraded'], { description: '`degraded`: everything works, but slower.' })
  status!: string;

  @Part(() => HealthParts, { description: 'What the process needs.' })
  parts!: HealthParts;
}
