import { closeBudget, createBudget, setBase, updateBudget } from '../budgets/commands.ts';
import {
  approveInstanceRequest,
  approveRequest,
  rejectInstanceRequest,
  rejectRequest,
  withdrawRequest,
} from '../budgets/decide.ts';
import { askedOfInstance, getBudget, getInstanceBudget } from '../budgets/get.ts';
import {
  closeInstanceBudget,
  createInstanceBudget,
  setInstanceBase,
  updateInstanceBudget,
} from '../budgets/instance-commands.ts';
import { transferOtherSide } from '../budgets/other-side.ts';
import { listBudgets, listInstanceBudgets } from '../budgets/queries.ts';
import { transferReceivers } from '../budgets/receivers.ts';
import { exceedBudget, transferBudget } from '../budgets/request.ts';
import { budgetSeries, instanceBudgetSeries } from '../budgets/series.ts';
import { mutation, reading, router } from './init.ts';

export const budgets = router({
  list: reading(listBudgets),
  get: reading(getBudget),
  series: reading(budgetSeries),
  receivers: reading(transferReceivers),
  otherSide: reading(transferOtherSide),
  asked: reading(askedOfInstance),
  create: mutation(createBudget),
  update: mutation(updateBudget),
  setBase: mutation(setBase),
  close: mutation(closeBudget),
  exceed: mutation(exceedBudget),
  transfer: mutation(transferBudget),
  approve: mutation(approveRequest),
  reject: mutation(rejectRequest),
  withdraw: mutation(withdrawRequest),
});

/** Budgets of the instance, which span projects. */
export const instanceBudgets = router({
  list: reading(listInstanceBudgets),
  get: reading(getInstanceBudget),
  series: reading(instanceBudgetSeries),
  create: mutation(createInstanceBudget),
  update: mutation(updateInstanceBudget),
  setBase: mutation(setInstanceBase),
  close: mutation(closeInstanceBudget),
  approve: mutation(approveInstanceRequest),
  reject: mutation(rejectInstanceRequest),
});
