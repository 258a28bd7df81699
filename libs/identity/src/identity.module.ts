import { Module } from '@nestjs/common';
import { ProjectRepository } from './project/project.repository.js';
import { ProjectService } from './project/project.service.js';
import { FirstToken } from './token/first-token.js';
import { TokenAuthenticator } from './token/token.authenticator.js';
import { TokenRepository } from './token/token.repository.js';
import { TokenService } from './token/token.service.js';

const SERVICES = [ProjectService, TokenService, TokenAuthenticator, FirstToken];

/** Who may call: projects and tokens. Needs `Database`. */
@Module({ providers: [...SERVICES, ProjectRepository, TokenRepository], exports: SERVICES })
export class IdentityModule {}
