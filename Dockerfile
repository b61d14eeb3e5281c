# One image, three roles: the argument --role=web|worker|all chooses (docs/operate.md).
FROM node:24-bookworm-slim AS build
WORKDIR /app
ENV NEXT_TELEMETRY_DISABLED=1
COPY package.json package-lock.json .npmrc ./
# Sources come later, so that a change of them does not install again; prepare finds nothing to build yet.
RUN npm ci
COPY . .
RUN npm run build && npm prune --omit=dev --ignore-scripts && rm -rf e2e .next/cache

# The command line tool alone, small enough to run before every model server: docker build --target tool (docs/ci.md).
FROM build AS packed-tool
RUN node -e 'import("/app/server/http/cli-package.ts").then(async (it) => fs.writeFileSync("/tool.tgz", (await it.cliPackage()).bytes))' \
  && mkdir /tool && tar -xzf /tool.tgz --strip-components=1 -C /tool

FROM node:24-alpine AS tool
COPY --from=packed-tool /tool /app
USER 10001:10001
ENTRYPOINT ["node", "/app/server/cli/fairlead.mjs"]

FROM node:24-bookworm-slim
WORKDIR /app
ENV NODE_ENV=production NEXT_TELEMETRY_DISABLED=1 HOST=0.0.0.0 STATE_FOLDER=/data
COPY --from=build /app /app
# Nothing but /data is written at run time, and that only without DATABASE_URL and the worker's keys: the root file system
# may be read-only, /tmp an emptyDir.
# PostgreSQL refuses a bare number that no account stands behind.
RUN groupadd -g 10001 fairlead && useradd -u 10001 -g 10001 -M -s /usr/sbin/nologin fairlead \
  && mkdir /data && chown 10001:10001 /data
VOLUME /data
USER 10001:10001
EXPOSE 3000
ENTRYPOINT ["node", "server/start.mjs"]
CMD ["--role=all", "--no-demo"]
