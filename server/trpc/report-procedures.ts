import { sendReportNow, setReports } from '../reports/commands.ts';
import { getReports, previewReport } from '../reports/queries.ts';
import { mutation, reading, router } from './init.ts';

export const reports = router({
  get: reading(getReports),
  preview: reading(previewReport),
  set: mutation(setReports),
  sendNow: mutation(sendReportNow),
});
