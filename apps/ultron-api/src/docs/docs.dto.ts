import { Text } from '../http/field/field.decorator.js';

export class RootBody {
  @Text({ description: 'What answers here.', example: 'Ultron' })
  name!: string;

  @Text({ description: 'The reference, for people.', example: '/docs' })
  docs!: string;

  @Text({ description: 'The contract, for programs.', example: '/openapi.json' })
  openapi!: string;

  @Text({ description: 'Under which all resources are.', example: '/v1' })
  api!: string;

  @Text({ description: 'Whether the process can work.', example: '/readyz' })
  health!: string;
}
