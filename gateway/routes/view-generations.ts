// A second set of all views beside the one that answers: filled from the log, compared, switched to and back, dropped. Made
// for the night before a promotion, and for views whose form changes.
import { principalOf } from '../auth.ts';
import { type App, about, config, type Gateway } from '../route.ts';
import {
  ActivationRequest,
  GenerationBegun,
  GenerationChecking,
  GenerationListShape,
  GenerationParams,
} from '../shapes/view-generations.ts';
import type { ViewGenerations } from '../view-generations.ts';

const operators = ['operator'] as const;
const path = '/v1/admin/views/generations';

const problems = ['GENERATION_REFUSED', 'GENERATION_NOT_READY'] as const;

export function viewGenerationRoutes(app: App, { operations: { generations } }: Gateway): void {
  fillAnother(app, generations);
  switchAndDrop(app, generations);
}

function fillAnother(app: App, generations: ViewGenerations): void {
  app.get(
    path,
    {
      ...config(operators),
      schema: {
        ...about('Operations', 'List the generations of the views', 'Which one answers, and how far the other is.'),
        response: { 200: GenerationListShape },
      },
    },
    async () => generations.list(),
  );

  app.post(
    path,
    {
      ...config(operators, problems),
      schema: {
        ...about('Operations', 'Begin a generation', 'All workers fill it from the log, beside the one that answers.'),
        response: { 201: GenerationBegun },
      },
    },
    async (request, reply) => {
      const generation = await generations.begin(principalOf(request).userId);
      return reply.code(201).send({ generation });
    },
  );

  app.post(
    `${path}/:generation/check`,
    {
      ...config(operators, problems),
      schema: {
        ...about(
          'Operations',
          'Compare it with the one that answers',
          'In the background; the list tells how far it is.',
        ),
        params: GenerationParams,
        response: { 202: GenerationChecking },
      },
    },
    async (request, reply) => {
      const { generation } = request.params;
      await generations.check(generation, principalOf(request).userId);
      return reply.code(202).send({ generation });
    },
  );
}

function switchAndDrop(app: App, generations: ViewGenerations): void {
  app.post(
    `${path}/:generation/activate`,
    {
      ...config(operators, problems),
      schema: {
        ...about(
          'Operations',
          'Let it answer',
          'No request is answered from two of them. The one before stays, to go back to.',
        ),
        params: GenerationParams,
        body: ActivationRequest,
        response: { 200: GenerationListShape },
      },
    },
    async (request) => {
      const { force = false } = request.body;
      await generations.activate(request.params.generation, { actor: principalOf(request).userId, force });
      return generations.list();
    },
  );

  app.delete(
    `${path}/:generation`,
    {
      ...config(operators, problems),
      schema: {
        ...about('Operations', 'Drop a generation', 'It is filled no more, and what it stored goes.'),
        params: GenerationParams,
        response: { 200: GenerationListShape },
      },
    },
    async (request) => {
      await generations.drop(request.params.generation, principalOf(request).userId);
      return generations.list();
    },
  );
}
