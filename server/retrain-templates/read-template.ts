import * as z from 'zod';
import {
  templateProblem,
  type WorkTemplate,
  workDemand,
  workTemplateSchema,
} from '../../domain/retrain/template.ts';
import { invalidYaml, plainYaml } from '../plain-yaml.ts';

function said(error: unknown): string {
  if (!(error instanceof z.ZodError)) throw error;
  const [issue] = error.issues;
  const at = issue?.path.join('.') ?? '';
  return `${at === '' ? '' : `${at}: `}${issue?.message ?? 'It is no object that Kubernetes takes.'}`;
}

/** Reads the object that starts a training; throws invalidInput with what it lacks, in a sentence. */
export function templateFromYaml(text: string): WorkTemplate {
  const plain = plainYaml(text, 'the Job');
  let template: WorkTemplate;
  try {
    template = workTemplateSchema.parse(plain);
    workDemand(template);
  } catch (error) {
    throw invalidYaml(said(error));
  }
  const problem = templateProblem(template);
  if (problem !== null) throw invalidYaml(problem);
  return template;
}
