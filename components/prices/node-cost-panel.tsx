'use client';

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { CapacityType } from '../../domain/metering/facts.ts';
import { moneyText } from '../../domain/price/money.ts';
import { capacityOptions, priceText, unitWords } from '../../domain/price/price-words.ts';
import { useProject } from '../project/project-context.tsx';
import { errorSentence } from '../refusal-of.ts';
import { useTrpc } from '../trpc-provider.tsx';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { FormGrid } from '../ui/form-field.tsx';
import { Panel } from '../ui/panel.tsx';
import { SelectField } from '../ui/select-field.tsx';
import { TextField } from '../ui/text-field.tsx';
import type { NodeCost } from './price-answers.ts';

const noNode = { instanceType: '', region: '', gpuProduct: '', capacityType: 'onDemand', gpus: '1' };

/** Which row would price a node, and which lost. */
export function NodeCostPanel() {
  const trpc = useTrpc();
  const { projectId } = useProject();
  const [node, setNode] = useState(noNode);
  const [asked, setAsked] = useState<typeof noNode | null>(null);
  const { gpus, capacityType, ...names } = asked ?? noNode;
  const { data, error, isFetching } = useQuery(
    trpc.prices.resolve.queryOptions(
      {
        projectId,
        ...names,
        capacityType: capacityType as CapacityType,
        physicalGpus: Number(gpus),
      },
      { enabled: asked !== null, retry: false },
    ),
  );
  const text = (name: keyof typeof noNode) => ({
    value: node[name],
    onChange: (event: { currentTarget: { value: string } }) =>
      setNode({ ...node, [name]: event.currentTarget.value }),
  });
  return (
    <Panel
      title="What would a node cost?"
      description="The row that wins, and those that would have come next."
    >
      <form
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          setAsked(node);
        }}
      >
        <FormGrid>
          <TextField label="Its instance type" mono placeholder="p5.48xlarge" {...text('instanceType')} />
          <TextField label="Its region" mono placeholder="us-east-1" {...text('region')} />
          <TextField
            label="Its GPU product"
            mono
            placeholder="NVIDIA-H100-80GB-HBM3"
            {...text('gpuProduct')}
          />
          <TextField label="GPUs in it" type="number" min={0} max={64} step={1} {...text('gpus')} />
          <SelectField label="Bought as" options={capacityOptions} {...text('capacityType')} />
        </FormGrid>
        <div>
          <Button type="submit" busy={isFetching}>
            Look it up
          </Button>
        </div>
        {error !== null && <Banner tone="bad" title={errorSentence(error)} />}
        {data !== undefined && <Outcome cost={data} gpus={Number(gpus)} />}
      </form>
    </Panel>
  );
}

function Outcome({ cost, gpus }: { cost: NodeCost; gpus: number }) {
  const { price, matches, currency } = cost;
  if (price === null || currency === null)
    return (
      <Banner tone="warn" title="No row prices this node.">
        Its GPU time would be shown as unpriced.
      </Banner>
    );
  const perGpu =
    gpus > 0 ? `, ${moneyText(price.perHourNano / BigInt(gpus), currency, 4)} per GPU-hour loaded` : '';
  return (
    <Banner
      tone="ok"
      title={`${moneyText(price.perHourNano, currency, 6)} per ${unitWords.nodeHour}${perGpu}`}
    >
      <ol className="mt-1 flex list-decimal flex-col gap-1 pl-4">
        {matches.map((entry, place) => (
          <li key={entry.id}>
            {place === 0 ? 'This row wins: ' : ''}
            {priceText(entry, currency)}
          </li>
        ))}
      </ol>
    </Banner>
  );
}
