/** Most charts that one link or embed shows; apart from the schemas, because every page with a chart asks for it. */
export const mostShared = 12;
