import { ProjectEntity } from './project/project.entity.js';
import { TokenEntity } from './token/token.entity.js';

export const identityEntities = [ProjectEntity, TokenEntity];
