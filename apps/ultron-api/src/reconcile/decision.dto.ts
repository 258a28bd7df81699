import { Text } from '../http/field/field.decorator.js';

export class DecisionBody {
  @Text({ description: 'Why, for those who come after.', optional: true, example: 'known, see the wiki' })
  reason?: string;
}
