import { Controller, Get } from '@nestjs/common';
import { TaskService } from '@ultron/tasks/task/task.service';
import { Operation } from '../http/operation/operation.decorator.js';
import { ConductorList } from './conductor.dto.js';

@Controller('v1/conductors')
export class ConductorController {
  constructor(private readonly tasks: TaskService) {}

  @Get()
  @Operation({
    id: 'listConductors',
    tag: 'Conductors',
    summary: 'List the conductors',
    description: 'The processes that run tasks, by their own word. There are few, so the list has no pages.',
    access: 'admin',
    replies: { 200: { shape: ConductorList, description: 'The conductors.' } },
  })
  async list(): Promise<ConductorList> {
    return { conductors: await this.tasks.conductors() };
  }
}
