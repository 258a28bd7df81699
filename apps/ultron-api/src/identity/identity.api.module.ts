import { Module } from '@nestjs/common';
import { IdentityModule } from '@ultron/identity/identity.module';
import { ProjectController } from './project.controller.js';
import { TokenController } from './token.controller.js';

@Module({ imports: [IdentityModule], controllers: [ProjectController, TokenController] })
export class IdentityApiModule {}
