import { allowEgress, revokeEgress } from '../allowances/commands.ts';
import { listEgress } from '../allowances/queries.ts';
import { createRule, endRule } from '../attribution/commands.ts';
import { listRules, listUnallocated, previewRule } from '../attribution/queries.ts';
import { listAudit, listInstanceAudit } from '../audit/queries.ts';
import { importBill, removeBill } from '../bills/commands.ts';
import { checkBills } from '../bills/queries.ts';
import { createChannel, removeChannel, sendTest, updateChannel } from '../channels/commands.ts';
import { getChannel, listChannels } from '../channels/queries.ts';
import { createCluster, createSandboxCluster, setNamespaces, updateCluster } from '../clusters/commands.ts';
import { confirmReplacement, releaseNamespace, takeNamespace } from '../clusters/ownership-commands.ts';
import { getCluster, listClusters, probeCluster, tryConnection } from '../clusters/queries.ts';
import { getCostPod, getInstanceCostPod } from '../costs/pod.ts';
import { listCostPods, listInstanceCostPods } from '../costs/pods.ts';
import { readCosts, readInstanceCosts } from '../costs/read.ts';
import { markDriftAlert } from '../drift-alerts/mark.ts';
import { getDriftAlert, listDriftAlerts } from '../drift-alerts/queries.ts';
import { createEnvironment, updateEnvironment } from '../environments/commands.ts';
import { moveEnvironment } from '../environments/order.ts';
import { probeMetrics } from '../environments/probe-metrics.ts';
import { listEnvironments } from '../environments/queries.ts';
import { ignoreFeature, mapFeature } from '../features/commands.ts';
import { getConnection } from '../features/connect.ts';
import { getGpuMap } from '../gpus/map.ts';
import { getGpuUse } from '../gpus/use.ts';
import { getWaitingGpus } from '../gpus/waiting.ts';
import { removeHeartbeat, setHeartbeat } from '../heartbeat/commands.ts';
import { getHeartbeat } from '../heartbeat/queries.ts';
import { setGroupRules, setIdentityProvider } from '../identity-provider/commands.ts';
import { getIdentityProvider, tryDiscovery } from '../identity-provider/queries.ts';
import { listHistory } from '../ingest/list-history.ts';
import { undoBatch } from '../ingest/undo.ts';
import { createKafkaSource, removeKafkaSource, updateKafkaSource } from '../kafka-sources/commands.ts';
import { listKafkaSources } from '../kafka-sources/queries.ts';
import { closeMonth } from '../ledger/close-month.ts';
import { getStatement, listMonths, listStatements } from '../ledger/queries.ts';
import { removeLinkTemplate, setLinkTemplate } from '../links/commands.ts';
import { listLinkTemplates } from '../links/queries.ts';
import { listMembers, removeMember, setMember } from '../members/commands.ts';
import { removeMetricTemplate, setMetricTemplate } from '../metric-templates/commands.ts';
import { listMetricTemplates } from '../metric-templates/queries.ts';
import { createModel } from '../models/commands.ts';
import { listFiles } from '../models/files.ts';
import { getModel } from '../models/get.ts';
import { getVersion } from '../models/get-version.ts';
import { listModels } from '../models/list.ts';
import { registerVersion } from '../models/register.ts';
import { attachEvidence, setCard, setDigest, setTags } from '../models/version-commands.ts';
import { getMonitoredFeature } from '../monitoring/feature.ts';
import { getMonitoring } from '../monitoring/get.ts';
import { listMonitoring } from '../monitoring/list.ts';
import { monitoredQueries } from '../monitoring/queries.ts';
import { replayDrift } from '../monitoring/replay.ts';
import { updateMonitor } from '../monitoring/update.ts';
import { acknowledgeNotice, tryAgain } from '../notices/commands.ts';
import { countNotices, getNotice, listNotices } from '../notices/queries.ts';
import { getOverview } from '../overview/get.ts';
import { createPolicy, revisePolicy } from '../policies/commands.ts';
import { getPolicy, listPolicies } from '../policies/queries.ts';
import { addPrice, endPrice, setCurrency } from '../prices/commands.ts';
import { addStarterList, importPrices, previewImport } from '../prices/import.ts';
import { exportPrices, listPrices } from '../prices/queries.ts';
import { resolvePrice, unpricedNodes } from '../prices/resolve.ts';
import { readSpot } from '../prices/spot.ts';
import { createProject, listProjects } from '../projects/commands.ts';
import { setCostCentre } from '../projects/set-cost-centre.ts';
import { createPrometheusSource, removePrometheusSource } from '../prometheus-sources/commands.ts';
import { listPrometheusSources } from '../prometheus-sources/queries.ts';
import { approvePromotion, rejectPromotion } from '../promotions/decide.ts';
import { getPromotion } from '../promotions/get.ts';
import { listPromotions } from '../promotions/list.ts';
import { previewPromotion } from '../promotions/preview.ts';
import { requestPromotion } from '../promotions/request.ts';
import { renewPromotion, withdrawPromotion } from '../promotions/withdraw-renew.ts';
import { createReference } from '../references/create.ts';
import { approveRebase, rejectRebase, withdrawRebase } from '../references/decide-rebase.ts';
import { listReferences } from '../references/list.ts';
import { rebaseReference } from '../references/rebase.ts';
import { createTemplate, removeTemplate } from '../retrain-templates/commands.ts';
import { listTemplates } from '../retrain-templates/queries.ts';
import { closeRetrain, configureRetraining, openRetrainRequest } from '../retrains/commands.ts';
import { approveRetrain, rejectRetrain } from '../retrains/decide.ts';
import { getRetrain, listRetrains } from '../retrains/queries.ts';
import {
  abortRollout,
  continueWithoutEvidence,
  pauseRollout,
  promoteRollout,
  resumeRollout,
} from '../rollouts/commands.ts';
import { getRollout } from '../rollouts/get.ts';
import { keepCanary, releaseCanary } from '../rollouts/keep-canary.ts';
import { listRollouts } from '../rollouts/list.ts';
import { getRecord } from '../rollouts/record.ts';
import { retryRollout } from '../rollouts/retry.ts';
import { rollBack } from '../rollouts/roll-back.ts';
import { rolloutSeries } from '../rollouts/series.ts';
import { getSandbox } from '../sandbox/get.ts';
import { setFault } from '../sandbox/set-fault.ts';
import { adoptServices } from '../services/adopt.ts';
import { changeSpec } from '../services/change-spec.ts';
import { createService, updateService } from '../services/commands.ts';
import { dryRunService } from '../services/dry-run.ts';
import { getService } from '../services/get.ts';
import { getObjectives } from '../services/get-objectives.ts';
import { listServices } from '../services/list.ts';
import { serviceMatrix } from '../services/matrix.ts';
import { servicePods } from '../services/pods.ts';
import { followLog, readLogs } from '../services/read-logs.ts';
import { serviceSamples } from '../services/samples.ts';
import { setObjectives } from '../services/set-objectives.ts';
import { signOut, whoAmI } from '../sessions/commands.ts';
import { finishTakeOver, giveBack, takeOver } from '../take-over/commands.ts';
import { planTakeOver } from '../take-over/plan.ts';
import { createToken, listTokens, revokeToken } from '../tokens/commands.ts';
import { unitCostOfRollout } from '../unit-costs/of-rollout.ts';
import { unitCostOfVersion } from '../unit-costs/of-version.ts';
import { changePassword, createUser, disableUser, listUsers } from '../users/commands.ts';
import { listWorkloads } from '../workloads/list.ts';
import { boards, charts } from './board-procedures.ts';
import { budgets, instanceBudgets } from './budget-procedures.ts';
import { asking, mutation, reading, router } from './init.ts';
import { reports } from './report-procedures.ts';
import { instanceShares, shares } from './share-procedures.ts';

