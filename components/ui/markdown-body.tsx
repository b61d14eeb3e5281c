import ReactMarkdown, { type Components } from 'react-markdown';
import remarkGfm from 'remark-gfm';
import { TextLink } from './link.tsx';
import { safeMarkdownHref } from './markdown-href.ts';

const components: Components = {
  a: ({ href, children }) => (href ? <TextLink href={href}>{children}</TextLink> : <span>{children}</span>),
  img: ({ alt }) => <span className="text-ink-muted">[image: {alt || 'without description'}]</span>,
  h1: ({ children }) => <h3 className="font-semibold text-lg">{children}</h3>,
  h2: ({ children }) => <h4 className="font-semibold text-base">{children}</h4>,
  h3: ({ children }) => <h5 className="font-semibold">{children}</h5>,
  ul: ({ children }) => <ul className="list-disc pl-5">{children}</ul>,
  ol: ({ children }) => <ol className="list-decimal pl-5">{children}</ol>,
  blockquote: ({ children }) => (
    <blockquote className="border-line-strong border-l-2 pl-3 text-ink-muted">{children}</blockquote>
  ),
  code: ({ children }) => (
    <code className="rounded-sm bg-neutral-surface px-1 font-mono text-xs">{children}</code>
  ),
  pre: ({ children }) => (
    <pre
      tabIndex={0}
      className="overflow-x-auto rounded-md border border-line bg-sunken p-3 [&_code]:bg-transparent [&_code]:p-0"
    >
      {children}
    </pre>
  ),
  table: ({ children }) => (
    <div role="group" aria-label="Table" tabIndex={0} className="overflow-x-auto">
      <table className="border-collapse text-left [&_td]:border-line [&_td]:border-b [&_td]:px-3 [&_td]:py-1 [&_th]:border-line [&_th]:border-b [&_th]:px-3 [&_th]:py-1 [&_th]:font-medium">
        {children}
      </table>
    </div>
  ),
  hr: () => <hr className="border-line" />,
};

/** Raw HTML is dropped, links are http, https or mailto, and no image is ever loaded from elsewhere. */
export function MarkdownBody({ text }: { text: string }) {
  return (
    <div className="flex max-w-prose flex-col gap-3 [overflow-wrap:anywhere]">
      <ReactMarkdown
        remarkPlugins={[remarkGfm]}
        components={components}
        urlTransform={safeMarkdownHref}
        skipHtml
      >
        {text}
      </ReactMarkdown>
    </div>
  );
}
