type Outcome = { readonly answer: unknown; readonly problem: null } | { readonly problem: string };

/** Posts JSON to our own server; the answer, or the sentence to show. */
export async function askJson(path: string, body: unknown): Promise<Outcome> {
  try {
    const answer = await fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (answer.ok) return { answer: await answer.json(), problem: null };
    const { error } = (await answer.json()) as { error: { message: string; fix?: string | null } };
    return { problem: error.fix == null ? error.message : `${error.message} ${error.fix}` };
  } catch {
    return { problem: 'Fairlead could not be reached. Look at the connection and try again.' };
  }
}

/** Posts JSON to our own server; null on success, else the sentence to show. */
export async function postJson(path: string, body: unknown): Promise<string | null> {
  return (await askJson(path, body)).problem;
}
