import { annotate, archiveBoard, createBoard, removeAnnotation, updateBoard } from '../boards/commands.ts';
import { getBoard, listAnnotations, listBoards, listChartSubjects } from '../boards/queries.ts';
import { readChart } from '../charts/read.ts';
import { mutation, reading, router } from './init.ts';

export const charts = router({ read: reading(readChart) });

export const boards = router({
  list: reading(listBoards),
  get: reading(getBoard),
  subjects: reading(listChartSubjects),
  annotations: reading(listAnnotations),
  create: mutation(createBoard),
  update: mutation(updateBoard),
  archive: mutation(archiveBoard),
  annotate: mutation(annotate),
  removeAnnotation: mutation(removeAnnotation),
});
