type Env = Readonly<Record<string, string | undefined>>;

/** What GitHub Actions and GitLab CI say about the run in their environment; empty elsewhere. */
export function lineageOfCi(env: Env): { gitCommit?: string; runId?: string; runLink?: string } {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: run } = env;
  const commit = env['GITHUB_SHA'] ?? env['CI_COMMIT_SHA'];
  const runId = run ?? env['CI_PIPELINE_ID'];
  const runLink =
    server !== undefined && repository !== undefined && run !== undefined
      ? `${server}/${repository}/actions/runs/${run}`
      : env['CI_PIPELINE_URL'];
  return {
    ...(commit === undefined ? {} : { gitCommit: commit }),
    ...(runId === undefined ? {} : { runId }),
    ...(runLink === undefined ? {} : { runLink }),
  };
}

/** Which run of a pipeline this is; retries of a run share it. Empty outside of CI. */
export function runOfCi(env: Env): string {
  return [env['GITHUB_REPOSITORY'], env['GITHUB_RUN_ID'], env['CI_PROJECT_PATH'], env['CI_PIPELINE_ID']]
    .filter((part) => part !== undefined)
    .join('/');
}
