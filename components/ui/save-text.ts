/** Lets the browser save a text as a file of this name; characters that file systems dislike become "-". */
export function saveText(name: string, text: string, type = 'text/plain'): void {
  const url = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  const anchor = document.createElement('a');
  anchor.href = url;
  anchor.download = name.toLowerCase().replaceAll(/[^a-z0-9.]+/g, '-');
  anchor.click();
  URL.revokeObjectURL(url);
}