/** A table of contents: one line per procedure, path = permission = audit action. */
export const appRouter = router({
  overview: router({ get: reading(getOverview) }),
  models: router({ list: reading(listModels), get: reading(getModel), create: mutation(createModel) }),
  modelVersions: router({
    get: reading(getVersion),
    files: reading(listFiles),
    register: mutation(registerVersion),
    setDigest: mutation(setDigest),
    setTags: mutation(setTags),
    setCard: mutation(setCard),
  }),
  evidence: router({ attach: mutation(attachEvidence) }),
  policies: router({
    list: reading(listPolicies),
    get: reading(getPolicy),
    create: mutation(createPolicy),
    revise: mutation(revisePolicy),
  }),
  environments: router({
    list: reading(listEnvironments),
    create: mutation(createEnvironment),
    move: mutation(moveEnvironment),
    update: mutation(updateEnvironment),
    probeMetrics: asking(probeMetrics),
  }),
  charts,
  boards,
  promotions: router({
    list: reading(listPromotions),
    get: reading(getPromotion),
    preview: reading(previewPromotion),
    request: mutation(requestPromotion),
    approve: mutation(approvePromotion),
    reject: mutation(rejectPromotion),
    withdraw: mutation(withdrawPromotion),
    renew: mutation(renewPromotion),
  }),
  workloads: router({ list: reading(listWorkloads) }),
  gpus: router({ map: reading(getGpuMap), use: reading(getGpuUse), waiting: reading(getWaitingGpus) }),
  services: router({
    list: reading(listServices),
    get: reading(getService),
    matrix: reading(serviceMatrix),
    samples: reading(serviceSamples),
    objectives: reading(getObjectives),
    setObjectives: mutation(setObjectives),
    pods: reading(servicePods),
    readLogs: mutation(readLogs),
    followLog: asking(followLog),
    adopt: mutation(adoptServices),
    create: mutation(createService),
    update: mutation(updateService),
    changeSpec: reading(changeSpec),
    dryRun: asking(dryRunService),
    planTakeOver: asking(planTakeOver),
    takeOver: mutation(takeOver),
    finishTakeOver: mutation(finishTakeOver),
    giveBack: mutation(giveBack),
  }),
  rollouts: router({
    list: reading(listRollouts),
    get: reading(getRollout),
    series: reading(rolloutSeries),
    pause: mutation(pauseRollout),
    resume: mutation(resumeRollout),
    promote: mutation(promoteRollout),
    abort: mutation(abortRollout),
    rollBack: mutation(rollBack),
    continueWithoutEvidence: mutation(continueWithoutEvidence),
    record: reading(getRecord),
    retry: mutation(retryRollout),
    keepCanary: mutation(keepCanary),
    releaseCanary: mutation(releaseCanary),
  }),
  sandbox: router({ get: reading(getSandbox), setFault: mutation(setFault) }),
  notices: router({
    list: reading(listNotices),
    get: reading(getNotice),
    count: reading(countNotices),
    acknowledge: mutation(acknowledgeNotice),
    tryAgain: mutation(tryAgain),
  }),
  channels: router({
    list: reading(listChannels),
    get: reading(getChannel),
    create: mutation(createChannel),
    update: mutation(updateChannel),
    remove: mutation(removeChannel),
    sendTest: mutation(sendTest),
  }),
  reports,
  budgets,
  monitoring: router({
    connect: reading(getConnection),
    list: reading(listMonitoring),
    get: reading(getMonitoring),
    feature: reading(getMonitoredFeature),
    queries: reading(monitoredQueries),
  }),
  monitors: router({ update: mutation(updateMonitor), replay: reading(replayDrift) }),
  retrains: router({
    list: reading(listRetrains),
    get: reading(getRetrain),
    configure: mutation(configureRetraining),
    open: mutation(openRetrainRequest),
    approve: mutation(approveRetrain),
    reject: mutation(rejectRetrain),
    close: mutation(closeRetrain),
  }),
  retrainTemplates: router({
    list: reading(listTemplates),
    create: mutation(createTemplate),
    remove: mutation(removeTemplate),
  }),
  driftAlerts: router({
    list: reading(listDriftAlerts),
    get: reading(getDriftAlert),
    mark: mutation(markDriftAlert),
  }),
  instanceBudgets,
  heartbeat: router({
    get: reading(getHeartbeat),
    set: mutation(setHeartbeat),
    remove: mutation(removeHeartbeat),
  }),
  features: router({ map: mutation(mapFeature), ignore: mutation(ignoreFeature) }),
  ingest: router({ undo: mutation(undoBatch), history: reading(listHistory) }),
  prometheusSources: router({
    list: reading(listPrometheusSources),
    create: mutation(createPrometheusSource),
    remove: mutation(removePrometheusSource),
  }),
  kafkaSources: router({
    list: reading(listKafkaSources),
    create: mutation(createKafkaSource),
    update: mutation(updateKafkaSource),
    remove: mutation(removeKafkaSource),
  }),
  references: router({
    list: reading(listReferences),
    create: mutation(createReference),
    rebase: mutation(rebaseReference),
    approve: mutation(approveRebase),
    reject: mutation(rejectRebase),
    withdraw: mutation(withdrawRebase),
  }),
  metricTemplates: router({
    list: reading(listMetricTemplates),
    set: mutation(setMetricTemplate),
    remove: mutation(removeMetricTemplate),
  }),
  linkTemplates: router({
    list: reading(listLinkTemplates),
    set: mutation(setLinkTemplate),
    remove: mutation(removeLinkTemplate),
  }),
  costs: router({ read: reading(readCosts), pods: reading(listCostPods), pod: reading(getCostPod) }),
  instanceCosts: router({
    read: reading(readInstanceCosts),
    pods: reading(listInstanceCostPods),
    pod: reading(getInstanceCostPod),
  }),
  statements: router({ list: reading(listStatements), get: reading(getStatement) }),
  ledger: router({ months: reading(listMonths), closeMonth: mutation(closeMonth) }),
  attribution: router({
    unallocated: reading(listUnallocated),
    rules: reading(listRules),
    preview: reading(previewRule),
    create: mutation(createRule),
    end: mutation(endRule),
  }),
  audit: router({ list: reading(listAudit) }),
  instanceAudit: router({ list: reading(listInstanceAudit) }),
  clusters: router({
    list: reading(listClusters),
    get: reading(getCluster),
    create: mutation(createCluster),
    createSandbox: mutation(createSandboxCluster),
    update: mutation(updateCluster),
    setNamespaces: mutation(setNamespaces),
    confirmReplacement: mutation(confirmReplacement),
    takeNamespace: mutation(takeNamespace),
    releaseNamespace: mutation(releaseNamespace),
    probe: asking(probeCluster),
    tryConnection: asking(tryConnection),
  }),
  unitCosts: router({ ofVersion: reading(unitCostOfVersion), ofRollout: reading(unitCostOfRollout) }),
  prices: router({
    list: reading(listPrices),
    resolve: reading(resolvePrice),
    export: reading(exportPrices),
    unpriced: reading(unpricedNodes),
    spot: reading(readSpot),
    preview: asking(previewImport),
    setCurrency: mutation(setCurrency),
    add: mutation(addPrice),
    end: mutation(endPrice),
    import: mutation(importPrices),
    addStarterList: mutation(addStarterList),
  }),
  bills: router({
    check: reading(checkBills),
    import: mutation(importBill),
    remove: mutation(removeBill),
  }),
  egress: router({
    list: reading(listEgress),
    allow: mutation(allowEgress),
    revoke: mutation(revokeEgress),
  }),
  identityProvider: router({
    get: reading(getIdentityProvider),
    set: mutation(setIdentityProvider),
    setRules: mutation(setGroupRules),
    tryDiscovery: asking(tryDiscovery),
  }),
  members: router({ list: reading(listMembers), set: mutation(setMember), remove: mutation(removeMember) }),
  projects: router({
    list: reading(listProjects),
    create: mutation(createProject),
    setCostCentre: mutation(setCostCentre),
  }),
  sessions: router({ whoAmI: reading(whoAmI), signOut: mutation(signOut) }),
  shares,
  instanceShares,
  tokens: router({ list: reading(listTokens), create: mutation(createToken), revoke: mutation(revokeToken) }),
  users: router({
    list: reading(listUsers),
    create: mutation(createUser),
    disable: mutation(disableUser),
    changePassword: mutation(changePassword),
  }),
});

export type AppRouter = typeof appRouter;
