import { Module } from '@nestjs/common';
import { NetworkRepository } from '@ultron/network/network/network.repository';
import { NetworkController } from './network.controller.js';

@Module({ controllers: [NetworkController], providers: [NetworkRepository] })
export class NetworkApiModule {}
