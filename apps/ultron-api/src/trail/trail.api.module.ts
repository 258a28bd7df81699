import { Module } from '@nestjs/common';
import { Trail } from '@ultron/platform/trail/trail';
import { OperatorEventController } from './operator-event.controller.js';

@Module({ controllers: [OperatorEventController], providers: [Trail] })
export class TrailApiModule {}
