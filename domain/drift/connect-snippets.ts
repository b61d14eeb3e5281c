/** Where the console hands out its Python client as a package that pip takes. */
export const pythonPackagePath = '/api/clients/fairlead-client.tar.gz';

/** What the lines are filled in with. */
export type Connection = {
  /** Address of the console. */
  readonly url: string;
  /** The token of the service while it is shown, else null: then it is read from the environment. */
  readonly token: string | null;
  /** Of the revision that is live; null before there is one. */
  readonly revision: number | null;
  readonly serviceId: string;
  readonly service: string;
};

const tokenText = ({ token }: Connection) =>
  token === null ? 'os.environ["FAIRLEAD_TOKEN"]' : JSON.stringify(token);
const shellToken = ({ token }: Connection) => token ?? '$FAIRLEAD_TOKEN';

/** The one line that installs the client. */
export const installLine = ({ url }: Connection): string => `pip install "${url}${pythonPackagePath}"`;

function clientLines(at: Connection, also: string): string[] {
  return [
    ...(at.token === null ? ['import os', ''] : []),
    `from fairlead_client import Client${also}`,
    '',
    `fairlead = Client(${JSON.stringify(at.url)}, ${tokenText(at)}${at.revision === null ? '' : `, revision=${at.revision}`})`,
  ];
}

/** A call wherever the model answers. */
function pythonLines(at: Connection): string {
  return [
    ...clientLines(at, ''),
    '',
    '# After each answer; it neither waits nor raises.',
    'fairlead.log({"amount": 12.5, "country": "DE"}, {"score": 0.91})',
  ].join('\n');
}

function fastApiLines(at: Connection): string {
  return [
    ...clientLines(at, ', watch'),
    '',
    '@app.post("/predict")',
    '@watch(fairlead)',
    'async def predict(question: Question):',
    '    return {"score": model.score(question)}',
  ].join('\n');
}

function pyfuncLines(at: Connection): string {
  return [
    'import mlflow.pyfunc',
    ...clientLines(at, ', watched_model'),
    '',
    'model = watched_model(mlflow.pyfunc.load_model("models:/my-model/1"), fairlead)',
    'model.predict(frame)',
  ].join('\n');
}

/** KServe's logger sets no header, so its address carries the token. */
function kserveLines(at: Connection): string {
  return [
    'spec:',
    '  predictor:',
    '    logger:',
    '      mode: all',
    `      url: ${at.url}/api/ingest/v1/kserve/${at.token ?? '<token of this service>'}`,
  ].join('\n');
}

function curlLines(at: Connection): string {
  const batch = {
    source: 'by-hand',
    batchId: '1',
    ...(at.revision === null ? {} : { revision: at.revision }),
    rows: [{ f: { amount: 12.5, country: 'DE' }, p: { score: 0.91 } }],
  };
  return [
    `curl ${at.url}/api/ingest/v1/batch \\`,
    `  -H "authorization: Bearer ${shellToken(at)}" -H 'content-type: application/json' \\`,
    `  -d '${JSON.stringify(batch)}'`,
  ].join('\n');
}

/** Deltas, since sums over a pod's life are no counts of a window. */
function collectorLines(at: Connection): string {
  return [
    'processors:',
    '  cumulativetodelta: {}',
    '  resource/fairlead:',
    '    attributes:',
    `      - {key: fairlead.revision, value: "${at.revision ?? '<revision>'}", action: upsert}`,
    'exporters:',
    '  otlphttp/fairlead:',
    `    metrics_endpoint: ${at.url}/api/ingest/v1/otlp/v1/metrics`,
    `    headers: {authorization: "Bearer ${at.token ?? '${env:FAIRLEAD_TOKEN}'}"}`,
  ].join('\n');
}

function historyLines(at: Connection): string {
  const revision = at.revision === null ? '<revision>' : String(at.revision);
  return [
    '# The first line of history.csv names its columns: ts,amount,country,score',
    `curl '${at.url}/api/ingest/v1/history?source=warehouse&revision=${revision}' \\`,
    `  -H "authorization: Bearer ${shellToken(at)}" -H 'content-type: text/csv' \\`,
    '  --data-binary @history.csv',
  ].join('\n');
}

function trainingLines(at: Connection): string {
  return [
    'import os',
    '',
    'from fairlead_client import create_reference',
    '',
    '# A token of the project with the role engineer. Bins and counts are sent, no row.',
    `create_reference(${JSON.stringify(at.url)}, os.environ["FAIRLEAD_TOKEN"],`,
    `    ${JSON.stringify(at.serviceId)}, frame, name="Training data", predictions=["score"])`,
  ].join('\n');
}

/** Ways to send rows, in the order in which they are offered. */
export const connectWays = [
  { way: 'python', label: 'Python', lines: pythonLines, installs: true },
  { way: 'fastapi', label: 'FastAPI', lines: fastApiLines, installs: true },
  { way: 'pyfunc', label: 'MLflow', lines: pyfuncLines, installs: true },
  { way: 'kserve', label: 'KServe', lines: kserveLines, installs: false },
  { way: 'curl', label: 'curl', lines: curlLines, installs: false },
  { way: 'otel', label: 'OpenTelemetry', lines: collectorLines, installs: false },
  { way: 'csv', label: 'History (CSV)', lines: historyLines, installs: false },
  { way: 'training', label: 'Training data', lines: trainingLines, installs: true },
] as const;
export type ConnectWay = (typeof connectWays)[number]['way'];
