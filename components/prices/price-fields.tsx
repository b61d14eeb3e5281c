'use client';

import { priceSources } from '../../domain/price/node-price.ts';
import { capacityOptions, sourceWords } from '../../domain/price/price-words.ts';
import { FormGrid } from '../ui/form-field.tsx';
import { SelectField } from '../ui/select-field.tsx';
import { TextField } from '../ui/text-field.tsx';
import type { PriceForm } from './price-draft-form.ts';

type Props = {
  readonly form: PriceForm;
  readonly onChange: (form: PriceForm) => void;
  readonly currency: string;
};

const unitOptions = [
  { value: 'nodeHour', label: 'the whole node' },
  { value: 'gpuHour', label: 'each GPU of the node' },
];
const sourceOptions = priceSources.map((value) => ({ value, label: sourceWords[value] }));

export function PriceFields({ form, onChange, currency }: Props) {
  const text = (name: keyof PriceForm) => ({
    value: form[name],
    onChange: (event: { currentTarget: { value: string } }) =>
      onChange({ ...form, [name]: event.currentTarget.value }),
  });
  return (
    <>
      <FormGrid>
        <TextField
          label="Instance type"
          mono
          placeholder="*"
          hint="Empty is any."
          {...text('instanceType')}
        />
        <TextField label="Region" mono placeholder="*" hint="Empty is any." {...text('region')} />
        <TextField
          label="GPU product"
          mono
          placeholder="*"
          hint="As in nvidia.com/gpu.product; empty is any."
          {...text('gpuProduct')}
        />
        <SelectField label="Bought" options={capacityOptions} {...text('capacityType')} />
        <TextField
          label={`Price in ${currency}`}
          mono
          placeholder="55.04"
          inputMode="decimal"
          {...text('amount')}
        />
        <SelectField label="For an hour of" options={unitOptions} {...text('unit')} />
        <TextField label="Valid from" type="date" hint="From midnight UTC." {...text('validFrom')} />
        <TextField label="Until" type="date" required={false} {...text('validTo')} />
        <SelectField
          label="Source"
          hint="A contract wins over an import, an import over a list price."
          options={sourceOptions}
          {...text('source')}
        />
        <TextField
          label="As of"
          type="date"
          required={false}
          hint="When the figure was true."
          {...text('sourceDate')}
        />
      </FormGrid>
      <TextField
        label="Where the figure comes from"
        required={false}
        placeholder="Contract 4711, page 3"
        {...text('sourceNote')}
      />
    </>
  );
}
