'use client';

import { Bell, BellOff, Layers, PlugZap, Settings2 } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { reasonOf } from '../rollouts/refusal-reason.ts';
import { useTrpc } from '../trpc-provider.tsx';
import { ActionBar } from '../ui/action-bar.tsx';
import { Button } from '../ui/button.tsx';
import { ButtonLink } from '../ui/button-link.tsx';
import { ConfirmDialog } from '../ui/confirm-dialog.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import { useCommand } from '../use-command.ts';
import type { ServiceMonitoring } from './monitoring-answers.ts';

/** Only those who keep the monitor fetch its form. */
const MonitorForm = lazy(async () => ({ default: (await import('./monitor-form.tsx')).MonitorForm }));

export function MonitorActions({ data }: { data: ServiceMonitoring }) {
  const [open, setOpen] = useState(false);
  const { monitor, refusals, service } = data;
  return (
    <ActionBar>
      <AlertSwitch data={data} />
      <ButtonLink href={`/monitoring/${service.id}/connect`} icon={PlugZap}>
        Connect
      </ButtonLink>
      <ButtonLink href={`/monitoring/${service.id}/references`} icon={Layers}>
        References
      </ButtonLink>
      <Button icon={Settings2} disabledReason={reasonOf(refusals.update)} onClick={() => setOpen(true)}>
        Settings
      </Button>
      {open && (
        <Dialog
          size="medium"
          title={`How ${service.name} is judged`}
          open
          onOpenChange={(isOpen) => !isOpen && setOpen(false)}
        >
          <Suspense fallback={<Skeleton className="h-64 w-full" />}>
            <MonitorForm
              monitor={monitor}
              segmentColumns={data.segmentColumns}
              onDone={() => setOpen(false)}
            />
          </Suspense>
        </Dialog>
      )}
    </ActionBar>
  );
}

function AlertSwitch({ data: { monitor, refusals, service } }: { data: ServiceMonitoring }) {
  const trpc = useTrpc();
  const [open, setOpen] = useState(false);
  const update = useCommand((extra) => trpc.monitors.update.mutationOptions(extra), {
    onDone: () => setOpen(false),
  });
  const isOn = monitor.alertsFrom !== null;
  const { needed, of } = monitor.settings.persistence;
  return (
    <ConfirmDialog
      open={open}
      onOpenChange={setOpen}
      title={isOn ? `Switch alerts of ${service.name} off?` : `Switch alerts of ${service.name} on?`}
      description={
        isOn
          ? 'Its windows are judged as before, and what is open may still clear; nothing new alerts.'
          : `From now on ${needed} drifted windows of ${of} alert, through the channels of the project and to the owner of the service.`
      }
      confirmLabel={isOn ? 'Switch off' : 'Switch on'}
      busy={update.busy}
      error={update.error ?? undefined}
      onConfirm={() => update.run({ monitorId: monitor.id, alerts: isOn ? 'off' : 'on' })}
      trigger={
        <Button
          icon={isOn ? BellOff : Bell}
          variant={isOn ? 'secondary' : 'primary'}
          disabledReason={reasonOf(refusals.update)}
        >
          {isOn ? 'Switch alerts off' : 'Switch alerts on'}
        </Button>
      }
    />
  );
}
