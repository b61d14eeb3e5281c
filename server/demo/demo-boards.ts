import { boardTemplates } from '../../domain/board-layout.ts';
import { templateWords } from '../../domain/board-template.ts';
import { annotate, createBoard } from '../boards/commands.ts';
import type { DemoWorld } from './demo-world.ts';

/** The three ready boards over what the demo has, and a note for them. */
export async function demoBoards(
  { stage, cast, projectId }: DemoWorld,
  note: { readonly at: Date; readonly text: string },
): Promise<void> {
  const lena = stage.as(cast.lena);
  for (const template of boardTemplates)
    await createBoard(lena, { projectId, ...templateWords[template], from: { kind: 'template', template } });
  await annotate(lena, { projectId, serviceId: null, ...note });
}
