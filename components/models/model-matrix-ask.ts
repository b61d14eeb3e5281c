/** What the model's page asks of the matrix, ahead on the server and again in the browser; more than this stands on the page of services. */
export function modelMatrixAsk(projectId: string, modelName: string) {
  return { projectId, modelName, pageSize: 20 };
}
