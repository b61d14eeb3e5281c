/** What people paste into their own page for a link: the SDK keeps its height and says why nothing shows. */
export function linkCode(origin: string, link: string): string {
  return `<div data-fairlead="${link}" data-title="Chart"></div>\n<script src="${origin}/embed/sdk.js" defer></script>`;
}

/** The same for a signed embed; the page's own server answers `/fairlead-token` with a token as text. */
export function signedCode(origin: string, shareId: string): string {
  return `<div data-fairlead="${origin}/embed/${shareId}" data-token="/fairlead-token" data-title="Chart"></div>\n<script src="${origin}/embed/sdk.js" defer></script>`;
}

/** How a Node server makes that token (docs/embeds.md has it in whole). */
export function signingCode(shareId: string): string {
  return `import { SignJWT } from 'jose';

const secret = new TextEncoder().encode(process.env.FAIRLEAD_EMBED_SECRET);
const token = await new SignJWT({ viewer: 'weekly review' })
  .setProtectedHeader({ alg: 'HS256' })
  .setAudience('embed')
  .setSubject('${shareId}')
  .setIssuedAt()
  .setExpirationTime('5 minutes')
  .sign(secret);`;
}
