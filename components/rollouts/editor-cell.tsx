import type { ComponentProps } from 'react';
import { classNames } from '../ui/class-names.ts';
import { controlLook } from '../ui/control-look.ts';

type Props = Omit<ComponentProps<'input'>, 'onChange'> & {
  readonly label: string;
  readonly onText: (text: string) => void;
};

/** An input whose column head is its visible label. */
export function EditorCell({ label, onText, className, ...rest }: Props) {
  return (
    <input
      type="text"
      {...rest}
      aria-label={label}
      onChange={(event) => onText(event.currentTarget.value)}
      className={classNames(controlLook, 'h-control', className)}
    />
  );
}
